"""Blaker's confidence limits for a binomial rate (Blaker 2000, Canadian Journal of Statistics 28: 783-798)."""

from __future__ import annotations

import numpy as np
from scipy import special

from ir5nb.stats.roots import increasing_root

__all__ = ["limits"]


def limits(x: int, n: int, alpha: float) -> tuple[float, float]:
    """Return the ends of the hull of {p : acceptability(p) >= alpha}, for 0 <= x <= n.

    The acceptability of p is the smaller tail at x plus the largest opposite tail that does not exceed it. As a
    function of p it jumps, so a search by steps (PropCIs, tolerance 1e-5) can pass over a piece of the set. Here the
    jumps are located first and each piece, on which the acceptability falls and then rises, is examined once.

    Examples
    --------
    >>> tuple(round(limit, 4) for limit in limits(3, 10, 0.05))
    (0.0873, 0.6194)
    """
    return _lower(x, n, alpha), 1.0 - _lower(n - x, n, alpha)


def _lower(x: int, n: int, alpha: float) -> float:
    if x == 0:
        return 0.0
    start = float(special.betaincinv(x, n - x + 1, alpha / 2.0))  # below it even twice the tail is under alpha
    stop = float(special.betaincinv(x, n - x + 1, alpha))  # above it the tail alone is at least alpha
    for k in range(_largest_opposite(x, n, start), x):
        end = min(_jump(x, n, k + 1), stop)
        if end <= start:
            continue
        if _piece(x, n, k, start) >= alpha:
            return start
        if _piece(x, n, k, end) >= alpha:
            return increasing_root(lambda p, k=k: _piece(x, n, k, p) - alpha, start, end)  # type: ignore[misc]
        start = end
    return stop


def _at_least(x: int, n: int, p: float) -> float:
    return float(special.betainc(x, n - x + 1, p))


def _at_most(k: int, n: int, p: float) -> float:
    return 0.0 if k < 0 else 1.0 if k >= n else float(special.betaincc(k + 1, n - k, p))


def _piece(x: int, n: int, k: int, p: float) -> float:
    return _at_least(x, n, p) + _at_most(k, n, p)


def _jump(x: int, n: int, k: int) -> float:
    """Return the rate at which P(X <= k) = P(X >= x): from there on k belongs to the opposite tail."""
    return 1.0 if k >= x else increasing_root(lambda p: _at_least(x, n, p) - _at_most(k, n, p))


def _largest_opposite(x: int, n: int, p: float) -> int:
    """Return the largest k < x with P(X <= k) <= P(X >= x), -1 where there is none."""
    below = special.betaincc(np.arange(1, x + 1), n - np.arange(x), p)
    return int(np.searchsorted(below, _at_least(x, n, p), side="right")) - 1
