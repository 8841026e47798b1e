"""Tumour response per patient and visit: as an evaluator recorded it, and as the measurements give it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.records import present, words
from ir5nb.derive.target_values import millimetres, spoken
from ir5nb.derive.targets import DIAMETERS, SHORT_AXES, THICKNESS, UNREACHED, Burden, Course, burden, course
from ir5nb.derive.timepoint import overall
from ir5nb.derive.timepoint_lesions import Visits, lesions, visits
from ir5nb.derive.timepoint_others import Others, others
from ir5nb.derive.timepoint_records import records
from ir5nb.derive.timepoint_visits import (
    BoolArray,
    chronological,
    dates,
    of_evaluator,
    sequence,
    text,
    visit_codes,
    visit_numbers,
)
from ir5nb.schema import RESPONSES

# "NED" (no evidence of disease) is CDISC's term for a patient with neither target nor non-target disease at baseline.
LEVELS: Final = (*RESPONSES, "NED")
NOT_DONE: Final = "ND"
COLUMNS: Final = (
    "USUBJID", "EVAL", "VISITNUM", "VISIT", "ADT", "FIRSTDT", "AVALC", "SRCDOM", "SRCSEQ", "reason",
)  # fmt: skip
TARGETS: Final = (
    "USUBJID", "VISITNUM", "VISIT", "ADT", "FIRSTDT", "BASEFL", "SUMDIAM", "COMPLETE", "BASE", "NADIR", "PCHG",
    "PCHGNADIR", "TRGRESP", "NTRGRESP", "NEWLES", "NEWN", "SRCDOM", "SRCSEQ", "reason",
)  # fmt: skip
RECIST_CATEGORIES: Final = ("RECIST", "MRECIST", "MODIFIED RECIST")


def recorded(
    rs: pd.DataFrame,
    evaluator: str = "INVESTIGATOR",
    *,
    reader: str | None = None,
    test: str = "OVRLRESP",
    categories: Sequence[str] | None = None,
    keep_not_done: bool = False,
) -> pd.DataFrame:
    """Give the overall responses an evaluator recorded, one row per patient and visit.

    Source: spec/endpoints.md (the recorded response is the primary source; a response is dated on the last imaging
    day of the visit, a progression on the first); SDTMIG 3.4 RS.

    Parameters
    ----------
    rs
        RS records: USUBJID, RSTESTCD, RSSTRESC, RSDT; RSEVAL, RSEVALID, RSACPTFL, RSCAT, RSSTAT, RSSEQ, VISITNUM, VISIT
        where the source has them.
    evaluator
        "INVESTIGATOR" or "INDEPENDENT".
    reader
        The RSEVALID to use where several read; None takes the accepted one (RSACPTFL = "Y").
    test
        The RSTESTCD that holds the overall response.
    categories
        The RSCAT that count; None takes RECIST and modified RECIST of any version, and a blank category.
    keep_not_done
        Whether an assessment recorded as not done is kept, with AVALC "ND" (best response then sees the gap, as
        admiralonco does); no imaging took place, so no other endpoint wants it.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`; ADT is the last and FIRSTDT the first day of the visit, NaT where the source gives only a
        partial date, which the reason says. By USUBJID and time; an undated visit stands after the visit numbered
        before it.

    Raises
    ------
    ValueError
        At an unknown response level (row, patient and level named), or several readers and none accepted.

    Examples
    --------
    >>> rs = pd.DataFrame({"USUBJID": ["P1"], "RSSEQ": [3], "RSTESTCD": ["OVRLRESP"], "RSSTRESC": ["PR"],
    ...                    "VISITNUM": [4.0], "VISIT": ["WEEK 8"], "RSDT": pd.to_datetime(["2026-03-04"])})
    >>> recorded(rs)[["AVALC", "reason"]].values.tolist()
    [['PR', 'RS 3 (visit WEEK 8, 2026-03-04): PR']]
    """
    rows = rs[(text(rs, "RSTESTCD") == test) & _is_recist(rs, categories)]
    rows = of_evaluator(rows, "RS", evaluator, reader)
    level = text(rows, "RSSTRESC")
    not_done = (level == NOT_DONE) | ((level == "") & (text(rows, "RSSTAT") == "NOT DONE"))
    _refuse_unknown(rows[~level.isin(LEVELS) & ~not_done])
    patient, day = pd.factorize(rows["USUBJID"])[0].astype(np.int64), dates(rows, "RSDT")
    table = pd.DataFrame(
        {
            "USUBJID": rows["USUBJID"],
            "key": visit_codes(patient, visit_numbers(rows), day.to_numpy()),
            "VISITNUM": visit_numbers(rows),
            "VISIT": rows.get("VISIT"),
            "ADT": day,
            "AVALC": level.mask(not_done, NOT_DONE),
            "SRCSEQ": sequence(rows, "RS"),
            "partial": rows.get("RSDTC"),
        }
    )
    table = table if keep_not_done else table[~not_done]
    visits = _one_per_visit(table)
    return finished(visits.assign(EVAL="INDEPENDENT" if evaluator != "INVESTIGATOR" else evaluator, SRCDOM="RS"))


def _is_recist(rs: pd.DataFrame, categories: Sequence[str] | None) -> pd.Series:
    category = text(rs, "RSCAT")
    if categories is not None:
        return category.isin([name.strip().upper() for name in categories])
    return (category == "") | category.str.startswith(RECIST_CATEGORIES)


def _refuse_unknown(rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    row = rows.iloc[0]
    raise ValueError(
        f"RS row {rows.index[0]} (patient {row['USUBJID']}): RSSTRESC is {row['RSSTRESC']!r}, expected one of "
        f"{', '.join(LEVELS)} (or {NOT_DONE} / RSSTAT 'NOT DONE'); {len(rows)} such record(s). "
        "Correct the record in the source or translate its level in the plan's mapping"
    )


def _one_per_visit(table: pd.DataFrame) -> pd.DataFrame:
    """Give one row per patient and visit: any progression of the visit, else what was recorded last."""
    rows = table.assign(PD=table["AVALC"] == "PD").sort_values(["USUBJID", "key", "PD", "ADT", "SRCSEQ"])
    visit = [rows["USUBJID"], rows["key"]]
    if not rows.duplicated(["USUBJID", "key"]).any():
        return _explained(rows.assign(FIRSTDT=rows["ADT"], levels=1))
    chosen = rows.groupby(["USUBJID", "key"], sort=False)["AVALC"].transform("last")
    levels = rows["AVALC"].groupby(visit, sort=False).transform("nunique")
    same = rows.assign(levels=levels)[rows["AVALC"] == chosen]
    by_visit = same.groupby(["USUBJID", "key"], sort=False)
    last = by_visit.tail(1).set_index(["USUBJID", "key"])
    last["FIRSTDT"], last["ADT"] = by_visit["ADT"].min(), by_visit["ADT"].max()
    return _explained(last.reset_index())


def _explained(visits: pd.DataFrame) -> pd.DataFrame:
    day = visits["FIRSTDT"].where(visits["AVALC"] == "PD", visits["ADT"]).to_numpy("datetime64[ns]")
    reason = words(["RS"] * len(visits), visits["SRCSEQ"], day, visits["VISIT"], visits["AVALC"])
    partial = np.isnat(day)
    if partial.any():
        known = present(visits["partial"])
        said = np.where(known == "", "; no date recorded", "; partial date " + known + " is not used as an event date")
        reason = np.where(partial, reason + said.astype(object), reason)
    conflict = (visits["levels"] > 1).to_numpy()
    if conflict.any():
        reason = np.where(conflict, reason + "; other responses recorded at this visit (data query)", reason)
    return visits.assign(reason=reason)


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


def derived(
    tu: pd.DataFrame,
    tr: pd.DataFrame,
    treatment_start: pd.Series,
    *,
    rs: pd.DataFrame | None = None,
    evaluator: str = "INVESTIGATOR",
    reader: str | None = None,
    baseline_days: int = 28,
    partial_response_continues: bool = False,
    reappearance_is_progression: bool = True,
    missing_growth: int | None = None,
    diameter_tests: Sequence[str] = DIAMETERS,
    node_tests: Sequence[str] = SHORT_AXES,
    thickness_tests: Sequence[str] = THICKNESS,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive target and overall response from the measurements of one evaluator.

    Source: RECIST 1.1 (Eisenhauer 2009) 4.1-4.4, tables 1 and 2; A16, A18; spec/endpoints.md.

    Parameters
    ----------
    tu, tr
        Identification and results of lesions: USUBJID, TULNKID, TUSTRESC (TUORRES), TULOC, TUDT, VISITNUM; USUBJID,
        TRLNKID, TRGRPID, TRTESTCD, TRSTRESN (mm), TRSTRESC, TRSTAT, TRDT, VISITNUM, VISIT, TRSEQ; --EVAL, --EVALID,
        --ACPTFL.
    treatment_start
        First dose per patient, indexed by USUBJID; other patients' records are ignored, patients not treated have none.
    rs
        RS records whose NTRGRESP and NEWLPROG speak where TR holds no tumour states; None: TR and TU only.
    evaluator, reader
        As in `recorded`.
    baseline_days, partial_response_continues, reappearance_is_progression, missing_growth
        The readings of `targets.course`.
    diameter_tests, node_tests, thickness_tests
        The test codes of `targets.burden`.

    Returns
    -------
    tuple of pandas.DataFrame
        `responses` (columns `COLUMNS`, EVAL "DERIVED", visits after treatment start) and `targets` (columns `TARGETS`:
        sums in mm, percentages, the three responses, the number of new lesions so far and the reason; the baseline
        visit too, BASEFL "Y").

    Raises
    ------
    ValueError
        When several readers assessed, none is accepted and none is named.

    Examples
    --------
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"]})
    >>> tr = pd.DataFrame({"USUBJID": "P1", "TRLNKID": "T01", "TRTESTCD": "LDIAM", "TRSTRESN": [30.0, 36.0],
    ...     "VISITNUM": [1.0, 2.0], "VISIT": ["BASELINE", "WEEK 8"],
    ...     "TRDT": pd.to_datetime(["2026-01-02", "2026-03-04"])})
    >>> responses, targets = derived(tu, tr, pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"]))
    >>> responses.AVALC.tolist(), targets[["SUMDIAM", "NADIR"]].values.tolist()
    (['PD'], [[30.0, nan], [36.0, 30.0]])
    """
    roster = treatment_start.astype("datetime64[ns]").dropna()
    of_tu, of_tr, of_rs = (
        records(frame, domain, roster, evaluator, reader)
        for frame, domain in ((tu, "TU"), (tr, "TR"), (_beside(rs, tr), "RS"))
    )
    found = lesions(of_tu, of_tr, roster)
    seen = visits(of_tu, of_tr, of_rs, found)
    sums = burden(
        of_tr, found, seen, diameter_tests=diameter_tests, node_tests=node_tests, thickness_tests=thickness_tests
    )
    path = course(
        sums,
        found,
        seen,
        roster,
        baseline_days=baseline_days,
        partial_response_continues=partial_response_continues,
        reappearance_is_progression=reappearance_is_progression,
        missing_growth=missing_growth,
    )
    beside = others(of_tu, of_tr, of_rs, found, seen, path.follow_up)
    table = _target_table(sums, path, beside, seen, roster)
    return _overall_table(table[path.follow_up]), table[path.baseline | path.follow_up].reset_index(drop=True)


def _beside(rs: pd.DataFrame | None, tr: pd.DataFrame) -> pd.DataFrame:
    """Keep what RS says about non-target disease and new lesions; without RS, no records."""
    if rs is None:
        return pd.DataFrame({"USUBJID": tr["USUBJID"][:0]})
    return rs[text(rs, "RSTESTCD").isin(("NTRGRESP", "NEWLPROG")) & _is_recist(rs, None)]


def _target_table(sums: Burden, path: Course, beside: Others, seen: Visits, roster: pd.Series) -> pd.DataFrame:
    based, reached = path.base < UNREACHED, path.nadir < UNREACHED
    size = millimetres(sums.total, sums.measured > 0)
    base, nadir = millimetres(path.base, based), millimetres(path.nadir, reached)
    whole = np.where(sums.complete, size, np.nan)
    table = pd.DataFrame(
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
        }
    )
    said = zip(
        path.baseline, sums.measured, sums.expected, spoken(size), spoken(base), spoken(nadir), path.response,
        beside.non_target, beside.new_lesion, beside.confirmed_later, strict=True,
    )  # fmt: skip
    table["reason"] = [_in_words(*row) for row in said]
    return table


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
        return f"baseline: {measured} target lesions, sum {size}"
    if expected == 0:
        said = "no target disease"
    elif base == "unknown":
        said = "no complete baseline in time before treatment start: target NE"
    else:
        seen = "" if measured == expected else f" of {measured} of {expected} target lesions"
        said = f"sum {size}{seen} (baseline {base}, smallest before {nadir}): target {target}"
    later = ", equivocal at first and confirmed later" if back_dated else ""
    return f"{said}; non-target {non_target}; new lesion {new}{later}"


def _overall_table(table: pd.DataFrame) -> pd.DataFrame:
    """Give the overall responses in the form of `recorded`."""
    parts = [table[name].to_numpy(object) for name in ("TRGRESP", "NTRGRESP", "NEWLES")]
    response = overall(*parts)
    day = table["FIRSTDT"].where(response == "PD", table["ADT"]).to_numpy("datetime64[ns]")
    record = words(table["SRCDOM"], table["SRCSEQ"], day, table["VISIT"], response)
    undated = np.where(np.isnat(day), "; no complete imaging date, so no event date", "").astype(object)
    reason = record + "; " + table["reason"].to_numpy(object) + undated
    return finished(table.assign(EVAL="DERIVED", AVALC=response, reason=reason))
