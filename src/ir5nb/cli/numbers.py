"""The numbers of a report as data: its results and derived tables, from the same plan and tables as its notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan, Plan, SafetyPlan
from ir5nb.render import record, transport


@dataclass(frozen=True)
class Task:
    """A report whose numbers are wanted.

    Attributes
    ----------
    stem
        Name of the report.
    plan
        Its plan.
    data
        Folder of the source tables; None is the embedded demo data.
    derived
        Folder to write the derived tables to; None where none are written.
    """

    stem: str
    plan: Plan
    data: Path | None
    derived: Path | None = field(default=None)


@dataclass(frozen=True)
class Numbers:
    """The numbers of a report.

    Attributes
    ----------
    results
        Columns `schema.RESULTS`.
    sentence
        The headline in one sentence; "" where the report has none.
    draft
        Whether the headline is not final.
    """

    results: pd.DataFrame = field(repr=False)
    sentence: str = ""
    draft: bool = False


def compute(task: Task) -> Numbers:
    """Give the results of a report, and write its derived tables where they are wanted.

    Parameters
    ----------
    task
        The report.
    """
    plan = task.plan
    trial = _trial(task.data, _Mapping(plan.mapping)).as_of(plan.cutoff)
    if isinstance(plan, SafetyPlan):
        return Numbers(analyses.safety_results(analyses.pooled(trial, plan)))
    if not isinstance(plan, CohortPlan):
        raise TypeError(f"{task.stem} has a plan of an unknown kind, {type(plan).__name__}")
    cohort = analyses.derive(trial, plan)
    if task.derived:
        tables = analyses.derived_tables(cohort)
        task.derived.mkdir(parents=True)
        record.write_tables(task.derived, tables)
        transport.write_transport(task.derived, tables)
    return Numbers(analyses.results(cohort), analyses.headline(cohort).headline, bool(cohort.draft))


@dataclass(frozen=True)
class _Mapping:
    """A mapping as a key: equal by what it says."""

    entries: Mapping[str, Any] | None = field(hash=False)


@lru_cache(maxsize=1)
def _trial(data: Path | None, mapping: _Mapping) -> source.Trial:
    """Read the source tables once in a process."""
    return source.read(data, mapping.entries)
