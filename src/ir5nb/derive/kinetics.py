"""Exploratory hCG kinetics: log-linear slope, half-life, and a KELIM-style fit; no primary result uses them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.records import Rows

COLUMNS: Final = (
    "USUBJID", "ASSAYS", "SLOPE_PER_DAY", "HALF_LIFE_DAYS", "LOG_RESIDUAL", "KELIM_PER_DAY", "KELIM_START",
    "KELIM_RESIDUAL", "KELIM_RELATIVE_ERROR",
)  # fmt: skip
_MICRO: Final = 1e6
# Rates searched for the exponential fit: half-lives from three and a half hours to two years.
_RATES: Final = np.geomspace(0.001, 5.0, 400)
_REFINEMENTS: Final = 40
_GOLDEN: Final = (5**0.5 - 1) / 2
Numbers = npt.NDArray[np.float64]


def _sums(owner: Rows, patients: int, *values: Numbers) -> list[Numbers]:
    return [np.bincount(owner, weights=value, minlength=patients).astype(np.float64) for value in values]


def _log_linear(owner: Rows, day: Numbers, value: Numbers, patients: int) -> tuple[Numbers, Numbers]:
    """Slope of ln hCG per day by least squares, and the residual standard deviation; NaN below 2 (3) assays."""
    log, (n,) = np.log(value), _sums(owner, patients, np.ones(len(day)))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_day, mean_log = (total / n for total in _sums(owner, patients, day, log))
        x, y = day - mean_day[owner], log - mean_log[owner]
        sxx, sxy = _sums(owner, patients, x * x, x * y)
        slope = np.where(sxx > 0, sxy / sxx, np.nan)
        (rest,) = _sums(owner, patients, (y - np.nan_to_num(slope)[owner] * x) ** 2)
        return slope, np.where((n > 2) & (sxx > 0), np.sqrt(rest / (n - 2)), np.nan)


def _at_rate(
    owner: Rows, day: Numbers, value: Numbers, patients: int, rate: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Best start and residual (neither negative) at given rates, and the sum of squared relative errors.

    Errors are relative (weights 1 / value), as assays' are; with two parameters left the fit is a 2 x 2 system,
    and where it asks for a negative parameter the fit without that parameter is the best one allowed.
    """
    fall, level = np.exp(-rate[owner] * day) / value, 1 / value
    ff, fl, ll, f, one = _sums(owner, patients, fall * fall, fall * level, level * level, fall, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        determinant = ff * ll - fl * fl
        start, rest = (f * ll - one * fl) / determinant, (one * ff - f * fl) / determinant
        alone, flat = f / ff, one / ll
    without_rest, without_start = ~(rest > 0), ~(start > 0)
    start = np.where(without_start & ~without_rest, 0.0, np.where(without_rest, alone, start))
    rest = np.where(without_rest, 0.0, np.where(without_start, flat, rest))
    (error,) = _sums(owner, patients, (start[owner] * fall + rest[owner] * level - 1) ** 2)
    return start, rest, error


def _exponential(owner: Rows, day: Numbers, value: Numbers, patients: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Rate, start, residual and relative error of start * exp(-rate * day) + residual, by search over the rate."""
    best, best_error = np.full(patients, _RATES[0]), np.full(patients, np.inf)
    for rate in _RATES:
        error = _at_rate(owner, day, value, patients, np.full(patients, rate))[2]
        better = error < best_error
        best, best_error = np.where(better, rate, best), np.where(better, error, best_error)
    found = (best > _RATES[0]) & (best < _RATES[-1])  # at an end of the search no rate is identified: hCG does not fall
    step = _RATES[1] / _RATES[0]
    low, high = best / step, best * step
    for _ in range(_REFINEMENTS):  # golden-section search between the neighbouring rates
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        lower = _at_rate(owner, day, value, patients, left)[2] < _at_rate(owner, day, value, patients, right)[2]
        low, high = np.where(lower, low, left), np.where(lower, right, high)
    rate = np.where(found, (low + high) / 2, np.nan)
    start, rest, error = _at_rate(owner, day, value, patients, rate)
    (n,) = _sums(owner, patients, np.ones(len(day)))
    return rate, start, rest, np.sqrt(error / n)


def kinetics(assays: pd.DataFrame, *, first_day: int = 0, last_day: int = 50, min_assays: int = 4) -> pd.DataFrame:
    """Describe how fast each patient's hCG falls: log-linear slope and half-life, and a KELIM-style fit.

    Source: spec/endpoints.md, hCG (exploratory); You et al. (2013), Br J Cancer 108:1810 fit
    hCG(t) = start exp(-KELIM t) + residual over the first 50 days. Only quantified values enter.

    Parameters
    ----------
    assays
        `assays.series`.
    first_day, last_day
        Days from treatment start between which assays enter.
    min_assays
        Fewest assays for the exponential fit, which has three parameters.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per patient with a quantified assay in those days: slopes and rates per day, half-life in
        days (missing where hCG does not fall), residual as a standard deviation of ln hCG, and of the exponential
        fit start and residual in the unit of the assay and its root mean squared relative error; missing below the
        number of assays a fit needs, and where hCG does not fall.

    Raises
    ------
    ValueError
        When the days are reversed or the exponential fit is asked for with fewer than 3 assays.

    Examples
    --------
    >>> table = pd.DataFrame({"USUBJID": "1", "ADY": [0, 7, 14], "MICRO": [800 * 10**6, 400 * 10**6, 200 * 10**6],
    ...                       "QUANTIFIED": True})
    >>> f"{kinetics(table)['HALF_LIFE_DAYS'][0]:.6f}"
    '7.000000'
    """
    if last_day <= first_day or min_assays < 3:
        raise ValueError(f"kinetics need first_day < last_day and 3 assays or more, not {first_day}, {last_day}")
    days = assays["ADY"].to_numpy(float)
    used = assays[assays["QUANTIFIED"].to_numpy(bool) & (days >= first_day) & (days <= last_day)]
    owner, names = pd.factorize(used["USUBJID"])
    owner = owner.astype(np.int64)
    day, value, n = used["ADY"].to_numpy(float), used["MICRO"].to_numpy(float) / _MICRO, len(names)
    slope, scatter = _log_linear(owner, day, value, n)
    count = np.bincount(owner, minlength=n)
    fits = [np.where(count >= min_assays, found, np.nan) for found in _exponential(owner, day, value, n)]
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.where(slope < 0, np.log(2) / -slope, np.nan)
    return pd.DataFrame(dict(zip(COLUMNS, (names, count, slope, half, scatter, *fits), strict=True)))
