"""The two tables of derived response: what was measured with its reason, and the overall response at each visit."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.records import words
from ir5nb.derive.target_values import millimetres, spoken
from ir5nb.derive.targets import UNREACHED, Burden, Course
from ir5nb.derive.timepoint import overall
from ir5nb.derive.timepoint_lesions import Visits
from ir5nb.derive.timepoint_others import Others
from ir5nb.derive.timepoint_visits import BoolArray, chronological

COLUMNS: Final = (
    "USUBJID", "EVAL", "VISITNUM", "VISIT", "ADT", "FIRSTDT", "AVALC", "SRCDOM", "SRCSEQ", "reason",
)  # fmt: skip
TARGETS: Final = (
    "USUBJID", "VISITNUM", "VISIT", "ADT", "FIRSTDT", "BASEFL", "SUMDIAM", "COMPLETE", "BASE", "NADIR", "PCHG",
    "PCHGNADIR", "TRGRESP", "NTRGRESP", "NEWLES", "NEWN", "SRCDOM", "SRCSEQ", "FIRSTDOM",
    "FIRSTSEQ", "reason",
)  # fmt: skip


def finished(visits: pd.DataFrame) -> pd.DataFrame:
    """Give the response table its columns, types and order (by patient and time).

    Source: the contract of `responses` (spec/endpoints.md, derived tables).

    Examples
    --------
    >>> finished(pd.DataFrame({column: [] for column in COLUMNS})).columns.tolist() == list(COLUMNS)
    True
    """
    table = visits[list(COLUMNS)].astype({"VISITNUM": float, "SRCSEQ": "Int64"})
    table = table.astype({"ADT": "datetime64[ns]", "FIRSTDT": "datetime64[ns]"})
    patient = pd.factorize(table["USUBJID"], sort=True)[0].astype(np.int64)
    order, _ = chronological(patient, table["ADT"].to_numpy(), table["VISITNUM"].to_numpy())
    return table.iloc[order].reset_index(drop=True)


def target_table(sums: Burden, path: Course, beside: Others, seen: Visits, roster: pd.Series) -> pd.DataFrame:
    """Lay out what was measured and derived at every visit, with its reason.

    Source: spec/endpoints.md, adrs.

    Parameters
    ----------
    sums, path, beside, seen
        Target disease, its course, what was seen beside it, and the visits: one element per visit each.
    roster
        Treatment start by USUBJID.

    Examples
    --------
    >>> from ir5nb.derive.recist import derived
    >>> start = pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"]})
    >>> tr = pd.DataFrame({"USUBJID": ["P1"], "TRLNKID": ["T01"], "TRTESTCD": ["LDIAM"], "TRSTRESN": [31.1],
    ...                    "VISITNUM": [1.0], "TRDT": pd.to_datetime(["2026-01-02"])})
    >>> derived(tu, tr, start)[1].reason.tolist()
    ['baseline: 1 target lesion, sum 31.1 mm']
    """
    size = millimetres(sums.total, sums.measured > 0)
    base, nadir = millimetres(path.base, path.base < UNREACHED), millimetres(path.nadir, path.nadir < UNREACHED)
    whole = np.where(sums.complete, size, np.nan)
    return pd.DataFrame(
        {
            "USUBJID": roster.index.to_numpy(object)[seen.patient],
            "VISITNUM": seen.number,
            "VISIT": seen.name,
            "ADT": seen.last,
            "FIRSTDT": seen.first,
            "BASEFL": np.where(path.baseline, "Y", "N"),
            "SUMDIAM": size,
            "COMPLETE": sums.complete,
            "BASE": base,
            "NADIR": nadir,
            "PCHG": _change(whole, base),
            "PCHGNADIR": _change(whole, nadir),
            "TRGRESP": _only(path.follow_up, path.response),
            "NTRGRESP": _only(path.follow_up, beside.non_target),
            "NEWLES": _only(path.follow_up, beside.new_lesion),
            "NEWN": beside.new_so_far,
            "SRCDOM": seen.domain,
            "SRCSEQ": pd.array(seen.seq, dtype="Int64"),
            "FIRSTDOM": seen.first_domain,
            "FIRSTSEQ": pd.array(seen.first_seq, dtype="Int64"),
            "reason": _reasons(sums, path, beside, (spoken(size), spoken(base), spoken(nadir))),
        }
    )


def _reasons(sums: Burden, path: Course, beside: Others, sizes: tuple[npt.NDArray[np.object_], ...]) -> list[str]:
    said = zip(
        path.baseline, sums.measured, sums.expected, *sizes, path.response, beside.non_target, beside.new_lesion,
        beside.confirmed_later, strict=True,
    )  # fmt: skip
    return [_in_words(*row) for row in said]


def _only(kept: BoolArray, values: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Give the values where they apply, None elsewhere."""
    applied = np.full(len(values), None, dtype=object)
    applied[kept] = values[kept]
    return applied


def _change(size: npt.NDArray[np.float64], since: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the change in per cent; unknown where either is, or where there was nothing to change from."""
    return np.asarray(100 * (size - since) / np.where(since > 0, since, np.nan))


def _in_words(
    baseline: bool, measured: int, expected: int, size: str, base: str, nadir: str, target: str, non_target: str,
    new: str, back_dated: bool,
) -> str:  # fmt: skip
    if baseline:
        return f"baseline: {measured} target lesion{'' if measured == 1 else 's'}, sum {size}"
    if expected == 0:
        said = "no target disease"
    elif base == "unknown":
        said = "no complete baseline in time before treatment start: target NE"
    else:
        seen = "" if measured == expected else f" of {measured} of {expected} target lesions"
        said = f"sum {size}{seen} (baseline {base}, smallest before {nadir}): target {target}"
    later = ", equivocal at first and confirmed later" if back_dated else ""
    return f"{said}; non-target {non_target}; new lesion {new}{later}"


def dated(table: pd.DataFrame, progressed: BoolArray) -> pd.DataFrame:
    """Give each visit's day and a record of that day: of a progression the first imaging day, else the last.

    Source: spec/endpoints.md (response = last of the days, progression = first).

    Examples
    --------
    >>> seen = pd.DataFrame({"ADT": pd.to_datetime(["2026-03-06"]), "FIRSTDT": pd.to_datetime(["2026-03-04"]),
    ...                      "SRCDOM": ["TR"], "SRCSEQ": [9], "FIRSTDOM": ["TR"], "FIRSTSEQ": [5]})
    >>> dated(seen, np.array([True]))["SRCSEQ"].tolist()
    [5]
    """
    first = {"DAY": "FIRSTDT", "SRCDOM": "FIRSTDOM", "SRCSEQ": "FIRSTSEQ"}
    return pd.DataFrame(
        {name: table[of].where(progressed, table[name if name != "DAY" else "ADT"]) for name, of in first.items()}
    )


def overall_table(table: pd.DataFrame) -> pd.DataFrame:
    """Give the overall responses of the target table in the form of recorded ones.

    Source: RECIST 1.1 tables 1 and 2.

    Examples
    --------
    >>> overall_table(pd.DataFrame({column: [] for column in TARGETS})).columns.tolist() == list(COLUMNS)
    True
    """
    parts = [table[name].to_numpy(object) for name in ("TRGRESP", "NTRGRESP", "NEWLES")]
    response = overall(*parts)
    source = dated(table, response == "PD")
    day = source["DAY"].to_numpy("datetime64[ns]")
    record = words(source["SRCDOM"], source["SRCSEQ"], day, table["VISIT"], response)
    undated = np.where(np.isnat(day), "; no complete imaging date, so no event date", "").astype(object)
    reason = record + "; " + table["reason"].to_numpy(object) + undated
    named = table.assign(SRCDOM=source["SRCDOM"], SRCSEQ=source["SRCSEQ"])
    return finished(named.assign(EVAL="DERIVED", AVALC=response, reason=reason))
