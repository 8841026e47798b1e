"""The Kaplan-Meier estimate, of survival and of follow-up."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from ir5nb.stats.arguments import open_rate, require
from ir5nb.stats.survival.curve import KaplanMeier
from ir5nb.stats.survival.limits import ConfidenceType
from ir5nb.stats.survival.observations import Counts, count_events

__all__ = ["kaplan_meier", "reverse_kaplan_meier"]


def kaplan_meier(
    time: ArrayLike, event: ArrayLike, level: float = 0.95, conf_type: ConfidenceType = "log-log"
) -> KaplanMeier:
    """Return the Kaplan-Meier estimate of survival (Kaplan & Meier, JASA 1958; 53: 457-481).

    Greenwood's variance. Events come before censorings at the same time; times equal up to floating noise are one time.
    Limits: "log-log" (default), "log", "plain" (clipped to [0, 1]), "logit", "arcsin"; 1 where the curve is 1, missing
    (NaN) where it is 0.

    Parameters
    ----------
    time : shape (n,), n >= 1, finite, >= 0, in any unit.
    event : shape (n,), boolean or 0/1; 1 is an event, 0 a censoring.
    level : confidence level in (0, 1).
    conf_type : transformation of the limits.

    Raises
    ------
    ValueError : with the condition that broke.

    Examples
    --------
    >>> curve = kaplan_meier([6, 7, 10, 15], [1, 0, 1, 0])
    >>> curve.survival.tolist()
    [0.75, 0.75, 0.375, 0.375]
    """
    return _curve(count_events(time, event), np.asarray(time).size, level, conf_type)


def reverse_kaplan_meier(
    time: ArrayLike, event: ArrayLike, level: float = 0.95, conf_type: ConfidenceType = "log-log"
) -> KaplanMeier:
    """Return the Kaplan-Meier estimate of the time to censoring, i.e. of follow-up (Schemper & Smith 1996).

    Events leave the risk set before censorings at the same time: they were not seen to be followed longer. Flipping
    the indicator alone would leave them in. Arguments as `kaplan_meier`; `events` of the result are the censorings.

    Examples
    --------
    >>> reverse_kaplan_meier([2, 2, 3], [1, 0, 0]).survival.tolist()
    [0.5, 0.0]
    """
    counts = count_events(time, event)
    turned = Counts(counts.time, counts.at_risk - counts.events, counts.censored, counts.events)
    return _curve(turned, np.asarray(time).size, level, conf_type)


def _curve(counts: Counts, n: int, level: float, conf_type: ConfidenceType) -> KaplanMeier:
    level = open_rate("level", level)
    require(
        conf_type in get_args(ConfidenceType),
        f"conf_type must be one of {', '.join(get_args(ConfidenceType))}; got {conf_type!r}",
    )
    d, y = counts.events, counts.at_risk
    left = y - d
    survival = np.cumprod(left / np.maximum(y, 1) + (y == 0))
    error = survival * np.sqrt(np.cumsum(d / np.maximum(y * left, 1)))
    error[survival == 0.0] = math.nan
    return KaplanMeier(counts.time, y, d, counts.censored, survival, error, n, level, conf_type)
