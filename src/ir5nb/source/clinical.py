"""Checks of what a domain's cells mean: responses, lesions, assays, doses, adverse events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.source.domains import (
    DIAMETER_TESTS,
    HCG,
    HCG_IU_PER_L,
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
from ir5nb.source.within import blank, outside, unknown

_VALUE: Final = re.compile(r"\s*([<>]=?|[≤≥])?\s*\d+(\.\d+)?\s*")  # "<2", "> 1000", "12.5"


def check_content(table: Table) -> list[Problem]:
    """Find what one table says that cannot be, or cannot be used.

    Source: spec/data.md, "Checks at the door"; spec/endpoints.md for the consequences.

    Parameters
    ----------
    table
        Typed columns of any domain; those that are absent are not checked here.

    Examples
    --------
    >>> from ir5nb.source.domains import DOMAINS
    >>> lesion = {"USUBJID": ["P-1"], "TRLNKID": ["T01"], "TRTESTCD": ["LDIAM"], "TRSTRESN": [512.0]}
    >>> check_content(Table(DOMAINS["TR"], "tr.csv", pd.DataFrame(lesion)))[0].expected
    'a diameter from 0 to 500 mm'
    """
    checks = {"RS": _responses, "TR": _lesions, "LB": _assays, "EX": _doses, "AE": _events}
    return list(checks[table.domain.name](table)) if table.domain.name in checks else []


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
        yield from unknown(table, "RSSTRESC", allowed, of_test, lost)
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
    low, high = HCG_IU_PER_L
    absurd = hcg & outside(frame["LBSTRESN"], low, high)
    yield from table.problems(absurd, "LBSTRESN", f"a concentration from {low:g} to {high:g} IU/L", "correct the assay")
    given = hcg & (frame["LBSTRESN"].notna() | frame["LBSTRESC"].notna()).to_numpy()
    yield from _units(table, given, "LBSTRESU", UNITS_HCG, "the number is compared with the limit as it stands")
    worded = hcg & frame["LBSTRESN"].isna().to_numpy() & ~blank(table, "LBSTRESC")
    wordless = worded & ~_matches(frame["LBSTRESC"], _VALUE)
    expected, action = 'a number, or a limit such as "<2"', "ask the laboratory for the result"
    yield from table.problems(wordless, "LBSTRESC", expected, action, "the assay has no value", "query")
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


def _matches(texts: pd.Series, pattern: re.Pattern[str]) -> npt.NDArray[np.bool_]:
    """Mark the texts that are of a pattern; each distinct text is looked at once."""
    at, distinct = pd.factorize(texts)
    return np.array([*(pattern.fullmatch(str(text)) is not None for text in distinct), False])[at]


def _begins(texts: pd.Series, starts: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Mark the texts that begin so, in any case of letters; each distinct text is looked at once."""
    at, distinct = pd.factorize(texts)
    return np.array([*(str(text).upper().startswith(starts) for text in distinct), False])[at]


def _events(table: Table) -> Iterator[Problem]:
    if {"AETOXGR", "AETERM"} <= set(table.frame):
        ungraded = blank(table, "AETOXGR") & ~blank(table, "AETERM")
        action, lost = "ask the centre for the grade", "counted as ungraded, never as grade 0 or 1"
        yield from table.problems(ungraded, "AETOXGR", "a CTCAE grade", action, lost, "query")
