"""When the scans take place: every eight weeks as planned, off their window, late in part, missed or unreadable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ir5nb.simulate.days import NEVER, Days, Flags
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.streams import stream

INTERVAL = 56  # days, imaging every 8 weeks
VISITS = 18  # after baseline: 33 months, longer than any demo follow-up
_OFF_WINDOW, _MISSED, _UNREADABLE, _TWO_DAYS = 0.05, 0.04, 0.012, 0.08


@dataclass(frozen=True, slots=True)
class Scans:
    """Imaging visits of every patient, (patients, visits): column 0 is the baseline, column k the visit of week 8 k.

    `first` and `last` are the first and the last imaging day of a visit (most visits have one day); `done` is False for a
    missed visit, `readable` False where no lesion could be assessed.
    """

    first: Days
    last: Days
    done: Flags
    readable: Flags


def schedule(patients: Patients, seed: int) -> Scans:
    """Draw the imaging visits of a cohort as if nobody ever stopped.

    Source: requirements.md, "imaging every 8 weeks"; spec/data.md, "missed and off-window scans".

    Parameters
    ----------
    patients
        A cohort.
    seed
        Seed of the platform.

    Returns
    -------
    Scans
        Arrays of shape (patients, 1 + VISITS). A patient who never started has a baseline only.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> from ir5nb.simulate.patients import accrue
    >>> schedule(accrue(COHORTS["TET"], 4, seed=1), seed=1).first.shape
    (4, 19)
    """
    rng, shape = stream(seed, patients.cohort.number, "imaging"), (patients.size, 1 + VISITS)
    week = np.arange(1 + VISITS) * INTERVAL
    jitter = np.clip(np.rint(rng.normal(0.5, 3.0, shape)), -7, 7).astype(np.int64)
    off = np.where(rng.random(shape) < _OFF_WINDOW, rng.integers(9, 25, shape), 0)
    first = patients.start[:, None] + week + jitter + off
    origin = np.where(patients.treated, patients.start, patients.inclusion)
    first[:, 0] = origin - rng.integers(1, 27, patients.size)
    later = np.where(rng.random(shape) < _TWO_DAYS, rng.integers(1, 5, shape), 0)
    later[:, 0] = np.minimum(later[:, 0], origin - first[:, 0])
    done = rng.random(shape) >= _MISSED
    readable = rng.random(shape) >= _UNREADABLE
    done[:, 0], readable[:, 0] = True, True
    done[:, 1:] &= patients.treated[:, None]
    first = np.where(done, first, NEVER)
    return Scans(first, np.where(done, first + later, NEVER), done, readable)
