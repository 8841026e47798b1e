"""The primary endpoint: counts by category, the decision, estimates that respect two stages, and every reading."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.evidence import shared
from ir5nb.analyses.evidence import status as status_of
from ir5nb.analyses.landmark import NO_DECISION, at_landmark
from ir5nb.analyses.once import once
from ir5nb.analyses.outcome import Outcome, outcome
from ir5nb.analyses.rows import Rows, exact_limits, share
from ir5nb.plan import CohortPlan, HormonePlan, ProgressionPlan
from ir5nb.schema import STATUSES, Analysis
from ir5nb.stats import binomial


def primary(cohort: Cohort) -> Analysis:
    """Give the estimates of the primary endpoint under the plan's reading, and the patients with their reasons.

    Source: P1-P4, R4; spec/statistics.md, "After the trial". While the trial goes on there is no test, only the
    observed rate with exact limits of the patients whose status is known, as description.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    rows = cohort.rows("primary")
    _estimates(rows, cohort.plan, cohort.reached)
    return Analysis("primary", cohort.status, rows.frame(), {}, cohort.reached.sentence)


def categories(cohort: Cohort) -> Analysis:
    """Count the treated patients by status and category of success and failure.

    Source: P1-P4; spec/endpoints.md, "Week-24 status".

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    rows, status = cohort.rows("categories"), cohort.status
    total = len(status)
    rows.add(total=total)
    for name in STATUSES:
        of_status = status[status["STATUS"].eq(name)]
        block = rows.at(endpoint=name)
        block.add(count=len(of_status), proportion=share(len(of_status), total))
        for category, count in of_status["CATEGORY"].value_counts().sort_index().items():
            block.at(group=str(category)).add(count=int(count), proportion=share(int(count), total))
    return Analysis("categories", status, rows.frame())


def decision(cohort: Cohort) -> Analysis:
    """Give both stages against their boundaries; the words of the decision stand beside the count it rests on.

    Source: R4.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    plan, reached, rows = cohort.plan, cohort.reached, cohort.rows("decision")
    first = rows.at(group="stage 1")
    first.add(planned=plan.n1, total=reached.first_total, pending=reached.first_pending, bound=plan.r1)
    passed = reached.first > plan.r1
    words = "continue to stage 2" if passed else "stop for futility" if reached.state == "stop" else "not decided"
    first.at(note=words).add(successes=reached.first)
    if reached.stage == 2:
        second = rows.at(group="stage 2")
        second.add(planned=plan.n, total=reached.total, pending=reached.pending, bound=plan.r)
        second.at(note=_VERDICT[reached.state]).add(successes=reached.successes)
    return Analysis("decision", cohort.status, rows.frame(), {}, reached.sentence)


def _outcome(plan: CohortPlan, status: pd.DataFrame, recruited: int) -> Outcome:
    interim = plan.analysis == "interim"
    return outcome(plan.design, status["STATUS"], interim=interim, level=plan.level, recruited=recruited)


def _estimates(rows: Rows, plan: CohortPlan, reached: Outcome) -> None:
    """Two-stage inference where the trial has ended, description before; exact limits as description always."""
    known = reached.total - reached.pending
    rows.add(successes=reached.successes, total=reached.total, pending=reached.pending)
    exact = exact_limits(reached.successes, known, plan.survival_level)
    described = rows.at(method=f"Clopper-Pearson, {plan.survival_level:.0%}, of {known} patients with known status")
    described.add(cp_lower=exact["lower"], cp_upper=exact["upper"])
    rows.at(method="successes / patients with known status").add(naive=share(reached.successes, known))
    if reached.inference is None:
        return
    found = reached.inference
    rows.at(method="UMVUE (Jung & Kim 2004)").add(umvue=found.umvue)
    rows.at(method="median-unbiased, mean of the two roots").add(median_unbiased=found.median_unbiased)
    rows.at(method="bias-adjusted (Whitehead 1986)").add(bias_adjusted=found.bias_adjusted)
    rows.at(method=found.method).add(p_value=found.p_value)
    rows.at(method=f"{found.method}, {plan.level:.0%}").add(lower=found.lower, upper=found.upper)
    one_sided = (1 + plan.level) / 2
    rows.at(method=f"one-sided {one_sided:.0%}: the lower limit of the same interval").add(lower_bound=found.lower)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the primary endpoint: its id, what it says, and the plan's entries it changes."""

    id: str
    label: str
    changes: dict[str, object]


def offered(plan: CohortPlan) -> tuple[Reading, ...]:
    """List the readings that the requirements offer for the plan's endpoint, the plan's own first.

    Source: requirements.md, "Where the record contradicts itself or is silent": A2-A6 for tumours, A2 and A5 for
    survival, A5, A11, A12 and A14 for hCG (A9 and A10 read resistance, not the primary endpoint).

    Parameters
    ----------
    plan
        Plan of a cohort.
    """
    if isinstance(plan, HormonePlan):
        alternatives: tuple[Reading, ...] = _UNKNOWN + _HORMONE
    elif isinstance(plan, ProgressionPlan):
        alternatives = _ORIGIN + _EVIDENCE + _UNKNOWN + _THERAPY
    else:
        alternatives = _ORIGIN + _UNKNOWN
    own = Reading("default", "as planned", {})
    return (own, *(reading for reading in alternatives if not _is_own(plan, reading)))


_ORIGIN = (
    Reading("A2:inclusion", "24 weeks counted from inclusion", {"primary_origin": "inclusion"}),
    Reading("A2:treatment", "24 weeks counted from treatment start", {"primary_origin": "treatment"}),
)
_EVIDENCE = (
    Reading("A3:7", "scan within 7 days before day 168 suffices", {"evidence": "window", "window_days": 7}),
    Reading("A3:14", "scan within 14 days before day 168 suffices", {"evidence": "window", "window_days": 14}),
    Reading("A3:28", "scan within 28 days before day 168 suffices", {"evidence": "window", "window_days": 28}),
    Reading("A3:after", "scan on or after day 168 only", {"evidence": "after"}),
    Reading("A4:success", "progression first seen after day 168: success", {"late_progression": "success"}),
    Reading("A4:failure", "progression first seen after day 168: failure", {"late_progression": "failure"}),
)
_UNKNOWN = (
    Reading("A5:failure", "not evaluable: failure (worst case)", {"not_evaluable": "failure"}),
    Reading("A5:excluded", "not evaluable: left out", {"not_evaluable": "excluded"}),
    Reading("A5:success", "not evaluable: success (best case)", {"not_evaluable": "success"}),
)
_THERAPY = (
    Reading("A6:failure", "new therapy before day 168: failure", {"new_therapy": "failure"}),
    Reading("A6:success", "new therapy before day 168: success if no progression", {"new_therapy": "success"}),
    Reading("A6:censored", "new therapy before day 168: left out", {"new_therapy": "censored"}),
)
_HORMONE = (
    Reading("A11:1", "first normal value suffices", {"normal_values": 1}),
    Reading("A11:3", "three consecutive weekly normal values", {"normal_values": 3}),
    Reading("A11:4", "four consecutive weekly normal values", {"normal_values": 4}),
    Reading("A12:recorded", "until the recorded end of treatment", {"on_treatment": "recorded"}),
    Reading("A12:last_dose", "until the last dose", {"on_treatment": "last_dose"}),
    Reading("A12:whole", "the whole 24 weeks", {"on_treatment": "whole"}),
)


def _is_own(plan: CohortPlan, reading: Reading) -> bool:
    return all(getattr(plan, key) == value for key, value in reading.changes.items())


def under_every_reading(cohort: Cohort) -> pd.DataFrame:
    """Give the status of each treated patient under every reading, the plan's own first (columns ADWK24 and more).

    Source: requirements.md A2-A6, A11, A12; nothing is estimated.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    return _every_status(cohort).copy()


@once
def _every_status(cohort: Cohort) -> pd.DataFrame:
    plan, known = cohort.plan, shared(cohort.evidence, cohort.plan)  # no reading changes what can decide a patient
    others = [
        status_of(cohort.evidence, plan.model_copy(update=reading.changes), reading.id, known=known)
        for reading in offered(plan)
        if reading.changes
    ]
    return pd.concat([cohort.status, *others], ignore_index=True)


def readings(cohort: Cohort) -> Analysis:
    """Give the primary result under every reading; patients: the status of each under each.

    Source: requirements.md A2-A6; spec/report.md, "readings panel". Series `panel` draws it. The estimate is the
    UMVUE with the stage-wise interval where the trial has ended under that reading, else the observed rate with
    exact limits at the same level. The interval-censored estimate (A4) and the Kaplan-Meier landmark (A5) count no
    successes, so Simon's rule decides nothing on them.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    found = _readings(cohort)
    series = {name: frame.copy() for name, frame in found.series.items()}
    return Analysis(found.name, found.patients.copy(), found.results.copy(), series)


@once
def _readings(cohort: Cohort) -> Analysis:
    panel: list[tuple[object, ...]] = []
    patients, rows = under_every_reading(cohort), cohort.rows("readings")
    by_reading = dict(list(patients.groupby("READING", sort=False)))
    for reading in offered(cohort.plan):
        plan = cohort.plan.model_copy(update=reading.changes)
        reached = _outcome(plan, by_reading.get(reading.id, patients.iloc[:0]), len(cohort.treated))
        estimate, lower, upper, method = point(reached, plan.level)
        line = rows.at(reading=reading.id, endpoint="primary")
        line.add(successes=reached.successes, total=reached.total, pending=reached.pending)
        line.at(method=method).add(estimate=estimate, lower=lower, upper=upper)
        panel.append(
            (reading.id, reading.label, reached.successes, reached.total, reached.pending, estimate, lower, upper,
             method, _told(reached), reading.id == "default")
        )  # fmt: skip
    for found in at_landmark(cohort):
        line = rows.at(reading=found.id, endpoint="primary").add(total=found.total).at(method=found.method)
        line.add(estimate=found.rate, lower=found.lower, upper=found.upper)
        panel.append(
            (found.id, found.label, None, None, None, found.rate, found.lower, found.upper, found.method, NO_DECISION,
             False)
        )  # fmt: skip
    drawn = pd.DataFrame(panel, columns=list(PANEL)).sort_values(
        "READING", key=_place, kind="stable", ignore_index=True
    )
    whole = drawn.astype(dict.fromkeys(("SUCCESSES", "N", "PENDING"), "Int64"))
    return Analysis("readings", patients, rows.frame(), {"panel": whole})


def _place(readings: pd.Series) -> pd.Series:
    """Order readings by the requirement they answer, the plan's own first."""
    return readings.str.extract(r"^A(\d+):", expand=False).fillna("0").astype(int)


PANEL = (
    "READING", "LABEL", "SUCCESSES", "N", "PENDING", "ESTIMATE", "LOWER", "UPPER", "METHOD", "DECISION", "DEFAULT",
)  # fmt: skip


def _told(reached: Outcome) -> str:
    """Say what is decided; a stage 1 that was passed is told apart from one that can still go either way."""
    return "stage 1 passed, not decided" if (reached.state, reached.stage) == ("open", 2) else _VERDICT[reached.state]


_VERDICT = {
    "open": "not decided",
    "stop": "stop for futility",
    "continue": "continue to stage 2",
    "reject": "activity declared",
    "do not reject": "activity not shown",
}


def point(reached: Outcome, level: float) -> tuple[float | None, float | None, float | None, str]:
    """Give the estimate with its limits and method: UMVUE where the trial has ended, else the observed rate.

    Source: spec/statistics.md, "After the trial".

    Parameters
    ----------
    reached
        Where the cohort stands.
    level
        Two-sided confidence level.
    """
    if reached.inference is not None:
        found = reached.inference
        return found.umvue, found.lower, found.upper, f"UMVUE; {found.method}, {level:.0%}"
    known = reached.total - reached.pending
    if not known:
        return None, None, None, "no patient with known status"
    exact = binomial.interval(reached.successes, known, level, "clopper-pearson")
    return exact.estimate, exact.lower, exact.upper, f"observed rate; Clopper-Pearson, {level:.0%}"
