"""hCG outcomes in the forms other tables ask for: the derived table adhcg, and the dates of resistance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ir5nb import schema
from ir5nb.derive.hcg_rules import PARAMETERS
from ir5nb.derive.records import days_of, either

_DAY = np.timedelta64(1, "D")


def adhcg(found: pd.DataFrame) -> pd.DataFrame:
    """Lay out the outcomes as the derived table: one row per patient and parameter.

    Source: spec/endpoints.md (adhcg).

    Parameters
    ----------
    found
        `outcomes`.

    Returns
    -------
    DataFrame
        Columns `schema.ADHCG`; AVALC "Y" or "N", ADY days since treatment start (missing where it did not happen).

    Examples
    --------
    >>> from ir5nb.derive.hcg_rules import OUTCOMES
    >>> adhcg(pd.DataFrame({name: [] for name in OUTCOMES})).columns.tolist() == list(schema.ADHCG)
    True
    """
    parts = []
    for name in PARAMETERS:
        day = days_of(found, f"{name}DT")
        elapsed = pd.Series((day - days_of(found, "TRTSDT")) / _DAY, dtype="Float64").astype("Int64")
        parts.append(
            pd.DataFrame(
                {
                    "USUBJID": found["USUBJID"].to_numpy(object), "PARAMCD": name,
                    "READING": found["READING"].to_numpy(object), "ADT": day, "ADY": elapsed,
                    "AVALC": either(np.isnat(day), "N", "Y"), "SRCSEQ": found[f"{name}SEQ"].to_numpy(),
                    "reason": found["reason"].to_numpy(object),
                }
            )
        )  # fmt: skip
    table = pd.concat(parts, ignore_index=True)[list(schema.ADHCG)]
    order = np.tile(np.arange(len(found)), len(PARAMETERS))
    return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def resistance(found: pd.DataFrame) -> pd.DataFrame:
    """Take the patients' resistance dates, in the form the relapse-free times ask for (A8).

    Source: S3b, A8.

    Examples
    --------
    >>> from ir5nb.derive.hcg_rules import OUTCOMES
    >>> resistance(pd.DataFrame({name: [] for name in OUTCOMES})).columns.tolist()
    ['USUBJID', 'ADT', 'SRCSEQ', 'AVALC']
    """
    had = found[pd.Series(days_of(found, "RESISTDT")).notna().to_numpy()]
    kind = had["RESISTKIND"].map({"RISE": "rise", "PLATEAU": "plateau"})
    return pd.DataFrame(
        {
            "USUBJID": had["USUBJID"].to_numpy(object),
            "ADT": days_of(had, "RESISTDT"),
            "SRCSEQ": pd.Series(had["RESISTSEQ"].to_numpy(), dtype="Int64"),
            "AVALC": kind.to_numpy(object),
        }
    )
