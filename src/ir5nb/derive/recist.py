"""Tumour response per patient and visit: as an evaluator recorded it, and as the measurements give it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.records import present, words
from ir5nb.derive.timepoint_visits import chronological, dates, of_evaluator, sequence, text, visit_key
from ir5nb.schema import RESPONSES

# "NED" (no evidence of disease) is CDISC's term for a patient with neither target nor non-target disease at baseline.
LEVELS: Final = (*RESPONSES, "NED")
NOT_DONE: Final = "ND"
COLUMNS: Final = (
    "USUBJID", "EVAL", "VISITNUM", "VISIT", "ADT", "FIRSTDT", "AVALC", "SRCDOM", "SRCSEQ", "reason",
)  # fmt: skip
RECIST_CATEGORIES: Final = ("RECIST", "MRECIST", "MODIFIED RECIST")


def recorded(
    rs: pd.DataFrame,
    evaluator: str = "INVESTIGATOR",
    *,
    reader: str | None = None,
    test: str = "OVRLRESP",
    categories: Sequence[str] | None = None,
    keep_not_done: bool = False,
) -> pd.DataFrame:
    """Give the overall responses an evaluator recorded, one row per patient and visit.

    Source: spec/endpoints.md (the recorded response is the primary source; a response is dated on the last imaging
    day of the visit, a progression on the first); SDTMIG 3.4 RS.

    Parameters
    ----------
    rs
        RS records: USUBJID, RSTESTCD, RSSTRESC, RSDT; RSEVAL, RSEVALID, RSACPTFL, RSCAT, RSSTAT, RSSEQ, VISITNUM, VISIT
        where the source has them.
    evaluator
        "INVESTIGATOR" or "INDEPENDENT".
    reader
        The RSEVALID to use where several read; None takes the accepted one (RSACPTFL = "Y").
    test
        The RSTESTCD that holds the overall response.
    categories
        The RSCAT that count; None takes RECIST and modified RECIST of any version, and a blank category.
    keep_not_done
        Whether an assessment recorded as not done is kept, with AVALC "ND" (best response then sees the gap, as
        admiralonco does); no imaging took place, so no other endpoint wants it.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; ADT is the last and FIRSTDT the first day of the visit, NaT where the source gives only a
        partial date, which the reason says. By USUBJID and time; an undated visit stands after the visit numbered
        before it.

    Raises
    ------
    ValueError
        At an unknown response level (row, patient and level named), or several readers and none accepted.

    Examples
    --------
    >>> rs = pd.DataFrame({"USUBJID": ["P1"], "RSSEQ": [3], "RSTESTCD": ["OVRLRESP"], "RSSTRESC": ["PR"],
    ...                    "VISITNUM": [4.0], "VISIT": ["WEEK 8"], "RSDT": pd.to_datetime(["2026-03-04"])})
    >>> recorded(rs)[["AVALC", "reason"]].values.tolist()
    [['PR', 'RS 3 (visit WEEK 8, 2026-03-04): PR']]
    """
    rows = rs[(text(rs, "RSTESTCD") == test) & _is_recist(rs, categories)]
    rows = of_evaluator(rows, "RS", evaluator, reader)
    level = text(rows, "RSSTRESC")
    not_done = (level == NOT_DONE) | ((level == "") & (text(rows, "RSSTAT") == "NOT DONE"))
    _refuse_unknown(rows[~level.isin(LEVELS) & ~not_done])
    table = pd.DataFrame(
        {
            "USUBJID": rows["USUBJID"],
            "key": visit_key(rows, dates(rows, "RSDT")),
            "VISITNUM": rows["VISITNUM"].astype(float) if "VISITNUM" in rows else np.nan,
            "VISIT": rows.get("VISIT"),
            "ADT": dates(rows, "RSDT"),
            "AVALC": level.mask(not_done, NOT_DONE),
            "SRCSEQ": sequence(rows, "RS"),
            "partial": rows.get("RSDTC"),
        }
    )
    table = table if keep_not_done else table[~not_done]
    visits = _one_per_visit(table)
    return finished(visits.assign(EVAL="INDEPENDENT" if evaluator != "INVESTIGATOR" else evaluator, SRCDOM="RS"))


def _is_recist(rs: pd.DataFrame, categories: Sequence[str] | None) -> pd.Series:
    category = text(rs, "RSCAT")
    if categories is not None:
        return category.isin([name.strip().upper() for name in categories])
    return (category == "") | category.str.startswith(RECIST_CATEGORIES)


def _refuse_unknown(rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    row = rows.iloc[0]
    raise ValueError(
        f"RS row {rows.index[0]} (patient {row['USUBJID']}): RSSTRESC is {row['RSSTRESC']!r}, expected one of "
        f"{', '.join(LEVELS)} (or {NOT_DONE} / RSSTAT 'NOT DONE'); {len(rows)} such record(s). "
        "Correct the record in the source or translate its level in the plan's mapping"
    )


def _one_per_visit(table: pd.DataFrame) -> pd.DataFrame:
    """Give one row per patient and visit: any progression of the visit, else what was recorded last."""
    rows = table.assign(PD=table["AVALC"] == "PD").sort_values(["USUBJID", "key", "PD", "ADT", "SRCSEQ"])
    visit = [rows["USUBJID"], rows["key"]]
    if not rows.duplicated(["USUBJID", "key"]).any():
        return _explained(rows.assign(FIRSTDT=rows["ADT"], levels=1))
    chosen = rows.groupby(["USUBJID", "key"], sort=False)["AVALC"].transform("last")
    levels = rows["AVALC"].groupby(visit, sort=False).transform("nunique")
    same = rows.assign(levels=levels)[rows["AVALC"] == chosen]
    by_visit = same.groupby(["USUBJID", "key"], sort=False)
    last = by_visit.tail(1).set_index(["USUBJID", "key"])
    last["FIRSTDT"], last["ADT"] = by_visit["ADT"].min(), by_visit["ADT"].max()
    return _explained(last.reset_index())


def _explained(visits: pd.DataFrame) -> pd.DataFrame:
    day = visits["FIRSTDT"].where(visits["AVALC"] == "PD", visits["ADT"]).to_numpy("datetime64[ns]")
    reason = words(["RS"] * len(visits), visits["SRCSEQ"], day, visits["VISIT"], visits["AVALC"])
    partial = np.isnat(day)
    if partial.any():
        known = present(visits["partial"])
        said = np.where(known == "", "; no date recorded", "; partial date " + known + " is not used as an event date")
        reason = np.where(partial, reason + said.astype(object), reason)
    conflict = (visits["levels"] > 1).to_numpy()
    if conflict.any():
        reason = np.where(conflict, reason + "; other responses recorded at this visit (data query)", reason)
    return visits.assign(reason=reason)


def finished(visits: pd.DataFrame) -> pd.DataFrame:
    """Give the response table its columns, types and order (by patient and time).

    Source: the contract of `responses` (spec/endpoints.md, derived tables).

    Examples
    --------
    >>> finished(pd.DataFrame({column: [] for column in COLUMNS})).columns.tolist() == list(COLUMNS)
    True
    """
    table = visits[list(COLUMNS)].astype({"VISITNUM": float, "SRCSEQ": "Int64"})
    table = table.astype({"ADT": "datetime64[ns]", "FIRSTDT": "datetime64[ns]"})
    patient = pd.factorize(table["USUBJID"], sort=True)[0].astype(np.int64)
    order, _ = chronological(patient, table["ADT"].to_numpy(), table["VISITNUM"].to_numpy())
    return table.iloc[order].reset_index(drop=True)
