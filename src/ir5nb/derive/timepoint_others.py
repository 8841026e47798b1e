"""What was seen beside the target lesions: non-target response and new lesions, per visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.timepoint_lesions import NEW, NON_TARGET, Lesions, Visits
from ir5nb.derive.timepoint_visits import BoolArray, IntArray, text

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
    appeared: BoolArray  # a new lesion is first seen at this visit
    confirmed_later: BoolArray  # first seen as equivocal, dated back because a later visit confirmed it


def others(
    tu: pd.DataFrame, tr: pd.DataFrame, rs: pd.DataFrame, lesions: Lesions, visits: Visits, follow_up: BoolArray
) -> Others:
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
    See `ir5nb.derive.recist.derived`.
    """
    result = text(tr, "TRSTRESC").where(text(tr, "TRSTRESC") != "", text(tr, "TRORRES"))
    state: Levels = result.mask(text(tr, "TRSTAT") == "NOT DONE", "").to_numpy(object)
    stated = (text(tr, "TRTESTCD") == "TUMSTATE").to_numpy() & (visits.of_tr >= 0)
    non_target = _non_target(state, stated, rs, lesions, visits)
    return Others(non_target, *_new_lesions(tu, rs, state, stated, lesions, visits, follow_up))


def _non_target(state: Levels, stated: BoolArray, rs: pd.DataFrame, lesions: Lesions, visits: Visits) -> Levels:
    rows = np.flatnonzero(stated & (lesions.kind[lesions.of_tr] == NON_TARGET) & lesions.expected[lesions.of_tr])
    visit, lesion = visits.of_tr[rows], lesions.of_tr[rows]
    seen = ~pd.Series(state[rows]).isin(NOT_SEEN).to_numpy()
    worse = pd.Series(state[rows]).str.startswith(PROGRESSED).to_numpy(bool)
    there = seen & ~pd.Series(state[rows]).isin(GONE).to_numpy()
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


def _said(rs: pd.DataFrame, visits: Visits, test: str) -> Levels:
    """Give what RS says at each visit by one test ("" where nothing)."""
    rows = (text(rs, "RSTESTCD") == test).to_numpy()
    said = np.full(len(visits), "", dtype=object)
    said[visits.of_rs[rows]] = text(rs, "RSSTRESC").to_numpy(object)[rows]
    return said


def _new_lesions(
    tu: pd.DataFrame,
    rs: pd.DataFrame,
    state: Levels,
    stated: BoolArray,
    lesions: Lesions,
    visits: Visits,
    follow_up: BoolArray,
) -> tuple[Levels, BoolArray, BoolArray]:
    lesion, visit, word = _sightings(tu, rs, state, stated, lesions, visits)
    lesion, visit, word = lesion[follow_up[visit]], visit[follow_up[visit]], word[follow_up[visit]]
    equivocal = pd.Series(word, dtype=object).str.startswith("EQUIVOCAL").to_numpy(bool)
    count = int(lesion.max(initial=-1)) + 1
    first, sure_from = np.full(count, len(visits)), np.full(count, len(visits))
    np.minimum.at(first, lesion, visit)
    np.minimum.at(sure_from, lesion[~equivocal], visit[~equivocal])
    real = sure_from < len(visits)
    appeared = np.zeros(len(visits), dtype=bool)
    appeared[first[real]] = True
    back_dated = np.zeros(len(visits), dtype=bool)
    back_dated[first[real & (first < sure_from)]] = True
    present = pd.Series(appeared).groupby(visits.patient).cummax().to_numpy(bool)
    doubtful = np.zeros(len(visits), dtype=bool)
    doubtful[visit[equivocal]] = True
    return np.where(present, "Y", np.where(doubtful, "EQUIVOCAL", "N")).astype(object), appeared, back_dated


def _sightings(
    tu: pd.DataFrame, rs: pd.DataFrame, state: Levels, stated: BoolArray, lesions: Lesions, visits: Visits
) -> tuple[IntArray, IntArray, Levels]:
    """List when each new lesion was seen and how sure: by tumour state, else by identification, else by RS."""
    by_state = np.flatnonzero(stated & (lesions.kind[lesions.of_tr] == NEW))
    by_state = by_state[~pd.Series(state[by_state]).isin((*GONE, *NOT_SEEN)).to_numpy(bool)]
    has_state = np.zeros(len(lesions.kind), dtype=bool)
    has_state[lesions.of_tr[by_state]] = True
    found = np.flatnonzero((visits.of_tu >= 0) & (lesions.kind[lesions.of_tu] == NEW))
    word = np.where(has_state[lesions.of_tu[found]], "EQUIVOCAL", "NEW")  # its state decides, its place counts
    in_rs = text(rs, "RSSTRESC").isin(("EQUIVOCAL", "UNEQUIVOCAL", "Y")) & (text(rs, "RSTESTCD") == "NEWLPROG")
    told = np.flatnonzero(in_rs.to_numpy() & (visits.of_rs >= 0))
    told = told[~np.isin(visits.patient[visits.of_rs[told]], lesions.patient[lesions.kind == NEW])]
    lesion = np.concatenate(
        [lesions.of_tr[by_state], lesions.of_tu[found], len(lesions.kind) + visits.patient[visits.of_rs[told]]]
    )
    visit = np.concatenate([visits.of_tr[by_state], visits.of_tu[found], visits.of_rs[told]])
    words = np.concatenate([state[by_state], word, text(rs, "RSSTRESC").to_numpy(object)[told]])
    return lesion, visit, words
