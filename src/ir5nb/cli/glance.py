"""The index's entry of each report: who, how many, what is decided, from the results of the run alone."""

from __future__ import annotations

import pandas as pd

from ir5nb.analyses.safety import TOTAL
from ir5nb.cli.numbers import Numbers
from ir5nb.plan import CohortPlan, Plan
from ir5nb.render import index


def entry(stem: str, plan: Plan, numbers: Numbers) -> index.Report:
    """Give the index's entry of a report; what its results do not show is left out there too.

    Parameters
    ----------
    stem
        Name of the report.
    plan
        Its plan.
    numbers
        Its results, already masked in the share edition.
    """
    if not isinstance(plan, CohortPlan):
        return _safety(stem, plan, numbers.results)
    head = _values(numbers.results, "headline")
    total, pending = _whole(head, "total"), _whole(head, "pending")
    known = None if total is None else total - (pending or 0)
    people = _values(numbers.results, "analysis_sets", "count")
    return index.report(
        stem, plan.title, lang=plan.lang, decision=numbers.sentence, planned=plan.n,
        included=_whole(people, "included"), treated=_whole(people, "treated"),
        successes=_whole(head, "successes"), evaluable=known, pending=pending,
        estimate=head.get("estimate"), lower=head.get("lower"), upper=head.get("upper"), umvue=_umvue(numbers.results),
        assumed=bool(plan.assumed_in_primary), draft=numbers.draft,
    )  # fmt: skip


def _safety(stem: str, plan: Plan, results: pd.DataFrame) -> index.Report:
    """Give the entry of the pooled report: how many were treated, and had a severe or a serious event."""
    whole = results[results["cohort"].eq(TOTAL)]
    people, events = _values(whole, "ae_overview", "total"), _values(whole, "ae_overview", "count")
    return index.report(
        stem, plan.title, lang=plan.lang, treated=_whole(people, ""), severe=_whole(events, "severe"),
        serious=_whole(events, "serious"), assumed=bool(plan.assumed_in_safety),
    )  # fmt: skip


def _umvue(results: pd.DataFrame) -> bool:
    head = results[results["analysis"].eq("headline") & results["statistic"].eq("estimate")]
    return bool(head["method"].str.startswith("UMVUE").any())


def _values(results: pd.DataFrame, analysis: str, statistic: str | None = None) -> dict[str, float]:
    """Give the values of an analysis by statistic, or those of one statistic by what they count."""
    rows = results[results["analysis"].eq(analysis) & results["value"].notna()]
    if statistic is None:
        return dict(zip(rows["statistic"], rows["value"], strict=True))
    rows = rows[rows["statistic"].eq(statistic)]
    return dict(zip(rows["group"], rows["value"], strict=True))


def _whole(values: dict[str, float], name: str) -> int | None:
    return int(values[name]) if name in values else None
