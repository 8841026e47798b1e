"""From counted trials to operating characteristics: probabilities, expected sizes, bias and coverage, with errors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.analyses.outcome import Outcome
from ir5nb.analyses.primary import offered
from ir5nb.analyses.rows import Rows
from ir5nb.operating.chunk import COUNTS, NOT_REACHED, SUMS
from ir5nb.operating.rule import final, interim
from ir5nb.plan import CohortPlan
from ir5nb.schema import DAYS_PER_MONTH
from ir5nb.stats.simon import SimonDesign

NOMINAL: Final = "nominal"

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Courses:
    """The distinct courses of the trials of one reading, how often each was seen, and what the design says of it."""

    counts: npt.NDArray[np.int64]
    sums: npt.NDArray[np.int64]
    outcomes: tuple[Outcome, ...]

    @property
    def trials(self) -> int:
        return int(self.sums[:, 0].sum())

    def share(self, *states: str) -> tuple[float, float]:
        """Share of trials in one of the states, with its standard error."""
        hit = np.array([reached.state in states for reached in self.outcomes])
        share = float(self.sums[hit, 0].sum()) / self.trials
        return share, math.sqrt(share * (1 - share) / self.trials)

    def mean(self, values: Reals) -> tuple[float, float]:
        """Mean over trials of a value of their course (NaN: not counted), with its standard error."""
        known = ~np.isnan(values)
        weight = self.sums[known, 0].astype(float)
        if not weight.sum():
            return math.nan, math.nan
        mean = float(weight @ values[known] / weight.sum())
        spread = float(weight @ (values[known] - mean) ** 2 / weight.sum())
        return mean, math.sqrt(spread / weight.sum())


def summary(plan: CohortPlan, cells: Mapping[tuple[str, float], list[list[int]]]) -> pd.DataFrame:
    """Give the operating characteristics of every reading at every truth of every scenario, nominal ones beside.

    Source: issue 8. Decisions, estimates and limits are those of `analyses.outcome` for each course that occurred.

    Parameters
    ----------
    plan
        Plan of the cohort.
    cells
        Counts by scenario and truth (`study.run`).

    Returns
    -------
    pandas.DataFrame
        Columns `schema.RESULTS`: endpoint is the scenario, group the true success probability, reading the reading
        (`NOMINAL`: Simon's exact values); statistics trials, stopped, declared, undecided, patients, months,
        judged_success, bias_umvue, bias_naive, coverage and arriving, each with `<name>_error`, its Monte-Carlo
        standard error.
    """
    rows = Rows(cohort=plan.cohort, analysis="operating", population="simulated trials")
    for (scenario, truth), counted in cells.items():
        here = rows.at(endpoint=scenario, group=f"{truth:g}")
        design = plan.design
        exact = here.at(reading=NOMINAL, method="exact (Simon 1989)")
        exact.add(stopped=design.pet(truth), declared=design.rejection_probability(truth), patients=design.en(truth))
        table = np.array(counted, dtype=np.int64)
        for place, reading in enumerate(offered(plan)):
            courses = _courses(table[table[:, 0] == place], design, plan.level)
            line = here.at(reading=reading.id, method=f"{courses.trials} simulated trials")
            line.add(trials=courses.trials)
            for name, (value, error) in _characteristics(courses, design, truth):
                line.add(**{name: value, f"{name}_error": error})
    return rows.frame()


def _courses(table: npt.NDArray[np.int64], design: SimonDesign, level: float) -> _Courses:
    """Join the chunks' counts of one reading, and decide each course."""
    size = len(COUNTS)
    seen, which = np.unique(table[:, :size], axis=0, return_inverse=True)
    sums: npt.NDArray[np.int64] = np.zeros((len(seen), len(SUMS)), dtype=np.int64)
    np.add.at(sums, which.ravel(), table[:, size:])
    return _Courses(seen, sums, tuple(_decided(design, level, row) for row in seen.tolist()))


def _decided(design: SimonDesign, level: float, row: list[int]) -> Outcome:
    _, x1, m1, first, first_total, successes, total = row
    if total == NOT_REACHED:
        return interim(design, x1, m1, level)
    return final(design, first, first_total, successes, total, level)


def _characteristics(courses: _Courses, design: SimonDesign, truth: float) -> Iterator[tuple[str, tuple[float, float]]]:
    """Give every statistic with its standard error."""
    stopped = courses.counts[:, 5] == NOT_REACHED
    yield "stopped", courses.mean(stopped.astype(float))
    yield "declared", courses.share("reject")
    yield "undecided", courses.share("open")
    yield "patients", courses.mean(np.where(stopped, design.n1, design.n).astype(float))
    yield "months", _moments(courses.sums)
    yield "judged_success", courses.mean(courses.counts[:, 1] / np.maximum(courses.counts[:, 2], 1))
    for name in ("umvue", "naive"):
        yield f"bias_{name}", courses.mean(_estimates(courses, name) - truth)
    covered = (_estimates(courses, "lower") <= truth) & (truth <= _estimates(courses, "upper"))
    yield "coverage", courses.mean(np.where(np.isnan(_estimates(courses, "lower")), np.nan, covered.astype(float)))
    yield "arriving", _ratio(courses.sums)


def _estimates(courses: _Courses, name: str) -> Reals:
    return np.array(
        [math.nan if reached.inference is None else getattr(reached.inference, name) for reached in courses.outcomes]
    )


def _moments(sums: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Mean months of the trials and its standard error, from whole sums of days."""
    trials, total, squared = (int(value) for value in sums[:, :3].sum(axis=0))
    mean = total / trials
    spread = max(squared / trials - mean**2, 0.0)
    return mean / DAYS_PER_MONTH, math.sqrt(spread / trials) / DAYS_PER_MONTH


def _ratio(sums: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Mean patients who would arrive while stage 1 is read; Poisson error."""
    trials, arriving = int(sums[:, 0].sum()), int(sums[:, 3].sum())
    return arriving / trials, math.sqrt(arriving) / trials
