"""AE: what is reported, with grade, relatedness by drug, seriousness and categories of special interest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.simulate.course import Course
from ir5nb.simulate.days import NEVER, Days, Flags, Texts, Wholes, iso
from ir5nb.simulate.observation import Observation
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.records import blanked, known, level, table, yes
from ir5nb.simulate.streams import stream
from ir5nb.simulate.terms import GRADES, MILD, SEVERITY, SPECIAL, TERMS, among, weights

_PER_MONTH = 0.85  # events reported a patient and month on treatment
_AGAIN = 0.12  # events that come back
_WINDOW = 152  # about five months after the end of treatment
_FATAL_SHARE = 0.35  # deaths before progression that an adverse event explains
_FATAL: Final = among("Pneumonia", "Pulmonary embolism", "Myocarditis", "Pneumonitis")
_STOPPING: Final = among("Pneumonitis", "Immune-mediated hepatitis", "Immune-mediated enterocolitis", "Myositis")


@dataclass(frozen=True, slots=True)
class Events:
    """Events of a cohort, one value an event; `fatal` ones end with the death, `stopping` ones end treatment."""

    patient: Wholes
    onset: Days
    end: Days
    term: Wholes
    grade: Wholes
    fatal: Flags
    stopping: Flags


def adverse_events(
    patients: Patients, course: Course, seed: int, until: Days, observation: Observation
) -> pd.DataFrame:
    """Write AE as far as anything is known.

    Source: S6; spec/data.md (events without a grade, recurrent, partial onset, late near the five-month limit).

    Parameters
    ----------
    patients, course
        The cohort and its course.
    seed
        Seed of the platform.
    until
        Last day known of each patient.
    observation
        What goes wrong.

    Returns
    -------
    pandas.DataFrame
        AE. AEREL is Y when the event is related to any drug; AERELDOM, AERELZIM, AERELFOL by drug (None: not given);
        AESI is the category of special interest as flagged in the CRF.
    """
    rng = stream(seed, patients.cohort.number, "adverse events")
    events = _grade(*_occur(patients, course, rng), patients, course, rng)
    keep = (events.onset <= until[events.patient]) & (events.onset < course.seen[events.patient])
    columns = _described(events) | _serious(events, until, patients, observation, rng)
    columns |= _related(events, patients, rng) | _outcome(events, course, until, rng)
    flaws = stream(seed, patients.cohort.number, "flaws")
    columns |= _flawed(events, patients, keep & _open_at_death(until, patients, events), flaws, observation)
    rows = np.arange(len(keep))
    twice = np.concatenate([rows, rows[flaws.random(len(rows)) < observation.duplicated]])
    return table("AE", patients.ids, events.patient[twice], {name: values[twice] for name, values in columns.items()},
                 order=[events.onset[twice], events.term[twice]], keep=keep[twice])  # fmt: skip


def _occur(patients: Patients, course: Course, rng: np.random.Generator) -> tuple[Wholes, Days, Wholes, Flags, Flags]:
    """Draw who has which event when: on treatment, rarer after it, a few beside the five-month limit, some again.

    One more event explains some deaths before progression, and one each end of treatment for toxicity.
    """
    n = patients.size
    on = np.clip(np.minimum(course.end, course.seen) - patients.inclusion, 1, 730)
    counts = _counts(patients, course, on, rng)
    patient = np.concatenate([np.repeat(np.arange(n), count) for count in counts])
    kind = np.repeat(np.arange(5), [int(count.sum()) for count in counts])
    u = rng.random(len(patient))
    onset = np.choose(kind, [
        patients.inclusion[patient] + np.floor(on[patient] * u**1.4), course.end[patient] + np.ceil(u * 120),
        course.end[patient] + _WINDOW + np.rint(8 * (u - 0.5)), course.end[patient] - np.floor(u * 6),
        np.minimum(patients.death[patient] - 1 - np.floor(u * 12), NEVER),
    ]).astype(np.int64)  # fmt: skip
    onset = np.maximum(onset, np.where(kind >= 3, patients.start[patient], patients.inclusion[patient]))
    term = rng.choice(len(TERMS), size=len(patient), p=weights("OXALIPLATIN" in patients.cohort.drugs))
    pick = rng.integers(0, 4, len(patient))
    term = np.where(kind == 3, _STOPPING[pick], np.where(kind == 4, _FATAL[pick], term))
    again = (rng.random(len(patient)) < _AGAIN) & (kind < 3)
    later = onset[again] + rng.integers(20, 90, int(again.sum()))
    none = np.zeros(int(again.sum()), dtype=bool)
    return (
        np.concatenate([patient, patient[again]]), np.concatenate([onset, later]), np.concatenate([term, term[again]]),
        np.concatenate([kind == 3, none]), np.concatenate([kind == 4, none]),
    )  # fmt: skip


def _counts(patients: Patients, course: Course, on: Days, rng: np.random.Generator) -> list[Wholes]:
    """Draw how many events of each kind a patient has: on treatment, later, about five months, stopping, fatal."""
    n, treated = patients.size, patients.treated
    stops = treated & (course.end == patients.toxicity) & (patients.toxicity < NEVER)
    dies = (patients.death < np.minimum(patients.progression, course.end + 90)) & (rng.random(n) < _FATAL_SHARE)
    often = rng.poisson(_PER_MONTH * np.minimum(on, 300) / 30.44 + 0.8)
    later, about = rng.poisson(0.5, n), rng.random(n) < 0.08
    return [np.where(treated, count, 0).astype(np.int64) for count in (often, later, about, stops, dies)]


def _grade(
    patient: Wholes, onset: Days, term: Wholes, stopping: Flags, fatal: Flags, patients: Patients, course: Course,
    rng: np.random.Generator,
) -> Events:  # fmt: skip
    """Draw grade and end of each event; some last, and none is known to end after the patient was last seen."""
    m = len(patient)
    grade = 1 + (rng.random(m)[:, None] > GRADES[SEVERITY[term]].cumsum(axis=1)[:, :3]).sum(axis=1)
    grade = np.where(fatal, 5, np.where(stopping, np.maximum(grade, 3), grade))
    length = np.ceil(rng.gamma(1.2, 18.0, m) * (1 + grade / 3)).astype(np.int64)
    lasting = rng.random(m) < np.where(SEVERITY[term] == MILD, 0.12, 0.05)
    end = np.where(lasting | (onset + length > course.seen[patient]), NEVER, onset + length)
    end = np.where(fatal, patients.death[patient], end)
    return Events(patient, onset, end, term, grade, fatal, stopping)


def _described(events: Events) -> dict[str, Texts]:
    """Term as reported, preferred term and system organ class."""
    return {
        "AETERM": level(events.term, *(term.name.upper() for term in TERMS)),
        "AEDECOD": level(events.term, *(term.name for term in TERMS)),
        "AEBODSYS": level(events.term, *(term.system for term in TERMS)),
    }  # fmt: skip


def _serious(
    events: Events, until: Days, patients: Patients, observation: Observation, rng: np.random.Generator
) -> dict[str, Texts]:
    """Grade, seriousness and its criteria, with the slips of those who fill in the form."""
    grade, m = events.grade, len(events.grade)
    died = events.fatal & (patients.death <= until)[events.patient]
    grade = np.where(events.fatal & ~died, 4, grade)  # an event that is fatal later
    hospital = (grade == 3) & (rng.random(m) < 0.45) | (grade == 4) & (rng.random(m) < 0.8)
    hospital |= events.fatal & (rng.random(m) < 0.7)
    threat = (grade == 4) & (rng.random(m) < 0.8)
    disabling = (grade >= 3) & (rng.random(m) < 0.03)
    medical = (grade == 3) & ~hospital & (rng.random(m) < 0.1)
    serious = hospital | threat | disabling | medical | died
    slip, blank = rng.random(m) < observation.unserious, rng.random(m) < observation.ungraded
    return {
        "AETOXGR": blanked(level(grade - 1, "1", "2", "3", "4", "5"), blank & ~serious), "AESER": yes(serious & ~slip),
        "AESDTH": yes(died), "AESLIFE": yes(threat), "AESHOSP": yes(hospital), "AESDISAB": yes(disabling),
        "AESCONG": yes(np.zeros(m, dtype=bool)), "AESMIE": yes(medical),
    }  # fmt: skip


def _related(events: Events, patients: Patients, rng: np.random.Generator) -> dict[str, Texts]:
    """Relation to each drug given; nothing before the first dose is related."""
    special, after = SPECIAL[events.term], events.onset >= patients.start[events.patient]
    folfox = "OXALIPLATIN" in patients.cohort.drugs
    u = rng.random((3, len(after)))
    dom = (u[0] < np.where(special, 0.9, 0.35)) & after
    zim = (u[1] < np.where(special, 0.9, 0.40)) & after
    fol = (u[2] < 0.5) & ~special & after & folfox
    not_given = np.full(len(after), not folfox)
    return {
        "AEREL": yes(dom | zim | fol), "AERELDOM": yes(dom), "AERELZIM": yes(zim),
        "AERELFOL": blanked(yes(fol), not_given),
    }  # fmt: skip


def _outcome(events: Events, course: Course, until: Days, rng: np.random.Generator) -> dict[str, Texts]:
    """Say what was done and how the event ended, as far as known."""
    m, last = len(events.onset), until[events.patient]
    closed = events.end <= last
    outcome = np.where(closed, np.where(rng.random(m) < 0.03, 3, 0), np.where(rng.random(m) < 0.3, 1, 2))
    outcome = np.where(events.fatal & closed, 4, outcome)
    action = ((events.grade >= 3) & (rng.random(m) < 0.45)).astype(np.int64)
    action = np.where(events.onset >= course.end[events.patient], 3, np.where(events.fatal, 2, action))
    action = np.where(events.stopping, 2, action)
    return {
        "AEACN": level(action, "DOSE NOT CHANGED", "DRUG INTERRUPTED", "DRUG WITHDRAWN", "NOT APPLICABLE"),
        "AEOUT": level(outcome, "RECOVERED/RESOLVED", "RECOVERING/RESOLVING", "NOT RECOVERED/NOT RESOLVED",
                       "RECOVERED/RESOLVED WITH SEQUELAE", "FATAL"),
        "AEENDTC": known(events.end, last),
    }  # fmt: skip


def _flawed(
    events: Events, patients: Patients, open_at_death: Flags, rng: np.random.Generator, observation: Observation
) -> dict[str, Texts]:
    """Flag of special interest, onset as entered (month only, or by mistake after the death), number in the CRF."""
    m = len(events.onset)
    flag = level(events.term, *(term.category for term in TERMS))
    mistaken = _last_of(events, open_at_death, rng.random(patients.size) < observation.after_death)
    onset = np.where(mistaken, patients.death[events.patient] + 3, events.onset)
    return {
        "AESI": blanked(flag, rng.random(m) < observation.unflagged),
        "AESTDTC": iso(onset, (rng.random(m) < observation.partial_onset) & ~mistaken),
        "AESPID": _numbered(events.patient, events.onset),
    }  # fmt: skip


def _open_at_death(until: Days, patients: Patients, events: Events) -> Flags:
    """Mark events that end open in a patient whose death was known some days before the data cut."""
    dead = (patients.death == until) & (patients.death + 3 <= until.max())
    return np.asarray(dead[events.patient] & ~events.fatal & (events.end >= NEVER))


def _last_of(events: Events, keep: Flags, chosen: Flags) -> Flags:
    """Mark the last kept event of each chosen patient."""
    latest = np.full(len(chosen), -1)
    np.maximum.at(latest, events.patient[keep], events.onset[keep])
    return np.asarray(keep & chosen[events.patient] & (events.onset == latest[events.patient]))


def _numbered(patient: Wholes, onset: Days) -> Texts:
    """Give each event of a patient its number in the CRF, E01, E02 … in order of onset."""
    order = np.lexsort((onset, patient))
    starts = np.flatnonzero(np.diff(patient[order], prepend=-1))
    rank = np.empty(len(patient), dtype=np.int64)
    rank[order] = np.arange(len(patient)) - np.repeat(starts, np.diff(starts, append=len(patient)))
    return level(rank, *(f"E{k:02d}" for k in range(1, 2 + int(rank.max(initial=0)))))
