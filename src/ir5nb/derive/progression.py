"""Progression-free survival (S2) and duration of response (S5), with their sensitivities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb import schema
from ir5nb.derive.candidates import decide, of_records, of_subjects, one_each, radiological
from ir5nb.derive.censoring import LITERAL, Censoring
from ir5nb.derive.dates import NAT, Dates, Texts
from ir5nb.derive.records import column, days_of, either, words
from ir5nb.derive.time_rows import Kind, check_cut, died, reasons_of, rows_of, start_of

KINDS: Final[Mapping[str, Kind]] = {
    "PD": Kind("Radiological progression", "Progression"),
    "CLINICAL": Kind("Clinical progression", "Clinical progression"),
    "DEATH": Kind("Death", "Death, no progression recorded before it"),
    "ASSESSMENT": Kind("Last imaging assessment", "No progression or death, censored at the last imaging assessment"),
    "ADEQUATE": Kind("Last adequate imaging assessment", "Censored at the last adequate imaging assessment"),
    "INCLDT": Kind("Inclusion", "No imaging assessment to censor at, censored at inclusion"),
    "TRTSDT": Kind("Treatment start", "No imaging assessment to censor at, censored at treatment start"),
    "RESPONSE": Kind("First response", "No later imaging assessment, censored at the first response"),
}
_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The candidates of one population: what ends progression-free time, and what shows it was still running."""

    patients: int
    events: Sequence[pd.DataFrame]
    assessments: pd.DataFrame
    adequate: pd.DataFrame
    origin: pd.DataFrame


def _evidence(
    subjects: pd.DataFrame, responses: pd.DataFrame, clinical: pd.DataFrame | None, start: Dates, origin: str
) -> _Evidence:
    """Gather the candidates; assessments before time starts show nothing about it."""
    patients = pd.Index(subjects["USUBJID"])
    level = pd.Series(column(responses, "AVALC"), dtype=object)
    last = days_of(responses, "ADT")
    owner = patients.get_indexer(pd.Index(responses["USUBJID"]))
    running = (owner >= 0) & (last >= start[owner]) if len(subjects) else np.zeros(len(responses), dtype=bool)
    seen = running & level.isin(schema.ASSESSED).to_numpy()
    clinically = [] if clinical is None else [of_records(patients, clinical, "CLINICAL")]
    return _Evidence(
        len(patients),
        [
            radiological(patients, responses),
            *clinically,
            died(subjects),
        ],
        of_records(patients, responses[seen], "ASSESSMENT"),
        of_records(patients, responses[seen & (level != "NE").to_numpy()], "ADEQUATE"),
        of_subjects(subjects.assign(_START=start), origin, "_START", _origin_domain(subjects, origin), _SEQ[origin]),
    )


_SEQ: Final = {"INCLDT": "INCLSEQ", "TRTSDT": "TRTSEQ", "RESPONSE": ""}


def _origin_domain(subjects: pd.DataFrame, origin: str) -> str:
    if origin == "INCLDT":
        return "INCLDOM" if "INCLDOM" in subjects else "DS"
    return "EX" if origin == "TRTSDT" else "RS"


def _not_before(events: Sequence[pd.DataFrame], floor: Dates) -> list[pd.DataFrame]:
    """Keep the events on or after each patient's first day (of the response)."""
    return [event[days_of(event, "ADT") >= floor[event["patient"].to_numpy(np.int64)]] for event in events]


def _after_gap(
    evidence: _Evidence, event: pd.DataFrame, start: Dates, tolerated_days: int
) -> tuple[npt.NDArray[np.bool_], Texts]:
    """Say whose event came after too many missed assessments, and the note that says so."""
    day = days_of(event, "ADT")
    before = one_each(evidence.patients, [evidence.adequate], day - _DAY, last=True)
    last = days_of(before, "ADT")
    gap = np.nan_to_num((day - either(np.isnat(last), start, last)) / _DAY)
    lost = event["KIND"].notna().to_numpy() & (gap > tolerated_days)
    note = "; not counted after " + gap.astype(np.int64).astype(str).astype(object)
    return lost, np.asarray(note + " days without adequate assessment: " + reasons_of(event, KINDS), dtype=object)


def _new_therapy_note(subjects: pd.DataFrame, stopped: npt.NDArray[np.bool_]) -> Texts:
    if not stopped.any():
        return np.full(len(subjects), "", dtype=object)
    record = words(np.full(len(subjects), "CM"), column(subjects, "NEWTXSEQ"), days_of(subjects, "NEWTXDT"))
    return np.asarray(either(stopped, "; new anticancer therapy before any event: " + record, ""), dtype=object)


def _outcome(
    subjects: pd.DataFrame, evidence: _Evidence, start: Dates, cut: np.datetime64, censoring: Censoring
) -> tuple[pd.DataFrame, Texts]:
    """Decide event or censoring for each patient, with what was not counted and why."""
    therapy = days_of(subjects, "NEWTXDT")
    if censoring.new_therapy == "ignored":
        therapy = np.full(len(subjects), NAT, dtype="datetime64[ns]")
    limit = either(~np.isnat(therapy) & ~(therapy > cut), therapy, cut)
    event = one_each(evidence.patients, evidence.events, limit)
    notes = _new_therapy_note(subjects, ~np.isnat(therapy) & ~(therapy > cut) & event["KIND"].isna().to_numpy())
    if censoring.tolerated_days is not None:
        lost, uncounted = _after_gap(evidence, event, start, censoring.tolerated_days)
        notes, limit = either(lost, uncounted, notes), either(lost, days_of(event, "ADT") - _DAY, limit)
        event = event.assign(KIND=either(lost, None, event["KIND"]))
    assessed = evidence.adequate if censoring.at == "adequate" else evidence.assessments
    censor = one_each(evidence.patients, [evidence.origin, assessed], limit, last=True)
    at_start = one_each(evidence.patients, [evidence.origin], NAT)
    return decide(event, censor.where(censor["KIND"].notna(), at_start)), np.asarray(notes, dtype=object)


def pfs(
    subjects: pd.DataFrame,
    responses: pd.DataFrame,
    *,
    cutoff: date | str | None = None,
    origin: str = "inclusion",
    clinical: pd.DataFrame | None = None,
    censoring: Censoring = LITERAL,
    count_first_day: bool = False,
    reading: str = "default",
) -> pd.DataFrame:
    """Derive progression-free survival: inclusion to the first progression or death, whichever comes first.

    Source: S2 (event: radiological progression or death; alive without progression: censored at the last imaging
    assessment, of any result; none: at inclusion), A2, A7, A17.

    Parameters
    ----------
    subjects
        One row per patient (`subjects.adsl`); patients whose time never started have no row in the result.
    responses
        One row per patient and visit: USUBJID, AVALC, ADT (last imaging day), FIRSTDT (first imaging day), SRCDOM,
        SRCSEQ, VISIT. Whose responses they are (investigator, independent, derived) is the caller's choice.
    cutoff
        Data cut: nothing after it counts.
    origin
        "inclusion" (S2) or "treatment" (A2).
    clinical
        Clinical progressions (`clinical.progressions`) where they count as events (A7), else None.
    censoring
        How time is censored: `LITERAL`, `ADEQUATE`, `FDA`, or another `Censoring`.
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
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "INCLDT": day(["2026-01-05"]), "DTHDT": day([None])})
    >>> scans = pd.DataFrame({"USUBJID": ["1"], "AVALC": ["PD"], "ADT": day(["2026-03-04"]),
    ...                       "SRCDOM": ["RS"], "SRCSEQ": [12], "VISIT": ["WEEK 8"]})
    >>> pfs(adsl, scans)[["AVAL", "CNSR", "reason"]].values.tolist()
    [[58, 0, 'Progression: RS 12 (visit WEEK 8, 2026-03-04): PD']]
    """
    cut, start = check_cut(subjects, cutoff), start_of(subjects, origin)
    name = "INCLDT" if origin == "inclusion" else "TRTSDT"
    evidence = _evidence(subjects, responses, clinical, start, name)
    chosen, notes = _outcome(subjects, evidence, start, cut, censoring)
    return rows_of(
        subjects, chosen, start, paramcd="PFS", param="Progression-free survival", kinds=KINDS, cut=cut,
        count_first_day=count_first_day, reading=reading, notes=notes,
    )  # fmt: skip


def dor(
    subjects: pd.DataFrame,
    responses: pd.DataFrame,
    best: pd.DataFrame,
    *,
    confirmed: bool = False,
    cutoff: date | str | None = None,
    clinical: pd.DataFrame | None = None,
    censoring: Censoring = LITERAL,
    count_first_day: bool = False,
    reading: str = "default",
) -> pd.DataFrame:
    """Derive the duration of response: first CR or PR to progression or death, responders only.

    Source: S5 (in days), A13; censored as PFS. A single response at the last assessment lasts 0 days, censored.

    Parameters
    ----------
    subjects, responses, cutoff, clinical, censoring, count_first_day, reading
        As in `pfs`.
    best
        One row per patient with RSPDT (first CR or PR) and CRSPDT (first of the confirmed pair), NaT for
        non-responders (`response.best`).
    confirmed
        Whether time starts at the first of the confirmed pair.

    Returns
    -------
    DataFrame
        Columns `schema.ADTTE`, one row per responder; AVAL in days.

    Raises
    ------
    ValueError
        When a patient's milestones lie after the cut.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "DTHDT": day(["2026-07-01"])})
    >>> scans = pd.DataFrame({"USUBJID": ["1"], "AVALC": ["PR"], "ADT": day(["2026-03-04"])})
    >>> best = pd.DataFrame({"USUBJID": ["1"], "RSPDT": day(["2026-03-04"])})
    >>> dor(adsl, scans, best)[["AVAL", "CNSR"]].values.tolist()
    [[119, 0]]
    """
    cut = check_cut(subjects, cutoff)
    since = best.set_index("USUBJID")["CRSPDT" if confirmed else "RSPDT"]
    responders = subjects[subjects["USUBJID"].isin(since.index[since.notna()])].reset_index(drop=True)
    start = np.asarray(since.reindex(responders["USUBJID"]), dtype="datetime64[ns]")
    evidence = _evidence(responders, responses, clinical, start, "RESPONSE")
    later = _Evidence(
        evidence.patients, _not_before(evidence.events, start), evidence.assessments, evidence.adequate, evidence.origin
    )
    chosen, notes = _outcome(responders, later, start, cut, censoring)
    param = "Duration of confirmed response" if confirmed else "Duration of response"
    return rows_of(
        responders, chosen, start, paramcd="DOR", param=param, kinds=KINDS, cut=cut,
        count_first_day=count_first_day, reading=reading, notes=notes,
    )  # fmt: skip
