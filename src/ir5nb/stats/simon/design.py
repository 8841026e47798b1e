"""One two-stage design: stop when X1 <= r1 of n1, reject H0 when the total exceeds r of n (Simon 1989)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from ir5nb import facts
from ir5nb.stats.arguments import count, open_rate, probability, require
from ir5nb.stats.binomial_law import mass, tail_above, tail_below

__all__ = ["Decision", "SimonDesign", "rejection"]

Action = Literal["stop for futility", "continue to stage 2", "reject H0", "do not reject H0"]


@dataclass(frozen=True)
class Decision:
    """What the design says at the end of a stage, with the comparison it rests on.

    Attributes
    ----------
    stage : 1 or 2.
    successes, observed : the count compared and the number of subjects it is out of.
    boundary : r1 at stage 1, r at stage 2; the count must exceed it.
    passed : whether the count exceeds the boundary.
    action : one of the four actions in words.
    reason : the comparison in a sentence.
    """

    stage: Literal[1, 2]
    successes: int
    observed: int
    boundary: int
    passed: bool
    action: Action
    reason: str


@dataclass(frozen=True)
class SimonDesign:
    """A two-stage design with a stop for futility (Simon, Controlled Clinical Trials 1989; 10: 1-10).

    Stage 1 stops when X1 <= r1; H0: p <= p0 is rejected when the total X > r. A document that prints
    "at least R successes" means r = R - 1.

    Parameters
    ----------
    r1, n1 : futility boundary and size of stage 1, counts with 0 <= r1 < n1.
    r, n : final boundary and total size, counts with r1 < r < n and n1 < n.
    p0, p1 : rates under H0 and H1, 0 < p0 < p1 < 1.

    Raises
    ------
    TypeError : a count that is not an integer.
    ValueError : a condition above that does not hold; the message names it.

    Examples
    --------
    >>> design = SimonDesign(r1=1, n1=10, r=5, n=29, p0=0.1, p1=0.3)
    >>> round(design.alpha, 4), round(design.power, 4), round(design.pet(0.1), 4), round(design.en(0.1), 2)
    (0.0471, 0.8051, 0.7361, 15.01)
    """

    r1: int
    n1: int
    r: int
    n: int
    p0: float
    p1: float

    def __post_init__(self) -> None:
        for name in ("r1", "n1", "r", "n"):
            object.__setattr__(self, name, count(name, getattr(self, name)))
        for name in ("p0", "p1"):
            object.__setattr__(self, name, open_rate(name, getattr(self, name)))
        require(self.p0 < self.p1, f"p0 < p1 must hold, got p0 = {self.p0}, p1 = {self.p1}")
        require(self.n1 < self.n, f"n1 < n must hold, got n1 = {self.n1}, n = {self.n}")
        require(self.r1 < self.n1, f"r1 < n1 must hold, got r1 = {self.r1}, n1 = {self.n1}")
        require(self.r < self.n, f"r < n must hold, got r = {self.r}, n = {self.n}")
        require(
            self.r1 < self.r,
            f"r1 < r must hold (with r <= r1 stage 2 cannot change the decision), got r1 = {self.r1}, r = {self.r}",
        )

    def _repr_html_(self) -> str:
        """Show the design with its exact characteristics at the end of a notebook cell."""
        sizes = {
            "stop after stage 1": f"at most {self.r1} of {self.n1}",
            "reject H0": f"more than {self.r} of {self.n}",
        }
        exact = {"alpha": self.alpha, "power": self.power, "PET(p0)": self.pet(self.p0), "EN(p0)": self.en(self.p0)}
        return facts.table("Simon two-stage design", {"p0": self.p0, "p1": self.p1, **sizes, **exact})

    @staticmethod
    def at_least(go_on: int, n1: int, reject: int, n: int, p0: float, p1: float) -> SimonDesign:
        """Return the design of a document that prints "at least R": >= go_on of n1 goes on, >= reject of n rejects.

        Simon 1989 prints "> r"; others print ">= R", R = r + 1. Which one a document means is said by calling this or
        not; nothing is guessed from the numbers.

        Parameters
        ----------
        go_on, reject : fewest successes to go on after stage 1 and to reject H0, counts, 1 <= go_on < reject.
        n1, n, p0, p1 : as in `SimonDesign`.

        Examples
        --------
        >>> SimonDesign.at_least(2, 10, 6, 29, 0.1, 0.3) == SimonDesign(1, 10, 5, 29, 0.1, 0.3)
        True
        """
        return SimonDesign(count("go_on", go_on, 1) - 1, n1, count("reject", reject, 1) - 1, n, p0, p1)

    @property
    def n2(self) -> int:
        """Size of stage 2, n - n1."""
        return self.n - self.n1

    @property
    def alpha(self) -> float:
        """Actual type I error rate, R(p0)."""
        return self.rejection_probability(self.p0)

    @property
    def power(self) -> float:
        """Actual power, R(p1)."""
        return self.rejection_probability(self.p1)

    def pet(self, p: float) -> float:
        """Return the probability of early termination, B(r1; n1, p), at a rate p in [0, 1].

        >>> SimonDesign(0, 9, 2, 17, 0.05, 0.25).pet(0.0)
        1.0
        """
        return float(tail_below(self.n1, probability("p", p))[self.r1])

    def en(self, p: float) -> float:
        """Return the expected sample size n1 + (1 - PET(p)) n2 at a rate p in [0, 1].

        >>> SimonDesign(0, 9, 2, 17, 0.05, 0.25).en(1.0)
        17.0
        """
        return self.n1 + float(tail_above(self.n1, probability("p", p))[self.r1 + 1]) * self.n2

    def rejection_probability(self, p: float) -> float:
        """Return R(p), the probability of rejecting H0 at a rate p in [0, 1].

        R(p) = sum over x1 > r1 of b(x1; n1, p) P(X2 > r - x1), a sum of positive terms: 2.6e-27 stays 2.6e-27.

        >>> round(SimonDesign(0, 9, 2, 17, 0.05, 0.25).rejection_probability(0.25), 4)
        0.8122
        """
        return rejection(self.r1, self.n1, self.r, self.n, probability("p", p))

    def stage1(self, x1: int) -> Decision:
        """Return the decision after stage 1 with x1 successes among n1, 0 <= x1 <= n1.

        >>> SimonDesign(3, 13, 12, 43, 0.2, 0.4).stage1(3).action
        'stop for futility'
        """
        x1 = count("x1", x1)
        require(x1 <= self.n1, f"x1 <= n1 must hold, got x1 = {x1}, n1 = {self.n1}")
        passed = x1 > self.r1
        action: Action = "continue to stage 2" if passed else "stop for futility"
        return Decision(1, x1, self.n1, self.r1, passed, action, _reason(x1, self.n1, "r1", self.r1))

    def final(self, x: int) -> Decision:
        """Return the decision after stage 2 with x successes in all among n, 0 <= x <= n.

        >>> SimonDesign(3, 13, 12, 43, 0.2, 0.4).final(13).action
        'reject H0'
        """
        x = count("x", x)
        require(x <= self.n, f"x <= n must hold, got x = {x}, n = {self.n}")
        passed = x > self.r
        action: Action = "reject H0" if passed else "do not reject H0"
        return Decision(2, x, self.n, self.r, passed, action, _reason(x, self.n, "r", self.r))


def _reason(successes: int, observed: int, symbol: str, boundary: int) -> str:
    relation = "more than" if successes > boundary else "not more than"
    return f"{successes} of {observed} is {relation} {symbol} = {boundary}"


@lru_cache(maxsize=4096)
def rejection(r1: int, n1: int, r: int, n: int, p: float) -> float:
    """Return the probability at rate p of X1 > r1 and X > r; r1 = -1 never stops, r = n never rejects.

    >>> rejection(-1, 1, 0, 2, 0.5)
    0.75
    """
    first = mass(n1, p)[r1 + 1 :]
    needed = np.clip(r + 1 - np.arange(r1 + 1, n1 + 1), 0, n - n1 + 1)
    return float(np.sum(first * tail_above(n - n1, p)[needed]))
