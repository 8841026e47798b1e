"""Accrual over 15 centres and what is true of each patient: start, progression, death, loss, toxicity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ir5nb.simulate.cohorts import Cohort
from ir5nb.simulate.days import NEVER, Days, Flags, Reals, Texts, Wholes
from ir5nb.simulate.observation import Observation
from ir5nb.simulate.streams import stream

SITES = 15
SITE_CODES = tuple(f"{site:02d}" for site in range(SITES + 1))  # by number; "00" is no site


_LIFETIME = 30_000  # days; what would come later never comes


@dataclass(frozen=True, slots=True)
class Patients:
    """The patients of one cohort in order of inclusion; every array has one value a patient, days are absolute.

    `progression`, `clinical`, `death`, `lost`, `toxicity` are true days (`NEVER`: does not happen); `start` is `NEVER`
    for a patient who never starts. `depth` is the true best relative change of the tumour burden before progression.
    """

    cohort: Cohort
    ids: Texts
    site: Wholes
    consent: Days
    inclusion: Days
    start: Days
    progression: Days
    clinical: Days
    death: Days
    lost: Days
    toxicity: Days
    depth: Reals

    @property
    def size(self) -> int:
        """Number of patients included."""
        return len(self.inclusion)

    @property
    def treated(self) -> Flags:
        """Who started treatment."""
        return self.start < NEVER


def accrue(cohort: Cohort, size: int, seed: int, observation: Observation) -> Patients:
    """Include `size` patients of a cohort and draw what is true of each.

    Source: spec/data.md, "Demo data" (15 centres, 36 months of inclusion); the laws are `cohorts.Disease`.

    Parameters
    ----------
    cohort
        The cohort's model.
    size
        Patients included; a share of them, rounded down, never starts treatment.
    seed
        Seed of the platform.
    observation
        What goes wrong; only `untreated` counts here.

    Returns
    -------
    Patients
        In order of inclusion.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> accrue(COHORTS["TET"], 48, 7, Observation()).treated.sum()
    np.int64(46)
    """
    rng = stream(seed, cohort.number, "accrual")
    inclusion = _working(np.sort(rng.integers(cohort.opens, cohort.closes + 1, size)))
    share = rng.dirichlet(np.linspace(3.0, 0.6, SITES))
    site = rng.choice(SITES, size=size, p=share) + 1
    start = inclusion + rng.integers(1, 11, size)
    start[rng.permutation(size)[: int(size * observation.untreated + 1e-9)]] = NEVER
    serial = np.arange(1, size + 1)
    ids = np.array([f"IR5-{s:02d}-{cohort.number}{k:03d}" for s, k in zip(site, serial, strict=True)], dtype=object)
    consent = inclusion - rng.integers(1, 22, size)
    return Patients(cohort, ids, site, consent, inclusion, start, *_fate(cohort, start, inclusion, seed))


def _working(day: Days) -> Days:
    """Move a Saturday or Sunday to the Monday after."""
    return np.asarray(day + np.array([0, 0, 0, 0, 0, 2, 1])[(day + 3) % 7])  # 1970-01-01 was a Thursday


def _fate(cohort: Cohort, start: Days, inclusion: Days, seed: int) -> tuple[Days, Days, Days, Days, Days, Reals]:
    """Draw the true days of progression, clinical progression, death, loss and toxicity, and the true best change."""
    rng, law, size = stream(seed, cohort.number, "disease"), cohort.disease, len(start)
    progression = law.scale * rng.exponential(1, size) ** (1 / law.shape)
    progression[rng.random(size) < law.cured] = NEVER
    after = progression + rng.exponential(law.post_progression_median / np.log(2), size)
    waits = rng.exponential(1, (4, size))  # a rate of 0 never happens
    rates = (law.death_rate, law.clinical_rate, law.lost_rate, law.toxicity_rate)
    death, clinical, lost, toxicity = (wait / max(rate, 1e-12) for wait, rate in zip(waits, rates, strict=True))
    treated = start < NEVER
    origin = np.where(treated, start, inclusion)
    of_disease = [np.where(treated, _absolute(origin, day), NEVER) for day in (progression, clinical, toxicity)]
    of_life = [_absolute(origin, day) for day in (np.minimum(death, after), lost)]
    return of_disease[0], of_disease[1], of_life[0], of_life[1], of_disease[2], _depth(cohort, progression, rng)


def _absolute(origin: Days, elapsed: Reals) -> Days:
    """Turn elapsed days into absolute days, at least one day after the origin; `NEVER` beyond a lifetime."""
    whole = np.ceil(np.minimum(elapsed, NEVER)).astype(np.int64)
    return np.where(elapsed > _LIFETIME, NEVER, origin + np.maximum(whole, 1))


def _depth(cohort: Cohort, progression: Reals, rng: np.random.Generator) -> Reals:
    """Draw the best relative change: only those free of progression for 12 weeks respond; -1 is a complete response."""
    size, law = len(progression), cohort.disease
    kind = rng.random(size)
    respond = progression > 84
    stable, partial = rng.uniform(-0.24, 0.08, size), rng.uniform(-0.85, -0.36, size)
    depth = np.where(respond & (kind < law.complete + law.partial), partial, stable)
    return np.where(respond & (kind < law.complete), -1.0, depth)
