"""The scan of all designs by increasing n, with the bounds that make it short and prove it complete."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ir5nb.stats.simon.admissible import SLACK, Candidate
from ir5nb.stats.simon.design import rejection
from ir5nb.stats.simon.tables import BinomialTable, binomial_tables

__all__ = ["Certificate", "Hunt"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


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


class Hunt:
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
        self.miss = 1.0 - self.power + SLACK
        self.r1_max: Integers = np.count_nonzero(self.alternative.below[:, :-1] <= self.miss, axis=1) - 1
        rows = np.arange(size + 1)
        self.r1_max = np.minimum(self.r1_max, rows - 1)
        self.go_on = np.where(self.r1_max >= 0, self.null.above[rows, self.r1_max + 1], 1.0)

    def run(self, n_max: int | None) -> tuple[list[Candidate], Certificate]:
        """Return the designs whose EN(p0) improves on every smaller n, by increasing n, and the certificate."""
        first = self._first_n()
        n = max(first, self.n1_min + 1)
        records: list[Candidate] = []
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
            enough = np.flatnonzero(reached >= self.power - SLACK)
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

    def _least_en(self, n: int, best: float) -> Candidate | None:
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
        found: Candidate | None = None
        limit = best * (1.0 - SLACK)
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
                i = chosen[int(np.argmax(en[chosen] <= en[chosen].min() * (1.0 + SLACK)))]
                if found is None or en[i] < found.en * (1.0 - SLACK) or n1[i] < found.n1:
                    found = Candidate(n, int(n1[i]), int(r1[i]), r, float(en[i]))
                    limit = found.en * (1.0 + SLACK)
        return found if found is None else self._with_largest_r(found, r_max)

    def _candidates(self, n: int, sizes: slice, r: int) -> tuple[Integers, Integers, Floats, Flags] | None:
        """Return n1, the largest r1 with power (-1: none), EN, whether alpha is kept; None where no r1 keeps it."""
        n1 = np.arange(sizes.start, sizes.stop)
        cap = np.minimum(self.r1_max[sizes], r - 1)
        rows, columns = n1 - sizes.start, int(cap[-1]) + 1
        saved = self._rejected_late(self.null, n, sizes, r, columns)
        allowed = self.null.above[n, r + 1] - self.alpha - SLACK
        if not (saved[rows, cap] >= allowed).any():
            return None
        lost = self._rejected_late(self.alternative, n, sizes, r, columns)
        spare = self.alternative.above[n, r + 1] - self.power + SLACK
        r1 = np.minimum(np.count_nonzero(lost <= spare, axis=1) - 1, cap)
        return n1, r1, n1 + self.null.above[n1, r1 + 1] * (n - n1), saved[rows, r1] >= allowed

    def _with_largest_r(self, best: Candidate, r_max: int) -> Candidate:
        """Return the design with the largest r that keeps the power: the least type I error at the same EN."""
        for r in range(r_max, best.r, -1):
            if rejection(best.r1, best.n1, r, best.n, self.p1) >= self.power - SLACK:
                return replace(best, r=r)
        return best

    def _rejected_late(self, table: BinomialTable, n: int, sizes: slice, r: int, columns: int) -> Floats:
        """Return P(X1 <= r1, X1 + X2 > r): what a stop at r1 takes from the rejection probability, per n1 and r1."""
        tails = table.above[n - sizes.stop + 1 : n - sizes.start + 1, r + 2 - columns : r + 2][::-1, ::-1]
        return np.asarray((table.mass[sizes, :columns] * tails).cumsum(axis=1))


def _likely_size(p0: float, p1: float, alpha: float, power: float) -> int:
    """Return a size of table that usually suffices: 1.6 times the normal approximation of a single stage, and a few."""
    quantile = NormalDist().inv_cdf
    spread = quantile(1.0 - alpha) * sqrt(p0 * (1.0 - p0)) + quantile(power) * sqrt(p1 * (1.0 - p1))
    return 24 + int(1.6 * (max(spread, 0.0) / (p1 - p0)) ** 2)
