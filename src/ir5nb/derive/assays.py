"""hCG assays as one comparable series per patient: qualifier, exact value, and whether the value is normal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.candidates import cut_day, known_by
from ir5nb.derive.dates import Dates, Texts
from ir5nb.derive.records import column, days_of, numbers_of, present

NORMAL: Final = "NORMAL"
ABOVE: Final = "ABOVE"
UNDETERMINED: Final = "UNDETERMINED"
LEVELS: Final = (NORMAL, ABOVE, UNDETERMINED)
COLUMNS: Final = (
    "USUBJID", "ADT", "ADY", "VALUE", "MICRO", "QUALIFIER", "LIMIT", "LEVEL", "QUANTIFIED", "METHOD", "REPEATS",
    "SRCDOM", "SRCSEQ", "VISIT",
)  # fmt: skip
# Values are held as whole millionths, so that a rise of exactly 20 % or a fall of exactly 10 % is met exactly;
# a double holds every decimal of up to six places below nine thousand million exactly enough to recover it.
_MICRO: Final = 1_000_000
_LARGEST: Final = 9e9
_TEXT: Final = r"^\s*(?P<sign>[<>≤≥]=?)?\s*(?P<number>\d+(?:\.\d+)?)\s*$"

Micro = npt.NDArray[np.int64]


def exact(values: npt.NDArray[np.float64]) -> Micro:
    """Give values as whole millionths; -1 where missing.

    Source: house rule (thresholds in exact arithmetic).

    Raises
    ------
    ValueError
        When a value is negative, infinite or too large to be held exactly.

    Examples
    --------
    >>> exact(np.array([590.49, np.nan])).tolist()
    [590490000, -1]
    """
    known = ~np.isnan(values)
    impossible = known & ~((values >= 0) & (values <= _LARGEST))
    if impossible.any():
        raise ValueError(f"hCG of {values[impossible][0]} cannot be: expected 0 to {_LARGEST:.0f} (LBSTRESN, LBSTRESC)")
    return np.where(known, np.rint(np.where(known, values, 0) * _MICRO), -1).astype(np.int64)


def _read(lb: pd.DataFrame) -> tuple[Texts, npt.NDArray[np.float64], Texts]:
    """Qualifier ("<", ">" or ""), number (NaN where the text is none) and the text of each assay."""
    text, number = present(column(lb, "LBSTRESC")), numbers_of(lb, "LBSTRESN")
    codes, spellings = pd.factorize(text)  # results repeat: each spelling is looked at once
    signs = [str(spelling).startswith(("<", ">", "≤", "≥", " ")) for spelling in spellings]
    rows = np.flatnonzero(np.isnan(number) | np.array(signs, dtype=bool)[codes])  # a plain number needs no reading
    needed, place = np.unique(codes[rows], return_inverse=True)
    parts = pd.Series(np.asarray(spellings, dtype=object)[needed], dtype=object).str.extract(_TEXT)
    marks = {"": "", "<": "<", "<=": "<", "≤": "<", "≤=": "<"}
    sign = np.array([marks.get(mark, ">") for mark in present(parts["sign"])], dtype=object)[place]
    value, qualifier = number.copy(), np.full(len(text), "", dtype=object)
    qualifier[rows] = sign
    written = pd.to_numeric(parts["number"]).to_numpy(float)[place]
    value[rows] = np.where((sign == "") & ~np.isnan(number[rows]), number[rows], written)
    untold = np.flatnonzero((text == "") & ~np.isnan(number))
    results, place = np.unique(number[untold], return_inverse=True)  # values repeat: each is written once
    text[untold] = np.array([f"{result:.15g}" for result in results], dtype=object)[place]
    return qualifier, value, text


def level(qualifier: Texts, value: Micro, limit: Micro) -> Texts:
    """Say whether each value is at or below its own upper limit of normal, above it, or cannot be told.

    Source: spec/endpoints.md, hCG ("<2" is normal when 2 <= limit; "<20" with a limit of 5 is undetermined).

    Parameters
    ----------
    qualifier
        "<" below quantification, ">" above range, "" a number.
    value, limit
        Whole millionths (`exact`), -1 where missing.

    Examples
    --------
    >>> signs = np.array(["", "<", "<", ">"], dtype=object)
    >>> level(signs, exact(np.array([5.0, 5.0, 20.0, 2.0])), exact(np.full(4, 5.0)))
    array(['NORMAL', 'NORMAL', 'UNDETERMINED', 'UNDETERMINED'], dtype=object)
    """
    known = (value >= 0) & (limit >= 0)
    within = value <= limit
    normal = known & within & (qualifier != ">")
    above = known & ((~within & (qualifier == "")) | ((value >= limit) & (qualifier == ">")))
    return np.select([normal, above], [NORMAL, ABOVE], UNDETERMINED).astype(object)


def _one_a_day(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the highest assay of a patient and day, counting the repeats; order by patient and day."""
    owner, adt = table["owner"].to_numpy(np.int64), days_of(table, "ADT")
    if _ascending(owner, adt):  # as laboratories export: one assay a day, in order of time
        return table.assign(REPEATS=1)
    rank = table["QUALIFIER"].map({"<": 0, "": 1, ">": 2}).to_numpy()
    order = np.lexsort((-table["SRCSEQ"].to_numpy(float, na_value=0.0), rank, table["MICRO"], adt, owner))
    table = table.iloc[order]
    day = ["owner", "ADT"]
    if _ascending(owner[order], adt[order]):
        return table.assign(REPEATS=1)
    repeats = table.groupby(day, sort=False)["MICRO"].transform("size")
    return table.assign(REPEATS=repeats).drop_duplicates(day, keep="last")


def _ascending(owner: npt.NDArray[np.int64], day: Dates) -> bool:
    """Whether each patient's assays stand in order of time, no two on one day, patient after patient."""
    step = np.diff(owner)
    return bool(((step > 0) | ((step == 0) & (day[1:] > day[:-1]))).all())


def series(
    subjects: pd.DataFrame, lb: pd.DataFrame, *, codes: Sequence[str] = ("HCG",), cutoff: date | str | None = None
) -> pd.DataFrame:
    """Give the treated patients' hCG assays in time order, one a day, each judged against its own limit.

    Source: P3, spec/endpoints.md, hCG (same-day repeats: the higher, flagged). Assays not done, without result or
    without a complete date are left out.

    Parameters
    ----------
    subjects
        USUBJID and TRTSDT of the patients.
    lb
        LB with USUBJID, LBTESTCD, LBDT, LBSTRESN, LBSTRESC, LBSTNRHI and where kept LBSEQ, LBMETHOD, LBSTAT, VISIT.
        Values and limits of one assay are in one unit.
    codes
        Test codes of hCG.
    cutoff
        Data cut: later assays are left out.

    Returns
    -------
    DataFrame
        `COLUMNS`, by patient (in the order of `subjects`) and day: ADY days since treatment start, VALUE as written,
        MICRO the value in millionths, LIMIT the assay's own upper limit, LEVEL one of `LEVELS`, QUANTIFIED whether it
        is a number above its limit (only those form pairs), REPEATS assays of that day.

    Raises
    ------
    ValueError
        When a value is negative or too large.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "TRTSDT": day(["2026-01-05"])})
    >>> lb = pd.DataFrame({"USUBJID": ["1", "1"], "LBTESTCD": "HCG", "LBDT": day(["2026-01-12", "2026-01-05"]),
    ...                    "LBSTRESC": ["<2", "90"], "LBSTRESN": [None, 90], "LBSTNRHI": 5.0})
    >>> series(adsl, lb)[["ADY", "LEVEL"]].values.tolist()
    [[0, 'ABOVE'], [7, 'NORMAL']]
    """
    begun = subjects.loc[~np.isnat(days_of(subjects, "TRTSDT")), ["USUBJID", "TRTSDT"]].reset_index(drop=True)
    done = pd.Series(column(lb, "LBTESTCD")).isin(codes).to_numpy() & (column(lb, "LBSTAT") != "NOT DONE")
    lb = lb[done & known_by(days_of(lb, "LBDT"), cut_day(cutoff))]
    owner = pd.Index(begun["USUBJID"]).get_indexer(pd.Index(lb["USUBJID"]))
    qualifier, value, shown = _read(lb)
    kept = (owner >= 0) & (shown != "")
    table = _judged(lb[kept], owner[kept], qualifier[kept], value[kept], shown[kept])
    table = _one_a_day(table)
    start = days_of(begun, "TRTSDT")[table["owner"].to_numpy()]
    table["ADY"] = ((days_of(table, "ADT") - start) // np.timedelta64(1, "D")).astype(np.int64)
    return table[list(COLUMNS)].reset_index(drop=True)


def _judged(lb: pd.DataFrame, owner: Any, qualifier: Texts, value: Any, shown: Texts) -> pd.DataFrame:
    micro, limit = exact(value), exact(numbers_of(lb, "LBSTNRHI"))
    judged = level(qualifier, micro, limit)
    return pd.DataFrame(
        {
            "owner": owner,
            "USUBJID": column(lb, "USUBJID"),
            "ADT": days_of(lb, "LBDT"),
            "VALUE": shown,
            "MICRO": micro,
            "QUALIFIER": qualifier,
            "LIMIT": numbers_of(lb, "LBSTNRHI"),
            "LEVEL": judged,
            "QUANTIFIED": (judged == ABOVE) & (qualifier == ""),
            "METHOD": present(column(lb, "LBMETHOD")),
            "SRCDOM": "LB",
            "SRCSEQ": pd.Series(numbers_of(lb, "LBSEQ"), dtype="Float64").astype("Int64"),
            "VISIT": column(lb, "VISIT"),
        }
    )
