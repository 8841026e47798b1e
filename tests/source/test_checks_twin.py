"""The checks, vectorised over tables, find what a loop over rows finds."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.source.domains import declared
from ir5nb.source.trial import survey
from ir5nb.source.typed import typed

DAYS = st.sampled_from([None, "2026-01-05", "2026-01-10", "2026-01-15", "2026-01-20", "2026-01"])
IDS = st.sampled_from(["P-1", "P-2", "P-3"])
MEMBER = {"DTHDTC": DAYS, "DTHFL": st.sampled_from([None, "Y"])}
RECORD = {
    "DS": {"DSDECOD": st.sampled_from(["ENROLLED", "DEATH", "COMPLETED"]), "DSSTDTC": DAYS},
    "EX": {"EXTRT": st.just("DRUG"), "EXDOSE": st.sampled_from(["0", "1200", "-1"]), "EXSTDTC": DAYS, "EXENDTC": DAYS},
    "TU": {"TULNKID": st.sampled_from(["T01", "T02"]), "TUORRES": st.sampled_from(["TARGET", "NEW"])},
    "TR": {
        "TRLNKID": st.sampled_from(["T01", "T02"]), "TRTESTCD": st.sampled_from(["LDIAM", "TUMSTATE"]), "TRDTC": DAYS,
        "TRSTRESN": st.sampled_from([None, "10", "500", "500.5"]), "VISITNUM": st.sampled_from(["1", "2"]),
    },
    "RS": {
        "RSTESTCD": st.sampled_from(["OVRLRESP", "OTHER"]), "RSSTRESC": st.sampled_from([None, "PD", "SD", "STABLE"]),
        "RSDTC": DAYS, "VISITNUM": st.sampled_from(["1", "2"]),
    },
    "AE": {"AETERM": st.just("RASH"), "AETOXGR": st.sampled_from([None, "1", "6"]), "AESTDTC": DAYS, "AEENDTC": DAYS},
}  # fmt: skip
TABLES = st.fixed_dictionaries(
    {"DM": st.lists(st.fixed_dictionaries(MEMBER), min_size=2, max_size=2)}
    | {
        name: st.lists(st.fixed_dictionaries({"USUBJID": IDS, **cells}), min_size=1, max_size=5)
        for name, cells in RECORD.items()
    }
)


def found(tables):
    checked = {}
    for name, rows in tables.items():
        raw = pd.DataFrame(rows, dtype=object)
        checked[name] = typed(declared(name), f"{name}.csv", raw)[0]
    return {(p.severity, p.table, p.row, p.column, p.expected) for p in survey(checked)}


def whole(day):
    return day if day is not None and len(day) == 10 else None


def before(one, other):
    return whole(one) is not None and whole(other) is not None and one < other


def slow(tables):
    """Every rule by itself, row by row."""
    death = {row["USUBJID"]: row["DTHDTC"] for row in tables["DM"]}
    dose, inclusion = {}, {}
    for row in tables["EX"]:
        if whole(row["EXSTDTC"]):
            dose.setdefault(row["USUBJID"], []).append(row["EXSTDTC"])
    for row in tables["DS"]:
        if row["DSDECOD"] == "ENROLLED" and whole(row["DSSTDTC"]):
            inclusion.setdefault(row["USUBJID"], []).append(row["DSSTDTC"])
    for number, row in enumerate(tables["EX"], start=2):
        yield from slow_dose(number, row, inclusion.get(row["USUBJID"]) if row["USUBJID"] in death else None)
    yield from slow_inclusions(tables, inclusion)
    yield from slow_deaths(tables)
    yield from slow_lesions(tables, dose, death)
    yield from slow_responses(tables["RS"])
    yield from slow_events(tables["AE"])
    yield from slow_patients(tables, death)


def slow_inclusions(tables, inclusion):
    seen = set()
    for number, row in enumerate(tables["DS"], start=2):
        if row["DSDECOD"] == "ENROLLED":
            if row["USUBJID"] in seen:
                yield "query", "DS", number, "DSDECOD", "one inclusion per patient"
            seen.add(row["USUBJID"])
    treated = {row["USUBJID"] for row in tables["EX"] if row["EXDOSE"] == "1200"}
    for number, row in enumerate(tables["DM"], start=2):
        if seen and row["USUBJID"] in treated and row["USUBJID"] not in inclusion:
            expected = "a dated inclusion in DS (ENROLLED or INCLUSION) for a treated patient"
            yield "query", "DM", number, "USUBJID", expected


def slow_deaths(tables):
    death = {row["USUBJID"]: row["DTHDTC"] for row in tables["DM"]}
    for number, row in enumerate(tables["DM"], start=2):
        if row["DTHFL"] == "Y" and row["DTHDTC"] is None:
            yield "query", "DM", number, "DTHFL", "a date of death in DM (DTHDTC)"
        if row["DTHFL"] is None and row["DTHDTC"] is not None:
            yield "query", "DM", number, "DTHFL", "Y for a patient with DTHDTC"
    for number, row in enumerate(tables["DS"], start=2):
        if row["DSDECOD"] == "DEATH" and row["USUBJID"] in death and death[row["USUBJID"]] is None:
            yield "query", "DS", number, "DSDECOD", "a date of death in DM (DTHDTC)"


def slow_events(rows):
    for number, row in enumerate(rows, start=2):
        if row["AETOXGR"] == "6":
            yield "error", "AE", number, "AETOXGR", "one of 1, 2, 3, 4, 5"
        if row["AETOXGR"] is None:
            yield "query", "AE", number, "AETOXGR", "a CTCAE grade"
        if before(row["AEENDTC"], row["AESTDTC"]):
            yield "query", "AE", number, "AEENDTC", "an end on or after the start (AESTDTC)"


DATED = {"DS": "DSSTDTC", "EX": "EXSTDTC", "TU": None, "TR": "TRDTC", "RS": "RSDTC", "AE": "AESTDTC"}


def slow_patients(tables, death):
    for name, dated in DATED.items():
        for number, row in enumerate(tables[name], start=2):
            if row["USUBJID"] not in death:
                yield "error", name, number, "USUBJID", "a patient of DM"
            elif dated and before(death[row["USUBJID"]], row[dated]):
                severity = "error" if name == "EX" else "query"
                yield severity, name, number, dated, "a date on or before the patient's death"


def slow_dose(number, row, inclusion):
    if row["EXDOSE"] == "-1":
        yield "error", "EX", number, "EXDOSE", "a number from 0 to 1e+06"
    if row["EXDOSE"] == "1200" and not whole(row["EXSTDTC"]):
        yield "query", "EX", number, "EXSTDTC", "a complete date"
    if before(row["EXENDTC"], row["EXSTDTC"]):
        yield "error", "EX", number, "EXENDTC", "an end on or after the start (EXSTDTC)"
    if inclusion and before(row["EXSTDTC"], min(inclusion)):
        yield "query", "EX", number, "EXSTDTC", "a dose on or after inclusion"


def slow_lesions(tables, dose, death):
    for number, row in enumerate(tables["TR"], start=2):
        if row["TRTESTCD"] == "LDIAM" and row["TRSTRESN"] is not None:
            if float(row["TRSTRESN"]) > 500:
                yield "error", "TR", number, "TRSTRESN", "a diameter from 0 to 500 mm"
            if not whole(row["TRDTC"]):
                yield "query", "TR", number, "TRDTC", "a complete date"
        same = [
            other["TRSTRESN"] for other in tables["TR"]
            if all(other[k] == row[k] for k in ("USUBJID", "TRLNKID", "TRTESTCD", "VISITNUM", "TRDTC"))
        ]  # fmt: skip
        answers = [answer for answer in same if answer is not None]
        if row["TRSTRESN"] is not None and len(set(answers)) > 1:
            yield "query", "TR", number, "TRSTRESN", "one answer per TRLNKID, TRTESTCD, VISITNUM, TRDTC of a patient"
    seen = set()
    for number, row in enumerate(tables["TU"], start=2):
        lesion, first = (row["USUBJID"], row["TULNKID"]), dose.get(row["USUBJID"])
        again, _ = lesion in seen, seen.add(lesion)
        if again or row["TUORRES"] != "TARGET" or not first or row["USUBJID"] not in death:
            continue
        measured = [m for m in tables["TR"] if (m["USUBJID"], m["TRLNKID"]) == lesion and m["TRSTRESN"] is not None]
        if not any(not whole(m["TRDTC"]) or m["TRDTC"] <= min(first) for m in measured):
            yield "query", "TU", number, "TULNKID", "a measurement in TR on or before the first dose"


def slow_responses(rows):
    for number, row in enumerate(rows, start=2):
        if row["RSTESTCD"] == "OVRLRESP" and row["RSSTRESC"] is not None:
            if row["RSSTRESC"] == "STABLE":
                yield "error", "RS", number, "RSSTRESC", "one of CR, PR, SD, NON-CR/NON-PD, PD, NE, NED, ND"
            if not whole(row["RSDTC"]):
                yield "query", "RS", number, "RSDTC", "a complete date"
        same = [o["RSSTRESC"] for o in rows if all(o[k] == row[k] for k in ("USUBJID", "RSTESTCD", "VISITNUM"))]
        answers = [answer for answer in same if answer is not None]
        if row["RSSTRESC"] is not None and len(set(answers)) > 1:
            yield "query", "RS", number, "RSSTRESC", "one answer per RSTESTCD, VISITNUM of a patient"


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_fast_and_slow_find_the_same(tables):
    patients = [{"USUBJID": f"P-{number}", **row} for number, row in enumerate(tables["DM"], start=1)]
    tables = {**tables, "DM": patients}
    assert found(tables) == set(slow(tables))
