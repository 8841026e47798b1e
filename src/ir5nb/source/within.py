"""Checks of any one table against its declaration: blanks, keys, answers, levels, ranges, order of dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.source.domains import THICKNESS_TESTS
from ir5nb.source.problems import Problem
from ir5nb.source.typed import Table

_CORRECT = "correct the cell, or translate it in `mapping: codes:`"


def check_table(table: Table) -> list[Problem]:
    """Find where one table contradicts its declaration.

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
    checks = (_blanks, _keys, _records, _answers, _levels, _ranges, _order)
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
            yield from unknown(table, column, levels, np.ones(len(table.frame), dtype=bool))


def unknown(
    table: Table, column: str, levels: Sequence[str], rows: npt.NDArray[np.bool_], lost: str = ""
) -> list[Problem]:
    """List the rows, among those marked, whose cell is none of the levels; a query where `lost` says what is lost."""
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


def blank(table: Table, column: str) -> npt.NDArray[np.bool_]:
    """Mark the rows without a value in a column."""
    return table.frame[column].isna().to_numpy()


def outside(numbers: pd.Series, low: float, high: float) -> npt.NDArray[np.bool_]:
    """Mark the numbers below `low` or above `high`; blank is neither."""
    return ((numbers < low) | (numbers > high)).to_numpy()
