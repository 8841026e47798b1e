"""What the scans show: target measurements in mm, states of non-target lesions, new lesions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ir5nb.simulate.days import Flags, Wholes
from ir5nb.simulate.imaging import Scans
from ir5nb.simulate.observation import Observation
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.streams import stream

TARGETS, NON_TARGETS = 5, 3  # most lesions followed in one patient
TOO_SMALL_MM = 5  # RECIST 1.1: recorded size of a lesion too small to measure
PRESENT, ABSENT, UNEQUIVOCAL, EQUIVOCAL = "PRESENT", "ABSENT", "UNEQUIVOCAL", "EQUIVOCAL"
_GROWTH, _NEW, _NON_TARGET, _BOTH = range(4)  # how a progression shows
_MODES = (0.48, 0.28, 0.12, 0.12)


@dataclass(frozen=True, slots=True)
class Lesions:
    """Lesions of a cohort; the axes are (patients, visits, lesions).

    `size` is the measured mm (`TOO_SMALL_MM` where `too_small`); `exists` and `nodal` have no visit axis. `measured` is
    False for a lesion not assessed at a visit. `worse` and `gone` hold for all non-target lesions of a visit;
    `new` and `equivocal` say whether a new lesion is seen at the visit, and how surely.
    """

    exists: Flags
    nodal: Flags
    size: Wholes
    too_small: Flags
    measured: Flags
    non_target: Flags
    worse: Flags
    gone: Flags
    new: Flags
    equivocal: Flags


def observe(patients: Patients, scans: Scans, seed: int, observation: Observation) -> Lesions:
    """Draw what every scan would show, from the true depth and day of progression.

    Source: Eisenhauer 2009 for what is measurable, too small and unequivocal. Before the true progression the
    burden follows its course but for noise; from it on, targets grow, a new lesion shows, or non-targets progress.

    Parameters
    ----------
        patients
            A cohort.
        scans
            Its imaging visits.
        seed
            Seed of the platform.
        observation
            What goes wrong.

    Returns
    -------
        Lesions
            For every visit, seen or not; whoever writes tables keeps the visits that took place.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> from ir5nb.simulate.imaging import schedule
    >>> from ir5nb.simulate.observation import PERFECT
    >>> from ir5nb.simulate.patients import accrue
    >>> people = accrue(COHORTS["TET"], 4, 1, PERFECT)
    >>> observe(people, schedule(people, 1, PERFECT), 1, PERFECT).size.shape
    (4, 19, 5)
    """
    rng, n = stream(seed, patients.cohort.number, "lesions"), patients.size
    peritoneal = patients.cohort.criteria == "mRECIST"
    shares = (0, 0.18, 0.27, 0.27, 0.16, 0.12) if peritoneal else (0.04, 0.24, 0.3, 0.22, 0.12, 0.08)
    count = rng.choice(6, n, p=shares)
    exists = np.arange(TARGETS) < count[:, None]
    nodal = (rng.random((n, TARGETS)) < (0.0 if peritoneal else 0.2)) & exists
    others = np.where(count == 0, 1, 0) + rng.choice(3, n, p=(0.45, 0.35, 0.2))
    mode = _modes(count, others, rng)
    after = (scans.first >= patients.progression[:, None]) & scans.done
    size, too_small = _sizes(patients, scans, exists, nodal, mode, observation.noise, rng)
    gone = _complete(patients, scans) & (rng.random(n) >= 0.3)[:, None]  # else only the targets have gone
    new, equivocal = _new_lesions(after & np.isin(mode, (_NEW, _BOTH))[:, None], scans, observation, rng)
    measured = scans.readable[:, :, None] & (rng.random(size.shape) >= observation.not_done)
    measured[:, 0] = True
    return Lesions(
        exists, nodal, size, too_small, measured, np.arange(NON_TARGETS) < others[:, None],
        after & (mode == _NON_TARGET)[:, None], gone, new, equivocal,
    )  # fmt: skip


def _modes(count: Wholes, others: Wholes, rng: np.random.Generator) -> Wholes:
    """Draw how each progression will show; where there is nothing that could grow, it shows otherwise."""
    mode = rng.choice(4, len(count), p=_MODES)
    mode = np.where((mode == _NON_TARGET) & (others == 0), _NEW, mode)
    return np.where((count == 0) & (mode == _GROWTH), _NON_TARGET, mode)


def _complete(patients: Patients, scans: Scans) -> Flags:
    """Whether every lesion has gone at a visit: complete responders from day 100 until they progress."""
    free = (scans.first < patients.progression[:, None]) & (scans.first >= patients.start[:, None] + 100)
    return np.asarray(free & (patients.depth == -1.0)[:, None] & scans.done)


def _sizes(
    patients: Patients,
    scans: Scans,
    exists: Flags,
    nodal: Flags,
    mode: Wholes,
    noise: float,
    rng: np.random.Generator,
) -> tuple[Wholes, Flags]:
    """Measure every target at every visit in whole mm."""
    n = patients.size
    low = 9 if patients.cohort.criteria == "mRECIST" else 12
    base = np.where(nodal, rng.integers(16, 33, nodal.shape), low + rng.gamma(1.7, 11.0, nodal.shape))
    day = np.minimum(scans.first, patients.progression[:, None])
    settled = 1 - np.exp(-np.clip(day - patients.start[:, None], 0, None) / 45.0)
    course = 1 + patients.depth[:, None] * settled
    weeks_on = np.clip(scans.first - patients.progression[:, None], 0, 730) / 56.0
    after = (scans.first >= patients.progression[:, None]) & scans.done
    grows = after & np.isin(mode, (_GROWTH, _BOTH))[:, None]
    factor = course * np.where(grows, 1.30 + 0.35 * weeks_on, 1.0)
    error = np.exp(rng.normal(0, 1, (n, factor.shape[1], TARGETS)) * noise)
    size = np.rint(base[:, None, :] * factor[:, :, None] * error).astype(np.int64)
    # 6 mm at least, and 1 mm a lesion: 20 % above a nadir at which every lesion counts 5 mm as too small to measure
    size[:, :, 0] += np.where(grows, 6 + (exists.sum(axis=1) + rng.integers(0, 6, n))[:, None], 0)
    size = np.where(_complete(patients, scans)[:, :, None], 0, size)
    size = np.where(nodal[:, None, :], np.maximum(size, 6 + np.arange(TARGETS) % 4), size)
    too_small = ~nodal[:, None, :] & (size > 0) & (size < TOO_SMALL_MM)
    return np.where(too_small, TOO_SMALL_MM, size), too_small


def _new_lesions(sure: Flags, scans: Scans, observation: Observation, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """Say where a new lesion is seen; a few are equivocal one visit before they are sure, a few never come true."""
    n, visits = sure.shape
    first = np.where(sure.any(axis=1), sure.argmax(axis=1), visits)
    visit = np.arange(visits)[None, :]
    unsure, alarmed = rng.random(n) < observation.equivocal, rng.random(n) < observation.false_alarms
    place = np.where(sure.any(axis=1), np.where(unsure, first - 1, -1), np.where(alarmed, rng.integers(1, 6, n), -1))
    equivocal: Flags = np.equal(visit, place[:, None]) & scans.done
    equivocal[:, 0] = False
    return sure | equivocal, equivocal
