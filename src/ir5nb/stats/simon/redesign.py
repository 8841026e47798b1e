"""What an attained size of stage 1 or in all does to a design, and rules for new boundaries."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ir5nb.stats.arguments import count, open_rate, require
from ir5nb.stats.binomial_law import tail_above, tail_below
from ir5nb.stats.simon.design import SimonDesign, rejection

__all__ = [
    "AttainedDesign",
    "adapt_boundaries",
    "adapt_final_boundary",
    "attained_design",
    "green_dahlberg",
    "replan_stage2",
]


@dataclass(frozen=True)
class AttainedDesign:
    """Boundaries for attained sizes and what they do; r1 = -1 means stage 1 never stops.

    Attributes
    ----------
    r1, n1, r, n : boundaries and sizes, -1 <= r1 < n1 < n, r1 <= r <= n; r = n means H0 cannot be rejected.
    alpha, power : R(p0) and R(p1) with them.
    en_p0, pet_p0 : expected size and probability of stopping at p0.
    alpha_limit : the limit the rule held the type I error to; NaN where the rule holds none.
    rule : how the boundaries were found.
    """

    r1: int
    n1: int
    r: int
    n: int
    alpha: float
    power: float
    en_p0: float
    pet_p0: float
    alpha_limit: float
    rule: str

    def __post_init__(self) -> None:
        require(-1 <= self.r1 < self.n1 < self.n, f"-1 <= r1 < n1 < n must hold, got {self.r1}, {self.n1}, {self.n}")
        require(self.r1 <= self.r <= self.n, f"r1 <= r <= n must hold, got {self.r1}, {self.r}, {self.n}")


def attained_design(design: SimonDesign, n1: int | None = None, n: int | None = None) -> AttainedDesign:
    """Return alpha, power, PET and EN (Simon 1989) when the planned boundaries are kept at attained sizes.

    Parameters
    ----------
    design : the design as planned.
    n1, n : attained sizes, counts, r1 < n1 < n; stage 2 keeps its planned size where only n1 is given.

    Examples
    --------
    >>> kept = attained_design(SimonDesign(1, 10, 5, 29, 0.1, 0.3), n=33)
    >>> round(kept.alpha, 4), round(kept.power, 4)
    (0.0699, 0.8333)
    """
    n1, n = _sizes(design, n1, n)
    require(design.r1 < n1, f"r1 < n1 must hold to keep r1, got r1 = {design.r1}, n1 = {n1}")
    return _described(design.p0, design.p1, (design.r1, n1, min(design.r, n), n), math.nan, "planned boundaries kept")


def adapt_boundaries(design: SimonDesign, alpha: float, n1: int | None = None, n: int | None = None) -> AttainedDesign:
    """Return boundaries for attained sizes by adaptive thresholds (Liu & Pan 2024, package UnplanSimon).

    r1 is the value whose PET(p0) comes nearest to the planned one, the smaller of two equally near (at p0 = 1/2 and one
    subject fewer they always are: rounding must not decide); r the smallest that keeps the type I error at
    alpha(n*) = min(alpha, 2 - 2 Phi(z sqrt(n / n*))), z the 1 - alpha/2 quantile: fewer subjects get less alpha.

    Parameters
    ----------
    design : the design as planned.
    alpha : type I error rate of the plan, in (0, 1).
    n1, n : attained sizes, counts, n1 < n; stage 2 keeps its planned size where only n1 is given.

    Examples
    --------
    >>> new = adapt_boundaries(SimonDesign(3, 19, 10, 36, 0.2, 0.4), 0.1, n1=17, n=34)
    >>> new.r1, new.r, round(new.alpha, 3), round(new.power, 3)
    (3, 10, 0.059, 0.847)
    """
    n1, n = _sizes(design, n1, n)
    alpha = open_rate("alpha", alpha)
    quantile = -float(special.ndtri(alpha / 2.0))
    limit = min(alpha, 2.0 * float(special.ndtr(-quantile * math.sqrt(design.n / n))))
    stops = tail_below(n1, design.p0)
    planned = design.pet(design.p0)
    distance = np.abs(np.concatenate(([0.0], stops[:n1])) - planned)  # of r1 = -1, 0, 1, ...
    r1 = int(np.flatnonzero(distance <= distance.min() + 1e-12)[0]) - 1
    return _with_smallest_r(design.p0, design.p1, r1, n1, n, limit, "adaptive thresholds (Liu & Pan 2024)")


def adapt_final_boundary(design: SimonDesign, alpha: float, n: int) -> AttainedDesign:
    """Return the smallest r that keeps the type I error at alpha for an attained total n, r1 and n1 as planned.

    The second step of ATSS (Liu & Pan 2024, package UnplanSimon).

    Parameters
    ----------
    design : the design as planned.
    alpha : limit of the type I error rate, in (0, 1).
    n : attained total, a count, n1 < n.

    Examples
    --------
    >>> adapt_final_boundary(SimonDesign(1, 20, 3, 35, 0.05, 0.2), 0.1, 33).r
    3
    """
    n1, n = _sizes(design, None, n)
    return _with_smallest_r(
        design.p0, design.p1, design.r1, n1, n, open_rate("alpha", alpha), "smallest r within alpha"
    )


def replan_stage2(p0: float, p1: float, n1: int, alpha: float, power: float, n_max: int | None = None) -> SimonDesign:
    """Return the design with the attained size of stage 1 and the least EN(p0) that keeps both error rates.

    A search with n1 fixed (the first step of ATSS, Liu & Pan 2024).

    Parameters
    ----------
    p0, p1 : rates, 0 < p0 < p1 < 1.
    n1 : attained size of stage 1, a count, at least 1.
    alpha, power : in (0, 1), alpha < power.
    n_max : largest total size to consider; none is needed.

    Examples
    --------
    >>> new = replan_stage2(0.05, 0.2, 20, 0.1, 0.9)
    >>> new.r1, new.n1, new.r, new.n
    (1, 20, 3, 35)
    """
    from ir5nb.stats.simon.optimum import search  # noqa: PLC0415 - search imports SimonDesign beside this module

    return search(p0, p1, alpha, power, n_max, n1_min=n1, n1_max=n1).optimal


def green_dahlberg(
    design: SimonDesign, n1: int | None = None, n: int | None = None, interim: float = 0.02, final: float = 0.055
) -> AttainedDesign:
    """Return boundaries for attained sizes by the two simple tests of Green & Dahlberg (Stat Med 1992; 11: 853-862).

    Stage 1 stops when H1 is rejected at level `interim` (P(X1 <= x1 | p1) <= interim); H0 is rejected at the end when
    P(X >= x | p0) <= final, whatever stage 1 was.

    Parameters
    ----------
    design : the design as planned.
    n1, n : attained sizes, counts, n1 < n; stage 2 keeps its planned size where only n1 is given.
    interim, final : levels of the two tests, in (0, 1).

    Examples
    --------
    >>> new = green_dahlberg(SimonDesign(1, 10, 5, 29, 0.1, 0.3), n1=12, n=31)
    >>> new.r1, new.r
    (0, 6)
    """
    n1, n = _sizes(design, n1, n)
    r1 = int((tail_below(n1, design.p1) <= open_rate("interim", interim)).sum()) - 1
    r = int((tail_above(n, design.p0)[: n + 1] > open_rate("final", final)).sum()) - 1
    return _described(design.p0, design.p1, (r1, n1, max(r, r1), n), math.nan, "Green & Dahlberg 1992")


def _sizes(design: SimonDesign, n1: int | None, n: int | None) -> tuple[int, int]:
    """Return attained sizes; stage 2 keeps its planned size where only stage 1 changed."""
    first = design.n1 if n1 is None else count("n1", n1, 1)
    total = first + design.n2 if n is None else count("n", n, 2)
    require(first < total, f"n1 < n must hold, got n1 = {first}, n = {total}")
    return first, total


def _with_smallest_r(p0: float, p1: float, r1: int, n1: int, n: int, limit: float, rule: str) -> AttainedDesign:
    candidates = range(max(r1, 0), n + 1)
    r = next(k for k in candidates if rejection(r1, n1, k, n, p0) <= limit + 1e-12)
    return _described(p0, p1, (r1, n1, r, n), limit, rule)


def _described(p0: float, p1: float, boundaries: tuple[int, int, int, int], limit: float, rule: str) -> AttainedDesign:
    r1, n1, r, n = boundaries
    pet = float(tail_below(n1, p0)[r1]) if r1 >= 0 else 0.0
    return AttainedDesign(
        r1=r1,
        n1=n1,
        r=r,
        n=n,
        alpha=rejection(r1, n1, r, n, p0),
        power=rejection(r1, n1, r, n, p1),
        en_p0=n1 + (1.0 - pet) * (n - n1),
        pet_p0=pet,
        alpha_limit=limit,
        rule=rule,
    )
