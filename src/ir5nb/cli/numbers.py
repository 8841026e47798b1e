"""The numbers of a report as data: its results and derived tables, from the same plan and tables as its notebook."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import pandas as pd

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan, Plan, SafetyPlan
from ir5nb.render import record, transport

RESULTS: Final = "results.parquet"  # the results of one report, in the folder of its numbers


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
    place
        Folder to write the results to and, in the full edition, the derived tables: as `derived/<stem>/`.
    """

    stem: str
    plan: Plan
    data: Path | None
    place: Path


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

    @classmethod
    def kept(cls, place: Path, told: Mapping[str, Any]) -> Self | None:
        """Give the numbers that an earlier run has kept; None where they do not say what they are.

        Parameters
        ----------
        place
            Folder with the file of the results.
        told
            What `told` gave for them.
        """
        try:
            first, end = told["rows"]
            found = pd.read_parquet(place / told["file"])
            whole = 0 <= first <= end <= len(found) and isinstance(told["sentence"], str)
            return cls(found.iloc[first:end], told["sentence"], told["draft"] is True) if whole else None
        except (KeyError, TypeError, ValueError, OSError):
            return None

    def told(self, file: str = RESULTS, first: int = 0) -> dict[str, Any]:
        """Say, in plain values, in which rows of which file the results are, and what the headline says.

        Parameters
        ----------
        file
            Name of the file.
        first
            Number of the first row, from 0.
        """
        rows = [first, first + len(self.results)]
        return {"file": file, "rows": rows, "sentence": self.sentence, "draft": self.draft}


def compute(task: Task) -> Numbers:
    """Give the results of a report; they and its derived tables are in its folder when this returns.

    Parameters
    ----------
    task
        The report.
    """
    plan = task.plan
    trial = _trial(task.data, _Mapping(plan.mapping)).as_of(plan.cutoff)
    shutil.rmtree(task.place, ignore_errors=True)  # what a worker that was killed has begun
    task.place.mkdir(parents=True)
    if isinstance(plan, SafetyPlan):
        found = Numbers(analyses.safety_results(analyses.pooled(trial, plan)))
    elif isinstance(plan, CohortPlan):
        found = _of_cohort(task, analyses.derive(trial, plan))
    else:
        raise TypeError(f"{task.stem} has a plan of an unknown kind, {type(plan).__name__}")
    found.results.to_parquet(task.place / RESULTS, index=False)
    return found


def _of_cohort(task: Task, cohort: analyses.Cohort) -> Numbers:
    """Give the numbers of a cohort, and write its derived tables where the edition may have them."""
    if task.plan.edition == "full":
        tables, folder = analyses.derived_tables(cohort), task.place / "derived" / task.stem
        folder.mkdir(parents=True)
        record.write_tables(folder, tables)
        transport.write_transport(folder, tables)
    return Numbers(analyses.results(cohort), analyses.headline(cohort).headline, bool(cohort.draft))


@dataclass(frozen=True)
class _Mapping:
    """A mapping as a key: equal by what it says."""

    entries: Mapping[str, Any] | None = field(hash=False)


@lru_cache(maxsize=1)
def _trial(data: Path | None, mapping: _Mapping) -> source.Trial:
    """Read the source tables once in a process."""
    return source.read(data, mapping.entries)
