"""Time to event: overall survival, relapse-free survival and follow-up; PFS and DOR come from `progression`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.candidates import decide, of_records, of_subjects, one_each
from ir5nb.derive.censoring import ADEQUATE, FDA, LITERAL, Censoring
from ir5nb.derive.dates import NAT, Dates, Texts
from ir5nb.derive.progression import dor, pfs
from ir5nb.derive.records import column, either
from ir5nb.derive.time_rows import Kind, check_cut, died, rows_of, start_of

__all__ = ["ADEQUATE", "FDA", "LITERAL", "Censoring", "dor", "follow_up", "os", "pfs", "reversed_os", "rfs"]

KINDS: Final[Mapping[str, Kind]] = {
    "DEATH": Kind("Death", "Death"),
    "LAST NEWS": Kind("Last news", "Alive at last news"),
    "START": Kind("Start of time", "No news after it, censored where time starts"),
    "LOETX": Kind("Subsequent treatment for lack of efficacy", "Subsequent treatment for lack of efficacy"),
    "RESISTANCE": Kind("hCG resistance", "hCG resistance"),
    "DEAD": Kind("Death without resistance", "Died without resistance, censored at death"),
}


def _last_known(subjects: pd.DataFrame, start: Dates, cut: np.datetime64) -> pd.DataFrame:
    """Last news, or where there is none the day time starts."""
    domain = "LSTALVDOM" if "LSTALVDOM" in subjects else ""
    news = of_subjects(subjects, "LAST NEWS", "LSTALVDT", domain, "LSTALVSEQ")
    begun = of_subjects(subjects.assign(_START=start), "START", "_START", "DS")
    latest = one_each(len(subjects), [begun, news], cut, last=True)
    return latest.where(latest["KIND"].notna(), one_each(len(subjects), [begun], NAT))


def _undated_death(subjects: pd.DataFrame, chosen: pd.DataFrame) -> Texts:
    """Say where a death is known but, without any date, cannot be an event."""
    undated = (column(subjects, "DTHFL") == "Y") & subjects["DTHDT"].isna().to_numpy()
    told = "; a death is recorded without a usable date and cannot count"
    return np.asarray(either(undated & (chosen["CNSR"].to_numpy() == 1), told, ""), dtype=object)


def os(
    subjects: pd.DataFrame,
    *,
    cutoff: date | str | None = None,
    origin: str = "inclusion",
    count_first_day: bool = False,
    reading: str = "default",
) -> pd.DataFrame:
    """Derive overall survival: inclusion to death from any cause; alive, censored at last news.

    Source: S4, A2, A17.

    Parameters
    ----------
    subjects
        One row per patient (`subjects.adsl`): USUBJID, INCLDT or TRTSDT, DTHDT, LSTALVDT and their sources.
    cutoff
        Data cut; the patients must have been derived with it.
    origin
        "inclusion" (S4) or "treatment" (A2).
    count_first_day
        Days counted inclusively (+1) instead of elapsed (A17).
    reading
        Name of the reading.

    Returns
    -------
    DataFrame
        Columns `schema.ADTTE`, one row per patient; AVAL in days.

    Raises
    ------
    ValueError
        When a patient's milestones lie after the cut, or the origin is unknown.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "INCLDT": day(["2026-01-05"]), "DTHDT": day([None]),
    ...                      "LSTALVDT": day(["2026-03-04"]), "LSTALVDOM": ["LB"], "LSTALVSEQ": [9]})
    >>> os(adsl)[["AVAL", "CNSR", "reason"]].values.tolist()
    [[58, 1, 'Alive at last news: LB 9 (2026-03-04)']]
    """
    cut, start = check_cut(subjects, cutoff), start_of(subjects, origin)
    death = one_each(len(subjects), [died(subjects)], cut)
    chosen = decide(death, _last_known(subjects, start, cut))
    return rows_of(
        subjects, chosen, start, paramcd="OS", param="Overall survival", kinds=KINDS, cut=cut,
        count_first_day=count_first_day, reading=reading, notes=_undated_death(subjects, chosen),
    )  # fmt: skip


def follow_up(
    subjects: pd.DataFrame,
    *,
    cutoff: date | str | None = None,
    origin: str = "inclusion",
    count_first_day: bool = False,
    reading: str = "default",
) -> pd.DataFrame:
    """Derive follow-up for the reverse Kaplan-Meier estimate: last news is the event, death censors it.

    Source: R5, spec/endpoints.md (reverse Kaplan-Meier on OS; Schemper and Smith 1996).

    Parameters
    ----------
    subjects, cutoff, origin, count_first_day, reading
        As in `os`.

    Returns
    -------
    DataFrame
        Columns `schema.ADTTE`, one row per patient; AVAL in days, CNSR 1 where the patient died.

    Raises
    ------
    ValueError
        As in `os`.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "INCLDT": day(["2026-01-05"]), "DTHDT": day([None]),
    ...                      "LSTALVDT": day(["2026-03-04"])})
    >>> follow_up(adsl)[["AVAL", "CNSR", "EVNTDESC"]].values.tolist()
    [[58, 0, 'Last news']]
    """
    return reversed_os(os(subjects, cutoff=cutoff, origin=origin, count_first_day=count_first_day, reading=reading))


def reversed_os(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn rows of overall survival into rows of follow-up: who died is censored, last news is the event.

    Source: Schemper and Smith 1996.

    Parameters
    ----------
    frame
        Rows of `os`.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "INCLDT": day(["2026-01-05"]), "DTHDT": day(["2026-03-04"])})
    >>> reversed_os(os(adsl))["CNSR"].tolist()
    [1]
    """
    dead = frame["CNSR"] == 0
    described = frame["EVNTDESC"].where(dead, frame["CNSDTDSC"])
    return frame.assign(
        PARAMCD="FUP",
        PARAM="Follow-up",
        CNSR=dead.astype("int64"),
        EVNTDESC=either(dead, "Censored", described),
        CNSDTDSC=either(dead, described, None),
    )


def rfs(
    subjects: pd.DataFrame,
    *,
    resistance: pd.DataFrame | None = None,
    death: bool = False,
    cutoff: date | str | None = None,
    origin: str = "inclusion",
    count_first_day: bool = False,
    reading: str = "default",
) -> pd.DataFrame:
    """Derive resistance-free survival: inclusion to the start of subsequent treatment for lack of efficacy.

    Source: S3, A8. Without resistance: censored at last news, which is death where the patient died.

    Parameters
    ----------
    subjects
        As in `os`, with LOETXDT and LOETXSEQ (`subjects.adsl`).
    resistance
        Where hCG resistance counts as an event too (A8): USUBJID, ADT, SRCSEQ of its first date, else None.
    death
        Whether death counts as an event (A8).
    cutoff, origin, count_first_day, reading
        As in `os`.

    Returns
    -------
    DataFrame
        Columns `schema.ADTTE`, one row per patient; AVAL in days.

    Raises
    ------
    ValueError
        As in `os`.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "INCLDT": day(["2026-01-05"]), "DTHDT": day(["2026-03-04"]),
    ...                      "LSTALVDT": day(["2026-02-04"]), "LOETXDT": day([None])})
    >>> rfs(adsl)[["AVAL", "CNSR", "reason"]].values.tolist()
    [[58, 1, 'Died without resistance, censored at death: DM (2026-03-04)']]
    """
    cut, start = check_cut(subjects, cutoff), start_of(subjects, origin)
    events = [of_subjects(subjects, "LOETX", "LOETXDT", "CM", "LOETXSEQ")]
    if resistance is not None:
        known = resistance.assign(SRCDOM="LB")
        events.append(of_records(pd.Index(subjects["USUBJID"]), known, "RESISTANCE"))
    if death:
        events.append(died(subjects))
    last, dead = _last_known(subjects, start, cut), one_each(len(subjects), [died(subjects, "DEAD")], cut)
    chosen = decide(one_each(len(subjects), events, cut), dead.where(dead["KIND"].notna(), last))
    return rows_of(
        subjects, chosen, start, paramcd="RFS", param="Resistance-free survival", kinds=KINDS, cut=cut,
        count_first_day=count_first_day, reading=reading, notes=_undated_death(subjects, chosen),
    )  # fmt: skip
