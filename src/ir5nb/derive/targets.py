"""Target disease by measurement: sums of diameters, nadir and target response, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.target_values import MERGED, MISSING, NM_PER_MM, read
from ir5nb.derive.timepoint_lesions import STATE_TEST, SUM_TEST, TARGET, Lesions, Visits
from ir5nb.derive.timepoint_records import Records
from ir5nb.derive.timepoint_visits import BoolArray, IntArray

# Where a source has DIAMETER, it is the one that counts: the longest, of a node the short axis.
DIAMETERS: Final = ("DIAMETER", "LDIAM", "SAXIS")
SHORT_AXES: Final = ("DIAMETER", "SAXIS", "LPERP", "LDIAM")
THICKNESS: Final = ("THICK", "THK")
FIVE_MM: Final = 5 * NM_PER_MM
PATHOLOGICAL_NODE: Final = 10 * NM_PER_MM  # RECIST 1.1, 4.3.1: a node below 10 mm short axis is normal
STATED: Final = 50
UNUSED: Final = 99
UNREACHED: Final = np.iinfo(np.int64).max // 16  # larger than any sum, small enough to be multiplied by ten


@dataclass(frozen=True, slots=True)
class Burden:
    """Target disease per visit (one element per visit), and the lesion sizes it was added up from (one per size)."""

    total: IntArray  # nanometres, of the target lesions measured
    measured: IntArray  # how many were measured
    expected: IntArray  # how many there are
    disease: BoolArray  # among those measured a non-nodal lesion is seen, or a node of 10 mm or more
    size_visit: IntArray
    size_lesion: IntArray
    size: IntArray

    @property
    def complete(self) -> BoolArray:
        """Tell the visits at which every target lesion was measured."""
        return np.asarray((self.measured == self.expected) & (self.expected > 0))


@dataclass(frozen=True, slots=True)
class Course:
    """Target disease over time: one element per visit."""

    baseline: BoolArray  # this visit is the baseline
    follow_up: BoolArray  # after treatment start
    base: IntArray  # the patient's baseline sum (UNREACHED: none)
    nadir: IntArray  # smallest complete sum before this visit, baseline included (UNREACHED: none)
    response: npt.NDArray[np.object_]


def burden(
    tr: Records,
    lesions: Lesions,
    visits: Visits,
    *,
    diameter_tests: Sequence[str] = DIAMETERS,
    node_tests: Sequence[str] = SHORT_AXES,
    thickness_tests: Sequence[str] = THICKNESS,
) -> Burden:
    """Add up the target lesions of each visit: longest diameters, short axes of nodes, thicknesses as recorded (A16).

    Source: RECIST 1.1 4.1 and 4.3.2; spec/endpoints.md.

    Parameters
    ----------
    tr
        The TR records that `lesions` and `visits` number.
    lesions, visits
        Their lesions and visits.
    diameter_tests, node_tests
        TRTESTCD by preference for other lesions and for nodes; each lesion is read by one test throughout.
    thickness_tests
        Parts of a TRTESTCD that mark a thickness; all thicknesses of a lesion are added.

    Examples
    --------
    >>> from ir5nb.derive.timepoint_lesions import lesions, visits
    >>> from ir5nb.derive.timepoint_records import records
    >>> roster = pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"]})
    >>> tr = pd.DataFrame({"USUBJID": ["P1"], "TRLNKID": ["T01"], "TRTESTCD": ["LDIAM"], "TRSTRESN": [31.1],
    ...                    "VISITNUM": [1.0], "TRDT": pd.to_datetime(["2026-01-02"])})
    >>> of_tu, of_tr = records(tu, "TU", roster), records(tr, "TR", roster)
    >>> found = lesions(of_tu, of_tr, roster)
    >>> burden(of_tr, found, visits(of_tu, of_tr, records(tu[:0], "RS", roster), found)).total.tolist()
    [31100000]
    """
    rank, thick = _ranks(tr, lesions, diameter_tests, node_tests, thickness_tests)
    visit, lesion = visits.of_tr, lesions.of_tr
    rows = np.flatnonzero((lesions.kind[lesion] == TARGET) & (visit >= 0) & (rank < UNUSED))
    visit, lesion, rank, thick = visit[rows], lesion[rows], rank[rows], thick[rows]
    size, kind = (values[rows] for values in read(tr.number, tr.result))
    best = np.full(len(lesions.kind), UNUSED)
    sized = (kind != MISSING) & (rank < STATED)
    np.minimum.at(best, lesion[sized], rank[sized])
    read_ = (kind != MISSING) & ((rank == best[lesion]) | (rank == STATED))
    piece = thick | (lesions.whole[lesion] != lesion)  # a missing piece leaves its whole unmeasured
    lost = (kind == MISSING) & (rank < STATED) & piece
    count = len(lesions.kind)
    part, part_size, part_merged = _parts(
        visit[read_] * count + lesion[read_], rank[read_], size[read_], kind[read_] == MERGED, thick[read_]
    )
    whole = part // count * count + lesions.whole[part % count]
    kept = ~np.isin(whole, visit[lost] * count + lesions.whole[lesion[lost]])
    return _per_visit(whole[kept], part_size[kept], part_merged[kept], lesions, visits)


def _ranks(
    tr: Records,
    lesions: Lesions,
    diameter_tests: Sequence[str],
    node_tests: Sequence[str],
    thickness_tests: Sequence[str],
) -> tuple[IntArray, BoolArray]:
    """Rank each record's test for its lesion (0 best, `STATED` a state, `UNUSED` no size); tell thicknesses."""
    others = {test: rank for rank, test in enumerate(diameter_tests, start=1)}
    nodal = {test: rank for rank, test in enumerate(node_tests, start=1)}
    fixed = {STATE_TEST: STATED, SUM_TEST: 0}
    thick = {test for test in tr.test.levels if any(mark in test for mark in thickness_tests)}
    fixed |= dict.fromkeys(thick, 0)
    rank = np.where(
        lesions.node[lesions.of_tr], tr.test.mapped(fixed | nodal, UNUSED), tr.test.mapped(fixed | others, UNUSED)
    )
    return rank, tr.test.among(*thick)


def _parts(
    part: IntArray, rank: IntArray, size: IntArray, merged: BoolArray, thick: BoolArray
) -> tuple[IntArray, IntArray, BoolArray]:
    """Give one size per visit and lesion: by the preferred test the longest, thicknesses added."""
    code, unique = pd.factorize(part)
    best = np.full(len(unique), UNUSED)
    np.minimum.at(best, code, rank)
    chosen = rank == best[code]
    longest = np.zeros(len(unique), dtype=np.int64)
    np.maximum.at(longest, code[chosen & ~thick], size[chosen & ~thick])
    np.add.at(longest, code[chosen & thick], size[chosen & thick])
    together = np.zeros(len(unique), dtype=bool)
    together[code[merged]] = True
    return unique, longest, together


def _per_visit(whole: IntArray, size: IntArray, merged: BoolArray, lesions: Lesions, visits: Visits) -> Burden:
    count = len(lesions.kind)
    code, unique = pd.factorize(whole)
    total = np.zeros(len(unique), dtype=np.int64)
    np.add.at(total, code, size)
    together = np.zeros(len(unique), dtype=bool)
    together[code[merged]] = True
    visit, lesion = np.divmod(unique, max(count, 1))
    counted = lesions.expected[lesion]
    visit, lesion, total, together = visit[counted], lesion[counted], total[counted], together[counted]
    seen = np.where(lesions.node[lesion], total >= PATHOLOGICAL_NODE, total > 0) | together
    summed = np.zeros(len(visits), dtype=np.int64)
    np.add.at(summed, visit, total)
    disease = np.zeros(len(visits), dtype=bool)
    disease[visit[seen]] = True
    targets = lesions.expected & (lesions.kind == TARGET)
    of_patient = np.bincount(lesions.patient[targets], minlength=int(visits.patient.max(initial=-1)) + 1)
    measured = np.bincount(visit, minlength=len(visits))
    return Burden(summed, measured, of_patient[visits.patient], disease, visit, lesion, total)


def course(
    seen: Burden,
    lesions: Lesions,
    visits: Visits,
    roster: pd.Series,
    *,
    baseline_days: int = 28,
    partial_response_continues: bool = False,
    reappearance_is_progression: bool = True,
    missing_growth: int | None = None,
) -> Course:
    """Follow the sums over time: baseline, nadir and target response at every visit.

    Source: RECIST 1.1 4.3.1 (CR, PR, SD, PD), 4.4.2 (missing measurements), table 3 note (disease after CR is PD),
    spec/endpoints.md; A18.

    Parameters
    ----------
    seen, lesions, visits
        The sums with their lesions and visits.
    roster
        Treatment start by USUBJID.
    baseline_days
        A baseline is the last complete assessment at most so many days before treatment start, or on it.
    partial_response_continues
        A18: whether a partial response that no longer meets -30 % stays PR until progression (EORTC) instead of SD.
    reappearance_is_progression
        Whether any target disease after a CR is PD; otherwise the sums alone decide.
    missing_growth
        RECIST 1.1 4.4.2's "convincing argument": PR although lesions are missing, if it would be PR with each of them
        grown to this many times its last size; None: incomplete measurements are NE unless PD.

    Examples
    --------
    >>> from ir5nb.derive.recist import derived
    >>> start = pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"]})
    >>> tr = pd.DataFrame({"USUBJID": "P1", "TRLNKID": "T01", "TRTESTCD": "LDIAM", "TRSTRESN": [100.0, 65, 75],
    ...                    "VISITNUM": [1.0, 2, 3], "TRDT": pd.to_datetime(["2026-01-02", "2026-03-04", "2026-04-29"])})
    >>> derived(tu, tr, start)[1].TRGRESP.tolist()
    [None, 'PR', 'SD']
    >>> derived(tu, tr, start, partial_response_continues=True)[1].TRGRESP.tolist()
    [None, 'PR', 'PR']
    """
    start = roster.to_numpy("datetime64[ns]")[visits.patient]
    complete = seen.complete
    before = visits.last <= start
    fresh = before & (start - visits.last <= np.timedelta64(baseline_days, "D"))
    baseline = _last_per_patient(visits.patient, fresh & complete)
    follow_up = _follow_up(visits, baseline, before)
    base = np.full(len(roster), UNREACHED)
    base[visits.patient[baseline]] = seen.total[baseline]
    nadir = _before(visits.patient, np.where((baseline | follow_up) & complete, seen.total, UNREACHED))
    nadir = np.where(base[visits.patient] < UNREACHED, nadir, UNREACHED)  # without a baseline there is no bar
    response = _responses(seen, visits.patient, base[visits.patient], nadir, follow_up, reappearance_is_progression)
    if missing_growth is not None:
        response = _argued(response, seen, visits, lesions, base[visits.patient], missing_growth)
    if partial_response_continues:
        response = _continued(response, visits.patient)
    return Course(baseline, follow_up, base[visits.patient], nadir, response)


def _last_per_patient(patient: IntArray, wanted: BoolArray) -> BoolArray:
    last = np.full(int(patient.max(initial=-1)) + 1, -1)
    np.maximum.at(last, patient[wanted], np.flatnonzero(wanted))
    chosen = np.zeros(len(patient), dtype=bool)
    chosen[last[last >= 0]] = True
    return chosen


def _follow_up(visits: Visits, baseline: BoolArray, before: BoolArray) -> BoolArray:
    """Find the visits after treatment start; an undated one follows if it stands after the baseline or a dated one."""
    undated = np.isnat(visits.last)
    earlier = _before(visits.patient, np.where(baseline | ~undated, 0, 1), default=1) == 0
    return np.asarray(~before & (~undated | earlier))


def _before(patient: IntArray, value: IntArray, default: int = UNREACHED) -> IntArray:
    """Give the smallest value of the patient's earlier visits, `default` at the first."""
    smallest = pd.Series(value).groupby(patient).cummin().to_numpy()
    shifted = np.roll(smallest, 1)
    first = np.ones(len(patient), dtype=bool)
    first[1:] = patient[1:] != patient[:-1]
    return np.where(first, default, shifted)


def _responses(
    seen: Burden, patient: IntArray, base: IntArray, nadir: IntArray, follow_up: BoolArray, reappears: bool
) -> npt.NDArray[np.object_]:
    """Apply the thresholds; complete response comes before progression, progression before everything else."""
    complete, total = seen.complete, seen.total
    complete_response = complete & ~seen.disease & follow_up & (base < UNREACHED)
    grown = (5 * (total - nadir) >= nadir) & (total - nadir >= FIVE_MM) & (nadir < UNREACHED)
    after_response = _before(patient, np.where(complete_response, 0, 1), default=1) == 0
    back = after_response & seen.disease if reappears else np.zeros(len(patient), dtype=bool)
    without = (seen.expected == 0) | (base == 0)
    return np.select(
        [without, base == UNREACHED, complete_response, grown | back, ~complete, 10 * total <= 7 * base],
        ["NA", "NE", "CR", "PD", "NE", "PR"],
        default="SD",
    ).astype(object)


def _continued(response: npt.NDArray[np.object_], patient: IntArray) -> npt.NDArray[np.object_]:
    """Read SD after a PR as PR until progression (EORTC clarification)."""
    place = np.arange(len(patient))
    last_pr = pd.Series(np.where(response == "PR", place, -1)).groupby(patient).cummax().to_numpy()
    last_pd = pd.Series(np.where(response == "PD", place, -1)).groupby(patient).cummax().to_numpy()
    return np.where((response == "SD") & (last_pr > last_pd), "PR", response)


def _argued(
    response: npt.NDArray[np.object_], seen: Burden, visits: Visits, lesions: Lesions, base: IntArray, growth: int
) -> npt.NDArray[np.object_]:
    """Read NE as PR where the missing lesions, grown `growth` times since last seen, would leave it a PR."""
    open_ = np.flatnonzero((response == "NE") & (seen.measured > 0) & (base < UNREACHED))
    targets = np.flatnonzero(lesions.expected & (lesions.kind == TARGET))
    asked = pd.DataFrame({"patient": visits.patient[open_], "visit": open_}).merge(
        pd.DataFrame({"patient": lesions.patient[targets], "lesion": targets}), on="patient"
    )
    sizes = pd.DataFrame({"visit": seen.size_visit, "lesion": seen.size_lesion, "size": seen.size})
    last = pd.merge_asof(asked.sort_values("visit"), sizes.sort_values("visit"), on="visit", by="lesion")
    now = pd.MultiIndex.from_arrays([seen.size_visit, seen.size_lesion])
    absent = last[~pd.MultiIndex.from_arrays([last["visit"], last["lesion"]]).isin(now)]
    worst = seen.total.copy()
    np.add.at(worst, absent["visit"].to_numpy(), growth * absent["size"].fillna(0).to_numpy(np.int64))
    argued = np.zeros(len(response), dtype=bool)
    argued[open_] = 10 * worst[open_] <= 7 * base[open_]
    argued[absent.loc[absent["size"].isna(), "visit"].to_numpy()] = False
    return np.where(argued, "PR", response)
