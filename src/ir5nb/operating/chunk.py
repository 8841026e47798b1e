"""One chunk of whole trials: drawn, written as tables, analysed by the functions of the real trial, counted.

A chunk is counted in whole numbers, so sums over chunks are the same in any order and on any number of workers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.analyses.evidence import Evidence, Known, judged, shared
from ir5nb.analyses.primary import Reading, offered
from ir5nb.derive import assays, recist, subjects
from ir5nb.operating.rule import CONTINUES, stage1_states
from ir5nb.plan import CohortPlan, HormonePlan
from ir5nb.simulate.batch import Tables, assay_tables, tumour_tables
from ir5nb.simulate.calendar import Calendar, calendar
from ir5nb.simulate.courses import courses
from ir5nb.simulate.fates import fates
from ir5nb.simulate.looks import Look
from ir5nb.simulate.world import World

Codes = npt.NDArray[np.int64]
FAILED, SUCCEEDED, EXCLUDED = range(3)
CHUNK: Final = 1000  # trials; fixed, so that a trial's patients depend on its number alone
NOT_REACHED: Final = -1
COUNTS: Final = ("reading", "x1", "m1", "first", "first_total", "x", "total")
SUMS: Final = ("trials", "days", "days_squared", "arriving")


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker is asked: so many trials of one chunk.

    Attributes
    ----------
    plan, world
        How trials are analysed, and what they are drawn from.
    seed, chunk, trials
        Seed of the simulation, number of the chunk, trials counted (the first of the chunk's).
    planned_only
        Whether the plan's own reading alone is counted.
    """

    plan: CohortPlan
    world: World
    seed: int
    chunk: int
    trials: int
    planned_only: bool = False

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings counted, the plan's own first."""
        known = offered(self.plan)
        return known[:1] if self.planned_only else known


def count(task: Task) -> list[list[int]]:
    """Count what the trials of a chunk came to under every reading.

    Source: issue 8; the interim analysis is the first n1 treated patients at their own data cut, the final one all
    patients at theirs. Only trials that some reading continues are followed to their end.

    Parameters
    ----------
    task
        Plan, world, seed and chunk.

    Returns
    -------
    list of list of int
        One row for each distinct course of a trial: `COUNTS` (place of the reading; successes and patients of the
        interim analysis; of stage 1 and in all at the final one, -1 where there was none), then `SUMS` (trials, the
        sum of their days from first inclusion to last data cut and of the squares, patients who would have arrived
        while stage 1 was read).

    Raises
    ------
    ValueError
        When a patient is still pending at a data cut: the cut falls too early for one of the readings.
    """
    made = calendar(task.world, task.seed, task.chunk, CHUNK)
    drawn = Drawn(task, made)
    chosen = np.arange(task.trials)
    first = drawn.statuses(Look(chosen, task.world.n1, made.interim[chosen]))
    x1, m1 = np.array([_successes(codes) for codes in first]), np.array([_counted(codes) for codes in first])
    goes_on = stage1_states(task.plan.design, task.plan.level)[x1, m1] == CONTINUES
    late = np.flatnonzero(goes_on.any(axis=0))
    rest = drawn.statuses(Look(late, task.world.n, made.final[late])) if len(late) else []
    rows: list[list[int]] = []
    for place in range(len(first)):
        table = np.full((task.trials, len(COUNTS)), NOT_REACHED, dtype=np.int64)
        table[:, 0], table[:, 1], table[:, 2] = place, x1[place], m1[place]
        here = np.flatnonzero(goes_on[place])
        if len(here):
            table[here, 3:] = _final(rest[place], task.plan.n1)[np.searchsorted(late, here)]
        days = np.where(goes_on[place], made.final[chosen], made.interim[chosen])
        rows += _summed(table, days, made.arriving[chosen])
    return rows


class Drawn:
    """A chunk's patients, and what they come to at any look.

    Source: issue 8.

    Parameters
    ----------
    task
        Plan, world, seed and chunk.
    made
        Calendar of the chunk.
    """

    def __init__(self, task: Task, made: Calendar) -> None:
        self._task, self._calendar = task, made
        draw: Any = courses if task.world.primary == "hcg" else fates
        self._patients: Any = draw(task.world, task.seed, task.chunk, CHUNK)

    def tables(self, look: Look) -> Tables:
        """Write the source tables of the trials looked at, as their data cuts show them.

        Source: `simulate.batch`.
        """
        write: Any = assay_tables if self._task.world.primary == "hcg" else tumour_tables
        made: Tables = write(self._task.world, self._calendar, self._patients, look)
        return made

    def statuses(self, look: Look) -> list[Codes]:
        """Give the statuses under every reading, (trials, patients) in order of treatment start.

        Source: `analyses.evidence`.
        """
        plan = self._task.plan
        evidence = evidence_of(self.tables(look), plan)
        start = self._calendar.start[np.ix_(look.trials, np.arange(look.patients))]
        order, known = np.argsort(start, axis=1, kind="stable"), shared(evidence, plan)
        return [
            np.take_along_axis(_codes(evidence, plan, reading, known).reshape(start.shape), order, axis=1)
            for reading in self._task.readings
        ]


def evidence_of(tables: Mapping[str, pd.DataFrame], plan: CohortPlan) -> Evidence:
    """Derive what the primary endpoint is judged on, as the analysis of the real trial does.

    Source: `analyses.cohort.derive`, less what the endpoint does not read (times, best response, measurements).

    Parameters
    ----------
    tables
        Tables of one or many trials, as a data cut shows them.
    plan
        Plan of the cohort; its cut-off is the day of every data cut.
    """
    hormone = isinstance(plan, HormonePlan)
    people = subjects.adsl(
        {domain: table for domain, table in tables.items() if domain in _OF_PEOPLE}, cohort=plan.cohort,
        column="ARMCD", values=tables["DM"]["ARMCD"].unique().tolist(), cutoff=plan.cutoff,
        assessed_by="hcg" if hormone else "tumour",
    )  # fmt: skip
    if hormone:
        return Evidence(people, _NO_RESPONSES, assays.series(people, tables["LB"], cutoff=plan.cutoff), tables)
    responses = recist.recorded(tables["RS"]) if plan.primary == "progression_free" else _NO_RESPONSES
    return Evidence(people, responses, _NO_RESPONSES, tables)


# Where the patients' milestones stand; last news in other tables decides no status of a cohort with scans or assays.
_OF_PEOPLE: Final = ("DM", "DS", "EX", "CM")
_NO_RESPONSES: Final = pd.DataFrame({"USUBJID": pd.Series(dtype=object)})


def _codes(evidence: Evidence, plan: CohortPlan, reading: Reading, known: Known) -> Codes:
    """Statuses of all patients in their order, those a reading leaves out as `EXCLUDED`."""
    found = judged(evidence, plan.model_copy(update=reading.changes), reading.id, known=known, explain=False)
    status = found["STATUS"].to_numpy(object)
    if (status == "PENDING").any():
        raise ValueError(f"reading {reading.id}: a patient is pending at the data cut; let it fall later (after_days)")
    succeeded: Codes = np.asarray(status == "SUCCESS", dtype=np.int64)
    if len(found) == len(evidence.treated):
        return succeeded
    codes: Codes = np.full(len(evidence.treated), EXCLUDED, dtype=np.int64)
    place = pd.Index(evidence.treated["USUBJID"]).get_indexer(pd.Index(found["USUBJID"]))
    codes[place] = succeeded
    return codes


def _successes(codes: Codes) -> Codes:
    return np.asarray((codes == SUCCEEDED).sum(axis=1))


def _counted(codes: Codes) -> Codes:
    return np.asarray((codes != EXCLUDED).sum(axis=1))


def _final(codes: Codes, n1: int) -> Codes:
    """Count stage 1 (the first n1 patients counted) and both stages at the final analysis."""
    place: Codes = np.cumsum(codes != EXCLUDED, axis=1)
    first = np.where(place <= n1, codes, EXCLUDED)
    return np.stack([_successes(first), _counted(first), _successes(codes), _counted(codes)], axis=1)


def _summed(table: Codes, days: Codes, arriving: Codes) -> list[list[int]]:
    """Sum over trials of the same course."""
    seen, which = np.unique(table, axis=0, return_inverse=True)
    sums: Codes = np.zeros((len(seen), len(SUMS)), dtype=np.int64)
    np.add.at(sums, which.ravel(), np.stack([np.ones_like(days), days, days**2, arriving], axis=1))
    rows: list[list[int]] = np.concatenate([seen, sums], axis=1).tolist()
    return rows
