"""Posterior and predictive probabilities with Beta priors; every prior is an argument."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ir5nb.stats.arguments import count, open_rate, probability, require
from ir5nb.stats.simon.design import SimonDesign

__all__ = [
    "Prior",
    "posterior_comparison",
    "posterior_probability",
    "predictive_boundary",
    "predictive_power",
    "predictive_probability",
]

Prior = tuple[float, float]
"""The two parameters (a, b) of a Beta distribution, both > 0."""


def posterior_probability(enrolled: int, successes: int, p: float, prior: Prior) -> float:
    """Return P(rate > p | data) for a Beta(a, b) prior: the upper tail of Beta(a + s, b + m - s) at p.

    Thall & Simon, Biometrics 1994; 50: 337-349.

    Parameters
    ----------
    enrolled, successes : counts, 0 <= successes <= enrolled.
    p : rate in [0, 1].
    prior : Beta parameters, both > 0.

    Examples
    --------
    >>> round(posterior_probability(10, 3, 0.1, (1, 1)), 4)
    0.9815
    """
    a, b = _posterior(enrolled, successes, prior)
    return float(special.betaincc(a, b, probability("p", p)))


def predictive_power(design: SimonDesign, enrolled: int, successes: int, prior: Prior) -> float:
    """Return the probability that the design goes on to reject H0, averaged over the posterior of the rate.

    Beta-binomial sums over what is still to come; a stop after stage 1 that lies ahead counts (Spiegelhalter, Freedman
    & Blackburn, Control Clin Trials 1986; 7: 8-17).

    Parameters
    ----------
    design : the design as planned.
    enrolled, successes : counts, 0 <= successes <= enrolled <= n.
    prior : Beta parameters, both > 0.

    Examples
    --------
    >>> round(predictive_power(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 0, 0, (1, 1)), 4)
    0.7721
    """
    a, b = _posterior(enrolled, successes, prior)
    require(enrolled <= design.n, f"enrolled <= n must hold, got {enrolled} and n = {design.n}")
    if enrolled >= design.n1:
        if enrolled == design.n1 and successes <= design.r1:
            return 0.0
        return _predictive_tail(design.n - enrolled, a, b, design.r + 1 - successes)
    left = design.n1 - enrolled
    total = 0.0
    for more, chance in enumerate(_beta_binomial(left, a, b)):
        if successes + more > design.r1:
            needed = design.r + 1 - successes - more
            total += float(chance) * _predictive_tail(design.n2, a + more, b + left - more, needed)
    return total


def predictive_probability(enrolled: int, successes: int, n: int, p0: float, threshold: float, prior: Prior) -> float:
    """Return the probability that P(rate > p0 | all n) will be at least `threshold` (Lee & Liu, Clin Trials 2008).

    Their worked value, n = 40, 16 of 23, p0 = .6, threshold .9, prior (.6, .4), is .5656.

    Parameters
    ----------
    enrolled, successes, n : counts, 0 <= successes <= enrolled <= n.
    p0, threshold : in (0, 1); the threshold is met by equality.
    prior : Beta parameters.

    Examples
    --------
    >>> round(predictive_probability(23, 16, 40, 0.6, 0.9, (0.6, 0.4)), 4)
    0.5656
    """
    a, b = _posterior(enrolled, successes, prior)
    left = count("n", n, enrolled) - enrolled
    more = np.arange(left + 1)
    convincing = special.betaincc(a + more, b + left - more, open_rate("p0", p0)) >= open_rate("threshold", threshold)
    return float(_beta_binomial(left, a, b)[convincing].sum())


def predictive_boundary(
    enrolled: int, n: int, p0: float, threshold: float, futility: float, prior: Prior
) -> int | None:
    """Return the largest number of successes whose predictive probability is below `futility`, None if not even 0.

    Lee & Liu, Clin Trials 2008; 5: 93-106: strictly below, theirs is the rule PP < theta_L.

    Parameters
    ----------
    enrolled, n : counts, 0 <= enrolled <= n.
    p0, threshold, futility : in (0, 1).
    prior : Beta parameters, both > 0.

    Examples
    --------
    >>> predictive_boundary(9, 40, 0.6, 0.9, 0.1, (0.6, 0.4))
    4
    """
    enrolled, futility = count("enrolled", enrolled), open_rate("futility", futility)
    low = [s for s in range(enrolled + 1) if predictive_probability(enrolled, s, n, p0, threshold, prior) < futility]
    return max(low, default=None)


def posterior_comparison(
    enrolled: int, successes: int, prior: Prior, reference: Prior, difference: float = 0.0
) -> float:
    """Return P(rate > reference rate + difference | data), the reference Beta-distributed (Thall & Simon 1994).

    The integral of the posterior's upper tail over the quantiles of the reference.

    Parameters
    ----------
    enrolled, successes : counts, 0 <= successes <= enrolled.
    prior, reference : Beta parameters, all > 0.
    difference : what the rate must gain over the reference, in [-1, 1].

    Examples
    --------
    >>> round(posterior_comparison(3, 0, (0.6, 0.4), (2, 18)), 6)
    0.519832
    """
    from scipy import integrate  # noqa: PLC0415 - a slow import for one function

    a, b = _posterior(enrolled, successes, prior)
    c, d = _prior(reference)

    def upper_tail(u: float) -> float:
        p = float(special.betaincinv(c, d, u)) + difference
        return float(special.betaincc(a, b, min(max(p, 0.0), 1.0)))

    return float(integrate.quad(upper_tail, 0.0, 1.0, epsabs=1e-10, limit=500)[0])


def _prior(prior: Prior) -> tuple[float, float]:
    a, b = float(prior[0]), float(prior[1])
    require(0.0 < a < math.inf and 0.0 < b < math.inf, f"both Beta parameters must be > 0 and finite, got {prior}")
    return a, b


def _posterior(enrolled: int, successes: int, prior: Prior) -> tuple[float, float]:
    enrolled, successes = count("enrolled", enrolled), count("successes", successes)
    require(successes <= enrolled, f"successes <= enrolled must hold, got {successes} of {enrolled}")
    a, b = _prior(prior)
    return a + successes, b + enrolled - successes


def _beta_binomial(n: int, a: float, b: float) -> NDArray[np.float64]:
    """Return P(Y = y) for y = 0..n, Y | p ~ Bin(n, p), p ~ Beta(a, b), in logarithms of gamma functions."""
    y = np.arange(n + 1)
    log_choose = special.gammaln(n + 1) - special.gammaln(y + 1) - special.gammaln(n - y + 1)
    return np.asarray(np.exp(log_choose + special.betaln(a + y, b + n - y) - special.betaln(a, b)), dtype=np.float64)


def _predictive_tail(n: int, a: float, b: float, needed: int) -> float:
    if needed <= 0:
        return 1.0
    return float(_beta_binomial(n, a, b)[needed:].sum()) if needed <= n else 0.0
