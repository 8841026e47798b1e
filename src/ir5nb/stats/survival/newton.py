"""The maximum of a log likelihood by Newton's method, with halved steps where a full one falls back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from ir5nb.stats.arguments import require

__all__ = ["maximise"]

Floats = NDArray[np.float64]
_ENOUGH = 1e-11
"""Newton steps smaller than this times the standard error leave eleven digits."""
_STEPS = 50


class Curved(Protocol):
    """A log likelihood with its gradient (p,) and minus its second derivative (p, p), at one point."""

    @property
    def log_likelihood(self) -> float:
        """The value."""
        ...

    @property
    def score(self) -> Floats:
        """The gradient."""
        ...

    @property
    def information(self) -> Floats:
        """Minus the second derivative."""
        ...


C = TypeVar("C", bound=Curved)


def maximise(at: Callable[[Floats], C], p: int) -> tuple[C, C, Floats]:
    """Return what `at` gives at 0 and at the maximum, and the maximum, shape (p,).

    Raises ValueError where the covariates are linearly dependent or the likelihood rises without end.

    >>> from types import SimpleNamespace as At
    >>> hill = lambda b: At(log_likelihood=-((b[0] - 2) ** 2), score=-2 * (b - 2), information=np.array([[2.0]]))
    >>> maximise(hill, 1)[2].tolist()
    [2.0]
    """
    beta = np.zeros(p)
    null = current = at(beta)
    require(np.linalg.matrix_rank(null.information) == p, "covariates must not be linearly dependent")
    for _ in range(_STEPS):
        if np.linalg.matrix_rank(current.information) < p:
            break
        step = np.linalg.solve(current.information, current.score)
        following = at(beta + step)
        while following.log_likelihood < current.log_likelihood - 1e-9:
            step = step / 2.0
            following = at(beta + step)
        beta, current = beta + step, following
        if bool((np.abs(step) <= _ENOUGH * np.sqrt(np.diag(np.linalg.pinv(current.information)))).all()):
            return null, current, beta
    raise ValueError("the likelihood must have a maximum: a covariate separates the events")
