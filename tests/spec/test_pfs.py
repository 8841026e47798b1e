"""Progression-free survival of small patients, one situation a line (S2, A2, A7, A17)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from ir5nb.derive import times

Decided = Callable[[pd.Series], tuple[str, str, str]]
TABLES = ("pfs.txt",)
READINGS: dict[str, dict[str, Any]] = {
    "literal": {},
    "adequate": {"censoring": times.ADEQUATE},
    "FDA": {"censoring": times.FDA},
    "A2:treatment": {"origin": "treatment"},
    "A17:inclusive": {"count_first_day": True},
}


def test_pfs(line: dict[str, str], written: Callable[[str], Any], decided: Decided) -> None:
    patient = written(line["record"])
    options = {"clinical": patient.clinical} if line["reading"] == "A7:yes" else READINGS[line["reading"]]
    got = times.pfs(patient.subjects, patient.responses, cutoff=patient.cutoff, **options)
    row = got.iloc[0]
    assert decided(row) == (line["days"], line["event"], line["decided by"])
    assert f"{row['ADT']:%Y-%m-%d}" in row["reason"]


def test_what_was_not_counted_is_said(written: Callable[[str], Any]) -> None:
    patient = written("SD 56, PD 200, news 220")
    reason = times.pfs(patient.subjects, patient.responses, censoring=times.FDA)["reason"][0]
    assert reason == (
        "Censored at the last adequate imaging assessment: RS 1 (visit SCAN 1, 2024-03-05): SD; "
        "not counted after 144 days without adequate assessment: Progression: RS 2 (visit SCAN 2, 2024-07-27): PD"
    )
    patient = written("SD 56, therapy 60, PD 112, news 200")
    reason = times.pfs(patient.subjects, patient.responses, censoring=times.FDA)["reason"][0]
    assert reason.endswith("; new anticancer therapy before any event: CM (2024-03-09)")


@pytest.mark.parametrize(
    ("options", "message"),
    [({"at": "first"}, "censoring is at"), ({"new_therapy": "failure"}, "new therapy is"),
     ({"missed_assessments": 0}, "missed_assessments is at least 1"), ({"interval_days": 0}, "impossible interval")],
)  # fmt: skip
def test_impossible_censoring_cannot_exist(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        times.Censoring(**options)


@pytest.mark.parametrize(("record", "days"), [("SD 56, PD 119, news 130", 126), ("SD 56, PD 120, news 130", 63)])
def test_one_missed_assessment_is_56_days_and_a_week(record: str, days: int, written: Callable[[str], Any]) -> None:
    """63 days after the last scan a progression counts, 64 days after it does not; the smallest rule is a day."""
    patient = written(record)
    rule = times.Censoring(at="adequate", missed_assessments=1)
    assert times.pfs(patient.subjects, patient.responses, censoring=rule)["AVAL"].tolist() == [days]
    assert times.Censoring(missed_assessments=1, interval_days=1, window_days=0).tolerated_days == 1
