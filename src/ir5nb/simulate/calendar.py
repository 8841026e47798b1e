"""When the patients of whole trials come, and when their two analyses take place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ir5nb.simulate.days import Days, Wholes
from ir5nb.simulate.streams import trial_stream
from ir5nb.simulate.world import World

_LONGEST_WAIT = 10  # days from inclusion to the first dose, as in the demo platform


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days since the first inclusion of each trial.

    Attributes
    ----------
    inclusion, start
        Of each patient, (trials, n).
    interim, final
        Data cuts, (trials,): `after_days` after the last landmark of stage 1, of both stages.
    arriving
        Patients who would have started between the last of stage 1 and the interim cut, were recruitment not held.
    """

    inclusion: Days
    start: Days
    interim: Days
    final: Days
    arriving: Wholes


def calendar(world: World, seed: int, chunk: int, trials: int) -> Calendar:
    """Draw the calendar of a chunk of trials: patients come at random at a constant rate, from the first on.

    Source: Simon 1989 counts no patient between the stages: recruitment is held from the last patient of stage 1 until
    stage 1 is decided. Patients are numbered as they come; a stage is complete by treatment start.

    Parameters
    ----------
    world
        Sizes, rate of accrual, landmark.
    seed, chunk, trials
        Seed of the simulation, number of the chunk, trials in it.

    Returns
    -------
    Calendar
        Arrays of whole days.

    Examples
    --------
    >>> from ir5nb.simulate.world import world
    >>> made = calendar(world("TET", "progression_free", truth=0.5, n1=16, n=46, cut=0), 7, 0, 3)
    >>> bool((made.inclusion[:, 16] >= made.interim).all())
    True
    """
    rng, shape = trial_stream(seed, world.cohort.number, chunk, "accrual"), (trials, world.n)
    gaps = rng.exponential(world.accrual_days / world.n, shape)
    wait = rng.integers(1, _LONGEST_WAIT + 1, shape)
    gaps[:, 0] = 0
    inclusion = np.ceil(np.cumsum(gaps, axis=1)).astype(np.int64)
    first, follow = slice(None, world.n1), world.landmark_days + world.after_days
    interim = (inclusion + wait)[:, first].max(axis=1) + follow
    arriving = ((inclusion + wait)[:, world.n1 :] <= interim[:, None]).sum(axis=1)
    held = interim - inclusion[:, world.n1 - 1]
    inclusion[:, world.n1 :] += held[:, None]
    start = inclusion + wait
    return Calendar(inclusion, start, interim, start.max(axis=1) + follow, arriving)
