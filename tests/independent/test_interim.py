"""A cut-off in the past re-creates the analysis of that day exactly.

The same data come by two ways: the product's own cut of the whole (`as_of`), and files in which `past` wrote, row by
row and without the product, only what was known then. Each look is held on the day the planned number of the first
stage could be judged.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from tests.independent import past, recount

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "src" / "ir5nb" / "demo"
COHORTS = ("c1_pm", "c3_tet", "c5_net")
ANALYSES = (
    analyses.headline, analyses.design, analyses.path, analyses.chances, analyses.sets, analyses.accrual,
    analyses.disposition, analyses.baseline, analyses.exposed, analyses.categories, analyses.decision,
    analyses.primary, analyses.best_response, analyses.course, analyses.agreement, analyses.censoring,
)  # fmt: skip
LOOKS = [(name, look) for name in COHORTS for look in ("interim", "final")]


@dataclass(frozen=True)
class Looked:
    """One look at a cohort, by two ways, with its plan's entries and the files of that day."""

    cut: analyses.Cohort
    delivered: analyses.Cohort
    entries: dict[str, object]
    files: dict[str, list[past.Row]]
    day: dt.date


@cache
def everything() -> dict[str, list[past.Row]]:
    return recount.source_rows(DEMO)


@cache
def look_day(name: str) -> dt.date:
    """The day on which week 24 of the last patient of stage 1 can be judged."""
    plan = recount.plan_entries(ROOT / "params" / f"{name}.yaml") | {"analysis": "interim"}
    last = recount.treated(recount.patients(everything(), plan))[-1]
    return last.start + dt.timedelta(days=plan["landmark_days"] + plan["window_days"])


@cache
def files_of(name: str) -> dict[str, list[past.Row]]:
    """The tables as they were on the day of a cohort's look."""
    return past.known_on(everything(), look_day(name))


@cache
def delivered(folder: Path) -> source.Trial:
    return source.read(folder)


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files for each cohort's look."""
    columns = {table: list(rows[0]) for table, rows in everything().items()}
    root = tmp_path_factory.mktemp("deliveries")
    for name in COHORTS:
        past.write(files_of(name), columns, root / name)
    return root


@pytest.fixture(scope="module", params=LOOKS, ids="-".join)
def looked(request: pytest.FixtureRequest, deliveries: Path) -> Looked:
    name, look = request.param
    day = look_day(name)
    plan = CohortPlan.load(name, {"cutoff": day.isoformat(), "analysis": look})
    return Looked(
        cut=analyses.derive(delivered(DEMO).as_of(day), plan),
        delivered=analyses.derive(delivered(deliveries / name).as_of(day), plan),
        entries=recount.plan_entries(ROOT / "params" / f"{name}.yaml") | {"cutoff": day, "analysis": look},
        files=files_of(name),
        day=day,
    )


def test_the_files_of_that_day_hold_nothing_later(looked: Looked) -> None:
    day = looked.day.isoformat()
    for rows in looked.files.values():
        for row in rows:
            assert all(cell <= day for column, cell in row.items() if column.endswith("DTC")), row
    assert sum(map(len, looked.files.values())) < 0.9 * sum(map(len, everything().values()))


def without_rows_of_dm(table: pd.DataFrame) -> pd.DataFrame:
    """DM numbers no records: a pointer to it is the row's place in its file, which leaving patients out moves."""
    for domain, number in (("DTHDOM", "DTHSEQ"), ("LSTALVDOM", "LSTALVSEQ"), ("SRCDOM", "SRCSEQ")):
        if number in table.columns:
            table = table.assign(**{number: table[number].where(table[domain].ne("DM").fillna(True))})
    if "reason" in table.columns:
        table = table.assign(reason=table["reason"].str.replace(r"\bDM \d+\b", "DM", regex=True))
    return table


@pytest.mark.parametrize("table", ["subjects", "status", "best", "times", "targets"])
def test_patients_are_the_same(looked: Looked, table: str) -> None:
    cut, delivery = (without_rows_of_dm(getattr(way, table)) for way in (looked.cut, looked.delivered))
    assert len(cut)
    pd.testing.assert_frame_equal(cut, delivery, check_exact=True)


def test_results_are_the_same(looked: Looked) -> None:
    cut, delivery = (pd.concat(rows(way), ignore_index=True) for way in (looked.cut, looked.delivered))
    assert len(cut) > 250
    pd.testing.assert_frame_equal(cut, delivery, check_exact=True)


def rows(cohort: analyses.Cohort) -> list[pd.DataFrame]:
    """Rows of every analysis; the readings panel, two thirds of the time, only at the interim look of cohort 3."""
    if (cohort.plan.cohort, cohort.plan.analysis) == ("TET", "interim"):
        return [analyses.results(cohort)]
    timed = [analyses.time_to_event(cohort, endpoint) for endpoint in ("PFS", "OS", "DOR", "FUP")]
    return [analysis.results for analysis in (*(analysis(cohort) for analysis in ANALYSES), *timed)]


def test_a_recount_of_the_files_of_that_day_agrees(looked: Looked) -> None:
    people = recount.patients(looked.files, looked.entries)
    mine = {one.name: recount.week24(one, looked.entries, looked.day) for one in recount.treated(people)}
    theirs = looked.cut.status
    assert dict(zip(theirs["USUBJID"], theirs["STATUS"], strict=True)) == mine
    if looked.entries["analysis"] == "interim":
        assert len(mine) == looked.entries["n1"]
        assert "PENDING" not in mine.values()


def test_the_past_differs_from_the_present(looked: Looked) -> None:
    """The comparison would be empty if nothing had happened since."""
    now = recount.patients(everything(), looked.entries)
    then = recount.patients(looked.files, looked.entries)
    assert {one.name: (one.death, one.visits) for one in now} != {one.name: (one.death, one.visits) for one in then}
