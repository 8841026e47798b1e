"""Which results are masked: small counts, their complements, and what else a sum would give away (cell suppression).

Source: spec/report.md, "Editions"; Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (primary and secondary
suppression). A group of parts whose sum is known is safe when nothing of it is masked, or when at least two parts are,
which together hold at least the threshold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd

# The primary result of the trial and the sizes of its sets are what the report is for; they stay.
DECIDING: Final = {"headline", "design", "path", "decision", "primary", "readings", "chances", "accrual", "course"}
_EXTREMES: Final = ("min", "max", "onset_min", "onset_max", "duration_min", "duration_max")
_LEVELS: Final = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5", "mild", "moderate", "severe", "ungraded")
_SEVERE: Final = ("grade_3", "grade_4", "grade_5")
_MEASURES: Final = ("mean", "sd", "median", "q1", "q3", "geometric_mean")
_TOTAL: Final = "TOTAL"
_CELL: Final = ["cohort", "analysis", "population", "reading", "endpoint", "group", "time", "statistic"]
# Blocks whose groups part the patients (or events) among them; ALL: every block of the analysis.
_PARTED: Final = {
    "baseline", "disposition", "censoring", "agreement", "hormone", "resistance_readings", "laboratory", "categories",
    "time_to_event", "best_response",
}  # fmt: skip
_PARTED_BLOCKS: Final = {
    ("exposure", "regimen"), ("exposure", "at least one dose delayed or changed"), ("deaths", "time of death"),
    ("deaths", "cause of death"), ("dose_changes", "reason for end of treatment"), ("analysis_sets", "exclusions"),
}  # fmt: skip


def masked(results: pd.DataFrame, below: int) -> pd.Series:
    """Tell of each result whether it is masked.

    Parameters
    ----------
    results
        Every result of one report (columns `schema.RESULTS`); with a column "TOTAL" the report is a pooled one.
    below
        Counts from 1 to `below` - 1 are small.

    Returns
    -------
    pandas.Series
        bool, on the index of the results.
    """
    if below < 2 or not len(results):
        return pd.Series(False, index=results.index)
    table = _Cells(results, below)
    table.close()
    hidden = pd.Series(table.hidden, index=results.index)
    return hidden | _dependents(results, table) | results["statistic"].isin(_EXTREMES)


class _Cells:
    """The counts of a report as cells: value, size of the group, hidden or not, and the sums that tie them."""

    def __init__(self, results: pd.DataFrame, below: int) -> None:
        self.below = below
        self.rows = results[_CELL].astype(str).to_numpy(dtype=object)
        self.value = results["value"].to_numpy(float)
        self.is_cell = _are_cells(results)
        self.size = _sizes(results, self.rows, self.value)
        self.place = {tuple(row): at for at, row in enumerate(self.rows)}
        patients = results["unit"].eq("patients").to_numpy() & (results["statistic"] != "n").to_numpy()
        left = np.where(patients, self.size - self.value, np.nan)
        small = (self.value > 0) & (self.value < below)
        self.hidden = self.is_cell & (small | ((left > 0) & (left < below)))
        self.hidden[list(_nearly_all(self))] = True
        self.twins = _twins(self)
        self.parts = [part for part in _partitions(self) if len(part[0]) > 1]
        self.columns = _Columns.of(self)

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
    sizes = results["statistic"].isin(["total", "planned", "bound", "pending", "successes"])
    sets = results["analysis"].eq("analysis_sets") & results["endpoint"].eq("analysis_sets")
    status = results["analysis"].eq("categories") & results["group"].eq("")
    kept = results["analysis"].isin(DECIDING) | sizes | sets | status | results["value"].isna()
    missing = results["analysis"].eq("headline") & results["statistic"].isin(["not_evaluable", "untreated"])
    return ((counts & ~kept) | (missing & results["value"].notna())).to_numpy(bool)


def _sizes(results: pd.DataFrame, rows: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Give the number of patients that each count is a part of; missing where the report does not say."""
    totals = {tuple(row[:5]): value[at] for at, row in enumerate(rows) if row[7] == "total"}
    found = np.full(len(rows), np.nan)
    for at, row in enumerate(rows):
        own = totals.get(tuple(row[:5]))
        found[at] = totals.get((*row[:4], ""), np.nan) if own is None else own
    return found


def _twins(table: _Cells) -> list[np.ndarray]:
    """Group the cells that tell the same number under the same words in several analyses."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for at in np.flatnonzero(table.is_cell):
        row = table.rows[at]
        groups.setdefault((row[0], row[4], row[5], row[6], row[7], table.value[at]), []).append(int(at))
    return [np.array(group) for group in groups.values() if len(group) > 1]


def _partitions(table: _Cells) -> Iterator[tuple[np.ndarray, int | None]]:
    """Give every group of parts with the cell that is their sum, None where the sum is known anyway."""
    blocks: dict[tuple[str, ...], list[int]] = {}
    levels: dict[tuple[str, ...], list[int]] = {}
    for at in np.flatnonzero(table.is_cell):
        row: tuple[str, ...] = tuple(table.rows[at])
        where, (group, time, statistic), (_, analysis, _, _, endpoint) = row[:5], row[5:], row[:5]
        if statistic in _LEVELS:
            levels.setdefault((*where, group, time), []).append(int(at))
        elif (group and (analysis in _PARTED or (analysis, endpoint) in _PARTED_BLOCKS) and statistic == "count") or (
            group and analysis == "ae_special_interest" and statistic == "events"
        ):
            blocks.setdefault((*where, time, statistic), []).append(int(at))
    for place, cells in levels.items():
        severe = [at for at in cells if table.rows[at][7] in _SEVERE]
        known = _severe_of(table, place)
        if table.value[severe].sum() >= table.below:  # their sum stands in another table, unless it is small itself
            yield np.array(severe), known
        mild = [at for at in cells if at not in severe]
        if known is not None and table.value[mild].sum() >= table.below:  # and so does the sum of the others
            yield np.array(mild), known
        yield np.array(cells), table.place.get((*place, "count"))
    for where, cells in blocks.items():
        yield np.array(cells), _sum_of(table, where)
        if where[1] == "best_response":
            for among, endpoint in ((("CR", "PR"), "ORR"), (("CR", "PR", "SD"), "DCR")):
                some = [at for at in cells if table.rows[at][5] in among]
                yield np.array(some), table.place.get((*where[:4], endpoint, "", "", "count"))


def _severe_of(table: _Cells, place: Sequence[str]) -> int | None:
    """Find the number of patients with a severe event that another table gives for the row of a table of grades."""
    cohort, analysis, population, reading, endpoint, group, time = place
    if analysis != "ae_worst_grade":
        return None
    return table.place.get((cohort, "ae_terms_severe", population, reading, endpoint, group, time, "count"))


def _nearly_all(table: _Cells) -> Iterator[int]:
    """Give the numbers with a severe event that leave few with milder ones: the table of grades would tell how many."""
    whole = {(row[0], row[4], row[5]): at for at, row in enumerate(table.rows) if _is(tuple(row), "ae_worst_grade")}
    for at, row in enumerate(table.rows):
        if not table.is_cell[at] or row[7] != "count":
            continue
        if row[1] == "ae_terms_severe":
            every = whole.get((row[0], row[4], row[5]))
        else:
            every = whole.get((row[0], "", "")) if "severe" in (row[4], row[5]) else None
        if every is not None and 0 < table.value[every] - table.value[at] < table.below:
            yield at


def _is(row: Sequence[str], analysis: str) -> bool:
    return row[1] == analysis and row[7] == "count"


def _sum_of(table: _Cells, where: Sequence[str]) -> int | None:
    """Find the cell that holds the sum of a block."""
    cohort, analysis, population, reading, endpoint, time, statistic = where
    if analysis == "deaths":
        endpoint = "deaths"
    names = ("events",) if analysis == "time_to_event" else (statistic,)
    found = [table.place.get((cohort, analysis, population, reading, endpoint, "", time, name)) for name in names]
    return next((at for at in found if at is not None and table.is_cell[at]), None)


class _Columns:
    """The columns of a pooled report: cohorts, and the columns that are sums of them."""

    def __init__(self, cohorts: Sequence[str], sums: dict[str, tuple[str, ...]], keys: dict) -> None:  # type: ignore[type-arg]
        self.cohorts, self.sums, self.keys = tuple(cohorts), sums, keys
        self.level = dict.fromkeys(cohorts, 0)

    @classmethod
    def of(cls, table: _Cells) -> _Columns | None:
        """Find the cohorts and which of them each regimen holds, by their numbers; None where nothing is pooled."""
        names = list(dict.fromkeys(row[0] for row in table.rows))
        if _TOTAL not in names or len(names) < 3:
            return None
        keys: dict[tuple[str, ...], dict[str, int]] = {}
        for at, row in enumerate(table.rows):
            keys.setdefault(tuple(row[1:]), {})[row[0]] = at
        whole = [cells for key, cells in keys.items() if key[6] in {"total", "count"} and len(cells) == len(names)]
        numbers = {name: np.array([table.value[cells[name]] for cells in whole]) for name in names}
        size = next((at for at in range(1, len(names)) if np.array_equal(
            sum(numbers[name] for name in names[:at]), numbers[_TOTAL])), len(names) - 1)  # fmt: skip
        cohorts, rest = names[:size], [name for name in names[size:] if name != _TOTAL]
        sums = {name: _members(numbers, cohorts, name) for name in rest}
        return cls(cohorts, {name: found for name, found in sums.items() if found}, keys)

    def open_below(self, table: _Cells, at: int) -> bool:
        """Tell whether a cell is a sum of cohorts of which none is hidden: hiding it would hide nothing."""
        row = table.rows[at]
        below = self.cohorts if row[0] == _TOTAL else self.sums.get(row[0], ())
        cells = self.keys[tuple(row[1:])]
        return bool(below) and not any(table.hidden[cells[name]] for name in below if name in cells)

    def protect(self, table: _Cells) -> None:
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

    def _protect_rows(self, table: _Cells) -> None:
        """Hide every level of the sums of a row where one is hidden: levels and columns together would give it away."""
        sums = (*self.sums, _TOTAL)
        rows: dict[tuple[str, ...], list[int]] = {}
        for key, cells in self.keys.items():
            if key[-1] in _LEVELS:
                rows.setdefault(key[:-1], []).extend(cells[name] for name in sums if name in cells)
        for places in rows.values():
            if any(table.hidden[at] for at in places):
                table.hidden[[at for at in places if table.is_cell[at] and table.value[at] > 0]] = True

    def _protect_total(self, table: _Cells, cells: dict[str, int]) -> None:
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
    def _told(table: _Cells, cells: dict[str, int], hidden: Sequence[str]) -> bool:
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


def _dependents(results: pd.DataFrame, table: _Cells) -> pd.Series:
    """Tell which results would give a hidden count away: its proportion, limits, rate, and what few patients had."""
    keys = {tuple(row) for row in table.rows[table.hidden]}
    found = np.zeros(len(results), dtype=bool)
    for at, row in enumerate(table.rows):
        if row[1] not in DECIDING and row[7] != "total":
            found[at] = any(
                (*row[:6], time, cell) in keys for cell in _cells_behind(tuple(row)) for time in {row[6], ""}
            )
    return pd.Series(found, index=results.index)


def _cells_behind(row: Sequence[str]) -> tuple[str, ...]:
    """Name the counts that a statistic of the same row rests on."""
    analysis, statistic = row[1], row[7]
    if statistic.endswith("_proportion"):
        return (statistic.removesuffix("_proportion"),)
    if statistic.startswith(("onset_", "duration_")):
        return (statistic.split("_")[0] + "_n", "count")
    if analysis == "ae_first":
        return ("deaths",) if statistic.startswith("death_") else ("events",)
    if statistic in _MEASURES:
        return ("n",)
    return () if statistic in _LEVELS or statistic == "steroids" or analysis == "time_to_event" else ("count",)
