"""Third-party displays in their own order and format: chevron's aet01, aet02, aet03 and the pilot's tables 14-5.

Two differences are stated here and nowhere loosened. Chevron repeats the system's patients in a row "Total number of
patients …" under each system; here they stand in the system's own row. In chevron's aet03 an event without severity
vanishes from "- Any Intensity -"; here such a patient is counted, as "without a grade", and both are compared.
"""

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from ir5nb.analyses.safety import sorted_rows, term_rows
from ir5nb.analyses.safety_counts import Groups, count, worst
from ir5nb.analyses.safety_rows import counted, tidy
from ir5nb.derive.ae_levels import levels
from ir5nb.tables.safety_cells import Cells

HERE = Path(__file__).parent / "safety"
ARMS = ("A: Drug X", "B: Placebo", "C: Combination")
DISPLAYS = pd.read_csv(HERE / "chevron_displays.shared.csv", dtype=str, keep_default_na=False)
PILOT = pd.read_csv(HERE / "atorus_pilot_tables.shared.csv", dtype=str, keep_default_na=False)
MODIFIED = ("DOSE INCREASED", "DOSE REDUCED", "DRUG INTERRUPTED")  # chevron leaves DOSE RATE REDUCED out


def displayed(name: str) -> list[tuple[str, ...]]:
    own = DISPLAYS[DISPLAYS["display"].str.startswith(name)].sort_values("row_order", key=lambda n: n.astype(int))
    return [tuple(row[["label", *ARMS]]) for _, row in own.iterrows()]


def plain(markup: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", markup))


def shown(found: pd.DataFrame, column: str = "COUNT") -> list[str]:
    """Write a count of each arm as the tables do, in chevron's style."""
    cells = Cells(tidy("x", found["GROUP"], counted(found, column), endpoint="e"), "en", "aet")
    return [plain(cells.count(arm, "e")) for arm in ARMS]


@pytest.fixture
def chevron(shared: Path) -> tuple[pd.DataFrame, Groups]:
    adsl, adae = (pd.read_csv(shared / f"data/chevron/syn_{name}.csv", dtype=str) for name in ("adsl", "adae"))
    arms = {arm: list(adsl.loc[adsl["ARM"].eq(arm), "USUBJID"]) for arm in ARMS}
    return adae, Groups.of(adsl["USUBJID"], arms | {"all": list(adsl["USUBJID"])})


def test_aet01(chevron: tuple[pd.DataFrame, Groups]) -> None:
    events, groups = chevron
    serious, related = events["AESER"].eq("Y"), events["AEREL"].eq("Y")
    withdrawn, modified = events["AEACN"].eq("DRUG WITHDRAWN"), events["AEACN"].isin(MODIFIED)
    rows = {
        "AE with fatal outcome": events["AEOUT"].eq("FATAL"),
        "Serious AE": serious,
        "Serious AE leading to withdrawal from treatment": serious & withdrawn,
        "Serious AE leading to dose modification/interruption": serious & modified,
        "Related Serious AE": serious & related,
        "AE leading to withdrawal from treatment": withdrawn,
        "AE leading to dose modification/interruption": modified,
        "Related AE": related,
        "Related AE leading to withdrawal from treatment": related & withdrawn,
        "Related AE leading to dose modification/interruption": related & modified,
        "Severe AE (at greatest intensity)": events["AESEV"].eq("SEVERE"),
    }
    every = count(events, groups)
    ours = [("Total number of patients with at least one AE", *shown(every))]
    ours.append(("Total number of AEs", *every["EVENTS"].astype(str)[:3]))
    ours += [(label, *shown(count(events[wanted], groups))) for label, wanted in rows.items()]
    theirs = [row for row in displayed("aet01") if any(row[1:])]  # one row is a heading without numbers
    assert ours == theirs


def test_aet02_by_system_and_term(chevron: tuple[pd.DataFrame, Groups]) -> None:
    events, groups = chevron
    rows = sorted_rows(term_rows(events, groups), order="frequency", by="all")
    ours: list[tuple[str, ...]] = []
    for (system, term), part in rows.groupby(["AEBODSYS", "AEDECOD"], sort=False):
        patients, happened = shown(part), part["EVENTS"].astype(str)[:3]
        if term:
            ours.append((term, *patients))
            continue
        total = "Total number of events" if system else "Overall total number of events"
        ours += [(system, "", "", "")] if system else []
        ours += [("Total number of patients with at least one adverse event", *patients), (total, *happened)]
    assert unfolded(ours, events, groups) == displayed("aet02 (AEBODSYS+AEDECOD split)")


def unfolded(ours: list[tuple[str, ...]], events: pd.DataFrame, groups: Groups) -> list[tuple[str, ...]]:
    """Repeat each term as a group of its own with a single member, as chevron's split display does."""
    counts, rows = count(events, groups, ["AEDECOD"]), []
    for row in ours:
        if row[0] in set(events["AEDECOD"]):
            own = counts[counts["AEDECOD"].eq(row[0])]["EVENTS"].astype(str)[:3]
            patients = ("Total number of patients with at least one adverse event", *row[1:])
            rows += [(row[0], "", "", ""), patients, ("Total number of events", *own)]
        rows.append(row)
    return rows


def test_aet02_by_term(chevron: tuple[pd.DataFrame, Groups]) -> None:
    events, groups = chevron
    one = events.assign(AEBODSYS="all systems")
    rows = sorted_rows(term_rows(one, groups), order="frequency", by="all")
    terms = [(term, *shown(part)) for term, part in rows[rows["AEDECOD"].ne("")].groupby("AEDECOD", sort=False)]
    every = count(events, groups)
    head = [("Total number of patients with at least one adverse event", *shown(every)),
            ("Overall total number of events", *every["EVENTS"].astype(str)[:3])]  # fmt: skip
    assert head + terms == displayed("aet02 (row_split_var=NULL)")


def test_aet03(chevron: tuple[pd.DataFrame, Groups]) -> None:
    events, groups = chevron
    severity = events["AESEV"].mask(events.index < 2)  # chevron's own test blanks the first two rows
    events = events.drop(columns="AETOXGR").assign(AESEV=severity)
    level, scale = levels(events)
    events = events.assign(ALEVEL=level)
    parts = [worst(events, groups, scale, ["AEBODSYS", "AEDECOD"][:depth]) for depth in (0, 1, 2)]
    rows = pd.concat([part.reindex(columns=["AEBODSYS", "AEDECOD", *parts[0].columns]) for part in parts])
    rows = rows.fillna({"AEBODSYS": "", "AEDECOD": ""}).reset_index(drop=True)
    rows = rows.assign(COUNT=rows[[*scale, "UNGRADED"]].sum(axis=1), GRADED=rows[list(scale)].sum(axis=1))
    rows = sorted_rows(rows, order="frequency", by="all")
    ours: list[tuple[str, ...]] = []
    for (system, term), part in rows.groupby(["AEBODSYS", "AEDECOD"], sort=False):
        ours += [(term or system, "", "", "")] if system else []
        ours.append(("- Any Intensity -", *shown(part, "GRADED")))
        ours += [(name, *shown(part, name)) for name in scale if part[name].sum()]
    assert ours == displayed("aet03")
    assert rows["UNGRADED"].sum() > 0  # what chevron leaves out is counted here, in its own column


def test_pilot_tables(shared: Path) -> None:
    """Order by system, then by patients on the high dose; counts, percentages and events of every arm (151 rows)."""
    adsl, adae = (pd.read_sas(shared / f"data/phuse-tdf/{name}.xpt", encoding="utf-8") for name in ("adsl", "adae"))
    arms = {"placebo": "Placebo", "low": "Xanomeline Low Dose", "high": "Xanomeline High Dose"}
    groups = Groups.of(
        adsl["USUBJID"], {key: list(adsl.loc[adsl["TRT01A"].eq(arm), "USUBJID"]) for key, arm in arms.items()}
    )
    emergent = adae[adae["TRTEMFL"].eq("Y")]
    for table, events in (("14-5.01", emergent), ("14-5.02", emergent[emergent["AESER"].eq("Y")])):
        rows = sorted_rows(term_rows(events, groups), order="alphabetical", by="high")
        own = PILOT[PILOT["table"].eq(table)]
        held = {*own["soc"], ""} - {"ANY BODY SYSTEM"}  # the file holds 14 of the 23 systems of table 14-5.01
        ours = [
            _pilot_row(system, term, part)
            for (system, term), part in rows[rows["AEBODSYS"].isin(held)].groupby(["AEBODSYS", "AEDECOD"], sort=False)
        ]
        names = ["soc", "pt", *(f"{arm}_{what}" for arm in arms for what in ("n_pct", "events"))]
        theirs = [tuple(part.replace("( ", "(") for part in row) for row in own[names].itertuples(index=False)]
        assert ours == theirs, table


def _pilot_row(system: str, term: str, part: pd.DataFrame) -> tuple[str, ...]:
    cells = Cells(tidy("x", part["GROUP"], counted(part), endpoint="e"), "en", "aet")
    told = [plain(cells.count(arm, "e")).replace("100%", "100.0%") for arm in part["GROUP"]]
    happened = [f"[{events}]" if events else "" for events in part["EVENTS"]]
    pairs = [text for pair in zip(told, happened, strict=True) for text in pair]
    return (system or "ANY BODY SYSTEM", term, *pairs)
