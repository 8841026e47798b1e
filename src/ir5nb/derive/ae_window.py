"""The days on which an adverse event counts: from inclusion to so long after the last dose, or the cut (S6, A15)."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.dates import NAT, Dates, Texts, nanoseconds, window_end
from ir5nb.derive.records import days_of, iso

COLUMNS: Final = ("USUBJID", "WNDSDT", "WNDEDT", "RISKENDT", "RISKDAYS", "reason")


def window(
    subjects: pd.DataFrame,
    *,
    cutoff: date | str | None = None,
    months: int = 5,
    days: int | None = None,
    until_contact: bool = False,
) -> pd.DataFrame:
    """Give each treated patient's first and last counted day, and the time at risk between them.

    Source: S6, A15 (5 calendar months after the last dose of any study drug; a plan may say 150 days instead).
    A month that has no such day ends on its last. Time at risk is elapsed days (A17) and ends with death.

    Parameters
    ----------
    subjects
        Patients with USUBJID SAFFL INCLDT TRTEDT DTHDT LSTALVDT (`subjects.adsl`); those not treated are left out.
    cutoff
        Data cut: the last day counted at most.
    months, days
        Length of the window after the last dose, calendar months; in days where `days` is given.
    until_contact
        Whether time at risk also ends at the last news of a living patient (a sensitivity, never the count).

    Returns
    -------
    pandas.DataFrame
        USUBJID; WNDSDT, WNDEDT first and last day counted; RISKENDT, RISKDAYS end and length of the time at risk;
        reason.

    Raises
    ------
    ValueError
        When the length of the window is negative.

    Examples
    --------
    >>> dates = {name: pd.to_datetime([day]) for name, day in
    ...          {"INCLDT": "2025-01-02", "TRTEDT": "2025-09-30", "DTHDT": None, "LSTALVDT": "2026-06-01"}.items()}
    >>> window(pd.DataFrame({"USUBJID": ["1"], "SAFFL": ["Y"]} | dates))["reason"].item()
    'counted from inclusion 2025-01-02 to 2026-02-28, 5 calendar months after the last dose 2025-09-30'
    """
    if months < 0 or (days is not None and days < 0):
        raise ValueError(f"a window of {months} months or {days} days after the last dose: must not be negative")
    treated = subjects[subjects["SAFFL"].eq("Y")]
    start, last = days_of(treated, "INCLDT"), days_of(treated, "TRTEDT")
    planned = window_end(last, months) if days is None else last + np.timedelta64(days, "D")
    cut = nanoseconds([cutoff])[0] if cutoff is not None else NAT
    end = np.fmin(planned, cut)
    death, contact = days_of(treated, "DTHDT"), days_of(treated, "LSTALVDT")
    risk = np.fmin(end, death)
    if until_contact:
        risk = np.where(np.isnat(death), np.fmin(risk, contact), risk)
    elapsed = pd.Series((risk - start) / np.timedelta64(1, "D")).clip(lower=0).astype("Int64")
    length = f"{months} calendar months" if days is None else f"{days} days"
    return pd.DataFrame(
        {
            "USUBJID": treated["USUBJID"].to_numpy(object),
            "WNDSDT": start,
            "WNDEDT": end,
            "RISKENDT": risk,
            "RISKDAYS": elapsed.to_numpy(),
            "reason": _reason(start, end, last, planned, length),
        },
        columns=list(COLUMNS),
    )


def _reason(start: Dates, end: Dates, last: Dates, planned: Dates, length: str) -> Texts:
    after = f", {length} after the last dose " + iso(last)
    why = np.where(end < planned, ", the data cut" + np.full(len(end), "", dtype=object), after)
    return np.asarray("counted from inclusion " + iso(start) + " to " + iso(end) + why, dtype=object)
