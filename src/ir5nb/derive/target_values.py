"""What a recorded lesion size says: millimetres kept as whole nanometres, or absent, too small, merged, not measured.

Thresholds such as "20 % above" and "5 mm above" are met or missed exactly; binary fractions miss exact +20 % pairs, so
sizes are scaled integers from the door on.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.timepoint_records import Words

IntArray = npt.NDArray[np.integer[Any]]

NM_PER_MM: Final = 1_000_000
MEASURED, MISSING, MERGED = 0, 1, 2
TOO_SMALL_MM: Final = 5  # RECIST 1.1, 4.1: a lesion seen but too small to measure counts 5 mm

ABSENT_WORDS: Final = ("ABS", "ABSENT", "DISAPPEARED", "NOT PRESENT", "RESOLVED")
TOO_SMALL_WORDS: Final = ("TSM", "TSTM", "TOO SMALL", "TOO SMALL TO MEASURE", "<5", "< 5", "BELOW MEASURABLE LIMIT")
MERGED_WORDS: Final = ("MERGED", "COALESCED")
_PARTS: Final = re.compile(r"\d+(\.\d+)?(\s*\+\s*\d+(\.\d+)?)*")


def read(number: npt.NDArray[np.float64], result: Words) -> tuple[IntArray, IntArray]:
    """Read lesion sizes from their number, or from their word where there is none.

    Source: RECIST 1.1 4.1 (too small to measure: 5 mm; a split lesion adds its parts, merged lesions have one size).

    Parameters
    ----------
    number
        Size in mm (TRSTRESN), NaN where none or not done, shape (n,).
    result
        Result (TRSTRESC), "" where none or not done, shape (n,).

    Returns
    -------
    tuple
        Size in nanometres (0 where there is none) and kind (`MEASURED`, `MISSING`, `MERGED`), shapes (n,).

    Examples
    --------
    >>> size, kind = read(np.array([31.1, np.nan, np.nan]), Words(np.array([0, 1, 2]), ("31.1", "TSM", "NE")))
    >>> size.tolist(), kind.tolist()
    ([31100000, 5000000, 0], [0, 0, 1])
    """
    known = ~np.isnan(number)
    worded = np.array([_word(word) for word in result.levels], dtype=np.int64).reshape(-1, 2)[result.codes]
    size = np.where(known, np.rint(np.nan_to_num(number) * NM_PER_MM).astype(np.int64), worded[:, 0])
    return size, np.where(known, MEASURED, worded[:, 1])


def _word(word: str) -> tuple[int, int]:
    if word in ABSENT_WORDS:
        return 0, MEASURED
    if word in TOO_SMALL_WORDS:
        return TOO_SMALL_MM * NM_PER_MM, MEASURED
    if word in MERGED_WORDS:
        return 0, MERGED
    if _PARTS.fullmatch(word):
        return int(sum(Decimal(part) for part in word.split("+")) * NM_PER_MM), MEASURED
    return 0, MISSING


def millimetres(nanometres: IntArray, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Give sizes in mm, NaN where unknown (for tables and charts; every comparison is made in nanometres).

    Source: house rule of exact arithmetic at thresholds.

    Examples
    --------
    >>> millimetres(np.array([31100000, 0]), np.array([True, False])).tolist()
    [31.1, nan]
    """
    return np.where(known, nanometres / NM_PER_MM, np.nan)


def spoken(size_mm: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """Write sizes in mm as recorded, without rounding; "unknown" where there is none.

    Source: house rule (rounding only in `wording`).

    Examples
    --------
    >>> spoken(np.array([42.0, 31.1, np.nan])).tolist()
    ['42 mm', '31.1 mm', 'unknown']
    """
    codes, values = pd.factorize(size_mm)
    said = [f"{value:.6f}".rstrip("0").rstrip(".") + " mm" for value in values]
    return np.array([*said, "unknown"], dtype=object)[codes]
