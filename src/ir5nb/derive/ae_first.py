"""Time from inclusion to a patient's first event of a kind, death competing, within the counted days (S6)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from ir5nb.derive.records import column, days_of, either, iso

COLUMNS: Final = ("USUBJID", "STARTDT", "ADT", "AVAL", "CAUSE", "AESEQ", "reason")
CENSORED, EVENT, DEATH = 0, 1, 2


def first_event(events: pd.DataFrame, windows: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Give each treated patient's time to the first counted event, to death before it, or to the end of risk.

    Source: spec/endpoints.md (Aalen-Johansen with death as competing); A17 (elapsed days). An event on the day of
    death comes first. A counted event of unknown onset is taken on the day of inclusion, its earliest possible day.

    Parameters
    ----------
    events
        Records of the kind wanted (rows of `adverse_events.adae`); only counted ones are used.
    windows
        Counted days and time at risk of each treated patient (`ae_window.window`).
    subjects
        Patients with USUBJID DTHDT.

    Returns
    -------
    pandas.DataFrame
        One row per patient of `windows`: STARTDT, ADT, AVAL (days), CAUSE (0 censored, 1 event, 2 death), AESEQ of
        the event, reason.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> windows = pd.DataFrame({"USUBJID": ["1"], "WNDSDT": day(["2026-01-05"]), "RISKENDT": day(["2026-06-05"])})
    >>> events = pd.DataFrame({"USUBJID": ["1"], "COUNTFL": ["Y"], "ASTDT": day(["2026-01-15"]), "AESEQ": [4]})
    >>> subjects = pd.DataFrame({"USUBJID": ["1"], "DTHDT": day([None])})
    >>> first_event(events, windows, subjects)[["AVAL", "CAUSE", "reason"]].values.tolist()
    [[10, 1, 'AE 4 on 2026-01-15']]
    """
    counted = events[events["COUNTFL"].eq("Y") & events["USUBJID"].isin(windows["USUBJID"])]
    place = pd.Index(windows["USUBJID"]).get_indexer(pd.Index(counted["USUBJID"]))
    start, end = days_of(windows, "WNDSDT"), days_of(windows, "RISKENDT")
    onset = days_of(counted, "ASTDT")
    onset = np.where(np.isnat(onset), start[place], onset)
    earliest = counted.assign(_place=place, _onset=onset).sort_values(["_onset", "AESEQ"], kind="stable")
    earliest = earliest.drop_duplicates("_place").set_index("_place").reindex(range(len(windows)))
    day = days_of(earliest, "_onset")
    death = pd.Series(days_of(subjects, "DTHDT"), index=subjects["USUBJID"]).reindex(windows["USUBJID"]).to_numpy()
    event = ~np.isnat(day)
    died = ~event & ~np.isnat(death) & (death <= days_of(windows, "RISKENDT"))
    at = np.where(event, day, np.where(died, death, end))
    number = earliest["AESEQ"].astype("Int64").array
    return pd.DataFrame(
        {
            "USUBJID": column(windows, "USUBJID"), "STARTDT": start, "ADT": at,
            "AVAL": pd.array((at - start) / np.timedelta64(1, "D"), dtype="Float64").astype("Int64"),
            "CAUSE": np.select([event, died], [EVENT, DEATH], CENSORED), "AESEQ": number,
            "reason": _reason(event, died, at, number),
        },
        columns=list(COLUMNS),
    )  # fmt: skip


def _reason(event: Any, died: Any, at: Any, number: Any) -> Any:
    told = "AE " + pd.Series(number).astype("string").fillna("").to_numpy(object) + " on " + iso(at)
    dead = "no event before death on " + iso(at)
    return either(event, told, either(died, dead, "no event up to the end of the time at risk, " + iso(at)))
