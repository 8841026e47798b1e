"""The test of proportional hazards: whether a covariate's effect changes as the curve falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ir5nb.stats.arguments import require
from ir5nb.stats.survival.coefficients import checked_covariates
from ir5nb.stats.survival.newton import maximise
from ir5nb.stats.survival.observations import checked_events, checked_times
from ir5nb.stats.survival.partial_likelihood import TiedEvents, Ties
from ir5nb.stats.survival.product_limit import kaplan_meier
from ir5nb.stats.survival.regression import derivatives, event_sets

__all__ = ["Proportionality", "TermTest", "proportionality"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TermTest:
    """One covariate's test: chi-squared with one degree of freedom."""

    name: str
    chi_square: float
    p: float


@dataclass(frozen=True)
class Proportionality:
    """Tests that no effect changes with 1 - S(t-).

    Attributes
    ----------
    terms : one test for each covariate.
    chi_square, df, p : all covariates together.
    """

    terms: tuple[TermTest, ...]
    chi_square: float
    df: int
    p: float


def proportionality(
    time: ArrayLike, event: ArrayLike, covariates: dict[str, ArrayLike], ties: Ties = "efron"
) -> Proportionality:
    """Return the score tests of Grambsch & Therneau (Biometrika 1994; 81: 515-526), as cox.zph of R survival 3.

    Each covariate x gets a companion x g(t), g(t) = 1 - S(t-) of all subjects; the score of the companions at the
    fitted model is tested against its information given the covariates. With ties = "exact" the model is fitted by
    the exact likelihood and tested in Breslow's, as cox.zph does.

    Parameters
    ----------
    time, event, covariates, ties : as `proportional_hazards`.

    Raises
    ------
    ValueError : with the condition that broke.

    Examples
    --------
    >>> test = proportionality([1, 2, 3, 4, 5], [1, 1, 1, 1, 0], {"x": [1, 0, 1, 0, 0]})
    >>> round(test.chi_square, 4), test.df, round(test.p, 4)
    (0.0086, 1, 0.9263)
    """
    times = checked_times(time)
    events = checked_events(event, times.size)
    names, x = checked_covariates(covariates, times.size)
    require(ties in get_args(Ties), f"ties must be one of {', '.join(get_args(Ties))}; got {ties!r}")
    sets, p = event_sets(times, events, x), len(names)
    _, _, beta = maximise(lambda b: derivatives(sets, ties, b), p)
    widened = [_with_companions(tied, g) for tied, g in zip(sets, _fallen_before(times, events), strict=True)]
    fit = derivatives(widened, "efron" if ties == "efron" else "breslow", np.concatenate((beta, np.zeros(p))))
    chi_squares = [_score_test(fit.score[p:], fit.information, np.array([j])) for j in range(p)]
    together = _score_test(fit.score[p:], fit.information, np.arange(p))
    terms = tuple(
        TermTest(name, chi_square, float(special.chdtrc(1, chi_square)))
        for name, chi_square in zip(names, chi_squares, strict=True)
    )
    return Proportionality(terms, together, p, float(special.chdtrc(p, together)))


def _fallen_before(times: Floats, events: NDArray[np.bool_]) -> Floats:
    """Return 1 - S just before each distinct event time, less its mean over the events.

    The mean drops out of the test except where the model was fitted by another likelihood ("exact"): there the scores
    of the covariates are not quite 0, and R's answer is the one at the mean.
    """
    curve = kaplan_meier(times, events)
    happened = curve.events > 0
    fallen = (1.0 - np.concatenate(([1.0], curve.survival[:-1])))[happened]
    return np.asarray(fallen - np.average(fallen, weights=curve.events[happened]))


def _with_companions(tied: TiedEvents, g: float) -> TiedEvents:
    return TiedEvents(np.column_stack((tied.x, g * tied.x)), tied.deaths)


def _score_test(scores: Floats, information: Floats, chosen: NDArray[np.int64]) -> float:
    """Return the score test of the chosen companions; the scores of the covariates themselves are 0 at the fit."""
    p = len(scores)
    rows = np.concatenate((np.arange(p), p + chosen))
    vector = np.concatenate((np.zeros(p), scores[chosen]))
    return float(vector @ np.linalg.solve(information[np.ix_(rows, rows)], vector))
