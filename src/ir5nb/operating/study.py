"""A study of operating characteristics: which truths and conducts, how many trials, in which chunks, done by whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ir5nb import workers
from ir5nb.analyses.primary import offered
from ir5nb.operating.chunk import CHUNK, Task, count
from ir5nb.operating.parts import Parts
from ir5nb.plan import CohortPlan, ProgressionPlan, TumourPlan
from ir5nb.schema import DAYS_PER_MONTH
from ir5nb.simulate import days
from ir5nb.simulate.world import Conduct, World, world

_ROOMS: Final = ("analyses", "derive", "operating", "simulate", "stats")  # a chunk's numbers depend on their code
_DECIDES_AT: Final = ("p0", "p1")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A conduct under a name; `truths` are the success probabilities at which it is simulated."""

    name: str
    conduct: Conduct
    truths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that decides the numbers of a study.

    Attributes
    ----------
    plan
        How trials are analysed.
    scenarios
        Conducts by name, the planned one first.
    trials
        Trials at each truth of each scenario.
    seed
        Seed of all random streams.
    shape, cured
        Of the time to progression, instead of the cohort's; None: the cohort's.

    Raises
    ------
    ValueError
        When there is nothing to simulate, or two scenarios share a name.
    """

    plan: CohortPlan
    scenarios: tuple[Scenario, ...]
    trials: int
    seed: int = 1
    shape: float | None = None
    cured: float | None = None

    def __post_init__(self) -> None:
        if self.trials < 1 or not self.scenarios or self.seed < 0:
            raise ValueError("a study needs at least one trial, one scenario and a seed from 0")
        names = [scenario.name for scenario in self.scenarios]
        if len(set(names)) < len(names) or not all(scenario.truths for scenario in self.scenarios):
            raise ValueError("every scenario needs a name of its own and a truth")

    @property
    def cells(self) -> tuple[tuple[Scenario, float], ...]:
        """Every truth of every scenario."""
        return tuple((scenario, truth) for scenario in self.scenarios for truth in scenario.truths)

    def world(self, scenario: Scenario, truth: float) -> World:
        """Build what the trials of a cell are drawn from.

        Source: R5 (36 months of accrual), A3 (the data cut waits for the widest window among the readings).
        """
        plan = self.plan
        windows = [plan.model_copy(update=reading.changes).window_days for reading in offered(plan)]
        return world(
            plan.cohort, plan.primary, truth=truth, n1=plan.n1, n=plan.n, conduct=scenario.conduct,
            cut=days.number(plan.cutoff.isoformat()), landmark_days=plan.landmark_days, after_days=max(windows),
            imaging_days=plan.imaging_weeks * 7 if isinstance(plan, TumourPlan) else 56,
            accrual_days=plan.accrual_months * DAYS_PER_MONTH, shape=self.shape, cured=self.cured,
            clinical=isinstance(plan, ProgressionPlan) and plan.clinical_progression,
        )  # fmt: skip


def tasks(study: Study) -> list[tuple[str, Task]]:
    """List the chunks of a study, each with the digest of everything its numbers depend on.

    Source: issue 8 (chunks of a fixed size: results depend neither on workers nor on the number of trials).

    Parameters
    ----------
    study
        What is simulated.
    """
    listed = []
    for scenario, truth in study.cells:
        made = study.world(scenario, truth)
        for chunk, first in enumerate(range(0, study.trials, CHUNK)):
            task = Task(study.plan, made, study.seed, chunk, min(CHUNK, study.trials - first))
            listed.append((_digest(task), task))
    return listed


def _digest(task: Task) -> str:
    """Digest settings, code and the versions of the libraries that draw and analyse."""
    told = {
        "plan": task.plan.digest, "world": asdict(task.world), "seed": task.seed, "chunk": task.chunk,
        "trials": task.trials, "size": CHUNK, "code": code_digest(), "numpy": np.__version__, "pandas": pd.__version__,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Digest the modules whose code decides a chunk's numbers.

    Source: issue 8 (resumable: a chunk is taken over only where it would come out the same).

    Examples
    --------
    >>> len(code_digest())
    64
    """
    package = Path(__file__).parents[1]
    files = sorted(file for room in _ROOMS for file in (package / room).rglob("*.py"))
    told = hashlib.sha256()
    for file in files:
        told.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return told.hexdigest()


def counted(task: Task) -> tuple[str, list[list[int]]]:
    """Count a chunk where this runs, and say by which code.

    Parameters
    ----------
    task
        As in `chunk.count`.
    """
    return code_digest(), count(task)


def run(
    study: Study, folder: Path, *, jobs: int = 1, scheduler: str | None = None, report: Callable[[int, int], None]
) -> dict[tuple[str, float], list[list[int]]]:
    """Do the chunks that are not done yet and give the counts of every cell.

    Source: issue 8 (resumable, joblib or Dask, bounded memory). Each finished chunk is kept at once, so that a run
    that was ended goes on from there.

    Parameters
    ----------
    study
        What is simulated.
    folder
        Where finished chunks are kept.
    jobs, scheduler
        As in `workers.each`.
    report
        Told how many chunks are done, and of how many.

    Returns
    -------
    dict
        Rows of `chunk.COUNTS` and `chunk.SUMS` by scenario and truth.

    Raises
    ------
    workers.WorkersError
        When a worker runs other code than this process.
    """
    listed, parts = tasks(study), Parts(folder / "parts.jsonl")
    missing = [(digest, task) for digest, task in listed if digest not in parts.done]
    report(len(listed) - len(missing), len(listed))
    work = workers.each(counted, (task for _, task in missing), jobs=jobs, scheduler=scheduler)
    for number, (place, (code, rows)) in enumerate(work, 1):
        if code != code_digest():
            raise workers.WorkersError("A worker runs another version of ir5nb. Install the same on every machine.")
        parts.keep(missing[place][0], rows)
        report(len(listed) - len(missing) + number, len(listed))
    return dict(_by_cell(study, listed, parts))


def _by_cell(
    study: Study, listed: list[tuple[str, Task]], parts: Parts
) -> Iterator[tuple[tuple[str, float], list[list[int]]]]:
    """Join the chunks of each cell."""
    each = len(listed) // len(study.cells)
    for place, (scenario, truth) in enumerate(study.cells):
        chunks = listed[place * each : (place + 1) * each]
        yield (scenario.name, truth), [row for digest, _ in chunks for row in parts.done[digest]]


def decisive(plan: CohortPlan) -> tuple[float, ...]:
    """Give the truths at which error rates are read: p0 and p1.

    Parameters
    ----------
    plan
        Plan with its design.
    """
    return tuple(getattr(plan, name) for name in _DECIDES_AT)
