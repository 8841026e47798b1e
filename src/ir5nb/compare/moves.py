"""Patients of whom two runs say different things, and why: the deciding record, other new records, the plan."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

COLUMNS: Final = (
    "REPORT", "USUBJID", "PARAMCD", "READING", "CHANGE", "OLD", "NEW", "DAY_OLD", "DAY_NEW", "REASON_OLD",
    "REASON_NEW", "WHY",
)  # fmt: skip
_KEY: Final = ["USUBJID", "PARAMCD", "READING"]
_RECORD: Final = {"added": "a new record", "changed": "a changed record", "same": "a record of both runs"}


def moves(report: str, old: pd.DataFrame, new: pd.DataFrame, records: pd.DataFrame, told: str) -> pd.DataFrame:
    """List the statements about patients that differ between two runs of one report.

    Source: issue 7.

    Parameters
    ----------
    report
        Name of the report.
    old, new
        Statements (`states.states`).
    records
        Matched source records (`records.changes`); without rows where they are not known.
    told
        What the report was told differently, in words; "" where the plans agree.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. CHANGE: "moved" (another state), "redated" (the same state on another day), "entered" or "left"
        (the patient is in one run only). WHY names the deciding record and whether it is new, the patient's other
        new records, and what the plan says differently.

    Examples
    --------
    >>> statement = dict(USUBJID="01", PARAMCD="OS", READING="default", STATE="censored", DAY=pd.NaT, REASON="Alive",
    ...     SRCDOM="DS", SRCSEQ=4)
    >>> old = pd.DataFrame([statement]).astype({"DAY": "datetime64[ns]", "SRCSEQ": "Int64"})
    >>> new = old.assign(STATE="event: Death", DAY=pd.Timestamp("2026-05-01"), SRCDOM="DM", SRCSEQ=1)
    >>> known = pd.DataFrame({"DOMAIN": ["DM"], "USUBJID": ["01"], "SEQ": [1], "CHANGE": ["changed"]})
    >>> print(moves("c3", old, new, known, "")[["CHANGE", "OLD", "NEW", "WHY"]].to_string(index=False, header=False))
    moved censored event: Death Decided by DM 1, a changed record. Changed since: DM 1.
    """
    pairs = old.merge(new, how="outer", on=_KEY, suffixes=("_OLD", "_NEW"), indicator=True)
    entered, left = pairs["_merge"].eq("right_only"), pairs["_merge"].eq("left_only")
    another = pairs["STATE_OLD"].ne(pairs["STATE_NEW"])
    day = pairs["DAY_OLD"].ne(pairs["DAY_NEW"]) & ~(pairs["DAY_OLD"].isna() & pairs["DAY_NEW"].isna())
    change = pd.Series("", index=pairs.index).mask(day, "redated").mask(another, "moved")
    found = pairs.assign(CHANGE=change.mask(entered, "entered").mask(left, "left"), REPORT=report)
    found = found[found["CHANGE"].ne("")].rename(columns={"STATE_OLD": "OLD", "STATE_NEW": "NEW"})
    texts = ["OLD", "NEW", "REASON_OLD", "REASON_NEW"]
    found[texts] = found[texts].fillna("")
    own = dict(iter(records[records["USUBJID"].isin(found["USUBJID"])].groupby("USUBJID")))
    none = records.iloc[:0]
    deciding = found[["USUBJID", "SRCDOM_NEW", "SRCSEQ_NEW"]].to_numpy().tolist()
    why = [_why(domain, number, own.get(patient, none), told) for patient, domain, number in deciding]
    return found.assign(WHY=pd.Series(why, index=found.index, dtype=object))[list(COLUMNS)].reset_index(drop=True)


def _why(domain: Any, number: Any, own: pd.DataFrame, told: str) -> str:
    """Say in words what can have moved one patient, from the patient's own records; the reader judges."""
    said = []
    if not pd.isna(domain) and domain and not pd.isna(number):
        state = own.loc[own["DOMAIN"].eq(domain) & own["SEQ"].eq(number) & own["CHANGE"].ne("removed"), "CHANGE"]
        known = f", {_RECORD[state.iloc[0]]}" if len(state) else ""
        said.append(f"Decided by {domain} {number}{known}.")
    said += [
        f"{word} since: {_named(own[own['CHANGE'].eq(kind)])}."
        for word, kind in (("New", "added"), ("Changed", "changed"), ("Removed", "removed"))
        if own["CHANGE"].eq(kind).any()
    ]
    return " ".join([*said, *([f"Plan: {told}."] if told else [])])


def _named(records: pd.DataFrame) -> str:
    """Name the records of one patient: one by its number, several by how many."""
    parts = []
    for domain, numbers in records.groupby("DOMAIN")["SEQ"]:
        first = numbers.iloc[0]
        parts.append(f"{domain} {first}" if len(numbers) == 1 else f"{len(numbers)} {domain} records")
    return ", ".join(parts)
