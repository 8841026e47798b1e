"""A Kaplan-Meier curve as a result: what is read off it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ir5nb import facts
from ir5nb.stats.arguments import open_rate, require
from ir5nb.stats.survival.limits import ConfidenceType, normal_quantile, survival_limits
from ir5nb.stats.survival.quantiles import crossing
from ir5nb.stats.survival.restricted_mean import RestrictedMean, restricted_mean

__all__ = ["KaplanMeier", "Landmark", "TimeQuantile"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Landmark:
    """The curve at one time: survival, its standard error (Greenwood), limits and the number at risk.

    `beyond_follow_up` is True after the last observation of a curve that has not reached 0: the values are then those
    of the last step carried forward (R: extend = TRUE), which the data do not support.
    """

    time: float
    survival: float
    std_error: float
    lower: float
    upper: float
    at_risk: int
    beyond_follow_up: bool


@dataclass(frozen=True)
class TimeQuantile:
    """The time by which a proportion `probability` has had the event, with limits; NaN means not reached."""

    probability: float
    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """A Kaplan-Meier curve; arrays have one entry per distinct time (events and censorings), ascending.

    Attributes
    ----------
    time, at_risk, events, censored : the counts behind the curve, shape (k,).
    survival, std_error : the estimate and its error (Greenwood) just after each time, shape (k,); NaN error at 0.
    lower, upper : its limits, shape (k,); 1 where the curve is 1, NaN where it is 0.
    n : number of subjects.
    level, conf_type : confidence level and transformation of the limits.
    """

    time: Floats
    at_risk: Integers
    events: Integers
    censored: Integers
    survival: Floats
    std_error: Floats
    n: int
    level: float
    conf_type: ConfidenceType

    def __post_init__(self) -> None:
        for name in ("time", "at_risk", "events", "censored", "survival", "std_error"):
            require(getattr(self, name).shape == self.time.shape, f"{name} must have the shape of time")
            getattr(self, name).flags.writeable = False

    @cached_property
    def _limits(self) -> tuple[Floats, Floats]:
        sigma = np.divide(
            self.std_error, self.survival, out=np.full(len(self.time), math.nan), where=self.survival > 0.0
        )
        lower, upper = survival_limits(self.survival, sigma, normal_quantile(self.level), self.conf_type)
        lower.flags.writeable = upper.flags.writeable = False
        return lower, upper

    @property
    def lower(self) -> Floats:
        """Lower limit just after each time, computed when first asked for, shape (k,); NaN where the curve is 0."""
        return self._limits[0]

    @property
    def upper(self) -> Floats:
        """Upper limit just after each time, shape (k,); NaN where the curve is 0."""
        return self._limits[1]

    def _repr_html_(self) -> str:
        """Show size, events and median at the end of a notebook cell."""
        median = self.median
        shown: dict[str, object] = {
            "n": self.n,
            "events": self.n_events,
            "median": median.estimate,
            "lower": median.lower,
        }
        shown |= {"upper": median.upper, "level": self.level, "limits": self.conf_type}
        return facts.table("Kaplan-Meier curve", shown)

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(self.events.sum())

    @property
    def censor_times(self) -> Floats:
        """Distinct times with at least one censoring."""
        return self.time[self.censored > 0]

    @property
    def censor_survival(self) -> Floats:
        """Height of the curve at the censor times."""
        return self.survival[self.censored > 0]

    @property
    def median(self) -> TimeQuantile:
        """Median time with limits."""
        return self.quantile(0.5)

    def at(self, t: float) -> Landmark:
        """Return the curve at time t >= 0.

        >>> from ir5nb.stats.survival import kaplan_meier
        >>> kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0]).at(2).survival
        0.75
        """
        t = _time("t", t)
        index = int(np.searchsorted(self.time, _tolerant(t), side="right")) - 1
        at_risk = int(self.number_at_risk([t])[0])
        if index < 0:
            return Landmark(t, 1.0, 0.0, 1.0, 1.0, at_risk, beyond_follow_up=False)
        survival, error, lower, upper = (
            float(column[index]) for column in (self.survival, self.std_error, self.lower, self.upper)
        )
        beyond = at_risk == 0 and float(self.survival[-1]) > 0.0
        return Landmark(t, survival, error, lower, upper, at_risk, beyond)

    def number_at_risk(self, times: ArrayLike) -> Integers:
        """Return the number of subjects with time >= t, for each t of `times` (>= 0), shape as theirs.

        Counted from those who leave, so that it holds for a reverse curve too, whose `at_risk` leaves out tied deaths.

        >>> from ir5nb.stats.survival import kaplan_meier
        >>> kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0]).number_at_risk([0, 2, 5]).tolist()
        [4, 3, 0]
        """
        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        require(bool((wanted >= 0.0).all()), "times >= 0 must hold, none NaN")
        index = np.searchsorted(self.time, wanted - _slack(wanted), side="left")
        staying = np.cumsum((self.events + self.censored)[::-1])[::-1]
        return np.append(staying, 0)[index]

    def quantile(self, q: float) -> TimeQuantile:
        """Return the time by which a proportion q in (0, 1) has had the event, with Brookmeyer-Crowley limits.

        The midpoint of the step where the curve is exactly flat at 1 - q (as R survival). The limits invert those of
        the curve (Brookmeyer & Crowley, Biometrics 1982; 38: 29-41). NaN: not reached.

        >>> from ir5nb.stats.survival import kaplan_meier
        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).quantile(0.5).estimate
        2.5
        """
        q = open_rate("q", q)
        ends = (crossing(self.time, column, q) for column in (self.survival, self.lower, self.upper))
        return TimeQuantile(q, *ends)

    def rmst(self, tau: float) -> RestrictedMean:
        """Return the restricted mean time up to tau, 0 < tau <= the last observed time.

        se^2 = sum over event times t_j <= tau of (integral of S from t_j to tau)^2 d_j / (Y_j (Y_j - d_j)).

        >>> from ir5nb.stats.survival import kaplan_meier
        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).rmst(4).estimate
        2.5
        """
        return restricted_mean(self.time, self.survival, self.events, self.at_risk, _time("tau", tau), self.level)


def _time(name: str, value: float) -> float:
    number = float(value)
    require(number >= 0.0 and math.isfinite(number), f"0 <= {name} < infinity must hold, got {value}")
    return number


def _slack(times: Floats) -> Floats:
    return np.asarray(1e-9 * np.maximum(1.0, np.abs(times)), dtype=np.float64)


def _tolerant(t: float) -> float:
    return t + 1e-9 * max(1.0, abs(t))
