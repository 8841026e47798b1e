"""The tails of the sample space at the observed outcome, under an ordering of the outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ir5nb.stats.arguments import require
from ir5nb.stats.two_stage.outcomes import SampleSpace

__all__ = ["Ordering", "OutcomeTails"]

Ordering = Literal["stage-wise", "umvue", "mle"]


@dataclass(frozen=True)
class OutcomeTails:
    """The probabilities of outcomes at least as high, as low, or equal to the observed one.

    "stage-wise" (Jennison & Turnbull, Technometrics 1983; 25: 49-58) and "umvue" (Jung & Kim, Stat Med 2004) are the
    same order for a design that stops only for futility (tests enumerate it); "mle" orders by the observed rate and
    can put a stop at stage 1 above a low total at stage 2.

    Parameters
    ----------
    space : the sample space.
    observed : index of the observed outcome in it.
    ordering : one of `Ordering`.

    Examples
    --------
    >>> tails = OutcomeTails(SampleSpace(1, 10, 29), 7)
    >>> round(tails.at_least(0.1), 4)
    0.0177
    """

    space: SampleSpace
    observed: int
    ordering: Ordering = "stage-wise"

    def __post_init__(self) -> None:
        require(
            self.ordering in ("stage-wise", "umvue", "mle"),
            f"ordering must be stage-wise, umvue or mle, got {self.ordering!r}",
        )

    @cached_property
    def _rank(self) -> NDArray[np.float64]:
        return self.space.rate if self.ordering == "mle" else self.space.successes.astype(np.float64)

    @cached_property
    def _high(self) -> NDArray[np.bool_]:
        return np.asarray(self._rank >= self._rank[self.observed])

    @cached_property
    def _low(self) -> NDArray[np.bool_]:
        return np.asarray(self._rank <= self._rank[self.observed])

    @property
    def lowest(self) -> bool:
        """Whether no outcome is lower than the observed one."""
        return bool(self._high.all())

    @property
    def highest(self) -> bool:
        """Whether no outcome is higher than the observed one."""
        return bool(self._low.all())

    def at_least(self, p: float) -> float:
        """Return P_p(outcome >= observed), a sum of positive terms."""
        return 1.0 if self.lowest else float(self.space.probabilities(p)[self._high].sum())

    def at_most(self, p: float) -> float:
        """Return P_p(outcome <= observed), a sum of positive terms."""
        return 1.0 if self.highest else float(self.space.probabilities(p)[self._low].sum())
