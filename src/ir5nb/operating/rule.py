"""The decision of a trial by its counts: the rule of the analyses, asked once for each count that occurs."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.analyses.outcome import Outcome, outcome
from ir5nb.stats.simon import SimonDesign

STOPS, CONTINUES = 0, 1
_GOES_ON: Final = ("continue", "open")  # undecided at the interim analysis: recruitment goes on


@lru_cache(maxsize=64)
def stage1_states(design: SimonDesign, level: float) -> npt.NDArray[np.int64]:
    """Tell for every count of stage 1 whether the trial stops.

    Source: Simon 1989, by `analyses.outcome`. Where a reading leaves patients out and those still to come could pass
    stage 1, nothing is decided and the trial goes on.

    Parameters
    ----------
    design
        The planned design.
    level
        Two-sided confidence level of the limits (of no consequence here).

    Returns
    -------
    numpy.ndarray of int
        Shape (n1 + 1, n1 + 1): `STOPS` or `CONTINUES` by successes and patients counted; impossible counts stop.

    Examples
    --------
    >>> stage1_states(SimonDesign(r1=5, n1=11, r=16, n=31, p0=0.40, p1=0.65), 0.90)[[5, 6, 5], [11, 11, 10]].tolist()
    [0, 1, 1]
    """
    states = np.full((design.n1 + 1, design.n1 + 1), STOPS)
    for total in range(design.n1 + 1):
        for successes in range(total + 1):
            reached = interim(design, successes, total, level)
            states[successes, total] = CONTINUES if reached.state in _GOES_ON else STOPS
    return states


@lru_cache(maxsize=100_000)
def interim(design: SimonDesign, successes: int, total: int, level: float) -> Outcome:
    """Decide the interim analysis by the counts of stage 1.

    Source: `analyses.outcome`.

    Parameters
    ----------
    design, level
        As in `stage1_states`.
    successes, total
        Of the patients counted.

    Examples
    --------
    >>> interim(SimonDesign(r1=5, n1=11, r=16, n=31, p0=0.40, p1=0.65), 4, 11, 0.90).state
    'stop'
    """
    return outcome(design, _statuses(successes, total), interim=True, level=level, recruited=design.n1)


@lru_cache(maxsize=100_000)
def final(design: SimonDesign, first: int, first_total: int, successes: int, total: int, level: float) -> Outcome:
    """Decide the final analysis by the counts of stage 1 and of both stages.

    Source: `analyses.outcome`; other than n patients counted: conditional error rule.

    Parameters
    ----------
    design, level
        As in `stage1_states`.
    first, first_total
        Successes and patients of stage 1, the first n1 patients counted.
    successes, total
        Of both stages.

    Examples
    --------
    >>> final(SimonDesign(r1=5, n1=11, r=16, n=31, p0=0.40, p1=0.65), 6, 11, 17, 31, 0.90).state
    'reject'
    """
    late = _statuses(successes - first, total - first_total)
    statuses = pd.concat([_statuses(first, first_total), late], ignore_index=True)
    return outcome(design, statuses, interim=False, level=level, recruited=design.n)


def _statuses(successes: int, total: int) -> pd.Series:
    return pd.Series(["SUCCESS"] * successes + ["FAILURE"] * (total - successes), dtype=object)
