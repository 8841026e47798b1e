"""The point where a function on an interval of rates turns from negative to non-negative, to the last bits."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["increasing_root"]

_STEPS = 1100
"""Halving (0, 1) down to the smallest float takes fewer steps than this."""


def increasing_root(f: Callable[[float], float], low: float = 0.0, high: float = 1.0) -> float:
    """Return p in [low, high] where f, negative before its root and not after it, changes sign (to the last bit).

    Where f never turns, the nearer end is returned: `high` when f < 0 throughout, `low` when f >= 0 throughout.
    Bisection is chosen for its guarantee: grids of 1e-4 are too coarse, and Newton steps can leave (0, 1).

    Examples
    --------
    >>> round(increasing_root(lambda p: p * p - 0.25), 12)
    0.5
    """
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        if middle <= low or middle >= high:
            break
        low, high = (middle, high) if f(middle) < 0.0 else (low, middle)
    return high
