"""The headline card: what was planned, what counts, what was seen, what is decided, how sure, what is missing."""

from __future__ import annotations

from typing import Final

from ir5nb.analyses.cohort import Cohort, unknown_failing
from ir5nb.analyses.planned import chances
from ir5nb.analyses.primary import point, readings
from ir5nb.analyses.rows import Rows
from ir5nb.plan import CohortPlan, HormonePlan, ProgressionPlan, TumourPlan
from ir5nb.schema import Analysis

_NOT_EVALUABLE: Final = ("not evaluable", "hCG already normal at baseline")
_ORIGIN: Final = {"treatment": "treatment start", "inclusion": "inclusion"}
_DAYS_PER_WEEK: Final = 7


def headline(cohort: Cohort) -> Analysis:
    """Give the numbers of the headline card and the decision in one sentence.

    Source: spec/report.md section 1; issue 5, "A reader who has only the page can answer". The note of `successes` says
    what a success is, the note of `not_evaluable` how such patients count, the note of `predictive_power` its prior.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    reached, plan = cohort.reached, cohort.plan
    estimate, lower, upper, method = point(reached, plan.level)
    rows = cohort.rows("headline").at(endpoint="primary")
    rows.at(note=success(plan)).add(successes=reached.successes)
    rows.add(total=reached.total, pending=reached.pending)
    rows.at(method=method).add(estimate=estimate, lower=lower, upper=upper)
    if reached.inference is not None:  # the estimate is not the share of successes: both are shown
        rows.at(method="successes / patients with known status").add(naive=reached.inference.naive)
        rows.at(method=reached.inference.method).add(p_value=reached.inference.p_value)
    _planned(rows, plan)
    _certainty(rows, cohort)
    _missing(rows, cohort)
    return Analysis("headline", cohort.status, rows.frame(), {}, reached.sentence)


def success(plan: CohortPlan) -> str:
    """Say in words what counts as a success (P1-P4).

    Parameters
    ----------
    plan
        Plan of a cohort.

    Examples
    --------
    >>> success(CohortPlan.load("c4_atc"))
    'alive on day 168 (week 24) after treatment start'
    """
    days = plan.landmark_days
    day = f"day {days}" + (f" (week {days // _DAYS_PER_WEEK})" if days % _DAYS_PER_WEEK == 0 else "")
    if isinstance(plan, HormonePlan):
        return f"hCG at or below the laboratory's upper limit by {day} after treatment start, while on study treatment"
    origin = plan.primary_origin if isinstance(plan, TumourPlan) else "treatment"
    when = f"on {day} after {_ORIGIN[origin]}"
    if not isinstance(plan, ProgressionPlan):
        return f"alive {when}"
    kinds = "clinical or radiological" if plan.clinical_progression else "radiological"
    return f"alive without {kinds} progression ({plan.criteria}) {when}"


def _planned(rows: Rows, plan: CohortPlan) -> None:
    """Give the design in its numbers, the errors exact; and the planned error or power that it does not keep."""
    alpha, power = plan.design.alpha, plan.design.power
    rows.add(p0=plan.p0, p1=plan.p1, r1=plan.r1, n1=plan.n1, r=plan.r, n=plan.n)
    rows.add(alpha_exact=alpha, power_exact=power)
    if alpha > plan.alpha:
        rows.add(alpha_missed=plan.alpha)
    if power < plan.power:
        rows.add(power_missed=plan.power)


def _certainty(rows: Rows, cohort: Cohort) -> None:
    """Give how many other readings end alike, and while the trial goes on its chance to end positive."""
    panel = readings(cohort).series["panel"]
    own = panel["DEFAULT"].astype(bool)
    others = panel.loc[~own & panel["SUCCESSES"].notna(), "DECISION"]
    same = int(others.eq(panel.loc[own, "DECISION"].iloc[0]).sum())
    rows.at(unit="count").add(readings=len(others), readings_same=same)
    ahead = chances(cohort).results
    for row in ahead[ahead["statistic"].eq("predictive_power")].to_dict("records"):
        rows.at(note=row["group"]).add(predictive_power=row["value"])


def _missing(rows: Rows, cohort: Cohort) -> None:
    """Count the patients who could not be judged, and those included but never treated."""
    plan = cohort.plan
    unknown = int(unknown_failing(cohort)["CATEGORY"].isin(_NOT_EVALUABLE).sum())
    rows.at(unit="patients", note=plan.not_evaluable).add(not_evaluable=unknown)
    rows.at(unit="patients").add(untreated=len(cohort.subjects) - len(cohort.treated))
