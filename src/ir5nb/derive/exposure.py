"""Exposure to each drug, from the dose records (R3, R5)."""

from __future__ import annotations

import pandas as pd

from ir5nb.derive.milestones import is_dose


def by_drug(ex: pd.DataFrame, subjects: pd.Series) -> pd.DataFrame:
    """Give one row per patient and drug: doses given, first and last day, doses delayed or changed.

    Source: spec/data.md, EX; a dose counts when EXDOSE > 0, or when it is 0 of a placebo.

    Parameters
    ----------
    ex
        EX with USUBJID EXTRT EXDOSE EXSTDT EXENDT and, where recorded, EXADJ.
    subjects
        USUBJID of the patients wanted.

    Returns
    -------
    pandas.DataFrame
        USUBJID EXTRT DOSES FIRSTDT LASTDT DELAYED (missing where the source has no EXADJ).

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-05", "2026-01-26"])
    >>> ex = pd.DataFrame({"USUBJID": "1", "EXTRT": "ZIMBERELIMAB", "EXDOSE": 360.0, "EXSTDT": day, "EXENDT": day})
    >>> by_drug(ex, pd.Series(["1"]))["DOSES"].tolist()
    [2]
    """
    given = ex[ex["USUBJID"].isin(subjects) & is_dose(ex)]
    recorded = "EXADJ" in given.columns
    changed = given["EXADJ"].notna() if recorded else pd.Series(False, index=given.index)
    doses = (
        given.assign(_end=given["EXENDT"].fillna(given["EXSTDT"]), _changed=changed.astype("Int64"))
        .groupby(["USUBJID", "EXTRT"], sort=True)
        .agg(DOSES=("EXTRT", "size"), FIRSTDT=("EXSTDT", "min"), LASTDT=("_end", "max"), DELAYED=("_changed", "sum"))
        .reset_index()
    )
    return doses if recorded else doses.assign(DELAYED=pd.array([pd.NA] * len(doses), dtype="Int64"))
