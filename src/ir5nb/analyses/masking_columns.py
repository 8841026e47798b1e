"""Columns of a pooled report that are sums of others: what hiding one cohort takes with it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from ir5nb.analyses.masking_sums import LEVELS, Counts

_TOTAL: Final = "TOTAL"
_Keys = dict[tuple[str, ...], dict[str, int]]  # key of a row without its column, then the cell of each column


class Columns:
    """The columns of a pooled report: cohorts, and the columns that are sums of them."""

    def __init__(self, cohorts: Sequence[str], sums: dict[str, tuple[str, ...]], keys: _Keys) -> None:
        self.cohorts, self.keys = tuple(cohorts), keys
        self.sums = {
            name: members for name, members in sums.items() if len(members) > 1
        }  # one alone is a cohort's twin

    @classmethod
    def of(cls, table: Counts) -> Columns | None:
        """Find the cohorts and which of them each regimen holds, by their numbers; None where nothing is pooled."""
        names = list(dict.fromkeys(row[0] for row in table.rows))
        if _TOTAL not in names or len(names) < 3:
            return None
        keys: _Keys = {}
        for at, row in enumerate(table.rows):
            keys.setdefault(tuple(row[1:]), {})[row[0]] = at
        whole = [cells for key, cells in keys.items() if key[6] in {"total", "count"} and len(cells) == len(names)]
        numbers = {name: np.array([table.value[cells[name]] for cells in whole]) for name in names}
        size = next((at for at in range(1, len(names)) if np.array_equal(
            sum(numbers[name] for name in names[:at]), numbers[_TOTAL])), len(names) - 1)  # fmt: skip
        cohorts, rest = names[:size], [name for name in names[size:] if name != _TOTAL]
        sums = {name: _members(numbers, cohorts, name) for name in rest}
        return cls(cohorts, {name: found for name, found in sums.items() if found}, keys)

    def open_again(self, table: Counts) -> None:
        """Show the sums of which every cohort is shown: hiding them hides nothing."""
        for at in np.flatnonzero(table.hidden):
            if self.open_below(table, int(at)):
                table.hidden[at] = False

    def open_below(self, table: Counts, at: int) -> bool:
        """Tell whether a cell is a sum of cohorts of which none is hidden: hiding it would hide nothing."""
        row = table.rows[at]
        below = self.cohorts if row[0] == _TOTAL else self.sums.get(row[0], ())
        cells = self.keys[tuple(row[1:])]
        return bool(below) and not any(table.hidden[cells[name]] for name in below if name in cells)

    def protect(self, table: Counts) -> None:
        """Hide sums that would give a hidden cohort away."""
        for cells in self.keys.values():
            if not all(table.is_cell[at] for at in cells.values()):
                continue
            out = {name for name, at in cells.items() if table.hidden[at]}
            if not out:
                continue
            for name, members in self.sums.items():
                if name in cells and self._told(table, cells, [each for each in members if each in out]):
                    table.hidden[cells[name]] = True
            self._protect_total(table, cells)
        self._protect_rows(table)

    def _protect_rows(self, table: Counts) -> None:
        """Hide every level of the sums of a row where one is hidden: levels and columns together would give it away."""
        sums = (*self.sums, _TOTAL)
        rows: dict[tuple[str, ...], list[int]] = {}
        for key, cells in self.keys.items():
            if key[-1] in LEVELS:
                rows.setdefault(key[:-1], []).extend(cells[name] for name in sums if name in cells)
        for places in rows.values():
            if any(table.hidden[at] for at in places):
                table.hidden[[at for at in places if table.is_cell[at] and table.value[at] > 0]] = True

    def _protect_total(self, table: Counts, cells: dict[str, int]) -> None:
        if _TOTAL not in cells:
            return
        sums = [name for name in self.sums if name in cells]
        covered = {each for name in sums if not table.hidden[cells[name]] for each in self.sums[name]}
        loose = [name for name in self.cohorts if name in cells and table.hidden[cells[name]] and name not in covered]
        if self._told(table, cells, loose):
            table.hidden[cells[_TOTAL]] = True
        if table.hidden[cells[_TOTAL]] and sums and not any(table.hidden[cells[name]] for name in sums):
            holding = [name for name in sums if any(table.hidden[cells[each]] for each in self.sums[name])]
            for name in sorted(holding, key=lambda name: table.value[cells[name]])[:1]:
                table.hidden[cells[name]] = True

    @staticmethod
    def _told(table: Counts, cells: dict[str, int], hidden: Sequence[str]) -> bool:
        """Tell whether a known sum of hidden cells gives one of them away."""
        values = [table.value[cells[name]] for name in hidden]
        return bool(values) and (len(values) < 2 or sum(values) < table.below)


def _members(numbers: dict[str, np.ndarray], cohorts: Sequence[str], name: str) -> tuple[str, ...]:
    """Find the cohorts whose counts add up to those of a regimen, in every row; () where none do."""
    for size in range(1, len(cohorts) + 1):
        for some in combinations(cohorts, size):
            if np.array_equal(sum(numbers[each] for each in some), numbers[name]):
                return some
    return ()
