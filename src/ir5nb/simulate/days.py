"""Days as whole numbers (since 1970-01-01) and their ISO 8601 text, complete or partial."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

NEVER: Final = 10**6  # a day (year 4707) after every day of a trial: "does not happen"
_EPOCH = dt.date(1970, 1, 1).toordinal()


def number(text: str) -> int:
    """Turn an ISO date into the number of days since 1970-01-01.

    Examples
    --------
    >>> number("1970-01-02")
    1
    """
    return dt.date.fromisoformat(text).toordinal() - _EPOCH


def iso(days: Days, length: int = 10) -> Texts:
    """Write days as ISO 8601 text: None from `NEVER` on; `length` 7 keeps the month, 4 the year.

    Parameters
    ----------
    days
        Days since 1970-01-01, any shape.
    length
        Characters kept of YYYY-MM-DD.

    Returns
    -------
    numpy.ndarray of object
        Text or None, same shape. Equal days share one text, so millions of records stay small.

    Examples
    --------
    >>> iso(np.array([0, NEVER])).tolist()
    ['1970-01-01', None]
    >>> iso(np.array([31]), length=7).tolist()
    ['1970-02']
    """
    days = np.asarray(days, dtype=np.int64)
    known = days < NEVER
    out = np.full(days.shape, None, dtype=object)
    if known.any():
        first = int(days[known].min())
        calendar = np.arange(first, int(days[known].max()) + 1).astype("datetime64[D]")
        texts = np.array([str(day)[:length] for day in calendar], dtype=object)
        out[known] = texts[days[known] - first]
    return out
