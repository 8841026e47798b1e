"""Times to event against a naive twin: one patient at a time, the obvious way, in whole days."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.derive import times

ORIGIN = pd.Timestamp("2024-02-20")  # ten days before the end of a leap February
LEVELS = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
CASES = settings(max_examples=15, deadline=None)


@dataclass(frozen=True)
class Patient:
    """One patient in days from inclusion; None where it never happened."""

    treated: int | None
    death: int | None
    therapy: int | None
    failed: int | None
    news: int | None
    scans: tuple[tuple[int, int, str], ...] = ()
    clinical: tuple[int, ...] = field(default=())


def maybe(low: int, high: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(low, high)


@st.composite
def patients(draw: st.DrawFn) -> Patient:
    death, news = draw(maybe(-3, 300)), draw(maybe(-10, 300))
    last_possible = 300 if death is None else death
    scan = st.tuples(st.integers(-12, 280), st.integers(0, 3), st.sampled_from(LEVELS))
    scans = draw(st.lists(scan, max_size=6, unique_by=lambda item: item[0] // 5))
    therapy = draw(maybe(0, 300))
    failed = draw(st.sampled_from([None, therapy, None if therapy is None else therapy + 20]))
    return Patient(
        treated=draw(maybe(0, 14)), death=death, therapy=therapy, failed=failed,
        news=None if news is None else min(news, last_possible),
        scans=tuple((first, first + length, level) for first, length, level in scans),
        clinical=tuple(draw(st.lists(st.integers(0, 280), max_size=2))),
    )  # fmt: skip


cohorts = st.lists(patients(), min_size=1, max_size=10)
cuts = st.none() | st.integers(20, 300)


def stamp(day: int | None) -> pd.Timestamp:
    return pd.NaT if day is None else ORIGIN + pd.Timedelta(days=day)


def known(day: int | None, cut: int | None) -> int | None:
    return None if day is None or (cut is not None and day > cut) else day


def subjects_of(cohort: list[Patient], cut: int | None = None) -> pd.DataFrame:
    """The patients as known on the day of the cut: later milestones are not."""
    rows = [
        {"USUBJID": f"P{number}", "INCLDT": stamp(0), "TRTSDT": stamp(known(patient.treated, cut)),
         "DTHDT": stamp(known(patient.death, cut)), "NEWTXDT": stamp(known(patient.therapy, cut)),
         "LOETXDT": stamp(known(patient.failed, cut)),
         "LSTALVDT": stamp(patient.news if cut is None or patient.news is None else min(patient.news, cut))}
        for number, patient in enumerate(cohort)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    return table.astype({name: "datetime64[ns]" for name in table if name.endswith("DT")})


def responses_of(cohort: list[Patient]) -> pd.DataFrame:
    rows = [
        {"USUBJID": f"P{number}", "EVAL": "INVESTIGATOR", "FIRSTDT": stamp(first), "ADT": stamp(last), "AVALC": level,
         "SRCDOM": "RS", "SRCSEQ": seq, "VISIT": f"SCAN {seq}", "VISITNUM": float(seq), "reason": ""}
        for number, patient in enumerate(cohort)
        for seq, (first, last, level) in enumerate(sorted(patient.scans), start=1)
    ]  # fmt: skip
    columns = ["USUBJID", "EVAL", "FIRSTDT", "ADT", "AVALC", "SRCDOM", "SRCSEQ", "VISIT", "VISITNUM", "reason"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"FIRSTDT": "datetime64[ns]", "ADT": "datetime64[ns]", "USUBJID": object})


def clinical_of(cohort: list[Patient]) -> pd.DataFrame:
    rows = [(f"P{number}", stamp(day)) for number, patient in enumerate(cohort) for day in patient.clinical]
    table = pd.DataFrame(rows, columns=["USUBJID", "ADT"]).assign(SRCDOM="RS", SRCSEQ=7)
    return table.astype({"ADT": "datetime64[ns]", "USUBJID": object})


def naive_pfs(
    patient: Patient, start: int | None, cut: int | None, censoring: times.Censoring, clinical: bool
) -> tuple[int, int] | None:
    """Days and CNSR of one patient."""
    if start is None or (cut is not None and start > cut):
        return None
    limit = min([day for day in (cut, patient.therapy if censoring.new_therapy == "censored" else None)
                 if day is not None], default=10**6)  # fmt: skip
    if cut is not None and patient.therapy is not None and patient.therapy > cut:
        limit = cut
    events = [first for first, _, level in patient.scans if level == "PD"]
    events += [patient.death] if patient.death is not None else []
    events += list(patient.clinical) if clinical else []
    events = [day for day in events if day <= limit]
    adequate = [last for _, last, level in patient.scans if level != "NE" and last >= start]
    anything = [last for _, last, _ in patient.scans if last >= start]
    if events:
        event = min(events)
        seen = max([day for day in adequate if day < event], default=start)
        missed = censoring.missed_assessments
        if missed is None or event - seen <= missed * censoring.interval_days + censoring.window_days:
            return max(event - start, 0), 0
        limit = event - 1
    pool = adequate if censoring.at == "adequate" else anything
    return max([day - start for day in pool if day <= limit], default=0), 1


def naive_os(patient: Patient, start: int | None, cut: int | None) -> tuple[int, int] | None:
    if start is None or (cut is not None and start > cut):
        return None
    if patient.death is not None and (cut is None or patient.death <= cut):
        return max(patient.death - start, 0), 0
    news = patient.news if patient.news is not None else start
    return max(min([news, *([] if cut is None else [cut])]) - start, 0), 1


def found(frame: pd.DataFrame, cohort: list[Patient]) -> list[tuple[int, int] | None]:
    rows = frame.set_index("USUBJID")
    names = [f"P{number}" for number in range(len(cohort))]
    return [(int(rows.loc[name, "AVAL"]), int(rows.loc[name, "CNSR"])) if name in rows.index else None
            for name in names]  # fmt: skip


def stamped(cut: int | None) -> pd.Timestamp | None:
    return None if cut is None else stamp(cut)


@CASES
@given(cohorts, cuts, st.sampled_from([times.LITERAL, times.ADEQUATE, times.FDA]), st.booleans(),
       st.sampled_from(["inclusion", "treatment"]))  # fmt: skip
def test_pfs_is_its_naive_twin(
    cohort: list[Patient], cut: int | None, censoring: times.Censoring, clinical: bool, origin: str
) -> None:
    got = times.pfs(
        subjects_of(cohort, cut), responses_of(cohort), cutoff=stamped(cut), origin=origin, censoring=censoring,
        clinical=clinical_of(cohort) if clinical else None,
    )  # fmt: skip
    starts = [0 if origin == "inclusion" else patient.treated for patient in cohort]
    expected = [naive_pfs(patient, start, cut, censoring, clinical)
                for patient, start in zip(cohort, starts, strict=True)]  # fmt: skip
    assert found(got, cohort) == expected
    if cut is not None:
        assert not (got["ADT"] > stamp(cut)).any()


@CASES
@given(cohorts, cuts, st.sampled_from(["inclusion", "treatment"]))
def test_os_and_follow_up_are_their_naive_twins(cohort: list[Patient], cut: int | None, origin: str) -> None:
    adsl = subjects_of(cohort, cut)
    starts = [0 if origin == "inclusion" else patient.treated for patient in cohort]
    expected = [naive_os(patient, start, cut) for patient, start in zip(cohort, starts, strict=True)]
    assert found(times.os(adsl, cutoff=stamped(cut), origin=origin), cohort) == expected
    reverse = found(times.follow_up(adsl, cutoff=stamped(cut), origin=origin), cohort)
    assert reverse == [None if row is None else (row[0], 1 - row[1]) for row in expected]


@CASES
@given(cohorts, cuts, st.booleans(), st.booleans(), st.lists(st.none() | st.integers(0, 300), min_size=10, max_size=10))
def test_rfs_is_its_naive_twin(
    cohort: list[Patient], cut: int | None, death: bool, resistant: bool, resistance: list[int | None]
) -> None:
    rows = [
        (f"P{number}", stamp(resistance[number])) for number in range(len(cohort)) if resistance[number] is not None
    ]
    table = pd.DataFrame(rows, columns=["USUBJID", "ADT"]).astype({"ADT": "datetime64[ns]", "USUBJID": object})
    got = times.rfs(
        subjects_of(cohort, cut), cutoff=stamped(cut), death=death,
        resistance=table.assign(SRCSEQ=1) if resistant else None,
    )  # fmt: skip
    expected: list[tuple[int, int] | None] = []
    for number, patient in enumerate(cohort):
        events = [known(patient.failed, cut), known(patient.death, cut) if death else None,
                  known(resistance[number], cut) if resistant else None]  # fmt: skip
        days = [day for day in events if day is not None]
        alive = naive_os(patient, 0, cut)
        assert alive is not None
        expected.append((max(min(days), 0), 0) if days else (alive[0], 1))
    assert found(got, cohort) == expected


@CASES
@given(cohorts, cuts)
def test_dor_is_its_naive_twin(cohort: list[Patient], cut: int | None) -> None:
    first: dict[str, Any] = {}
    for number, patient in enumerate(cohort):
        progressed = min([day for day, _, level in patient.scans if level == "PD"], default=10**6)
        answers = [(day, last) for day, last, level in patient.scans if level in ("CR", "PR")]
        days = [last for day, last in answers if day >= 0 and last < progressed and (cut is None or last <= cut)]
        first[f"P{number}"] = min(days, default=None)
    best = pd.DataFrame({"USUBJID": list(first), "RSPDT": [stamp(day) for day in first.values()]})
    best = best.astype({"RSPDT": "datetime64[ns]"})
    got = times.dor(subjects_of(cohort, cut), responses_of(cohort), best, cutoff=stamped(cut))
    expected: list[tuple[int, int] | None] = []
    for patient, since in zip(cohort, first.values(), strict=True):
        if since is None:
            expected.append(None)
            continue
        events = [day for day, _, level in patient.scans if level == "PD" and day >= since]
        events += [patient.death] if patient.death is not None and patient.death >= since else []
        events = [day for day in events if cut is None or day <= cut]
        last = max([last for _, last, _ in patient.scans if last >= since and (cut is None or last <= cut)])
        expected.append((min(events) - since, 0) if events else (last - since, 1))
    assert found(got, cohort) == expected


@CASES
@given(cohorts, st.randoms(use_true_random=False))
def test_order_of_rows_and_patients_plays_no_part(cohort: list[Patient], random: Any) -> None:
    adsl, seen = subjects_of(cohort), responses_of(cohort)
    rows, people = list(range(len(seen))), list(range(len(adsl)))
    random.shuffle(rows)
    random.shuffle(people)
    got = times.pfs(adsl.iloc[people], seen.iloc[rows], censoring=times.FDA).sort_values("USUBJID")
    straight = times.pfs(adsl, seen, censoring=times.FDA).sort_values("USUBJID")
    pd.testing.assert_frame_equal(got.reset_index(drop=True), straight.reset_index(drop=True))


@CASES
@given(cohorts, st.integers(20, 200), st.integers(0, 100))
def test_a_later_cut_never_undoes_an_event(cohort: list[Patient], cut: int, more: int) -> None:
    """An event known at a data cut is the same event at every later one; a censored time only grows or ends."""
    seen = responses_of(cohort)
    for derive in (lambda adsl, day: times.pfs(adsl, seen, cutoff=day), lambda adsl, day: times.os(adsl, cutoff=day),
                   lambda adsl, day: times.rfs(adsl, cutoff=day, death=True)):  # fmt: skip
        early = derive(subjects_of(cohort, cut), stamp(cut)).set_index("USUBJID")
        later = derive(subjects_of(cohort, cut + more), stamp(cut + more)).set_index("USUBJID").loc[early.index]
        event = early["CNSR"] == 0
        pd.testing.assert_frame_equal(early[event], later[event])
        assert (later.loc[~event, "AVAL"] >= early.loc[~event, "AVAL"]).all()


@CASES
@given(cohorts)
def test_inputs_stay_as_they_are(cohort: list[Patient]) -> None:
    adsl, seen = subjects_of(cohort), responses_of(cohort)
    before = adsl.copy(deep=True), seen.copy(deep=True)
    times.pfs(adsl, seen)
    times.os(adsl)
    pd.testing.assert_frame_equal(adsl, before[0])
    pd.testing.assert_frame_equal(seen, before[1])


def test_day_counts_at_month_ends_leap_years_and_equal_dates() -> None:
    pairs = [("2024-02-28", "2024-03-01", 2), ("2023-02-28", "2023-03-01", 1), ("2024-01-31", "2024-02-29", 29),
             ("2023-12-31", "2024-12-31", 366), ("2024-05-05", "2024-05-05", 0)]  # fmt: skip
    for start, end, days in pairs:
        dates = {"INCLDT": pd.to_datetime([start]), "DTHDT": pd.to_datetime([end]), "LSTALVDT": pd.to_datetime([start])}
        assert times.os(pd.DataFrame({"USUBJID": ["P"], **dates}))["AVAL"].tolist() == [days]


def test_no_patient_gives_an_empty_table_with_its_columns() -> None:
    nobody = subjects_of([Patient(0, None, None, None, None)]).iloc[:0]
    seen = responses_of([])
    assert times.pfs(nobody, seen).empty
    assert times.os(nobody).columns.tolist() == times.pfs(nobody, seen).columns.tolist()
