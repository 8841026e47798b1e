"""The conditional error when stage 1 has more subjects than planned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ir5nb.stats.arguments import count, require
from ir5nb.stats.binomial_law import mass
from ir5nb.stats.simon.continuation import rejection_profile
from ir5nb.stats.simon.design import SimonDesign

__all__ = ["errors_after_more"]


def errors_after_more(design: SimonDesign, n1: int) -> NDArray[np.float64]:
    """Return the conditional error D'(s) for s = 0..n1 successes when n1 > the planned size of stage 1.

    The linear programme of Englert & Kieser (Stat Med 2015; 34: 2128-2137): maximise sum D'(s) b(s; n1, p0) over
    non-decreasing D' in [0, 1] with E[D'(s + Y)] <= D(s) for each s of the planned size, Y ~ Bin(n1 - planned, p0) and
    D the conditional error of the plan. The overall type I error then stays within that of the plan.

    Returns
    -------
    Array of n1 + 1 non-decreasing values in [0, 1].

    Examples
    --------
    >>> errors = errors_after_more(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 12)
    >>> len(errors), float(errors[0]), bool((np.diff(errors) >= 0).all())
    (13, 0.0, True)
    """
    from scipy.optimize import linprog  # noqa: PLC0415 - a slow import for a rare case

    n1 = count("n1", n1)
    require(n1 > design.n1, f"n1 > planned n1 must hold, got {n1} and {design.n1}")
    extra = mass(n1 - design.n1, design.p0)
    spread = np.array([np.pad(extra, (s, design.n1 - s)) for s in range(design.n1 + 1)])
    planned = rejection_profile(design, design.n1, design.p0)
    rising = np.eye(n1, n1 + 1) - np.eye(n1, n1 + 1, k=1)
    solution = linprog(
        -mass(n1, design.p0),
        A_ub=np.vstack([spread, rising]),
        b_ub=np.concatenate([planned, np.zeros(n1)]),
        bounds=(0.0, 1.0),
        method="highs",
    )
    require(solution.success, f"the linear programme must have a solution: {solution.message}")
    errors = np.maximum.accumulate(np.clip(solution.x, 0.0, 1.0))
    return np.asarray(np.where(errors < _NOISE, 0.0, errors), dtype=np.float64)


_NOISE = 1e-12
"""A solver's zero: below its feasibility tolerance and below any conditional p-value that could matter."""
