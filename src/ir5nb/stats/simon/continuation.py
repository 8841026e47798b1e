"""The probability that a design, part of the way through, goes on to reject H0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ir5nb.stats.arguments import count, probability, require
from ir5nb.stats.binomial_law import mass, tail_above
from ir5nb.stats.simon.design import SimonDesign

__all__ = ["rejection_after", "rejection_profile"]


def rejection_after(design: SimonDesign, enrolled: int, successes: int, p: float) -> float:
    """Return the probability at rate p of rejecting H0 in the end, after `successes` among the first `enrolled`.

    Before the end of stage 1 the stop at r1 still lies ahead; at its end a count of at most r1 gives 0; after it the
    design has gone on. A sum of positive terms.

    Parameters
    ----------
    enrolled, successes : counts, 0 <= successes <= enrolled <= n.
    p : rate in [0, 1] of the subjects to come.

    Examples
    --------
    >>> round(rejection_after(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 0, 0, 0.1), 4)
    0.0471
    """
    enrolled, successes = count("enrolled", enrolled), count("successes", successes)
    require(enrolled <= design.n, f"enrolled <= n must hold, got {enrolled} and n = {design.n}")
    require(successes <= enrolled, f"successes <= enrolled must hold, got {successes} of {enrolled}")
    return float(rejection_profile(design, enrolled, probability("p", p))[successes])


def rejection_profile(design: SimonDesign, enrolled: int, p: float) -> NDArray[np.float64]:
    """Return `rejection_after` for each number of successes 0..enrolled at once.

    >>> rejection_profile(SimonDesign(0, 1, 1, 2, 0.1, 0.3), 1, 0.25).tolist()
    [0.0, 0.25]
    """
    at = max(enrolled, design.n1)
    remaining = design.n - at
    needed = np.clip(design.r + 1 - np.arange(at + 1), 0, remaining + 1)
    profile = tail_above(remaining, p)[needed]
    if enrolled > design.n1:
        return profile
    profile[: design.r1 + 1] = 0.0
    return np.convolve(profile, mass(design.n1 - enrolled, p)[::-1], mode="valid")
