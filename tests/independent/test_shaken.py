"""Both computations on demo data shaken out of their regular course.

In the demo data scans come every eight weeks and nobody responds twice within four; so some rules never speak. Here
visits are moved by up to three weeks, responses drawn again, later treatments brought forward and hCG values put at,
above and below their limits. The seed is fixed; the two computations must still agree on every patient.
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from tests.independent import past, recount

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "src" / "ir5nb" / "demo"
COHORTS = ("c1_pm", "c2_gtt", "c3_tet", "c4_atc", "c5_net")
RESPONSES = ("CR", "PR", "PR", "SD", "SD", "NON-CR/NON-PD", "NE", "NE", "PD")
SEEDS = (8,)  # of 1 to 12, which all agree, the one with a normal value repeated higher on the same day


def _moved(text: str, days: int) -> str:
    """A date moved, never past the day of the data; one of which only the month is known stays."""
    if len(text) < 10:
        return text
    return min(dt.date.fromisoformat(text) + dt.timedelta(days=days), dt.date(2026, 6, 30)).isoformat()


def shaken(seed: int) -> dict[str, list[past.Row]]:
    """The demo tables with visits, responses, later treatments and hCG values drawn again."""
    chance = random.Random(seed)  # noqa: S311
    tables = recount.source_rows(DEMO)
    shift: dict[tuple[str, str], int] = {}
    for table, column in (("rs", "RSDTC"), ("tr", "TRDTC"), ("tu", "TUDTC")):
        for row in tables[table]:
            if row["VISITNUM"] not in ("", "0"):
                days = shift.setdefault((row["USUBJID"], row["VISITNUM"]), chance.randint(-20, 20))
                row[column] = _moved(row[column], days)
    for row in tables["rs"]:
        if row["RSTESTCD"] == "OVRLRESP" and row["RSEVAL"] == "INVESTIGATOR" and chance.random() < 0.6:
            row["RSSTRESC"] = chance.choice(RESPONSES)
    for row in tables["cm"]:
        if row["CMCAT"] == "SUBSEQUENT ANTICANCER THERAPY":
            row["CMSTDTC"] = _moved(row["CMSTDTC"], -chance.randint(0, 60))
            row["CMINDC"] = chance.choice(("LACK OF EFFICACY", "ADVERSE EVENT"))
    for row in tables["lb"]:
        if row["LBTESTCD"] == "HCG" and chance.random() < 0.1:
            limit = row["LBSTNRHI"]
            text = chance.choice(("<20", limit, f"{limit}.1", f"<{limit}", "4"))
            row["LBSTRESC"], row["LBSTRESN"] = text, "" if text.startswith("<") else text
    return tables


@pytest.fixture(scope="module", params=SEEDS)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, source.Trial]:
    tables = shaken(request.param)
    folder = tmp_path_factory.mktemp("shaken") / "tables"
    past.write(tables, {table: list(rows[0]) for table, rows in tables.items()}, folder)
    return tables, source.read(folder)


@pytest.mark.parametrize("name", COHORTS)
def test_every_patient_is_judged_alike(both: tuple[dict, source.Trial], name: str) -> None:
    tables, trial = both
    plan = CohortPlan.load(name)
    entries = recount.plan_entries(ROOT / "params" / f"{name}.yaml")
    cohort = analyses.derive(trial.as_of(plan.cutoff), plan)
    people = recount.patients(tables, entries)
    treated = recount.treated(people)
    status = cohort.status.set_index("USUBJID")["STATUS"].to_dict()
    assert status == {one.name: recount.week24(one, entries, plan.cutoff) for one in treated}
    timed = {"RFS": recount.rfs} if name == "c2_gtt" else {"PFS": recount.pfs}
    for endpoint, rule in (timed | {"OS": recount.overall_survival}).items():
        own = cohort.times[cohort.times["PARAMCD"] == endpoint]
        days = {row.USUBJID: (int(row.AVAL), row.CNSR == 0) for row in own.itertuples()}
        assert days == {one.name: rule(one)[:2] for one in people}, endpoint
    if name != "c2_gtt":
        best = cohort.best.set_index("USUBJID")
        for column, confirmed in (("BOR", False), ("CBOR", True)):
            mine = {one.name: recount.best_response(one, entries, confirmed=confirmed) for one in treated}
            assert best[column].to_dict() == mine, column
