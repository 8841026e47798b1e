"""Confidence limits for one binomial rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from ir5nb.stats.arguments import count, open_rate, require
from ir5nb.stats.binomial_limits import LIMITS

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
    require(method in LIMITS, f"method must be one of {', '.join(get_args(Method))}; got {method!r}")
    lower, upper = LIMITS[method](x, n, (1.0 - level) / 2.0)
    return BinomialInterval(x, n, level, method, x / n, max(0.0, lower), min(1.0, upper))


def bound(
    x: int, n: int, side: Literal["lower", "upper"], level: float = 0.95, method: Method = "clopper-pearson"
) -> float:
    """Return the one-sided limit at `level`: all of 1 - level in one tail, so the two-sided limit at 2 level - 1.

    Sources as `interval` (Clopper & Pearson 1934 and others); Blaker's method has no one-sided limit.

    Parameters
    ----------
    x, n : counts, 0 <= x <= n, n >= 1.
    side : "lower" or "upper".
    level : confidence level in (0, 1).
    method : one of `Method` but "blaker".

    Examples
    --------
    >>> round(bound(3, 9, "lower", 0.95), 4)
    0.0977
    """
    x, n, level = _checked(x, n, level)
    require(side in ("lower", "upper"), f"side must be lower or upper, got {side!r}")
    require(method in LIMITS and method != "blaker", f"method {method!r} has no one-sided limit")
    lower, upper = LIMITS[method](x, n, 1.0 - level)
    return max(0.0, lower) if side == "lower" else min(1.0, upper)


def _checked(x: int, n: int, level: float) -> tuple[int, int, float]:
    x, n = count("x", x), count("n", n, minimum=1)
    require(x <= n, f"x <= n must hold, got x = {x}, n = {n}")
    return x, n, open_rate("level", level)
