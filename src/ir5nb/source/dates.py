"""ISO 8601 dates of SDTM: complete, partial, or malformed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

# A part that is not known is absent at the right, or "-" where a later part is known: 2014-02, 2014, 2014---03.
_DATE: Final = r"(\d{4}|-)(?:-(\d{2}|-)(?:-(\d{2}|-))?)?"
_TIME: Final = (
    r"(?:T(?:[01]\d|2[0-4]|-)(?::(?:[0-5]\d|-)(?::(?:[0-5]\d(?:[.,]\d+)?|-))?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
_ISO: Final = re.compile(_DATE + _TIME, re.ASCII)
YEARS: Final = (1900, 2100)  # outside: a slip of the keyboard, and nanosecond dates end in 2262
FORMAT: Final = "an ISO 8601 date that exists (2026-03-04; partial: 2026-03 or 2026), year 1900 to 2100"

_MISSING: Final = np.datetime64("NaT", "D")
_ALWAYS: Final = np.datetime64("1800-01-01", "D")


@dataclass(frozen=True, slots=True, eq=False)
class Dates:
    """Dates of one column, element by element.

    Source: spec/data.md ("Dates are ISO 8601, possibly partial").

    Parameters
    ----------
    day
        Calendar day, datetime64[ns]; NaT where missing, partial or malformed.
    earliest
        First day the text allows, datetime64[ns]; equal to `day` where that is known, 1800-01-01 where not even the
        year is, NaT where missing or malformed.
    malformed
        True where there is text that is no date.
    """

    day: npt.NDArray[np.datetime64]
    earliest: npt.NDArray[np.datetime64]
    malformed: npt.NDArray[np.bool_]


def parse(texts: pd.Series) -> Dates:
    """Read a column of dates, each distinct text once.

    Source: spec/data.md; SDTMIG 3.4 section 4.4 (ISO 8601, missing parts). A time of day is accepted and dropped.

    Parameters
    ----------
    texts
        Text with None for blank, any length.

    Examples
    --------
    >>> read = parse(pd.Series(["2014-01-02T11:45", "2014-02", "2014-02-30", None]))
    >>> read.day.astype("datetime64[D]").astype(str).tolist()
    ['2014-01-02', 'NaT', 'NaT', 'NaT']
    >>> read.earliest.astype("datetime64[D]").astype(str).tolist(), read.malformed.tolist()
    (['2014-01-02', '2014-02-01', 'NaT', 'NaT'], [False, False, True, False])
    """
    codes, distinct = pd.factorize(texts)  # blank has code -1, the last element below
    bounds = [_bounds(str(text)) for text in distinct]
    first = np.array([bound[0] for bound in bounds] + [_MISSING], dtype="datetime64[D]")
    whole = np.array([bound[1] for bound in bounds] + [False], dtype=bool)
    day = np.where(whole, first, _MISSING)
    malformed = np.isnat(first)
    malformed[-1] = False
    nanoseconds = "datetime64[ns]"
    return Dates(day.astype(nanoseconds)[codes], first.astype(nanoseconds)[codes], malformed[codes])


def _bounds(text: str) -> tuple[np.datetime64, bool]:
    """Earliest day of one text and whether the day is known; NaT for a malformed text."""
    match = _ISO.fullmatch(text)
    if match is None:
        return _MISSING, False
    year, month, day = (None if part in {None, "-"} else int(part) for part in match.groups())
    if year is month is day is None:
        return _MISSING, False
    if year is not None and not YEARS[0] <= year <= YEARS[1]:
        return _MISSING, False
    try:  # 2000 stands for an unknown year: a leap year, so every possible day exists
        first = date(2000 if year is None else year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return _MISSING, False
    known = year is not None and month is not None and day is not None
    return (np.datetime64(first, "D") if year else _ALWAYS), known
