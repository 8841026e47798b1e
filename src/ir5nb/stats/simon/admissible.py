"""Which of the designs found are admissible, and for which weights (Jung et al., Stat Med 2004; 23: 561-569)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ir5nb.stats.arguments import require
from ir5nb.stats.simon.design import SimonDesign

__all__ = ["SLACK", "AdmissibleDesign", "Candidate", "admissible_designs"]

SLACK = 1e-12
"""Error rates within this of their limit meet it: the limits are not strict, and sums carry rounding below 1e-13."""


@dataclass(frozen=True)
class AdmissibleDesign(SimonDesign):
    """A design that minimises q n + (1 - q) EN(p0) for the weights q in [q_low, q_high] (Jung et al. 2004)."""

    q_low: float
    q_high: float

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            0.0 <= self.q_low <= self.q_high <= 1.0,
            f"0 <= q_low <= q_high <= 1 must hold, got {self.q_low} and {self.q_high}",
        )


@dataclass(frozen=True)
class Candidate:
    """One design of total size n with its EN(p0), before it is known to be admissible."""

    n: int
    n1: int
    r1: int
    r: int
    en: float


def admissible_designs(records: list[Candidate], p0: float, p1: float) -> tuple[AdmissibleDesign, ...]:
    """Return the lower-left convex hull of (n, EN), each design with the weights for which it is best.

    A design on an edge is best for the one weight at which the edge's ends tie: it is admissible, with q_low = q_high.
    """
    hull: list[Candidate] = []
    for point in records:
        while len(hull) > 1 and _weight(hull[-2], hull[-1]) < _weight(hull[-1], point) - SLACK:
            hull.pop()
        hull.append(point)
    edges = [1.0, *(_weight(a, b) for a, b in pairwise(hull)), 0.0]
    return tuple(
        AdmissibleDesign(b.r1, b.n1, b.r, b.n, p0, p1, q_low=edges[i + 1], q_high=edges[i]) for i, b in enumerate(hull)
    )


def _weight(smaller: Candidate, larger: Candidate) -> float:
    """Return the weight q at which two designs cost the same; above it the one with smaller n is better."""
    gain = smaller.en - larger.en
    return gain / (gain + larger.n - smaller.n)
