"""What stopping as soon as the conditional power is low would do to a design: advice, never the planned rule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ir5nb.stats.arguments import probability
from ir5nb.stats.simon.continuation import rejection_profile
from ir5nb.stats.simon.design import SimonDesign

__all__ = ["Curtailed", "curtailed"]


@dataclass(frozen=True)
class Curtailed:
    """Operating characteristics at one rate under curtailment after every subject.

    Attributes
    ----------
    p : the rate.
    rejection : probability of rejecting H0.
    expected_n : expected number of subjects.
    stopped_by_stage1 : probability of having stopped, for futility, at or before the end of stage 1.
    """

    p: float
    rejection: float
    expected_n: float
    stopped_by_stage1: float


def curtailed(design: SimonDesign, p: float, futility: float = 0.0, *, efficacy: bool = True) -> Curtailed:
    """Return what happens at rate p under stochastic curtailment after every subject, by exact recursion.

    It stops for futility once the conditional power at p1 is at most `futility` (0: only when rejection is impossible),
    and, with `efficacy`, once rejection is certain. Ayanlowo & Redden, Stat Med 2007; 26: 1462-1472.

    Parameters
    ----------
    design : the design as planned.
    p : rate in [0, 1].
    futility : limit of the conditional power, in [0, 1].
    efficacy : whether to stop, too, once H0 is sure to be rejected.

    Examples
    --------
    >>> result = curtailed(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 0.1)
    >>> round(result.rejection, 4), round(result.expected_n, 2)
    (0.0471, 14.07)
    """
    p, futility = probability("p", p), probability("futility", futility)
    running = np.array([1.0])
    rejection = expected = stopped = 0.0
    for enrolled in range(design.n + 1):
        successes = np.arange(enrolled + 1)
        won = successes > design.r
        lost = ~won & (rejection_profile(design, enrolled, design.p1) <= futility)
        ended = (won & efficacy) | lost | (enrolled == design.n)
        rejection += float(running[won & ended].sum())
        expected += enrolled * float(running[ended].sum())
        if enrolled <= design.n1:
            stopped += float(running[lost].sum())
        running = np.where(ended, 0.0, running)
        running = np.append(running * (1.0 - p), 0.0) + np.append(0.0, running * p)
    return Curtailed(p, rejection, expected, stopped)
