"""Two runs compared: everything that differs, and what could not be compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ir5nb.compare import moves, numbers, records, settings, states
from ir5nb.compare.folders import Run

# Where the runs are: they differ in every pair of runs and explain no move.
_NO_CAUSE = ("title", "lang", "edition", "mask_below", "data")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two runs, each part a tidy frame.

    Source: issue 7; spec/report.md, "Command line".

    Parameters
    ----------
    old, new
        The two runs.
    numbers
        Every key of either (columns `numbers.COLUMNS`), with `change`.
    patients
        Statements about patients that differ (columns `moves.COLUMNS`).
    records
        Source records that were added, removed or changed (columns `records.COLUMNS`).
    settings
        Plan entries, data files, versions and commit that differ (columns `settings.COLUMNS`).
    notes
        What could not be compared, and why.
    """

    old: Run
    new: Run
    numbers: pd.DataFrame
    patients: pd.DataFrame
    records: pd.DataFrame
    settings: pd.DataFrame
    notes: tuple[str, ...] = field(default=())

    @property
    def counts(self) -> dict[str, Any]:
        """How many of each kind of difference there are."""
        primary = self.patients[self.patients["PARAMCD"].eq(states.WEEK24) & self.patients["READING"].eq("default")]
        kinds = ("changed", "added", "vanished", "reworded", "masked", "noise", "same")
        return {
            "numbers": {kind: int(self.numbers["change"].eq(kind).sum()) for kind in kinds},
            "week24": {kind: int(primary["CHANGE"].eq(kind).sum()) for kind in ("moved", "entered", "left")},
            "patients": int(self.patients["USUBJID"].nunique()),
            "records": {kind: int(self.records["CHANGE"].eq(kind).sum()) for kind in ("added", "changed", "removed")},
            "settings": {str(name): int(n) for name, n in self.settings["SECTION"].value_counts(sort=False).items()},
        }


def compare(old: Run, new: Run) -> Comparison:
    """Compare two runs: numbers by key, patients by statement, records by content, settings by name.

    A share edition holds no rows of patients and numbers them anew, so only its numbers and settings are compared.
    A report that only one run has is named in the settings; its numbers are not listed.

    Source: issue 7.

    Parameters
    ----------
    old, new
        Runs (`folders.read`).
    """
    known, notes = _records(old, new)
    told = settings.differences(old, new)
    found = [
        moves.moves(report, states.states(first[report]), states.states(second[report]), known, _cause(told, report))
        for first, second in ([(old.derived, new.derived)] if old.derived and new.derived else [])
        for report in sorted(first.keys() & second.keys())
    ]
    filled = [part for part in found if len(part)]
    people = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(moves.COLUMNS), dtype=object)
    changed = known[known["CHANGE"].ne("same")].reset_index(drop=True)
    return Comparison(old, new, _numbers(old, new), people, changed, told, notes)


def _records(old: Run, new: Run) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Match the records of both runs, or say why they cannot be."""
    none = pd.DataFrame(columns=list(records.COLUMNS), dtype=object)
    shared = [run.name for run in (old, new) if run.shared]
    if shared:
        why = (
            f"{' and '.join(shared)}: share edition, without rows of patients; only numbers and settings are compared."
        )
        return none, (why,)
    notes = [f"{run.name}: no derived tables; patients are not compared." for run in (old, new) if run.derived is None]
    lacking = [run.name for run in (old, new) if run.records is None]
    notes += [f"{name}: no records.parquet; source records are not compared." for name in lacking]
    if old.records is None or new.records is None:
        return none, tuple(notes)
    return records.changes(old.records, new.records), tuple(notes)


def _numbers(old: Run, new: Run) -> pd.DataFrame:
    """Compare the numbers of the reports that both runs have."""
    return numbers.changes(*(run.results[_kept(run, other)].reset_index(drop=True) for run, other in _each(old, new)))


def _each(old: Run, new: Run) -> tuple[tuple[Run, Run], tuple[Run, Run]]:
    return (old, new), (new, old)


def _kept(run: Run, other: Run) -> pd.Series:
    """Tell which rows belong to a report of both runs: cohorts by name, the pooled report by its table."""
    own, others = ({str(plan["cohort"]) for plan in one.plans.values() if "cohort" in plan} for one in (run, other))
    tables = set(other.results["table"])
    return run.results["table"].isin(tables) & (
        run.results["table"].ne("results") | ~run.results["cohort"].isin(own - others)
    )


def _cause(told: pd.DataFrame, report: str) -> str:
    """Name the plan entries of a report that can have moved a patient."""
    own = told[told["SECTION"].eq("plan") & told["REPORT"].eq(report) & ~told["KEY"].isin(_NO_CAUSE)]
    return ", ".join(f"{row.KEY} {row.OLD} → {row.NEW}" for row in own.itertuples())
