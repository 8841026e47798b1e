"""The data cut: one situation a line, then pure, idempotent, monotone, and equal to a slow twin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.source import Trial, read
from ir5nb.source.cut import known_by
from ir5nb.source.domains import declared
from ir5nb.source.typed import typed

DATED = {
    "EX": "EXSTDTC",
    "DS": "DSSTDTC",
    "AE": "AESTDTC",
    "CM": "CMSTDTC",
    "RS": "RSDTC",
    "TR": "TRDTC",
    "LB": "LBDTC",
}


def trial_of(tables: dict[str, list[dict[str, str | None]]]) -> Trial:
    return Trial(frames_of(tables), {}, {name: f"{name}.csv" for name in tables})


def frames_of(tables: dict[str, list[dict[str, str | None]]]) -> dict[str, pd.DataFrame]:
    frames = {}
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row)) or ["USUBJID"]
        raw = pd.DataFrame(
            [[row.get(column) or None for column in columns] for row in rows], columns=columns, dtype=object
        )
        frames[name] = typed(declared(name), f"{name}.csv", raw)[0].frame
    return frames


def cells(frames: Mapping[str, pd.DataFrame]) -> dict[str, list[dict[str, object]]]:
    """Every cell of every table, missing as None: what two trials are compared by."""
    return {
        name: frame.astype(object).where(frame.notna(), None).reset_index().to_dict("records")
        for name, frame in frames.items()
    }


# --- spec: one record, one cut ----------------------------------------------------------------------------------------

RECORDS = [  # domain, dates of the record, cut, dates that are left (None: the record is dropped)
    ("RS", "RSDTC=2026-03-09", "2026-03-08", None),
    ("RS", "RSDTC=2026-03-09", "2026-03-09", "RSDTC=2026-03-09"),
    ("RS", "RSDTC=2026-03-09T23:59", "2026-03-09", "RSDTC=2026-03-09T23:59"),
    ("RS", "RSDTC=2026-03", "2026-02-28", None),
    ("RS", "RSDTC=2026-03", "2026-03-01", "RSDTC=2026-03"),
    ("RS", "RSDTC=2026", "2025-12-31", None),
    ("RS", "RSDTC=2026---20", "2026-01-19", None),
    ("RS", "RSDTC=2026---20", "2026-01-20", "RSDTC=2026---20"),
    ("RS", "RSDTC=--03-09", "2025-01-01", "RSDTC=--03-09"),
    ("RS", "RSDTC=", "2025-01-01", "RSDTC="),
    ("EX", "EXSTDTC=2026-02-01 EXENDTC=2026-02-20", "2026-02-10", "EXSTDTC=2026-02-01 EXENDTC="),
    ("EX", "EXSTDTC=2026-02-01 EXENDTC=2026-02", "2026-02-10", "EXSTDTC=2026-02-01 EXENDTC=2026-02"),
    ("EX", "EXSTDTC=2026-02-01 EXENDTC=2026-03", "2026-02-10", "EXSTDTC=2026-02-01 EXENDTC="),
    ("EX", "EXSTDTC=2026-02-11 EXENDTC=2026-02-11", "2026-02-10", None),
    ("AE", "AESTDTC= AEDTC=2026-02-11", "2026-02-10", "AESTDTC= AEDTC=2026-02-11"),
    ("DS", "DSSTDTC=2026-02-11 DSDTC=2026-02-01", "2026-02-10", None),
    ("DS", "DSSTDTC=2026-02-01 DSDTC=2026-02-11", "2026-02-10", "DSSTDTC=2026-02-01 DSDTC=2026-02-11"),
    ("MH", "MHTERM=ASTHMA", "2020-01-01", "MHTERM=ASTHMA"),
]


def row_of(text: str) -> dict[str, str | None]:
    return {name: cell or None for name, cell in (pair.split("=") for pair in text.split())}


@pytest.mark.parametrize(("domain", "record", "cut", "left"), RECORDS)
def test_one_record(domain, record, cut, left):
    trial = trial_of({"DM": [{"USUBJID": "P-1"}], domain: [{"USUBJID": "P-1", **row_of(record)}]})
    rows = cells(trial.as_of(date.fromisoformat(cut)).tables)[domain]
    found = [{name: row[name] for name in row_of(record)} for row in rows]
    assert found == ([] if left is None else [row_of(left)])


PATIENTS = [  # DM cells, cut, cells that are left (None: the patient is not known yet)
    ({"RFICDTC": "2026-01-05"}, "2026-01-04", None),
    ({"RFICDTC": "2026-01-05"}, "2026-01-05", {"RFICDTC": "2026-01-05"}),
    ({"RFICDTC": "", "DMDTC": "2026-01-05"}, "2026-01-04", None),
    ({"RFICDTC": "2026-01-05", "RFSTDTC": "2026-01-12"}, "2026-01-10", {"RFICDTC": "2026-01-05", "RFSTDTC": None}),
    ({"RFICDTC": ""}, "2020-01-01", {"RFICDTC": None}),
    ({"DTHDTC": "2026-05-20", "DTHFL": "Y"}, "2026-05-19", {"DTHDTC": None, "DTHFL": None}),
    ({"DTHDTC": "2026-05-20", "DTHFL": "Y"}, "2026-05-20", {"DTHDTC": "2026-05-20", "DTHFL": "Y"}),
    ({"DTHDTC": "2026-05", "DTHFL": "Y"}, "2026-04-30", {"DTHDTC": None, "DTHFL": None}),
    ({"DTHDTC": "2026-05", "DTHFL": "Y"}, "2026-05-02", {"DTHDTC": "2026-05", "DTHFL": "Y"}),
    ({"DTHDTC": "", "DTHFL": "Y"}, "2026-05-02", {"DTHDTC": None, "DTHFL": "Y"}),
    ({"RFXENDTC": "2026-05-20"}, "2026-05-19", {"RFXENDTC": None}),
]


@pytest.mark.parametrize(("patient", "cut", "left"), PATIENTS)
def test_one_patient(patient, cut, left):
    trial = trial_of({"DM": [{"USUBJID": "P-1", **patient}], "MH": [{"USUBJID": "P-1", "MHTERM": "ASTHMA"}]})
    known = cells(trial.as_of(date.fromisoformat(cut)).tables)
    assert [{name: row[name] for name in patient} for row in known["DM"]] == ([] if left is None else [left])
    assert len(known["MH"]) == len(known["DM"]), "a patient takes all records along"


EVENTS = [  # an adverse event of a patient who died on 20 May, cut, cells left
    ("AEENDTC=2026-05-20 AEOUT=FATAL AESDTH=Y AETOXGR=5", "2026-05-19", "AEENDTC= AEOUT= AESDTH= AETOXGR="),
    ("AEENDTC= AEOUT=FATAL AESDTH=Y AETOXGR=5", "2026-05-19", "AEENDTC= AEOUT= AESDTH= AETOXGR="),
    (
        "AEENDTC=2026-05-20 AEOUT=FATAL AESDTH=Y AETOXGR=5",
        "2026-05-20",
        "AEENDTC=2026-05-20 AEOUT=FATAL AESDTH=Y AETOXGR=5",
    ),
    ("AEENDTC=2026-05-15 AEOUT=RESOLVED AETOXGR=3", "2026-05-14", "AEENDTC= AEOUT= AETOXGR=3"),
    ("AEENDTC=2026-05-15 AEOUT=RESOLVED AETOXGR=3", "2026-05-15", "AEENDTC=2026-05-15 AEOUT=RESOLVED AETOXGR=3"),
]


@pytest.mark.parametrize(("event", "cut", "left"), EVENTS)
def test_what_only_a_later_death_or_end_can_have_written_is_not_known(event, cut, left):
    patient = {"USUBJID": "P-1", "DTHDTC": "2026-05-20", "DTHFL": "Y"}
    trial = trial_of({"DM": [patient], "AE": [{"USUBJID": "P-1", "AESTDTC": "2026-05-01", **row_of(event)}]})
    (row,) = cells(trial.as_of(date.fromisoformat(cut)).tables)["AE"]
    assert {name: row[name] for name in row_of(event)} == row_of(left)


def test_companions_and_study_days_go_with_their_date():
    record = {"USUBJID": "P-1", "EXSTDTC": "2026-02-01", "EXENDTC": "2026-02-20", "EXENDY": "20"}
    trial = trial_of({"DM": [{"USUBJID": "P-1"}], "EX": [record]})
    (row,) = cells(trial.as_of(date(2026, 2, 10)).tables)["EX"]
    assert (row["EXENDTC"], row["EXENDT"], row["EXENDY"]) == (None, None, None)


def test_the_small_study_at_its_interim(whole):
    cut = whole.as_of(date(2026, 3, 9))
    assert cut.cutoff == date(2026, 3, 9)
    assert cut.as_of(date(2026, 6, 1)).cutoff == date(2026, 3, 9), "what was dropped does not come back"
    assert {name: frame.index.tolist() for name, frame in cut.tables.items() if len(frame)} == {
        "DM": [0, 1], "DS": [0, 1], "EX": [0, 1, 2], "TU": [0, 1], "TR": [0, 1, 2], "RS": [0], "LB": [0, 1],
        "AE": [0, 2],
    }  # fmt: skip
    assert cut.fingerprints == whole.fingerprints
    assert whole.table("DM")["DTHFL"].tolist() == ["Y", None]


def test_queries_are_those_that_what_was_known_still_raises(study, deliver):
    study["ae"][2]["AETOXGR"] = ""
    study["rs"][1]["RSDTC"] = "2026-04"
    trial = read(deliver(study))
    assert [query.table for query in trial.queries] == ["RS", "AE"]
    assert [query.table for query in trial.as_of(date(2026, 3, 20)).queries] == ["AE"]


def test_what_a_cut_leaves_out_can_be_listed(whole):
    left_out = [(query.table, query.row, query.column, query.found) for query in whole.after(date(2026, 4, 1))]
    assert left_out == [
        ("DM", 2, "DTHDTC", "2026-05-20"), ("RS", 3, "RSDTC", "2026-04-07"), ("AE", 3, "AESTDTC", "2026-05-10"),
    ]  # fmt: skip
    assert whole.as_of(date(2026, 4, 1)).after(date(2026, 4, 1)) == ()


def test_frames_cannot_be_changed(whole):
    frame = whole.table("DM")
    with pytest.raises(ValueError, match="read-only"):
        frame.loc[0, "AGE"] = 1.0
    frame["NEW"] = 1
    assert "NEW" not in whole.table("DM")
    with pytest.raises(TypeError):
        whole.tables["DM"] = frame
    with pytest.raises(TypeError):
        whole.fingerprints["dm.csv"] = ""
    with pytest.raises(AttributeError):
        whole.cutoff = date(2026, 1, 1)


# --- properties -------------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2026, 1, 1), date(2026, 4, 30))
TEXTS = st.one_of(
    st.none(),
    DAYS.map(date.isoformat),
    DAYS.map(lambda day: f"{day}T10:00"),
    DAYS.map(lambda day: f"{day:%Y-%m}"),
    DAYS.map(lambda day: f"{day:%Y}---{day:%d}"),
    st.just("2026"),
)
IDS = st.sampled_from(["P-1", "P-2", "P-3"])
FLAGS = st.sampled_from([None, "Y"])
MEMBERS = st.fixed_dictionaries(
    {"RFICDTC": TEXTS, "DMDTC": TEXTS, "RFSTDTC": TEXTS, "RFXENDTC": TEXTS, "DTHDTC": TEXTS, "DTHFL": FLAGS}
)
RECORD = {
    "AE": {
        "AESTDTC": TEXTS, "AEENDTC": TEXTS, "AETOXGR": st.sampled_from([None, "2", "5"]), "AESDTH": FLAGS,
        "AEOUT": st.sampled_from([None, "FATAL", "RECOVERED/RESOLVED"]),
    },
    "EX": {"EXSTDTC": TEXTS, "EXENDTC": TEXTS},
    "DS": {"DSSTDTC": TEXTS, "DSDTC": TEXTS},
    "RS": {"RSDTC": TEXTS},
    "MH": {"MHTERM": st.just("ASTHMA")},
}  # fmt: skip
TABLES = st.fixed_dictionaries(
    {"DM": st.lists(MEMBERS, min_size=3, max_size=3)}
    | {name: st.lists(st.fixed_dictionaries({"USUBJID": IDS, **fields}), max_size=4) for name, fields in RECORD.items()}
)


def with_names(tables):
    patients = [{"USUBJID": f"P-{number}", **row} for number, row in enumerate(tables["DM"], start=1)]
    return {**tables, "DM": patients}


def first_day(text: str | None) -> date | None:
    """Earliest day a text allows, the slow way: try the days of 2026 one after the other."""
    if text is None:
        return None
    parts = [text[:4], text[5:7], text[8:10]] if "---" not in text else [text[:4], "", text[-2:]]
    day = date(2026, 1, 1)
    while not all(given in ("", found) for given, found in zip(parts, f"{day:%Y-%m-%d}".split("-"), strict=True)):
        day += timedelta(days=1)
    return day


def later(text: str | None, cut: date) -> bool:
    day = first_day(text)
    return day is not None and day > cut


def slow_cut(tables, cut: date):
    """The rules of the data cut, row by row."""
    known, died = {}, set()
    for number, row in enumerate(tables["DM"], start=1):
        since = next((row[name] for name in ("RFICDTC", "DMDTC", "RFSTDTC") if row[name] is not None), None)
        if later(since, cut):
            continue
        left = {name: None if name.endswith("DTC") and later(cell, cut) else cell for name, cell in row.items()}
        if later(row["DTHDTC"], cut):
            died.add(f"P-{number}")
            left["DTHFL"] = None
        known[f"P-{number}"] = left
    result = {"DM": list(known.values())}
    for name, rows in tables.items():
        if name != "DM":
            kept = [row for row in rows if row["USUBJID"] in known and not later(row.get(DATED.get(name)), cut)]
            result[name] = [slow_record(name, row, cut, row["USUBJID"] in died) for row in kept]
    return result


def slow_record(name, row, cut: date, died_later: bool):
    left = dict(row)
    end = f"{name}ENDTC"
    if later(row.get(end), cut):
        left[end] = None
        if name == "AE":
            left["AEOUT"] = None
    if name == "AE" and died_later:
        for column, fatal in (("AEOUT", "FATAL"), ("AESDTH", "Y"), ("AETOXGR", "5")):
            if row[column] == fatal:
                left[column] = None
    return left


@settings(max_examples=40, deadline=None)
@given(TABLES, DAYS)
def test_the_cut_is_what_the_rules_say_row_by_row(tables, cut):
    fast = cells(known_by(frames_of(with_names(tables)), cut))
    for name, rows in slow_cut(tables, cut).items():
        pairs = zip(fast[name], rows, strict=True)
        assert [{column: row[column] for column in expected} for row, expected in pairs] == rows


@settings(max_examples=25, deadline=None)
@given(TABLES, DAYS, DAYS)
def test_cutting_twice_is_cutting_at_the_earlier_date_and_nothing_given_is_changed(tables, one, other):
    frames = frames_of(with_names(tables))
    before = cells(frames)
    first, last = min(one, other), max(one, other)
    early, late = known_by(frames, first), known_by(frames, last)
    assert cells(known_by(late, first)) == cells(known_by(early, last)) == cells(known_by(early, first)) == cells(early)
    assert cells(frames) == before
    for name, frame in early.items():
        assert set(frame.index) <= set(late[name].index), "a later cut knows every record an earlier one knew"


@settings(max_examples=10, deadline=None)
@given(TABLES, DAYS, DAYS)
def test_the_queries_of_a_cut_do_not_depend_on_the_cuts_before(tables, one, other):
    trial = trial_of(with_names(tables))
    direct, twice = trial.as_of(min(one, other)), trial.as_of(one).as_of(other)
    assert twice.queries == direct.queries
    assert twice.cutoff == direct.cutoff == min(one, other)
    assert cells(twice.tables) == cells(direct.tables)


@settings(max_examples=15, deadline=None)
@given(TABLES)
def test_a_cut_after_everything_changes_nothing(tables):
    frames = frames_of(with_names(tables))
    assert cells(known_by(frames, date(2027, 1, 1))) == cells(frames)
