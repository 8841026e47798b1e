"""What is true of the patients of whole trials followed by hCG, and the assays that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ir5nb.simulate.days import NEVER, Days, Flags, Reals, Wholes
from ir5nb.simulate.fates import at_rate, whole
from ir5nb.simulate.hcg import (
    CONSOLIDATION,
    HYSTERECTOMY_FROM,
    HYSTERECTOMY_SPAN,
    QUANTIFIED,
    SHAPE,
    UPPER,
    kinetics,
    scale,
)
from ir5nb.simulate.laws import WEEK
from ir5nb.simulate.streams import trial_stream
from ir5nb.simulate.world import World

LATER_ASSAYS: Final = 4  # weekly assays after the landmark, for runs of normal values that begin before it
_CYCLE_DAYS: Final = 21
_DETECTED: Final = 28  # days until resistance is clear


@dataclass(frozen=True, slots=True)
class Courses:
    """Days since treatment start, (trials, n) or by assay (trials, n, assays); `NEVER`: does not happen.

    Attributes
    ----------
    normal, resistant
        The truth: hCG reaches normal, the disease resists.
    death, end, last_dose, therapy, surgery
        What the records hold.
    day, value, upper, laboratory, diluted
        Assays: day (`NEVER`: not done), IU/L as reported, the laboratory and its upper limit, whether only "<20" is
        reported.
    """

    normal: Reals
    resistant: Days
    death: Days
    end: Days
    last_dose: Days
    therapy: Days
    surgery: Days
    day: Days
    value: Reals
    upper: Reals
    laboratory: Wholes
    diluted: Flags


def courses(world: World, seed: int, chunk: int, trials: int) -> Courses:
    """Draw the patients of a chunk of trials followed by hCG.

    Source: the laws and the conduct of the demo platform (`hcg`), many trials at once; a laboratory rounds, but never
    across its limit.

    Parameters
    ----------
    world, seed, chunk, trials
        As in `calendar.calendar`.

    Returns
    -------
    Courses
        Weekly assays from the week before treatment to four weeks after the landmark.

    Examples
    --------
    >>> from ir5nb.simulate.world import FLAWLESS, world
    >>> made = courses(world("GTT", "hcg", truth=0.5, n1=8, n=18, cut=0, conduct=FLAWLESS), 7, 0, 2)
    >>> made.value.shape
    (2, 18, 30)
    """
    shape = (trials, world.n)
    rng, law = trial_stream(seed, world.cohort.number, chunk, "disease"), world.law.disease
    waits, cured = rng.exponential(1, (4, *shape)), rng.random(shape) < law.cured
    resistant = whole(np.where(cured, np.inf, law.scale * waits[0] ** (1 / law.shape)))
    died, lost = whole(at_rate(waits[1], law.death_rate)), whole(at_rate(waits[2], world.lost_rate))
    toxicity = whole(at_rate(waits[3], world.toxicity_rate))
    elapsed = _elapsed(world, rng.random(shape))
    # who is normal on a day is so at the next weekly assay: resistance comes after it
    weekly_day = np.minimum(np.ceil(elapsed / WEEK) * WEEK, NEVER).astype(np.int64)
    resistant = np.where(elapsed <= resistant, np.maximum(resistant, weekly_day), resistant)
    normal = np.where(np.ceil(elapsed) <= resistant, np.ceil(np.minimum(elapsed, NEVER)), NEVER).astype(np.int64)
    end, therapy, surgery = _treated(world, seed, chunk, normal, resistant, toxicity, np.minimum(died, lost))
    day, value, upper, laboratory, diluted = _assays(world, seed, chunk, elapsed, resistant)
    stop = np.minimum(np.minimum(therapy, died - 1), lost)
    weekly, monthly = day <= (end + WEEK)[..., None], np.arange(day.shape[-1]) % 4 == 0
    day = np.where((weekly | monthly) & (day <= stop[..., None]), day, NEVER)
    last_dose = np.maximum(end - 1, 0) // _CYCLE_DAYS * _CYCLE_DAYS
    death = np.where(died <= lost, died, NEVER)
    return Courses(elapsed, resistant, death, end, last_dose, therapy, surgery, day, value, upper, laboratory, diluted)


def _elapsed(world: World, u: Reals) -> Reals:
    """Days to normalisation: Weibull, stretched; never for a share."""
    share = np.clip(u / (1 - world.law.never), 0, 1 - 1e-12)
    time = world.law.stretch * scale() * (-np.log1p(-share)) ** (1 / SHAPE)
    return np.where(u < 1 - world.law.never, time, float(NEVER))


def _treated(
    world: World, seed: int, chunk: int, normal: Days, resistant: Days, toxicity: Days, gone: Days
) -> tuple[Days, Days, Days]:
    """End of treatment, next therapy and hysterectomy."""
    rng, shape = trial_stream(seed, world.cohort.number, chunk, "disposition"), normal.shape
    later, sooner = rng.integers(5, 25, shape), rng.integers(14, 50, shape)
    operated, when = rng.random(shape) < world.conduct.surgery, rng.integers(0, HYSTERECTOMY_SPAN, shape)
    clear = np.where(resistant < NEVER, resistant + _DETECTED, NEVER)
    done = np.where(normal < NEVER, normal + CONSOLIDATION, NEVER)
    end = np.minimum.reduce([clear, toxicity, gone, done])
    therapy = np.where(clear < gone, np.maximum(clear, end) + later, NEVER)
    switched = (end == toxicity) & (toxicity < normal)
    therapy = np.where(switched, np.minimum(therapy, end + sooner), therapy)
    surgery = np.where(operated & (HYSTERECTOMY_FROM + when < gone), HYSTERECTOMY_FROM + when, NEVER)
    return end, np.where(therapy < gone, therapy, NEVER), surgery


def _assays(
    world: World, seed: int, chunk: int, elapsed: Reals, resistant: Days
) -> tuple[Days, Reals, Reals, Wholes, Flags]:
    """Values of every week as the laboratory reports them."""
    flaws, weeks = world.conduct.observation, world.landmark_days // WEEK + LATER_ASSAYS + 2
    rng, shape = trial_stream(seed, world.cohort.number, chunk, "hcg"), (*elapsed.shape, weeks)
    jitter = np.clip(np.rint(rng.standard_normal(shape, dtype=np.float32) * 0.2 * flaws.jitter_days), -2, 2)
    day = np.arange(-1, weeks - 1) * WEEK + jitter.astype(np.int64)
    laboratory = np.broadcast_to(rng.integers(0, 3, elapsed.shape)[..., None], shape)
    moved = rng.random(elapsed.shape) < flaws.laboratory_changed
    since = np.arange(weeks) >= rng.integers(6, 20, elapsed.shape)[..., None]
    laboratory = np.where(moved[..., None] & since, (laboratory + 1) % 3, laboratory)
    flat = kinetics(
        np.maximum(day, 0).reshape(-1, weeks), np.clip(elapsed, WEEK, 900.0).ravel(),
        resistant.ravel().astype(np.float64),
        UPPER[laboratory[..., 0]].ravel(), flaws.noise, rng, slowest=0.0,
    )  # fmt: skip
    chance = rng.random((2, *shape), dtype=np.float32)
    value, upper = flat.reshape(shape), UPPER[laboratory]
    rounded = np.where(value < 100, np.round(value, 1), np.round(value))
    reported = np.where((value > upper) & (rounded <= upper), upper + 0.1, rounded)
    missed = chance[0] < flaws.assays_missed
    missed[..., 1] = False  # the assay of the first day of treatment is always there
    return np.where(missed, NEVER, day), reported, upper, laboratory, (value < 20) & (chance[1] < flaws.assays_diluted)


def unquantified(made: Courses) -> Flags:
    """Say which assays are reported without a number: below quantification, or only as less than 20.

    Source: spec/data.md (values below the limit of quantification keep their text).

    Examples
    --------
    >>> from ir5nb.simulate.world import FLAWLESS, world
    >>> made = courses(world("GTT", "hcg", truth=0.5, n1=8, n=18, cut=0, conduct=FLAWLESS), 7, 0, 2)
    >>> bool((made.value[unquantified(made)] < 2).all())
    True
    """
    return np.asarray(made.diluted | (made.value < QUANTIFIED[made.laboratory]))
