"""What leaves the package as data: every result of a cohort in one table, and the derived tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.patients import accrual, baseline, disposition, exposed, sets
from ir5nb.analyses.planned import design, path
from ir5nb.analyses.primary import categories, decision, headline, primary, readings
from ir5nb.analyses.time_to_event import censoring, time_to_event
from ir5nb.analyses.tumour_response import agreement, best_response, course
from ir5nb.schema import ADRS, ADSL, ADTTE, ADWK24, RESULT_KEY

_SINGLE = (
    headline, design, path, sets, accrual, disposition, baseline, exposed, categories, decision, primary, readings,
    best_response, course, agreement, censoring,
)  # fmt: skip


def results(cohort: Cohort) -> pd.DataFrame:
    """Give every number of a cohort's report, one row each (columns `schema.RESULTS`).

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    analyses = [analysis(cohort) for analysis in _SINGLE]
    analyses += [time_to_event(cohort, endpoint) for endpoint in ("PFS", "OS", "DOR", "FUP")]
    return joined([analysis.results for analysis in analyses])


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put results together; a key that occurs twice is refused.

    Raises
    ------
    ValueError
        When two rows have the same key.
    """
    table = pd.concat(parts, ignore_index=True)
    doubled = table[table.duplicated(list(RESULT_KEY), keep=False)]
    if len(doubled):
        raise ValueError(f"two results have the same key:\n{doubled.head(4).to_string()}")
    return table


def derived_tables(cohort: Cohort) -> dict[str, pd.DataFrame]:
    """Give adsl, adrs, adtte and adwk24 (columns in `schema`); an empty table keeps its columns.

    Source: spec/endpoints.md, "Derived tables".

    Parameters
    ----------
    cohort
        Derived cohort; adwk24 holds every reading.
    """
    status = readings(cohort).patients
    return {
        "adsl": cohort.subjects[list(ADSL)],
        "adrs": _adrs(cohort),
        "adtte": cohort.times[list(ADTTE)],
        "adwk24": status[list(ADWK24)],
    }


def _adrs(cohort: Cohort) -> pd.DataFrame:
    """Overall and target responses by visit and evaluator, then best response and first dates per patient."""
    overall = pd.concat(cohort.responses.values(), ignore_index=True)
    visits = overall.assign(PARAMCD="OVRLRESP", AVISIT=overall["VISIT"], AVISITN=overall["VISITNUM"])
    measured = cohort.targets.assign(EVAL="DERIVED", PARAMCD="TRGRESP", AVALC=cohort.targets["TRGRESP"])
    targets = measured.assign(AVISIT=measured["VISIT"], AVISITN=measured["VISITNUM"])
    kinds: dict[str, Any] = {"SRCSEQ": "Int64", "SUMDIAM": float, "NADIR": float, "AVISITN": float}
    parts = [part.reindex(columns=list(ADRS)).astype(kinds) for part in (visits, targets, _per_patient(cohort))]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _per_patient(cohort: Cohort) -> pd.DataFrame:
    """BOR CBOR and the dates of response and progression, one row per treated patient and parameter."""
    best = cohort.best
    none = pd.Series(pd.NA, index=best.index, dtype="Int64")
    parameters = {
        "BOR": (best["BOR"], best["BORDT"], best["BORSEQ"], best["reason"]),
        "CBOR": (best["CBOR"], best["CBORDT"], best["CBORSEQ"], best["CBORREAS"]),
        "RSP": (_yes(best["RSPDT"]), best["RSPDT"], none, best["reason"]),
        "CRSP": (_yes(best["CRSPDT"]), best["CRSPDT"], none, best["CBORREAS"]),
    }
    common = {"USUBJID": best["USUBJID"], "EVAL": cohort.plan.reader, "SRCDOM": "RS"}
    parts = [
        pd.DataFrame(
            {**common, "PARAMCD": code, "AVALC": level, "ADT": day, "SRCSEQ": seq.astype("Int64"), "reason": why}
        )
        for code, (level, day, seq, why) in parameters.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _yes(day: pd.Series) -> pd.Series:
    return day.notna().map({True: "Y", False: "N"})
