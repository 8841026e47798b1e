"""CTCAE v5 grades of laboratory values against admiral's own unit tests (677 cases; golden/ctcae_lab)."""

from pathlib import Path

import pandas as pd
import pytest

from ir5nb.derive.lab_criteria import CRITERIA, TESTS
from ir5nb.derive.laboratory import grades

CASES = pd.read_csv(Path(__file__).parent / "safety" / "ctcae5_grades.csv", dtype=str, keep_default_na=False)


def as_values(cases: pd.DataFrame) -> pd.DataFrame:
    numbers = {name: pd.to_numeric(cases[name]) for name in ("AVAL", "ANRLO", "ANRHI", "BASE")}
    return pd.DataFrame(
        {
            "TERM": cases["term"],
            "UNIT": cases["unit"],
            "BNRIND": cases["BNRIND"],
            "PCHG": pd.to_numeric(cases["CHG_or_PCHG"]),
        }
        | numbers
    )


def test_every_case_has_admirals_grade() -> None:
    given = grades(as_values(CASES)).astype("string").fillna("")
    wrong = CASES[given.to_numpy() != CASES["expected_grade"].to_numpy()]
    assert wrong.assign(ours=given[wrong.index]).to_dict("records") == []


def test_the_cases_are_all_there_and_cover_every_criterion() -> None:
    assert len(CASES) == 677
    assert set(CASES["term"].str.upper()) >= set(CRITERIA)
    assert {term for terms in TESTS.values() for term in terms} <= set(CRITERIA)


@pytest.mark.parametrize("grade", [0, 1, 2, 3, 4])
def test_each_grade_occurs_among_the_cases(grade: int) -> None:
    assert CASES["expected_grade"].eq(str(grade)).sum() >= 50
