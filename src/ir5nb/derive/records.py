"""Source records: which one of a patient's records is first or last, and how a record is named in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import NAT, Dates, Texts, nanoseconds

Rows = npt.NDArray[np.int64]
_DAY_SHIFT = 36  # a key holds the day above 36 bits of record number: one integer orders both
_DAY_ZERO = np.datetime64("1800-01-01", "D")


def iso(days: Dates) -> Texts:
    """Write days as ISO 8601 texts; "unknown date" where missing.

    Source: spec/data.md (dates are ISO 8601).

    Examples
    --------
    >>> iso(nanoseconds(["2026-03-04", None])).tolist()
    ['2026-03-04', 'unknown date']
    """
    return _pieces(days, "{}", "unknown date")


def present(values: Any) -> Texts:
    """Give texts with "" where there is none.

    Source: house style (missing is not a word).

    Examples
    --------
    >>> present(["WEEK 8", None]).tolist()
    ['WEEK 8', '']
    """
    known = values if isinstance(values, np.ndarray) and values.dtype == object else pd.Series(values, dtype=object)
    texts = ["" if missing else str(value) for value, missing in zip(known, pd.isna(known), strict=True)]
    return np.array(texts, dtype=object)


def words(domain: Any, seq: Any, days: Dates, visit: Any = None, value: Any = None) -> Texts:
    """Name records by domain, number, visit, day and value, each part only where known.

    Source: requirement "every derived row carries the source record's key" (spec/endpoints.md).

    Parameters
    ----------
    domain, seq
        Two-letter domain and record number, one per record (number missing: left out).
    days
        Days of the records (datetime64[ns]).
    visit, value
        Visit name and value, or None.

    Examples
    --------
    >>> words(["RS"], [12], nanoseconds(["2026-03-04"]), ["WEEK 16"], ["PD"])[0]
    'RS 12 (visit WEEK 16, 2026-03-04): PD'
    >>> words(["DM"], [None], nanoseconds(["2026-03-04"]))[0]
    'DM (2026-03-04)'
    """
    numbers = _floats(seq)
    told = _pieces(domain, "{}") + _pieces(numbers, " {:.0f}")
    told = told + " (" if visit is None else told + _pieces(visit, " (visit {}, ", " (")
    told = told + _pieces(days, "{})", "unknown date)")
    return np.asarray(told if value is None else told + _pieces(value, ": {}"), dtype=object)


def _pieces(values: Any, form: str, otherwise: str = "") -> Texts:
    """Write each value in its form, another text where there is none; values repeat, so each is written once."""
    codes, known = pd.factorize(values if isinstance(values, np.ndarray) else np.asarray(values, dtype=object))
    said = np.datetime_as_string(known, "D") if known.dtype.kind == "M" else known
    written = [otherwise if isinstance(one, str) and not one else form.format(one) for one in said]
    return np.array([*written, otherwise], dtype=object)[codes]  # the code of a missing value is -1: the last


def column(frame: pd.DataFrame, name: str) -> Texts:
    """Give a column as an object array; all None where the frame has no such column.

    Source: spec/data.md (optional columns).

    Examples
    --------
    >>> column(pd.DataFrame({"A": ["x"]}), "B").tolist()
    [None]
    """
    if name in frame.columns:
        return frame[name].to_numpy(object)
    return np.full(len(frame), None, dtype=object)


def holds(values: Texts, word: str) -> npt.NDArray[np.bool_]:
    """Say which texts contain a word, in any case; texts repeat, so each spelling is looked at once.

    Source: none; a fast way for columns of few terms.

    Examples
    --------
    >>> holds(np.array(["Placebo", None, "ZIMBERELIMAB"], dtype=object), "PLACEBO").tolist()
    [True, False, False]
    """
    codes, spellings = pd.factorize(values)
    found = np.array([word in str(spelling).upper() for spelling in spellings] + [False])  # code -1: no text
    return np.asarray(found[codes])


def days_of(frame: pd.DataFrame, name: str) -> Dates:
    """Give a date column as datetime64[ns]; all NaT where the frame has no such column.

    Source: spec/data.md (partial dates have no day).

    Examples
    --------
    >>> days_of(pd.DataFrame({"A": [1]}), "ADT").tolist()
    [None]
    """
    if name not in frame.columns:
        return np.full(len(frame), NAT, dtype="datetime64[ns]")
    return nanoseconds(frame[name])


def numbers_of(frame: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    """Give a numeric column as float64; all NaN where the frame has no such column.

    Source: spec/data.md.

    Examples
    --------
    >>> numbers_of(pd.DataFrame({"RSSEQ": [3]}), "RSSEQ").tolist()
    [3.0]
    """
    if name not in frame.columns:
        return np.full(len(frame), np.nan)
    return _floats(frame[name])


def _floats(values: Any) -> npt.NDArray[np.float64]:
    """Give numbers as float64, missing as NaN; plain ones without pandas' nullable type."""
    kind = getattr(values, "dtype", None)
    if isinstance(kind, np.dtype) and kind.kind in "iuf":
        return np.asarray(values, dtype=np.float64)
    return pd.Series(values, dtype="Float64").to_numpy(float, na_value=np.nan)


def keys(days: Dates, seq: npt.NDArray[np.float64]) -> Rows:
    """Give one integer per record that orders by day, then record number (row order plays no part).

    Source: house rule (order of rows is irrelevant). A record without number counts as number 0.

    Examples
    --------
    >>> first, second = keys(nanoseconds(["2026-03-04", "2026-03-04"]), np.array([2.0, 1.0]))
    >>> bool(second < first)
    True
    """
    day = (days.astype("datetime64[D]") - _DAY_ZERO).astype(np.int64)
    return (day << _DAY_SHIFT) + np.where(np.isnan(seq), 0, seq).astype(np.int64)


def pick(patients: int, owner: Rows, key: Rows, usable: npt.NDArray[np.bool_], *, last: bool = False) -> Rows:
    """Find each patient's first (or last) usable record.

    Source: house rule (vectorised; one pass, no sorting).

    Parameters
    ----------
    patients
        How many patients there are.
    owner
        Position of the record's patient; negative where the patient is none of them.
    key, usable
        Order of the records (`keys`), and which of them count.
    last
        Whether the last is wanted; of records with equal keys the one lowest in the file is taken.

    Returns
    -------
    array
        Position of the record per patient, -1 where there is none.

    Examples
    --------
    >>> pick(2, np.array([0, 0, -1]), np.array([5, 3, 1]), np.array([True, True, True])).tolist()
    [1, -1]
    """
    rows = np.flatnonzero(usable & (owner >= 0))
    owners, ranks = owner[rows], -key[rows] if last else key[rows]
    best = np.full(patients, np.iinfo(np.int64).max)
    np.minimum.at(best, owners, ranks)
    hit = ranks == best[owners]
    found = np.full(patients, -1, dtype=np.int64)
    found[owners[hit][::-1]] = rows[hit][::-1]
    return found


def at(values: npt.NDArray[Any], rows: Rows, missing: Any) -> npt.NDArray[Any]:
    """Give the values at the rows found by `pick`, `missing` where none was found.

    Source: house rule (missing is not zero).

    Examples
    --------
    >>> at(np.array(["a", "b"], dtype=object), np.array([1, -1]), None).tolist()
    ['b', None]
    """
    if len(values) == 0:
        return np.full(len(rows), missing, dtype=values.dtype)
    return np.where(rows >= 0, values[rows], np.asarray(missing, dtype=values.dtype))


def either(condition: Any, yes: Any, no: Any) -> npt.NDArray[Any]:
    """Choose row by row between two values, None included (numpy's `where`, typed).

    Source: none; a door to numpy.

    Examples
    --------
    >>> either(np.array([True, False]), "DM", None).tolist()
    ['DM', None]
    """
    return np.asarray(np.where(condition, yes, no))
