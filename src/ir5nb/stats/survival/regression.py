"""Proportional hazards regression, for subgroups; a single-arm result never rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ir5nb.stats.arguments import open_rate, require
from ir5nb.stats.survival.observations import checked_events, checked_times, distinct
from ir5nb.stats.survival.partial_likelihood import TIES, Derivatives, TiedEvents, Ties

__all__ = ["Coefficient", "ProportionalHazards", "proportional_hazards"]

Floats = NDArray[np.float64]
_ENOUGH = 1e-11
"""Newton steps smaller than this times the standard error leave eleven digits."""


@dataclass(frozen=True)
class Coefficient:
    """One covariate: log hazard ratio, its error, Wald test, hazard ratio limits."""

    name: str
    estimate: float
    std_error: float
    z: float
    p: float
    hr_lower: float
    hr_upper: float


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
    names, x = _checked_covariates(covariates, times.size)
    require(ties in get_args(Ties), f"ties must be one of {', '.join(get_args(Ties))}; got {ties!r}")
    require(bool(events.any()), "at least one event must have happened")
    z = float(special.ndtri((1.0 + open_rate("level", level)) / 2.0))
    sets = _event_sets(times, events, x)
    null, fitted, beta = _maximum(sets, ties, x.shape[1])
    errors = np.sqrt(np.diag(np.linalg.inv(fitted.information)))
    coefficients = tuple(
        Coefficient(
            name,
            float(b),
            float(se),
            float(b / se),
            2.0 * float(special.ndtr(-abs(b / se))),
            float(np.exp(b - z * se)),
            float(np.exp(b + z * se)),
        )
        for name, b, se in zip(names, beta, errors, strict=True)
    )
    return ProportionalHazards(
        coefficients,
        ties,
        null.log_likelihood,
        fitted.log_likelihood,
        float(null.score @ np.linalg.solve(null.information, null.score)),
        float(beta @ fitted.information @ beta),
        2.0 * (fitted.log_likelihood - null.log_likelihood),
        len(names),
        _concordance(times, events, x @ beta),
    )


def _checked_covariates(covariates: dict[str, ArrayLike], size: int) -> tuple[list[str], Floats]:
    require(bool(covariates), "at least one covariate is needed")
    columns = []
    for name, values in covariates.items():
        column = np.asarray(values, dtype=np.float64)
        require(column.shape == (size,), f"{name} must have the shape of time, ({size},), got {column.shape}")
        require(bool(np.isfinite(column).all()), f"{name} must be finite: it holds NaN or infinity")
        require(float(np.ptp(column)) > 0.0, f"{name} must not be constant")
        columns.append(column - column.mean())
    return list(covariates), np.column_stack(columns)


def _event_sets(times: Floats, events: NDArray[np.bool_], x: Floats) -> list[TiedEvents]:
    """Return, for each distinct event time, the covariates of those at risk, the tied events first."""
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


def _maximum(sets: list[TiedEvents], ties: Ties, p: int) -> tuple[Derivatives, Derivatives, Floats]:
    """Return the derivatives at 0 and at the maximum, and the maximum."""
    beta = np.zeros(p)
    null = current = _total(sets, ties, beta)
    require(np.linalg.matrix_rank(null.information) == p, "covariates must not be linearly dependent")
    for _ in range(50):
        if np.linalg.matrix_rank(current.information) < p:
            break
        step = np.linalg.solve(current.information, current.score)
        following = _total(sets, ties, beta + step)
        while following.log_likelihood < current.log_likelihood - 1e-9:
            step = step / 2.0
            following = _total(sets, ties, beta + step)
        beta, current = beta + step, following
        if bool((np.abs(step) <= _ENOUGH * np.sqrt(np.diag(np.linalg.pinv(current.information)))).all()):
            return null, current, beta
    raise ValueError("the likelihood must have a maximum: a covariate separates the events")


def _total(sets: list[TiedEvents], ties: Ties, beta: Floats) -> Derivatives:
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
