"""What leaves the package as data: every result of a cohort in one table, and the derived tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ir5nb.analyses.cohort import Cohort, reader_of
from ir5nb.analyses.headline import headline
from ir5nb.analyses.hormone import hormone, resistance_readings
from ir5nb.analyses.patients import accrual, baseline, disposition, exposed, sets
from ir5nb.analyses.planned import chances, design, path
from ir5nb.analyses.primary import categories, decision, primary, readings, under_every_reading
from ir5nb.analyses.safety import Safety, by_term, gather, overview, records, worst_grade
from ir5nb.analyses.safety_outcomes import deaths, dose_changes, exposure, laboratory
from ir5nb.analyses.safety_special import incidence, special_interest, time_to_first
from ir5nb.analyses.time_to_event import censoring, time_to_event
from ir5nb.analyses.tumour_response import agreement, best_response, course
from ir5nb.derive import hcg, response
from ir5nb.plan import CohortPlan, HormonePlan
from ir5nb.schema import ADHCG, ADRS, ADSL, ADTTE, ADWK24, RESULT_KEY, RESULTS

_EVERY = (
    headline, design, path, chances, sets, accrual, disposition, baseline, exposed, categories, decision, primary,
    readings,
)  # fmt: skip
_TUMOUR = (best_response, course, agreement)
_HORMONE = (hormone, resistance_readings)


def results(cohort: Cohort) -> pd.DataFrame:
    """Give every number of a cohort's report, one row each (columns `schema.RESULTS`).

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    own = _HORMONE if isinstance(cohort.plan, HormonePlan) else _TUMOUR
    analyses = [analysis(cohort) for analysis in (*_EVERY, *own, censoring)]
    analyses += [time_to_event(cohort, endpoint) for endpoint in endpoints(cohort.plan)]
    safety = gather(cohort, terms=cohort.plan.aesi, months=cohort.plan.ae_months)
    return joined([*(analysis.results for analysis in analyses), safety_results(safety)])


def safety_results(safety: Safety) -> pd.DataFrame:
    """Give every number of the safety tables, one row each; of a pooled report or of one cohort.

    Parameters
    ----------
    safety
        Gathered frames.
    """
    terms = [by_term(safety, kind) for kind in ("any", "severe", "related", "related severe", "serious")]
    tables = (overview, worst_grade, special_interest, incidence, time_to_first, deaths, dose_changes, laboratory)
    found = [*terms, *(table(safety) for table in tables)]
    if len(safety.groups.names) > 1:
        found.append(exposure(safety))
    return joined([analysis.results for analysis in found])


def endpoints(plan: CohortPlan) -> tuple[str, ...]:
    """Name the time-to-event endpoints of a cohort (S2-S5), follow-up last.

    Parameters
    ----------
    plan
        Plan of the cohort.
    """
    return ("RFS", "OS", "FUP") if isinstance(plan, HormonePlan) else ("PFS", "OS", "DOR", "FUP")


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put results together; a key that occurs twice is refused.

    Raises
    ------
    ValueError
        When two rows have the same key.
    """
    kinds = {name: float if name == "value" else object for name in RESULTS}
    filled = [part[list(RESULTS)].astype(kinds) for part in parts if len(part)]  # an empty part has no kinds to keep
    table = pd.concat(filled or list(parts[:1]), ignore_index=True)
    doubled = table[table.duplicated(list(RESULT_KEY), keep=False)]
    if len(doubled):
        raise ValueError(f"two results have the same key:\n{doubled.head(4).to_string()}")
    return table


def derived_tables(cohort: Cohort) -> dict[str, pd.DataFrame]:
    """Give adae, adex, adhcg, adrs, adsl, adtte and adwk24 (columns in `schema`); an empty table keeps its columns.

    Source: spec/endpoints.md, "Derived tables".

    Parameters
    ----------
    cohort
        Derived cohort; adwk24 holds every reading.
    """
    status = under_every_reading(cohort)
    courses = resistance_readings(cohort).patients if isinstance(cohort.plan, HormonePlan) else None
    kinds = {"ADT": "datetime64[ns]", "ADY": "Int64", "SRCSEQ": "Int64"}
    found = pd.DataFrame(columns=list(ADHCG), dtype=object) if courses is None else hcg.adhcg(courses)
    return {
        **records(cohort),
        "adhcg": found[list(ADHCG)].astype(kinds),
        "adsl": cohort.subjects[list(ADSL)],
        "adrs": _adrs(cohort),
        "adtte": cohort.times[list(ADTTE)],
        "adwk24": status[list(ADWK24)],
    }


def _adrs(cohort: Cohort) -> pd.DataFrame:
    """Responses by visit and evaluator, then best response, first response and first progression per patient."""
    overall = pd.concat(cohort.responses.values(), ignore_index=True)
    measured = cohort.targets.assign(EVAL="DERIVED")
    parts = [overall.assign(PARAMCD="OVRLRESP", AVISIT=overall["VISIT"], AVISITN=overall["VISITNUM"])]
    for code, column in (("TRGRESP", "TRGRESP"), ("NTRGRESP", "NTRGRESP"), ("NEWLES", "NEWLES")):
        visits = measured.assign(PARAMCD=code, AVALC=measured[column])
        parts.append(visits.assign(AVISIT=visits["VISIT"], AVISITN=visits["VISITNUM"]))
    kinds: dict[str, Any] = {"SRCSEQ": "Int64", "SUMDIAM": float, "NADIR": float, "AVISITN": float}
    laid = [part.reindex(columns=list(ADRS)).astype(kinds) for part in (*parts, _per_patient(cohort))]
    return pd.concat([part for part in laid if len(part)] or laid[:1], ignore_index=True)


def _per_patient(cohort: Cohort) -> pd.DataFrame:
    """PD BOR CBOR RSP CRSP, one row per treated patient and parameter."""
    best = cohort.best
    start = cohort.treated.set_index("USUBJID")["TRTSDT"].reindex(best["USUBJID"])
    first = response.first_progression(cohort.evidence.responses, start)
    none = pd.Series(pd.NA, index=best.index, dtype="Int64")
    parameters = {
        "PD": (first["PDFL"], first["PDDT"], first["SRCSEQ"], first["reason"]),
        "RSP": (best["ORRFL"], best["RSPDT"], none, best["reason"]),
        "BOR": (best["BOR"], best["BORDT"], best["BORSEQ"], best["reason"]),
        "CRSP": (best["CORRFL"], best["CRSPDT"], none, best["CBORREAS"]),
        "CBOR": (best["CBOR"], best["CBORDT"], best["CBORSEQ"], best["CBORREAS"]),
    }
    common = {"USUBJID": best["USUBJID"], "EVAL": reader_of(cohort.plan), "SRCDOM": "RS"}
    parts = [
        pd.DataFrame(
            {**common, "PARAMCD": code, "AVALC": level, "ADT": day, "SRCSEQ": seq.astype("Int64"), "reason": why}
        )
        for code, (level, day, seq, why) in parameters.items()
    ]
    return pd.concat(parts, ignore_index=True)
