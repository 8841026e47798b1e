"""Proportional subdistribution hazards: a covariate's effect on the cumulative incidence of one cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ir5nb.stats.arguments import count, open_rate, require
from ir5nb.stats.survival.coefficients import Coefficient, checked_covariates, coefficient_rows
from ir5nb.stats.survival.newton import maximise
from ir5nb.stats.survival.observations import Counts, checked_causes, checked_times, count_events

__all__ = ["SubdistributionHazards", "fine_gray"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class SubdistributionHazards:
    """A fitted model.

    Attributes
    ----------
    coefficients : one for each covariate; errors from the sandwich variance that counts the estimated censoring too.
    of : the cause whose incidence is modelled.
    log_likelihood_null, log_likelihood : weighted partial likelihood at 0 and at the estimate.
    wald, df, p : chi-squared test that no covariate matters.
    """

    coefficients: tuple[Coefficient, ...]
    of: int
    log_likelihood_null: float
    log_likelihood: float
    wald: float
    df: int
    p: float


@dataclass(frozen=True, eq=False)
class _Problem:
    """n subjects, m distinct times of the cause.

    Attributes
    ----------
    x : covariates, centred, shape (n, q).
    place : for each subject its index among the distinct times, shape (n,).
    failed, competed : whether the cause, or another one, came first, shape (n,).
    own : the index of each time of the cause among the distinct times, shape (m,); `d` its events.
    weight : share of each subject still at risk at each time of the cause, shape (n, m).
    at_risk, censored : at every distinct time.
    """

    x: Floats
    place: Integers
    failed: NDArray[np.bool_]
    competed: NDArray[np.bool_]
    own: Integers
    d: Floats
    weight: Floats
    at_risk: Floats
    censored: Floats


@dataclass(frozen=True, eq=False)
class _Sums:
    """At beta: exp(x beta) and, at each time of the cause, the total weight and the mean of x."""

    log_likelihood: float
    score: Floats
    information: Floats
    hazard: Floats
    total: Floats
    mean: Floats


def fine_gray(
    time: ArrayLike, cause: ArrayLike, covariates: dict[str, ArrayLike], of: int = 1, level: float = 0.95
) -> SubdistributionHazards:
    """Return the regression of Fine & Gray (JASA 1999; 94: 496-509), as crr of cmprsk: Breslow's handling of ties.

    Subjects with another event stay at risk with weight G(t-) / G(time-), G the Kaplan-Meier curve of censoring.
    Memory grows with n times the number of distinct times of the cause.

    Parameters
    ----------
    time, cause : as `cumulative_incidence`.
    covariates : name to shape (n,) of finite numbers; at least one, none constant.
    of : the cause modelled, at least 1; it must occur.
    level : confidence level of the hazard ratio limits, in (0, 1).

    Raises
    ------
    TypeError, ValueError : with the condition that broke, or where the likelihood has no maximum.

    Examples
    --------
    >>> fit = fine_gray([1, 2, 3, 4, 5, 6], [1, 1, 2, 1, 2, 0], {"x": [1, 0, 1, 0, 1, 0]})
    >>> round(fit.coefficients[0].estimate, 4), round(fit.coefficients[0].std_error, 4)
    (-0.5644, 1.1512)
    """
    times, level = checked_times(time), open_rate("level", level)
    causes, of = checked_causes(cause, times.size), count("of", of, 1)
    require(bool((causes == of).any()), f"cause {of} must occur")
    names, x = checked_covariates(covariates, times.size)
    problem = _problem(times, causes, x, of)
    null, fitted, beta = maximise(lambda b: _sums(problem, b), len(names))
    bread = np.linalg.inv(fitted.information)
    scores = _subject_scores(problem, fitted) + _censoring_scores(problem, fitted)
    variance = bread @ (scores.T @ scores) @ bread
    wald = float(beta @ np.linalg.solve(variance, beta))
    return SubdistributionHazards(
        coefficient_rows(names, beta, np.sqrt(np.diag(variance)), level),
        of,
        null.log_likelihood,
        fitted.log_likelihood,
        wald,
        len(names),
        float(special.chdtrc(len(names), wald)),
    )


def _problem(times: Floats, causes: Integers, x: Floats, of: int) -> _Problem:
    counts = count_events(times, causes == of)
    place = np.searchsorted(counts.time, times, side="right") - 1
    failed, competed = causes == of, (causes > 0) & (causes != of)
    censored = np.bincount(place[causes == 0], minlength=len(counts.time)).astype(np.float64)
    own = np.flatnonzero(counts.events)
    free = _uncensored_before(counts, censored)
    weight = np.where(
        place[:, None] >= own[None, :], 1.0, np.where(competed[:, None], free[own][None, :] / free[place][:, None], 0.0)
    )
    at_risk = counts.at_risk.astype(np.float64)
    return _Problem(x, place, failed, competed, own, counts.events[own].astype(float), weight, at_risk, censored)


def _uncensored_before(counts: Counts, censored: Floats) -> Floats:
    """Return G(t-), the Kaplan-Meier curve of censoring just before each time; events stay at risk at their time."""
    curve = np.cumprod(1.0 - censored / counts.at_risk)
    return np.concatenate(([1.0], curve[:-1]))


def _sums(p: _Problem, beta: Floats) -> _Sums:
    hazard = np.exp(p.x @ beta)
    weighted = p.weight * hazard[:, None]
    total = weighted.sum(axis=0)
    mean = (weighted.T @ p.x) / total[:, None]
    share = weighted @ (p.d / total)
    spread = (p.x * share[:, None]).T @ p.x - (mean * p.d[:, None]).T @ mean
    log_likelihood = float((p.x[p.failed] @ beta).sum() - (p.d * np.log(total)).sum())
    score = p.x[p.failed].sum(axis=0) - p.d @ mean
    return _Sums(log_likelihood, score, spread, hazard, total, mean)


def _subject_scores(p: _Problem, s: _Sums) -> Floats:
    """Return each subject's eta: its own event's residual minus what its weight took from all events, shape (n, q)."""
    increments = p.d / s.total
    taken = s.hazard[:, None] * (p.x * (p.weight @ increments)[:, None] - p.weight @ (increments[:, None] * s.mean))
    scores = -taken
    at = np.searchsorted(p.own, p.place[p.failed])
    scores[p.failed] += p.x[p.failed] - s.mean[at]
    return np.asarray(scores, dtype=np.float64)


def _censoring_scores(p: _Problem, s: _Sums) -> Floats:
    """Return each subject's psi: what its censoring, through G, does to the weights of others, shape (n, q).

    q(u) sums over subjects with another event before u and times of the cause from u on; q / Y is gained by who is
    censored at u and lost, times the censoring hazard, by all at risk (cmprsk's convention for ties).
    """
    increments = p.d / s.total
    q = np.zeros((len(p.at_risk), p.x.shape[1]))
    for u in np.flatnonzero(p.censored):
        earlier, later = p.competed & (p.place < u), p.own >= u
        weighted = p.weight[earlier][:, later] * s.hazard[earlier, None]
        q[u] = increments[later] @ (weighted.T @ p.x[earlier] - weighted.sum(axis=0)[:, None] * s.mean[later])
    lost = np.cumsum(q * (p.censored / p.at_risk**2)[:, None], axis=0)
    scores = -lost[p.place]
    out = ~(p.failed | p.competed)
    scores[out] += (q / p.at_risk[:, None])[p.place[out]]
    return np.asarray(scores, dtype=np.float64)
