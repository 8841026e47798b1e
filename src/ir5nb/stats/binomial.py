"""Confidence limits for one binomial rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from scipy import special

from ir5nb.stats.arguments import count, open_rate, require
from ir5nb.stats.roots import increasing_root

__all__ = ["BinomialInterval", "Method", "bound", "interval"]

Method = Literal[
    "clopper-pearson",
    "mid-p",
    "wilson",
    "blaker",
    "jeffreys",
    "jeffreys-modified",
    "jeffreys-hpd",
    "wilson-cc",
    "agresti-coull",
    "wald",
    "logit",
    "cloglog",
]
Limits = tuple[float, float]


@dataclass(frozen=True)
class BinomialInterval:
    """Limits for a binomial rate; `estimate` is x / n. Unpacks as lower, upper.

    Attributes
    ----------
    x, n : successes and trials, 0 <= x <= n, n >= 1.
    level : two-sided confidence level in (0, 1); each tail has (1 - level) / 2.
    lower, upper : limits with 0 <= lower <= upper <= 1.
    method : the name of the method.
    """

    x: int
    n: int
    level: float
    method: str
    estimate: float
    lower: float
    upper: float

    def __post_init__(self) -> None:
        require(
            0.0 <= self.lower <= self.upper <= 1.0,
            f"0 <= lower <= upper <= 1 must hold, got {self.lower} and {self.upper}",
        )

    def __iter__(self) -> Iterator[float]:
        return iter((self.lower, self.upper))


def interval(x: int, n: int, level: float = 0.95, method: Method = "clopper-pearson") -> BinomialInterval:
    """Return two-sided confidence limits for the rate behind x successes in n trials.

    Clopper & Pearson 1934 (Beta quantiles; 0 and 1 exact at x = 0 and x = n); mid-p (Lancaster 1961: half of the
    observed outcome's probability in each tail); Wilson 1927 (score, without or with continuity correction);
    Blaker 2000 (hull of the acceptability region); Jeffreys (equal tails of Beta(x + 1/2, n - x + 1/2);
    "jeffreys-modified" puts 0 at x = 0 and 1 at x = n, Brown, Cai & DasGupta 2001; "jeffreys-hpd" is the shortest);
    Agresti & Coull 1998; Wald, logit and complementary log-log for comparison only.

    Parameters
    ----------
    x, n : counts, 0 <= x <= n, n >= 1.
    level : confidence level in (0, 1).
    method : one of `Method`.

    Raises
    ------
    TypeError, ValueError : with the condition that broke.

    Examples
    --------
    >>> limits = interval(16, 42, level=0.90)
    >>> round(limits.lower, 3), round(limits.upper, 3)
    (0.256, 0.52)
    """
    x, n, level = _checked(x, n, level)
    require(method in _LIMITS, f"method must be one of {', '.join(get_args(Method))}; got {method!r}")
    lower, upper = _LIMITS[method](x, n, (1.0 - level) / 2.0)
    return BinomialInterval(x, n, level, method, x / n, max(0.0, lower), min(1.0, upper))


def bound(
    x: int, n: int, side: Literal["lower", "upper"], level: float = 0.95, method: Method = "clopper-pearson"
) -> float:
    """Return the one-sided limit at `level`: all of 1 - level in one tail, so the two-sided limit at 2 level - 1.

    >>> round(bound(3, 9, "lower", 0.95), 4)
    0.0977
    """
    x, n, level = _checked(x, n, level)
    require(side in ("lower", "upper"), f"side must be lower or upper, got {side!r}")
    require(method in _LIMITS and method != "blaker", f"method {method!r} has no one-sided limit")
    lower, upper = _LIMITS[method](x, n, 1.0 - level)
    return max(0.0, lower) if side == "lower" else min(1.0, upper)


def _checked(x: int, n: int, level: float) -> tuple[int, int, float]:
    x, n = count("x", x), count("n", n, minimum=1)
    require(x <= n, f"x <= n must hold, got x = {x}, n = {n}")
    return x, n, open_rate("level", level)


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
    from ir5nb.stats.blaker import limits  # noqa: PLC0415 - one method of eleven needs it

    return limits(x, n, 2.0 * tail)


_LIMITS: dict[str, Callable[[int, int, float], Limits]] = {
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
