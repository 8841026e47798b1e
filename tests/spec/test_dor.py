"""Duration of response of small patients, one situation a line (S5, A13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from ir5nb.derive import response, times

Decided = Callable[[pd.Series], tuple[str, str, str]]
TABLES = ("dor.txt",)


def test_dor(line: dict[str, str], written: Callable[[str], Any], decided: Decided) -> None:
    patient = written(line["record"])
    start = patient.subjects.set_index("USUBJID")["TRTSDT"]
    end = pd.Series(pd.to_datetime([patient.cutoff]), index=start.index)
    best = response.best(patient.responses, start, end)
    censoring = times.ADEQUATE if line["reading"] == "adequate" else times.LITERAL
    got = times.dor(
        patient.subjects, patient.responses, best, confirmed=line["reading"] == "confirmed", cutoff=patient.cutoff,
        censoring=censoring,
    )  # fmt: skip
    if line["event"] == "none":
        assert got.empty
        return
    assert decided(got.iloc[0]) == (line["days"], line["event"], line["decided by"])
