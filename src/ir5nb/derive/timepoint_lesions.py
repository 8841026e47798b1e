"""Lesions of one evaluator and the imaging visits they were seen at, numbered so that rules act on whole arrays."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import NAT
from ir5nb.derive.timepoint_visits import (
    BoolArray,
    DateArray,
    IntArray,
    chronological,
    dates,
    sequence,
    text,
    visit_codes,
    visit_numbers,
)

TARGET, NON_TARGET, NEW, OTHER = range(4)
CLASSES: Final = {"TARGET": TARGET, "NON-TARGET": NON_TARGET, "NEW": NEW}
SUM_LESION: Final = "(SUM)"  # stands for all targets where the source records only their sum
SUM_TEST: Final = "SUMDIAM"
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
    """Imaging visits by patient and time: one element per visit; the visit of each TU, TR and RS record (-1: none)."""

    patient: IntArray
    number: npt.NDArray[np.float64]
    name: npt.NDArray[np.object_]
    first: DateArray
    last: DateArray
    domain: npt.NDArray[np.object_]
    seq: IntArray
    of_tu: IntArray
    of_tr: IntArray
    of_rs: IntArray

    def __len__(self) -> int:
        """Count the visits."""
        return len(self.patient)


def lesions(tu: pd.DataFrame, tr: pd.DataFrame, roster: pd.Series) -> Lesions:
    """Give every lesion a number and tell target from non-target and new ones, nodes from others, parts from wholes.

    Source: SDTMIG 3.4 TU (identification; TR's TRGRPID where a lesion is not identified there), RECIST 1.1 4.1.

    Parameters
    ----------
    tu, tr
        Records of one evaluator; patients on the roster only.
    roster
        Treatment start by USUBJID.

    Examples
    --------
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"], "TULOC": ["LYMPH NODE"]})
    >>> tr = pd.DataFrame({"USUBJID": ["P1"], "TRLNKID": ["T01"], "TRTESTCD": ["SAXIS"]})
    >>> found = lesions(tu, tr, pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"]))
    >>> found.kind.tolist(), found.node.tolist(), found.of_tr.tolist()
    ([0], [True], [0])
    """
    who = np.concatenate([_patients(tu, roster), _patients(tr, roster)])
    named = np.concatenate([text(tu, "TULNKID").to_numpy(object), _names(tr)])
    name, names = pd.factorize(named)
    lesion, keys = pd.factorize(who * len(names) + name)
    patient, name_of = np.divmod(keys, max(len(names), 1))
    tu_of, tr_of = lesion[: len(tu)], lesion[len(tu) :]
    kind = _kinds(tu, tr, tu_of, tr_of, len(keys))
    in_tu = np.zeros(len(keys), dtype=bool)
    in_tu[tu_of] = True
    whole = _wholes(keys, names, kind, patient, name_of)
    kind = kind[whole]
    node = np.zeros(len(keys), dtype=bool)
    node[tu_of[text(tu, "TULOC").str.contains(NODE).to_numpy(bool)]] = True
    unplaced = ~np.isin(np.arange(len(keys)), tu_of[(text(tu, "TULOC") != "").to_numpy()])
    short_axis = (text(tr, "TRTESTCD") == "SAXIS").to_numpy()
    node[tr_of[short_axis & unplaced[tr_of]]] = True
    expected = _expected(tu, tu_of, kind, in_tu, patient, roster) & (whole == np.arange(len(keys)))
    expected = _by_sum(tr, tr_of, kind, patient, expected, name_of == _position(names, SUM_LESION))
    return Lesions(patient, kind, node[whole], expected, whole, tu_of, tr_of)


def _patients(frame: pd.DataFrame, roster: pd.Series) -> IntArray:
    return np.asarray(roster.index.get_indexer(pd.Index(frame["USUBJID"])), dtype=np.int64)


def _names(tr: pd.DataFrame) -> npt.NDArray[np.object_]:
    named = text(tr, "TRLNKID")
    return np.asarray(named.mask((named == "") & (text(tr, "TRTESTCD") == SUM_TEST), SUM_LESION), dtype=object)


def _position(names: Any, name: str) -> int:
    found = np.flatnonzero(names == name)
    return int(found[0]) if found.size else -1


def _kinds(tu: pd.DataFrame, tr: pd.DataFrame, tu_of: IntArray, tr_of: IntArray, count: int) -> IntArray:
    """Take each lesion's kind from its first TU record, else from the group of its first TR record."""
    identified = text(tu, "TUSTRESC").where(text(tu, "TUSTRESC") != "", text(tu, "TUORRES"))
    grouped = text(tr, "TRGRPID").mask((text(tr, "TRTESTCD") == SUM_TEST) & (text(tr, "TRLNKID") == ""), "TARGET")
    kind = np.full(count, OTHER, dtype=np.int64)
    for words, of in ((grouped, tr_of), (identified, tu_of)):
        codes = words.map(CLASSES).fillna(OTHER).to_numpy().astype(np.int64)
        said = codes != OTHER
        kind[of[said][::-1]] = codes[said][::-1]
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
    tu: pd.DataFrame, tu_of: IntArray, kind: IntArray, in_tu: BoolArray, patient: IntArray, roster: pd.Series
) -> BoolArray:
    """Find the baseline disease: identified in TU by treatment start, or where TU has none, measured in TR."""
    late = np.zeros(len(kind), dtype=bool)
    day = dates(tu, "TUDT").to_numpy()
    late[tu_of[day > roster.to_numpy("datetime64[ns]")[patient[tu_of]]]] = True
    expected = np.zeros(len(kind), dtype=bool)
    for wanted in (TARGET, NON_TARGET):
        listed = np.zeros(len(roster), dtype=bool)
        listed[patient[(kind == wanted) & in_tu]] = True
        expected |= (kind == wanted) & ~late & (in_tu | ~listed[patient])
    return expected


def _by_sum(
    tr: pd.DataFrame, tr_of: IntArray, kind: IntArray, patient: IntArray, expected: BoolArray, summed: BoolArray
) -> BoolArray:
    """Let the recorded sum stand for the target lesions of patients without a single lesion measurement."""
    sized = (text(tr, "TRTESTCD") != SUM_TEST) & (text(tr, "TRTESTCD") != "TUMSTATE")
    single = np.zeros(int(patient.max(initial=-1)) + 1, dtype=bool)
    rows = sized.to_numpy() & (kind[tr_of] == TARGET)
    single[patient[tr_of[rows]]] = True
    with_sum = np.zeros_like(single)
    with_sum[patient[summed]] = True
    replaced = (with_sum & ~single)[patient]
    return np.where(kind == TARGET, np.where(replaced, summed, expected & ~summed), expected)


def visits(tu: pd.DataFrame, tr: pd.DataFrame, rs: pd.DataFrame, found: Lesions, roster: pd.Series) -> Visits:
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
    roster
        Treatment start by USUBJID.

    Examples
    --------
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"]})
    >>> tr = pd.DataFrame({"USUBJID": ["P1"], "TRLNKID": ["T01"], "VISITNUM": [1.0], "VISIT": ["BASELINE"],
    ...                    "TRDT": pd.to_datetime(["2026-01-02"])})
    >>> roster = pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])
    >>> visits(tu, tr, tu[:0], lesions(tu, tr, roster), roster).name.tolist()
    ['BASELINE']
    """
    used = ((tr, "TR", found.kind[found.of_tr] != OTHER), (tu, "TU", found.kind[found.of_tu] == NEW))
    parts = [_imaging(frame, domain, kept, roster) for frame, domain, kept in used]
    rows = pd.concat([*parts, _imaging(rs, "RS", np.ones(len(rs), dtype=bool), roster)], ignore_index=True)
    kept = np.flatnonzero(rows["kept"])
    imaging = rows.iloc[kept]
    day = imaging["day"].to_numpy("datetime64[ns]")
    code = visit_codes(imaging["patient"].to_numpy(np.int64), _numbered_in_tr(imaging), day)
    first, last = _extremes(code, day)
    source = np.zeros(len(first), dtype=np.int64)
    source[code[::-1]] = np.arange(len(code))[::-1]  # the first record of the visit names it, TR before TU and RS
    chosen = imaging.iloc[source]
    order, _ = chronological(chosen["patient"].to_numpy(np.int64), last, chosen["number"].to_numpy(float))
    place = np.zeros(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    of_row = np.full(len(rows), -1, dtype=np.int64)
    of_row[kept] = place[code]
    of = [of_row[start:stop] for start, stop in pairwise(np.cumsum([0, len(tr), len(tu), len(rs)]))]
    chosen = chosen.iloc[order]
    return Visits(
        chosen["patient"].to_numpy(np.int64),
        chosen["number"].to_numpy(float),
        chosen["name"].to_numpy(object),
        first[order],
        last[order],
        chosen["domain"].to_numpy(object),
        chosen["seq"].to_numpy(np.int64),
        of_tr=of[0],
        of_tu=of[1],
        of_rs=of[2],
    )


def _imaging(frame: pd.DataFrame, domain: str, kept: BoolArray, roster: pd.Series) -> pd.DataFrame:
    day = dates(frame, f"{domain}DT")
    return pd.DataFrame(
        {
            "patient": _patients(frame, roster),
            "number": visit_numbers(frame),
            "name": frame["VISIT"].to_numpy(object) if "VISIT" in frame else np.full(len(frame), None, dtype=object),
            "day": day.to_numpy("datetime64[ns]"),
            "domain": np.full(len(frame), domain, dtype=object),
            "seq": sequence(frame, domain),
            "kept": kept,
        }
    )


def _numbered_in_tr(imaging: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Give the visit numbers TR knows: a lesion identified under another number belongs to the scan of its day."""
    pair = pd.MultiIndex.from_frame(imaging[["patient", "number"]])
    in_tr = (imaging["domain"] == "TR").to_numpy()
    alone = ~in_tr & ~pair.isin(pair[in_tr].unique())
    return np.where(alone, np.nan, imaging["number"].to_numpy(float))


def _extremes(code: IntArray, day: DateArray) -> tuple[DateArray, DateArray]:
    count = int(code.max(initial=-1)) + 1
    first, last = np.full(count, NAT), np.full(count, NAT)
    np.fmin.at(first, code, day)
    np.fmax.at(last, code, day)
    return first, last
