"""One row per patient of a cohort: milestones, last news, death, later therapy and analysis sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb import schema
from ir5nb.derive.contacts import last_news
from ir5nb.derive.dates import NAT, Dates, bounds, death
from ir5nb.derive.records import Rows, at, column, days_of, either, keys, numbers_of, pick

INCLUSION_TERMS: Final = ("ENROLLED", "INCLUSION")
SUBSEQUENT: Final = "SUBSEQUENT ANTICANCER THERAPY"
LACK_OF_EFFICACY: Final = "LACK OF EFFICACY"
# The three drugs of FOLFOX-4 as exposure records may name them (R3: the regimen is read from exposure).
FOLFOX: Final[Mapping[str, str]] = dict.fromkeys(
    ("OXALIPLATIN", "FLUOROURACIL", "5-FU", "LEUCOVORIN", "FOLINIC ACID", "LEVOLEUCOVORIN", "FOLFOX"), "FOLFOX-4"
)
EXTRA: Final = (
    "AGE", "SEX", "DTHFL", "DTHDTF", "INCLDOM", "INCLSEQ", "TRTSEQ", "DTHDOM", "DTHSEQ", "LSTALVDOM", "LSTALVSEQ",
    "NEWTXDT", "NEWTXSEQ", "LOETXDT", "LOETXSEQ", "LSTDOSDT",
)  # fmt: skip
_SEQUENCES: Final = ("INCLSEQ", "TRTSEQ", "DTHSEQ", "LSTALVSEQ", "NEWTXSEQ", "LOETXSEQ")


class _Finder:
    """Finds patients' first or last records of a domain, not after the data cut."""

    def __init__(self, patients: pd.Index[str], tables: Mapping[str, pd.DataFrame], cutoff: np.datetime64) -> None:
        self.patients, self.tables, self.cutoff = patients, tables, cutoff

    def frame(self, domain: str) -> pd.DataFrame:
        """Give a domain's frame, an empty one where the study has none."""
        return self.tables.get(domain, pd.DataFrame({"USUBJID": pd.Series(dtype=object)}))

    def owner(self, domain: str) -> Rows:
        """Give the position of each record's patient, -1 for patients of other cohorts."""
        return self.patients.get_indexer(pd.Index(self.frame(domain)["USUBJID"])).astype(np.int64)

    def rows(
        self, domain: str, days: Dates, wanted: Callable[[pd.DataFrame], npt.NDArray[np.bool_]], *, last: bool = False
    ) -> Rows:
        """Find the first or last record of a kind, by day then number."""
        frame = self.frame(domain)
        known = ~np.isnat(days) & (np.isnat(self.cutoff) | (days <= self.cutoff))
        key = keys(either(known, days, np.datetime64("1970-01-01", "ns")), numbers_of(frame, f"{domain}SEQ"))
        return pick(len(self.patients), self.owner(domain), key, known & wanted(frame), last=last)


def is_dose(ex: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say which exposure records are doses given: a dose above 0, or a placebo's 0.

    Source: admiral's rule for the treatment start (ADSL template).

    Examples
    --------
    >>> is_dose(pd.DataFrame({"EXTRT": ["ZIMBERELIMAB", "ZIMBERELIMAB", "PLACEBO"], "EXDOSE": [360, 0, 0]})).tolist()
    [True, False, True]
    """
    dose = numbers_of(ex, "EXDOSE")
    placebo = pd.Series(column(ex, "EXTRT"), dtype=object).fillna("").astype(str).str.upper().str.contains("PLACEBO")
    return np.asarray((dose > 0) | ((dose == 0) & placebo.to_numpy(bool)))


def _terms(frame: pd.DataFrame, name: str, terms: Sequence[str]) -> npt.NDArray[np.bool_]:
    return pd.Series(column(frame, name), dtype=object).isin(terms).to_numpy(bool)


def _ends_treatment(ds: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Disposition events about study treatment; where DSSCAT is not kept, every disposition event."""
    event, sub = _terms(ds, "DSCAT", ("DISPOSITION EVENT",)), pd.Series(column(ds, "DSSCAT"), dtype=object)
    return event & ((sub == "STUDY TREATMENT").to_numpy(bool) if sub.notna().any() else np.ones(len(ds), dtype=bool))


def _is_later_therapy(cm: pd.DataFrame) -> npt.NDArray[np.bool_]:
    return _terms(cm, "CMCAT", (SUBSEQUENT,))


def _for_lack_of_efficacy(cm: pd.DataFrame) -> npt.NDArray[np.bool_]:
    reason = pd.Series(column(cm, "CMINDC"), dtype=object).fillna("").astype(str).str.upper()
    return _is_later_therapy(cm) & reason.str.contains(LACK_OF_EFFICACY, regex=False).to_numpy(bool)


def _inclusion(find: _Finder, dm: pd.DataFrame, inclusion_column: str | None) -> dict[str, npt.NDArray[Any]]:
    if inclusion_column is not None:
        days = days_of(dm, inclusion_column.removesuffix("C"))
        number = either(np.isnat(days), np.nan, numbers_of(dm, "DMSEQ"))
        return {"INCLDT": days, "INCLDOM": either(np.isnat(days), None, "DM"), "INCLSEQ": number}
    ds = find.frame("DS")
    rows = find.rows("DS", days_of(ds, "DSSTDT"), lambda frame: _terms(frame, "DSDECOD", INCLUSION_TERMS))
    return {
        "INCLDT": at(days_of(ds, "DSSTDT"), rows, NAT),
        "INCLDOM": either(rows >= 0, "DS", None),
        "INCLSEQ": at(numbers_of(ds, "DSSEQ"), rows, np.nan),
    }


def _treatment(find: _Finder) -> dict[str, npt.NDArray[Any]]:
    ex, ds = find.frame("EX"), find.frame("DS")
    start, end = days_of(ex, "EXSTDT"), days_of(ex, "EXENDT")
    beyond = ~np.isnat(end) & ~np.isnat(find.cutoff) & (end > find.cutoff)
    finish = either(np.isnat(end) | beyond, start, end)
    first = find.rows("EX", start, is_dose)
    last = find.rows("EX", finish, is_dose, last=True)
    last_given = find.rows("EX", start, is_dose, last=True)
    ended = find.rows("DS", days_of(ds, "DSSTDT"), _ends_treatment, last=True)
    treated = first >= 0
    return {
        "TRTSDT": at(start, first, NAT),
        "TRTSEQ": at(numbers_of(ex, "EXSEQ"), first, np.nan),
        "TRTEDT": at(finish, last, NAT),
        "LSTDOSDT": at(start, last_given, NAT),
        "EOTDT": either(treated, at(days_of(ds, "DSSTDT"), ended, NAT), NAT),
        "EOTREAS": either(treated, at(column(ds, "DSDECOD"), ended, None), None),
    }


def _later_therapy(find: _Finder) -> dict[str, npt.NDArray[Any]]:
    cm = find.frame("CM")
    days, seq = days_of(cm, "CMSTDT"), numbers_of(cm, "CMSEQ")
    first, failed = find.rows("CM", days, _is_later_therapy), find.rows("CM", days, _for_lack_of_efficacy)
    return {
        "NEWTXDT": at(days, first, NAT),
        "NEWTXSEQ": at(seq, first, np.nan),
        "LOETXDT": at(days, failed, NAT),
        "LOETXSEQ": at(seq, failed, np.nan),
    }


def _death_record(find: _Finder, dm: pd.DataFrame) -> tuple[Any, Dates, npt.NDArray[np.bool_], Any, Any]:
    """Text and day of death from DM, else from the disposition record of a death, and where they come from."""
    ds = find.frame("DS")
    text, day = column(dm, "DTHDTC"), days_of(dm, "DTHDT")
    owner, died = find.owner("DS"), _terms(ds, "DSDECOD", ("DEATH",))
    key = keys(np.full(len(ds), np.datetime64("1970-01-01", "ns")), numbers_of(ds, "DSSEQ"))
    row = pick(len(dm), owner, key, died & ~pd.isna(column(ds, "DSSTDTC")))
    use = pd.isna(text) & (row >= 0)
    flag = (column(dm, "DTHFL") == "Y") | (pick(len(dm), owner, key, died) >= 0) | ~pd.isna(text)
    domain = either(use, "DS", either(flag, "DM", None))
    return (
        either(use, at(column(ds, "DSSTDTC"), row, None), text),
        either(use, at(days_of(ds, "DSSTDT"), row, NAT), day),
        np.asarray(flag, dtype=bool),
        domain,
        either(use, at(numbers_of(ds, "DSSEQ"), row, np.nan), either(flag, numbers_of(dm, "DMSEQ"), np.nan)),
    )


def _life(find: _Finder, dm: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
    """Death (imputed by the named rule where partial) and last news, which bound each other and the data cut."""
    text, day, flag, domain, number = _death_record(find, dm)
    earliest, latest, _ = bounds(text)
    earliest, latest = either(np.isnat(day), earliest, day), either(np.isnat(day), latest, day)
    unknown_yet = ~np.isnat(earliest) & ~np.isnat(find.cutoff) & (earliest > find.cutoff)
    limit = np.datetime64("2261-01-01", "ns") if np.isnat(find.cutoff) else find.cutoff
    until = either(np.isnat(latest) | unknown_yet, limit, np.minimum(latest, limit))
    alive, alive_domain, alive_number = last_news(find.patients, find.tables, until)
    died, imputed = death(either(unknown_yet, None, text), either(unknown_yet, NAT, day), alive)
    return {
        "DTHDT": died,
        "DTHFL": either(flag & ~unknown_yet, "Y", "N"),
        "DTHDTF": imputed,
        "DTHDOM": either(unknown_yet, None, domain),
        "DTHSEQ": either(unknown_yet, np.nan, number),
        "LSTALVDT": alive,
        "LSTALVDOM": alive_domain,
        "LSTALVSEQ": alive_number,
    }


def _regimen(find: _Finder, names: Mapping[str, str]) -> npt.NDArray[np.object_]:
    """Drugs given to each patient, joined with " + ", a drug combination (FOLFOX-4) after the single drugs."""
    ex = find.frame("EX")
    owner, days = find.owner("EX"), days_of(ex, "EXSTDT")
    given = (owner >= 0) & is_dose(ex) & ~np.isnat(days) & (np.isnat(find.cutoff) | (days <= find.cutoff))
    drug = pd.Series(column(ex, "EXTRT")[given], dtype=object).astype(str).str.strip().str.upper()
    codes, drugs = pd.factorize(drug.map(lambda name: names.get(name, name)), sort=True)
    if len(drugs) > 62:
        raise ValueError(f"EX names {len(drugs)} different drugs (EXTRT); a regimen of at most 62 can be told")
    mask = np.zeros(len(find.patients), dtype=np.int64)
    np.bitwise_or.at(mask, owner[given], np.left_shift(1, codes.astype(np.int64)))
    order = sorted(range(len(drugs)), key=lambda code: (drugs[code] in names.values(), drugs[code]))
    sets = np.unique(mask).tolist()
    told = {value: " + ".join(drugs[code] for code in order if value >> code & 1) or None for value in sets}
    return pd.Series(mask).map(told).to_numpy(object)


def _subtype(find: _Finder, dm: pd.DataFrame, code: str | None) -> npt.NDArray[np.object_]:
    """Histological subtype: a column of DM of that name, else the subject characteristic of that test code."""
    if code is None or code in dm.columns:
        return column(dm, code or "")
    sc = find.frame("SC")
    wanted = _terms(sc, "SCTESTCD", (code,))
    key = keys(np.full(len(sc), np.datetime64("1970-01-01", "ns")), numbers_of(sc, "SCSEQ"))
    value = column(sc, "SCSTRESC" if "SCSTRESC" in sc.columns else "SCORRES")
    return at(value, pick(len(dm), find.owner("SC"), key, wanted), None)


def _assessed(find: _Finder, start: Dates, assessed_by: str) -> npt.NDArray[np.bool_]:
    """Whether disease was assessed after treatment start: an overall response, or an hCG assay."""
    domain, test, code = ("RS", "RSTESTCD", "OVRLRESP") if assessed_by == "tumour" else ("LB", "LBTESTCD", "HCG")
    frame = find.frame(domain)
    days = days_of(frame, f"{domain}DT")
    last = find.rows(domain, days, lambda table: _terms(table, test, (code,)), last=True)
    return np.asarray(at(days, last, NAT) > start)


def _sets(found: Mapping[str, npt.NDArray[Any]], assessed: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[Any]]:
    included, treated = ~np.isnat(found["INCLDT"]), ~np.isnat(found["TRTSDT"])
    reasons = np.select(
        [~included & ~treated, ~included, ~treated, ~assessed],
        [
            "no dated inclusion and no dated dose of study treatment",
            "no dated inclusion",
            "included, no dated dose of study treatment",
            "treated, disease not assessed after treatment start",
        ],
        "",
    ).astype(object)
    return {
        "ITTFL": either(included, "Y", "N"),
        "SAFFL": either(treated, "Y", "N"),
        "EVALFL": either(treated & assessed, "Y", "N"),
        "EXCLREAS": either(reasons == "", None, reasons),
    }


def adsl(
    tables: Mapping[str, pd.DataFrame],
    *,
    cohort: str,
    column: str,
    values: Sequence[Any],
    inclusion_column: str | None = None,
    cutoff: date | str | None = None,
    subtype_code: str | None = None,
    regimen_names: Mapping[str, str] = FOLFOX,
    assessed_by: str = "tumour",
) -> pd.DataFrame:
    """Build the patients of a cohort, one row each: milestones, last news, death, later therapy, analysis sets.

    Source: spec/data.md (DM, DS, EX, CM), R3, S3, S4, spec/endpoints.md (adsl). Included = dated inclusion;
    treated = dated dose; evaluable = treated and disease assessed after treatment start.

    Parameters
    ----------
    tables
        Source frames by domain, with parsed `--DT` companions of the `--DTC` texts.
    cohort
        Name of the cohort, copied to COHORT.
    column, values
        DM column and the values in it that make a patient a member.
    inclusion_column
        DM column holding the inclusion where DS has no ENROLLED or INCLUSION record ("RFSTDTC").
    cutoff
        Data cut: no date after it is used; patients included after it are left out.
    subtype_code
        DM column or SC test code of the histological subtype.
    regimen_names
        Drug (EXTRT, upper case) to the name of the combination it belongs to.
    assessed_by
        What makes a patient evaluable: "tumour" (overall response) or "hcg" (assay).

    Returns
    -------
    DataFrame
        Columns `schema.ADSL` then `EXTRA`, ordered by USUBJID; dates datetime64[ns], flags "Y" or "N".

    Raises
    ------
    KeyError
        When DM has no such column.
    ValueError
        When a patient occurs twice in DM, or `assessed_by` is unknown.

    Examples
    --------
    >>> dm = pd.DataFrame({"USUBJID": ["1"], "SITEID": ["01"], "ARMCD": ["TET"], "DTHDTC": [None]})
    >>> adsl({"DM": dm}, cohort="TET", column="ARMCD", values=["TET"])["SAFFL"].tolist()
    ['N']
    """
    if assessed_by not in ("tumour", "hcg"):
        raise ValueError(f"assessed_by is 'tumour' or 'hcg', not {assessed_by!r}")
    if column not in tables["DM"].columns:
        raise KeyError(f"DM has no column {column!r}, which the plan names for the cohort; it has {list(tables['DM'])}")
    dm = tables["DM"][tables["DM"][column].isin(list(values))].sort_values("USUBJID").reset_index(drop=True)
    if dm["USUBJID"].duplicated().any():
        raise ValueError(f"DM has patient {dm.loc[dm['USUBJID'].duplicated(), 'USUBJID'].iloc[0]} more than once")
    cut = NAT if cutoff is None else np.datetime64(pd.Timestamp(cutoff), "ns")
    find = _Finder(pd.Index(dm["USUBJID"]), tables, cut)
    found = {**_inclusion(find, dm, inclusion_column), **_treatment(find), **_later_therapy(find), **_life(find, dm)}
    found |= _sets(found, _assessed(find, found["TRTSDT"], assessed_by))
    found |= {"REGIMEN": _regimen(find, regimen_names), "SUBTYPE": _subtype(find, dm, subtype_code)}
    return _laid_out(dm, found, cohort, _included_later(find, dm, inclusion_column, cut))


def _included_later(
    find: _Finder, dm: pd.DataFrame, inclusion_column: str | None, cut: np.datetime64
) -> npt.NDArray[np.bool_]:
    """Patients whose inclusion is dated after the cut: not yet known then."""
    everything = _Finder(find.patients, find.tables, NAT)
    return np.asarray(~np.isnat(cut) & (_inclusion(everything, dm, inclusion_column)["INCLDT"] > cut))


def _laid_out(dm: pd.DataFrame, found: Mapping[str, Any], cohort: str, later: npt.NDArray[np.bool_]) -> pd.DataFrame:
    base = {name: dm[name] if name in dm.columns else None for name in ("USUBJID", "SITEID", "AGE", "SEX")}
    frame = pd.DataFrame({**base, "COHORT": cohort, **found}, index=dm.index)[[*schema.ADSL, *EXTRA]]
    frame = frame.astype(dict.fromkeys(_SEQUENCES, "Int64"))
    return frame.loc[~later].reset_index(drop=True)
