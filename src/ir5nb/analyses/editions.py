"""What each edition of a report may show: the full one everything, the share edition no row of a patient (S6).

Every analysis that a notebook calls passes through here. In the share edition its numbers are masked by one set of keys
found over the whole report, so that no two tables together give a small count away; listings are emptied, and what
charts draw is limited to what may be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd

from ir5nb.analyses import cohort as cohorts
from ir5nb.analyses import imputation, output, safety, safety_outcomes, trace
from ir5nb.analyses.cohort import Cohort, Members, SourceTables
from ir5nb.analyses.masking import DECIDING, masked
from ir5nb.analyses.once import once
from ir5nb.analyses.safety import Safety
from ir5nb.analyses.share import anonymous, listed, shared, starred, together
from ir5nb.analyses.share_series import drawn
from ir5nb.plan import CohortPlan, SafetyPlan
from ir5nb.schema import RESULT_KEY, Analysis

Keys = frozenset[tuple[str, ...]]


def derive(trial: SourceTables, plan: CohortPlan) -> Cohort:
    """Derive the tables of one cohort (`cohort.derive`); in the share edition the patients have new numbers.

    Parameters
    ----------
    trial
        Source tables, already cut at `plan.cutoff`.
    plan
        Members, readings, the numbers of the rules, and the edition.
    """
    found = cohorts.derive(trial, plan)
    renamed: Cohort = anonymous(found, plan.cohort) if plan.edition == "share" else found
    return renamed


def pooled(trial: SourceTables, plan: SafetyPlan) -> Safety:
    """Find the members of the cohorts that the pooled plan names and gather their safety data, in the plan's edition.

    No endpoint is derived: safety reads none. One cohort alone is derived whole, as its safety tables are masked
    together with the rest of its report.

    Parameters
    ----------
    trial
        Source tables, cut at the plan's date.
    plan
        The cohorts' plans, what counts, and the edition.
    """
    edition = {"edition": plan.edition, "mask_below": plan.mask_below}
    plans = [each.model_copy(update=edition) for each in plan.cohort_plans]
    parts = [derive(trial, plans[0])] if len(plans) == 1 else [_members(trial, each) for each in plans]
    return safety.gather(parts, terms=plan.aesi, months=plan.ae_months)


def _members(trial: SourceTables, plan: CohortPlan) -> Members:
    """Find the members of a cohort; in the share edition they have the same new numbers as in its own report."""
    found = cohorts.members(trial, plan)
    renamed: Members = anonymous(found, plan.cohort) if plan.edition == "share" else found
    return renamed


def results(cohort: Cohort) -> pd.DataFrame:
    """Give every number of a cohort's report (`output.results`), masked in the share edition.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    return starred(*_judged(cohort)) if cohort.plan.edition == "share" else output.results(cohort)


def safety_results(found: Safety) -> pd.DataFrame:
    """Give every number of the safety tables (`output.safety_results`), masked in the share edition.

    Parameters
    ----------
    found
        Gathered frames.
    """
    if found.below is None or found.alone is not None:
        numbers = output.safety_results(found)
        return numbers if found.below is None else shared(numbers, found.below)
    return starred(*_judged(found))


def derived_tables(cohort: Cohort) -> dict[str, pd.DataFrame]:
    """Give the derived tables (`output.derived_tables`); the share edition has none.

    Raises
    ------
    ValueError
        In the share edition: they hold one row per patient.
    """
    if cohort.plan.edition == "share":
        raise ValueError("the share edition has no derived tables: they hold one row per patient")
    return output.derived_tables(cohort)


def queries(cohort: Cohort, problems: Sequence[trace.Query]) -> pd.DataFrame:
    """List the queries about the cohort (`trace.queries`); none in the share edition."""
    found = trace.queries(cohort, problems)
    return listed(found) if cohort.plan.edition == "share" else found


def pending(cohort: Cohort) -> pd.DataFrame:
    """List the pending patients (`trace.pending`); none in the share edition."""
    found = trace.pending(cohort)
    return listed(found) if cohort.plan.edition == "share" else found


def imputed(cohort: Cohort) -> pd.DataFrame:
    """List the imputed dates of the cohort (`imputation.imputed`); none in the share edition."""
    found = imputation.imputed(cohort)
    return listed(found) if cohort.plan.edition == "share" else found


def imputed_onsets(found: Safety) -> pd.DataFrame:
    """List the imputed onsets of adverse events (`imputation.onsets`); none in the share edition."""
    rows = imputation.onsets(found.events)
    return rows if found.below is None else listed(rows)


def corrections(cohort: Cohort, amended: Sequence[trace.Amended]) -> pd.DataFrame:
    """List the corrections applied to the source (`trace.corrections`); none in the share edition."""
    found = trace.corrections(cohort, amended)
    return listed(found) if cohort.plan.edition == "share" else found


def late(found: Safety) -> pd.DataFrame:
    """List the late events (`safety.late`); none in the share edition."""
    rows = safety.late(found)
    return rows if found.below is None else listed(rows)


def serious(found: Safety) -> pd.DataFrame:
    """List the serious events (`safety_outcomes.serious`); none in the share edition."""
    rows = safety_outcomes.serious(found)
    return rows if found.below is None else listed(rows)


Data = TypeVar("Data", Cohort, Safety)
Given = ParamSpec("Given")


def of_edition(
    analysis: Callable[Concatenate[Data, Given], Analysis],
) -> Callable[Concatenate[Data, Given], Analysis]:
    """Give an analysis that shows in the share edition only what may be shared.

    Parameters
    ----------
    analysis
        Function of a derived cohort or of gathered safety frames.
    """

    def limited(data: Data, /, *args: Given.args, **kwargs: Given.kwargs) -> Analysis:
        found = analysis(data, *args, **kwargs)
        below = _below(data)
        return found if below is None else _limited(found, _keys(data), below)

    update_wrapper(limited, analysis)
    return limited


def _limited(found: Analysis, keys: Keys, below: int) -> Analysis:
    """Mask the numbers of an analysis, empty its rows of patients and limit what it draws."""
    numbers = together(found.results)
    hidden = (
        numbers[list(RESULT_KEY)].astype(str).agg(tuple, axis=1).isin(keys) if len(numbers) else numbers["value"] > 0
    )
    results = starred(numbers, hidden)
    sentence = found.headline if found.name in DECIDING else ""
    return Analysis(found.name, listed(found.patients), results, drawn(found, results, below), sentence)


def _below(data: Cohort | Safety) -> int | None:
    """Give the count below which patients are masked, None in the full edition."""
    if isinstance(data, Safety):
        return data.below
    return data.plan.mask_below if data.plan.edition == "share" else None


@once
def _keys(data: Cohort | Safety) -> Keys:
    """Give the keys that are masked in the whole report of a cohort or of a pooled safety report."""
    if isinstance(data, Safety) and data.alone is not None:
        return _keys(data.alone)
    whole, hidden = _judged(data)
    return frozenset(map(tuple, whole.loc[hidden, list(RESULT_KEY)].astype(str).to_numpy()))


@once
def _judged(data: Cohort | Safety) -> tuple[pd.DataFrame, pd.Series]:
    """Give every number of a report, its centres put together, and which of them are masked."""
    whole = together(output.safety_results(data) if isinstance(data, Safety) else output.results(data))
    return whole, masked(whole, _below(data) or 0)
