"""The tumour records of one evaluator as arrays: words become codes, and millions of rows are compared as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.timepoint_visits import (
    BoolArray,
    DateArray,
    IntArray,
    dates,
    of_evaluator,
    sequence,
    visit_numbers,
)


@dataclass(frozen=True, slots=True)
class Words:
    """A column of words: one code per record, into `levels` (capitals, "" for none)."""

    codes: IntArray
    levels: tuple[str, ...]

    def where(self, holds: Callable[[str], bool]) -> BoolArray:
        """Tell the records whose word fulfils a condition (asked once per word)."""
        return np.array([holds(level) for level in self.levels], dtype=bool)[self.codes]

    def among(self, *words: str) -> BoolArray:
        """Tell the records whose word is one of those given."""
        return self.where(lambda level: level in words)

    def mapped(self, values: dict[str, int], default: int) -> IntArray:
        """Give each word's number."""
        return np.array([values.get(level, default) for level in self.levels], dtype=np.int64)[self.codes]


@dataclass(frozen=True, slots=True)
class Records:
    """Records of TU, TR or RS: one element per record; columns a domain does not have are empty words or NaN."""

    domain: str
    patient: IntArray  # place on the roster
    lesion: Words
    test: Words
    group: Words
    result: Words  # "" where the record is not done
    place: Words
    number: npt.NDArray[np.float64]
    day: DateArray
    visit: npt.NDArray[np.float64]
    visit_name: npt.NDArray[np.object_]
    seq: IntArray

    def __len__(self) -> int:
        """Count the records."""
        return len(self.patient)


def records(
    frame: pd.DataFrame, domain: str, roster: pd.Series, evaluator: str = "INVESTIGATOR", reader: str | None = None
) -> Records:
    """Take one evaluator's records of the roster's patients.

    Source: SDTMIG 3.4 TU, TR, RS (the standardised result, or the original one where there is none).

    Parameters
    ----------
    frame
        TU (identifications only are kept), TR or RS.
    domain
        "TU", "TR" or "RS".
    roster
        Treatment start by USUBJID.
    evaluator, reader
        As in `timepoint_visits.of_evaluator`.

    Raises
    ------
    ValueError
        When several readers assessed, none is accepted and none is named.

    Examples
    --------
    >>> tr = pd.DataFrame({"USUBJID": ["P1", "P2"], "TRLNKID": ["t01", "T01"], "TRTESTCD": "LDIAM", "TRSTRESN": 31.1})
    >>> taken = records(tr, "TR", pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"]))
    >>> taken.lesion.levels, taken.number.tolist()
    (('T01', ''), [31.1])
    """
    frame = of_evaluator(frame, domain, evaluator, reader)
    patient = np.asarray(roster.index.get_indexer(pd.Index(frame["USUBJID"])), dtype=np.int64)
    kept = patient >= 0
    if domain == "TU":
        kept &= _words(frame, "TUTESTCD").among("", "TUMIDENT")
    frame, patient = (frame, patient) if kept.all() else (frame[kept], patient[kept])
    named = [f"{domain}{name}" for name in ("LNKID", "TESTCD", "GRPID", "STRESC", "ORRES", "LOC")]
    lesion, test, group, standard, original, place = (_words(frame, name) for name in named)
    done = ~_words(frame, f"{domain}STAT").among("NOT DONE")
    size = frame[f"{domain}STRESN"].to_numpy(float) if f"{domain}STRESN" in frame else np.full(len(frame), np.nan)
    return Records(
        domain,
        patient,
        lesion,
        test,
        group,
        _result(standard, original, done),
        place,
        np.where(done, size, np.nan),
        dates(frame, f"{domain}DT").to_numpy("datetime64[ns]"),
        visit_numbers(frame),
        frame["VISIT"].to_numpy(object) if "VISIT" in frame else np.full(len(frame), None, dtype=object),
        sequence(frame, domain),
    )


def _words(frame: pd.DataFrame, column: str) -> Words:
    """Read a column of words; "" where it is absent or blank."""
    if column not in frame.columns:
        return Words(np.zeros(len(frame), dtype=np.int64), ("",))
    codes, found = pd.factorize(frame[column])
    cleaned: list[Any] = [*(str(word).strip().upper() for word in found), ""]
    merged, levels = pd.factorize(np.array(cleaned, dtype=object))
    return Words(np.asarray(merged[codes], dtype=np.int64), tuple(levels))


def _result(standard: Words, original: Words, done: BoolArray) -> Words:
    """Give the standardised result, the original one where that is blank, "" where the record is not done."""
    levels = (*standard.levels, *original.levels, "")
    blank = standard.among("")
    codes = np.where(blank, len(standard.levels) + original.codes, standard.codes)
    return Words(np.where(done, codes, len(levels) - 1), levels)
