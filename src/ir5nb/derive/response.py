"""Best overall response per patient, unconfirmed and confirmed; first response and first progression.

The rules are admiralonco's, so that results compare with the industry's; where they part from RECIST 1.1 table 3 the
other reading is an option and the visit a query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import NAT
from ir5nb.derive.records import iso
from ir5nb.derive.response_assessments import (
    DAY,
    NA,
    ND,
    ORDER,
    PD,
    PR,
    RANK,
    Assessments,
    assessments,
    confirmed,
    counted,
    on_roster,
    read_levels,
    response_days,
)
from ir5nb.derive.timepoint_visits import BoolArray, DateArray, IntArray
from ir5nb.schema import RESPONDERS

COLUMNS: Final = (
    "USUBJID", "BOR", "BORDT", "BORSEQ", "ORRFL", "DCRFL", "RSPDT", "CBDT", "CBOR", "CBORDT", "CBORSEQ", "CORRFL",
    "CDCRFL", "CRSPDT", "CCBDT", "reason", "CBORREAS",
)  # fmt: skip
CONTROL: Final = ("CR", "PR", "SD")
BENEFIT: Final = ("CR", "PR", "SD", "NON-CR/NON-PD")


def best(
    responses: pd.DataFrame,
    treatment_start: pd.Series,
    end: pd.Series | None = None,
    *,
    min_sd_days: int = 42,
    confirm_days: int = 28,
    max_ne_between: int = 1,
    accept_sd_between: bool = False,
    until_progression: bool = True,
    from_start: bool = True,
    missing_as_ne: bool = False,
    table_3: bool = False,
    benefit: Sequence[str] = BENEFIT,
) -> pd.DataFrame:
    """Derive each patient's best overall response, without confirmation and confirmed (S1, A13).

    Source: spec/endpoints.md, best overall response; admiralonco `derive_param_bor`, `derive_param_confirmed_bor`.

    Parameters
    ----------
    responses
        Responses of one evaluator (`recist.recorded` or `recist.derived`); other patients' rows are ignored.
    treatment_start
        First dose per patient, indexed by USUBJID: the roster, one result row each, in this order.
    end
        Last day that counts per patient (subsequent anticancer therapy, data cut), indexed by USUBJID; NaT: no limit.
    min_sd_days
        Days from treatment start before which SD and NON-CR/NON-PD are not evaluable.
    confirm_days
        Least days between a response and its confirmation.
    max_ne_between, accept_sd_between
        NE allowed between the two; whether one SD is allowed between PR and its confirmation.
    until_progression
        Whether assessments after the first PD are left out.
    from_start
        Whether assessments before treatment start are left out.
    missing_as_ne
        Whether a patient without assessment is "NE"; otherwise "MISSING".
    table_3
        RECIST 1.1 table 3 to the letter instead of admiralonco: disease after a CR is PD, and SD after a PR that it
        leaves unconfirmed needs no minimum duration.
    benefit
        Levels of clinical benefit.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: BOR and CBOR with the day and record number of the first assessment that shows them; ORRFL
        (CR, PR) and DCRFL (SD too), "Y"/"N", with the prefix C confirmed; RSPDT and CRSPDT (first dated CR or PR, first
        of a confirmed pair; NaT for non-responders); CBDT and CCBDT (first clinical benefit); and both reasons.

    Raises
    ------
    ValueError
        At an unknown response, at rows of several evaluators, or at a patient twice on the roster.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-03-04", "2026-04-29"])
    >>> seen = pd.DataFrame({"USUBJID": "P1", "EVAL": "INVESTIGATOR", "VISITNUM": [4.0, 5.0], "VISIT": ["W8", "W16"],
    ...                      "ADT": days, "FIRSTDT": days, "AVALC": ["PR", "PR"], "SRCDOM": "RS", "SRCSEQ": [1, 2],
    ...                      "reason": ["RS 1: PR", "RS 2: PR"]})
    >>> best(seen, pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"]))[["BOR", "CBOR"]].values.tolist()
    [['PR', 'PR']]
    """
    roster = on_roster(treatment_start)
    seen = assessments(responses, roster, disease_after_cr_is_pd=table_3)
    window, stop = counted(seen, roster, end, until_progression=until_progression, from_start=from_start)
    start: DateArray = roster.to_numpy("datetime64[ns]")[window.patient]
    late_enough: BoolArray = window.reached - start >= min_sd_days * DAY
    kept = {"": window.level <= PR, "C": confirmed(window, confirm_days, max_ne_between, int(accept_sd_between))}
    early = f"less than {min_sd_days} days after treatment start"
    single = f"not confirmed {confirm_days} days or more later"
    said = _Words(_extent(window, roster, stop), early, single, "RECIST 1.1 table 3 reads disease after a CR as PD")
    table = pd.DataFrame({"USUBJID": roster.index})
    for prefix, responding in kept.items():
        level = read_levels(window, late_enough, responding, sd_after_pr_any_time=table_3)
        ignored = {NA} if prefix else {ND, NA}  # admiralonco: "not done" is a confirmed best response of its own
        value, row = _choose(window, level, len(roster), "NE" if missing_as_ne else "MISSING", ignored)
        table[f"{prefix}BOR"] = value
        table[f"{prefix}BORDT"] = np.append(response_days(responses), NAT)[row]  # row -1, no assessment, has no day
        table[f"{prefix}BORSEQ"] = responses["SRCSEQ"].astype("Int64").array.take(row, allow_fill=True)
        table[f"{prefix}ORRFL"] = np.where(np.isin(value, RESPONDERS), "Y", "N")
        table[f"{prefix}DCRFL"] = np.where(np.isin(value, CONTROL), "Y", "N")
        table[f"{prefix}RSPDT"] = _first_day(window, responding, len(roster))
        benefits = np.isin(window.level, [RANK[name] for name in benefit]) & late_enough
        table[f"{prefix}CBDT"] = _first_day(window, benefits | responding, len(roster))
        table["CBORREAS" if prefix else "reason"] = _reasons(responses, value, row, said)
    return table[list(COLUMNS)]


def _choose(
    seen: Assessments, level: IntArray, patients: int, none: str, ignored: set[int]
) -> tuple[npt.NDArray[np.object_], IntArray]:
    """Take each patient's best level and the first assessment that shows it (its response row; -1 where none)."""
    usable = np.flatnonzero(~np.isin(level, list(ignored)))
    order = usable[np.lexsort((usable, level[usable], seen.patient[usable]))]
    patient, at = np.unique(seen.patient[order], return_index=True)
    result = np.full(patients, none, dtype=object)
    row = np.full(patients, -1, dtype=np.int64)
    result[patient] = np.array(ORDER, dtype=object)[level[order[at]]]
    row[patient] = seen.row[order[at]]
    return result, row


def _first_day(seen: Assessments, chosen: BoolArray, patients: int) -> DateArray:
    """Give each patient's first day among the chosen assessments; one of unknown day cannot date an event."""
    dated = chosen & ~np.isnat(seen.day)
    day = np.full(patients, NAT)
    patient, at = np.unique(seen.patient[dated], return_index=True)
    day[patient] = seen.day[dated][at]
    return day


def _extent(window: Assessments, roster: pd.Series, stop: DateArray) -> npt.NDArray[np.object_]:
    """Say per patient how many assessments counted and what ended them."""
    number = np.bincount(window.patient, minlength=len(roster))
    untreated = roster.isna().to_numpy()
    progressed = ~np.isnat(stop)
    return np.array(
        [
            "no treatment start"
            if never
            else f"{n} assessment{'' if n == 1 else 's'} counted" + (f", up to the first PD ({day})" if pd_seen else "")
            for n, never, pd_seen, day in zip(number, untreated, progressed, iso(stop), strict=True)
        ],
        dtype=object,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said about every patient, and why a level is read as another."""

    extent: npt.NDArray[np.object_]
    early: str
    single: str
    table_3: str


def _reasons(
    responses: pd.DataFrame, value: npt.NDArray[np.object_], row: IntArray, said: _Words
) -> npt.NDArray[np.object_]:
    """Say which record makes the best response, why its level is read otherwise, and what was counted."""
    found = np.append(responses["reason"].to_numpy(object), "no assessment from treatment start on")[row]
    level = np.append(responses["AVALC"].to_numpy(object), "MISSING")[row]
    lines = zip(found, level, value, said.extent, strict=True)
    return np.array([f"{text}{_reread(was, now, said)}; {extent}" for text, was, now, extent in lines], dtype=object)


def _reread(was: str, now: str, said: _Words) -> str:
    if was in {now, "MISSING"}:
        return ""
    if now == "PD":
        return f", read as PD: {said.table_3}"
    why = [said.single] if was in RESPONDERS else []
    if now == "NE":
        why.append(said.early)
    return f", read as {now}: {' and '.join(why)}"


def first_progression(
    responses: pd.DataFrame, treatment_start: pd.Series, end: pd.Series | None = None
) -> pd.DataFrame:
    """Find each patient's first progression, dated on the first imaging day of its visit.

    Source: spec/endpoints.md ("a date of a response or progression over several imaging days").

    Parameters
    ----------
    responses, treatment_start, end
        As in `best`.

    Returns
    -------
    pandas.DataFrame
        USUBJID, PDDT (NaT: none, or its day unknown), PDFL ("Y"/"N"), SRCSEQ, reason; one row per roster patient.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-03-04"])
    >>> seen = pd.DataFrame({"USUBJID": "P1", "EVAL": "INVESTIGATOR", "VISITNUM": [4.0], "VISIT": ["W8"], "ADT": day,
    ...                      "FIRSTDT": day, "AVALC": ["PD"], "SRCDOM": "RS", "SRCSEQ": [1], "reason": ["RS 1: PD"]})
    >>> first_progression(seen, pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])).PDFL.tolist()
    ['Y']
    """
    roster = on_roster(treatment_start)
    window, _ = counted(assessments(responses, roster), roster, end, until_progression=True, from_start=True)
    progressed = window.level == PD
    patient, at = np.unique(window.patient[progressed], return_index=True)
    row = np.full(len(roster), -1, dtype=np.int64)
    row[patient] = window.row[progressed][at]
    return pd.DataFrame(
        {
            "USUBJID": roster.index,
            "PDDT": np.append(response_days(responses), NAT)[row],
            "PDFL": np.where(row >= 0, "Y", "N"),
            "SRCSEQ": responses["SRCSEQ"].astype("Int64").array.take(row, allow_fill=True),
            "reason": np.append(responses["reason"].to_numpy(object), "no progression recorded")[row],
        }
    )
