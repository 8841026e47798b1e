"""The counts of a report as cells, and which of them must be hidden so that no known sum gives a small one away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.analyses.masking_columns import Columns
from ir5nb.analyses.masking_sums import SEVERE, UNASSESSED, partitions

# The primary result of the trial and the sizes of its sets are what the report is for; they stay, and so does what
# follows from them alone. Of the other readings the decision stays, and the numbers where they tell of nobody.
DECIDING: Final = {"headline", "design", "path", "decision", "primary", "readings", "chances", "accrual", "course"}
_UNTREATED: Final = "included, no dated dose of study treatment"  # included less treated

_CELL: Final = ["cohort", "analysis", "population", "reading", "endpoint", "group", "time", "statistic"]


class Cells:
    """The counts of a report as cells: value, size of the group, hidden or not, and the sums that tie them."""

    def __init__(self, results: pd.DataFrame, below: int) -> None:
        self.below = below
        self.rows = results[_CELL].astype(str).to_numpy(dtype=object)
        self.value = results["value"].to_numpy(float)
        self.is_cell = _are_cells(results)
        self.size = _sizes(results, self.rows, self.value)
        self.place = {tuple(row): at for at, row in enumerate(self.rows)}
        patients = (results["unit"].eq("patients") & ~results["statistic"].isin(["n", "total"])).to_numpy()
        patients &= results["analysis"].ne("analysis_sets").to_numpy()
        left = np.where(patients, self.size - self.value, np.nan)
        small = (self.value > 0) & (self.value < below)
        self.hidden = self.is_cell & (small | ((left > 0) & (left < below)))
        self.hidden[list(_nearly_all(self))] = True
        self.columns = Columns.of(self)
        self.twins = _twins(self)
        self.parts = [part for part in partitions(self) if len(part[0]) > 1]

    def close(self) -> None:
        """Hide more until every known sum is safe."""
        before = -1
        while before != int(self.hidden.sum()):
            before = int(self.hidden.sum())
            for twins in self.twins:
                if self.hidden[twins].any():
                    self.hidden[twins] = True
            for children, parent in self.parts:
                self._protect(children, parent)
            if self.columns:
                self.columns.protect(self)
        if self.columns:
            self.columns.open_again(self)
        for children, parent in self.parts:
            self._open_told(children, parent)

    def _open_told(self, children: np.ndarray, parent: int | None) -> None:
        """Show the one hidden part of a sum that stands with all others, where it is not small: hiding it is vain."""
        out = children[self.hidden[children]]
        if len(out) != 1 or parent is None or self.hidden[parent] or self.value[out[0]] < self.below:
            return
        milder = self.rows[parent][1] == "ae_terms_severe" and self.rows[out[0]][7] not in SEVERE  # not its part
        self.hidden[out] = milder

    def _protect(self, children: np.ndarray, parent: int | None) -> None:
        """Hide the smallest further parts of a known sum until what is hidden cannot be told apart."""
        open_parent = parent is None or not self.hidden[parent]
        rest = 0.0
        if not open_parent and parent is not None:
            rest = max(0.0, float(np.nan_to_num(self.size[parent] - self.value[parent])))
        while True:
            out = children[self.hidden[children]]
            if open_parent and not len(out):
                return
            enough = len(out) + (not open_parent) >= 2 and self.value[out].sum() + rest >= self.below
            if enough and len(out):
                return
            still = [at for at in children if not self.hidden[at] and self.is_cell[at]]
            if not still:
                return
            self.hidden[min(still, key=self._cost)] = True

    def _cost(self, at: int) -> tuple[bool, bool, float]:
        """Rank what to hide next: where cohorts hide it too, then numbers above 0, smallest first."""
        told = self.columns is not None and self.columns.open_below(self, at)
        return told, self.value[at] == 0, self.value[at]


def _are_cells(results: pd.DataFrame) -> np.ndarray:
    counts = results["unit"].isin(["patients", "events"]) | results["statistic"].str.fullmatch(r"(?:\w+_)?n")
    responders = results["endpoint"].eq("DOR") & results["statistic"].eq("total")  # a count, not a set of the trial
    sizes = results["statistic"].isin(["total", "planned", "bound", "pending", "successes"]) & ~responders
    sets = results["analysis"].eq("analysis_sets") & results["group"].isin(["included", "treated", _UNTREATED])
    status = results["analysis"].eq("categories") & results["group"].eq("")
    kept = results["analysis"].isin(DECIDING) | sizes | sets | status | results["value"].isna()
    missing = results["analysis"].eq("headline") & results["statistic"].eq("not_evaluable")
    return ((counts & ~kept) | (missing & results["value"].notna())).to_numpy(bool)


def _sizes(results: pd.DataFrame, rows: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Give the number of patients that each count is a part of; missing where the report does not say."""
    totals = {tuple(row[:5]): value[at] for at, row in enumerate(rows) if row[7] == "total"}
    found = np.full(len(rows), np.nan)
    for at, row in enumerate(rows):
        own = totals.get(tuple(row[:5]))
        found[at] = totals.get((*row[:4], ""), np.nan) if own is None else own
    return found


def _twins(table: Cells) -> list[np.ndarray]:
    """Group the cells that tell the same number: under the same words, or under others as `_same` knows."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for at in np.flatnonzero(table.is_cell):
        row = table.rows[at]
        groups.setdefault((row[0], *_same(tuple(row)), table.value[at]), []).append(int(at))
    return [np.array(group) for group in groups.values() if len(group) > 1]


def _same(row: Sequence[str]) -> tuple[str, ...]:
    """Name a count by what it tells, where tables name it differently."""
    _, analysis, _, reading, endpoint, group, time, statistic = row
    if (endpoint, statistic) == ("DOR", "total") or (endpoint, reading) == ("ORR", "unconfirmed"):
        return ("responders",) if statistic in {"total", "count"} else (analysis, endpoint, statistic)
    if (endpoint, group) == ("BOR", "MISSING") or group == UNASSESSED:
        return ("unassessed",) if statistic == "count" else (analysis, endpoint, statistic)
    if (endpoint, group, statistic) == ("FAILURE", "not evaluable", "count") or statistic == "not_evaluable":
        return ("not evaluable",)
    table = analysis if analysis.startswith("ae_terms_") and analysis != "ae_terms_any" else ""
    return (table, endpoint, group, time, statistic)


def _nearly_all(table: Cells) -> Iterator[int]:
    """Give the numbers with a severe event that leave few with milder ones: the table of grades would tell how many."""
    whole = {(row[0], row[4], row[5]): at for at, row in enumerate(table.rows) if _is(tuple(row), "ae_worst_grade")}
    for at, row in enumerate(table.rows):
        if not table.is_cell[at] or row[7] != "count":
            continue
        if row[1] == "ae_terms_severe":
            every = whole.get((row[0], row[4], row[5]))
        else:
            every = whole.get((row[0], "", "")) if "severe" in (row[4], row[5]) else None
        if every is not None and table.value[at] > 0 and 0 < table.value[every] - table.value[at] < table.below:
            yield at


def _is(row: Sequence[str], analysis: str) -> bool:
    return row[1] == analysis and row[7] == "count"
