"""The sample space of a two-stage design: which results are possible, and how probable each is at a rate p."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ir5nb.stats.arguments import count, require
from ir5nb.stats.binomial_law import mass

__all__ = ["SampleSpace"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class SampleSpace:
    """All outcomes (stage reached, total successes) of a design that stops when X1 <= r1 among n1.

    Outcomes are held in one fixed order, stage 1 first, successes increasing: for a design that stops only for
    futility this is the stage-wise order, the order of the UMVUE and the order by number of successes at once.

    Parameters
    ----------
    r1, n1, n : counts with 0 <= r1 < n1 < n, as attained.

    Examples
    --------
    >>> space = SampleSpace(r1=0, n1=2, n=3)
    >>> space.stage.tolist(), space.successes.tolist()
    ([1, 2, 2, 2], [0, 1, 2, 3])
    >>> space.probabilities(0.5).tolist()
    [0.25, 0.25, 0.375, 0.125]
    """

    r1: int
    n1: int
    n: int

    def __post_init__(self) -> None:
        for name in ("r1", "n1", "n"):
            object.__setattr__(self, name, count(name, getattr(self, name)))
        require(self.r1 < self.n1 < self.n, f"r1 < n1 < n must hold, got {self.r1}, {self.n1}, {self.n}")

    @cached_property
    def stage(self) -> Integers:
        """Stage of each outcome, shape (n + 1,)."""
        return np.repeat([1, 2], [self.r1 + 1, self.n - self.r1]).astype(np.int64)

    @cached_property
    def successes(self) -> Integers:
        """Total successes of each outcome: 0..r1 at stage 1, r1 + 1..n at stage 2."""
        return np.arange(self.n + 1, dtype=np.int64)

    @cached_property
    def rate(self) -> Floats:
        """Observed rate of each outcome, successes over the subjects of the stages it includes."""
        return np.asarray(self.successes / np.where(self.stage == 1, self.n1, self.n), dtype=np.float64)

    def position(self, stage: int, successes: int) -> int:
        """Return the index of an outcome; an impossible one is refused with the condition it breaks."""
        require(stage in (1, 2), f"stage must be 1 or 2, got {stage}")
        if stage == 1:
            require(
                successes <= self.r1,
                f"x <= r1 must hold for a stop at stage 1, got x = {successes}, r1 = {self.r1}",
            )
            return successes
        require(
            self.r1 < successes <= self.n,
            f"r1 < x <= n must hold at stage 2, got x = {successes}, r1 = {self.r1}, n = {self.n}",
        )
        return successes

    def probabilities(self, p: float) -> Floats:
        """Return the probability of each outcome at rate p: non-negative terms only, shape (n + 1,)."""
        first, second = mass(self.n1, p), mass(self.n - self.n1, p)
        total = np.zeros(self.n + 1)
        total[: self.r1 + 1] = first[: self.r1 + 1]
        total[self.r1 + 1 :] = np.convolve(first[self.r1 + 1 :], second)
        return total
