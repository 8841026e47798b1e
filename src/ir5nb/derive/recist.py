"""Tumour response per patient and visit: as an evaluator recorded it, and as the measurements give it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.records import present, words
from ir5nb.derive.targets import DIAMETERS, SHORT_AXES, THICKNESS, burden, course
from ir5nb.derive.timepoint_lesions import lesions, visits
from ir5nb.derive.timepoint_others import others
from ir5nb.derive.timepoint_records import records
from ir5nb.derive.timepoint_tables import finished, overall_table, target_table
from ir5nb.derive.timepoint_visits import dates, of_evaluator, sequence, text, visit_codes, visit_numbers
from ir5nb.schema import ASSESSED

# What RS may say, by its test.
LEVELS: Final = {
    "OVRLRESP": ASSESSED,
    "TRGRESP": ("CR", "PR", "SD", "PD", "NE", "NA"),
    "NTRGRESP": ("CR", "NON-CR/NON-PD", "PD", "NE", "NA"),
    "NEWLPROG": ("EQUIVOCAL", "UNEQUIVOCAL", "Y", "N"),
}
NOT_DONE: Final = "ND"
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
    """Give the responses an evaluator recorded, one row per patient and visit.

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
        The RSTESTCD to read: the overall response, or its parts (TRGRESP, NTRGRESP, NEWLPROG) as recorded.
    categories
        The RSCAT that count; None takes RECIST and modified RECIST of any version, and a blank category.
    keep_not_done
        Whether an assessment recorded as not done is kept, with AVALC "ND" (best response then sees the gap, as
        admiralonco does); no imaging took place, so no other endpoint wants it.

    Returns
    -------
    pandas.DataFrame
        Columns `timepoint_tables.COLUMNS`; ADT is the last and FIRSTDT the first day of the visit, NaT where the source
        gives only a partial date, which the reason says. By USUBJID and time; an undated visit stands after the visit
        numbered before it.

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
    _refuse_unknown(rows[~level.isin(LEVELS.get(test, LEVELS["OVRLRESP"])) & ~not_done], test)
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
    return category.isin([name for name in category.unique() if not name or name.startswith(RECIST_CATEGORIES)])


def _refuse_unknown(rows: pd.DataFrame, test: str) -> None:
    if rows.empty:
        return
    row, known = rows.iloc[0], ", ".join(LEVELS.get(test, LEVELS["OVRLRESP"]))
    raise ValueError(
        f"RS row {rows.index[0]} (patient {row['USUBJID']}): RSSTRESC is {row['RSSTRESC']!r}, expected one of {known} "
        f"(or {NOT_DONE} / RSSTAT 'NOT DONE'); {len(rows)} such record(s). "
        "Correct the record in the source or translate its level in the plan's mapping"
    )


def _one_per_visit(table: pd.DataFrame) -> pd.DataFrame:
    """Give one row per patient and visit: any progression of the visit, else what was recorded last."""
    if not table["key"].duplicated().any():
        return _explained(table.assign(FIRSTDT=table["ADT"], levels=1))
    rows = table.assign(PD=table["AVALC"] == "PD").sort_values(["key", "PD", "ADT", "SRCSEQ"])
    visit = rows.groupby("key", sort=False)["AVALC"]
    same = rows.assign(levels=visit.transform("nunique"))[rows["AVALC"] == visit.transform("last")]
    by_visit = same.groupby("key", sort=False)
    last = by_visit.tail(1).set_index("key")
    last["FIRSTDT"], last["ADT"] = by_visit["ADT"].min(), by_visit["ADT"].max()
    # a progression is dated on its first day: the record named is that day's
    last["SRCSEQ"] = last["SRCSEQ"].where(last["AVALC"] != "PD", by_visit["SRCSEQ"].first())
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
        `responses` (columns `timepoint_tables.COLUMNS`, EVAL "DERIVED", visits after treatment start) and `targets`
        (columns `timepoint_tables.TARGETS`: sums in mm, percentages, the three responses, the number of new lesions so
        far and the reason; the baseline visit too, BASEFL "Y").

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
    table = target_table(sums, path, beside, seen, roster)
    return overall_table(table[path.follow_up]), table[path.baseline | path.follow_up].reset_index(drop=True)


def _beside(rs: pd.DataFrame | None, tr: pd.DataFrame) -> pd.DataFrame:
    """Keep what RS says about non-target disease and new lesions; without RS, no records."""
    if rs is None:
        return pd.DataFrame({"USUBJID": tr["USUBJID"][:0]})
    return rs[text(rs, "RSTESTCD").isin(("NTRGRESP", "NEWLPROG")) & _is_recist(rs, None)]
