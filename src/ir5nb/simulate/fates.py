"""What is true of the patients of whole trials whose tumours are measured, and what of it is seen, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ir5nb.simulate.days import NEVER, Days, Flags, Reals
from ir5nb.simulate.streams import trial_stream
from ir5nb.simulate.world import CONTACT_DAYS, World

LATER_SCANS: Final = 5  # scans after the landmark: to week 64, where imaging is every eight weeks
LATER_CONTACTS: Final = 12
_LIFETIME: Final = 30_000  # days; what would come later never comes


@dataclass(frozen=True, slots=True)
class Fates:
    """Days since treatment start, (trials, n) or by visit (trials, n, visits); `NEVER`: does not happen or is not seen.

    Attributes
    ----------
    progressed, died
        The truth.
    death, clinical, therapy
        What the records hold: a death before loss, a clinical progression, another anticancer therapy.
    scan, progression, readable
        Scans taken, whether each is read as a progression, and whether it could be read.
    contact
        Days on which the patient was seen alive.
    """

    progressed: Days
    died: Days
    death: Days
    clinical: Days
    therapy: Days
    scan: Days
    progression: Flags
    readable: Flags
    contact: Days


def fates(world: World, seed: int, chunk: int, trials: int) -> Fates:
    """Draw the patients of a chunk of trials whose tumours are measured.

    Source: the laws and the conduct of the demo platform (`patients`, `imaging`, `course`), many trials at once.
    Imaging stops at the first progression read, death or loss, for most with clinical progression, for half with
    another therapy.

    Parameters
    ----------
    world, seed, chunk, trials
        As in `calendar.calendar`.

    Returns
    -------
    Fates
        Arrays of whole days.

    Examples
    --------
    >>> from ir5nb.simulate.world import FLAWLESS, world
    >>> perfect = world("TET", "progression_free", truth=0.5, n1=16, n=46, cut=0, conduct=FLAWLESS)
    >>> found = fates(perfect, 7, 0, 50)
    >>> free = (np.minimum(found.progressed, found.died) > 168).mean()
    >>> bool(abs(free - 0.5) < 0.05)
    True
    """
    shape = (trials, world.n)
    rng = trial_stream(seed, world.cohort.number, chunk, "disease")
    law, stretch = world.law.disease, world.law.stretch
    waits, cured = rng.exponential(1, (6, *shape)), rng.random(shape) < law.cured
    onset = np.where(cured, np.inf, stretch * law.scale * waits[0] ** (1 / law.shape))
    after = onset + stretch * law.post_progression_median / np.log(2) * waits[1]
    died = whole(np.minimum(at_rate(waits[2], law.death_rate) * stretch, after))
    clinical = whole(at_rate(waits[3], world.clinical_rate) * stretch)
    lost, toxicity = (whole(at_rate(waits[4], world.lost_rate)), whole(at_rate(waits[5], world.toxicity_rate)))
    progressed = whole(onset)
    contact = _contacts(world, seed, chunk, shape, np.minimum(died - 1, lost)) if world.primary == "alive" else _NONE
    if world.primary == "alive":
        none = np.full(shape, NEVER)
        return Fates(progressed, died, np.where(died <= lost, died, NEVER), none, none, _NONE, _NOT, _NOT, contact)
    seen = _scans(world, seed, chunk, shape)
    return _observed(world, seed, chunk, progressed, died, clinical, lost, toxicity, *seen)


_NONE: Final = np.empty((0, 0, 0), dtype=np.int64)
_NOT: Final = np.empty((0, 0, 0), dtype=bool)


def at_rate(wait: Reals, rate: float) -> Reals:
    """Give the times of events that come at a constant rate; never at a rate of 0.

    Source: exponential law.

    Examples
    --------
    >>> at_rate(np.array([1.0]), 0.5), at_rate(np.array([1.0]), 0.0)
    (array([2.]), array([inf]))
    """
    return wait / rate if rate > 0 else np.full(wait.shape, np.inf)


def whole(elapsed: Reals) -> Days:
    """Turn elapsed days into whole ones: an event after 2.1 days is seen on day 3; `NEVER` beyond a lifetime.

    Source: the demo platform (`patients`).

    Examples
    --------
    >>> whole(np.array([2.1, 0.0, np.inf])).tolist()
    [3, 1, 1000000]
    """
    return np.where(elapsed > _LIFETIME, NEVER, np.maximum(np.ceil(np.minimum(elapsed, NEVER)), 1)).astype(np.int64)


def _scans(world: World, seed: int, chunk: int, shape: tuple[int, int]) -> tuple[Days, Flags, Flags]:
    """Days of the scans (`NEVER`: missed), whether each is readable, and whether a progression is overlooked."""
    flaws, visits = world.conduct.observation, -(-world.landmark_days // world.imaging_days) + LATER_SCANS
    rng, size = trial_stream(seed, world.cohort.number, chunk, "imaging"), (*shape, visits)
    jitter = np.clip(np.rint(rng.standard_normal(size, dtype=np.float32) * flaws.jitter_days), -7, 7).astype(np.int64)
    chance = rng.random((4, *size), dtype=np.float32)
    late = np.where(chance[0] < flaws.off_window, 9 + (chance[0] * (15 / max(flaws.off_window, 1e-9))).astype(int), 0)
    day = np.arange(1, visits + 1) * world.imaging_days + jitter + late
    return np.where(chance[1] < flaws.missed, NEVER, day), chance[2] >= flaws.unreadable, chance[3] < flaws.slips


def _observed(
    world: World, seed: int, chunk: int, progressed: Days, died: Days, clinical: Days, lost: Days, toxicity: Days,
    scan: Days, readable: Flags, overlooked: Flags,
) -> Fates:  # fmt: skip
    """Play the study forward: what is read, when imaging stops, which therapy follows."""
    rng = trial_stream(seed, world.cohort.number, chunk, "disposition")
    delay, again, stay = rng.integers(12, 75, died.shape), rng.random(died.shape), rng.random(died.shape)
    worse = readable & ~overlooked & (scan >= progressed[..., None])
    limit = np.minimum(died - 1, lost)
    first = _first(scan, worse, limit)
    told = np.where((clinical < first) & (clinical < limit), clinical, NEVER)
    limit = np.where((told < NEVER) & (stay < 0.7), np.minimum(limit, told), limit)
    off = np.minimum(told, toxicity)
    therapy = np.where((off < first) & (again < 0.3), off + delay, NEVER)
    therapy = np.where(therapy < np.minimum(died, lost), therapy, NEVER)
    limit = np.where((therapy < NEVER) & (stay < 0.5), np.minimum(limit, therapy), limit)
    last = np.minimum(limit, _first(scan, worse, limit))
    taken = np.where(scan <= last[..., None], scan, NEVER)
    return Fates(progressed, died, np.where(died <= lost, died, NEVER), told, therapy, taken, worse, readable, _NONE)


def _first(scan: Days, worse: Flags, limit: Days) -> Days:
    """Day of the first scan read as a progression, as far as imaging goes."""
    return np.asarray(np.where(worse & (scan <= limit[..., None]), scan, NEVER).min(axis=-1))


def _contacts(world: World, seed: int, chunk: int, shape: tuple[int, int], limit: Days) -> Days:
    """Days on which patients are seen alive: every cycle, some missed."""
    flaws, visits = world.conduct.observation, -(-world.landmark_days // CONTACT_DAYS) + LATER_CONTACTS
    rng, size = trial_stream(seed, world.cohort.number, chunk, "contact"), (*shape, visits)
    jitter = np.clip(np.rint(rng.standard_normal(size, dtype=np.float32) * flaws.jitter_days), -7, 7).astype(np.int64)
    day = np.arange(1, visits + 1) * CONTACT_DAYS + jitter
    came = rng.random(size, dtype=np.float32) >= flaws.missed
    return np.where(came & (day <= limit[..., None]), day, NEVER)
