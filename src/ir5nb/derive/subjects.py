"""One row per patient of a cohort: milestones, last news, death, later therapy and analysis sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb import schema
from ir5nb.derive.dates import NAT, Dates, bounds
from ir5nb.derive.milestones import Finder, has_term, inclusion, is_dose, later_therapy, life, treatment
from ir5nb.derive.records import at, column, days_of, either, keys, numbers_of, pick

# The three drugs of FOLFOX-4 as exposure records may name them (R3: the regimen is read from exposure).
FOLFOX: Final[Mapping[str, str]] = dict.fromkeys(
    ("OXALIPLATIN", "FLUOROURACIL", "5-FU", "LEUCOVORIN", "FOLINIC ACID", "LEVOLEUCOVORIN", "FOLFOX"), "FOLFOX-4"
)
# The first that is not blank says since when a patient is known (as the data cut of the source says too).
CONSENT: Final = ("RFICDTC", "DMDTC", "RFSTDTC")
EXTRA: Final = (
    "AGE", "SEX", "DTHFL", "INCLDOM", "INCLSEQ", "TRTSEQ", "DTHDOM", "DTHSEQ", "LSTALVDOM", "LSTALVSEQ",
    "NEWTXDT", "NEWTXSEQ", "LOETXDT", "LOETXSEQ", "LSTDOSDT",
)  # fmt: skip
_SEQUENCES: Final = ("INCLSEQ", "TRTSEQ", "DTHSEQ", "LSTALVSEQ", "NEWTXSEQ", "LOETXSEQ")


def _regimen(find: Finder, names: Mapping[str, str]) -> npt.NDArray[np.object_]:
    """Drugs given to each patient, joined with " + ", a drug combination (FOLFOX-4) after the single drugs."""
    ex = find.frame("EX")
    owner, days = find.owner("EX"), days_of(ex, "EXSTDT")
    given = (owner >= 0) & is_dose(ex) & ~np.isnat(days) & (np.isnat(find.cutoff) | (days <= find.cutoff))
    written, spellings = pd.factorize(column(ex, "EXTRT")[given].astype(str))
    told = [names.get(name.strip().upper(), name.strip().upper()) for name in spellings]
    drugs = sorted(set(told))
    codes = np.array([drugs.index(name) for name in told], dtype=np.int64)[written]
    if len(drugs) > 62:
        raise ValueError(f"EX names {len(drugs)} different drugs (EXTRT); a regimen of at most 62 can be told")
    mask = np.zeros(len(find.patients), dtype=np.int64)
    np.bitwise_or.at(mask, owner[given], np.left_shift(1, codes))
    order = sorted(range(len(drugs)), key=lambda code: (drugs[code] in names.values(), drugs[code]))
    sets = np.unique(mask).tolist()
    regimens = {value: " + ".join(drugs[code] for code in order if value >> code & 1) or None for value in sets}
    return pd.Series(mask).map(regimens).to_numpy(object)


def _subtype(find: Finder, dm: pd.DataFrame, code: str | None) -> npt.NDArray[np.object_]:
    """Histological subtype: a column of DM of that name, else the subject characteristic of that test code."""
    if code is None or code in dm.columns:
        return column(dm, code or "")
    sc = find.frame("SC")
    wanted = has_term(sc, "SCTESTCD", (code,))
    key = keys(np.full(len(sc), np.datetime64("1970-01-01", "ns")), numbers_of(sc, "SCSEQ"))
    value = column(sc, "SCSTRESC" if "SCSTRESC" in sc.columns else "SCORRES")
    return at(value, pick(len(dm), find.owner("SC"), key, wanted), None)


def _assessed(find: Finder, start: Dates, assessed_by: str) -> npt.NDArray[np.bool_]:
    """Whether disease was assessed after treatment start: an overall response, or an hCG assay."""
    domain, test, code = ("RS", "RSTESTCD", "OVRLRESP") if assessed_by == "tumour" else ("LB", "LBTESTCD", "HCG")
    frame = find.frame(domain)
    days = days_of(frame, f"{domain}DT")
    last = find.rows(domain, days, lambda table: has_term(table, test, (code,)), last=True)
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
        Data cut: no date after it is used; patients who consented after it are left out.
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
    find = Finder(pd.Index(dm["USUBJID"]), tables, cut)
    found = {**inclusion(find, dm, inclusion_column), **treatment(find), **later_therapy(find), **life(find, dm)}
    found |= _sets(found, _assessed(find, found["TRTSDT"], assessed_by))
    found |= {"REGIMEN": _regimen(find, regimen_names), "SUBTYPE": _subtype(find, dm, subtype_code)}
    return _laid_out(dm, found, cohort, _unknown_yet(find, dm, inclusion_column))


def _unknown_yet(find: Finder, dm: pd.DataFrame, inclusion_column: str | None) -> npt.NDArray[np.bool_]:
    """Say who was not known at the cut: consent (else registration, reference start, inclusion) is dated after it."""
    since = pd.DataFrame({name: column(dm, name) for name in CONSENT}, index=dm.index)
    told = since.bfill(axis=1).iloc[:, 0].to_numpy(object)
    ever = inclusion(Finder(find.patients, find.tables, NAT), dm, inclusion_column)["INCLDT"]
    return np.asarray(either(pd.isna(told), ever, bounds(told)[0]) > find.cutoff)


def _laid_out(dm: pd.DataFrame, found: Mapping[str, Any], cohort: str, later: npt.NDArray[np.bool_]) -> pd.DataFrame:
    base = {name: dm[name] if name in dm.columns else None for name in ("USUBJID", "SITEID", "AGE", "SEX")}
    frame = pd.DataFrame({**base, "COHORT": cohort, **found}, index=dm.index)[[*schema.ADSL, *EXTRA]]
    frame = frame.astype(dict.fromkeys(_SEQUENCES, "Int64"))
    return frame.loc[~later].reset_index(drop=True)
