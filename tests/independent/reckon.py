"""The trial's statistics computed a second time: every outcome of the design enumerated, curves left to lifelines.

Nothing of `ir5nb` is imported. lifelines is used for the curve and its log-log limits. Its medians are not: where a
curve is exactly flat at one half it gives the first day of the step, R and the specification the middle of the step.
So quantiles are read off by hand, in fractions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isnan, nan

from lifelines import KaplanMeierFitter
from scipy.optimize import brentq
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

DAYS_PER_MONTH = 30.4375  # A17
Outcome = tuple[int, int]  # stage reached, successes in all: in this order, the stage-wise order


# Two stages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Design:
    """Stop after n1 patients with r1 successes or fewer; declare activity with more than r of n."""

    r1: int
    n1: int
    r: int
    n: int
    p0: float

    def outcomes(self, p: float) -> dict[Outcome, float]:
        """Probability of every outcome: all (x1, x2) one by one."""
        first = binom.pmf(range(self.n1 + 1), self.n1, p)
        second = binom.pmf(range(self.n - self.n1 + 1), self.n - self.n1, p)
        found: dict[Outcome, float] = defaultdict(float)
        for x1, one in enumerate(first):
            if x1 <= self.r1:
                found[1, x1] += one
                continue
            for x2, two in enumerate(second):
                found[2, x1 + x2] += one * two
        return found

    def patients(self, outcome: Outcome) -> int:
        """Give how many patients were seen."""
        return self.n1 if outcome[0] == 1 else self.n

    def p_value(self, seen: Outcome) -> float:
        """Probability under p0 of what was seen or more, in stage-wise order."""
        return self._at_least(seen, self.p0)

    def limits(self, seen: Outcome, level: float) -> tuple[float, float]:
        """Rates at which what was seen, or more, or less, has just the tail's probability (Jennison & Turnbull)."""
        tail = (1 - level) / 2
        every = sorted(self.outcomes(0.5))
        lower = 0.0 if seen == every[0] else _root(lambda p: self._at_least(seen, p) - tail)
        upper = 1.0 if seen == every[-1] else _root(lambda p: self._at_most(seen, p) - tail)
        return lower, upper

    def median_unbiased(self, seen: Outcome) -> float:
        """Mean of the two rates at which what was seen is the median."""
        at_least = _root(lambda p: self._at_least(seen, p) - 0.5)
        return (at_least + _root(lambda p: self._at_most(seen, p) - 0.5)) / 2

    def bias_adjusted(self, seen: Outcome) -> float:
        """Rate at which the expected observed rate is the one observed (Whitehead)."""
        observed = seen[1] / self.patients(seen)
        return _root(lambda p: sum(q * x[1] / self.patients(x) for x, q in self.outcomes(p).items()) - observed)

    def umvue(self, seen: Outcome) -> float:
        """Rao-Blackwell: the mean of x1 / n1 over all ways to what was seen; the rate cancels, so any will do."""
        first = binom.pmf(range(self.n1 + 1), self.n1, 0.5)
        if seen[0] == 1:
            return seen[1] / self.n1
        ways = [
            (x1, first[x1] * binom.pmf(seen[1] - x1, self.n - self.n1, 0.5)) for x1 in range(self.r1 + 1, self.n1 + 1)
        ]
        return float(sum(x1 / self.n1 * weight for x1, weight in ways) / sum(weight for _, weight in ways))

    def _at_least(self, seen: Outcome, p: float) -> float:
        return float(sum(q for outcome, q in self.outcomes(p).items() if outcome >= seen))

    def _at_most(self, seen: Outcome, p: float) -> float:
        return float(sum(q for outcome, q in self.outcomes(p).items() if outcome <= seen))


def _root(function: Callable[[float], float]) -> float:
    return float(brentq(function, 1e-12, 1 - 1e-12, xtol=1e-14, rtol=1e-14))


def clopper_pearson(count: int, total: int, level: float) -> tuple[float, float]:
    """Exact limits of a proportion, by statsmodels."""
    lower, upper = proportion_confint(count, total, alpha=1 - level, method="beta")
    return float(lower), float(upper)


# Kaplan-Meier ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve: days, survival in exact fractions, and lifelines' log-log limits on those days."""

    days: tuple[int, ...]
    survival: tuple[Fraction, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]

    def rate(self, months: int) -> tuple[float, float, float]:
        """Survival at a time with limits: both 1 while nobody had the event, none where the curve is at 0."""
        before = [index for index, day in enumerate(self.days) if day <= months * DAYS_PER_MONTH]
        value = self.survival[before[-1]] if before else Fraction(1)
        if value == 1:
            return 1.0, 1.0, 1.0
        return float(value), self.lower[before[-1]], self.upper[before[-1]]

    def quantile(self, share: Fraction) -> tuple[float, float, float]:
        """Time by which `share` had the event, with limits where those of the curve cross; missing: not reached."""
        level = 1 - share
        return tuple(self._crossed(values, level) for values in (self.survival, self.lower, self.upper))  # type: ignore[return-value]

    def _crossed(self, values: Sequence[Fraction | float], level: Fraction) -> float:
        below = [i for i, value in enumerate(values) if not isnan(value) and value <= level]
        if not below:
            return nan
        start = below[0]
        if values[start] < level:
            return float(self.days[start])
        lower = [i for i in below if values[i] < level]
        end = lower[0] if lower else len(self.days) - 1  # a step that lasts to the end of follow-up ends there
        return (self.days[start] + self.days[end]) / 2


def kaplan_meier(days: Sequence[int], events: Sequence[bool], level: float) -> Curve:
    """Multiply what is left, day by day; on one day events come before censorings."""
    times = sorted(set(days))
    left, survival = Fraction(1), []
    for time in times:
        at_risk = sum(day >= time for day in days)
        died = sum(event and day == time for day, event in zip(days, events, strict=True))
        left *= 1 - Fraction(died, at_risk)
        survival.append(left)
    fitted = KaplanMeierFitter(alpha=1 - level).fit(days, events)
    limits = fitted.confidence_interval_survival_function_.loc[times]
    theirs = fitted.survival_function_.loc[times].iloc[:, 0]
    if max(abs(float(mine) - other) for mine, other in zip(survival, theirs, strict=True)) > 1e-12:
        raise ArithmeticError("lifelines and the product of fractions give different curves")
    inside = [0 < value < 1 for value in survival]
    lower, upper = ([float(v) for v in limits.iloc[:, column]] for column in (0, 1))
    mend = [1.0 if value == 1 else nan for value in survival]
    return Curve(
        tuple(times),
        tuple(survival),
        tuple(v if ok else m for v, ok, m in zip(lower, inside, mend, strict=True)),
        tuple(v if ok else m for v, ok, m in zip(upper, inside, mend, strict=True)),
    )
