"""One event time's share of Cox's partial likelihood, with first and second derivatives, by the handling of ties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["TIES", "Derivatives", "TiedEvents", "Ties"]

Floats = NDArray[np.float64]
Ties = Literal["efron", "breslow", "exact"]


@dataclass(frozen=True, eq=False)
class TiedEvents:
    """Covariates of those at risk at an event time, shape (m, p), its `deaths` events in the first rows."""

    x: Floats
    deaths: int


@dataclass(frozen=True, eq=False)
class Derivatives:
    """Log likelihood, its gradient (p,), and minus its second derivative (p, p)."""

    log_likelihood: float
    score: Floats
    information: Floats


def efron(tied: TiedEvents, beta: Floats) -> Derivatives:
    """Return Efron's approximation: the l-th of d tied events has lost l/d of the weight of the others (JASA 1977)."""
    return _averaged(tied, beta, np.arange(tied.deaths) / tied.deaths)


def breslow(tied: TiedEvents, beta: Floats) -> Derivatives:
    """Return Breslow's approximation: every tied event sees the full risk set (Biometrics 1974)."""
    return _averaged(tied, beta, np.zeros(tied.deaths))


def _averaged(tied: TiedEvents, beta: Floats, removed: Floats) -> Derivatives:
    x, d = tied.x, tied.deaths
    weight = np.exp(x @ beta)
    sums = _moments(x, weight)
    of_events = _moments(x[:d], weight[:d])
    log_likelihood, score = float((x[:d] @ beta).sum()), x[:d].sum(axis=0)
    information = np.zeros((x.shape[1], x.shape[1]))
    for share in removed:
        s0, s1, s2 = (total - share * part for total, part in zip(sums, of_events, strict=True))
        mean = s1 / s0
        log_likelihood -= float(np.log(s0))
        score = score - mean
        information += s2 / s0 - np.outer(mean, mean)
    return Derivatives(log_likelihood, score, information)


def _moments(x: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    return weight.sum(), weight @ x, (x * weight[:, None]).T @ x


def exact(tied: TiedEvents, beta: Floats) -> Derivatives:
    """Return the exact discrete likelihood (Cox 1972): the events among all subsets of their number at risk.

    The sum over subsets is an elementary symmetric polynomial of the weights, built one subject at a time together with
    its derivatives (Gail, Lubin & Rubinstein, Biometrika 1981; 68: 703-707).
    """
    x, d = tied.x, tied.deaths
    p = x.shape[1]
    value, slope, bend = np.zeros(d + 1), np.zeros((d + 1, p)), np.zeros((d + 1, p, p))
    value[0] = 1.0
    for row, weight in zip(x, np.exp(x @ beta), strict=True):
        cross = slope[:-1, :, None] * row[None, None, :]
        square = value[:-1, None, None] * np.outer(row, row)
        bend[1:] += weight * (bend[:-1] + cross + np.swapaxes(cross, 1, 2) + square)
        slope[1:] += weight * (slope[:-1] + value[:-1, None] * row)
        value[1:] += weight * value[:-1]
    mean = slope[d] / value[d]
    return Derivatives(
        float((x[:d] @ beta).sum() - np.log(value[d])),
        x[:d].sum(axis=0) - mean,
        bend[d] / value[d] - np.outer(mean, mean),
    )


TIES: dict[str, Callable[[TiedEvents, Floats], Derivatives]] = {"efron": efron, "breslow": breslow, "exact": exact}
