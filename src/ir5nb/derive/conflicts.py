"""What the patients' dates leave doubtful between domains: each a query with its consequence for the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import Dates
from ir5nb.derive.milestones import SUBSEQUENT
from ir5nb.derive.records import Rows, at, column, days_of, iso, keys, numbers_of, pick, present, words

COLUMNS: Final = ("USUBJID", "DOMAIN", "SEQ", "problem", "consequence")
_NOT_USED: Final = "the record is listed and not used for any date"


def _queries(patients: Any, domain: Any, seq: Any, problem: Any, consequence: str) -> pd.DataFrame:
    number = pd.Series(np.asarray(seq, dtype=float), dtype="Float64").astype("Int64")
    told = {"DOMAIN": domain, "SEQ": number, "problem": problem, "consequence": consequence}
    return pd.DataFrame({"USUBJID": np.asarray(patients, dtype=object), **told})


def _undated(
    adsl: pd.DataFrame, frame: pd.DataFrame, domain: str, name: str, wanted: npt.NDArray[np.bool_], what: str
) -> pd.DataFrame:
    """List records that matter but have no complete date: imaging and later therapy are never imputed."""
    members = frame["USUBJID"].isin(adsl["USUBJID"]).to_numpy() if len(frame) else np.zeros(0, dtype=bool)
    rows = np.flatnonzero(members & wanted & np.isnat(days_of(frame, name)))
    text = present(column(frame, f"{name}C"))[rows]
    problem = what + np.where(text == "", " without a date", " with the partial date " + text).astype(object)
    number = numbers_of(frame, f"{domain}SEQ")[rows]
    return _queries(column(frame, "USUBJID")[rows], domain, number, problem, _NOT_USED)


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
    consequence = "the later contact is the last news"
    return _queries(adsl["USUBJID"].to_numpy(object)[rows], "DS", seq[last[rows]], problem[rows], consequence)


def _order(adsl: pd.DataFrame, earlier: str, later: str, domain: str, what: str, consequence: str) -> pd.DataFrame:
    """List milestones of a patient in an impossible order."""
    first, second = days_of(adsl, earlier), days_of(adsl, later)
    rows = np.flatnonzero(second < first)
    problem = (what + " " + iso(second) + " before " + iso(first))[rows]
    return _queries(adsl["USUBJID"].to_numpy(object)[rows], domain, np.full(len(rows), np.nan), problem, consequence)


def conflicts(adsl: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List what the dates of the patients leave doubtful, with the consequence each has here.

    Source: spec/data.md (partial imaging dates are not usable, listed), spec/endpoints.md (last news), issue 4.
    Records after death and events after the cut are checked at the door (`source`).

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
    cm, rs, ds = (tables.get(domain, none) for domain in ("CM", "RS", "DS"))
    overall = (column(rs, "RSTESTCD") == "OVRLRESP") & (column(rs, "RSSTAT") != "NOT DONE")
    later = column(cm, "CMCAT") == SUBSEQUENT
    therapy = "subsequent therapy"
    found = [
        _undated(adsl, cm, "CM", "CMSTDT", later, "subsequent anticancer therapy"),
        _undated(adsl, rs, "RS", "RSDT", overall, "overall response"),
        _stale_contacts(adsl, ds),
        _order(adsl, "INCLDT", "TRTSDT", "EX", "first dose", "treatment counts from the first dose all the same"),
        _order(adsl, "TRTSDT", "NEWTXDT", "CM", therapy, "it counts as new therapy on its date"),
        _order(adsl, "LSTDOSDT", "EOTDT", "DS", "end of treatment", "the recorded end is used all the same"),
    ]
    table = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    return table.sort_values(["USUBJID", "DOMAIN", "SEQ"], kind="stable").reset_index(drop=True)[list(COLUMNS)]
