"""Who assessed what, when: records of one evaluator, and a patient's visits in the order they happened.

An imaging visit may take several days and a date may be known only to the month; every rule about "the last", "the
previous" and "the first" assessment rests on the order made here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]
DateArray = npt.NDArray[np.datetime64]

SAME_VISIT_DAYS = 28
INDEPENDENT_NAMES = ("INDEPENDENT", "INDEPENDENT ASSESSOR")


def text(frame: pd.DataFrame, column: str) -> pd.Series:
    """Give a text column in capitals without outer blanks, "" where it is absent or blank (no source is changed).

    Examples
    --------
    >>> text(pd.DataFrame({"A": [" ct", None]}), "A").tolist(), text(pd.DataFrame({"A": [1]}), "B").tolist()
    (['CT', ''], [''])
    """
    if column not in frame.columns:
        return pd.Series("", index=frame.index, dtype=object)
    codes, levels = pd.factorize(frame[column])  # few levels, many rows: the words are cleaned once each
    cleaned = np.array([*(str(level).strip().upper() for level in levels), ""], dtype=object)
    return pd.Series(cleaned[codes], index=frame.index)


def dates(frame: pd.DataFrame, column: str) -> pd.Series:
    """Give a date column as datetime64[ns], NaT throughout where the source has none.

    Examples
    --------
    >>> dates(pd.DataFrame({"A": [1]}), "RSDT").isna().all()
    np.True_
    """
    if column not in frame.columns:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    return frame[column].astype("datetime64[ns]")


def sequence(frame: pd.DataFrame, domain: str) -> IntArray:
    """Give the record numbers (--SEQ); the row number + 1 where the source has none.

    Examples
    --------
    >>> sequence(pd.DataFrame({"RSSEQ": [4, 7]}), "RS").tolist(), sequence(pd.DataFrame({"A": [9]}), "RS").tolist()
    ([4, 7], [1])
    """
    column = f"{domain}SEQ"
    if column in frame.columns and frame[column].notna().all():
        return frame[column].to_numpy(dtype=np.int64)
    row = frame.index if pd.api.types.is_integer_dtype(frame.index) else pd.RangeIndex(len(frame))
    return np.asarray(row, dtype=np.int64) + 1


def visit_numbers(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Give the visit numbers (VISITNUM), NaN where the source has none.

    Examples
    --------
    >>> visit_numbers(pd.DataFrame({"VISITNUM": [3, None]})).tolist(), visit_numbers(pd.DataFrame({"A": [1]})).tolist()
    ([3.0, nan], [nan])
    """
    if "VISITNUM" not in frame.columns:
        return np.full(len(frame), np.nan)
    return frame["VISITNUM"].to_numpy(dtype=float, na_value=np.nan)


def of_evaluator(frame: pd.DataFrame, domain: str, evaluator: str, reader: str | None = None) -> pd.DataFrame:
    """Keep the records of one evaluator; of several independent readers, the accepted one or the one named.

    Source: SDTMIG 3.4 (--EVAL, --EVALID, --ACPTFL). A blank evaluator is the investigator.

    Parameters
    ----------
    frame
        RS, TU or TR.
    domain
        "RS", "TU" or "TR".
    evaluator
        "INVESTIGATOR" or "INDEPENDENT" (SDTM's "INDEPENDENT ASSESSOR").
    reader
        The --EVALID to keep; None takes the records flagged as accepted.

    Raises
    ------
    ValueError
        When several readers assessed, none is flagged as accepted and none is named.

    Examples
    --------
    >>> rs = pd.DataFrame({"RSEVAL": ["INVESTIGATOR", "INDEPENDENT ASSESSOR"], "RSSEQ": [1, 2]})
    >>> of_evaluator(rs, "RS", "INDEPENDENT").RSSEQ.tolist()
    [2]
    """
    found = text(frame, f"{domain}EVAL")
    wanted = INDEPENDENT_NAMES if evaluator in INDEPENDENT_NAMES else (evaluator, "")
    kept = frame[found.isin(wanted)]
    readers = text(kept, f"{domain}EVALID")
    if reader is not None:
        return kept[readers == reader.strip().upper()]
    named = sorted(set(readers) - {""})
    accepted = text(kept, f"{domain}ACPTFL") == "Y"
    if len(named) > 1 and not accepted.any():
        raise ValueError(
            f"{domain} of {evaluator} holds several readers ({', '.join(named)}) and no {domain}ACPTFL = 'Y': "
            f"name the reader to use, or flag the accepted reading in the source"
        )
    return kept[accepted] if len(named) > 1 else kept


def visit_codes(patient: IntArray, number: npt.NDArray[np.float64], day: DateArray) -> IntArray:
    """Give records of one imaging visit the same code: those of one visit number, or of one day.

    Imaging days of one number more than `SAME_VISIT_DAYS` apart are different visits (sources repeat a number for
    unscheduled scans); a record without number joins the numbered visit of its day, or makes one by its day.

    Parameters
    ----------
    patient, number, day
        Patient, VISITNUM (NaN: none) and day (NaT: unknown) of each record, shape (n,).

    Returns
    -------
    numpy.ndarray
        Codes from 0, shape (n,).

    Examples
    --------
    >>> days = np.array(["2026-01-05", "2026-01-09", "2026-04-01", "2026-04-01"], dtype="datetime64[ns]")
    >>> visit_codes(np.zeros(4, dtype=np.int64), np.array([3.0, 3.0, 3.0, np.nan]), days).tolist()
    [0, 0, 1, 1]
    """
    numbered = ~np.isnan(number)
    code = _pairs(patient, pd.factorize(number)[0])
    day_code = pd.factorize(day)[0]
    code = _split(code, day, numbered)
    same_day = _pairs(patient, day_code)
    of_day = np.full(int(same_day.max(initial=-1)) + 1, -1)
    dated = numbered & ~np.isnat(day)
    of_day[same_day[dated]] = code[dated]
    fresh = int(code.max(initial=-1)) + 1 + same_day
    joined = np.where(of_day[same_day] >= 0, of_day[same_day], fresh)
    return np.asarray(pd.factorize(np.where(numbered, code, joined))[0])


def _pairs(first: IntArray, second: IntArray) -> IntArray:
    """Give each pair of two codes a number; the second code may be -1."""
    width = int(second.max(initial=-1)) + 2
    return np.asarray(pd.factorize(first * width + second + 1)[0])


def _split(code: IntArray, day: DateArray, numbered: BoolArray) -> IntArray:
    """Split a visit number where its imaging days lie too far apart."""
    rows = np.flatnonzero(numbered & ~np.isnat(day))
    table = pd.DataFrame({"code": code[rows], "day": day[rows]})
    span = table.groupby("code")["day"].agg(["min", "max"])
    wide = span.index[(span["max"] - span["min"]) > np.timedelta64(SAME_VISIT_DAYS, "D")]
    if wide.empty:
        return code
    table = table[table["code"].isin(wide)].sort_values(["code", "day"])
    gap = table.groupby("code")["day"].diff() > np.timedelta64(SAME_VISIT_DAYS, "D")
    episode = gap.groupby(table["code"]).cumsum().to_numpy(np.int64)
    split = code * (int(episode.max()) + 1)
    split[rows[table.index.to_numpy()]] += episode
    return split


def chronological(patient: IntArray, day: DateArray, visit: npt.NDArray[np.float64]) -> tuple[IntArray, DateArray]:
    """Order visits by patient and day, a visit with no known day standing after its predecessor by visit number.

    Parameters
    ----------
    patient
        Patient number per visit, shape (n,).
    day
        Day of the visit or NaT, shape (n,).
    visit
        Visit number, shape (n,); used among equal days and to place undated visits.

    Returns
    -------
    tuple
        `order`, shape (n,), and `reached`, shape (n,) in the input's order: the day by which the visit had surely not
        yet happened earlier, i.e. its own day or the latest known day of the visits numbered before it (NaT if none).

    Examples
    --------
    >>> days = np.array(["2026-01-05", "NaT", "2026-03-01"], dtype="datetime64[ns]")
    >>> order, reached = chronological(np.zeros(3, dtype=np.int64), days, np.array([1.0, 2.0, 3.0]))
    >>> order.tolist(), reached.astype("datetime64[D]").astype(str).tolist()
    ([0, 1, 2], ['2026-01-05', '2026-01-05', '2026-03-01'])
    """
    undated = np.isnat(day)
    reached = day.copy()
    if undated.any():
        affected = np.flatnonzero(np.isin(patient, patient[undated]))
        rows = affected[np.lexsort((visit[affected], patient[affected]))]
        known = pd.Series(day[rows])
        latest = known.groupby(patient[rows]).cummax().groupby(patient[rows]).ffill()
        reached[rows] = known.where(known.notna(), latest).to_numpy()
    # an undated first visit precedes everything: NaT sorts as the earliest day here
    rank = np.where(np.isnat(reached), np.iinfo(np.int64).min, reached.astype(np.int64))
    order = np.lexsort((visit, rank, patient)).astype(np.int64)
    return order, reached
