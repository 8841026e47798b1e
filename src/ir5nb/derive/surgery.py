"""Procedures that end what an hCG value can say about the study treatment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ir5nb.derive.records import column, days_of, numbers_of, present


def hysterectomies(pr: pd.DataFrame) -> pd.DataFrame:
    """Take the hysterectomies from the procedures.

    Source: spec/data.md (PR for hysterectomy / surgery).

    Parameters
    ----------
    pr
        PR with USUBJID, PRTRT (or PRDECOD), PRSTDT and where kept PRSEQ.

    Returns
    -------
    DataFrame
        USUBJID, ADT, AVALC, SRCDOM, SRCSEQ; those without a complete date are left out.

    Examples
    --------
    >>> pr = pd.DataFrame({"USUBJID": ["1"], "PRTRT": ["Total hysterectomy"], "PRSEQ": [2],
    ...                    "PRSTDT": pd.to_datetime(["2026-03-04"])})
    >>> hysterectomies(pr)["SRCSEQ"].tolist()
    [2]
    """
    name = pd.Series(present(column(pr, "PRTRT")) + " " + present(column(pr, "PRDECOD")), dtype=object)
    kept = name.str.upper().str.contains("HYSTERECTOMY", regex=False).to_numpy(bool) & ~np.isnat(days_of(pr, "PRSTDT"))
    return pd.DataFrame(
        {
            "USUBJID": column(pr, "USUBJID")[kept],
            "ADT": days_of(pr, "PRSTDT")[kept],
            "AVALC": "hysterectomy",
            "SRCDOM": "PR",
            "SRCSEQ": pd.Series(numbers_of(pr, "PRSEQ")[kept], dtype="Float64").astype("Int64"),
        }
    )
