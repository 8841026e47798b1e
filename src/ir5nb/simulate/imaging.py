"""When the scans take place: every eight weeks as planned, off their window, in two parts, missed or unreadable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ir5nb.simulate.days import NEVER, Days, Flags
from ir5nb.simulate.observation import Observation
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.streams import stream

INTERVAL = 56  # days, imaging every 8 weeks
VISITS = 18  # after baseline: 33 months, longer than any demo follow-up


@dataclass(frozen=True, slots=True)
class Scans:
    """Imaging visits of a cohort, (patients, visits): column 0 is the baseline, column k the visit of week 8 k.

    `first` and `last` are the first and the last imaging day of a visit (most visits have one day), `NEVER` for a visit
    missed; `done` is False there; `readable` is False where no lesion could be assessed; `partial` is True where only
    the month of the visit is recorded.
    """

    first: Days
    last: Days
    done: Flags
    readable: Flags
    partial: Flags


def schedule(patients: Patients, seed: int, observation: Observation) -> Scans:
    """Draw the imaging visits of a cohort as if nobody ever stopped.

    Source: requirements.md, "imaging every 8 weeks"; spec/data.md, "missed and off-window scans".

    Parameters
    ----------
    patients
        A cohort.
    seed
        Seed of the platform.
    observation
        What goes wrong.

    Returns
    -------
    Scans
        Arrays of shape (patients, 1 + VISITS). A patient who never started has a baseline only.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> from ir5nb.simulate.observation import PERFECT
    >>> from ir5nb.simulate.patients import accrue
    >>> people = accrue(COHORTS["TET"], 4, 1, PERFECT)
    >>> (schedule(people, 1, PERFECT).first[:, 3] - people.start).tolist()
    [168, 168, 168, 168]
    """
    rng, shape = stream(seed, patients.cohort.number, "imaging"), (patients.size, 1 + VISITS)
    jitter = np.clip(np.rint(rng.normal(0.0, 1.0, shape) * observation.jitter_days), -7, 7).astype(np.int64)
    off = np.where(rng.random(shape) < observation.off_window, rng.integers(9, 25, shape), 0)
    later = np.where(rng.random(shape) < observation.two_days, rng.integers(1, 5, shape), 0)
    done = rng.random(shape) >= observation.missed
    readable = rng.random(shape) >= observation.unreadable
    partial = rng.random(shape) < observation.partial_visit
    first = patients.start[:, None] + np.arange(1 + VISITS) * INTERVAL + jitter + off
    origin = np.where(patients.treated, patients.start, patients.inclusion)
    first[:, 0] = origin - rng.integers(1, 27, patients.size)
    later[:, 0] = np.minimum(later[:, 0], origin - first[:, 0])
    done[:, 0], readable[:, 0], partial[:, 0] = True, True, False
    done[:, 1:] &= patients.treated[:, None]
    first = np.where(done, first, NEVER)
    return Scans(first, np.where(done, first + later, NEVER), done, readable, partial)
