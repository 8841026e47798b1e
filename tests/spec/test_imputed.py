"""Section 8 of a cohort's report: every imputed date with its text and rule, and every correction of the source."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from ir5nb import analyses, schema, source, tables
from ir5nb.analyses.imputation import onsets
from ir5nb.plan import CohortPlan
from ir5nb.source.ledger import Correction

COHORTS = ("c1_pm", "c2_gtt", "c3_tet", "c4_atc", "c5_net")


def derived(stem: str, **entries: object) -> analyses.Cohort:
    plan = CohortPlan.load(stem, entries)
    return analyses.derive(source.read(plan.data, plan.mapping).as_of(plan.cutoff), plan)


@pytest.fixture(scope="module")
def cohorts() -> dict[str, analyses.Cohort]:
    return {stem: derived(stem) for stem in COHORTS}


@pytest.fixture(scope="module")
def listed(cohorts: dict[str, analyses.Cohort]) -> pd.DataFrame:
    return pd.concat([analyses.imputed(cohort) for cohort in cohorts.values()], ignore_index=True)


def test_every_partial_date_of_the_source_that_is_used_is_listed_once(listed: pd.DataFrame) -> None:
    """Recounted from the files: no onset and no death of the demo data is partial and unlisted."""
    ae, dm = source.read(None).table("AE"), source.read(None).table("DM")
    part = ae[ae["AESTDTC"].str.len().lt(10)]
    assert len(part) == 16
    died = dm[dm["DTHDTC"].str.len().lt(10)]
    told = {("AE", row.USUBJID, row.AESEQ, row.AESTDTC) for row in part.itertuples()}
    told |= {("DM", row.USUBJID, None, row.DTHDTC) for row in died.itertuples()}
    numbers = listed["SEQ"].astype(object).where(listed["SEQ"].notna(), None)
    rows = list(zip(listed["DOMAIN"], listed["USUBJID"], numbers, listed["RECORDED"], strict=True))
    assert len(rows) == len(set(rows))
    assert set(rows) == told


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ("IR5-06-1019", ["DM", "DTHDTC", "2026-04", "2026-04-13", "first day of the month, not before last contact"]),
        ("IR5-05-5003", ["DM", "DTHDTC", "2026-04", "2026-04-01", "first day of the month, not before last contact"]),
        ("IR5-10-2003", ["AE", "AESTDTC", "2025-04", "2025-04-22", "first day of the month, not before inclusion"]),
    ],
)
def test_a_row_names_the_record_the_text_the_day_and_the_rule(
    listed: pd.DataFrame, patient: str, expected: list[str]
) -> None:
    (row,) = listed[listed["USUBJID"].eq(patient)].astype({"USED": str}).itertuples()
    assert expected == [row.DOMAIN, row.VARIABLE, row.RECORDED, row.USED, row.RULE]


def test_an_onset_of_which_only_the_year_is_known_has_its_own_rule() -> None:
    events = pd.DataFrame({"USUBJID": ["P"], "AESEQ": [1], "AESTDTC": ["2025"], "ASTDTF": ["M"],
                           "ASTDT": pd.to_datetime(["2025-01-01"])})  # fmt: skip
    assert onsets(events)["RULE"].tolist() == ["first day of the year, not before inclusion"]


def test_a_death_read_from_the_disposition_shows_the_text_of_that_record(cohorts: dict[str, analyses.Cohort]) -> None:
    one = cohorts["c1_pm"]
    own = one.subjects["USUBJID"].eq("IR5-06-1019")
    ds = pd.DataFrame({"USUBJID": "IR5-06-1019", "DSSEQ": [98, 99], "DSDECOD": "DEATH", "DSSTDTC": ["2025", "2026-04"]})
    disposition = pd.concat([one.tables["DS"], ds], ignore_index=True)
    people = one.subjects.assign(
        DTHDOM=one.subjects["DTHDOM"].mask(own, "DS"), DTHSEQ=one.subjects["DTHSEQ"].mask(own, 99)
    )
    found = analyses.imputed(replace(one, subjects=people, tables={**one.tables, "DS": disposition}))
    row = found[found["USUBJID"].eq("IR5-06-1019")].iloc[0]
    assert (row["DOMAIN"], row["SEQ"], row["VARIABLE"], row["RECORDED"]) == ("DS", 99, "DSSTDTC", "2026-04")


def test_the_pooled_report_lists_the_onsets_of_all_cohorts(listed: pd.DataFrame, cohorts: dict) -> None:
    found = analyses.imputed_onsets(analyses.gather(list(cohorts.values())))
    own = listed[listed["DOMAIN"].eq("AE")].sort_values(["USUBJID", "SEQ"], ignore_index=True)
    pd.testing.assert_frame_equal(found, own)


def test_the_flag_of_the_date_of_death_is_a_column_of_adsl(cohorts: dict[str, analyses.Cohort]) -> None:
    assert "DTHDTF" in schema.ADSL
    people = analyses.derived_tables(cohorts["c1_pm"])["adsl"].set_index("USUBJID")
    assert people["DTHDTF"].dropna().to_dict() == {"IR5-06-1019": "D"}


def correction(patient: str) -> Correction:
    return Correction("LB", {"USUBJID": patient, "LBSEQ": "1"}, "LBSTRESN", "90", "9", "a slip", "Dr A", "2026-03-01")


def test_corrections_of_members_and_of_no_patient_are_listed(cohorts: dict[str, analyses.Cohort]) -> None:
    nobody = replace(correction("IR5-06-1019"), record={"LBSEQ": "1"})
    ledger = (correction("IR5-06-1019"), correction("IR5-05-5003"), nobody)
    found = analyses.corrections(cohorts["c1_pm"], ledger)
    assert found["USUBJID"].tolist() == ["IR5-06-1019", None]
    assert found.iloc[0][["FILE", "COLUMN", "WAS", "NOW", "WHY", "DATE"]].tolist() == [
        "LB", "LBSTRESN", "90", "9", "a slip", "2026-03-01"
    ]  # fmt: skip
    assert "a slip" in str(tables.corrections(found))


@pytest.mark.parametrize(("lang", "said"), [("en", "No corrections"), ("fr", "Aucune correction")])
def test_a_source_without_corrections_says_so(cohorts: dict, lang: str, said: str) -> None:
    assert said in str(tables.corrections(analyses.corrections(cohorts["c1_pm"], ()), lang=lang))


@pytest.mark.parametrize(("lang", "said"), [("en", "No imputed dates"), ("fr", "Aucune date imputée")])
def test_a_cohort_without_imputed_dates_says_so(cohorts: dict, lang: str, said: str) -> None:
    one = cohorts["c1_pm"]
    none = analyses.imputed(replace(one, subjects=one.subjects.assign(DTHDTF=None)))
    assert none.empty  # its adverse events have complete dates
    assert said in str(tables.imputed_dates(none, lang=lang))


def test_the_share_edition_lists_neither() -> None:
    cohort = derived("c1_pm", edition="share")
    dates = analyses.imputed(cohort)
    amended = analyses.corrections(cohort, (correction("IR5-06-1019"),))
    safety = analyses.gather(derived("c3_tet", edition="share"))
    assert [len(dates), len(amended), len(analyses.imputed_onsets(safety))] == [0, 0, 0]
    for table in (tables.imputed_dates(dates), tables.corrections(amended)):
        assert "Left out of the share edition" in str(table)
