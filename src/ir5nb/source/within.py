"""Checks that one table answers by itself: blanks, keys, levels, ranges, units, order of dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.source.domains import (
    DIAMETER_TESTS,
    HCG,
    IRECIST_CRITERIA,
    IRESPONSES,
    LESION_MM,
    RECIST_CRITERIA,
    RESPONSES,
    THICKNESS_TESTS,
    UNITS_HCG,
    UNITS_MM,
)
from ir5nb.source.problems import Problem
from ir5nb.source.typed import Table

_CORRECT = "correct the cell, or translate it in `mapping: codes:`"


def check_table(table: Table) -> list[Problem]:
    """Find everything wrong or odd that one table shows by itself.

    Source: spec/data.md, "Checks at the door".

    Parameters
    ----------
    table
        Typed columns; those that are absent are not checked here.

    Examples
    --------
    >>> from ir5nb.source.domains import DOMAINS
    >>> raw = pd.DataFrame({"USUBJID": ["P-1"], "AETERM": ["RASH"], "AETOXGR": ["6"]})
    >>> check_table(Table(DOMAINS["AE"], "ae.csv", raw))[0].expected
    'one of 1, 2, 3, 4, 5'
    """
    checks = (_blanks, _keys, _records, _answers, _levels, _ranges, _order, *_BY_DOMAIN.get(table.domain.name, ()))
    return [problem for check in checks for problem in check(table)]


def _blanks(table: Table) -> Iterator[Problem]:
    for column in table.domain.filled:
        if column in table.frame:
            yield from table.problems(blank(table, column), column, "a value in every row", "fill the cell")


def _keys(table: Table) -> Iterator[Problem]:
    key = list(table.domain.key)
    if key and set(key) <= set(table.frame):
        doubled = table.frame.duplicated(key).to_numpy() & ~blank(table, key[-1])
        expected, action = f"one row per {' and '.join(key)}", "remove the duplicate row, or correct its identifier"
        yield from table.problems(doubled, key[-1], expected, action)


def _records(table: Table) -> Iterator[Problem]:
    """Find records delivered twice, which count twice, and numbers given twice, which make a reference ambiguous."""
    number = table.domain.sequence
    if not {"USUBJID", number} <= set(table.frame):
        return
    key = ["USUBJID", number]
    later = table.frame.duplicated(key).to_numpy() & ~blank(table, number)
    if not later.any():
        return
    shared = table.frame.duplicated(key, keep=False).to_numpy() & ~blank(table, number)
    again = np.zeros(len(shared), dtype=bool)
    again[shared] = table.frame[shared].duplicated().to_numpy()
    yield from table.problems(again, number, "each record once", "remove the repeated row")
    lost = "a reason that refers to this number names more than one record"
    expected, action = f"one row per USUBJID and {number}", "number the patient's records anew"
    yield from table.problems(later & ~again, number, expected, action, lost, "query")


def _answers(table: Table) -> Iterator[Problem]:
    """Find questions with two different answers: the analysis then depends on a rule of ours."""
    answer, frame = table.domain.answer, table.frame
    key = [column for column in table.domain.answers if column in frame]
    if not key or answer not in frame:
        return
    asked = frame.loc[frame[answer].notna(), [*key, answer]]
    again = asked[asked.duplicated(key, keep=False)]
    answers = again[answer].groupby(again.groupby(key, dropna=False, sort=False).ngroup()).transform("nunique")
    rows = frame.index.isin(again.index[(answers > 1).to_numpy()])
    if {"TRTESTCD", "TRLNKID"} <= set(frame):
        rows &= ~frame["TRTESTCD"].isin(THICKNESS_TESTS).to_numpy() & ~blank(table, "TRLNKID")
    expected, action = (
        f"one answer per {', '.join(key[1:])} of a patient",
        "correct the visit or reader of one, or remove it",
    )
    yield from table.problems(rows, answer, expected, action, table.domain.contested, "query")


def _levels(table: Table) -> Iterator[Problem]:
    for column, levels in table.domain.levels.items():
        if column in table.frame:
            yield from _unknown(table, column, levels, np.ones(len(table.frame), dtype=bool))


def _unknown(
    table: Table, column: str, levels: Sequence[str], rows: npt.NDArray[np.bool_], lost: str = ""
) -> list[Problem]:
    wrong = rows & ~table.frame[column].isin(levels).to_numpy() & ~blank(table, column)
    return table.problems(wrong, column, f"one of {', '.join(levels)}", _CORRECT, lost, "query" if lost else "error")


def _ranges(table: Table) -> Iterator[Problem]:
    for column, (low, high) in table.domain.ranges.items():
        if column in table.frame:
            wrong = outside(table.frame[column], low, high)
            yield from table.problems(wrong, column, f"a number from {low:g} to {high:g}", "correct the cell")


def _order(table: Table) -> Iterator[Problem]:
    start, end = f"{table.domain.name}STDT", f"{table.domain.name}ENDT"
    if not {start, end} <= set(table.frame):
        return
    wrong = (table.frame[end] < table.frame[start]).to_numpy()
    expected, action = f"an end on or after the start ({start}C)", "correct the wrong one of the two dates"
    if table.domain.name == "EX":
        yield from table.problems(wrong, f"{end}C", expected, action)
    else:
        lost = "the duration is negative; the start date is used as it stands"
        yield from table.problems(wrong, f"{end}C", expected, action, lost, "query")


def _responses(table: Table) -> Iterator[Problem]:
    frame = table.frame
    if not {"RSTESTCD", "RSSTRESC"} <= set(frame):
        return
    criteria = frame["RSCAT"] if "RSCAT" in frame else pd.Series(None, index=frame.index, dtype=object)
    recist = criteria.isna().to_numpy() | _begins(criteria, RECIST_CRITERIA)
    yield from _responses_of(table, recist, RESPONSES)
    immune = _begins(criteria, IRECIST_CRITERIA)
    yield from _responses_of(table, immune, IRESPONSES, "left out of the exploratory iRECIST response")


def _responses_of(
    table: Table, rows: npt.NDArray[np.bool_], levels: Mapping[str, tuple[str, ...]], lost: str = ""
) -> Iterator[Problem]:
    for test, allowed in levels.items():
        of_test = rows & (table.frame["RSTESTCD"] == test).to_numpy()
        yield from _unknown(table, "RSSTRESC", allowed, of_test, lost)
        if "RSDT" in table.frame:
            given = of_test & ~blank(table, "RSSTRESC")
            yield from _undated(table, given, "RSDTC", "this assessment can neither date a progression nor a response")


def _lesions(table: Table) -> Iterator[Problem]:
    frame = table.frame
    if not {"TRTESTCD", "TRSTRESN"} <= set(frame):
        return
    sized = frame["TRTESTCD"].isin((*DIAMETER_TESTS, *THICKNESS_TESTS)).to_numpy()
    measured = sized & frame["TRSTRESN"].notna().to_numpy()
    low, high = LESION_MM
    wrong = measured & outside(frame["TRSTRESN"], low, high)
    yield from table.problems(wrong, "TRSTRESN", f"a diameter from {low:g} to {high:g} mm", "correct the measurement")
    yield from _units(table, measured, "TRSTRESU", UNITS_MM, "the number is taken as millimetres")
    if "TRDT" in frame:
        lost = "the measurement cannot be placed before or after treatment start"
        yield from _undated(table, measured, "TRDTC", lost)


def _assays(table: Table) -> Iterator[Problem]:
    frame = table.frame
    if not {"LBTESTCD", "LBSTRESN", "LBSTRESC"} <= set(frame):
        return
    hcg = (frame["LBTESTCD"] == HCG).to_numpy()
    negative = hcg & (frame["LBSTRESN"] < 0).to_numpy()
    yield from table.problems(negative, "LBSTRESN", "a concentration of 0 or more", "correct the assay")
    given = hcg & (frame["LBSTRESN"].notna() | frame["LBSTRESC"].notna()).to_numpy()
    yield from _units(table, given, "LBSTRESU", UNITS_HCG, "the number is compared with the limit as it stands")
    if "LBSTNRHI" in frame:
        unlimited = given & ~(frame["LBSTNRHI"] > 0).to_numpy()
        action, lost = "ask the laboratory for its limit", "the assay is never called normal"
        yield from table.problems(unlimited, "LBSTNRHI", "the assay's upper limit of normal", action, lost, "query")
    if "LBDT" in frame:
        yield from _undated(table, given, "LBDTC", "this assay is in no weekly series")


def _units(
    table: Table, rows: npt.NDArray[np.bool_], column: str, allowed: Sequence[str], lost: str
) -> Iterator[Problem]:
    if column not in table.frame:
        return
    empty = blank(table, column)
    expected = f"a unit that needs no conversion ({', '.join(allowed)})"
    wrong = rows & ~empty & ~table.frame[column].isin(allowed).to_numpy()
    yield from table.problems(wrong, column, expected, "convert value, limits and unit together in the source")
    yield from table.problems(rows & empty, column, expected, "complete the unit", lost, "query")


def _undated(table: Table, rows: npt.NDArray[np.bool_], column: str, lost: str) -> Iterator[Problem]:
    unknown = rows & table.frame[column.removesuffix("C")].isna().to_numpy()
    yield from table.problems(unknown, column, "a complete date", "ask the centre for the day", lost, "query")


def _doses(table: Table) -> Iterator[Problem]:
    if {"EXDOSE", "EXSTDT"} <= set(table.frame):
        given = (table.frame["EXDOSE"] > 0).to_numpy()
        yield from _undated(table, given, "EXSTDTC", "this dose can neither start nor end treatment")


def _begins(texts: pd.Series, starts: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Mark the texts that begin so, in any case of letters; each distinct text is looked at once."""
    at, distinct = pd.factorize(texts)
    return np.array([*(str(text).upper().startswith(starts) for text in distinct), False])[at]


def _events(table: Table) -> Iterator[Problem]:
    if {"AETOXGR", "AETERM"} <= set(table.frame):
        ungraded = blank(table, "AETOXGR") & ~blank(table, "AETERM")
        action, lost = "ask the centre for the grade", "counted as ungraded, never as grade 0 or 1"
        yield from table.problems(ungraded, "AETOXGR", "a CTCAE grade", action, lost, "query")


def blank(table: Table, column: str) -> npt.NDArray[np.bool_]:
    """Mark the rows without a value in a column."""
    return table.frame[column].isna().to_numpy()


def outside(numbers: pd.Series, low: float, high: float) -> npt.NDArray[np.bool_]:
    """Mark the numbers below `low` or above `high`; blank is neither."""
    return ((numbers < low) | (numbers > high)).to_numpy()


_BY_DOMAIN = {"RS": (_responses,), "TR": (_lesions,), "LB": (_assays,), "EX": (_doses,), "AE": (_events,)}
