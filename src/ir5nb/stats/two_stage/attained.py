"""Decisions and p-values when the attained size of a stage is not the planned one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from ir5nb.stats.arguments import count, require
from ir5nb.stats.binomial_law import mass, tail_above, tail_below
from ir5nb.stats.roots import increasing_root
from ir5nb.stats.simon.continuation import rejection_after, rejection_profile
from ir5nb.stats.simon.design import SimonDesign

__all__ = ["AttainedRule", "AttainedTails", "conditional_error", "fewest_to_reject"]

AttainedRule = Literal["conditional-error", "koyama-chen", "substitute"]


def conditional_error(design: SimonDesign, x1: int, n1: int | None = None) -> float:
    """Return the type I error the plan still allows after x1 successes in stage 1 (Englert & Kieser 2012).

    0 when x1 <= r1, 1 when x1 > r, else P(Bin(n2, p0) > r - x1) (Englert & Kieser, Biometrics 2012; 68: 886-892).
    With fewer subjects than planned, n1 < design.n1, the expectation over the missing ones at p0; with more, the
    linear programme of Englert & Kieser (Stat Med 2015; 34: 2128-2137).

    Parameters
    ----------
    design : the design as planned.
    x1 : successes of stage 1, 0 <= x1 <= n1.
    n1 : attained size of stage 1; the planned one where omitted.

    Examples
    --------
    >>> round(conditional_error(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 2), 6)
    0.114998
    """
    n1 = design.n1 if n1 is None else count("n1", n1, 1)
    x1 = count("x1", x1)
    require(x1 <= n1, f"x1 <= n1 must hold, got x1 = {x1}, n1 = {n1}")
    if n1 > design.n1:
        from ir5nb.stats.two_stage.longer_stage1 import errors_after_more  # noqa: PLC0415 - needs scipy.optimize

        return float(errors_after_more(design, n1)[x1])
    return rejection_after(design, n1, x1, design.p0)


def fewest_to_reject(design: SimonDesign, x1: int, n2: int, n1: int | None = None) -> int | None:
    """Return the smallest number of successes among n2 subjects of stage 2 that rejects H0 under the conditional error.

    H0 is rejected when P(Bin(n2, p0) >= x2) <= conditional error (Englert & Kieser, Biometrics 2012; 68: 886-892).
    None: not even n2 successes would do.

    Parameters
    ----------
    design : the design as planned.
    x1 : successes of stage 1, a count, 0 <= x1 <= n1.
    n2 : attained size of stage 2, a count.
    n1 : attained size of stage 1; the planned one where omitted.

    Examples
    --------
    >>> fewest_to_reject(SimonDesign(1, 10, 5, 29, 0.1, 0.3), x1=2, n2=14)
    4
    """
    allowed = conditional_error(design, x1, n1)
    meets = np.flatnonzero(tail_above(count("n2", n2), design.p0)[:-1] <= allowed * _EQUAL)
    return int(meets[0]) if allowed > 0.0 and len(meets) else None


_EQUAL = 1.0 + 1e-12
"""Two tails that are one number in exact arithmetic (attained = planned) may differ in the last bits."""


@dataclass(frozen=True)
class AttainedTails:
    """Tails of an outcome whose stage 1 had at most, and stage 2 any, number of subjects but the planned one.

    Koyama & Chen (Stat Med 2008; 27: 3145-3154): outcomes are ordered by the rate pi* at which the plan's own
    conditional rejection probability equals the conditional p-value of the attained stage 2; then p <= the actual alpha
    exactly when the conditional error rule rejects. Their equation has no root where x1 > r (rejected already): those
    outcomes form the highest class, in `koyama_chen` without further order, else ordered among themselves by total.

    Parameters
    ----------
    design : the plan.
    n1, n2 : attained sizes, 1 <= n1 <= design.n1, n2 >= 1.
    x1, x2 : successes of the two stages.
    koyama_chen : leave outcomes with x1 > r in one class.

    Examples
    --------
    >>> tails = AttainedTails(SimonDesign(1, 10, 5, 29, 0.1, 0.3), n1=10, n2=14, x1=2, x2=4)
    >>> round(tails.at_least(0.1), 6)
    0.023198
    """

    design: SimonDesign
    n1: int
    n2: int
    x1: int
    x2: int
    koyama_chen: bool = False

    def __post_init__(self) -> None:
        require(
            1 <= self.n1 <= self.design.n1,
            f"1 <= n1 <= planned n1 must hold, got {self.n1} and {self.design.n1}",
        )
        require(self.n2 >= 1, f"n2 >= 1 must hold, got {self.n2}")
        require(0 <= self.x1 <= self.n1, f"0 <= x1 <= n1 must hold, got x1 = {self.x1}, n1 = {self.n1}")
        require(0 <= self.x2 <= self.n2, f"0 <= x2 <= n2 must hold, got x2 = {self.x2}, n2 = {self.n2}")

    @property
    def lowest(self) -> bool:
        """Never: a stop at stage 1 is lower."""
        return False

    @property
    def highest(self) -> bool:
        """Whether no outcome is higher than the observed one."""
        if self.x1 <= self.design.r:
            return False
        return self.koyama_chen or (self.x1 == self.n1 and self.x2 == self.n2)

    def at_least(self, p: float) -> float:
        """Return P_p(outcome >= observed)."""
        return self._tail(p, 0)

    def at_most(self, p: float) -> float:
        """Return P_p(outcome <= observed), one minus the probability of higher outcomes."""
        return 1.0 if self.highest else 1.0 - self._tail(p, 1)

    def _tail(self, p: float, more: int) -> float:
        """Return the probability of outcomes at least as high as `more` successes above the observed one."""
        if self.x1 > self.design.r:
            return self._among_rejected(p, more)
        return self._overall(p, self._matching_rate(p, self.x2 + more))

    def _among_rejected(self, p: float, more: int) -> float:
        r = self.design.r
        first = mass(self.n1, p)[r + 1 :]
        if self.koyama_chen:
            return float(first.sum())
        needed = np.clip(self.x1 + self.x2 + more - np.arange(r + 1, self.n1 + 1), 0, self.n2 + 1)
        return float(np.sum(first * tail_above(self.n2, p)[needed]))

    def _matching_rate(self, p: float, x2: int) -> float:
        """Return pi* at which the plan would reject from x1 as often as stage 2 reaches x2 successes at p."""
        reached = float(tail_above(self.n2, p)[x2])
        if self.n1 < self.design.n1:
            return increasing_root(lambda pi: rejection_after(self.design, self.n1, self.x1, pi) - reached)
        needed = self.design.r + 1 - self.x1
        if needed > self.design.n2:
            return 1.0
        if reached <= 0.5:
            return float(special.betaincinv(needed, self.design.n2 - needed + 1, reached))
        missed = float(tail_below(self.n2, p)[x2 - 1]) if x2 > 0 else 0.0
        return float(special.betainccinv(needed, self.design.n2 - needed + 1, missed))

    def _overall(self, p: float, pi: float) -> float:
        return float(np.dot(mass(self.n1, p), rejection_profile(self.design, self.n1, pi)))
