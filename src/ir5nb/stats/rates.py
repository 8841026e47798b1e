"""Events per person-time with exact Poisson limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from ir5nb.stats.arguments import count, open_rate, require

__all__ = ["IncidenceRate", "incidence_rate"]


@dataclass(frozen=True)
class IncidenceRate:
    """A rate per unit of person-time with its two-sided limits; `upper` is finite, `lower` is 0 without events."""

    events: int
    person_time: float
    level: float
    estimate: float
    lower: float
    upper: float
    method: str = "exact Poisson (Ulm 1990)"


def incidence_rate(events: int, person_time: float, level: float = 0.95) -> IncidenceRate:
    """Return events / person-time with exact limits (Ulm, American Journal of Epidemiology 1990; 131: 373-375).

    The limits of the Poisson mean are half the chi-squared quantiles with 2 x and 2 x + 2 degrees of freedom. For a
    first-event rate give the subjects with an event and the time up to the first.

    Parameters
    ----------
    events : count, >= 0.
    person_time : time at risk, > 0 and finite; the rate is per its unit.
    level : confidence level in (0, 1).

    Examples
    --------
    >>> rate = incidence_rate(3, 50.0)
    >>> round(rate.estimate, 3), round(rate.lower, 4), round(rate.upper, 4)
    (0.06, 0.0124, 0.1753)
    """
    events, level = count("events", events), open_rate("level", level)
    time = float(person_time)
    require(time > 0.0 and math.isfinite(time), f"0 < person_time < infinity must hold, got {person_time}")
    tail = (1.0 - level) / 2.0
    lower = 0.0 if events == 0 else float(special.gammaincinv(events, tail))
    upper = float(special.gammainccinv(events + 1, tail))
    return IncidenceRate(events, time, level, events / time, lower / time, upper / time)
