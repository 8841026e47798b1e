"""Twelve formulas for the two limits of a binomial rate; `binomial.interval` checks arguments and clips."""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy import special

from ir5nb.stats.blaker import limits as blaker
from ir5nb.stats.roots import increasing_root

__all__ = ["LIMITS"]

Limits = tuple[float, float]


def _clopper_pearson(x: int, n: int, tail: float) -> Limits:
    lower = 0.0 if x == 0 else float(special.betaincinv(x, n - x + 1, tail))
    upper = 1.0 if x == n else float(special.betainccinv(x + 1, n - x, tail))
    return lower, upper


def _mid_p(x: int, n: int, tail: float) -> Limits:
    def above(p: float) -> float:
        strictly = float(special.betainc(x + 1, n - x, p)) if x < n else 0.0
        at_least = float(special.betainc(x, n - x + 1, p)) if x > 0 else 1.0
        return (strictly + at_least) / 2.0

    lower = 0.0 if x == 0 else increasing_root(lambda p: above(p) - tail)
    upper = 1.0 if x == n else increasing_root(lambda p: above(p) - (1.0 - tail))
    return lower, upper


def _normal_quantile(tail: float) -> float:
    return -float(special.ndtri(tail))


def _wilson(x: int, n: int, tail: float) -> Limits:
    z2 = _normal_quantile(tail) ** 2
    centre = x + z2 / 2.0
    half = math.sqrt(z2 * (x * (n - x) / n + z2 / 4.0))
    lower = 0.0 if x == 0 else (centre - half) / (n + z2)
    upper = 1.0 if x == n else (centre + half) / (n + z2)
    return lower, upper


def _wilson_corrected(x: int, n: int, tail: float) -> Limits:
    z = _normal_quantile(tail)
    correction = min(0.5, abs(x - n / 2.0))

    def limit(shifted: float, sign: float) -> float:
        rate = shifted / n
        spread = z * math.sqrt(rate * (1.0 - rate) / n + z * z / (4.0 * n * n))
        return (rate + z * z / (2.0 * n) + sign * spread) / (1.0 + z * z / n)

    lower = 0.0 if x == 0 else limit(x - correction, -1.0)
    upper = 1.0 if x == n else limit(x + correction, 1.0)
    return lower, upper


def _agresti_coull(x: int, n: int, tail: float) -> Limits:
    z = _normal_quantile(tail)
    trials = n + z * z
    rate = (x + z * z / 2.0) / trials
    half = z * math.sqrt(rate * (1.0 - rate) / trials)
    return rate - half, rate + half


def _wald(x: int, n: int, tail: float) -> Limits:
    half = _normal_quantile(tail) * math.sqrt(x * (n - x) / n) / n
    return x / n - half, x / n + half


def _at_the_ends(x: int, n: int, tail: float) -> Limits:
    exact = tail ** (1.0 / n)
    return (0.0, 1.0 - exact) if x == 0 else (exact, 1.0)


def _logit(x: int, n: int, tail: float) -> Limits:
    if x in (0, n):
        return _at_the_ends(x, n, tail)
    centre = math.log(x / (n - x))
    half = _normal_quantile(tail) * math.sqrt(n / (x * (n - x)))
    return float(special.expit(centre - half)), float(special.expit(centre + half))


def _cloglog(x: int, n: int, tail: float) -> Limits:
    if x in (0, n):
        return _at_the_ends(x, n, tail)
    rate = x / n
    centre = math.log(-math.log(rate))
    half = _normal_quantile(tail) * math.sqrt((1.0 - rate) / (n * rate)) / -math.log(rate)
    return math.exp(-math.exp(centre + half)), math.exp(-math.exp(centre - half))


def _jeffreys(x: int, n: int, tail: float) -> Limits:
    a, b = x + 0.5, n - x + 0.5
    return float(special.betaincinv(a, b, tail)), float(special.betainccinv(a, b, tail))


def _jeffreys_modified(x: int, n: int, tail: float) -> Limits:
    lower, upper = _jeffreys(x, n, tail)
    return (0.0 if x == 0 else lower), (1.0 if x == n else upper)


def _jeffreys_highest_density(x: int, n: int, tail: float) -> Limits:
    """Return the shortest interval: equal density at both ends, one-sided where the density rises to an end."""
    a, b = x + 0.5, n - x + 0.5
    if x == 0:
        return 0.0, float(special.betaincinv(a, b, 1.0 - 2.0 * tail))
    if x == n:
        return float(special.betaincinv(a, b, 2.0 * tail)), 1.0

    def excess(below: float) -> float:
        lower, upper = special.betaincinv(a, b, below), special.betaincinv(a, b, below + 1.0 - 2.0 * tail)
        if lower <= 0.0 or upper >= 1.0:
            return -math.inf if lower <= 0.0 else math.inf
        return float((a - 1.0) * math.log(lower / upper) + (b - 1.0) * (math.log1p(-lower) - math.log1p(-upper)))

    below = increasing_root(excess, 0.0, 2.0 * tail)
    return float(special.betaincinv(a, b, below)), float(special.betaincinv(a, b, below + 1.0 - 2.0 * tail))


def _blaker(x: int, n: int, tail: float) -> Limits:
    return blaker(x, n, 2.0 * tail)


LIMITS: dict[str, Callable[[int, int, float], Limits]] = {
    "clopper-pearson": _clopper_pearson,
    "mid-p": _mid_p,
    "wilson": _wilson,
    "blaker": _blaker,
    "jeffreys": _jeffreys,
    "jeffreys-modified": _jeffreys_modified,
    "jeffreys-hpd": _jeffreys_highest_density,
    "wilson-cc": _wilson_corrected,
    "agresti-coull": _agresti_coull,
    "wald": _wald,
    "logit": _logit,
    "cloglog": _cloglog,
}
