"""Adverse events against naive twins: every patient, event and cell on its own, with the calendar done by hand."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.derive.adverse_events import adae
from ir5nb.derive.ae_first import first_event
from ir5nb.derive.ae_window import window
from ir5nb.derive.lab_criteria import CRITERIA
from ir5nb.derive.laboratory import grades

DAY = st.dates(dt.date(2023, 12, 20), dt.date(2025, 3, 10))
GRADE = st.sampled_from([None, "1", "2", "3", "4", "5"])
EVENT = st.fixed_dictionaries(
    {
        "who": st.integers(0, 3), "term": st.sampled_from(["Rash", "Colitis", "Nausea"]), "grade": GRADE,
        "onset": st.one_of(st.none(), DAY), "known": st.sampled_from([10, 10, 7, 4]),
    }
)  # fmt: skip
PATIENT = st.tuples(DAY, st.integers(0, 20), st.integers(0, 300), st.one_of(st.none(), st.integers(0, 400)))


def add_months(day: dt.date, months: int) -> dt.date:
    """Add calendar months by hand: the same day, or the last of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def completed(text: str | None, included: dt.date) -> dt.date | None:
    """Give the earliest day a text allows, not before inclusion unless all its days are."""
    if text is None:
        return None
    parts = [int(part) for part in text.split("-")]
    days = [
        day for month in range(1, 13) for number in range(1, calendar.monthrange(parts[0], month)[1] + 1)
        if (day := dt.date(parts[0], month, number)) and (len(parts) < 2 or month == parts[1])
        and (len(parts) < 3 or number == parts[2])
    ]  # fmt: skip
    if len(days) == 1:
        return days[0]
    return next((day for day in days if day >= included), days[0])


def frames(patients: list[tuple[Any, ...]], events: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = []
    for at, (included, start, length, death) in enumerate(patients):
        first = included + dt.timedelta(days=start)
        dead = None if death is None else first + dt.timedelta(days=length + death)
        rows.append({"USUBJID": f"P{at}", "SAFFL": "Y", "INCLDT": included, "TRTSDT": first,
                     "TRTEDT": first + dt.timedelta(days=length), "DTHDT": dead, "NEWTXDT": None,
                     "LSTALVDT": None})  # fmt: skip
    subjects = pd.DataFrame(rows)
    for name in ("INCLDT", "TRTSDT", "TRTEDT", "DTHDT", "NEWTXDT", "LSTALVDT"):
        subjects[name] = pd.to_datetime(subjects[name])
    told = [{"USUBJID": f"P{event['who']}", "AESEQ": at, "AETERM": event["term"], "AETOXGR": event["grade"],
             "AESTDTC": event["onset"] and str(event["onset"])[: event["known"]]}
            for at, event in enumerate(events, 1)]  # fmt: skip
    columns = ["USUBJID", "AESEQ", "AETERM", "AETOXGR", "AESTDTC"]
    ae = pd.DataFrame(told, columns=columns).astype({"AETOXGR": object, "AESTDTC": object})
    whole = ae["AESTDTC"].map(lambda text: text if text and len(text) == 10 else None)
    return subjects, ae.assign(AESTDT=pd.to_datetime(whole))


@settings(max_examples=150, deadline=None)
@given(st.lists(PATIENT, min_size=1, max_size=4), st.lists(EVENT, max_size=12), st.one_of(st.none(), DAY),
       st.integers(0, 7))  # fmt: skip
def test_every_event_is_placed_as_by_hand(patients: Any, events: Any, cut: Any, months: int) -> None:
    subjects, ae = frames(patients, events)
    windows = window(subjects, cutoff=cut, months=months)
    found = adae(ae, subjects, windows)
    assert len(found) == sum(event["who"] < len(patients) for event in events)
    worst: dict[tuple[str, str], int] = defaultdict(lambda: -1)
    for _, row in found.iterrows():
        at = int(row["USUBJID"][1:])
        included, start, length, _ = patients[at]
        last = add_months(included + dt.timedelta(days=start + length), months)
        last = min(last, cut) if cut else last
        day = completed(ae.loc[row.name, "AESTDTC"], included)
        assert (None if pd.isna(row["ASTDT"]) else row["ASTDT"].date()) == day
        place = "COUNTED" if day is None or included <= day <= last else "BEFORE" if day < included else "AFTER"
        assert row["WINDOW"].split()[0] == place
        before = place == "COUNTED" and day is not None and day < included + dt.timedelta(days=start)
        assert (row["PREFL"] == "Y") == before
        if place == "COUNTED":
            key = (row["USUBJID"], row["AEDECOD"])
            worst[key] = max(worst[key], int(ae.loc[row.name, "AETOXGR"] or 0))
    marked = found[found["AOCCPIFL"].eq("Y")]
    told = {(row["USUBJID"], row["AEDECOD"]): 0 if pd.isna(row["ATOXGRN"]) else row["ATOXGRN"]
            for _, row in marked.iterrows()}  # fmt: skip
    assert len(marked) == len(told)
    assert told == dict(worst)


@settings(max_examples=100, deadline=None)
@given(st.lists(PATIENT, min_size=1, max_size=4), st.lists(EVENT, max_size=8), st.one_of(st.none(), DAY))
def test_time_to_first_is_that_of_each_patient_alone(patients: Any, events: Any, cut: Any) -> None:
    subjects, ae = frames(patients, events)
    windows = window(subjects, cutoff=cut)
    found = adae(ae, subjects, windows)
    first = first_event(found, windows, subjects).set_index("USUBJID")
    for at, (included, start, length, death) in enumerate(patients):
        own = found[found["USUBJID"].eq(f"P{at}") & found["COUNTFL"].eq("Y")]
        days = [included if pd.isna(day) else day.date() for day in own["ASTDT"]]
        dosed = included + dt.timedelta(days=start + length)
        end = add_months(dosed, 5)
        end = min(end, cut) if cut else end
        died = None if death is None else dosed + dt.timedelta(days=death)
        ended = (died, 2) if died is not None and died <= end else (end, 0)
        expected = (min(days), 1) if days else ended
        row = first.loc[f"P{at}"]
        assert (row["ADT"].date(), row["CAUSE"]) == expected
        assert row["AVAL"] == (expected[0] - included).days


def test_order_of_records_is_irrelevant_and_inputs_stay_as_they_were() -> None:
    patients = [(dt.date(2024, 1, 31), 3, 100, None), (dt.date(2024, 2, 29), 0, 0, 10)]
    told = [("Rash", "1"), ("Rash", "3"), ("Colitis", None), ("Rash", "3")]
    common = {"onset": dt.date(2024, 3, 1), "known": 10}
    events = [{"who": at % 2, "term": term, "grade": grade} | common for at, (term, grade) in enumerate(told)]
    subjects, ae = frames(patients, events)
    kept = ae.copy(), subjects.copy()
    windows = window(subjects)
    turned = adae(ae.iloc[::-1], subjects, windows).sort_index()
    columns = [name for name in turned.columns if not name.startswith("AOCC")]
    pd.testing.assert_frame_equal(adae(ae, subjects, windows)[columns], turned[columns])
    pd.testing.assert_frame_equal(ae, kept[0])
    pd.testing.assert_frame_equal(subjects, kept[1])


TENTHS = st.integers(0, 30_000).map(lambda number: number / 100)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["ALT", "LIPASE", "NEUT"]), TENTHS, st.integers(100, 20_000).map(lambda n: n / 100))
def test_grades_at_exact_multiples(kind: str, value: float, limit: float) -> None:
    """CTCAE v5 written out as inequalities in whole hundredths, for three kinds of criterion."""
    v, u = round(value * 100), round(limit * 100)
    if kind == "NEUT":
        term, unit = "NEUTROPHIL COUNT DECREASED", "10^9/L"
        expected = 4 if v < 50 else 3 if v < 100 else 2 if v < 150 else 1 if v < u else 0
    elif kind == "ALT":
        term, unit = "ALANINE AMINOTRANSFERASE INCREASED", "U/L"
        expected = 4 if v > 20 * u else 3 if v > 5 * u else 2 if v > 3 * u else 1 if v > u else 0
    else:
        term, unit = "LIPASE INCREASED", "U/L"
        expected = 4 if v > 5 * u else 3 if v > 2 * u else 2 if 2 * v > 3 * u else 1 if v > u else 0
    frame = pd.DataFrame({"TERM": [term], "UNIT": [unit], "AVAL": [value], "ANRLO": [limit], "ANRHI": [limit],
                          "BASE": [limit], "BNRIND": ["NORMAL"]})  # fmt: skip
    assert grades(frame)[0] == expected


@pytest.mark.parametrize("term", sorted(CRITERIA))
def test_a_value_alone_is_never_graded_0_without_its_limits(term: str) -> None:
    """Without limits and baseline a grade may be known, but normal cannot (but for terms that need no limit)."""
    units = [unit or "U/L" for unit in CRITERIA[term].steps]
    frame = pd.DataFrame({"TERM": term, "UNIT": units, "AVAL": 1e-3, "ANRLO": None, "ANRHI": None, "BASE": None,
                          "BNRIND": None, "PCHG": None}).astype({"AVAL": float})  # fmt: skip
    needs = all(any(bound.against != "value" for bound in bounds) for steps in CRITERIA[term].steps.values()
                for _, bounds in steps[-1:])  # fmt: skip
    got = grades(frame)
    assert not (needs and got.eq(0).any())
    assert grades(frame.assign(AVAL=None)).isna().all()
    assert grades(frame.assign(UNIT="furlongs", ANRLO=1.0, ANRHI=2.0)).isna().all() or "" in CRITERIA[term].steps
