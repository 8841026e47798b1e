"""Accrual over 15 centres and what is true of each patient: start, progression, death, loss, toxicity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ir5nb.simulate.cohorts import Cohort
from ir5nb.simulate.days import NEVER, Days, Flags, Texts
from ir5nb.simulate.streams import stream

SITES = 15
_NEVER_TREATED_ONE_IN = 21  # share of included patients who never start


@dataclass(frozen=True, slots=True)
class Patients:
    """The patients of one cohort in order of inclusion; every array has one value a patient, days are absolute.

    `progression`, `clinical`, `death`, `lost`, `toxicity` are true days (`NEVER`: does not happen); `start` is `NEVER`
    for a patient who never starts. `depth` is the true best relative change of the tumour burden before progression.
    """

    cohort: Cohort
    ids: Texts
    site: NDArray[np.int64]
    consent: Days
    inclusion: Days
    start: Days
    progression: Days
    clinical: Days
    death: Days
    lost: Days
    toxicity: Days
    depth: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Number of patients included."""
        return len(self.inclusion)

    @property
    def treated(self) -> Flags:
        """Who started treatment."""
        return self.start < NEVER


def accrue(cohort: Cohort, size: int, seed: int) -> Patients:
    """Include `size` patients of a cohort and draw what is true of each.

    Source: spec/data.md, "Demo data" (15 centres, 36 months of inclusion); the laws are `cohorts.Disease`.

    Parameters
    ----------
    cohort
        The cohort's model.
    size
        Patients included; one in 21 of them never starts treatment.
    seed
        Seed of the platform.

    Returns
    -------
    Patients
        In order of inclusion.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> accrue(COHORTS["TET"], 48, seed=7).treated.sum()
    np.int64(46)
    """
    rng = stream(seed, cohort.number, "accrual")
    inclusion = _working(np.sort(rng.integers(cohort.opens, cohort.closes + 1, size)))
    share = rng.dirichlet(np.linspace(3.0, 0.6, SITES))
    site = rng.choice(SITES, size=size, p=share) + 1
    start = inclusion + rng.integers(1, 11, size)
    start[rng.permutation(size)[: size // _NEVER_TREATED_ONE_IN]] = NEVER
    serial = np.arange(1, size + 1)
    ids = np.array([f"IR5-{s:02d}-{cohort.number}{k:03d}" for s, k in zip(site, serial, strict=True)], dtype=object)
    consent = inclusion - rng.integers(1, 22, size)
    return Patients(cohort, ids, site, consent, inclusion, start, **_fate(cohort, start, inclusion, seed))


def _working(day: Days) -> Days:
    """Move a Saturday or Sunday to the Monday after."""
    return day + np.array([0, 0, 0, 0, 0, 2, 1])[(day + 3) % 7]  # 1970-01-01 was a Thursday


def _fate(cohort: Cohort, start: Days, inclusion: Days, seed: int) -> Mapping[str, NDArray[np.int64]]:
    """Draw the true days of every event and the true best change."""
    rng, law, size = stream(seed, cohort.number, "disease"), cohort.disease, len(start)
    progression = law.scale * rng.exponential(1, size) ** (1 / law.shape)
    progression[rng.random(size) < law.cured] = NEVER
    other_death = rng.exponential(1 / law.death_rate, size)
    after = progression + rng.exponential(law.post_progression_median / np.log(2), size)
    clinical = rng.exponential(1 / law.clinical_rate, size) if law.clinical_rate else np.full(size, float(NEVER))
    lost = rng.exponential(1 / law.lost_rate, size)
    toxicity = rng.exponential(1 / law.toxicity_rate, size)
    from_start = {"progression": progression, "clinical": clinical, "death": np.minimum(other_death, after),
                  "lost": lost, "toxicity": toxicity}  # fmt: skip
    origin = np.where(start < NEVER, start, inclusion)
    fate = {name: _absolute(origin, value) for name, value in from_start.items()}
    for name in ("progression", "clinical", "toxicity"):
        fate[name] = np.where(start < NEVER, fate[name], NEVER)
    return fate | {"depth": _depth(cohort, progression, rng)}


def _absolute(origin: Days, elapsed: NDArray[np.float64]) -> Days:
    """Turn elapsed days into absolute days, at least one day after the origin."""
    whole = np.ceil(np.minimum(elapsed, NEVER)).astype(np.int64)
    return np.where(elapsed >= NEVER / 2, NEVER, origin + np.maximum(whole, 1))


def _depth(cohort: Cohort, progression: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw the best relative change: only those free of progression for 12 weeks respond; -1 is a complete response."""
    size, law = len(progression), cohort.disease
    kind = rng.random(size)
    respond = progression > 84
    stable, partial = rng.uniform(-0.24, 0.12, size), rng.uniform(-0.85, -0.36, size)
    depth = np.where(respond & (kind < law.complete + law.partial), partial, stable)
    return np.where(respond & (kind < law.complete), -1.0, depth)
