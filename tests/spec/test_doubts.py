"""Queries that only the derivations see: they are on the page, and lead to the line of the file."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan


@pytest.fixture(scope="module")
def cohort():
    plan = CohortPlan.load("c1_pm")
    return analyses.derive(source.read(plan.data, plan.mapping).as_of(plan.cutoff), plan)


def test_a_last_contact_that_another_record_outlives(cohort, root: Path) -> None:
    found = analyses.queries(cohort, ())
    found = found[found["FILE"].eq("DS")]
    assert found["PROBLEM"].tolist() == [
        "last contact 2025-01-25 is older than AE 4 (2025-01-26): the later contact is the last news"
    ]
    query = found.iloc[0]
    line = (
        (root / "src" / "ir5nb" / "demo" / f"{query.FILE.lower()}.csv").read_text("utf-8").splitlines()[query.ROW - 1]
    )
    assert query.USUBJID in line
    assert "LAST CONTACT" in line
    assert "2025-01-25" in line


def test_the_doubtful_adverse_events_of_the_cohort_are_queries(cohort, root: Path) -> None:
    """A fatal event that is not serious is counted as one and not as the other: not without a word."""
    found = analyses.queries(cohort, ())
    found = found[found["FILE"].eq("AE")]
    assert dict(zip(found["USUBJID"], found["PROBLEM"], strict=True)) == {
        "IR5-03-1005": "AESDTH is Y but AESER is N (Pneumonitis): not counted as serious: AESER decides; listed",
        "IR5-01-1006": "special interest by the CRF: none, by the plan's terms: ENDOCRINE (Hyperthyroidism): counted "
        "as special interest, under the CRF's category if it has one",
    }
    assert set(found["ACTION"]) == {"ask the centre to confirm or correct it"}
    lines = (root / "src" / "ir5nb" / "demo" / "ae.csv").read_text("utf-8").splitlines()
    for query in found.itertuples():
        assert query.USUBJID in lines[query.ROW - 1]
        assert query.PROBLEM.split("(")[1].split(")")[0] in lines[query.ROW - 1]


def test_the_cohorts_and_the_pooled_report_ask_the_same(cohort) -> None:
    plan = cohort.plan
    pooled = analyses.gather(cohort, terms=plan.aesi, months=plan.ae_months).queries
    found = analyses.queries(cohort, ())
    own = found[found["FILE"].eq("AE")]
    assert own["PROBLEM"].tolist() == (pooled["problem"] + ": " + pooled["consequence"]).tolist()


def test_disease_after_a_complete_response_names_both_readings(cohort) -> None:
    patient = cohort.treated["USUBJID"].iloc[0]
    seen = cohort.responses["INVESTIGATOR"]
    visits = seen[seen["USUBJID"].eq(patient)].head(2).assign(AVALC=["CR", "PR"])
    changed = replace(cohort, responses={"INVESTIGATOR": visits, "DERIVED": visits.assign(EVAL="DERIVED")})
    found = analyses.queries(changed, ())
    query = found[found["COLUMN"].eq("RSSTRESC")]
    assert len(query) == 1  # what the software derived from measurements is no question to a reader
    assert query["USUBJID"].item() == patient
    assert "after a CR: read as recorded (PR), as PD by RECIST 1.1 table 3" in query["PROBLEM"].item()
    record = cohort.tables["RS"].loc[query["ROW"].item() - 2]
    assert record["RSSEQ"] == visits["SRCSEQ"].iloc[1]


def test_the_share_edition_lists_none() -> None:
    plan = CohortPlan.load("c1_pm", {"edition": "share"})
    cohort = analyses.derive(source.read(plan.data, plan.mapping).as_of(plan.cutoff), plan)
    assert analyses.queries(cohort, ()).empty
    assert isinstance(analyses.queries(cohort, ()), pd.DataFrame)


def test_a_cohort_of_nobody_says_where_it_looked() -> None:
    plan = CohortPlan.load("c3_tet", {"member_values": ["NOBODY"]})
    cohort = analyses.derive(source.read(plan.data, plan.mapping).as_of(plan.cutoff), plan)
    query = analyses.queries(cohort, ()).iloc[0]
    assert query["PROBLEM"] == "no patient has NOBODY in ARMCD: the cohort is empty"
    assert "member_values" in query["ACTION"]
