"""Resistance-free survival of small patients, one situation a line (S3, A8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from ir5nb.derive import times

Decided = Callable[[pd.Series], tuple[str, str, str]]
TABLES = ("rfs.txt",)
START = pd.Timestamp("2024-01-09")
READINGS: dict[str, dict[str, Any]] = {
    "default": {}, "A8:death": {"death": True}, "A8:resistance": {}, "A8:both": {"death": True},
    "A2:treatment": {"origin": "treatment"},
}  # fmt: skip


def resistance_of(line: dict[str, str]) -> pd.DataFrame | None:
    if line["reading"] not in ("A8:resistance", "A8:both"):
        return None
    days = [] if line["resistance"] == "-" else [START + pd.Timedelta(days=int(line["resistance"]))]
    dates = pd.Series(days, dtype="datetime64[ns]")
    return pd.DataFrame({"USUBJID": ["P"] * len(days), "ADT": dates, "SRCSEQ": 3})


def test_rfs(line: dict[str, str], written: Callable[[str], Any], decided: Decided) -> None:
    patient = written(line["record"])
    options = READINGS[line["reading"]]
    got = times.rfs(patient.subjects, resistance=resistance_of(line), cutoff=patient.cutoff, **options)
    assert decided(got.iloc[0]) == (line["days"], line["event"], line["decided by"])
