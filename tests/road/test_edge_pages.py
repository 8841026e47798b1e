"""Whole reports of cohorts at the edge: nobody, one patient, no response, all censored, nobody evaluable.

Each situation is the demo data cut down to one cohort by plain filters on the files; the notebook's own calls are run
in this process and everything they show is rendered.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from tests.seen import kernelless

import ir5nb
from ir5nb.analyses.outcome import outcome
from ir5nb.stats.simon import SimonDesign

DEMO = Path(ir5nb.__file__).parent / "demo"
MEMBERS = {"c1_pm": "PM", "c2_gtt": "GTT", "c3_tet": "TET", "c4_atc": "ATC", "c5_net": "NET"}
Row = dict[str, str]
Rows = dict[str, list[Row]]
WELL = {"CR": "SD", "PR": "SD"}


@cache
def demo() -> Rows:
    return {
        path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) for path in DEMO.glob("*.csv")
    }


def kept(rows: Rows, people: set[str]) -> Rows:
    return {name: [row for row in table if row["USUBJID"] in people] for name, table in rows.items()}


def empty(rows: Rows) -> Rows:
    """Nobody of the cohort is in the files: another cohort's first patient is."""
    other = next(row["USUBJID"] for row in demo()["dm"] if row["ARMCD"] != rows["dm"][0]["ARMCD"])
    return kept(demo(), {other})


def one_patient(rows: Rows) -> Rows:
    """The first patient who had a dose."""
    return kept(rows, {next(row["USUBJID"] for row in rows["ex"])})


def no_response(rows: Rows) -> Rows:
    """CR and PR were stable disease, no lesion ever shrank, hCG never became normal."""
    return rows | {
        "rs": [row | {"RSSTRESC": WELL.get(row["RSSTRESC"], row["RSSTRESC"])} for row in rows["rs"]],
        "tr": [row for row in rows["tr"] if row["VISIT"] in ("SCREENING", "BASELINE")],
        "lb": [row | {"LBSTRESN": "900", "LBSTRESC": "900"} if row["LBTESTCD"] == "HCG" else row for row in rows["lb"]],
    }


def all_censored(rows: Rows) -> Rows:
    """Nobody died, progressed or was treated anew."""
    return rows | {
        "dm": [row | {"DTHDTC": "", "DTHFL": ""} for row in rows["dm"]],
        "ds": [row for row in rows["ds"] if row["DSDECOD"] != "DEATH"],
        "ae": [row for row in rows["ae"] if row["AEOUT"] != "FATAL"],
        "rs": [row for row in rows["rs"] if row["RSSTRESC"] != "PD" and row["RSTESTCD"] != "SYMPTDTR"],
        "cm": [row for row in rows["cm"] if row["CMCAT"] != "SUBSEQUENT ANTICANCER THERAPY"],
    }


def nobody_evaluable(rows: Rows) -> Rows:
    """Everybody had the first dose and was never seen again."""
    first: dict[str, Row] = {}
    for row in rows["ex"]:
        first.setdefault(row["USUBJID"], row | {"EXENDTC": row["EXSTDTC"]})
    enrolled = [row for row in rows["ds"] if row["DSDECOD"] in ("ENROLLED", "INCLUSION")]
    seen = {
        "dm": [row | {"RFXENDTC": row["RFXSTDTC"]} for row in all_censored(rows)["dm"]],
        "ex": list(first.values()),
        "ds": enrolled,
        "sc": rows["sc"],
    }
    return {name: seen.get(name, []) for name in rows}


# All five situations, each cohort kind at least once: 17 pairs would take 100 s, these take 35 s.
SITUATIONS: dict[Callable[[Rows], Rows], tuple[str, ...]] = {
    empty: ("c1_pm", "c2_gtt"), one_patient: ("c4_atc", "c5_net"), no_response: ("c2_gtt",), all_censored: ("c1_pm",),
    nobody_evaluable: ("c4_atc",),
}  # fmt: skip
CASES = [(situation, stem) for situation, stems in SITUATIONS.items() for stem in stems]


def written(rows: Rows, folder: Path) -> Path:
    for name, table in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(demo()[name][0]))
            writer.writeheader()
            writer.writerows(table)
    return folder


@pytest.mark.parametrize(("situation", "stem"), CASES, ids=[f"{s.__name__}-{stem}" for s, stem in CASES])
def test_the_whole_report_is_rendered(situation, stem, tmp_path):
    cohort = {row["USUBJID"] for row in demo()["dm"] if row["ARMCD"] == MEMBERS[stem]}
    folder = written(situation(kept(demo(), cohort)), tmp_path)
    shown, names = kernelless.run(stem, {"data": str(folder)})
    cut, status = names["cohort"], names["cohort"].status
    assert len(shown) > 30
    texts = {one.call: one.texts for one in shown}
    assert all(texts.values())
    told = " ".join(next(texts for call, texts in texts.items() if call.startswith("tables.headline")))
    assert "nan" not in " ".join(text for found in texts.values() for text in found).split()
    expected = EXPECTED[situation.__name__]
    assert expected(cut, status, told), told


@pytest.mark.parametrize(("situation", "stem"), [(empty, "c3_tet"), (one_patient, "c4_atc")])
def test_the_share_edition_is_rendered_too(situation, stem, tmp_path):
    cohort = {row["USUBJID"] for row in demo()["dm"] if row["ARMCD"] == MEMBERS[stem]}
    folder = written(situation(kept(demo(), cohort)), tmp_path)
    shown, names = kernelless.run(stem, {"data": str(folder), "edition": "share"})
    assert all(one.texts for one in shown)
    assert "nan" not in " ".join(text for one in shown for text in one.texts).split()
    assert not cohort & {text for one in shown for text in one.texts}
    assert len(ir5nb.analyses.results(names["cohort"])) > 100


EXPECTED = {
    "empty": lambda cut, status, told: len(cut.subjects) == 0 and "0 successes in 0 patients" in told,
    "one_patient": lambda cut, status, told: len(cut.treated) == 1 and " in 1 patient;" in told,
    "no_response": lambda cut, status, told: (
        not set(cut.best["BOR"]) & {"CR", "PR"} and "hCG normalised" not in set(status["CATEGORY"])
    ),
    "all_censored": lambda cut, status, told: (
        cut.times.loc[cut.times["PARAMCD"].ne("FUP"), "CNSR"].eq(1).all() and "death" not in set(status["CATEGORY"])
    ),
    "nobody_evaluable": lambda cut, status, told: (
        set(status["CATEGORY"]) <= {"not evaluable", "pending"} and " 0 successes in " in f" {told}"
    ),
}


def test_a_reading_that_leaves_fewer_than_n1_patients_decides_nothing():
    design = SimonDesign(r1=2, n1=9, r=9, n=24, p0=0.25, p1=0.50)
    for judged in (7, 9):
        found = outcome(design, pd.Series(["SUCCESS"] * judged), interim=False, level=0.90, recruited=24)
        assert found.state == "open"
        assert found.inference is None
        assert found.sentence.endswith(f"stage 1 was passed, not decided, only {judged} can be judged.")
