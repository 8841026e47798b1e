"""hCG patterns on the 38 hand-worked series of tests/known/hcg (expected days written by hand, not by this code)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ir5nb.derive.assays import series
from ir5nb.derive.hcg import Rules, outcomes
from ir5nb.derive.weekly import Weekly

FOLDER = Path(__file__).parent / "hcg"
EXPECTED = pd.read_csv(FOLDER / "hcg_expected.shared.csv", dtype=str, keep_default_na=False)
ASSAYS = pd.read_csv(FOLDER / "hcg_assays.shared.csv", dtype=str, keep_default_na=False)
START = pd.Timestamp("2024-01-09")
CASES = EXPECTED.to_dict("records")
# column of the expected values -> rules it was worked out under, and what it dates
READINGS = {
    "rise_day": (Rules(), "RISE"),
    "plateau_day": (Rules(), "PLATEAU"),
    "resistance_day": (Rules(), "RESIST"),
    "normalisation_day": (Rules(), "NORM"),
    "alt_plateau_within_pm10": (Rules(plateau="within_10"), "PLATEAU"),
    "alt_plateau_0_to_10_fall": (Rules(plateau="fall_0_10"), "PLATEAU"),
    "alt_anyinterval_rise": (Rules(weekly=Weekly(1, None)), "RISE"),
    "alt_anyinterval_plateau": (Rules(weekly=Weekly(1, None)), "PLATEAU"),
    "alt_7pm1_rise": (Rules(weekly=Weekly(6, 8)), "RISE"),
    "alt_7pm1_plateau": (Rules(weekly=Weekly(6, 8)), "PLATEAU"),
    "alt_norm_three_consecutive": (Rules(consecutive_normal=3), "NORM"),
}


def days(number: str) -> pd.Timedelta:
    return pd.Timedelta(days=int(number))


def subjects_of(cases: list[dict[str, str]]) -> pd.DataFrame:
    end = [START + days(case["end_of_treatment_day"]) if case["end_of_treatment_day"] else pd.NaT for case in cases]
    return pd.DataFrame(
        {
            "USUBJID": [case["case_id"] for case in cases],
            "TRTSDT": START,
            # Without a recorded end, treatment goes on: a last dose late enough to leave the series on treatment.
            "TRTEDT": START + days("400"),
            "EOTDT": pd.to_datetime(pd.Series(end, dtype="datetime64[ns]")),
        }
    )


def laboratory(assays: pd.DataFrame, limits: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": assays["case_id"],
            "LBTESTCD": "HCG",
            "LBDT": START + pd.to_timedelta(assays["day"].astype(int), unit="D"),
            "LBSTRESC": assays["value"].where(assays["value"] != "", None),
            "LBSTRESN": pd.to_numeric(assays["value"], errors="coerce"),
            "LBSTNRHI": assays["case_id"].map(limits),
            "LBSEQ": range(1, len(assays) + 1),
        }
    )


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return laboratory(ASSAYS, {case["case_id"]: float(case["normal_threshold"]) for case in CASES})


@pytest.mark.parametrize("name", READINGS)
def test_days_of_the_patterns(name: str, table: pd.DataFrame) -> None:
    rules, parameter = READINGS[name]
    adsl = subjects_of(CASES)
    found = outcomes(adsl, series(adsl, table), rules=rules).set_index("USUBJID")
    day = (found[f"{parameter}DT"] - START).dt.days
    got = {case: "" if pd.isna(value) else str(int(value)) for case, value in day.items()}
    assert got == {case["case_id"]: case[name] for case in CASES}


def test_normalised_within_24_weeks_and_baseline(table: pd.DataFrame) -> None:
    adsl = subjects_of(CASES)
    found = outcomes(adsl, series(adsl, table)).set_index("USUBJID")
    got = {case: ("Y" if pd.notna(row["NORMDT"]) else "N", "Y" if row["BASELEVEL"] == "NORMAL" else "N")
           for case, row in found.iterrows()}  # fmt: skip
    expected = {case["case_id"]: (case["normalised_within_24w"], case["baseline_already_normal"]) for case in CASES}
    assert got == expected


def test_number_of_assays_read(table: pd.DataFrame) -> None:
    adsl = subjects_of(CASES)
    found = outcomes(adsl, series(adsl, table)).set_index("USUBJID")
    without_result = {"hcg057"}  # one of its four records has no value: it is no assay
    assert {case: int(found.loc[case, "ASSAYS"]) for case in found.index if case not in without_result} == {
        case["case_id"]: int(case["n_assays"]) for case in CASES if case["case_id"] not in without_result
    }
