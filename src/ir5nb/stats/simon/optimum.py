"""The search for the optimal, minimax and admissible two-stage designs, with a proof that nothing was missed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ir5nb.stats.arguments import count, open_rate, require
from ir5nb.stats.simon.design import SimonDesign, rejection
from ir5nb.stats.simon.tables import BinomialTable, binomial_tables

__all__ = ["AdmissibleDesign", "Certificate", "DesignSearch", "search"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
_SLACK = 1e-12
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
class Certificate:
    """Why no better design exists.

    Attributes
    ----------
    n_first : no level-alpha test of fewer subjects, not even a randomised one, has the power.
    n_last : last n searched; every (n1, r1, r) with n_first <= n <= n_last was tried or excluded by a bound.
    bound : a lower bound of EN(p0) for every design with n > n_last.
    complete : whether bound >= EN(p0) of the optimal design, so that it is optimal over all n.
    """

    n_first: int
    n_last: int
    bound: float
    complete: bool


@dataclass(frozen=True)
class DesignSearch:
    """What a search found.

    Attributes
    ----------
    p0, p1, alpha, power : what was asked.
    optimal : least EN(p0); minimax : least n, then least EN(p0).
    admissible : all designs best for some weight, minimax first, optimal last (Jung et al. 2004).
    certificate : the proof, or how far the search went when n_max cut it short.
    """

    p0: float
    p1: float
    alpha: float
    power: float
    optimal: SimonDesign
    minimax: SimonDesign
    admissible: tuple[AdmissibleDesign, ...]
    certificate: Certificate

    @property
    def rows(self) -> tuple[dict[str, float | int | str], ...]:
        """One row a design: criterion, r1, n1, r, n, EN and PET at p0, actual alpha and power, weights."""
        return tuple(self._row(design) for design in self.admissible)

    def _row(self, design: AdmissibleDesign) -> dict[str, float | int | str]:
        names = [name for name, which in (("minimax", 0), ("optimal", -1)) if self.admissible[which] is design]
        return {
            "criterion": ", ".join(names) or "admissible",
            "r1": design.r1,
            "n1": design.n1,
            "r": design.r,
            "n": design.n,
            "en_p0": design.en(self.p0),
            "pet_p0": design.pet(self.p0),
            "alpha": design.alpha,
            "power": design.power,
            "q_low": design.q_low,
            "q_high": design.q_high,
        }


@dataclass(frozen=True)
class _Best:
    n: int
    n1: int
    r1: int
    r: int
    en: float


def search(
    p0: float,
    p1: float,
    alpha: float = 0.05,
    power: float = 0.80,
    n_max: int | None = None,
    *,
    n1_min: int = 1,
    n1_max: int | None = None,
) -> DesignSearch:
    """Return Simon's optimal and minimax designs and every admissible design between them.

    Simon, Controlled Clinical Trials 1989; 10: 1-10; Jung, Lee, Kim & George, Stat Med 2004; 23: 561-569. Limits are
    not strict: R(p0) <= alpha and R(p1) >= power. Ties: smaller n, then n1, then r1. No n_max is needed: the search
    ends when a lower bound of EN(p0), increasing in n, exceeds the best EN(p0) found.

    Parameters
    ----------
    p0, p1 : rates, 0 < p0 < p1 < 1.
    alpha, power : in (0, 1), alpha < power.
    n_max : largest total size to consider; where it cuts the search short, `certificate.complete` is False.
    n1_min, n1_max : bounds of the size of stage 1.

    Raises
    ------
    ValueError : a condition above that does not hold, or no design within the bounds.

    Examples
    --------
    >>> found = search(0.1, 0.3)
    >>> [(d.r1, d.n1, d.r, d.n) for d in (found.optimal, found.minimax)]
    [(1, 10, 5, 29), (1, 15, 5, 25)]
    >>> found.certificate.complete
    True
    """
    p0, p1, alpha, power = (open_rate(k, v) for k, v in (("p0", p0), ("p1", p1), ("alpha", alpha), ("power", power)))
    require(p0 < p1, f"p0 < p1 must hold, got p0 = {p0}, p1 = {p1}")
    require(alpha < power, f"alpha < power must hold, got alpha = {alpha}, power = {power}")
    n1_min = count("n1_min", n1_min, 1)
    n1_max = None if n1_max is None else count("n1_max", n1_max, n1_min)
    n_max = None if n_max is None else count("n_max", n_max, 2)
    hunt = _Hunt(p0, p1, alpha, power, n1_min, n1_max)
    records, certificate = hunt.run(n_max)
    require(bool(records), f"no design with n <= {n_max} and n1 in the bounds has the error rates; n_max is too small")
    admissible = _admissible(records, p0, p1)
    return DesignSearch(p0, p1, alpha, power, _plain(admissible[-1]), _plain(admissible[0]), admissible, certificate)


class _Hunt:
    """One search: binomial tables that grow on demand, and the scan of all designs of one n."""

    def __init__(self, p0: float, p1: float, alpha: float, power: float, n1_min: int, n1_max: int | None) -> None:
        self.p0, self.p1, self.alpha, self.power = p0, p1, alpha, power
        self.n1_min, self.n1_max = n1_min, n1_max
        self.r_min = 1  # no smaller r can keep the type I error from the present n on
        self._grow(_likely_size(p0, p1, alpha, power))

    def _grow(self, size: int) -> None:
        """Tabulate both rates up to `size`; per n1 the largest r1 the power allows and P(continue | p0) with it."""
        self.size = size
        self.null, self.alternative = binomial_tables(size, self.p0, self.p1)
        self.miss = 1.0 - self.power + _SLACK
        self.r1_max: Integers = np.count_nonzero(self.alternative.below[:, :-1] <= self.miss, axis=1) - 1
        rows = np.arange(size + 1)
        self.r1_max = np.minimum(self.r1_max, rows - 1)
        self.go_on = np.where(self.r1_max >= 0, self.null.above[rows, self.r1_max + 1], 1.0)

    def run(self, n_max: int | None) -> tuple[list[_Best], Certificate]:
        """Return the designs whose EN(p0) improves on every smaller n, by increasing n, and the certificate."""
        first = self._first_n()
        n = max(first, self.n1_min + 1)
        records: list[_Best] = []
        best = np.inf
        while n_max is None or n <= n_max:
            if self._bound(n).min() >= best:
                break
            found = self._least_en(n, best)
            if found is not None:
                records.append(found)
                best = found.en
            n += 1
        bound = float(self._bound(n).min())
        return records, Certificate(first, n - 1, bound, bool(bound >= best))

    def _first_n(self) -> int:
        """Return the first n at which the randomised most powerful level-alpha test has the power (Neyman-Pearson)."""
        while True:
            null, alternative = self.null.above, self.alternative.above
            k = np.argmax(null <= self.alpha, axis=1)  # smallest k with P(X >= k | p0) <= alpha
            rows = np.arange(self.size + 1)
            spare = (self.alpha - null[rows, k]) / (null[rows, k - 1] - null[rows, k])
            reached = alternative[rows, k] + spare * (alternative[rows, k - 1] - alternative[rows, k])
            enough = np.flatnonzero(reached >= self.power - _SLACK)
            if len(enough):
                return int(enough[0])
            self._grow(2 * self.size)

    def _bound(self, n: int) -> Floats:
        """Return, for each permitted n1 < n, a lower bound of EN(p0): stage 1 stops as often as the power allows."""
        if n > self.size:
            self._grow(2 * self.size)
        last = n - 1 if self.n1_max is None else min(n - 1, self.n1_max)
        n1 = np.arange(self.n1_min, last + 1)
        return np.asarray(n1 + self.go_on[n1] * (n - n1), dtype=np.float64)

    def _least_en(self, n: int, best: float) -> _Best | None:
        """Return the design of total size n with the least EN(p0) below `best`, None where there is none.

        For fixed (n, n1, r) power and type I error both fall as r1 rises, and so does EN: the largest r1 that keeps
        the power decides, for all n1 at once. r runs up from the smallest at which the type I error can be kept by the
        most futility stops the power allows; a larger r leaves room for fewer stops, so the first r without a lower EN
        ends the search of this n.
        """
        hopeful = self.n1_min + np.flatnonzero(self._bound(n) < best)
        hopeful = hopeful[self.r1_max[hopeful] >= 0]
        if len(hopeful) == 0:
            return None
        all_sizes = sizes = slice(int(hopeful[0]), int(hopeful[-1]) + 1)
        r_max = int(np.count_nonzero(self.alternative.below[n, : n + 1] <= self.miss)) - 1
        found: _Best | None = None
        limit = best * (1.0 - _SLACK)
        for r in range(self.r_min, r_max + 1):
            candidates = self._candidates(n, sizes, r)
            if candidates is None:
                if sizes is all_sizes:
                    self.r_min = r + 1  # for every larger n too: there the type I error is larger still
                continue
            n1, r1, en, feasible = candidates
            lower = np.flatnonzero((r1 >= 0) & (en <= limit))
            if len(lower) == 0:
                break
            sizes = slice(int(n1[lower[0]]), int(n1[lower[-1]]) + 1)
            chosen = lower[feasible[lower]]
            if len(chosen):
                i = chosen[int(np.argmax(en[chosen] <= en[chosen].min() * (1.0 + _SLACK)))]
                if found is None or en[i] < found.en * (1.0 - _SLACK) or n1[i] < found.n1:
                    found = _Best(n, int(n1[i]), int(r1[i]), r, float(en[i]))
                    limit = found.en * (1.0 + _SLACK)
        return found if found is None else self._with_largest_r(found, r_max)

    def _candidates(self, n: int, sizes: slice, r: int) -> tuple[Integers, Integers, Floats, Flags] | None:
        """Return n1, the largest r1 with power (-1: none), EN, whether alpha is kept; None where no r1 keeps it."""
        n1 = np.arange(sizes.start, sizes.stop)
        cap = np.minimum(self.r1_max[sizes], r - 1)
        rows, columns = n1 - sizes.start, int(cap[-1]) + 1
        saved = self._rejected_late(self.null, n, sizes, r, columns)
        allowed = self.null.above[n, r + 1] - self.alpha - _SLACK
        if not (saved[rows, cap] >= allowed).any():
            return None
        lost = self._rejected_late(self.alternative, n, sizes, r, columns)
        spare = self.alternative.above[n, r + 1] - self.power + _SLACK
        r1 = np.minimum(np.count_nonzero(lost <= spare, axis=1) - 1, cap)
        return n1, r1, n1 + self.null.above[n1, r1 + 1] * (n - n1), saved[rows, r1] >= allowed

    def _with_largest_r(self, best: _Best, r_max: int) -> _Best:
        """Return the design with the largest r that keeps the power: the least type I error at the same EN."""
        for r in range(r_max, best.r, -1):
            if rejection(best.r1, best.n1, r, best.n, self.p1) >= self.power - _SLACK:
                return replace(best, r=r)
        return best

    def _rejected_late(self, table: BinomialTable, n: int, sizes: slice, r: int, columns: int) -> Floats:
        """Return P(X1 <= r1, X1 + X2 > r): what a stop at r1 takes from the rejection probability, per n1 and r1."""
        tails = table.above[n - sizes.stop + 1 : n - sizes.start + 1, r + 2 - columns : r + 2][::-1, ::-1]
        return np.asarray((table.mass[sizes, :columns] * tails).cumsum(axis=1))


def _admissible(records: list[_Best], p0: float, p1: float) -> tuple[AdmissibleDesign, ...]:
    """Return the lower-left convex hull of (n, EN), each design with the weights for which it is best.

    A design on an edge is best for the one weight at which the edge's ends tie: it is admissible, with q_low = q_high.
    """
    hull: list[_Best] = []
    for point in records:
        while len(hull) > 1 and _weight(hull[-2], hull[-1]) < _weight(hull[-1], point) - _SLACK:
            hull.pop()
        hull.append(point)
    edges = [1.0, *(_weight(a, b) for a, b in pairwise(hull)), 0.0]
    return tuple(
        AdmissibleDesign(b.r1, b.n1, b.r, b.n, p0, p1, q_low=edges[i + 1], q_high=edges[i]) for i, b in enumerate(hull)
    )


def _weight(smaller: _Best, larger: _Best) -> float:
    """Return the weight q at which two designs cost the same; above it the one with smaller n is better."""
    gain = smaller.en - larger.en
    return gain / (gain + larger.n - smaller.n)


def _likely_size(p0: float, p1: float, alpha: float, power: float) -> int:
    """Return a size of table that usually suffices: 1.6 times the normal approximation of a single stage, and a few."""
    quantile = NormalDist().inv_cdf
    spread = quantile(1.0 - alpha) * sqrt(p0 * (1.0 - p0)) + quantile(power) * sqrt(p1 * (1.0 - p1))
    return 24 + int(1.6 * (max(spread, 0.0) / (p1 - p0)) ** 2)


def _plain(design: AdmissibleDesign) -> SimonDesign:
    return SimonDesign(design.r1, design.n1, design.r, design.n, design.p0, design.p1)
