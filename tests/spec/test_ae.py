"""Adverse events of small patients, one situation a line: counted days, partial onsets, the worst (S6, A15)."""

from __future__ import annotations

import pandas as pd

from ir5nb.derive.adverse_events import adae
from ir5nb.derive.ae_first import first_event
from ir5nb.derive.ae_window import window

TABLES = ("ae_window.txt", "ae_worst.txt")
FLAGS = {"PREFL": "before first dose", "TRTEMFL": "on treatment", "AFTNEWFL": "after new therapy"}


def patient(included: str, first: str, last: str, therapy: str = "-", death: str = "-") -> pd.DataFrame:
    days = {"INCLDT": included, "TRTSDT": first, "TRTEDT": last, "NEWTXDT": therapy, "DTHDT": death, "LSTALVDT": "-"}
    dates = {name: pd.to_datetime([None if said == "-" else said]) for name, said in days.items()}
    return pd.DataFrame({"USUBJID": ["P"], "SAFFL": ["Y"]} | dates)


def events(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Write AE as `source` gives it: the text, and its day where it is complete."""
    frame = pd.DataFrame([{"USUBJID": "P", "AESEQ": at, "AETERM": "RASH"} | row for at, row in enumerate(rows, 1)])
    for name in ("AESTDT", "AEENDT"):
        text = frame.get(f"{name}C", pd.Series([None] * len(frame), dtype=object))
        whole = text.where(text.astype("string").str.len().eq(10).fillna(False))
        frame[name] = pd.to_datetime(whole)
    return frame


def test_ae(line: dict[str, str]) -> None:
    if "onset" in line:
        check_window(line)
    else:
        check_worst(line)


def check_window(line: dict[str, str]) -> None:
    who = patient(line["included"], line["first dose"], line["last dose"], line["therapy"])
    known = {name: None if line[said] == "-" else line[said] for name, said in
             (("AESTDTC", "onset"), ("AEENDTC", "ended"))}  # fmt: skip
    cut = None if line["cut"] == "-" else line["cut"]
    row = adae(events([known]), who, window(who, cutoff=cut)).iloc[0]
    told = [told for name, told in FLAGS.items() if row[name] == "Y"]
    told += [{"D": "day imputed", "M": "month imputed"}[row["ASTDTF"]]] if row["ASTDTF"] else []
    day = "-" if pd.isna(row["ASTDT"]) else f"{row['ASTDT']:%Y-%m-%d}"
    assert (row["WINDOW"], day, ", ".join(told) or "-") == (line["counted as"], line["day"], line["flags"])
    assert ("; counted" in row["reason"]) == (line["counted as"] == "COUNTED")


def check_worst(line: dict[str, str]) -> None:
    rows = []
    for said in line["events"].split(", "):
        term, *late, grade = said.split()
        onset = "2026-01-01" if late else "2025-02-01"
        rows.append({"AEDECOD": term, "AETOXGR": None if grade == "?" else grade, "AESTDTC": onset, "AEBODSYS": "S"})
    who = patient("2025-01-02", "2025-01-05", "2025-03-15")
    found = adae(events(rows), who, window(who))
    by_term = [f"{row['AEDECOD']} {row['ALEVEL']}" for _, row in found[found["AOCCPIFL"].eq("Y")].iterrows()]
    assert list(found.loc[found["AOCCIFL"].eq("Y"), "ALEVEL"]) == [line["worst of all"]] * (line["worst of all"] != "-")
    assert sorted(by_term) == sorted([] if line["worst by term"] == "-" else line["worst by term"].split(", "))
    assert found["AOCCSIFL"].eq("Y").sum() == found["AOCCIFL"].eq("Y").sum()  # one system: its worst is that of all


def test_another_window_in_days() -> None:
    """A15's other reading: 150 days."""
    who = patient("2025-01-02", "2025-01-05", "2025-03-15")
    found = window(who, days=150)
    assert f"{found['WNDEDT'][0]:%Y-%m-%d}" == "2025-08-12"
    assert found["reason"][0].endswith("150 days after the last dose 2025-03-15")


def test_time_at_risk_ends_with_death_and_never_before_inclusion() -> None:
    dead = patient("2025-01-02", "2025-01-05", "2025-03-15", death="2025-04-01")
    assert window(dead)["RISKDAYS"][0] == 89  # 2 January to 1 April 2025: 29 + 28 + 31 + 1 days
    assert window(patient("2025-01-02", "2025-01-05", "2025-03-15"), cutoff="2025-01-01")["RISKDAYS"][0] == 0


def test_first_event_before_death_death_before_event_and_neither() -> None:
    dead = patient("2025-01-02", "2025-01-05", "2025-03-15", death="2025-04-01")
    days = window(dead)
    late = adae(events([{"AESTDTC": "2025-03-01"}, {"AESTDTC": "2025-02-01"}]), dead, days)
    assert first_event(late, days, dead)[["AVAL", "CAUSE", "AESEQ"]].values.tolist() == [[30, 1, 2]]
    same = adae(events([{"AESTDTC": "2025-04-01"}]), dead, days)
    assert first_event(same, days, dead)["CAUSE"].tolist() == [1]  # the event of the day of death comes first
    assert first_event(same.iloc[:0], days, dead)[["AVAL", "CAUSE"]].values.tolist() == [[89, 2]]
    alive = patient("2025-01-02", "2025-01-05", "2025-03-15")
    assert first_event(same.iloc[:0], window(alive), alive)[["AVAL", "CAUSE"]].values.tolist() == [[225, 0]]


def test_an_event_of_unknown_onset_is_first_on_the_day_of_inclusion() -> None:
    who = patient("2025-01-02", "2025-01-05", "2025-03-15")
    found = adae(events([{"AESTDTC": None}]), who, window(who))
    assert first_event(found, window(who), who)[["AVAL", "CAUSE"]].values.tolist() == [[0, 1]]
