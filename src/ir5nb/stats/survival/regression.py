"""Proportional hazards regression, for subgroups; a single-arm result never rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ir5nb.stats.arguments import open_rate, require
from ir5nb.stats.survival.coefficients import Coefficient, checked_covariates, coefficient_rows
from ir5nb.stats.survival.newton import maximise
from ir5nb.stats.survival.observations import checked_events, checked_times, distinct
from ir5nb.stats.survival.partial_likelihood import TIES, Derivatives, TiedEvents, Ties

__all__ = ["ProportionalHazards", "derivatives", "event_sets", "proportional_hazards"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ProportionalHazards:
    """A fitted model.

    Attributes
    ----------
    coefficients : one for each covariate.
    ties : how tied events enter the likelihood.
    log_likelihood_null, log_likelihood : partial likelihood at 0 and at the estimate.
    score_test, wald, likelihood_ratio : chi-squared statistics with `df` degrees of freedom.
    concordance : share of comparable pairs in which the higher risk fails first (Harrell).
    """

    coefficients: tuple[Coefficient, ...]
    ties: Ties
    log_likelihood_null: float
    log_likelihood: float
    score_test: float
    wald: float
    likelihood_ratio: float
    df: int
    concordance: float


def proportional_hazards(
    time: ArrayLike, event: ArrayLike, covariates: dict[str, ArrayLike], ties: Ties = "efron", level: float = 0.95
) -> ProportionalHazards:
    """Return Cox's regression (Cox, JRSS B 1972; 34: 187-220) by Newton's method with halved steps where needed.

    Parameters
    ----------
    time, event : as `kaplan_meier`.
    covariates : name to shape (n,) of finite numbers; at least one, none constant.
    ties : "efron", "breslow" or "exact" (the discrete likelihood; work grows with n times the number of ties).
    level : confidence level of the hazard ratio limits.

    Raises
    ------
    ValueError : with the condition that broke, or where the likelihood has no maximum.

    Examples
    --------
    >>> fit = proportional_hazards([1, 2, 3, 4, 5], [1, 1, 1, 1, 0], {"x": [1, 0, 1, 0, 0]})
    >>> round(fit.coefficients[0].estimate, 4), round(fit.concordance, 4)
    (1.4388, 0.7)
    """
    times = checked_times(time)
    events = checked_events(event, times.size)
    level = open_rate("level", level)
    names, x = checked_covariates(covariates, times.size)
    require(ties in get_args(Ties), f"ties must be one of {', '.join(get_args(Ties))}; got {ties!r}")
    sets = event_sets(times, events, x)
    null, fitted, beta = maximise(lambda b: derivatives(sets, ties, b), len(names))
    errors = np.sqrt(np.diag(np.linalg.inv(fitted.information)))
    return ProportionalHazards(
        coefficient_rows(names, beta, errors, level),
        ties,
        null.log_likelihood,
        fitted.log_likelihood,
        float(null.score @ np.linalg.solve(null.information, null.score)),
        float(beta @ fitted.information @ beta),
        2.0 * (fitted.log_likelihood - null.log_likelihood),
        len(names),
        _concordance(times, events, x @ beta),
    )


def event_sets(times: Floats, events: NDArray[np.bool_], x: Floats) -> list[TiedEvents]:
    """Return, for each distinct event time, ascending, the covariates of those at risk, the tied events first.

    >>> [tied.x[:, 0].tolist() for tied in event_sets(np.array([2.0, 1.0]), np.array([True, True]), np.eye(2))]
    [[0.0, 1.0], [1.0]]
    """
    require(bool(events.any()), "at least one event must have happened")
    order = np.argsort(times, kind="stable")
    start = distinct(times[order])
    ends = np.append(start[1:], times.size)
    sets = []
    for low, high in zip(start, ends, strict=True):
        here = order[low:high]
        failed = here[events[here]]
        if failed.size:
            rest = np.concatenate((here[~events[here]], order[high:]))
            sets.append(TiedEvents(x[np.concatenate((failed, rest))], failed.size))
    return sets


def derivatives(sets: list[TiedEvents], ties: Ties, beta: Floats) -> Derivatives:
    """Return the partial likelihood at beta with its derivatives, added over the event times."""
    parts = [TIES[ties](tied, beta) for tied in sets]
    return Derivatives(
        sum(part.log_likelihood for part in parts),
        np.sum([part.score for part in parts], axis=0),
        np.sum([part.information for part in parts], axis=0),
    )


def _concordance(times: Floats, events: NDArray[np.bool_], risk: Floats) -> float:
    """Return Harrell's c: an event precedes a censoring at the same time; tied risks count one half."""
    later = times[None, :] > times[:, None]
    same = (times[None, :] == times[:, None]) & ~events[None, :]
    comparable = events[:, None] & (later | same)
    agreeing = (risk[:, None] > risk[None, :]) + 0.5 * (risk[:, None] == risk[None, :])
    return float((comparable * agreeing).sum() / comparable.sum())
