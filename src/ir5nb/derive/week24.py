"""Week-24 status: success, failure or pending for every treated patient, with category, deciding record and reason."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ir5nb import schema
from ir5nb.derive.candidates import known_by, of_records, of_subjects, one_each, radiological
from ir5nb.derive.dates import Dates
from ir5nb.derive.records import column, days_of, either, iso, present
from ir5nb.derive.time_rows import check_cut, imputed_death, start_of
from ir5nb.derive.verdicts import (
    ALIVE,
    CATEGORIES,
    DAY,
    LATE_DEATH,
    LATE_PROGRESSION,
    STATUS,
    WITH_EVIDENCE,
    Verdicts,
    check_choices,
    deaths,
    fail,
    give_up,
    pend,
    told,
    treated,
)
from ir5nb.derive.week24_hcg import hcg

__all__ = ["CATEGORIES", "alive", "hcg", "progression_free"]


def _progressions(subjects: pd.DataFrame, responses: pd.DataFrame, clinical: pd.DataFrame | None) -> list[pd.DataFrame]:
    patients = pd.Index(subjects["USUBJID"])
    seen = radiological(patients, responses)
    return [seen] if clinical is None else [seen, of_records(patients, clinical, "CLINICAL")]


def _clean(subjects: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Take the assessments that show no progression; one not evaluable shows nothing."""
    clean = pd.Series(column(responses, "AVALC"), dtype=object).isin(set(schema.RESPONSES) - {"PD", "NE"})
    return of_records(pd.Index(subjects["USUBJID"]), responses[clean.to_numpy()], "CLEAN")


def _succeed(
    verdicts: Verdicts, clean: pd.DataFrame, first_event: pd.DataFrame, landmark: Dates, window_days: int, evidence: str
) -> None:
    """Decide by evidence of no progression (A3): an assessment that reaches the window, before any event."""
    before = days_of(first_event, "ADT") - DAY
    opens = landmark - (window_days if evidence == "window" else 0) * DAY
    enough = clean[days_of(clean, "ADT") >= opens[clean["patient"].to_numpy(np.int64)]]
    first = one_each(len(landmark), [enough], before)
    reason = "No progression at the landmark " + iso(landmark) + ", shown by " + told(first)
    shown = first["KIND"].notna().to_numpy()
    verdicts.decide(shown, "SUCCESS", WITH_EVIDENCE, first, np.asarray(reason, dtype=object))


def _late(
    verdicts: Verdicts,
    first_event: pd.DataFrame,
    subjects: pd.DataFrame,
    landmark: Dates,
    late_progression: str,
    evidence: str,
) -> None:
    """Decide by a first event after the landmark: a death is success (A3), a progression as A4 is read.

    Where only scans are evidence (A3, "after"), a death or a clinical progression shows nothing.
    """
    kind = column(first_event, "KIND")
    scans_only = evidence == "after"
    death = (kind == "DEATH") & (not scans_only)
    progression = (kind == "PD") | ((kind == "CLINICAL") & (not scans_only))
    opening = either(death, "Death, no progression recorded before it,", "First progression")
    reason = opening + " after the landmark " + iso(landmark) + ": " + told(first_event)
    reason = np.asarray(reason + imputed_death(subjects, kind), dtype=object)
    verdicts.decide(death, "SUCCESS", LATE_DEATH, first_event, reason)
    verdicts.decide(progression, STATUS[late_progression], LATE_PROGRESSION, first_event, reason)


def progression_free(
    subjects: pd.DataFrame,
    responses: pd.DataFrame,
    *,
    cutoff: date | str | None,
    clinical: pd.DataFrame | None = None,
    landmark_days: int = schema.LANDMARK_DAYS,
    window_days: int = 7,
    evidence: str = "window",
    late_progression: str = "success",
    not_evaluable: str = "failure",
    new_therapy: str = "failure",
    origin: str = "treatment",
    reading: str = "default",
) -> pd.DataFrame:
    """Judge whether each treated patient is alive without progression at 24 weeks.

    Source: P1, P2, A2-A6, spec/endpoints.md. Death and progression on or before the landmark are judged by the
    earliest (on one day: progression, clinical progression, death); then new therapy, pending, evidence of no
    progression, a first event after the landmark, not evaluable.

    Parameters
    ----------
    subjects
        One row per patient (`subjects.adsl`); those never treated have no row in the result.
    responses
        One row per patient and visit, as in `times.pfs`.
    cutoff
        Data cut; None says that the data are final and nobody is pending.
    clinical
        Clinical progressions (`clinical.progressions`) where they count (cohort 1), else None.
    landmark_days
        Days from the origin to the landmark.
    window_days
        Days before the landmark on which an assessment counts as evidence (A3), and days after it until a patient
        is judged at a data cut.
    evidence
        "window": an assessment from `window_days` before the landmark on; "after": only a scan on or
        after it, so that a later death or clinical progression shows nothing (A3).
    late_progression
        "success" or "failure": a progression first seen after the landmark, the last clean assessment before the
        window (A4).
    not_evaluable
        "failure", "success" (best case) or "excluded" from the result (A5).
    new_therapy
        New anticancer therapy on or before the landmark without progression (A6): "failure", "success" (judged as
        if it had not begun) or "censored" (excluded from the result).
    origin
        "treatment" (P1, P2) or "inclusion" (A2).
    reading
        Name of the reading.

    Returns
    -------
    DataFrame
        Columns `schema.ADWK24`, one row per treated patient less those the reading excludes; CATEGORY is one of
        `CATEGORIES`.

    Raises
    ------
    ValueError
        When a reading is unknown, or a patient's milestones lie after the cut.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "TRTSDT": day(["2026-01-05"]), "DTHDT": day([None])})
    >>> scans = pd.DataFrame({"USUBJID": ["1"], "AVALC": ["SD"], "ADT": day(["2026-06-18"]),
    ...                       "SRCDOM": ["RS"], "SRCSEQ": [12], "VISIT": ["WEEK 24"]})
    >>> progression_free(adsl, scans, cutoff="2026-07-01")[["STATUS", "reason"]].values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['SUCCESS', 'No progression at the landmark 2026-06-22, shown by RS 12 (visit WEEK 24, 2026-06-18): SD']]
    """
    check_choices(
        evidence=evidence, late_progression=late_progression, not_evaluable=not_evaluable, new_therapy=new_therapy
    )
    cut, patients = check_cut(subjects, cutoff), treated(subjects)
    landmark = start_of(patients, origin) + landmark_days * DAY
    events = [*_progressions(patients, responses, clinical), deaths(patients)]
    verdicts = Verdicts(len(patients))
    fail(verdicts, events, patients, landmark, cut, "FAILURE")
    if new_therapy != "success":
        therapy = of_subjects(patients, "NEW THERAPY", "NEWTXDT", "CM", "NEWTXSEQ")
        fail(verdicts, [therapy], patients, landmark, cut, STATUS[new_therapy])
    pend(verdicts, landmark, window_days, cut)
    first_event, clean = one_each(len(patients), events, cut), _clean(patients, responses)
    clean = clean[known_by(days_of(clean, "ADT"), cut)]
    _succeed(verdicts, clean, first_event, landmark, window_days, evidence)
    _late(verdicts, first_event, patients, landmark, late_progression, evidence)
    last = one_each(len(patients), [clean], cut, last=True)
    seen = either(
        last["KIND"].isna(), "no assessment showing no progression", "the last one showing none is " + told(last)
    )
    why = np.asarray("No assessment shows the status at the landmark, " + present(seen), dtype=object)
    give_up(verdicts, patients, landmark, why, not_evaluable)
    return verdicts.frame(patients, landmark, reading)


def alive(
    subjects: pd.DataFrame,
    *,
    cutoff: date | str | None,
    landmark_days: int = schema.LANDMARK_DAYS,
    window_days: int = 7,
    not_evaluable: str = "failure",
    origin: str = "treatment",
    reading: str = "default",
) -> pd.DataFrame:
    """Judge whether each treated patient is alive at 24 weeks.

    Source: P4, A2, A5, spec/endpoints.md: death on or before the landmark fails; last news or death on or after it
    (death: after) succeeds; vital status unknown at the landmark is read by A5.

    Parameters
    ----------
    subjects, cutoff, landmark_days, not_evaluable, origin, reading
        As in `progression_free`.
    window_days
        Days after the landmark until a patient is judged at a data cut.

    Returns
    -------
    DataFrame
        As in `progression_free`.

    Raises
    ------
    ValueError
        As in `progression_free`.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "TRTSDT": day(["2026-01-05"]), "DTHDT": day(["2026-06-22"])})
    >>> alive(adsl, cutoff=None)[["STATUS", "reason"]].values.tolist()
    [['FAILURE', 'Death on or before the landmark 2026-06-22: DM (2026-06-22)']]
    """
    check_choices(not_evaluable=not_evaluable)
    cut, patients = check_cut(subjects, cutoff), treated(subjects)
    landmark = start_of(patients, origin) + landmark_days * DAY
    verdicts = Verdicts(len(patients))
    fail(verdicts, [deaths(patients)], patients, landmark, cut, "FAILURE")
    pend(verdicts, landmark, window_days, cut)
    domain = "LSTALVDOM" if "LSTALVDOM" in patients else ""
    known = [of_subjects(patients, "NEWS", "LSTALVDT", domain, "LSTALVSEQ"), deaths(patients)]
    last = one_each(len(patients), known, cut, last=True)
    lives = np.asarray(days_of(last, "ADT") >= landmark)
    opening = either(column(last, "KIND") == "DEATH", "Death after the landmark ", "Alive at the landmark ")
    reason = np.asarray(opening + iso(landmark) + ": " + told(last), dtype=object)
    category = either(column(last, "KIND") == "DEATH", LATE_DEATH, ALIVE)
    verdicts.decide(lives, "SUCCESS", category, last, reason)
    why = np.full(len(patients), "Vital status at the landmark unknown", dtype=object)
    give_up(verdicts, patients, landmark, why, not_evaluable)
    return verdicts.frame(patients, landmark, reading)
