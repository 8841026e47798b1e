"""Adverse events of the treated patients, one row a record: counted or not, why, and the worst of each term (S6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.ae_levels import RELATED, UNGRADED, criteria, levels, relation, special
from ir5nb.derive.dates import Dates, Texts, onset
from ir5nb.derive.records import at, column, days_of, either, iso, numbers_of, present
from ir5nb.schema import ADAE

# Where an event's onset lies; the first kind alone enters the tables.
COUNTED: Final = "COUNTED"
LATE: Final = "AFTER THE WINDOW"
EARLY: Final = "BEFORE INCLUSION"
Flags = npt.NDArray[np.bool_]


def adae(
    ae: pd.DataFrame,
    subjects: pd.DataFrame,
    windows: pd.DataFrame,
    *,
    terms: Mapping[str, Sequence[str]] | None = None,
    flag: str = "AESI",
    related: Sequence[str] = RELATED,
) -> pd.DataFrame:
    """Derive the adverse events of the treated patients: window, onset, level, relation, special interest, worst.

    Source: S6, A15, spec/endpoints.md "Adverse events", spec/data.md (partial onset: earliest possible day, not
    before inclusion, flagged). An event whose onset is unknown cannot be shown to lie outside: it is counted.

    Parameters
    ----------
    ae
        AE with USUBJID AETERM AESTDTC AESTDT and, where recorded, AEDECOD AEBODSYS AETOXGR (else AESEV) AESER, the
        criteria of seriousness, AEREL…, AEACN AEOUT AEENDT.
    subjects
        Patients (`subjects.adsl`) with USUBJID TRTSDT NEWTXDT.
    windows
        Counted days of each treated patient (`ae_window.window`).
    terms, flag
        Preferred terms of each category of special interest, and the CRF's column of it.
    related
        Answers of AEREL that mean related.

    Returns
    -------
    pandas.DataFrame
        Columns `schema.ADAE`, then RELFL_<column> by drug; in the order of the records. WINDOW is COUNTED, BEFORE
        INCLUSION or AFTER THE WINDOW; PREFL marks a counted onset before first dose, AFTNEWFL one after a new therapy.
        AOCCIFL, AOCCSIFL, AOCCPIFL mark one worst counted event per patient, per system and per term; an ungraded
        event is the worst only where the patient has no graded one.

    Raises
    ------
    ValueError
        When a patient has two windows, or a level or relation is not known.

    Examples
    --------
    >>> import datetime as dt
    >>> day = pd.to_datetime(["2026-01-05"])
    >>> patients = pd.DataFrame({"USUBJID": ["1"], "TRTSDT": day, "NEWTXDT": pd.to_datetime([None])})
    >>> days = pd.DataFrame({"USUBJID": ["1"], "WNDSDT": day, "WNDEDT": pd.to_datetime(["2026-06-05"])})
    >>> ae = pd.DataFrame({"USUBJID": "1", "AETERM": ["RASH"], "AESTDTC": ["2026-02"], "AESTDT": pd.NaT})
    >>> adae(ae, patients, days)[["ASTDT", "ASTDTF", "WINDOW", "ALEVEL"]].astype(str).values.tolist()
    [['2026-02-01', 'D', 'COUNTED', 'UNGRADED']]
    """
    if windows["USUBJID"].duplicated().any():
        raise ValueError(
            f"a patient has two windows: {windows.loc[windows['USUBJID'].duplicated(), 'USUBJID'].iloc[0]}"
        )
    ae = ae[ae["USUBJID"].isin(windows["USUBJID"])]
    place = pd.Index(windows["USUBJID"]).get_indexer(pd.Index(ae["USUBJID"])).astype(np.int64)
    first, last = (days_of(windows, name)[place] for name in ("WNDSDT", "WNDEDT"))
    start, imputed = onset(column(ae, "AESTDTC"), days_of(ae, "AESTDT"), first)
    position = place_of(ae, start, first, last)
    known = pd.Index(subjects["USUBJID"]).get_indexer(pd.Index(ae["USUBJID"])).astype(np.int64)
    dosed, later = (at(days_of(subjects, name), known, np.datetime64("NaT", "ns")) for name in ("TRTSDT", "NEWTXDT"))
    counted = position == COUNTED
    before = counted & (start < dosed)
    level, scale = levels(ae)
    anyhow, by_drug = relation(ae, related)
    category, flagged, listed = special(ae, terms or {}, flag)
    frame = pd.DataFrame(
        {
            **{name: column(ae, name) for name in ("USUBJID", "AETERM")},
            "AESEQ": pd.array(numbers_of(ae, "AESEQ"), dtype="Float64").astype("Int64"),
            "AEDECOD": _coded(ae, "AEDECOD", column(ae, "AETERM")),
            "AEBODSYS": _coded(ae, "AEBODSYS", np.full(len(ae), "SYSTEM NOT RECORDED", dtype=object)),
            "ASTDT": start, "ASTDTF": imputed, "AENDT": days_of(ae, "AEENDT"),
            "ASTDY": study_day(start, dosed), "ADURN": _elapsed(start, days_of(ae, "AEENDT")),
            "WNDSDT": first, "WNDEDT": last, "WINDOW": position, "COUNTFL": _yes(counted), "PREFL": _yes(before),
            "TRTEMFL": _yes(counted & ~before), "AFTNEWFL": _yes(counted & (start > later)),
            "ALEVEL": level, "ATOXGRN": _grade(level, scale), "AESER": column(ae, "AESER"),
            "SERCRFL": _yes(criteria(ae)), "RELFL": either(anyhow == "", None, anyhow),
            "AESICAT": either(category == "", None, category), "AESIFLAG": either(flagged == "", None, flagged),
            "AESITERM": either(listed == "", None, listed), "AEACN": column(ae, "AEACN"), "AEOUT": column(ae, "AEOUT"),
            "FATALFL": _yes(fatal(ae, level)),
            **worst_flags(ae, counted, level, scale),
            "reason": _reason(ae, start, imputed, position, before, first, last),
        },
        index=ae.index,
    )  # fmt: skip
    drugs = {f"RELFL_{name}": either(answer == "", None, answer) for name, answer in by_drug.items()}
    return frame[list(ADAE)].assign(**drugs)


def place_of(ae: pd.DataFrame, start: Dates, first: Dates, last: Dates) -> Texts:
    """Say whether each onset lies in the counted days, before or after them; both ends count.

    Source: S6, A15. Without an onset the event counts unless it ended before inclusion.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-06-05", "2026-06-06"]).to_numpy()
    >>> first, last = (np.full(2, np.datetime64(d, "ns")) for d in ("2026-01-05", "2026-06-05"))
    >>> place_of(pd.DataFrame(index=[0, 1]), day, first, last).tolist()
    ['COUNTED', 'AFTER THE WINDOW']
    """
    early = (start < first) | (np.isnat(start) & (days_of(ae, "AEENDT") < first))
    return np.where(early, EARLY, np.where(start > last, LATE, COUNTED)).astype(object)


def study_day(day: Dates, origin: Dates) -> pd.arrays.IntegerArray:
    """Give the study day: 1 on the day of the first dose, -1 the day before, no day 0 (SDTMIG 3.4, 4.4.4).

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-04", "2026-01-05"]).to_numpy()
    >>> study_day(day, pd.to_datetime(["2026-01-05", "2026-01-05"]).to_numpy()).tolist()
    [-1, 1]
    """
    apart = (day - origin) / np.timedelta64(1, "D")
    return pd.array(apart + (apart >= 0), dtype="Float64").astype("Int64")  # type: ignore[return-value]


def fatal(ae: pd.DataFrame, level: Texts) -> Flags:
    """Say which events were fatal: grade 5, outcome FATAL or death as criterion of seriousness, any of them.

    Source: CTCAE v5 (grade 5: death related to the adverse event); where they contradict, a query is made.

    Examples
    --------
    >>> fatal(pd.DataFrame({"AEOUT": ["FATAL", None]}), np.array(["4", "5"], dtype=object)).tolist()
    [True, True]
    """
    return np.asarray((level == "5") | (column(ae, "AEOUT") == "FATAL") | (column(ae, "AESDTH") == "Y"))


def worst_flags(ae: pd.DataFrame, counted: Flags, level: Texts, scale: Sequence[str]) -> dict[str, Texts]:
    """Mark one worst counted event per patient, per patient and system, and per patient and term.

    Source: spec/endpoints.md (worst grade per patient and term). Of equals the first record is marked.

    Examples
    --------
    >>> ae = pd.DataFrame({"USUBJID": ["1", "1"], "AETERM": ["RASH", "RASH"]})
    >>> flags = worst_flags(ae, np.array([True, True]), np.array(["UNGRADED", "1"], dtype=object), ("1", "2"))
    >>> flags["AOCCPIFL"].tolist()
    [None, 'Y']
    """
    term = _coded(ae, "AEDECOD", column(ae, "AETERM"))
    system = _coded(ae, "AEBODSYS", np.full(len(ae), "", dtype=object))
    rank = ranks(level, scale)
    parts = [pd.factorize(part)[0].astype(np.int64) for part in (column(ae, "USUBJID"), system, term)]
    flags: dict[str, Texts] = {}
    for name, depth in (("AOCCIFL", 1), ("AOCCSIFL", 2), ("AOCCPIFL", 3)):
        order = np.lexsort((-rank, *reversed(parts[:depth])))
        order = order[counted[order]]
        keys = np.column_stack([part[order] for part in parts[:depth]])
        first = np.ones(len(order), dtype=bool)
        first[1:] = (keys[1:] != keys[:-1]).any(axis=1)
        mark = np.full(len(ae), None, dtype=object)
        mark[order[first]] = "Y"
        flags[name] = mark
    return flags


def ranks(level: Texts, scale: Sequence[str]) -> npt.NDArray[np.int64]:
    """Give the rank of each level on its scale from 1; 0 where ungraded.

    Examples
    --------
    >>> ranks(np.array(["UNGRADED", "MILD"], dtype=object), ("MILD", "MODERATE", "SEVERE")).tolist()
    [0, 1]
    """
    return pd.Index([UNGRADED, *scale]).get_indexer(pd.Index(level)).astype(np.int64)


def _grade(level: Texts, scale: Sequence[str]) -> Any:
    """Give the CTCAE grade as a number; missing where ungraded or where severity is recorded instead."""
    rank = ranks(level, scale).astype(float)
    graded = (rank > 0) & (scale[0] == "1")
    return pd.array(np.where(graded, rank, np.nan), dtype="Float64").astype("Int64")


def _coded(ae: pd.DataFrame, name: str, otherwise: Texts) -> Texts:
    """Give a coded text; where the source has none, the text it is counted under instead."""
    text = column(ae, name)
    return either(pd.isna(text), otherwise, text).astype(object)


def _yes(flags: Flags) -> Texts:
    return either(flags, "Y", None).astype(object)


def _elapsed(start: Dates, end: Dates) -> Any:
    return pd.array((end - start) / np.timedelta64(1, "D"), dtype="Float64").astype("Int64")


def _reason(
    ae: pd.DataFrame, start: Dates, imputed: Texts, position: Texts, before: Flags, first: Dates, last: Dates
) -> Texts:
    """Tell of each event by which record and day it counts, or why it does not."""
    number = present(pd.Series(numbers_of(ae, "AESEQ"), dtype="Float64").astype("Int64").astype("string"))
    onset_day = np.where(
        np.isnat(start), "onset unknown", either(pd.isna(imputed), "onset ", "onset taken as ") + iso(start)
    ).astype(object)
    recorded = " (recorded " + present(column(ae, "AESTDTC")).astype(object) + ")"
    told = "AE " + number + ": " + onset_day + either(pd.isna(imputed), "", recorded)
    why = np.select(
        [position == EARLY, position == LATE, before],
        [
            "; before inclusion " + iso(first),
            "; after the last day counted " + iso(last),
            "; counted, before first dose",
        ],
        "; counted",
    )
    return np.asarray(told + why.astype(object), dtype=object)
