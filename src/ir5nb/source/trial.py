"""The checked source data of one data cut, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from ir5nb import facts
from ir5nb.source.across import check_tables
from ir5nb.source.clinical import check_content
from ir5nb.source.cut import after, known_by
from ir5nb.source.domains import declared
from ir5nb.source.frozen import FrozenFrames
from ir5nb.source.problems import Problem
from ir5nb.source.typed import Table, empty
from ir5nb.source.within import check_table

if TYPE_CHECKING:
    from ir5nb.source.ledger import Correction


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Source tables without errors, with what is odd about them and where they come from.

    Source: spec/data.md; spec/architecture.md ("frozen frames + fingerprints").

    Parameters
    ----------
    tables
        Every declared domain by its upper-case name (an absent optional one has no rows), and what a mapping added.
        The index is the row number in the file from 0, so its line is index + 2.
    fingerprints
        File name -> SHA-256 of its bytes, for the files used.
    files
        Domain -> file name, for the tables present.
    queries
        What is odd, with its consequence; never an error.
    corrections
        Cells amended by the ledger.
    cutoff
        Last day known, or None: everything delivered.

    Raises
    ------
    ValueError
        When DM is absent or an error is among the queries.
    """

    tables: Mapping[str, pd.DataFrame]
    fingerprints: Mapping[str, str]
    files: Mapping[str, str]
    queries: tuple[Problem, ...] = ()
    corrections: tuple[Correction, ...] = ()
    cutoff: date | None = None

    def __post_init__(self) -> None:
        if "DM" not in self.tables:
            raise ValueError("a trial has a table DM")
        if any(problem.severity == "error" for problem in self.queries):
            raise ValueError("a trial has no errors: raise DataError instead")
        object.__setattr__(self, "tables", FrozenFrames(self.tables))
        for name in ("fingerprints", "files"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __repr__(self) -> str:
        return facts.lines("Trial", self._told())

    def _repr_html_(self) -> str:
        """Show the tables with their rows and patients at the end of a notebook cell."""
        return facts.table("Trial", self._told())

    def _told(self) -> dict[str, object]:
        rows = {
            name: f"{len(self.tables[name])} records of {self.tables[name]['USUBJID'].nunique()} patients, {file}"
            for name, file in self.files.items()
        }
        known = {"data cut": self.cutoff or "everything delivered", "queries": len(self.queries)}
        return {**known, "corrections": len(self.corrections), **rows}

    def table(self, domain: str) -> pd.DataFrame:
        """Give one table; a domain that is absent has no rows and the columns the analysis needs.

        Source: spec/data.md.

        Parameters
        ----------
        domain
            Name in upper case ("DM", "RS", …).
        """
        return self.tables[domain] if domain in self.tables else empty(declared(domain))

    def as_of(self, cutoff: date) -> Trial:
        """Give the trial as it was known on a date; queries are those the cut tables still raise.

        Source: spec/data.md, "Data cut". Pure, idempotent and monotone: `as_of(d2).as_of(d1)` equals `as_of(d1)` for
        d1 <= d2, and a later cut cannot bring back what an earlier one dropped.

        Parameters
        ----------
        cutoff
            Last day known, inclusive. See `cut.known_by` for what is dropped and what is blanked.
        """
        tables = known_by(self.tables, cutoff)
        lasting = [problem for problem in self.queries if problem.row is None]
        odd = [problem for problem in survey(self._present(tables)) if problem.severity == "query"]
        earlier = min(cutoff, self.cutoff or cutoff)
        return replace(self, tables=tables, queries=(*lasting, *odd), cutoff=earlier)

    def after(self, cutoff: date) -> tuple[Problem, ...]:
        """List, as queries, the records and deaths that a cut at this date leaves out.

        Source: spec/data.md, "Checks at the door" (event after the data cut).

        Parameters
        ----------
        cutoff
            Last day known, inclusive.
        """
        return tuple(after(self._present(self.tables), cutoff))

    def _present(self, frames: Mapping[str, pd.DataFrame]) -> dict[str, Table]:
        return {name: Table(declared(name), file, frames[name]) for name, file in self.files.items()}


def survey(tables: Mapping[str, Table]) -> list[Problem]:
    """Run every check on typed tables.

    Source: spec/data.md, "Checks at the door".

    Examples
    --------
    >>> survey({})
    []
    """
    each = [problem for table in tables.values() for problem in (*check_table(table), *check_content(table))]
    return [*each, *check_tables(tables)]
