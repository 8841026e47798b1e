"""Pointwise confidence limits of a survival curve under the usual transformations."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["ConfidenceType", "normal_quantile", "survival_limits"]

Floats = NDArray[np.float64]
ConfidenceType = Literal["log-log", "log", "plain", "logit", "arcsin"]


def normal_quantile(level: float) -> float:
    """Return the standard normal quantile that leaves (1 - level) / 2 above it.

    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    from scipy import special  # noqa: PLC0415 - numpy has no normal quantile

    return float(special.ndtri((1.0 + level) / 2.0))


def survival_limits(survival: Floats, sigma: Floats, z: float, conf_type: ConfidenceType) -> tuple[Floats, Floats]:
    """Return lower and upper limits for survival S with sigma, the standard error of log S (Greenwood).

    log-log: S^exp(+-z sigma / log S) (Kalbfleisch & Prentice 1980); log: S exp(+-z sigma); plain: S +- z S sigma;
    logit and arcsin as R survival. 1 where S = 1, NaN where S = 0; otherwise clipped to [0, 1].

    Examples
    --------
    >>> lower, upper = survival_limits(np.array([1.0, 0.5]), np.array([0.0, 0.2]), 1.96, "plain")
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([1.0, 0.304], [1.0, 0.696])
    """
    inside = (survival > 0.0) & (survival < 1.0)
    lower = np.where(survival == 1.0, 1.0, np.nan)
    upper = lower.copy()
    low, high = _TRANSFORMED[conf_type](survival[inside], z * sigma[inside])
    lower[inside] = np.maximum(low, 0.0)
    upper[inside] = np.minimum(high, 1.0)
    return lower, upper


def _log_log(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    log_s = np.log(s)
    factor = np.exp(-half / log_s)
    return np.exp(log_s * factor), np.exp(log_s / factor)


def _log(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    return s * np.exp(-half), s * np.exp(half)


def _plain(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    return s - s * half, s + s * half


def _logit(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    odds, factor = s / (1.0 - s), np.exp(half / (1.0 - s))
    return odds / (odds + factor), odds / (odds + 1.0 / factor)


def _arcsin(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    angle, spread = np.arcsin(np.sqrt(s)), 0.5 * half * np.sqrt(s / (1.0 - s))
    return np.sin(np.maximum(angle - spread, 0.0)) ** 2, np.sin(np.minimum(angle + spread, np.pi / 2.0)) ** 2


_TRANSFORMED = {"log-log": _log_log, "log": _log, "plain": _plain, "logit": _logit, "arcsin": _arcsin}
