"""Days as whole numbers (since 1970-01-01) and their ISO 8601 text, complete or partial."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]
Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

NEVER: Final = 10**6  # a day (year 4707) after every day of a trial: "does not happen"
_EPOCH = dt.date(1970, 1, 1).toordinal()
_FIRST = dt.date(1930, 1, 1).toordinal() - _EPOCH


def number(text: str) -> int:
    """Turn an ISO date into the number of days since 1970-01-01.

    Examples
    --------
    >>> number("1970-01-02")
    1
    """
    return dt.date.fromisoformat(text).toordinal() - _EPOCH


def iso(days: Days, partial: Flags | None = None) -> Texts:
    """Write days as ISO 8601 text: None from `NEVER` on; the month only where `partial`.

    Parameters
    ----------
    days
        Days since 1970-01-01, any shape, from 1930 to 2129 or `NEVER`.
    partial
        Where only year and month are known; nowhere by default.

    Returns
    -------
    numpy.ndarray of object
        Text or None, same shape. Equal days share one text, so millions of records stay small.

    Examples
    --------
    >>> iso(np.array([0, NEVER])).tolist()
    ['1970-01-01', None]
    >>> iso(np.array([31]), partial=np.array([True])).tolist()
    ['1970-02']
    """
    known = days < NEVER
    out = np.full(days.shape, None, dtype=object)
    out[known] = _calendar(10)[days[known] - _FIRST]
    if partial is not None:
        out[known & partial] = _calendar(7)[days[known & partial] - _FIRST]
    return out


@cache
def _calendar(length: int) -> Texts:
    """Texts of every day from 1930 to 2129, of which `length` characters are kept."""
    every_day = np.arange(_FIRST, _FIRST + 200 * 365).astype("datetime64[D]")
    return np.array([str(day)[:length] for day in every_day], dtype=object)
