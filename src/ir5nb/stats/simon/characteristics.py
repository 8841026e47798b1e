"""A design's operating characteristics over many rates, and its decision rules as rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from ir5nb.stats.arguments import probability
from ir5nb.stats.simon.design import SimonDesign

__all__ = ["DecisionRule", "OperatingPoint", "decision_rules", "operating_characteristics"]


@dataclass(frozen=True)
class OperatingPoint:
    """At one rate p: probability of rejecting H0, of stopping after stage 1, and expected size."""

    p: float
    rejection: float
    pet: float
    en: float

    @property
    def row(self) -> dict[str, float]:
        """The four numbers by name."""
        return asdict(self)


@dataclass(frozen=True)
class DecisionRule:
    """What happens for successes from `fewest` to `most` among `observed` at the end of a stage."""

    stage: int
    observed: int
    fewest: int
    most: int
    action: str

    @property
    def row(self) -> dict[str, int | str]:
        """The five entries by name."""
        return asdict(self)


def operating_characteristics(design: SimonDesign, rates: Iterable[float] | None = None) -> tuple[OperatingPoint, ...]:
    """Return R(p), PET(p) and EN(p) (Simon 1989) over rates.

    Parameters
    ----------
    design : the design.
    rates : in [0, 1]; where omitted 0, .01, ..., 1 and p0 and p1.

    Examples
    --------
    >>> point = operating_characteristics(SimonDesign(1, 10, 5, 29, 0.1, 0.3), [0.1])[0]
    >>> round(point.rejection, 4), round(point.pet, 4), round(point.en, 2)
    (0.0471, 0.7361, 15.01)
    """
    if rates is None:
        rates = sorted({k / 100 for k in range(101)} | {design.p0, design.p1})
    return tuple(
        OperatingPoint(p, design.rejection_probability(p), design.pet(p), design.en(p))
        for p in (probability("p", rate) for rate in rates)
    )


def decision_rules(design: SimonDesign) -> tuple[DecisionRule, ...]:
    """Return the four rules of a design (Simon 1989): stop or go on after stage 1, reject H0 or not at the end.

    The counts they are for, from `fewest` to `most`, cover every possible result once.

    Parameters
    ----------
    design : the design.

    Examples
    --------
    >>> [(rule.stage, rule.fewest, rule.most) for rule in decision_rules(SimonDesign(1, 10, 5, 29, 0.1, 0.3))]
    [(1, 0, 1), (1, 2, 10), (2, 2, 5), (2, 6, 29)]
    """
    return (
        DecisionRule(1, design.n1, 0, design.r1, design.stage1(design.r1).action),
        DecisionRule(1, design.n1, design.r1 + 1, design.n1, design.stage1(design.n1).action),
        DecisionRule(2, design.n, design.r1 + 1, design.r, design.final(design.r).action),
        DecisionRule(2, design.n, design.r + 1, design.n, design.final(design.n).action),
    )
