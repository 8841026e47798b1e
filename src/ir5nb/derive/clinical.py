"""Clinical progression: symptomatic deterioration recorded beside the imaging (P1, A7)."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.records import column, days_of, numbers_of

PROGRESSED: Final = ("Y", "YES", "PD", "CLINICAL PROGRESSION", "SYMPTOMATIC DETERIORATION", "PROGRESSION", "PRESENT")
NOT_PROGRESSED: Final = ("N", "NO", "CR", "PR", "SD", "NON-CR/NON-PD", "NE", "NOT ASSESSED", "NONE", "ABSENT")


def progressions(rs: pd.DataFrame) -> pd.DataFrame:
    """Take the clinical progressions from the response records.

    Source: P1, spec/endpoints.md (RSTESTCD SYMPTDTR, or RSCAT CLINICAL).

    Parameters
    ----------
    rs
        RS with RSTESTCD, RSSTRESC, RSDT and where kept RSCAT, RSSEQ, VISIT, RSSTAT.

    Returns
    -------
    DataFrame
        USUBJID, ADT, AVALC, SRCDOM, SRCSEQ, VISIT: one row per record of a progression with a complete date.

    Raises
    ------
    ValueError
        When such a record holds a level this package does not know.

    Examples
    --------
    >>> rs = pd.DataFrame({"USUBJID": ["1"], "RSTESTCD": ["SYMPTDTR"], "RSSTRESC": ["Y"], "RSSEQ": [7],
    ...                    "RSDT": pd.to_datetime(["2026-03-04"])})
    >>> progressions(rs)[["USUBJID", "SRCSEQ"]].values.tolist()
    [['1', 7]]
    """
    clinical = (column(rs, "RSTESTCD") == "SYMPTDTR") | (column(rs, "RSCAT") == "CLINICAL")
    level = pd.Series(column(rs, "RSSTRESC"), dtype=object)
    told = clinical & level.notna().to_numpy()
    level = level.where(level.notna(), "").astype(str).str.strip().str.upper()
    unknown = told & ~level.isin((*PROGRESSED, *NOT_PROGRESSED)).to_numpy()
    if unknown.any():
        row = rs.loc[unknown].iloc[0]
        raise ValueError(
            f"RS of patient {row['USUBJID']}: clinical progression has the level {row['RSSTRESC']!r} (RSSTRESC); "
            f"known are {PROGRESSED} and {NOT_PROGRESSED}: translate it in the plan's mapping"
        )
    kept = np.flatnonzero(told & level.isin(PROGRESSED).to_numpy() & ~np.isnat(days_of(rs, "RSDT")))
    return pd.DataFrame(
        {
            "USUBJID": column(rs, "USUBJID")[kept],
            "ADT": days_of(rs, "RSDT")[kept],
            "AVALC": "clinical progression",
            "SRCDOM": "RS",
            "SRCSEQ": pd.Series(numbers_of(rs, "RSSEQ")[kept], dtype="Float64").astype("Int64"),
            "VISIT": column(rs, "VISIT")[kept],
        }
    )
