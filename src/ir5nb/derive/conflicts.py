"""What the patients' dates leave doubtful between domains: each a query with its consequence for the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from ir5nb.derive.dates import Dates
from ir5nb.derive.milestones import SUBSEQUENT
from ir5nb.derive.records import Rows, at, column, days_of, iso, keys, numbers_of, pick, present, words

COLUMNS: Final = ("USUBJID", "DOMAIN", "SEQ", "COLUMN", "problem", "consequence", "action")
_EITHER: Final = "correct the wrong one of the two dates"


def _queries(patients: Any, column_name: str, seq: Any, problem: Any, consequence: str, action: str) -> pd.DataFrame:
    number = pd.Series(np.asarray(seq, dtype=float), dtype="Float64").astype("Int64")
    told = {"DOMAIN": column_name[:2], "SEQ": number, "COLUMN": column_name, "problem": problem}
    told |= {"consequence": consequence, "action": action}
    return pd.DataFrame({"USUBJID": np.asarray(patients, dtype=object), **told})


def _undated_therapy(adsl: pd.DataFrame, cm: pd.DataFrame) -> pd.DataFrame:
    """List later therapies without a complete date: the date of a therapy is never imputed."""
    members = cm["USUBJID"].isin(adsl["USUBJID"]).to_numpy() if len(cm) else np.zeros(0, dtype=bool)
    later = column(cm, "CMCAT") == SUBSEQUENT
    rows = np.flatnonzero(members & later & np.isnat(days_of(cm, "CMSTDT")))
    text = present(column(cm, "CMSTDTC"))[rows]
    given = np.where(text == "", " without a date", " with the partial date " + text).astype(object)
    consequence = "the record is listed and not used for any date"
    return _queries(column(cm, "USUBJID")[rows], "CMSTDTC", numbers_of(cm, "CMSEQ")[rows],
                    "subsequent anticancer therapy" + given, consequence, "ask the centre for the day")  # fmt: skip


def _stale_contacts(adsl: pd.DataFrame, ds: pd.DataFrame) -> pd.DataFrame:
    """List recorded last contacts that another domain's record outlives (golden case ep038)."""
    days, seq = days_of(ds, "DSSTDT"), numbers_of(ds, "DSSEQ")
    owner = pd.Index(adsl["USUBJID"]).get_indexer(pd.Index(ds["USUBJID"])).astype(np.int64)
    last: Rows = pick(len(adsl), owner, keys(np.where(np.isnat(days), np.datetime64("1970-01-01", "ns"), days), seq),
                      (column(ds, "DSDECOD") == "LAST CONTACT") & ~np.isnat(days), last=True)  # fmt: skip
    told: Dates = at(days, last, np.datetime64("NaT", "ns"))
    news = days_of(adsl, "LSTALVDT")
    rows = np.flatnonzero(told < news)
    newer = words(column(adsl, "LSTALVDOM"), numbers_of(adsl, "LSTALVSEQ"), news)
    problem = "last contact " + iso(told) + " is older than " + newer
    return _queries(adsl["USUBJID"].to_numpy(object)[rows], "DSSTDTC", seq[last[rows]], problem[rows],
                    "the later contact is the last news", _EITHER)  # fmt: skip


def _order(
    adsl: pd.DataFrame, first: tuple[str, str], second: tuple[str, str], column_name: str, consequence: str
) -> pd.DataFrame:
    """List patients whose second milestone is before their first; a milestone is its column and its name."""
    days, others = days_of(adsl, first[0]), days_of(adsl, second[0])
    rows = np.flatnonzero(others < days)
    problem = (f"{second[1]} " + iso(others) + f" before the {first[1]} " + iso(days))[rows]
    patients = adsl["USUBJID"].to_numpy(object)[rows]
    return _queries(patients, column_name, np.full(len(rows), np.nan), problem, consequence, _EITHER)


def conflicts(adsl: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List what the dates of the patients leave doubtful, with the consequence each has here.

    Source: spec/data.md (partial imaging dates are not usable, listed), spec/endpoints.md (last news), issue 4.
    Undated scans, doses before inclusion, records after death and events after the cut are queries of the door.

    Parameters
    ----------
    adsl
        The patients (`subjects.adsl`).
    tables
        The source frames they were derived from.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per query, ordered by patient, domain and number; empty where nothing is doubtful.

    Examples
    --------
    >>> from ir5nb.derive.subjects import adsl as build
    >>> dm = pd.DataFrame({"USUBJID": ["1"], "ARMCD": ["TET"]})
    >>> cm = pd.DataFrame({"USUBJID": ["1"], "CMSEQ": [3], "CMCAT": [SUBSEQUENT], "CMSTDTC": ["2026-03"]})
    >>> tables = {"DM": dm, "CM": cm}
    >>> conflicts(build(tables, cohort="TET", column="ARMCD", values=["TET"]), tables)["problem"].tolist()
    ['subsequent anticancer therapy with the partial date 2026-03']
    """
    none = pd.DataFrame({"USUBJID": pd.Series(dtype=object)})
    cm, ds = (tables.get(domain, none) for domain in ("CM", "DS"))
    therapy, end = ("NEWTXDT", "subsequent therapy"), ("EOTDT", "end of treatment")
    found = [
        _undated_therapy(adsl, cm),
        _stale_contacts(adsl, ds),
        _order(adsl, ("TRTSDT", "first dose"), therapy, "CMSTDTC", "it counts as new therapy on its date"),
        _order(adsl, ("LSTDOSDT", "last dose"), end, "DSSTDTC", "the recorded end is used all the same"),
    ]
    table = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    return table.sort_values(["USUBJID", "DOMAIN", "SEQ"], kind="stable").reset_index(drop=True)[list(COLUMNS)]
