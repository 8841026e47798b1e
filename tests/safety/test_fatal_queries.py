"""Fatal events that contradict each other or the deaths, on two patients whose queries are worked out by hand."""

from __future__ import annotations

import pandas as pd

from ir5nb.derive.adverse_events import adae
from ir5nb.derive.ae_queries import queries
from ir5nb.derive.ae_window import window


def test_several_fatal_events_and_deaths_without_a_date_are_queries() -> None:
    day = pd.to_datetime(["2025-01-05", "2025-01-05"])
    none = pd.to_datetime([None, None])
    dates = {"INCLDT": day, "TRTSDT": day, "TRTEDT": day, "NEWTXDT": none, "LSTALVDT": none}
    dead = pd.to_datetime(["2025-02-01", None])
    subjects = pd.DataFrame({"USUBJID": ["1", "2"], "SAFFL": "Y", "DTHDT": dead} | dates)
    ae = pd.DataFrame({"USUBJID": ["1", "1", "2"], "AESEQ": [1, 2, 1], "AETERM": ["A", "B", "C"],
                       "AETOXGR": ["5", "5", "4"], "AEOUT": ["FATAL", None, "FATAL"], "AESTDTC": "2025-01-20",
                       "AESTDT": pd.to_datetime("2025-01-20")})  # fmt: skip
    found = queries(ae, adae(ae, subjects, window(subjects)), subjects)
    told = found.groupby("problem")[["USUBJID", "SEQ"]].apply(lambda rows: rows.astype(str).values.tolist()).to_dict()
    assert told["fatal, but the patient has no date of death (C)"] == [["2", "1"]]
    assert told["one of several fatal events of the patient (A)"] == [["1", "1"]]
    assert told["one of several fatal events of the patient (B)"] == [["1", "2"]]
    assert told["grade 5 without a fatal outcome (B)"] == [["1", "2"]]
    assert told["grade 4 with a fatal outcome (C)"] == [["2", "1"]]
