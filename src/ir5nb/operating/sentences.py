"""What a protocol committee reads: the findings of a study in sentences, each with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from ir5nb.analyses.primary import offered
from ir5nb.operating.findings import Findings, labels
from ir5nb.operating.study import Scenario, Study
from ir5nb.plan import CohortPlan
from ir5nb.wording import decimal, percent

_CLEAR: Final = 2.0  # standard errors beyond which a difference is called one
_WINDOWS: Final = ("A3:7", "A3:28")


def sentences(study: Study, results: pd.DataFrame) -> list[str]:
    """Say in sentences what the study found about the error rates.

    Source: issue 8, "a page that a protocol committee could read".

    Parameters
    ----------
    study
        What was simulated.
    results
        `summary.summary` of it.
    """
    found, main = Findings.of(results), study.scenarios[0]
    lines = [
        _designed(study.plan),
        _planned(study, found, main),
        *_late(study.plan, found, main.name),
        *_from_inclusion(study.plan, found, main.name),
        *_windows(study, found),
    ]
    lines += [_conduct(study.plan, found, main, scenario) for scenario in study.scenarios[1:]]
    return [*lines, _spread(study.plan, found, main), _held(study.plan, found, main)]


def _designed(plan: CohortPlan) -> str:
    design = plan.design
    return (
        f"The design stops with {plan.r1} or fewer successes in {plan.n1} patients and declares activity with more "
        f"than {plan.r} in {plan.n}. If the status of every patient at {plan.landmark_days // 7} weeks were known "
        f"exactly, its type I error (true rate p0 = {decimal(plan.p0, 2)}) would be {percent(design.alpha)}% and its "
        f"power (p1 = {decimal(plan.p1, 2)}) {percent(design.power)}%."
    )


def _planned(study: Study, found: Findings, main: Scenario) -> str:
    plan = study.plan
    return (
        f"Analysed as planned, with {main.name}: type I error {found.told(main.name, plan.p0, 'default')}, power "
        f"{found.told(main.name, plan.p1, 'default')}. A true rate of {decimal(plan.p0, 2)} is read as "
        f"{percent(found.value(main.name, plan.p0, 'default', 'judged_success'))}% successes, one of "
        f"{decimal(plan.p1, 2)} as {percent(found.value(main.name, plan.p1, 'default', 'judged_success'))}%."
    )


def _windows(study: Study, found: Findings) -> list[str]:
    """Compare the 7-day and the 28-day window, where the endpoint has one."""
    plan, conduct = study.plan, study.scenarios[0].name
    known = {reading.id for reading in offered(plan)}
    ids = [next((name for name in (wanted, "default") if name in known), "") for wanted in _WINDOWS]
    if "A3:28" not in known and "A3:7" not in known:
        return []
    told = [[found.told(conduct, truth, name) for truth in (plan.p0, plan.p1)] for name in ids]
    differs = any(_differ(found, conduct, truth, ids) for truth in (plan.p0, plan.p1))
    verdict = (
        "The window matters." if differs
        else "The window hardly matters here: scans are planned every "
        f"{getattr(plan, 'imaging_weeks', 8)} weeks, so few fall between day 140 and day 161."
    )  # fmt: skip
    return [
        f"A window of 7 days before day {plan.landmark_days} gives a type I error of {told[0][0]} and a power of "
        f"{told[0][1]}; one of 28 days {told[1][0]} and {told[1][1]}. {verdict}"
    ]


def _late(plan: CohortPlan, found: Findings, conduct: str) -> list[str]:
    """Say what progressions first seen after the landmark do (A4), where the plan counts them as success."""
    if getattr(plan, "late_progression", "") != "success":
        return []
    shares = [
        [found.value(conduct, truth, name, "judged_success") for truth in (plan.p0, plan.p1)]
        for name in ("default", "A4:failure")
    ]
    added = [percent(planned - other) for planned, other in zip(*shares, strict=True)]
    return [
        f"Scans a few days after day {plan.landmark_days} show for the first time progressions that happened before "
        f"it. The plan counts a progression first seen after day {plan.landmark_days} as success (A4): this adds "
        f"{added[0]} points to the judged rate at p0 and {added[1]} at p1. Counted as failure: type I error "
        f"{found.told(conduct, plan.p0, 'A4:failure')}, power {found.told(conduct, plan.p1, 'A4:failure')}."
    ]


def _from_inclusion(plan: CohortPlan, found: Findings, conduct: str) -> list[str]:
    """Say why a landmark counted from inclusion (A2) does not fit scans planned from treatment start."""
    known = {reading.id for reading in offered(plan)}
    if "A2:inclusion" not in known or getattr(plan, "late_progression", "") != "success":
        return []
    return [
        f"Counted from inclusion (A2), day {plan.landmark_days} falls some days before the scan that is planned "
        f"{plan.landmark_days // 7} weeks after treatment start; what that scan shows comes late and counts as success "
        f"(A4): type I error {found.told(conduct, plan.p0, 'A2:inclusion')}."
    ]


def _differ(found: Findings, conduct: str, truth: float, ids: Sequence[str]) -> bool:
    first, second = (found.value(conduct, truth, name) for name in ids)
    error = max(found.value(conduct, truth, name, "declared_error") for name in ids)
    return abs(first - second) > _CLEAR * error


def _conduct(plan: CohortPlan, found: Findings, main: Scenario, other: Scenario) -> str:
    return (
        f"With {other.name} instead of {main.name}, analysed as planned: type I error "
        f"{found.told(other.name, plan.p0, 'default')}, power {found.told(other.name, plan.p1, 'default')}."
    )


def _spread(plan: CohortPlan, found: Findings, main: Scenario) -> str:
    """Name the readings with the largest and the smallest type I error."""
    words = labels(plan)
    errors = {name: found.value(main.name, plan.p0, name) for name in words}
    most, least = max(errors, key=errors.__getitem__), min(errors, key=errors.__getitem__)
    return (
        f"Of all readings the type I error is largest under “{words[most]}” ({found.told(main.name, plan.p0, most)}; "
        f"power {found.told(main.name, plan.p1, most)}) and smallest under “{words[least]}” "
        f"({found.told(main.name, plan.p0, least)}; power {found.told(main.name, plan.p1, least)})."
    )


def _held(plan: CohortPlan, found: Findings, main: Scenario) -> str:
    """Name the readings that keep the planned type I error within Monte-Carlo error."""
    words = labels(plan)
    kept = [
        label for name, label in words.items()
        if found.value(main.name, plan.p0, name) - _CLEAR * found.value(main.name, plan.p0, name, "declared_error")
        <= plan.alpha
    ]  # fmt: skip
    if len(kept) == len(words):
        return f"Every reading keeps the planned type I error of {percent(plan.alpha)}%, within Monte-Carlo error."
    if not kept:
        return f"No reading keeps the planned type I error of {percent(plan.alpha)}%."
    return (
        f"The planned type I error of {percent(plan.alpha)}% is kept, within Monte-Carlo error, by: {'; '.join(kept)}."
    )
