"""Week-24 status: success, failure or pending for every treated patient, with category, deciding record and reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb import schema
from ir5nb.derive.candidates import known_by, of_records, of_subjects, one_each
from ir5nb.derive.dates import NAT, Dates, Texts
from ir5nb.derive.records import column, days_of, either, iso, present, words
from ir5nb.derive.time_rows import check_cut, imputed_death, start_of

WITH_EVIDENCE: Final = "progression-free with evidence"
LATE_PROGRESSION: Final = "first progression after the landmark"
LATE_DEATH: Final = "death after the landmark"
ALIVE: Final = "alive at the landmark"
RADIOLOGICAL: Final = "radiological progression"
CLINICAL: Final = "clinical progression"
DEATH: Final = "death"
NEW_THERAPY: Final = "new therapy"
NOT_EVALUABLE: Final = "not evaluable"
PENDING: Final = "pending"
NORMALISED: Final = "hCG normalised"
NOT_NORMALISED: Final = "hCG not normalised"
ALREADY_NORMAL: Final = "hCG already normal at baseline"
CATEGORIES: Final = (
    WITH_EVIDENCE, LATE_PROGRESSION, LATE_DEATH, ALIVE, NORMALISED, RADIOLOGICAL, CLINICAL, DEATH, NEW_THERAPY,
    NOT_NORMALISED, ALREADY_NORMAL, NOT_EVALUABLE, PENDING,
)  # fmt: skip
"""Every category a week-24 status can have, in plain words."""

_DAY: Final = np.timedelta64(1, "D")
_CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "evidence": ("window", "after"),
    "late_progression": ("success", "failure"),
    "not_evaluable": ("failure", "excluded", "success"),
    "new_therapy": ("failure", "success", "censored"),
}
_EXCLUDED: Final = "EXCLUDED"
_STATUS: Final = {"success": "SUCCESS", "failure": "FAILURE", "excluded": _EXCLUDED, "censored": _EXCLUDED}
_FAILING: Final = {"PD": RADIOLOGICAL, "CLINICAL": CLINICAL, "DEATH": DEATH, "NEW THERAPY": NEW_THERAPY}


class Verdicts:
    """Statuses as they are decided, rule by rule: a patient once decided stays so.

    Source: spec/endpoints.md, "Order of rules".

    Parameters
    ----------
    patients
        How many patients are judged.

    Examples
    --------
    >>> verdicts = Verdicts(2)
    >>> verdicts.decide(np.array([True, False]), "FAILURE", DEATH, None, np.array(["died", "died"], dtype=object))
    >>> verdicts.open.tolist()
    [False, True]
    """

    def __init__(self, patients: int) -> None:
        self.status: Texts = np.full(patients, None, dtype=object)
        self.category: Texts = np.full(patients, None, dtype=object)
        self.reason: Texts = np.full(patients, None, dtype=object)
        self.day: Dates = np.full(patients, NAT, dtype="datetime64[ns]")
        self.domain: Texts = np.full(patients, None, dtype=object)
        self.number = np.full(patients, np.nan)

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """Which patients no rule has decided yet."""
        return np.asarray(self.status == None)  # noqa: E711 - elementwise

    def decide(
        self, holds: npt.NDArray[np.bool_], status: Any, category: Any, record: pd.DataFrame | None, reason: Texts
    ) -> None:
        """Decide the open patients for whom the rule holds, by the record named."""
        rows = np.flatnonzero(self.open & holds)
        self.status[rows] = np.broadcast_to(np.asarray(status, dtype=object), holds.shape)[rows]
        self.category[rows] = np.broadcast_to(np.asarray(category, dtype=object), holds.shape)[rows]
        self.reason[rows] = reason[rows]
        if record is not None:
            self.day[rows], self.domain[rows] = days_of(record, "ADT")[rows], column(record, "SRCDOM")[rows]
            self.number[rows] = pd.Series(record["SRCSEQ"], dtype="Float64").to_numpy(float, na_value=np.nan)[rows]

    def frame(self, subjects: pd.DataFrame, landmark: Dates, reading: str) -> pd.DataFrame:
        """Lay out the rows (`schema.ADWK24`), less the patients a reading leaves out."""
        rows: pd.DataFrame = pd.DataFrame(
            {
                "USUBJID": subjects["USUBJID"].to_numpy(object),
                "READING": reading,
                "LANDMARKDT": landmark,
                "STATUS": self.status,
                "CATEGORY": self.category,
                "DECDT": self.day,
                "SRCDOM": self.domain,
                "SRCSEQ": pd.Series(self.number, dtype="Float64").astype("Int64"),
                "reason": self.reason,
            }
        )[list(schema.ADWK24)]
        return rows[pd.Series(self.status != _EXCLUDED)].reset_index(drop=True)


def check_choices(**chosen: str) -> None:
    """Refuse a reading this package does not know.

    Source: A3-A6.

    Raises
    ------
    ValueError
        Naming the argument, what was given and what is known.

    Examples
    --------
    >>> check_choices(evidence="window")
    """
    for name, value in chosen.items():
        if value not in _CHOICES[name]:
            raise ValueError(f"{name} is one of {tuple(_CHOICES[name])}, not {value!r}")


def told(record: pd.DataFrame) -> Texts:
    """Name records in words (`records.words`), one per patient.

    Source: spec/endpoints.md.

    Examples
    --------
    >>> told(pd.DataFrame({"SRCDOM": ["RS"], "SRCSEQ": [3], "VISIT": ["WEEK 8"], "VALUE": ["SD"],
    ...                    "ADT": pd.to_datetime(["2026-03-04"])}))[0]
    'RS 3 (visit WEEK 8, 2026-03-04): SD'
    """
    return words(record["SRCDOM"], record["SRCSEQ"], days_of(record, "ADT"), record["VISIT"], record["VALUE"])


def pend(verdicts: Verdicts, landmark: Dates, window_days: int, cut: np.datetime64) -> None:
    """Leave open patients pending while the data cut precedes the landmark and its window.

    Source: spec/endpoints.md (pending is never counted as failure).

    Examples
    --------
    >>> from ir5nb.derive.candidates import cut_day
    >>> verdicts = Verdicts(1)
    >>> pend(verdicts, np.array(["2026-06-30"], "datetime64[ns]"), 7, cut_day("2026-07-01"))
    >>> verdicts.reason[0]
    'Data cut 2026-07-01 precedes the landmark 2026-06-30 + 7 days'
    """
    early = np.asarray(cut < landmark + window_days * _DAY)
    reason = f"Data cut {iso(np.array([cut]))[0]} precedes the landmark " + iso(landmark) + f" + {window_days} days"
    verdicts.decide(early, "PENDING", PENDING, None, np.asarray(reason, dtype=object))


def give_up(verdicts: Verdicts, subjects: pd.DataFrame, landmark: Dates, why: Texts, not_evaluable: str) -> None:
    """Decide the patients no rule could decide by the reading of A5; the last news is the record.

    Source: A5.

    Examples
    --------
    >>> verdicts = Verdicts(1)
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "LSTALVDT": pd.to_datetime(["2026-03-04"]), "LSTALVDOM": ["LB"]})
    >>> give_up(verdicts, adsl, np.array(["2026-06-30"], "datetime64[ns]"), np.array(["No scan"], dtype=object),
    ...         "failure")
    >>> verdicts.reason[0]
    'No scan; last news before the landmark 2026-06-30: LB (2026-03-04)'
    """
    domain = "LSTALVDOM" if "LSTALVDOM" in subjects else ""
    news = one_each(len(subjects), [of_subjects(subjects, "NEWS", "LSTALVDT", domain, "LSTALVSEQ")], NAT)
    lost = days_of(news, "ADT") < landmark
    text = either(lost, "; last news before the landmark " + iso(landmark) + ": ", "; last news ") + told(news)
    reason = why + either(np.isnat(days_of(news, "ADT")), "; no news of the patient", text)
    verdicts.decide(verdicts.open, _STATUS[not_evaluable], NOT_EVALUABLE, news, np.asarray(reason, dtype=object))


def treated(subjects: pd.DataFrame) -> pd.DataFrame:
    """Keep the treated patients: those with a known treatment start.

    Source: spec/endpoints.md (one row per treated patient).

    Examples
    --------
    >>> len(treated(pd.DataFrame({"TRTSDT": pd.to_datetime(["2026-03-04", None])})))
    1
    """
    return subjects.loc[~np.isnat(days_of(subjects, "TRTSDT"))].reset_index(drop=True)


def _fail(
    verdicts: Verdicts, events: Sequence[pd.DataFrame], subjects: pd.DataFrame, landmark: Dates, cut: Any, status: str
) -> None:
    """Decide patients with a failing event on or before the landmark and the cut, by the earliest one."""
    first = one_each(len(subjects), events, either(landmark > cut, cut, landmark))
    happened = first["KIND"].notna().to_numpy()
    category = first["KIND"].map(_FAILING).to_numpy(object)
    opening = present(pd.Series(category).str.capitalize()) + " on or before the landmark " + iso(landmark) + ": "
    reason = opening + told(first) + imputed_death(subjects, column(first, "KIND"))
    verdicts.decide(happened, status, category, first, np.asarray(reason, dtype=object))


def _deaths(subjects: pd.DataFrame) -> pd.DataFrame:
    return of_subjects(subjects, "DEATH", "DTHDT", "DTHDOM" if "DTHDOM" in subjects else "DM", "DTHSEQ")


def _progressions(subjects: pd.DataFrame, responses: pd.DataFrame, clinical: pd.DataFrame | None) -> list[pd.DataFrame]:
    patients, level = pd.Index(subjects["USUBJID"]), pd.Series(column(responses, "AVALC"), dtype=object)
    first = days_of(responses, "FIRSTDT")
    dated = responses.assign(FIRSTDT=either(np.isnat(first), days_of(responses, "ADT"), first))
    radiological = of_records(patients, dated[(level == "PD").to_numpy()], "PD", "FIRSTDT")
    return [radiological] if clinical is None else [radiological, of_records(patients, clinical, "CLINICAL")]


def _clean(subjects: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Take the assessments that show no progression; one not evaluable shows nothing."""
    clean = pd.Series(column(responses, "AVALC"), dtype=object).isin(set(schema.RESPONSES) - {"PD", "NE"})
    return of_records(pd.Index(subjects["USUBJID"]), responses[clean.to_numpy()], "CLEAN")


def _succeed(
    verdicts: Verdicts, clean: pd.DataFrame, first_event: pd.DataFrame, landmark: Dates, window_days: int, evidence: str
) -> npt.NDArray[np.bool_]:
    """Decide by evidence of no progression (A3); give back whose last clean assessment reaches the window."""
    before = days_of(first_event, "ADT") - _DAY
    last = one_each(len(landmark), [clean], before, last=True)
    opens = landmark - (window_days if evidence == "window" else 0) * _DAY
    reaches = known_by(opens, days_of(last, "ADT"))
    reaches &= ~np.isnat(days_of(last, "ADT"))
    enough = clean[days_of(clean, "ADT") >= opens[clean["patient"].to_numpy(np.int64)]]
    first = one_each(len(landmark), [enough], before)
    reason = "No progression at the landmark " + iso(landmark) + ", shown by " + told(first)
    verdicts.decide(reaches, "SUCCESS", WITH_EVIDENCE, first, np.asarray(reason, dtype=object))
    return reaches


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
    verdicts.decide(progression, _STATUS[late_progression], LATE_PROGRESSION, first_event, reason)


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
    landmark = start_of(patients, origin) + landmark_days * _DAY
    events = [*_progressions(patients, responses, clinical), _deaths(patients)]
    verdicts = Verdicts(len(patients))
    _fail(verdicts, events, patients, landmark, cut, "FAILURE")
    if new_therapy != "success":
        therapy = of_subjects(patients, "NEW THERAPY", "NEWTXDT", "CM", "NEWTXSEQ")
        _fail(verdicts, [therapy], patients, landmark, cut, _STATUS[new_therapy])
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
    landmark = start_of(patients, origin) + landmark_days * _DAY
    verdicts = Verdicts(len(patients))
    _fail(verdicts, [_deaths(patients)], patients, landmark, cut, "FAILURE")
    pend(verdicts, landmark, window_days, cut)
    domain = "LSTALVDOM" if "LSTALVDOM" in patients else ""
    known = [of_subjects(patients, "NEWS", "LSTALVDT", domain, "LSTALVSEQ"), _deaths(patients)]
    last = one_each(len(patients), known, cut, last=True)
    lives = np.asarray(days_of(last, "ADT") >= landmark)
    opening = either(column(last, "KIND") == "DEATH", "Death after the landmark ", "Alive at the landmark ")
    reason = np.asarray(opening + iso(landmark) + ": " + told(last), dtype=object)
    category = either(column(last, "KIND") == "DEATH", LATE_DEATH, ALIVE)
    verdicts.decide(lives, "SUCCESS", category, last, reason)
    why = np.full(len(patients), "Vital status at the landmark unknown", dtype=object)
    give_up(verdicts, patients, landmark, why, not_evaluable)
    return verdicts.frame(patients, landmark, reading)
