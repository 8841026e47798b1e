"""What is inferred after a two-stage design."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from ir5nb import facts
from ir5nb.stats.arguments import require
from ir5nb.stats.simon.design import SimonDesign

__all__ = ["TwoStageInference"]


@dataclass(frozen=True)
class TwoStageInference:
    """Estimates, p-value and limits after a two-stage design; all rates in [0, 1].

    Attributes
    ----------
    design, stage, successes, n1, n, stage1_successes : what was planned and what was attained (n after a stop is n1).
    naive : successes over subjects observed; biased downwards by the stop for futility.
    umvue, umvcue : unbiased estimates, overall and conditional on stage 2 (None after a stop).
    median_unbiased, median_unbiased_p_value : mean of the two one-sided roots; root of P(>= observed) = 1/2.
    conditional_mle : most likely rate given that stage 2 was reached (None after a stop).
    bias_adjusted, bias_subtracted : Whitehead's root; its one-step version.
    p_value : one-sided, H0: p <= p0, in the stated ordering.
    rejects : the decision of the design (None is impossible: a stop at stage 1 does not reject).
    lower, upper, level : two-sided limits, (1 - level) / 2 in each tail.
    method : ordering, kind of upper limit and rule for attained sizes, in words.
    reason : the comparison that decided, in words.
    """

    design: SimonDesign
    stage: Literal[1, 2]
    successes: int
    n1: int
    n: int
    stage1_successes: int | None
    level: float
    naive: float
    umvue: float
    umvcue: float | None
    conditional_mle: float | None
    median_unbiased: float
    median_unbiased_p_value: float
    bias_adjusted: float
    bias_subtracted: float
    p_value: float
    rejects: bool
    lower: float
    upper: float
    method: str
    reason: str

    def __post_init__(self) -> None:
        require(0.0 <= self.p_value <= 1.0, f"0 <= p_value <= 1 must hold, got {self.p_value}")
        require(
            0.0 <= self.lower <= self.upper <= 1.0,
            f"0 <= lower <= upper <= 1 must hold, got {self.lower} and {self.upper}",
        )

    @property
    def rows(self) -> tuple[tuple[str, float | None, str], ...]:
        """The numbers as (statistic, value, method) rows, in the order in which a table shows them."""
        return (
            ("naive", self.naive, "successes / subjects"),
            ("umvue", self.umvue, "Girshick 1946; Jung & Kim 2004"),
            ("umvcue", self.umvcue, "Pepe 2009, conditional on stage 2"),
            ("median_unbiased", self.median_unbiased, "mean of the two one-sided roots"),
            ("median_unbiased_p_value", self.median_unbiased_p_value, "P(>= observed) = 1/2"),
            ("bias_adjusted", self.bias_adjusted, "Whitehead 1986"),
            ("bias_subtracted", self.bias_subtracted, "Guo & Liu 2005"),
            ("p_value", self.p_value, self.method),
            ("lower", self.lower, self.method),
            ("upper", self.upper, self.method),
        )

    def _repr_html_(self) -> str:
        """Show every number at the end of a notebook cell."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "design"}
        return facts.table("After the two-stage design", own)
