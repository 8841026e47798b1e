"""Deaths with their cause, what events did to the doses, exposure, and laboratory values by grade (S6, R5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from ir5nb.analyses.rows import against_plan
from ir5nb.analyses.safety import Safety, chosen
from ir5nb.analyses.safety_counts import count
from ir5nb.analyses.safety_rows import counted, joined, tidy
from ir5nb.derive.ae_levels import UNGRADED
from ir5nb.derive.lab_criteria import CRITERIA
from ir5nb.derive.records import either, iso
from ir5nb.schema import DAYS_PER_MONTH, Analysis

_RELATED: Final = "fatal adverse event, related"
_UNRELATED: Final = "fatal adverse event, not related"
_OTHER: Final = "no fatal adverse event recorded"


def deaths(safety: Safety) -> Analysis:
    """Count the deaths of the treated patients by their cause and by when they happened, and list them.

    Source: S6, spec/tlf.csv (DTHT01). The cause is that of a counted fatal event, related before not related; a death
    without one is of the disease or of a cause that the adverse events do not tell.

    Parameters
    ----------
    safety
        Gathered frames.
    """
    dead = safety.subjects[safety.subjects["DTHDT"].notna()]
    fatal = safety.events[safety.events["FATALFL"].eq("Y")]
    related = dead["USUBJID"].isin(fatal.loc[fatal["RELFL"].eq("Y"), "USUBJID"])
    cause = either(related, _RELATED, either(dead["USUBJID"].isin(fatal["USUBJID"]), _UNRELATED, _OTHER))
    ends = safety.windows.set_index("USUBJID")["WNDEDT"].reindex(dead["USUBJID"]).to_numpy()
    when = either(dead["DTHDT"].to_numpy() <= ends, "within the counted days", "after the counted days")
    terms = fatal.groupby("USUBJID")["AEDECOD"].agg(lambda names: "; ".join(sorted(set(names))))
    table = dead.assign(CAUSE=cause, WHEN=when, AETERMS=terms.reindex(dead["USUBJID"]).to_numpy())
    table["reason"] = "died " + iso(table["DTHDT"].to_numpy()) + ", " + table["WHEN"] + ": " + table["CAUSE"]
    parts = [tidy("deaths", list(safety.groups.names), {"total": (safety.groups.totals, "patients")})]
    parts.append(_patients("deaths", safety, table, "deaths", ""))
    parts += [_patients("deaths", safety, table[table["WHEN"].eq(told)], "time of death", told)
              for told in ("within the counted days", "after the counted days")]  # fmt: skip
    parts += [_patients("deaths", safety, table[table["CAUSE"].eq(told)], "cause of death", told)
              for told in (_RELATED, _UNRELATED, _OTHER)]  # fmt: skip
    kept = ["USUBJID", "COHORT", "TRTSDT", "TRTEDT", "DTHDT", "WHEN", "CAUSE", "AETERMS", "reason"]
    return Analysis("deaths", table[kept].reset_index(drop=True), joined(parts))


def _patients(analysis: str, safety: Safety, rows: pd.DataFrame, endpoint: str, group: str) -> pd.DataFrame:
    """Count the patients of some rows in each column of the table."""
    found = count(rows[["USUBJID"]], safety.groups)
    return tidy(analysis, found["GROUP"], counted(found), endpoint=endpoint, group=group)


def dose_changes(safety: Safety) -> Analysis:
    """Count the patients by what was done with the drug for an event, and by why treatment ended.

    Source: S6, R5, spec/tlf.csv (AET01, DST01).

    Parameters
    ----------
    safety
        Gathered frames.
    """
    events, name = safety.counted, "dose_changes"
    parts = [tidy(name, list(safety.groups.names), {"total": (safety.groups.totals, "patients")})]
    action = events["AEACN"].fillna("ACTION NOT RECORDED")
    for text in sorted(action.unique()):
        found = count(events[action.eq(text)], safety.groups)
        numbers = {**counted(found), "events": (found["EVENTS"], "events")}
        parts.append(tidy(name, found["GROUP"], numbers, endpoint="action taken with study drug", group=str(text)))
    ended = safety.subjects[safety.subjects["EOTDT"].notna()]
    reason = ended["EOTREAS"].fillna("reason not recorded")
    for text in sorted(reason.unique()):
        parts.append(_patients(name, safety, ended[reason.eq(text)], "reason for end of treatment", str(text)))
    for column, told in (("DELAYFL", "dose delayed"), ("REDUCFL", "dose reduced")):
        changed = safety.doses[safety.doses[column].eq("Y")]
        parts.append(_patients(name, safety, changed, "recorded with the doses", told))
    changed = events[events["AEACN"].isin(("DRUG WITHDRAWN", "DRUG INTERRUPTED", "DOSE REDUCED", "DOSE DELAYED"))]
    kept = ["USUBJID", "AESEQ", "AEDECOD", "ALEVEL", "ASTDT", "RELFL", "AEACN", "AEOUT", "reason"]
    return Analysis(name, changed[kept].reset_index(drop=True), joined(parts))


def exposure(safety: Safety) -> Analysis:
    """Describe treatment duration, cycles, delays and relative dose intensity by drug, in each column.

    Source: R5, spec/tlf.csv (EXT01). Duration in months is last - first dose of any drug. A drug without a planned dose
    in the plan of its cohort has no relative dose intensity.

    Parameters
    ----------
    safety
        Gathered frames; series `durations` has one row per patient for the chart.
    """
    drugs, treated, name = safety.intensities, safety.subjects, "exposure"
    against = against_plan(safety.planned_assumed)
    parts = [tidy(name, list(safety.groups.names), {"total": (safety.groups.totals, "patients")})]
    months = (treated["TRTEDT"] - treated["TRTSDT"]).dt.days / DAYS_PER_MONTH
    parts.append(_described(safety, treated["USUBJID"], months, "duration of treatment", "months"))
    for drug, own in drugs.groupby("EXTRT", sort=True):
        for column, unit in (("CYCLES", "cycles"), ("DOSES", "doses"), ("RDI", "%")):
            # per cent, as relative dose intensity is always told
            values = own[column].astype(float) * (100 if column == "RDI" else 1)
            if values.notna().any():
                label = {"CYCLES": "cycles of", "DOSES": "doses of", "RDI": "relative dose intensity of"}[column]
                method = against if column == "RDI" else ""
                parts.append(_described(safety, own["USUBJID"], values, f"{label} {drug}", unit, method))
        for column, told in (("DELAYED", "delayed"), ("REDUCED", "reduced"), ("OMITTED", "omitted")):
            changed = own[own[column] > 0]
            parts.append(_patients(name, safety, changed, f"at least one dose of {drug}", told))
    durations = pd.DataFrame({"PATIENT": treated["USUBJID"], "COHORT": treated["COHORT"], "MONTHS": months,
                              "ONGOING": either(treated["EOTDT"].isna(), "Y", "N")})  # fmt: skip
    return Analysis(name, drugs, joined(parts), {"durations": durations})


def _described(
    safety: Safety, patients: pd.Series, values: pd.Series, endpoint: str, unit: str, method: str = ""
) -> pd.DataFrame:
    """Describe one number of each patient in each column: n, mean, SD, median, quartiles (type 7), range."""
    place = safety.groups.patients.get_indexer(pd.Index(patients))
    numbers = values.to_numpy(float)
    inside = [pd.Series(numbers[member[place] & ~np.isnan(numbers)]) for member in safety.groups.belongs.T]
    tell: dict[str, Callable[[pd.Series], Any]] = {
        "mean": pd.Series.mean, "sd": pd.Series.std, "median": pd.Series.median, "q1": lambda part: part.quantile(0.25),
        "q3": lambda part: part.quantile(0.75), "min": pd.Series.min, "max": pd.Series.max,
    }  # fmt: skip
    table: dict[str, tuple[Any, str]] = {"n": ([len(part) for part in inside], "patients")}
    table |= {key: ([float(measure(part)) for part in inside], unit) for key, measure in tell.items()}
    return tidy("exposure", list(safety.groups.names), table, endpoint=endpoint, method=method)


def laboratory(safety: Safety) -> Analysis:
    """Count the patients by worst CTCAE grade on treatment of each laboratory term, and shift from baseline.

    Source: S6, CTCAE v5.0, spec/endpoints.md (shift tables). Of TSH, which v5 does not grade by value, the shift is
    of its place against the limits of normal. Denominator: treated patients with a value on treatment.

    Parameters
    ----------
    safety
        Gathered frames; `patients` has one row per patient and term, with baseline and worst.
    """
    on = safety.laboratory[safety.laboratory["ONTRTFL"].eq("Y")]
    graded = on["TERM"].isin(CRITERIA)
    level = either(graded, on["ATOXGRN"].astype("string").fillna(UNGRADED), on["ANRIND"]).astype(object)
    base = either(graded, on["BTOXGRN"].astype("string").fillna("MISSING"), on["BNRIND"].fillna("MISSING")).astype(
        object
    )
    rank = pd.Series(level, index=on.index).map(_LAB_RANK).fillna(-1)
    worst_of = on.assign(WORST=level, BASELINE=base, _rank=rank).sort_values(["_rank", "ADT"], kind="stable")
    last = worst_of.drop_duplicates(["USUBJID", "TERM"], keep="last").sort_values(["TERM", "USUBJID"])
    parts = []
    for term, own in last.groupby("TERM", sort=True):
        measured = count(own[["USUBJID"]], safety.groups)
        sizes = {"total": (measured["COUNT"], "patients")}
        parts.append(tidy("laboratory", measured["GROUP"], sizes, endpoint=str(term), population=_MEASURED))
        for (before, after), shifted in own.groupby(["BASELINE", "WORST"], sort=True):
            found = count(shifted[["USUBJID"]], safety.groups).assign(TOTAL=measured["COUNT"])
            parts.append(tidy("laboratory", found["GROUP"], counted(found), endpoint=str(term),
                              group=f"{before} to {after}", population=_MEASURED))  # fmt: skip
    kept = ["USUBJID", "TERM", "BASELINE", "WORST", "ADT", "AVAL", "AVALU", "reason"]
    return Analysis("laboratory", last[kept].reset_index(drop=True), joined(parts))


_MEASURED: Final = "treated, measured on treatment"
_LAB_RANK: Final = {UNGRADED: 0, "NORMAL": 1, "LOW": 2, "HIGH": 3, **{str(grade): 1 + grade for grade in range(5)}}


def serious(safety: Safety) -> pd.DataFrame:
    """List the counted serious events, as recorded: AESER decides.

    Source: S6, spec/tlf.csv (listing 16.2).
    """
    kept = [
        "USUBJID",
        "COHORT",
        "AESEQ",
        "AEDECOD",
        "ALEVEL",
        "ASTDT",
        "ASTDTF",
        "AENDT",
        "RELFL",
        "AEACN",
        "AEOUT",
        "reason",
    ]
    return chosen(safety, "serious")[kept].sort_values(["COHORT", "USUBJID", "ASTDT"], ignore_index=True)
