"""What was seen beside the target lesions: non-target response and new lesions, per visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.timepoint_lesions import NEW, NON_TARGET, STATE_TEST, Lesions, Visits
from ir5nb.derive.timepoint_records import Records
from ir5nb.derive.timepoint_visits import BoolArray, IntArray

Levels = npt.NDArray[np.object_]

GONE: Final = ("ABSENT", "ABS", "DISAPPEARED", "RESOLVED", "CR")
NOT_SEEN: Final = ("", "NE", "NOT EVALUABLE", "NOT ASSESSABLE", "UNKNOWN", "NOT DONE", "ND")
PROGRESSED: Final = ("UNEQUIVOCAL", "PD", "PROGRESSION", "PROGRESSIVE DISEASE")  # beginnings of a state
NON_TARGET_LEVELS: Final = ("CR", "NON-CR/NON-PD", "PD", "NE")


@dataclass(frozen=True, slots=True)
class Others:
    """Per visit, one element each: non-target response and new lesions."""

    non_target: Levels
    new_lesion: Levels  # Y, N, EQUIVOCAL
    new_so_far: IntArray  # how many unequivocal new lesions were seen by then
    confirmed_later: BoolArray  # first seen as equivocal, dated back because a later visit confirmed it


def others(tu: Records, tr: Records, rs: Records, lesions: Lesions, visits: Visits, follow_up: BoolArray) -> Others:
    """Derive non-target response and new lesions of every visit.

    Source: RECIST 1.1 4.3.3, 4.3.5; spec/endpoints.md (an equivocal new lesion confirmed later dates PD at its first
    appearance). A non-target progression is an unequivocal one; with a non-target lesion not assessed the rest is NE.

    Parameters
    ----------
    tu, tr, rs
        The records the visits were made of; RS (NTRGRESP, NEWLPROG) speaks where TR holds no tumour state.
    lesions, visits
        Their lesions and visits.
    follow_up
        Whether a visit is after treatment start; a lesion is new only then.

    Examples
    --------
    >>> from ir5nb.derive.recist import derived
    >>> start = pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["NT01"], "TUSTRESC": ["NON-TARGET"]})
    >>> days = pd.to_datetime(["2026-01-02", "2026-03-04"])
    >>> tr = pd.DataFrame({"USUBJID": "P1", "TRLNKID": "NT01", "TRTESTCD": "TUMSTATE", "VISITNUM": [1.0, 2],
    ...                    "TRSTRESC": ["PRESENT", "ABSENT"], "TRDT": days})
    >>> derived(tu, tr, start)[1][["NTRGRESP", "NEWLES"]].values.tolist()
    [['CR', 'N']]
    """
    stated = tr.test.among(STATE_TEST) & (visits.of_tr >= 0)
    non_target = _non_target(tr, stated, rs, lesions, visits)
    return Others(non_target, *_new_lesions(tu, tr, rs, stated, lesions, visits, follow_up))


def _non_target(tr: Records, stated: BoolArray, rs: Records, lesions: Lesions, visits: Visits) -> Levels:
    rows = np.flatnonzero(stated & (lesions.kind[lesions.of_tr] == NON_TARGET) & lesions.expected[lesions.of_tr])
    visit, lesion = visits.of_tr[rows], lesions.of_tr[rows]
    seen = ~tr.result.among(*NOT_SEEN)[rows]
    worse = tr.result.where(lambda state: state.startswith(PROGRESSED))[rows]
    there = seen & ~tr.result.among(*GONE)[rows]
    listed = lesions.expected & (lesions.kind == NON_TARGET)
    expected = np.bincount(lesions.patient[listed], minlength=int(visits.patient.max(initial=-1)) + 1)[visits.patient]
    pairs = pd.unique(visit[seen] * len(lesions.kind) + lesion[seen]) // max(len(lesions.kind), 1)
    assessed = np.bincount(pairs.astype(np.int64), minlength=len(visits))
    progressed, persists = (np.bincount(visit[kept], minlength=len(visits)) > 0 for kept in (worse, there))
    derived = np.select(
        [progressed, expected == 0, assessed < expected, persists], ["PD", "NA", "NE", "NON-CR/NON-PD"], default="CR"
    ).astype(object)
    silent = np.bincount(visit, minlength=len(visits)) == 0
    said = _said(rs, visits, "NTRGRESP")
    return np.where(silent & np.isin(said, NON_TARGET_LEVELS), said, derived)


def _said(rs: Records, visits: Visits, test: str) -> Levels:
    """Give what RS says at each visit by one test ("" where nothing)."""
    rows = np.flatnonzero(rs.test.among(test))
    said = np.full(len(visits), "", dtype=object)
    said[visits.of_rs[rows]] = np.array(rs.result.levels, dtype=object)[rs.result.codes[rows]]
    return said


def _new_lesions(
    tu: Records, tr: Records, rs: Records, stated: BoolArray, lesions: Lesions, visits: Visits, follow_up: BoolArray
) -> tuple[Levels, IntArray, BoolArray]:
    lesion, visit, doubted = _sightings(tu, tr, rs, stated, lesions, visits)
    after = follow_up[visit]
    lesion, visit, doubted = lesion[after], visit[after], doubted[after]
    count = int(lesion.max(initial=-1)) + 1
    first, sure_from = np.full(count, len(visits)), np.full(count, len(visits))
    np.minimum.at(first, lesion, visit)
    np.minimum.at(sure_from, lesion[~doubted], visit[~doubted])
    real = sure_from < len(visits)
    back_dated, doubtful = (np.zeros(len(visits), dtype=bool) for _ in range(2))
    appeared = np.bincount(first[real], minlength=len(visits))
    back_dated[first[real & (first < sure_from)]] = True
    doubtful[visit[doubted]] = True
    so_far = pd.Series(appeared).groupby(visits.patient).cumsum().to_numpy(np.int64)
    word = np.select([so_far > 0, doubtful], ["Y", "EQUIVOCAL"], default="N").astype(object)
    return word, so_far, back_dated


def _sightings(
    tu: Records, tr: Records, rs: Records, stated: BoolArray, lesions: Lesions, visits: Visits
) -> tuple[IntArray, IntArray, BoolArray]:
    """List when each new lesion was seen and with what doubt: by tumour state, else by identification, else by RS."""
    by_state = np.flatnonzero(stated & (lesions.kind[lesions.of_tr] == NEW) & ~tr.result.among(*GONE, *NOT_SEEN))
    has_state = np.zeros(len(lesions.kind), dtype=bool)
    has_state[lesions.of_tr[by_state]] = True
    found = np.flatnonzero((visits.of_tu >= 0) & (lesions.kind[lesions.of_tu] == NEW))
    told = np.flatnonzero(rs.test.among("NEWLPROG") & rs.result.among("EQUIVOCAL", "UNEQUIVOCAL", "Y"))
    told = told[~np.isin(rs.patient[told], lesions.patient[lesions.kind == NEW])]
    lesion = [lesions.of_tr[by_state], lesions.of_tu[found], len(lesions.kind) + rs.patient[told]]
    visit = [visits.of_tr[by_state], visits.of_tu[found], visits.of_rs[told]]
    doubted = [
        tr.result.where(_doubted)[by_state],
        has_state[lesions.of_tu[found]],  # its tumour state decides, its identification only says where it was seen
        rs.result.where(_doubted)[told],
    ]
    return np.concatenate(lesion), np.concatenate(visit), np.concatenate(doubted)


def _doubted(state: str) -> bool:
    return state.startswith("EQUIVOCAL")
