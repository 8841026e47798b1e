"""The one-sample log-rank test against an exponential null, for context beside a single-arm result."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ir5nb.stats.arguments import require
from ir5nb.stats.survival.observations import checked_events, checked_times

__all__ = ["OneSampleLogRank", "one_sample_log_rank"]


@dataclass(frozen=True)
class OneSampleLogRank:
    """Observed and expected events under the null; z < 0 means fewer events than expected.

    Attributes
    ----------
    null_median : median of the exponential null, in the unit of the times.
    observed, expected : numbers of events.
    z, chi_square : (O - E) / sqrt(E) and its square.
    p_two_sided, p_one_sided : of |z|; of z being this low, i.e. of survival being this much longer.
    """

    null_median: float
    observed: int
    expected: float
    z: float
    chi_square: float
    p_two_sided: float
    p_one_sided: float


def one_sample_log_rank(time: ArrayLike, event: ArrayLike, null_median: float) -> OneSampleLogRank:
    """Return the one-sample log-rank test (Breslow, Int Stat Rev 1975; 43: 45-57; Finkelstein et al., JNCI 2003).

    Parameters
    ----------
    time, event : as `kaplan_meier`.
    null_median : median of the exponential distribution under H0, > 0.

    Examples
    --------
    >>> test = one_sample_log_rank([10, 20, 30], [1, 1, 0], null_median=20 * math.log(2))
    >>> test.observed, test.expected, round(test.z, 4)
    (2, 3.0, -0.5774)
    """
    times = checked_times(time)
    events = checked_events(event, times.size)
    require(0.0 < null_median < math.inf, f"0 < null_median < infinity must hold, got {null_median}")
    expected = math.fsum(times) * math.log(2.0) / null_median
    require(expected > 0.0, "some time must be > 0 for events to be expected")
    observed = int(np.count_nonzero(events))
    z = (observed - expected) / math.sqrt(expected)
    return OneSampleLogRank(
        float(null_median), observed, expected, z, z * z, 2.0 * float(special.ndtr(-abs(z))), float(special.ndtr(z))
    )
