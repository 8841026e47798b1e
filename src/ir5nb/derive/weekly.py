"""The retained weekly hCG series, and the patterns searched in it: rise (A9), plateau (A10), normal runs (A11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.assays import NORMAL
from ir5nb.derive.records import Rows

Flags = npt.NDArray[np.bool_]
RISES: Final = ("pairs", "over_first")
PLATEAUS: Final = ("no_fall", "fall_0_10", "within_10")


@dataclass(frozen=True, slots=True)
class Weekly:
    """What "weekly" means (A14): days allowed between consecutive retained assays.

    Source: A14: 4 to 10 days; readings 7 +/- 1 days (`Weekly(6, 8)`) and any interval (`Weekly(1, None)`).

    Parameters
    ----------
    min_days
        An assay closer than this to the last retained one is skipped.
    max_days
        A longer gap breaks the run; None: no gap does.

    Raises
    ------
    ValueError
        When the days cannot be.

    Examples
    --------
    >>> Weekly().max_days
    10
    """

    min_days: int = 4
    max_days: int | None = 10

    def __post_init__(self) -> None:
        if self.min_days < 1 or (self.max_days is not None and self.max_days < self.min_days):
            raise ValueError(f"weekly cannot mean {self.min_days} to {self.max_days} days")


def thinned(owner: Rows, day: Rows, min_days: int) -> Flags:
    """Say which assays are retained: each at least so many days after the last retained one of its patient.

    Source: A14.

    Parameters
    ----------
    owner, day
        Patient and day of each assay, in order of patient and day.
    min_days
        Smallest number of days between retained assays.

    Examples
    --------
    >>> thinned(np.array([0, 0, 0, 0]), np.array([0, 3, 7, 14]), 4).tolist()
    [True, False, True, True]
    """
    kept = np.zeros(len(day), dtype=bool)
    if not len(day):
        return kept
    first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    count = np.diff(np.r_[first, len(day)])
    last = np.full(len(first), np.iinfo(np.int64).min // 2)
    for k in range(int(count.max())):  # the k-th assay of all patients at once
        having = count > k
        row = first[having] + k
        kept[row] = day[row] - last[having] >= min_days
        last[having] = np.where(kept[row], day[row], last[having])
    return kept


def _adjacent(owner: Rows, day: Rows, weekly: Weekly) -> Flags:
    """Whether each retained assay follows the one before it, of the same patient, without a gap."""
    joined = np.zeros(len(day), dtype=bool)
    joined[1:] = owner[1:] == owner[:-1]
    if weekly.max_days is not None:
        joined[1:] &= day[1:] - day[:-1] <= weekly.max_days
    return joined


def _before(values: npt.NDArray[np.int64], steps: int) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(min(steps, len(values)), dtype=np.int64), values[: max(len(values) - steps, 0)]])


def _run(pairs: Flags, length: int) -> Flags:
    """Whether a row ends so many consecutive true pairs."""
    ends = pairs.copy()
    for step in range(1, length):
        ends &= _before(pairs.astype(np.int64), step).astype(bool)
    return ends


def _pairs(table: pd.DataFrame, owner: Rows, weekly: Weekly) -> Flags:
    """Whether each assay forms a pair with the one before: both quantified above their limits, of one method."""
    counts = table["QUANTIFIED"].to_numpy(bool)
    method = pd.factorize(table["METHOD"])[0].astype(np.int64)
    paired = _adjacent(owner, table["ADY"].to_numpy(np.int64), weekly) & counts
    return np.asarray(paired & (_before(counts.astype(np.int64), 1) == 1) & (method == _before(method, 1)))


def rises(table: pd.DataFrame, owner: Rows, weekly: Weekly, reading: str = "pairs") -> Flags:
    """Say which retained assays complete a rise: +20 % or more, twice, in three consecutive weekly assays.

    Source: S3b, A9; exact: 10 (b - a) >= 2 a in whole millionths.

    Parameters
    ----------
    table
        Retained assays in order of patient and day (`assays.COLUMNS`).
    owner
        Patient of each assay.
    weekly
        What weekly means.
    reading
        "pairs": each of two adjacent pairs; "over_first": 2nd and 3rd assay each over the first.

    Raises
    ------
    ValueError
        When the reading is unknown.

    Examples
    --------
    >>> table = pd.DataFrame({"ADY": [0, 7, 14], "MICRO": [100, 120, 144], "QUANTIFIED": True, "METHOD": ""})
    >>> rises(table, np.zeros(3, dtype=np.int64), Weekly()).tolist()
    [False, False, True]
    """
    if reading not in RISES:
        raise ValueError(f"a rise is read as one of {RISES} (A9), not {reading!r}")
    value, paired = table["MICRO"].to_numpy(np.int64), _pairs(table, owner, weekly)
    before, first = _before(value, 1), _before(value, 2)
    if reading == "pairs":
        return _run(paired & (10 * (value - before) >= 2 * before), 2)
    both = (10 * (before - first) >= 2 * first) & (10 * (value - first) >= 2 * first)
    return _run(paired, 2) & both


def plateaus(table: pd.DataFrame, owner: Rows, weekly: Weekly, reading: str = "no_fall") -> Flags:
    """Say which retained assays complete a plateau: no fall of more than 10 %, three times, in four weekly assays.

    Source: S3b, A10; exact: 10 b >= 9 a in whole millionths.

    Parameters
    ----------
    table, owner, weekly
        As in `rises`.
    reading
        "no_fall": no adjacent pair falls by more than 10 % (rises included); "fall_0_10": each falls by 0-10 %;
        "within_10": each stays within 10 %.

    Raises
    ------
    ValueError
        When the reading is unknown.

    Examples
    --------
    >>> table = pd.DataFrame({"ADY": [0, 7, 14, 21], "MICRO": [1000, 900, 810, 729], "QUANTIFIED": True, "METHOD": ""})
    >>> plateaus(table, np.zeros(4, dtype=np.int64), Weekly()).tolist()
    [False, False, False, True]
    """
    if reading not in PLATEAUS:
        raise ValueError(f"a plateau is read as one of {PLATEAUS} (A10), not {reading!r}")
    value, paired = table["MICRO"].to_numpy(np.int64), _pairs(table, owner, weekly)
    before = _before(value, 1)
    flat = paired & (10 * value >= 9 * before)
    if reading == "fall_0_10":
        flat &= value <= before
    if reading == "within_10":
        flat &= 10 * value <= 11 * before
    return _run(flat, 3)


def normal_runs(table: pd.DataFrame, owner: Rows, weekly: Weekly, length: int) -> Flags:
    """Say which retained assays begin a run of so many consecutive weekly normal values.

    Source: A11.

    Examples
    --------
    >>> table = pd.DataFrame({"ADY": [0, 7, 14], "LEVEL": "NORMAL"})
    >>> normal_runs(table, np.zeros(3, dtype=np.int64), Weekly(), 3).tolist()
    [True, False, False]
    """
    normal = (table["LEVEL"] == NORMAL).to_numpy(bool)
    if length == 1:
        return normal
    joined = _adjacent(owner, table["ADY"].to_numpy(np.int64), weekly) & normal
    joined &= _before(normal.astype(np.int64), 1) == 1
    ends = _run(joined, length - 1)
    begins = np.zeros(len(ends), dtype=bool)
    begins[: max(len(ends) - length + 1, 0)] = ends[length - 1 :]
    return begins
