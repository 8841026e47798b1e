"""Week-24 status: success, failure or pending for every treated patient, with category, deciding record and reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ir5nb import schema
from ir5nb.derive.candidates import Chosen, choose, known_by, of_records, of_subjects, radiological
from ir5nb.derive.dates import Dates, Texts
from ir5nb.derive.records import Rows, column, days_of, either, iso, present
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


@dataclass(frozen=True, slots=True)
class Candidates:
    """What can decide each treated patient, whatever the reading: gathered once, judged under many readings.

    Attributes
    ----------
    patients
        The treated patients.
    cut
        Data cut.
    events, clean, therapy
        Progressions and deaths; assessments that show no progression, not after the cut; new anticancer therapies.
    first
        Each patient's first event not after the cut.
    """

    patients: pd.DataFrame
    cut: np.datetime64
    events: Sequence[pd.DataFrame]
    clean: pd.DataFrame
    therapy: pd.DataFrame
    first: Chosen


def gathered(
    subjects: pd.DataFrame, responses: pd.DataFrame, *, cutoff: date | str | None, clinical: pd.DataFrame | None = None
) -> Candidates:
    """Gather what can decide each treated patient.

    Source: P1, P2, spec/endpoints.md.

    Parameters
    ----------
    subjects, responses, cutoff, clinical
        As in `progression_free`.

    Raises
    ------
    ValueError
        When a patient's milestones lie after the cut.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "TRTSDT": day(["2026-01-05"]), "DTHDT": day([None])})
    >>> scans = pd.DataFrame({"USUBJID": ["1"], "AVALC": ["SD"], "ADT": day(["2026-06-18"])})
    >>> len(gathered(adsl, scans, cutoff=None).clean)
    1
    """
    cut, patients = check_cut(subjects, cutoff), treated(subjects)
    names = pd.Index(patients["USUBJID"])
    known = [] if clinical is None else [of_records(names, clinical, "CLINICAL")]
    events = [radiological(names, responses), *known, deaths(patients)]
    clean = _clean(names, responses)
    therapy = of_subjects(patients, "NEW THERAPY", "NEWTXDT", "CM", "NEWTXSEQ")
    first = choose(len(patients), events, cut)
    return Candidates(patients, cut, events, clean[known_by(days_of(clean, "ADT"), cut)], therapy, first)


def _clean(names: pd.Index[str], responses: pd.DataFrame) -> pd.DataFrame:
    """Take the assessments that show no progression; one not evaluable shows nothing."""
    clean = pd.Series(column(responses, "AVALC"), dtype=object).isin(set(schema.ASSESSED) - {"PD", "NE"})
    return of_records(names, responses[clean.to_numpy()], "CLEAN")


def _succeed(verdicts: Verdicts, found: Candidates, landmark: Dates, window_days: int, evidence: str) -> None:
    """Decide by evidence of no progression (A3): an assessment that reaches the window, before any event."""
    before = found.first["ADT"] - DAY
    opens = landmark - (window_days if evidence == "window" else 0) * DAY
    enough = found.clean[days_of(found.clean, "ADT") >= opens[found.clean["patient"].to_numpy(np.int64)]]
    first = choose(len(landmark), [enough], before)

    def reason(rows: Rows) -> Texts:
        opening = "No progression at the landmark " + iso(landmark[rows]) + ", shown by "
        return np.asarray(opening + told(first.taken(rows)), dtype=object)

    verdicts.decide(first.known, "SUCCESS", WITH_EVIDENCE, first, reason)


def _late(verdicts: Verdicts, found: Candidates, landmark: Dates, late_progression: str, evidence: str) -> None:
    """Decide by a first event after the landmark: a death is success (A3), a progression as A4 is read.

    Where only scans are evidence (A3, "after"), a death or a clinical progression shows nothing.
    """
    first, kind, scans_only = found.first, found.first["KIND"], evidence == "after"
    death = (kind == "DEATH") & (not scans_only)
    progression = (kind == "PD") | ((kind == "CLINICAL") & (not scans_only))

    def reason(rows: Rows) -> Texts:
        opening = either(death[rows], "Death, no progression recorded before it,", "First progression")
        record = told(first.taken(rows)) + imputed_death(found.patients.iloc[rows], kind[rows])
        return np.asarray(opening + " after the landmark " + iso(landmark[rows]) + ": " + record, dtype=object)

    verdicts.decide(death, "SUCCESS", LATE_DEATH, first, reason)
    verdicts.decide(progression, STATUS[late_progression], LATE_PROGRESSION, first, reason)


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
    candidates: Candidates | None = None,
    explain: bool = True,
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
    candidates
        `gathered` of the same subjects, responses, cutoff and clinical progressions, where several readings are
        judged; None: they are gathered here.
    explain
        False leaves the deciding record and the reason out (DECDT SRCDOM SRCSEQ reason are missing): for simulations.

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
    found = candidates or gathered(subjects, responses, cutoff=cutoff, clinical=clinical)
    patients, cut, n = found.patients, found.cut, len(found.patients)
    landmark, verdicts = start_of(patients, origin) + landmark_days * DAY, Verdicts(n, explain=explain)
    fail(verdicts, found.events, patients, landmark, cut, "FAILURE")
    if new_therapy != "success":
        fail(verdicts, [found.therapy], patients, landmark, cut, STATUS[new_therapy])
    pend(verdicts, landmark, window_days, cut)
    _succeed(verdicts, found, landmark, window_days, evidence)
    _late(verdicts, found, landmark, late_progression, evidence)
    give_up(verdicts, patients, landmark, _unseen(found), not_evaluable)
    return verdicts.frame(patients, landmark, reading)


def _unseen(found: Candidates) -> Callable[[Rows], Texts]:
    """Say what was seen last of patients whose status at the landmark nothing shows."""

    def why(rows: Rows) -> Texts:
        last = choose(len(found.patients), [found.clean], found.cut, last=True).taken(rows)
        none = last["KIND"].isna()
        seen = either(none, "no assessment showing no progression", "the last one showing none is " + told(last))
        return np.asarray("No assessment shows the status at the landmark, " + present(seen), dtype=object)

    return why


def alive(
    subjects: pd.DataFrame,
    *,
    cutoff: date | str | None,
    landmark_days: int = schema.LANDMARK_DAYS,
    window_days: int = 7,
    not_evaluable: str = "failure",
    origin: str = "treatment",
    reading: str = "default",
    explain: bool = True,
) -> pd.DataFrame:
    """Judge whether each treated patient is alive at 24 weeks.

    Source: P4, A2, A5, spec/endpoints.md: death on or before the landmark fails; last news or death on or after it
    (death: after) succeeds; vital status unknown at the landmark is read by A5.

    Parameters
    ----------
    subjects, cutoff, landmark_days, not_evaluable, origin, reading, explain
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
    verdicts = Verdicts(len(patients), explain=explain)
    fail(verdicts, [deaths(patients)], patients, landmark, cut, "FAILURE")
    pend(verdicts, landmark, window_days, cut)
    domain = "LSTALVDOM" if "LSTALVDOM" in patients else ""
    known = [of_subjects(patients, "NEWS", "LSTALVDT", domain, "LSTALVSEQ"), deaths(patients)]
    last = choose(len(patients), known, cut, last=True)
    dead = last["KIND"] == "DEATH"

    def reason(rows: Rows) -> Texts:
        opening = either(dead[rows], "Death after the landmark ", "Alive at the landmark ")
        return np.asarray(opening + iso(landmark[rows]) + ": " + told(last.taken(rows)), dtype=object)

    verdicts.decide(last["ADT"] >= landmark, "SUCCESS", either(dead, LATE_DEATH, ALIVE), last, reason)
    why = np.full(len(patients), "Vital status at the landmark unknown", dtype=object)
    give_up(verdicts, patients, landmark, why, not_evaluable)
    return verdicts.frame(patients, landmark, reading)
