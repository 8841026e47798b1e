"""What the adverse-event records leave doubtful: each a query with its consequence for the analysis (issue 6)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.ae_levels import CRITERIA
from ir5nb.derive.records import column, numbers_of, present

COLUMNS: Final = ("USUBJID", "DOMAIN", "SEQ", "problem", "consequence")
Flags = npt.NDArray[np.bool_]


def queries(
    ae: pd.DataFrame, events: pd.DataFrame, subjects: pd.DataFrame, dm: pd.DataFrame | None = None
) -> pd.DataFrame:
    """List the doubtful adverse-event records of the treated patients, and arms that differ from the plan.

    Source: issue 6, "Must show" 2; spec/data.md (a query has the patient and the consequence for the analysis).

    Parameters
    ----------
    ae
        AE as the source has it.
    events
        The derived records (`adverse_events.adae`), their index that of `ae`.
    subjects
        Patients with USUBJID SAFFL DTHDT.
    dm
        DM with ARMCD ACTARMCD DTHDTC; None leaves the comparison of arms out.

    Returns
    -------
    pandas.DataFrame
        USUBJID DOMAIN SEQ problem consequence; in the order of the kinds, then of the records.

    Examples
    --------
    >>> ae = pd.DataFrame({"USUBJID": ["1"], "AESEQ": [1], "AESHOSP": ["Y"], "AESER": ["N"], "AESTDTC": ["2026-01"]})
    >>> events = pd.DataFrame({"USUBJID": ["1"], "AESER": ["N"], "SERCRFL": ["Y"], "AEDECOD": ["Rash"], "FATALFL": None,
    ...                        "AESIFLAG": None, "AESITERM": None, "RELFL": ["N"], "ALEVEL": ["2"]})
    >>> dead = pd.to_datetime([None])
    >>> found = queries(ae, events, pd.DataFrame({"USUBJID": ["1"], "SAFFL": ["Y"], "DTHDT": dead}))
    >>> found["problem"].tolist()
    ['AESHOSP is Y but AESER is N (Rash)']
    """
    untreated = _untreated(ae, subjects)
    ae = ae.loc[events.index]
    parts = [
        untreated,
        _seriousness(ae, events),
        _records(ae, events, pd.isna(column(ae, "AESTDTC")), "without a date of onset",
                 "counted unless it ended before inclusion; no day of onset"),
        _fatal(ae, events, subjects, dm),
        _special(ae, events),
        _relation(ae, events),
        _records(ae, events, _double(ae, events), "entered before with the same term, onset, end and grade",
                 "patients are counted once; the number of events counts both"),
    ]  # fmt: skip
    if dm is not None:
        parts.append(_arms(dm, subjects))
    kept = [part for part in parts if len(part)]
    return pd.concat(kept or parts[:1], ignore_index=True)


def _table(patients: Any, domain: str, seq: Any, problem: Any, consequence: Any) -> pd.DataFrame:
    number = pd.array(np.asarray(seq, dtype=float), dtype="Float64").astype("Int64")
    told = {"DOMAIN": domain, "SEQ": number, "problem": problem, "consequence": consequence}
    return pd.DataFrame({"USUBJID": np.asarray(patients, dtype=object), **told}, columns=list(COLUMNS))


def _records(ae: pd.DataFrame, events: pd.DataFrame, wanted: Any, problem: Any, consequence: str) -> pd.DataFrame:
    """List the wanted records, the problem followed by the event's term; a problem may differ by record."""
    rows = np.flatnonzero(wanted)
    said = np.broadcast_to(np.asarray(problem, dtype=object), len(ae))[rows]
    told = said + (" (" + present(column(events, "AEDECOD")) + ")").astype(object)[rows]
    return _table(column(ae, "USUBJID")[rows], "AE", numbers_of(ae, "AESEQ")[rows], told, consequence)


def _untreated(ae: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """List the events of patients who were never treated: no table counts them."""
    own = ae[ae["USUBJID"].isin(subjects.loc[subjects["SAFFL"].ne("Y"), "USUBJID"])]
    term = present(column(own, "AEDECOD" if "AEDECOD" in own.columns else "AETERM"))
    told = "adverse event of a patient who was never treated (" + term + ")"
    return _table(column(own, "USUBJID"), "AE", numbers_of(own, "AESEQ"), told, "not counted: no dose was given")


def _seriousness(ae: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Compare AESER with the criteria of seriousness, both ways (ICH E2A)."""
    serious, criterion = column(events, "AESER") == "Y", column(events, "SERCRFL") == "Y"
    named = [name for name in CRITERIA if name in ae.columns]
    met = np.full(len(ae), "", dtype=object)
    for name in named:
        met = met + np.where(column(ae, name) == "Y", f" {name}", "").astype(object)
    answer = present(column(events, "AESER"))
    missed = pd.Series(met, dtype=object).str.strip().str.replace(" ", ", ").to_numpy(object)
    said = missed + " is Y but AESER is " + np.where(answer == "", "blank", answer).astype(object)
    without = _records(ae, events, criterion & ~serious, said, "not counted as serious: AESER decides; listed")
    if not named:
        return without
    reverse = "AESER is Y but no criterion of seriousness is"
    return pd.concat([without, _records(ae, events, serious & ~criterion, reverse, "counted as serious")])


def _fatal(ae: pd.DataFrame, events: pd.DataFrame, subjects: pd.DataFrame, dm: pd.DataFrame | None) -> pd.DataFrame:
    """List fatal events without a death, several of one patient, and grades that contradict the outcome."""
    fatal, graded = column(events, "FATALFL") == "Y", column(events, "ALEVEL")
    dead = set(subjects.loc[subjects["DTHDT"].notna(), "USUBJID"])
    dead |= set(dm.loc[~pd.isna(column(dm, "DTHDTC")), "USUBJID"]) if dm is not None else set()
    undated = fatal & ~ae["USUBJID"].isin(dead).to_numpy()
    several = fatal & ae["USUBJID"].where(fatal).duplicated(keep=False).to_numpy()
    grades = "AETOXGR" in ae.columns
    ended = (column(ae, "AEOUT") == "FATAL") | (column(ae, "AESDTH") == "Y")
    contradicted = fatal & grades & ((graded == "5") != ended)
    said = "grade " + graded + np.where(ended, " with a fatal outcome", " without a fatal outcome").astype(object)
    return pd.concat(
        [
            _records(ae, events, undated, "fatal, but the patient has no date of death", "no death in any endpoint"),
            _records(ae, events, several, "one of several fatal events of the patient", "one death, several causes"),
            _records(ae, events, contradicted, said, "grade as recorded; counted as fatal"),
        ]
    )


def _special(ae: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """List where the CRF's category of special interest and the plan's list of terms differ."""
    flagged, listed = present(column(events, "AESIFLAG")), present(column(events, "AESITERM"))
    differ = flagged != listed
    shown = [np.where(name == "", "none", name).astype(object) for name in (flagged, listed)]
    said = "special interest by the CRF: " + shown[0] + ", by the plan's terms: " + shown[1]
    return _records(ae, events, differ, said, "counted as special interest, under the CRF's category if it has one")


def _relation(ae: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """List events without any answer on relation, and drugs that contradict the answer on any drug."""
    answers = [name for name in ae.columns if name.startswith("AEREL")]
    if not answers:
        return _table([], "AE", [], [], "")
    by_drug = events[[name for name in events.columns if name.startswith("RELFL_")]]
    contradicted = np.asarray((by_drug == "Y").any(axis=1)) & np.isin(present(column(ae, "AEREL")), ("N", "NO"))
    return pd.concat(
        [
            _records(ae, events, pd.isna(column(events, "RELFL")), "relation to treatment not recorded",
                     "not counted as related"),
            _records(ae, events, contradicted, "related to a drug, but AEREL says not related", "counted as related"),
        ]
    )  # fmt: skip


def _double(ae: pd.DataFrame, events: pd.DataFrame) -> Flags:
    """Say which records repeat an earlier one of the patient in term, onset, end and grade."""
    same = events[["USUBJID", "AEDECOD", "ALEVEL"]].assign(start=column(ae, "AESTDTC"), end=column(ae, "AEENDTC"))
    return np.asarray(same.duplicated())


def _arms(dm: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """List treated patients whose actual arm is not the planned one."""
    treated = dm[dm["USUBJID"].isin(subjects.loc[subjects["SAFFL"].eq("Y"), "USUBJID"])]
    planned, actual = present(column(treated, "ARMCD")), present(column(treated, "ACTARMCD"))
    rows = np.flatnonzero((actual != "") & (planned != actual))
    problem = "planned arm " + planned + " but actual arm " + actual
    consequence = "the cohort is the planned one; the regimen is read from exposure"
    patients = column(treated, "USUBJID")[rows]
    return _table(patients, "DM", np.full(len(rows), np.nan), problem[rows], consequence)
