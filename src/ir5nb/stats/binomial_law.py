"""The binomial distribution to the last digits: probabilities and tails that neither cancel nor underflow."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = ["mass", "tail_above", "tail_below"]

Floats = NDArray[np.float64]
_LARGEST_EXACT = 1000
"""C(n, k) fits a float up to n = 1029; beyond that the coefficients are taken in logarithms."""


@lru_cache(maxsize=512)
def _coefficients(n: int) -> Floats:
    values = np.array([float(math.comb(n, k)) for k in range(n + 1)])
    values.flags.writeable = False
    return values


@lru_cache(maxsize=512)
def _counts(n: int) -> Floats:
    counts = np.arange(n + 1, dtype=np.float64)
    counts.flags.writeable = False
    return counts


def mass(n: int, p: float) -> Floats:
    """Return P(X = k) for k = 0..n and X ~ Bin(n, p).

    Coefficients are exact integers rounded once (relative error about 1e-15 for n <= 1000).

    Parameters
    ----------
    n : count, at least 0.
    p : rate in [0, 1].

    Returns
    -------
    Array of n + 1 probabilities.

    Examples
    --------
    >>> mass(2, 0.5).tolist()
    [0.25, 0.5, 0.25]
    """
    k = _counts(n)
    if n <= _LARGEST_EXACT:
        return np.asarray(_coefficients(n) * np.power(p, k) * np.power(1.0 - p, k)[::-1], dtype=np.float64)
    log_choose = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return np.asarray(np.exp(log_choose + special.xlogy(k, p) + special.xlog1py(n - k, -p)), dtype=np.float64)


def tail_above(n: int, p: float) -> Floats:
    """Return P(X >= k) for k = 0..n+1, summed upwards from the smallest terms (never 1 minus a sum).

    Examples
    --------
    >>> tail_above(2, 0.5).tolist()
    [1.0, 0.75, 0.25, 0.0]
    """
    tail = np.zeros(n + 2)
    tail[: n + 1] = np.cumsum(mass(n, p)[::-1])[::-1]
    tail[0] = 1.0
    return tail


def tail_below(n: int, p: float) -> Floats:
    """Return P(X <= k) for k = 0..n, summed from the lower end.

    Examples
    --------
    >>> tail_below(2, 0.5).tolist()
    [0.25, 0.75, 1.0]
    """
    return np.cumsum(mass(n, p))
