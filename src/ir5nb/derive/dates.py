"""Partial dates: what an incomplete ISO 8601 text allows, and the named rules that complete it, each with its flag.

A partial date is never completed silently (spec/data.md): the flag is ADaM's `--DTF`, "D" where the day was
imputed and "M" where month and day were; None where the source gave the whole date or nothing usable.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Dates = npt.NDArray[np.datetime64]
Texts = npt.NDArray[np.object_]

_PARTIAL: Final = r"^(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2]))?(?:-(?:--?)?)*$"
NAT: Final = np.datetime64("NaT", "ns")


def nanoseconds(values: Any) -> Dates:
    """Give dates as a datetime64[ns] array.

    Source: spec/data.md (dates are days; the unit is pandas' own).

    Examples
    --------
    >>> nanoseconds(["2026-03-04", None]).astype("datetime64[D]").tolist()
    [datetime.date(2026, 3, 4), None]
    """
    if str(getattr(values, "dtype", "")).startswith("datetime64["):
        return np.asarray(values, dtype="datetime64[ns]")
    return np.asarray(pd.to_datetime(pd.Series(values, dtype=None)), dtype="datetime64[ns]")


def bounds(text: Any) -> tuple[Dates, Dates, Texts]:
    """Give the earliest and the latest day a partial date text allows, and the flag of what is missing.

    Source: spec/data.md, partial dates ("2026-03", "2026"; "2026---" as SDTM writes unknown parts).

    Parameters
    ----------
    text
        ISO 8601 texts, one per record; None where blank. Complete dates are given back unflagged.

    Returns
    -------
    tuple
        Earliest day, latest day (datetime64[ns], NaT where the text names no year) and flag ("D", "M" or None).

    Examples
    --------
    >>> first, last, flag = bounds(["2024-02", "2024", "2024-02-10", None])
    >>> last.astype("datetime64[D]").astype(str).tolist(), flag.tolist()
    (['2024-02-29', '2024-12-31', '2024-02-10', 'NaT'], ['D', 'M', None, None])
    """
    texts = pd.Series(text, dtype=object)
    if texts.isna().all():
        nothing = np.full(len(texts), NAT)
        return nothing, nothing.copy(), np.full(len(texts), None, dtype=object)
    found = texts.str.extract(_PARTIAL)
    year = pd.to_numeric(found["year"]).to_numpy(float)
    month = pd.to_numeric(found["month"]).to_numpy(float)
    partial, monthly = ~np.isnan(year), ~np.isnan(month)
    whole = nanoseconds(pd.to_datetime(texts.where(~partial).str.slice(0, 10), format="%Y-%m-%d", errors="coerce"))
    from_month = np.where(partial, 12 * (year - 1970) + np.where(monthly, month - 1, 0), 0).astype(int)
    to_month = from_month + np.where(monthly, 1, 12)
    earliest = from_month.astype("datetime64[M]").astype("datetime64[ns]")
    latest = (to_month.astype("datetime64[M]").astype("datetime64[D]") - 1).astype("datetime64[ns]")
    flag = np.full(len(texts), None, dtype=object)
    flag[partial] = np.where(monthly[partial], "D", "M")
    return np.where(partial, earliest, whole), np.where(partial, latest, whole), flag


def onset(text: Any, complete: Any, not_before: Any) -> tuple[Dates, Texts]:
    """Complete the onset of an adverse event: the earliest possible day, but not before inclusion, flagged.

    Source: spec/data.md. An onset that cannot have been after inclusion (its latest possible day precedes it)
    stays at its earliest possible day.

    Parameters
    ----------
    text, complete
        The record's date text and its parsed day (NaT where the text is missing or partial).
    not_before
        The patient's inclusion, per record; NaT where none is known.

    Returns
    -------
    tuple
        Days (datetime64[ns]; NaT where even the year is unknown) and flags ("D", "M" or None).

    Examples
    --------
    >>> day, flag = onset(["2026-03"], [None], ["2026-03-10"])
    >>> str(day[0])[:10], flag[0]
    ('2026-03-10', 'D')
    """
    days, floor = nanoseconds(complete).copy(), nanoseconds(not_before)
    flags = np.full(len(days), None, dtype=object)
    rows = np.flatnonzero(np.isnat(days) & pd.Series(text, dtype=object).notna().to_numpy())
    earliest, latest, flag = bounds(pd.Series(text, dtype=object).to_numpy()[rows])
    raised = (floor[rows] > earliest) & (floor[rows] <= latest)
    days[rows], flags[rows] = np.where(raised, floor[rows], earliest), flag
    return days, flags


def death(text: Any, complete: Any, last_contact: Any) -> tuple[Dates, Texts]:
    """Complete a date of death: the first day of the known month or year, never before the last contact, flagged.

    Source: spec/data.md.

    Parameters
    ----------
    text, complete
        The record's date text and its parsed day (NaT where the text is missing or partial).
    last_contact
        The patient's last contact within what the text allows, per record; NaT where none is known.

    Returns
    -------
    tuple
        Days (datetime64[ns]) and flags ("D", "M" or None).

    Examples
    --------
    >>> day, flag = death(["2026-03", "2026-05-02"], [None, "2026-05-02"], ["2026-03-07", "2026-04-01"])
    >>> day.astype("datetime64[D]").astype(str).tolist(), flag.tolist()
    (['2026-03-07', '2026-05-02'], ['D', None])
    """
    return onset(text, complete, last_contact)


def window_end(start: Any, months: int) -> Dates:
    """Give the same day so many calendar months later, or the last day of that month where there is none.

    Source: requirement A15 (5 calendar months after end of treatment).

    Examples
    --------
    >>> window_end(["2025-09-30", "2025-01-15"], 5).astype("datetime64[D]").astype(str).tolist()
    ['2026-02-28', '2025-06-15']
    """
    return nanoseconds(pd.Series(nanoseconds(start)) + pd.DateOffset(months=months))
