"""The point where a function on an interval of rates turns from negative to non-negative, to the last bits."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["increasing_root"]

_EPSILON = 2.0**-52
_TINY = 1e-300
_STEPS = 1100
"""Halving (0, 1) down to the smallest float takes fewer steps than this."""


def increasing_root(f: Callable[[float], float], low: float = 0.0, high: float = 1.0) -> float:
    """Return p in [low, high] where f, negative before its root and not after it, changes sign.

    Chandrupatla's method (Advances in Engineering Software 1997; 28: 145-149): inverse quadratic steps where they are
    safe, else bisection; the bracket closes to four units in the last place (grids of 1e-4 are too coarse for a limit).
    Where f never turns, the nearer end is returned: `high` when f < 0 throughout, `low` when f >= 0 throughout.

    Examples
    --------
    >>> round(increasing_root(lambda p: p * p - 0.25), 12)
    0.5
    """
    a, b, fa, fb = high, low, f(high), f(low)
    if fb >= 0.0 or fa < 0.0:
        return low if fb >= 0.0 else high
    t = 0.5
    for _ in range(_STEPS):
        x = a + t * (b - a)
        fx = f(x)
        if (fx < 0.0) == (fa < 0.0):
            c, fc = a, fa
        else:
            c, fc, b, fb = b, fb, a, fa
        a, fa = x, fx
        best = a if abs(fa) < abs(fb) else b
        smallest = (2.0 * _EPSILON * abs(best) + _TINY) / abs(b - a)
        if fa == 0.0 or smallest > 0.5:
            return best
        t = min(max(_step(a, b, c, fa, fb, fc), smallest), 1.0 - smallest)
    return best


def _step(a: float, b: float, c: float, fa: float, fb: float, fc: float) -> float:
    """Return the share of the way from a to b for the next point: inverse quadratic if monotone there, else half."""
    if fc in (fa, fb):
        return 0.5
    xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
    if phi * phi < xi and (1.0 - phi) ** 2 < 1.0 - xi:
        return fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    return 0.5
