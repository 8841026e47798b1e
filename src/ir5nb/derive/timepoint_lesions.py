"""Lesions of one evaluator and the imaging visits they were seen at, numbered so that rules act on whole arrays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import NAT
from ir5nb.derive.timepoint_records import Records
from ir5nb.derive.timepoint_visits import BoolArray, DateArray, IntArray, chronological, visit_codes

TARGET, NON_TARGET, NEW, OTHER = range(4)
CLASSES: Final = {"TARGET": TARGET, "NON-TARGET": NON_TARGET, "NEW": NEW}
SUM_LESION: Final = "(SUM)"  # stands for all targets where the source records only their sum
SUM_TEST: Final = "SUMDIAM"
STATE_TEST: Final = "TUMSTATE"
PART: Final = r"[._/\-](?:[0-9]+|[A-Z])$"  # T01.1, T01-A: a part of the split lesion T01
NODE: Final = "NODE"  # in TULOC; nodes are measured by their short axis


@dataclass(frozen=True, slots=True)
class Lesions:
    """Every lesion of every patient: one element per lesion, and the lesion of each TU and TR record."""

    patient: IntArray
    kind: IntArray  # TARGET, NON_TARGET, NEW or OTHER
    node: BoolArray
    expected: BoolArray  # part of the baseline's target or non-target disease: must be assessed at every visit
    whole: IntArray  # of a split lesion's part the lesion it was, otherwise itself
    of_tu: IntArray
    of_tr: IntArray


@dataclass(frozen=True, slots=True)
class Visits:
    """Imaging visits by patient and time, one element per visit; the visit of each TU, TR and RS record (-1: none).

    `domain` and `seq` name a record of the last imaging day, `first_domain` and `first_seq` one of the first.
    """

    patient: IntArray
    number: npt.NDArray[np.float64]
    name: npt.NDArray[np.object_]
    first: DateArray
    last: DateArray
    domain: npt.NDArray[np.object_]
    seq: IntArray
    first_domain: npt.NDArray[np.object_]
    first_seq: IntArray
    of_tu: IntArray
    of_tr: IntArray
    of_rs: IntArray

    def __len__(self) -> int:
        """Count the visits."""
        return len(self.patient)


def lesions(tu: Records, tr: Records, roster: pd.Series) -> Lesions:
    """Give every lesion a number and tell target from non-target and new ones, nodes from others, parts from wholes.

    Source: SDTMIG 3.4 TU (identification; TR's TRGRPID where a lesion is not identified there), RECIST 1.1 4.1.

    Parameters
    ----------
    tu, tr
        Records of one evaluator.
    roster
        Treatment start by USUBJID.

    Examples
    --------
    >>> from ir5nb.derive.timepoint_records import records
    >>> roster = pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"], "TULOC": ["LYMPH NODE"]})
    >>> tr = pd.DataFrame({"USUBJID": ["P1"], "TRLNKID": ["T01"], "TRTESTCD": ["SAXIS"]})
    >>> found = lesions(records(tu, "TU", roster), records(tr, "TR", roster), roster)
    >>> found.kind.tolist(), found.node.tolist(), found.of_tr.tolist()
    ([0], [True], [0])
    """
    name, names = _names(tu, tr)
    patient_of = np.concatenate([tu.patient, tr.patient])
    lesion, keys = pd.factorize(patient_of * len(names) + name)
    patient, name_of = np.divmod(keys, len(names))
    tu_of, tr_of = lesion[: len(tu)], lesion[len(tu) :]
    kind = _kinds(tu, tr, tu_of, tr_of, len(keys))
    in_tu = np.zeros(len(keys), dtype=bool)
    in_tu[tu_of] = True
    whole = _wholes(keys, names, kind, patient, name_of)
    kind = kind[whole]
    expected = _expected(tu, tu_of, kind, in_tu, patient, roster) & (whole == np.arange(len(keys)))
    expected = _by_sum(tr, tr_of, kind, patient, expected, name_of == names.index(SUM_LESION))
    return Lesions(patient, kind, _nodes(tu, tr, tu_of, tr_of, len(keys))[whole], expected, whole, tu_of, tr_of)


def _names(tu: Records, tr: Records) -> tuple[IntArray, list[str]]:
    """Give the lesion names of both tables one numbering; a sum without lesion is the lesion `SUM_LESION`."""
    code, names = pd.factorize(np.array([*tu.lesion.levels, *tr.lesion.levels, SUM_LESION], dtype=object))
    of_tu, of_tr = code[tu.lesion.codes], code[len(tu.lesion.levels) + tr.lesion.codes]
    return np.concatenate([of_tu, np.where(_is_sum(tr), code[-1], of_tr)]), names.tolist()


def _is_sum(tr: Records) -> BoolArray:
    return tr.test.among(SUM_TEST) & tr.lesion.among("")


def _nodes(tu: Records, tr: Records, tu_of: IntArray, tr_of: IntArray, count: int) -> BoolArray:
    """Find the nodes by their place, or where no place is recorded by having a short axis."""
    node, placed = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    placed[tu_of[~tu.place.among("")]] = True
    node[tu_of[tu.place.where(lambda place: NODE in place)]] = True
    short_axis = tr_of[tr.test.among("SAXIS")]
    node[short_axis[~placed[short_axis]]] = True
    return node


def _kinds(tu: Records, tr: Records, tu_of: IntArray, tr_of: IntArray, count: int) -> IntArray:
    """Take each lesion's kind from its first TU record, else from the group of its first TR record."""
    grouped = np.where(_is_sum(tr), TARGET, tr.group.mapped(CLASSES, OTHER))
    kind = np.full(count, OTHER, dtype=np.int64)
    for said, of in ((grouped, tr_of), (tu.result.mapped(CLASSES, OTHER), tu_of)):
        known = said != OTHER
        kind[of[known][::-1]] = said[known][::-1]
    return kind


def _wholes(keys: Any, names: Any, kind: IntArray, patient: IntArray, name_of: IntArray) -> IntArray:
    """Point a part such as T01.1 to the lesion T01 it split from, where the patient has that target."""
    whole = np.arange(len(keys), dtype=np.int64)
    texts = pd.Series(names, dtype=object)
    stem = pd.Index(names).get_indexer(pd.Index(texts.str.replace(PART, "", regex=True)))
    candidate = np.flatnonzero((stem[name_of] >= 0) & (stem[name_of] != name_of))
    found = pd.Index(keys).get_indexer(pd.Index(patient[candidate] * len(names) + stem[name_of[candidate]]))
    fits = (found >= 0) & (kind[found] == TARGET)
    whole[candidate[fits]] = found[fits]
    return whole


def _expected(
    tu: Records, tu_of: IntArray, kind: IntArray, in_tu: BoolArray, patient: IntArray, roster: pd.Series
) -> BoolArray:
    """Find the baseline disease: identified in TU by treatment start, or where TU has none, measured in TR."""
    late = np.zeros(len(kind), dtype=bool)
    late[tu_of[tu.day > roster.to_numpy("datetime64[ns]")[tu.patient]]] = True
    expected = np.zeros(len(kind), dtype=bool)
    for wanted in (TARGET, NON_TARGET):
        listed = np.zeros(len(roster), dtype=bool)
        listed[patient[(kind == wanted) & in_tu]] = True
        expected |= (kind == wanted) & ~late & (in_tu | ~listed[patient])
    return expected


def _by_sum(
    tr: Records, tr_of: IntArray, kind: IntArray, patient: IntArray, expected: BoolArray, summed: BoolArray
) -> BoolArray:
    """Let the recorded sum stand for the target lesions of patients without a single lesion measurement."""
    single = np.zeros(int(patient.max(initial=-1)) + 1, dtype=bool)
    single[tr.patient[~tr.test.among(SUM_TEST, STATE_TEST) & (kind[tr_of] == TARGET)]] = True
    with_sum = np.zeros_like(single)
    with_sum[patient[summed]] = True
    replaced = (with_sum & ~single)[patient]
    return np.where(kind == TARGET, np.where(replaced, summed, expected & ~summed), expected)


def visits(tu: Records, tr: Records, rs: Records, found: Lesions) -> Visits:
    """Gather the imaging visits of the lesions, by patient and time, with their first and last day.

    Source: spec/endpoints.md (response: last of the imaging days; progression: first).

    Parameters
    ----------
    tu, tr
        The records `found` was made of; of TU only new lesions make a visit.
    rs
        RS records on non-target disease and new lesions, which TR may not hold (may be empty).
    found
        The lesions of those records.

    Examples
    --------
    >>> from ir5nb.derive.timepoint_records import records
    >>> roster = pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"]})
    >>> tr = pd.DataFrame({"USUBJID": ["P1"], "TRLNKID": ["T01"], "VISITNUM": [1.0], "VISIT": ["BASELINE"],
    ...                    "TRDT": pd.to_datetime(["2026-01-02"])})
    >>> of_tu, of_tr = records(tu, "TU", roster), records(tr, "TR", roster)
    >>> visits(of_tu, of_tr, records(tu[:0], "RS", roster), lesions(of_tu, of_tr, roster)).name.tolist()
    ['BASELINE']
    """
    tables = (tr, tu, rs)
    kept = np.concatenate([found.kind[found.of_tr] != OTHER, found.kind[found.of_tu] == NEW, np.ones(len(rs), bool)])
    patient, number, day, name, seq = (
        np.concatenate([getattr(table, part) for table in tables])[kept]
        for part in ("patient", "visit", "day", "visit_name", "seq")
    )
    sizes = [len(table) for table in tables]
    domain = np.repeat(np.array([table.domain for table in tables], dtype=object), sizes)[kept]
    code = visit_codes(patient, _numbered_in_tr(patient, number, domain == "TR"), day)
    first, last = _extremes(code, day)
    source = np.zeros(len(first), dtype=np.int64)
    source[code[::-1]] = np.arange(len(code))[::-1]  # the first record of the visit names it, TR before TU and RS
    order, _ = chronological(patient[source], last, number[source])
    place = np.zeros(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    of_row = np.full(len(kept), -1, dtype=np.int64)
    of_row[kept] = place[code]
    of_tr, of_tu, of_rs = (of_row[start:stop] for start, stop in pairwise(np.cumsum([0, *sizes])))
    chosen, of_first, of_last = source[order], *(_on(code, day, end, source)[order] for end in (first, last))
    named = patient[chosen], number[chosen], name[chosen], first[order], last[order]
    return Visits(*named, domain[of_last], seq[of_last], domain[of_first], seq[of_first], of_tu, of_tr, of_rs)


def _on(code: IntArray, day: DateArray, wanted: DateArray, otherwise: IntArray) -> IntArray:
    """Find each visit's first record of the wanted day; where no day is known, the other record given."""
    rows = np.flatnonzero(day == wanted[code])[::-1]
    found = otherwise.copy()
    found[code[rows]] = rows
    return found


def _numbered_in_tr(patient: IntArray, number: npt.NDArray[np.float64], in_tr: BoolArray) -> npt.NDArray[np.float64]:
    """Give the visit numbers TR knows: a lesion identified under another number belongs to the scan of its day."""
    if in_tr.all():
        return number
    codes = pd.factorize(number)[0]
    pair = patient * (int(codes.max(initial=-1)) + 2) + codes + 1
    known = np.isin(pair, pd.unique(pair[in_tr]))
    return np.where(in_tr | known, number, np.nan)


def _extremes(code: IntArray, day: DateArray) -> tuple[DateArray, DateArray]:
    count = int(code.max(initial=-1)) + 1
    first, last = np.full(count, NAT), np.full(count, NAT)
    np.fmin.at(first, code, day)
    np.fmax.at(last, code, day)
    return first, last
