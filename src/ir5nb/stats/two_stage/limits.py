"""Confidence limits and median-unbiased estimates from the two tails of an observed outcome."""

from __future__ import annotations

from typing import Literal, Protocol

from ir5nb.stats.arguments import require
from ir5nb.stats.roots import increasing_root

__all__ = ["Tails", "UpperLimit", "interval", "lower_limit", "median_unbiased", "upper_limit"]

UpperLimit = Literal["exact", "koyama-chen", "mid-p"]


class Tails(Protocol):
    """What a limit needs to know: at_least rises with p, at_most falls with p."""

    @property
    def lowest(self) -> bool:
        """Whether no outcome is lower."""
        ...

    @property
    def highest(self) -> bool:
        """Whether no outcome is higher."""
        ...

    def at_least(self, p: float) -> float:
        """Return P_p(outcome >= observed)."""
        ...

    def at_most(self, p: float) -> float:
        """Return P_p(outcome <= observed)."""
        ...


def lower_limit(tails: Tails, tail: float) -> float:
    """Return L with P_L(>= observed) = tail; 0 where no outcome is lower."""
    return 0.0 if tails.lowest else increasing_root(lambda p: tails.at_least(p) - tail)


def upper_limit(tails: Tails, tail: float) -> float:
    """Return U with P_U(<= observed) = tail; 1 where no outcome is higher."""
    return 1.0 if tails.highest else increasing_root(lambda p: tail - tails.at_most(p))


def interval(tails: Tails, tail: float, upper: UpperLimit) -> tuple[float, float]:
    """Return limits with probability `tail` on each side.

    "exact" (Jennison & Turnbull 1983) solves P(>= observed) = tail and P(<= observed) = tail. "koyama-chen" (Koyama &
    Chen, Stat Med 2008; 27: 3145-3154) takes as upper limit the root of P(>= observed) = 1 - tail: the exact limit of
    the next lower outcome, which covers less than its level; the lowest outcome has no lower neighbour and keeps its
    exact limit. "mid-p" counts half of the observed outcome on each side.
    """
    if upper == "mid-p":
        return _mid_p(tails, tail)
    if upper == "koyama-chen" and not tails.lowest:
        return lower_limit(tails, tail), lower_limit(tails, 1.0 - tail)
    require(upper in ("exact", "koyama-chen"), f"upper must be exact, koyama-chen or mid-p, got {upper!r}")
    return lower_limit(tails, tail), upper_limit(tails, tail)


def median_unbiased(tails: Tails) -> float:
    """Return the mean of the roots of P(>= observed) = 1/2 and of P(<= observed) = 1/2."""
    return (lower_limit(tails, 0.5) + upper_limit(tails, 0.5)) / 2.0


def _mid_p(tails: Tails, tail: float) -> tuple[float, float]:
    def above(p: float) -> float:
        return (tails.at_least(p) + 1.0 - tails.at_most(p)) / 2.0

    lower = 0.0 if tails.lowest else increasing_root(lambda p: above(p) - tail)
    upper = 1.0 if tails.highest else increasing_root(lambda p: above(p) - (1.0 - tail))
    return lower, upper
