"""Point estimates of the rate after a two-stage design."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np

from ir5nb.stats.roots import increasing_root
from ir5nb.stats.two_stage.outcomes import SampleSpace

__all__ = ["bias_adjusted", "bias_subtracted", "conditional_mle", "umvcue", "umvue"]


def umvue(space: SampleSpace, stage: int, successes: int) -> float:
    """Return the uniformly minimum variance unbiased estimate (Girshick 1946; Jung & Kim, Stat Med 2004; 23: 881-896).

    x / n1 after a stop; after stage 2 the share of paths that begin with a success,
    sum C(n1 - 1, x1 - 1) C(n2, x - x1) / sum C(n1, x1) C(n2, x - x1) over the possible x1, in exact integers.

    >>> round(umvue(SampleSpace(1, 10, 29), 2, 7), 4)
    0.2822
    """
    space.position(stage, successes)
    if stage == 1:
        return successes / space.n1
    n1, n2 = space.n1, space.n - space.n1
    possible = _possible_first(space, successes)
    paths = sum(comb(n1, k) * comb(n2, successes - k) for k in possible)
    return float(Fraction(sum(comb(n1 - 1, k - 1) * comb(n2, successes - k) for k in possible), paths))


def umvcue(space: SampleSpace, successes: int) -> float:
    """Return the unbiased estimate conditional on reaching stage 2 (Pepe et al., Stat Med 2009; 28: 762-779).

    The share of paths whose first result of stage 2 is a success; it uses stage 1 only through the total, and
    is another quantity than the UMVUE.

    >>> round(umvcue(SampleSpace(1, 10, 29), 7), 4)
    0.2199
    """
    space.position(2, successes)
    n1, n2 = space.n1, space.n - space.n1
    possible = _possible_first(space, successes)
    paths = sum(comb(n1, k) * comb(n2, successes - k) for k in possible)
    return float(Fraction(sum(comb(n1, k) * comb(n2 - 1, successes - k - 1) for k in possible if k < successes), paths))


def conditional_mle(space: SampleSpace, successes: int) -> float:
    """Return the p that makes the total most likely given that stage 2 was reached (singlearm 2019, "conditional").

    The likelihood is p^x (1 - p)^(n - x) / P_p(X1 > r1), so the root of E_p[X | X1 > r1] = x; 0 at the lowest total.

    >>> round(conditional_mle(SampleSpace(1, 10, 29), 7), 4)
    0.2174
    """
    space.position(2, successes)
    if successes == space.n:
        return 1.0
    totals = np.arange(space.r1 + 1, space.n + 1)

    def excess(p: float) -> float:
        chances = space.probabilities(p)[space.r1 + 1 :]
        return float(np.dot(chances, totals - successes)) or -1.0  # at p = 0 nothing is reached: below the root

    return 0.0 if successes == space.r1 + 1 else increasing_root(excess)


def bias_adjusted(space: SampleSpace, observed_rate: float) -> float:
    """Return the p whose expected observed rate equals the observed one (Whitehead, Biometrika 1986; 73: 573-581).

    0 and 1 are returned for observed rates of 0 and 1.

    >>> round(bias_adjusted(SampleSpace(1, 10, 29), 7 / 29), 4)
    0.2671
    """
    if observed_rate in (0.0, 1.0):
        return observed_rate
    return increasing_root(lambda p: _expected_rate(space, p) - observed_rate)


def bias_subtracted(space: SampleSpace, observed_rate: float) -> float:
    """Return the observed rate minus its bias at the observed rate (Guo & Liu, J Biopharm Stat 2005; 15: 773-781).

    >>> round(bias_subtracted(SampleSpace(1, 10, 29), 7 / 29), 4)
    0.27
    """
    return observed_rate - (_expected_rate(space, observed_rate) - observed_rate)


def _expected_rate(space: SampleSpace, p: float) -> float:
    return float(np.dot(space.probabilities(p), space.rate))


def _possible_first(space: SampleSpace, successes: int) -> range:
    """Return the values of x1 > r1 from which the total can be reached."""
    smallest = max(space.r1 + 1, successes - (space.n - space.n1))
    return range(smallest, min(successes, space.n1) + 1)
