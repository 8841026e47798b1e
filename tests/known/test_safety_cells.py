"""Every cell of the third-party safety tables, with both printed roundings (golden/safety/safety_cells: 5844 cells).

The cells were made by pandas and by R from the CDISC pilot, pharmaverseadam and random.cdisc.data, which share no
code with this project. The data are read beside the project and never copied into it.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from ir5nb import wording
from ir5nb.analyses.safety_counts import Groups, count, worst
from ir5nb.derive.ae_levels import levels, relation

CELLS = pd.read_csv(Path(__file__).parent / "safety" / "safety_cells.csv", dtype=str, keep_default_na=False)
SOURCES = ("cdisc-pilot", "pharmaverseadam", "random.cdisc.data")
BY = ("AEBODSYS", "AEDECOD")
Frames = tuple[pd.DataFrame, Groups, tuple[str, ...]]


@cache
def read(shared: Path, source: str) -> Frames:
    """Give the treatment-emergent events, the actual arms of the safety set, and the scale."""
    if source == "cdisc-pilot":
        adsl, adae = (pd.read_sas(shared / f"data/phuse-tdf/{name}.xpt", encoding="utf-8") for name in ("adsl", "adae"))
    elif source == "pharmaverseadam":
        adsl, adae = (pd.read_csv(shared / f"data/pharmaverseadam/{name}.csv", dtype=str) for name in ("adsl", "adae"))
    else:
        folder = shared / "data/random.cdisc.data"
        adsl, adae = (pd.read_csv(folder / f"{name}.csv.gz", dtype=str) for name in ("cadsl", "cadae"))
    arm = "TRT01A" if source != "random.cdisc.data" else "ACTARM"
    treated = adsl[adsl["SAFFL"].eq("Y")]
    members = {name: list(part["USUBJID"]) for name, part in treated.groupby(arm)} | {"TOTAL": list(treated["USUBJID"])}
    events = adae[adae["TRTEMFL"].eq("Y")].reset_index(drop=True)
    level, scale = levels(events)
    return events.assign(ALEVEL=level, RELFL=relation(events)[0]), Groups.of(treated["USUBJID"], members), scale


def severe(events: pd.DataFrame) -> pd.Series:
    return events["ALEVEL"].isin(["SEVERE", "3", "4", "5"])


OVERVIEW: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "any_teae": lambda e: e["USUBJID"].notna(),
    "serious": lambda e: e["AESER"].eq("Y"),
    "related": lambda e: e["RELFL"].eq("Y"),
    "serious_related": lambda e: e["AESER"].eq("Y") & e["RELFL"].eq("Y"),
    "worst_category_or_grade>=3": severe,
    "fatal_AESDTH": lambda e: e["AESDTH"].eq("Y"),
    "AEOUT_FATAL": lambda e: e["AEOUT"].eq("FATAL"),
    "drug_withdrawn_AEACN": lambda e: e["AEACN"].eq("DRUG WITHDRAWN"),
    "hospitalisation_AESHOSP": lambda e: e["AESHOSP"].eq("Y"),
}
WANTED = {"teae_soc_pt": "any_teae", "serious_soc_pt": "serious", "related_soc_pt": "related"}


def by_depth(table: Callable[..., pd.DataFrame], events: pd.DataFrame) -> dict[tuple[str, str, str], pd.Series]:
    """Index the rows of a count over all, by system and by term: (group, system, term)."""
    parts = [(table(events, by=BY[:depth]), depth) for depth in (0, 1, 2)]
    return {
        (row["GROUP"], *(row[name] for name in BY[:depth]), *("" for _ in BY[depth:])): row
        for frame, depth in parts
        for _, row in frame.iterrows()
    }


def half_even(proportion: Fraction) -> str:
    exact = Decimal(proportion.numerator * 100) / Decimal(proportion.denominator)
    return str(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN))


def check(cell: pd.Series, patients: int, total: int, events: int | None) -> None:
    share = Fraction(int(patients), int(total))
    found = (str(patients), str(total), "" if events is None else str(events), wording.percent(share), half_even(share))
    expected = tuple(cell[name] for name in ("n_subjects", "N", "n_events", "pct_1dp_half_up", "pct_1dp_half_even"))
    assert found == expected, cell.to_dict()
    assert float(share) * 100 == pytest.approx(float(cell["pct_exact"]), rel=1e-15)  # 17 digits are printed


@pytest.mark.parametrize("source", SOURCES)
def test_overview(shared: Path, source: str) -> None:
    events, groups, _ = read(shared, source)
    cells = CELLS[CELLS["source"].eq(source) & CELLS["table"].eq("overview")]
    assert len(cells) > 0
    for _, cell in cells.iterrows():
        counted = count(events[OVERVIEW[cell["level"]](events)], groups).set_index("GROUP").loc[cell["arm"]]
        check(cell, counted["COUNT"], counted["TOTAL"], counted["EVENTS"])


@pytest.mark.parametrize("table", WANTED)
@pytest.mark.parametrize("source", SOURCES)
def test_system_and_term(shared: Path, source: str, table: str) -> None:
    events, groups, _ = read(shared, source)
    chosen = events[OVERVIEW[WANTED[table]](events)]
    rows = by_depth(lambda frame, by: count(frame, groups, by), chosen)
    cells = CELLS[CELLS["source"].eq(source) & CELLS["table"].eq(table)]
    assert len(cells) > 0
    for _, cell in cells.iterrows():
        row = rows[cell["arm"], cell["soc"], cell["pt"]]
        check(cell, row["COUNT"], row["TOTAL"], row["EVENTS"])


@pytest.mark.parametrize("source", SOURCES)
def test_worst_grade(shared: Path, source: str) -> None:
    events, groups, scale = read(shared, source)
    rows = by_depth(lambda frame, by: worst(frame, groups, scale, by), events)
    cells = CELLS[CELLS["source"].eq(source) & CELLS["table"].eq("worst_grade")]
    assert len(cells) > 0
    for _, cell in cells.iterrows():
        row = rows[cell["arm"], cell["soc"], cell["pt"]]
        check(cell, row[cell["grade"]], row["TOTAL"], None)


def test_the_cells_are_all_there() -> None:
    assert len(CELLS) == 5844
    assert set(CELLS["source"]) == set(SOURCES)
    assert set(CELLS["table"]) == {"overview", "worst_grade", *WANTED}
