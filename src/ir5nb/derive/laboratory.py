"""Laboratory values by CTCAE v5 grade: what the value alone decides, and nothing where it does not (S6)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import Texts
from ir5nb.derive.lab_criteria import CRITERIA, TESTS, Bound, Steps
from ir5nb.derive.records import column, days_of, either, iso, numbers_of, present

ADLB: Final = (
    "USUBJID", "LBSEQ", "LBTESTCD", "TERM", "ADT", "AVAL", "AVALU", "ANRLO", "ANRHI", "ANRIND", "BASE", "BNRIND",
    "ABLFL", "ONTRTFL", "ATOXGRN", "BTOXGRN", "reason",
)  # fmt: skip
_SCALE: Final = 1_000_000  # a value of at most six decimals is a whole number of millionths: compared exactly
_HIGH: Final = ("H", "HIGH", "HIGH HIGH")

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def grades(values: pd.DataFrame) -> pd.Series:
    """Grade laboratory values by CTCAE v5; missing where the value alone, or what is known with it, does not decide.

    Source: CTCAE v5.0; S6. Compared exactly, in millionths of the unit. A missing reference (limit of normal,
    baseline) leaves every grade that needs it, and 0, undecided; a grade that needs none is given all the same.

    Parameters
    ----------
    values
        TERM, UNIT (text), AVAL ANRLO ANRHI BASE (in that unit), BNRIND (baseline: HIGH …, NORMAL, LOW) and PCHG
        (percent change from baseline, may be absent).

    Returns
    -------
    pandas.Series
        Grade 0 to 4 (Int64) by the index of `values`; grade 5 is never a value's.

    Examples
    --------
    >>> frame = pd.DataFrame({"TERM": ["Neutrophil count decreased"] * 3, "UNIT": "10^9/L", "AVAL": [0.99, 1.6, 1.6],
    ...     "ANRLO": [1.8, 1.8, None], "ANRHI": 7.5, "BASE": 4.0, "BNRIND": "NORMAL"})
    >>> grades(frame).tolist()
    [3, 1, <NA>]
    """
    given = np.full(len(values), np.nan)
    term = _text(values, "TERM")
    unit = _text(values, "UNIT")
    baseline = _text(values, "BNRIND")
    for name in {str(word) for word in term} & set(CRITERIA):
        criterion = CRITERIA[name]
        for wanted, steps in criterion.steps.items():
            rows = (term == name) & ((unit == wanted.upper()) | (wanted == ""))
            abnormal = np.isin(baseline.astype(str), _HIGH)
            if criterion.abnormal is None:
                _fill(given, values, np.flatnonzero(rows), steps)
                continue
            _fill(given, values, np.flatnonzero(rows & ~abnormal & (baseline != "")), steps)
            _fill(given, values, np.flatnonzero(rows & abnormal), criterion.abnormal)
            # within normal limits the grade is 0 whatever the baseline was; above them it depends on it
            within = numbers_of(values, "AVAL") <= numbers_of(values, "ANRHI")
            given[rows & (baseline == "") & within] = 0
    return pd.Series(pd.array(given, dtype="Float64").astype("Int64"), index=values.index)


def _fill(given: npt.NDArray[np.float64], values: pd.DataFrame, rows: npt.NDArray[np.intp], steps: Steps) -> None:
    """Walk the steps from the worst grade down; a row leaves at its first step, or where a reference is missing."""
    part = values.iloc[rows]
    value = numbers_of(part, "AVAL")
    found = np.full(len(part), np.nan)
    undecided = ~np.isnan(value)
    unsure = np.zeros(len(part), dtype=bool)
    for grade, bounds in steps:
        compared = [_compare(part, value, bound) for bound in bounds]
        hit = np.any([met for met, _ in compared], axis=0)
        found[undecided & hit] = grade
        unsure |= np.any([~known for _, known in compared], axis=0)
        undecided &= ~hit & np.any([known for _, known in compared], axis=0)
    found[undecided & ~unsure] = 0
    given[rows] = found


def _compare(part: pd.DataFrame, value: npt.NDArray[np.float64], bound: Bound) -> tuple[Flags, Flags]:
    """Compare exactly; the second array says where the reference is known."""
    if bound.against == "FALL":
        # a fall from baseline is one only of a value below the limit of normal (CTCAE v5, fibrinogen)
        low = value < numbers_of(part, "ANRLO")
        fall = -numbers_of(part, "PCHG")
        return low & (fall >= float(bound.times)), np.isin(fall, [np.nan], invert=True)
    names = {"LLN": "ANRLO", "ULN": "ANRHI", "ABOVE ULN": "ANRHI", "BASE": "BASE"}
    reference = np.ones(len(part)) if bound.against == "value" else numbers_of(part, names[bound.against])
    known = ~np.isnan(reference)
    left, right = _whole(value) * bound.times.denominator, _whole(reference) * bound.times.numerator
    if bound.against == "ABOVE ULN":
        left = (_whole(value) - _whole(reference)) * bound.times.denominator
        right = np.full(len(part), _SCALE * bound.times.numerator)
    met = {"below": left < right, "above": left > right, "at least": left >= right}[bound.sign]
    return np.asarray(met & known), known


def _whole(values: npt.NDArray[np.float64]) -> Whole:
    return np.rint(np.nan_to_num(values) * _SCALE).astype(np.int64)


def _text(frame: pd.DataFrame, name: str) -> npt.NDArray[Any]:
    return pd.Series(present(column(frame, name)), dtype=object).str.strip().str.upper().to_numpy(object)


def adlb(lb: pd.DataFrame, subjects: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    """Grade the safety tests of the treated patients, each value beside its baseline; tests without a grade too.

    Source: S6, CTCAE v5.0, spec/endpoints.md (shift tables). Baseline is the last value on or before the day of the
    first dose; on treatment is after it, up to the last day adverse events count.

    Parameters
    ----------
    lb
        LB with USUBJID LBTESTCD LBSTRESN LBSTRESU LBSTNRLO LBSTNRHI LBDT and, where recorded, LBSEQ.
    subjects
        Patients with USUBJID TRTSDT.
    windows
        Counted days of each treated patient (`ae_window.window`).

    Returns
    -------
    pandas.DataFrame
        Columns ADLB, one row per value and term; TERM is the test's code where CTCAE v5 grades no such value (TSH).
        hCG, a marker of efficacy, is left out.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-04", "2026-01-26"])
    >>> lb = pd.DataFrame({"USUBJID": "1", "LBTESTCD": "NEUT", "LBSTRESN": [4.0, 0.9], "LBSTRESU": "10^9/L",
    ...                    "LBSTNRLO": 1.8, "LBSTNRHI": 7.5, "LBDT": day})
    >>> start = pd.to_datetime(["2026-01-05"])
    >>> window = pd.DataFrame({"USUBJID": ["1"], "WNDEDT": pd.to_datetime(["2026-06-05"])})
    >>> adlb(lb, pd.DataFrame({"USUBJID": ["1"], "TRTSDT": start}), window)["ATOXGRN"].tolist()
    [0, 3]
    """
    lb = lb[lb["USUBJID"].isin(windows["USUBJID"]) & lb["LBTESTCD"].ne("HCG") & lb["LBSTRESN"].notna()]
    frame = pd.DataFrame(
        {
            **{name: column(lb, name) for name in ("USUBJID", "LBTESTCD")},
            "LBSEQ": pd.array(numbers_of(lb, "LBSEQ"), dtype="Float64").astype("Int64"),
            "ADT": days_of(lb, "LBDT"), "AVAL": numbers_of(lb, "LBSTRESN"), "AVALU": column(lb, "LBSTRESU"),
            "ANRLO": numbers_of(lb, "LBSTNRLO"), "ANRHI": numbers_of(lb, "LBSTNRHI"),
        }
    )  # fmt: skip
    frame["ANRIND"] = indicator(frame)
    start = subjects.set_index("USUBJID")["TRTSDT"].reindex(frame["USUBJID"]).to_numpy()
    end = windows.set_index("USUBJID")["WNDEDT"].reindex(frame["USUBJID"]).to_numpy()
    before = (frame["ADT"] <= start).to_numpy(bool)
    after = (frame["ADT"] > start).to_numpy(bool) & ~(frame["ADT"] > end).to_numpy(bool)
    frame = frame.assign(ONTRTFL=either(after, "Y", None), ABLFL=_baseline(frame, before))
    frame = _with_baseline(frame)
    frame["TERM"] = frame["LBTESTCD"].map(lambda code: TESTS.get(code, (code,)))
    frame = frame.explode("TERM", ignore_index=True)
    frame["ATOXGRN"] = grades(frame.rename(columns={"AVALU": "UNIT"}))
    at_baseline = frame.assign(AVAL=frame["BASE"], UNIT=frame["AVALU"], ANRLO=frame["BNRLO"], ANRHI=frame["BNRHI"])
    # at baseline itself there is no change: a baseline above normal is graded against its limit
    frame["BTOXGRN"] = grades(at_baseline.assign(BNRIND=either(frame["BASE"].notna(), "NORMAL", None)))
    frame.loc[frame["ABLFL"].eq("Y"), "ATOXGRN"] = frame.loc[frame["ABLFL"].eq("Y"), "BTOXGRN"]
    return frame.assign(reason=_reason(frame))[list(ADLB)]


def indicator(values: pd.DataFrame) -> Texts:
    """Place each value against its own limits of normal: LOW, NORMAL, HIGH, or None where no limit is known.

    Source: spec/data.md (the assay's own limits).

    Examples
    --------
    >>> indicator(pd.DataFrame({"AVAL": [5.0, 1.0], "ANRLO": [0.4, 0.4], "ANRHI": [4.0, None]})).tolist()
    ['HIGH', 'NORMAL']
    """
    low, high = values["AVAL"] < values["ANRLO"], values["AVAL"] > values["ANRHI"]
    unknown = values["ANRLO"].isna() & values["ANRHI"].isna()
    told: Texts = np.select([low, high], ["LOW", "HIGH"], "NORMAL").astype(object)
    return either(unknown, None, told)


def _baseline(frame: pd.DataFrame, before: Flags) -> Texts:
    """Mark the last value of each patient and test up to the first dose."""
    order = frame[before].sort_values(["ADT", "LBSEQ"], kind="stable")
    last = order.drop_duplicates(["USUBJID", "LBTESTCD"], keep="last").index
    return either(frame.index.isin(last), "Y", None).astype(object)


def _with_baseline(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the baseline beside each value of its patient and test, where both are in one unit."""
    base = frame[frame["ABLFL"].eq("Y")].set_index(["USUBJID", "LBTESTCD"])
    names = {"AVAL": "BASE", "ANRIND": "BNRIND", "ANRLO": "BNRLO", "ANRHI": "BNRHI", "AVALU": "_unit"}
    joined = frame.join(base[list(names)].rename(columns=names), on=["USUBJID", "LBTESTCD"])
    other = joined["_unit"].notna() & joined["_unit"].ne(joined["AVALU"])
    joined.loc[other, ["BASE", "BNRLO", "BNRHI"]] = np.nan
    joined.loc[other, "BNRIND"] = None
    joined["PCHG"] = 100 * (joined["AVAL"] - joined["BASE"]) / joined["BASE"].where(joined["BASE"] != 0)
    return joined.drop(columns="_unit")


def _reason(frame: pd.DataFrame) -> Texts:
    number = present(frame["LBSEQ"].astype("string"))
    value = frame["AVAL"].map("{:g}".format).to_numpy(object) + " " + present(frame["AVALU"])
    told = "LB " + number + " (" + iso(days_of(frame, "ADT")) + "): " + value
    grade = present(frame["ATOXGRN"].astype("string"))
    known = frame["TERM"].isin(CRITERIA)
    why = np.where(
        known, ", not graded: a limit, the baseline or the unit is missing", ", CTCAE v5 has no grade by value"
    )
    return np.asarray(told + either(grade == "", why, ", grade " + grade), dtype=object)
