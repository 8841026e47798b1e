"""Best overall response per patient, unconfirmed and confirmed; first response and first progression.

The rules are admiralonco's, so that results compare with the industry's; where they part from RECIST 1.1 table 3 the
other reading is an option and the visit a query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import NAT
from ir5nb.derive.records import iso
from ir5nb.derive.timepoint_visits import BoolArray, DateArray, IntArray, chronological

# Best first. "ND" (not done) and "NA" take part only as gaps between assessments; "MISSING" is no assessment at all.
ORDER: Final = ("CR", "PR", "SD", "NON-CR/NON-PD", "NED", "PD", "NE", "ND", "NA", "MISSING")
RANK: Final = {level: rank for rank, level in enumerate(ORDER)}
CR, PR, SD, NON, NED, PD, NE, ND, NA, MISSING = range(len(ORDER))
COLUMNS: Final = (
    "USUBJID", "BOR", "BORDT", "BORSEQ", "CBOR", "CBORDT", "CBORSEQ", "RSPDT", "CRSPDT", "reason", "CBORREAS",
)  # fmt: skip
DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class _Assessments:
    """The assessments that count, by patient and time: one element per assessment, `patient` indexes the roster."""

    patient: IntArray
    level: IntArray
    day: DateArray  # day of the response (progression: first imaging day); NaT where unknown
    reached: DateArray  # day by which the assessment cannot have been earlier
    row: IntArray  # row of the response table

    def where(self, kept: BoolArray) -> _Assessments:
        return _Assessments(*(getattr(self, name)[kept] for name in ("patient", "level", "day", "reached", "row")))


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

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: BOR and CBOR with the day and record number of the first assessment that shows them,
        RSPDT and CRSPDT (first CR or PR, first of a confirmed pair; NaT for non-responders), and both reasons.

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
    roster = _roster(treatment_start)
    seen = _assessments(responses, roster)
    counted, stop = _counted(seen, roster, end, until_progression=until_progression, from_start=from_start)
    start: DateArray = roster.to_numpy("datetime64[ns]")[counted.patient]
    late_enough: BoolArray = counted.reached - start >= min_sd_days * DAY
    confirmed = _confirmed(counted, confirm_days, max_ne_between, int(accept_sd_between))
    by_response = _levels(counted, late_enough)
    by_confirmation = _confirmed_levels(counted, late_enough, confirmed)
    none = "NE" if missing_as_ne else "MISSING"
    bor, bor_row = _choose(counted, by_response, len(roster), none, {ND, NA})
    cbor, cbor_row = _choose(counted, by_confirmation, len(roster), none, {NA})
    responders = counted.level <= PR
    table = pd.DataFrame({"USUBJID": roster.index, "BOR": bor, "CBOR": cbor})
    day = np.append(_days(responses), NAT)  # row -1, no assessment, has no day
    sequence = responses["SRCSEQ"].astype("Int64").array
    for name, rows in (("BOR", bor_row), ("CBOR", cbor_row)):
        table[f"{name}DT"] = day[rows]
        table[f"{name}SEQ"] = pd.Series(sequence.take(rows, allow_fill=True))
    table["RSPDT"] = _first_day(counted, responders, len(roster))
    table["CRSPDT"] = _first_day(counted, confirmed, len(roster))
    extent = _extent(counted, roster, stop)
    early = f"less than {min_sd_days} days after treatment start"
    single = f"not confirmed {confirm_days} days or more later"
    table["reason"] = _reasons(responses, bor, bor_row, extent, early, single)
    table["CBORREAS"] = _reasons(responses, cbor, cbor_row, extent, early, single)
    return table[list(COLUMNS)]


def _roster(treatment_start: pd.Series) -> pd.Series:
    if treatment_start.index.has_duplicates:
        twice = treatment_start.index[treatment_start.index.duplicated()][0]
        raise ValueError(f"patient {twice} is on the roster (treatment_start) twice: give one row per patient")
    return treatment_start.astype("datetime64[ns]")


def _days(responses: pd.DataFrame) -> DateArray:
    """Give the day of each response: a progression's is the first imaging day of the visit, any other's the last."""
    first, last = (responses[name].to_numpy("datetime64[ns]") for name in ("FIRSTDT", "ADT"))
    return np.where((responses["AVALC"] == "PD").to_numpy(), first, last)


def _assessments(responses: pd.DataFrame, roster: pd.Series) -> _Assessments:
    unknown = sorted(set(responses["AVALC"].unique()) - set(ORDER[:MISSING]))
    if unknown:
        raise ValueError(f"unknown response {unknown[0]!r}: expected one of {', '.join(ORDER[:MISSING])}")
    if responses["EVAL"].nunique() > 1:
        raise ValueError(
            f"responses of several evaluators ({', '.join(responses['EVAL'].unique())}): give one at a time"
        )
    patient = roster.index.get_indexer(pd.Index(responses["USUBJID"])).astype(np.int64)
    level = responses["AVALC"].map(RANK).to_numpy().astype(np.int64)
    day = _days(responses)
    order, reached = chronological(patient, day, responses["VISITNUM"].to_numpy(float))
    order = order[patient[order] >= 0]
    return _Assessments(patient[order], level[order], day[order], reached[order], order)


def _counted(
    seen: _Assessments, roster: pd.Series, end: pd.Series | None, *, until_progression: bool, from_start: bool
) -> tuple[_Assessments, DateArray]:
    """Keep the assessments from treatment start to the first of PD and `end`; the second result is that PD's day."""
    kept = np.ones(len(seen.patient), dtype=bool)
    if from_start:
        start = roster.to_numpy("datetime64[ns]")[seen.patient]
        kept &= ~((seen.day < start) | np.isnat(start))
    if end is not None:
        limit = end.reindex(roster.index).to_numpy("datetime64[ns]")[seen.patient]
        kept &= ~(seen.reached > limit)
    window = seen.where(kept)
    place = np.arange(len(window.patient))
    first_pd = np.full(len(roster), len(place))
    progressed = window.level == PD
    np.minimum.at(first_pd, window.patient[progressed], place[progressed])
    stop = np.append(window.day, NAT)[first_pd]
    if not until_progression:
        return window, np.full(len(roster), NAT)
    same_day = window.day == stop[window.patient]
    return window.where((place <= first_pd[window.patient]) | same_day), stop


def _confirmed(seen: _Assessments, confirm_days: int, max_ne: int, max_sd: int) -> BoolArray:
    """Find the CR confirmed by CR and the PR confirmed by PR or CR.

    Each response looks along the following assessments, one step for all at a time, for the first possible confirmation
    that is late enough; a gap (ND), another response or too many NE or SD on the way ends the search.
    """
    confirmed = np.zeros(len(seen.patient), dtype=bool)
    searching = np.flatnonzero(seen.level <= PR)
    ne, sd = np.zeros(len(searching), dtype=np.int64), np.zeros(len(searching), dtype=np.int64)
    cr_seen = np.zeros(len(searching), dtype=bool)
    step = 0
    while searching.size:
        step += 1
        there = searching + step < len(seen.patient)
        there[there] = seen.patient[searching[there] + step] == seen.patient[searching[there]]
        searching, ne, sd, cr_seen = searching[there], ne[there], sd[there], cr_seen[there]
        nxt = searching + step
        level, is_cr = seen.level[nxt], seen.level[searching] == CR
        ne, sd = ne + (level == NE), sd + (level == SD)
        same = (level == CR) | (~is_cr & (level == PR))
        late = seen.day[nxt] - seen.day[searching] >= confirm_days * DAY
        passable = same | (level == NE) | (~is_cr & (level == SD))
        fine = passable & (ne <= max_ne) & (sd <= max_sd) & ~(cr_seen & (level == PR))
        confirmed[searching[fine & same & late]] = True
        cr_seen |= level == CR
        open_ = fine & ~(same & late)
        searching, ne, sd, cr_seen = searching[open_], ne[open_], sd[open_], cr_seen[open_]
    return confirmed


def _levels(seen: _Assessments, late_enough: BoolArray) -> IntArray:
    """Read SD, NON-CR/NON-PD and NED before the minimum duration as NE."""
    early = np.isin(seen.level, [SD, NON, NED]) & ~late_enough
    return np.where(early, NE, seen.level)


def _confirmed_levels(seen: _Assessments, late_enough: BoolArray, confirmed: BoolArray) -> IntArray:
    """Read an unconfirmed response as SD, and that as NE before the minimum duration."""
    level = np.where((seen.level <= PR) & ~confirmed, SD, seen.level)
    early = np.isin(level, [SD, NON, NED]) & ~late_enough
    return np.where(early, NE, level)


def _choose(
    seen: _Assessments, level: IntArray, patients: int, none: str, ignored: set[int]
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


def _first_day(seen: _Assessments, chosen: BoolArray, patients: int) -> DateArray:
    day = np.full(patients, NAT)
    patient, at = np.unique(seen.patient[chosen], return_index=True)
    day[patient] = seen.day[chosen][at]
    return day


def _extent(counted: _Assessments, roster: pd.Series, stop: DateArray) -> npt.NDArray[np.object_]:
    """Say per patient how many assessments counted and what ended them."""
    number = np.bincount(counted.patient, minlength=len(roster))
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


def _reasons(
    responses: pd.DataFrame,
    value: npt.NDArray[np.object_],
    row: IntArray,
    extent: npt.NDArray[np.object_],
    early: str,
    single: str,
) -> npt.NDArray[np.object_]:
    """Say which record makes the best response, why its level is read otherwise, and what was counted."""
    found = np.append(responses["reason"].to_numpy(object), "no assessment from treatment start on")[row]
    level = np.append(responses["AVALC"].to_numpy(object), "MISSING")[row]
    why = {"CR": single, "PR": single}
    return np.array(
        [
            f"{text}{_reread(was, now, early, why)}; {counted}"
            for text, was, now, counted in zip(found, level, value, extent, strict=True)
        ],
        dtype=object,
    )


def _reread(was: str, now: str, early: str, why: dict[str, str]) -> str:
    if was in {now, "MISSING"}:
        return ""
    said = [why[was]] if was in why else []
    if now == "NE":
        said.append(early)
    return f", read as {now}: {' and '.join(said)}"


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
    roster = _roster(treatment_start)
    counted, _ = _counted(_assessments(responses, roster), roster, end, until_progression=True, from_start=True)
    progressed = counted.level == PD
    patient, at = np.unique(counted.patient[progressed], return_index=True)
    row = np.full(len(roster), -1, dtype=np.int64)
    row[patient] = counted.row[progressed][at]
    return pd.DataFrame(
        {
            "USUBJID": roster.index,
            "PDDT": np.append(_days(responses), NAT)[row],
            "PDFL": np.where(row >= 0, "Y", "N"),
            "SRCSEQ": responses["SRCSEQ"].astype("Int64").array.take(row, allow_fill=True),
            "reason": np.append(responses["reason"].to_numpy(object), "no progression recorded")[row],
        }
    )
