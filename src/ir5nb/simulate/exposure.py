"""EX: every administration, with delays, reductions and the FOLFOX-4 backbone of cohort 5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.simulate.course import Course
from ir5nb.simulate.days import NEVER, Days, Flags, iso
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.records import level, table
from ir5nb.simulate.streams import stream

CYCLES = 44  # longer than two years of three weeks
FOLFOX_CYCLES = 6  # twelve administrations every two weeks
_DELAYED, _OMITTED = 0.07, 0.01
# Dose, unit, days of the cycle, days one administration lasts beyond the first; the doublet is given on day 1.
_DOSES: Final = {
    "DOMVANALIMAB": (1200.0, "mg", (0,), 0), "ZIMBERELIMAB": (360.0, "mg", (0,), 0),
    "OXALIPLATIN": (85.0, "mg/m2", (0, 14), 0), "FOLINIC ACID": (200.0, "mg/m2", (0, 14), 1),
    "FLUOROURACIL": (1000.0, "mg/m2", (0, 14), 1),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cycles:
    """First day of each cycle, (patients, cycles), whether it was given and whether it was delayed."""

    day: Days
    given: Flags
    delayed: Flags


def cycles(patients: Patients, course: Course, seed: int) -> Cycles:
    """Draw the cycles each patient received until the end of treatment.

    Source: requirements.md (cycle of 21 days, 28 with FOLFOX-4); spec/data.md, "doses delayed".

    Parameters
    ----------
    patients, course
        The cohort and its course.
    seed
        Seed of the platform.

    Returns
    -------
    Cycles
        The first cycle is given on the day treatment starts, and always given.
    """
    rng, shape = stream(seed, patients.cohort.number, "exposure"), (patients.size, CYCLES)
    delayed = rng.random(shape) < _DELAYED
    delayed[:, 0] = False
    wait = np.where(delayed, 7 * rng.integers(1, 3, shape), 0) + np.where(rng.random(shape) < 0.1, 1, 0)
    wait[:, 0] = 0
    step = np.arange(CYCLES) * patients.cohort.cycle_days + wait.cumsum(axis=1)
    day = patients.start[:, None] + step
    stop = np.minimum(course.end, course.seen)
    given = (day < stop[:, None]) & (step < 730) & (rng.random(shape) >= _OMITTED)
    given[:, 0] = True
    given &= patients.treated[:, None]
    return Cycles(np.where(patients.treated[:, None], day, NEVER), given, delayed)


def exposure(patients: Patients, course: Course, plan: Cycles, seed: int, until: Days) -> pd.DataFrame:
    """Write EX as far as anything is known.

    Parameters
    ----------
    patients, course, plan
        The cohort, its course and its cycles.
    seed
        Seed of the platform.
    until
        Last day known of each patient.

    Returns
    -------
    pandas.DataFrame
        EX, one row an administration; EXADJ says why a dose was delayed or reduced.
    """
    rng = stream(seed, patients.cohort.number, "doses")
    reduced_from = np.where(rng.random(patients.size) < 0.35, rng.integers(2, 7, patients.size), CYCLES)
    slots = [(drug, offset) for drug in patients.cohort.drugs for offset in _DOSES[drug][2]]
    patient, cycle, slot = np.nonzero(np.repeat(plan.given[:, :, None], len(slots), axis=2))
    drug = np.array([list(_DOSES).index(name) for name, _ in slots])[slot]
    start = plan.day[patient, cycle] + np.array([offset for _, offset in slots])[slot]
    end = start + np.array([dose[3] for dose in _DOSES.values()])[drug]
    limit = np.minimum(np.minimum(course.end, course.seen), until + 1)[patient]
    reduced = (drug == 2) & (cycle >= reduced_from[patient])
    amount = np.array([dose[0] for dose in _DOSES.values()])[drug]
    delayed = plan.delayed[patient, cycle]
    keep = ((start < limit) | (start == plan.day[patient, 0])) & (start <= until[patient])
    keep &= (drug < 2) | (cycle < FOLFOX_CYCLES)
    why = np.where(reduced, 2, np.where(delayed, np.where(patient % 3 == 0, 3, 1), 0))
    return table("EX", patients.ids, patient, {
        "EXTRT": level(drug, *_DOSES), "EXDOSE": np.where(reduced, 65.0, amount),
        "EXDOSU": level(drug, *(dose[1] for dose in _DOSES.values())),
        "EXADJ": level(why, None, "DOSE DELAYED: ADVERSE EVENT", "DOSE REDUCED: ADVERSE EVENT",
                       "DOSE DELAYED: SCHEDULING"),
        "VISITNUM": cycle + 1, "VISIT": level(cycle, *(f"CYCLE {k + 1}" for k in range(CYCLES))),
        "EXSTDTC": iso(start), "EXENDTC": iso(np.minimum(end, np.maximum(start, limit - 1))),
    }, order=[start, drug], keep=keep)  # fmt: skip
