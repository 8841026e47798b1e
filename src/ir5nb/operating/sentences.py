"""What a protocol committee reads: the findings of a study in sentences, each with its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from ir5nb.analyses.primary import offered
from ir5nb.operating.study import Scenario, Study
from ir5nb.operating.summary import NOMINAL
from ir5nb.plan import CohortPlan
from ir5nb.wording import decimal, percent

_CLEAR: Final = 2.0  # standard errors beyond which a difference is called one
_WINDOWS: Final = ("A3:7", "A3:28")


@dataclass(frozen=True, slots=True)
class Findings:
    """Results looked up by conduct, truth, reading and statistic.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"endpoint": "c", "group": "0.4", "reading": "default",
    ...                                     "statistic": "declared", "value": 0.05}
    >>> Findings.of(pd.DataFrame([row])).value("c", 0.4, "default")
    0.05
    """

    values: Mapping[tuple[str, str, str, str], float]

    @classmethod
    def of(cls, results: pd.DataFrame) -> Findings:
        """Index the rows of a results frame.

        Source: `summary.summary`.
        """
        keys = zip(*(results[name] for name in ("endpoint", "group", "reading", "statistic")), strict=True)
        return cls(dict(zip(keys, results["value"].astype(float), strict=True)))

    def value(self, conduct: str, truth: float, reading: str, statistic: str = "declared") -> float:
        """Give one number.

        Source: `summary.summary`.
        """
        return self.values[conduct, f"{truth:g}", reading, statistic]

    def told(self, conduct: str, truth: float, reading: str) -> str:
        """Write the chance to declare activity with its standard error, in percent.

        Source: issue 8 (Monte-Carlo errors stated).
        """
        error = self.value(conduct, truth, reading, "declared_error")
        return f"{percent(self.value(conduct, truth, reading))} % (± {percent(error)})"


def labels(plan: CohortPlan) -> dict[str, str]:
    """Give the words of every reading of a plan, by id.

    Parameters
    ----------
    plan
        Plan of a cohort.
    """
    return {
        reading.id: "as planned" if reading.id == "default" else f"{reading.id}: {reading.label}"
        for reading in offered(plan)
    }


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
    lines += [line for scenario in study.scenarios[1:] for line in _conduct(study.plan, found, main, scenario)]
    return [*lines, _spread(study.plan, found, main), _held(study.plan, found, main)]


def _designed(plan: CohortPlan) -> str:
    design = plan.design
    return (
        f"The design stops with {plan.r1} or fewer successes in {plan.n1} patients and declares activity with more "
        f"than {plan.r} in {plan.n}. If the status of every patient at {plan.landmark_days // 7} weeks were known "
        f"exactly, its type I error (true rate p0 = {decimal(plan.p0, 2)}) would be {percent(design.alpha)} % and its "
        f"power (p1 = {decimal(plan.p1, 2)}) {percent(design.power)} %."
    )


def _planned(study: Study, found: Findings, main: Scenario) -> str:
    plan = study.plan
    return (
        f"Analysed as planned, with {main.name}: type I error {found.told(main.name, plan.p0, 'default')}, power "
        f"{found.told(main.name, plan.p1, 'default')}. A true rate of {decimal(plan.p0, 2)} is read as "
        f"{percent(found.value(main.name, plan.p0, 'default', 'judged_success'))} % successes, one of "
        f"{decimal(plan.p1, 2)} as {percent(found.value(main.name, plan.p1, 'default', 'judged_success'))} %."
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


def _conduct(plan: CohortPlan, found: Findings, main: Scenario, other: Scenario) -> list[str]:
    return [
        f"With {other.name} instead of {main.name}, analysed as planned: type I error "
        f"{found.told(other.name, plan.p0, 'default')}, power {found.told(other.name, plan.p1, 'default')}."
    ]


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
        return f"Every reading keeps the planned type I error of {percent(plan.alpha)} %, within Monte-Carlo error."
    if not kept:
        return f"No reading keeps the planned type I error of {percent(plan.alpha)} %."
    return (
        f"The planned type I error of {percent(plan.alpha)} % is kept, within Monte-Carlo error, by: {'; '.join(kept)}."
    )


def curves(study: Study, results: pd.DataFrame) -> pd.DataFrame:
    """Give the lines to draw: LINE RATE CHANCE ERROR; readings within a standard error share one line.

    Parameters
    ----------
    study, results
        As in `sentences`.
    """
    found, main = Findings.of(results), study.scenarios[0]
    words = labels(study.plan)
    groups: list[list[str]] = []
    for name in words:
        alike = [names for names in groups if _agree(found, main, names[0], name)]
        if alike:
            alike[0].append(name)
        else:
            groups.append([name])
    rows = [
        {"LINE": "exact, nothing goes wrong", "RATE": truth, "CHANCE": found.value(main.name, truth, NOMINAL),
         "ERROR": None}
        for truth in main.truths
    ]  # fmt: skip
    for names in groups:
        line = words[names[0]] + (f" (also {', '.join(names[1:])})" if names[1:] else "")
        rows += [
            {"LINE": line, "RATE": truth, "CHANCE": found.value(main.name, truth, names[0]),
             "ERROR": found.value(main.name, truth, names[0], "declared_error")}
            for truth in main.truths
        ]  # fmt: skip
    return pd.DataFrame(rows)


def _agree(found: Findings, main: Scenario, first: str, second: str) -> bool:
    """Whether two readings differ by less than a standard error at every truth: one line then shows both."""
    return all(
        abs(found.value(main.name, truth, first) - found.value(main.name, truth, second))
        <= found.value(main.name, truth, first, "declared_error")
        for truth in main.truths
    )


def dots(study: Study, results: pd.DataFrame, truth: float) -> pd.DataFrame:
    """Give the points to draw at one truth: LABEL CONDUCT CHANCE ERROR.

    Parameters
    ----------
    study, results
        As in `sentences`.
    truth
        p0 or p1.
    """
    found = Findings.of(results)
    return pd.DataFrame(
        [
            {
                "LABEL": label, "CONDUCT": scenario.name, "CHANCE": found.value(scenario.name, truth, name),
                "ERROR": found.value(scenario.name, truth, name, "declared_error"),
            }
            for name, label in labels(study.plan).items()
            for scenario in study.scenarios
        ]
    )  # fmt: skip
