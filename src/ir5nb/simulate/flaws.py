"""What is wrong on purpose in a set of tables: found again in the tables, listed by patient and record."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ir5nb.simulate.story import CRITERIA

_COLUMNS = ("USUBJID", "domain", "number", "flaw")


def listing(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List the flaws that a reader can see in the tables.

    Source: spec/data.md, "realistic in what goes wrong". Off-window and missed scans, late or lost patients and values
    below quantification are part of any trial and not listed.

    Parameters
    ----------
    tables
        SDTM tables as `platform` returns them.

    Returns
    -------
    pandas.DataFrame
        USUBJID, domain, number (the record's --SEQ, blank in DM), flaw; ordered by flaw.

    Examples
    --------
    >>> from ir5nb.simulate.demo import tables
    >>> "death: only the month is known" in set(listing(tables())["flaw"])
    True
    """
    found = [*_partial_dates(tables), *_adverse_events(tables["AE"]), *_imaging(tables), *_conflicts(tables)]
    rows = [_rows(tables[domain], domain, where, flaw) for domain, where, flaw in found]
    return pd.concat(rows, ignore_index=True).sort_values(["flaw", "USUBJID", "number"], ignore_index=True)


def _rows(table: pd.DataFrame, domain: str, where: pd.Series, flaw: str) -> pd.DataFrame:
    """Rows of the listing for the records marked."""
    marked = table[where]
    number = (
        marked[f"{domain}SEQ"].astype("Int64") if domain != "DM" else pd.array([pd.NA] * len(marked), dtype="Int64")
    )
    return pd.DataFrame({"USUBJID": marked["USUBJID"], "domain": domain, "number": number, "flaw": flaw})


def _month_only(texts: pd.Series) -> pd.Series:
    return texts.notna() & texts.str.len().lt(10)


def _partial_dates(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, pd.Series, str]]:
    """Dates of which only the month is known (histories and prior therapies, always so, are left out)."""
    overall = tables["RS"]["RSTESTCD"].eq("OVRLRESP") & tables["RS"]["RSEVAL"].eq("INVESTIGATOR")
    return [
        ("DM", _month_only(tables["DM"]["DTHDTC"]), "death: only the month is known"),
        ("RS", _month_only(tables["RS"]["RSDTC"]) & overall, "imaging visit: only the month is known (TU, TR and RS)"),
        ("AE", _month_only(tables["AE"]["AESTDTC"]), "adverse event: only the month of onset is known"),
    ]


def _adverse_events(ae: pd.DataFrame) -> list[tuple[str, pd.Series, str]]:
    """Grades, seriousness, categories and repetitions."""
    serious = pd.Series((ae[list(CRITERIA)] == "Y").any(axis=1))
    category = ae["AEDECOD"].map(ae.groupby("AEDECOD")["AESI"].first())
    twice = ae.duplicated([column for column in ae.columns if column != "AESEQ"])
    return [
        ("AE", ae["AETOXGR"].isna(), "adverse event without a grade"),
        ("AE", serious & ae["AESER"].eq("N"), "adverse event with a criterion of seriousness, but AESER is N"),
        ("AE", ae["AESI"].isna() & category.notna(), "adverse event of special interest by its term, not flagged"),
        ("AE", twice, "adverse event entered twice"),
    ]


def _imaging(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, pd.Series, str]]:
    """Overall responses that contradict the target response, and new lesions that are not sure."""
    rs = tables["RS"]
    key = ["USUBJID", "VISITNUM"]
    mine = rs[rs["RSEVAL"].eq("INVESTIGATOR")]
    target = mine[mine["RSTESTCD"].eq("TRGRESP")].set_index(key)["RSSTRESC"]
    of_visit = pd.Series(target.reindex(pd.MultiIndex.from_frame(rs[key])).to_numpy(), index=rs.index)
    overall = rs["RSTESTCD"].eq("OVRLRESP") & rs["RSEVAL"].eq("INVESTIGATOR")
    missed = overall & of_visit.eq("PD") & rs["RSSTRESC"].ne("PD")
    softer = overall & of_visit.eq("PR") & rs["RSSTRESC"].eq("SD")
    better = overall & of_visit.eq("SD") & rs["RSSTRESC"].eq("PR")
    return [
        ("RS", missed, "investigator records no progression, the targets have progressed"),
        ("RS", softer, "investigator records SD, the targets show PR"),
        ("RS", better, "investigator records PR, the targets show SD"),
        ("RS", rs["RSSTRESC"].eq("EQUIVOCAL"), "equivocal new lesion"),
    ]


def _conflicts(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, pd.Series, str]]:
    """Dates of one domain that contradict another."""
    dm, ds, ae, rs = tables["DM"], tables["DS"], tables["AE"], tables["RS"]
    death = ae["USUBJID"].map(dm.set_index("USUBJID")["DTHDTC"])
    after = (ae["AESTDTC"].str.len().eq(10) & death.str.len().eq(10)) & (ae["AESTDTC"] > death.fillna(""))
    seen = ds["USUBJID"].map(rs[rs["RSDTC"].str.len().eq(10)].groupby("USUBJID")["RSDTC"].max())
    stale = ds["DSDECOD"].eq("LAST CONTACT") & seen.notna() & (ds["DSSTDTC"] < seen.fillna(""))
    return [
        ("AE", pd.Series(np.asarray(after), index=ae.index), "adverse event dated after the death"),
        ("DS", stale, "last contact before the last imaging assessment"),
    ]
