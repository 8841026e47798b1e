"""Corticosteroids given for events of special interest, matched by patient and days (spec/tlf.csv, AET01_AESI)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.dates import Texts
from ir5nb.derive.records import column, days_of, either, present

STEROIDS: Final = (
    "PREDNISOLONE", "METHYLPREDNISOLONE", "PREDNISONE", "DEXAMETHASONE", "HYDROCORTISONE", "BETAMETHASONE",
    "BUDESONIDE",
)  # fmt: skip
_CATEGORY: Final = "CONCOMITANT MEDICATION"


def treated_with_steroids(events: pd.DataFrame, cm: pd.DataFrame, names: Sequence[str] = STEROIDS) -> Texts:
    """Say of each event whether the patient started a corticosteroid while it lasted: "Y", else None.

    Source: spec/tlf.csv (AESI: steroid treatment). A steroid that starts from the onset to the end of the event, both
    included, or after its onset where it has no end. An undated event or steroid matches nothing.

    Parameters
    ----------
    events
        USUBJID ASTDT AENDT (`adverse_events.adae`).
    cm
        CM with USUBJID CMTRT CMSTDT and, where recorded, CMCAT (concomitant medication only).
    names
        Words of CMTRT that name a corticosteroid.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> events = pd.DataFrame({"USUBJID": ["1"], "ASTDT": day(["2026-01-05"]), "AENDT": day(["2026-02-05"])})
    >>> cm = pd.DataFrame({"USUBJID": ["1"], "CMTRT": ["PREDNISOLONE"], "CMSTDT": day(["2026-01-07"])})
    >>> treated_with_steroids(events, cm).tolist()
    ['Y']
    """
    drug = pd.Series(present(column(cm, "CMTRT")), dtype=object).str.upper()
    named = np.any([drug.str.contains(name, regex=False).to_numpy(bool) for name in names], axis=0)
    category = present(column(cm, "CMCAT"))
    given = cm[named & np.isin(category.astype(str), ("", _CATEGORY))]
    doses = pd.DataFrame({"USUBJID": column(given, "USUBJID"), "_start": days_of(given, "CMSTDT")})
    who = pd.DataFrame({"USUBJID": column(events, "USUBJID"), "_row": np.arange(len(events))})
    pairs = who.merge(doses, on="USUBJID")
    onset, end = days_of(events, "ASTDT")[pairs["_row"]], days_of(events, "AENDT")[pairs["_row"]]
    start = days_of(pairs, "_start")
    inside = (start >= onset) & ((start <= end) | np.isnat(end))
    return either(np.isin(np.arange(len(events)), pairs["_row"].to_numpy()[inside]), "Y", None).astype(object)
