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

# The primary result of the trial and the sizes of its sets are what the report is for; they stay, and so does what
# follows from them alone. Of the other readings the decision stays, and the numbers where they tell of nobody.
DECIDING: Final = {"headline", "design", "path", "decision", "primary", "readings", "chances", "accrual", "course"}
_UNTREATED: Final = "included, no dated dose of study treatment"  # included less treated
_UNASSESSED: Final = "treated, disease not assessed after treatment start"  # treated less evaluable
_EXTREMES: Final = ("min", "max", "onset_min", "onset_max", "duration_min", "duration_max")
_LEVELS: Final = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5", "mild", "moderate", "severe", "ungraded")
_SEVERE: Final = ("grade_3", "grade_4", "grade_5")
_MEASURES: Final = ("mean", "sd", "median", "q1", "q3", "geometric_mean")
_TOTAL: Final = "TOTAL"
_CELL: Final = ["cohort", "analysis", "population", "reading", "endpoint", "group", "time", "statistic"]
_Keys = dict[tuple[str, ...], dict[str, int]]  # key of a row without its column, then the cell of each column
# Blocks whose groups part the patients (or events) among them; ALL: every block of the analysis.
_PARTED: Final = {
    "baseline", "disposition", "censoring", "agreement", "hormone", "resistance_readings", "laboratory", "categories",
    "time_to_event", "best_response",
}  # fmt: skip
_PARTED_BLOCKS: Final = {
    ("exposure", "regimen"), ("exposure", "at least one dose delayed or changed"), ("deaths", "time of death"),
    ("deaths", "cause of death"), ("dose_changes", "reason for end of treatment"),
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
    hidden = pd.Series(table.hidden, index=results.index) | _dependents(results, table)
    hidden |= results["statistic"].isin(_EXTREMES) | _events_by_term(results)
    return hidden | _other_readings(results, below) | _few_events(results, below)


def _events_by_term(results: pd.DataFrame) -> pd.Series:
    """Tell the numbers of events of classes and terms: they add up, so one shown beside a hidden one would tell it."""
    by_term = results["analysis"].str.startswith("ae_terms_") & results["endpoint"].ne("")
    return by_term & results["statistic"].eq("events") & results["value"].ne(0)


def _few_events(results: pd.DataFrame, below: int) -> pd.Series:
    """Tell the estimates over time that rest on few events: each step of such a curve is one patient's day."""
    own = results["analysis"].eq("time_to_event")
    few = results[own & results["statistic"].eq("events") & results["value"].between(1, below - 1)]
    pairs = pd.Series(list(zip(results["cohort"], results["endpoint"], strict=True)), index=results.index, dtype=object)
    return own & results["unit"].ne("patients") & pairs.isin(set(zip(few["cohort"], few["endpoint"], strict=True)))


def _other_readings(results: pd.DataFrame, below: int) -> pd.Series:
    """Tell the numbers of readings that differ by few patients from one that is shown: the difference counts them."""
    out: set[tuple[str, str]] = set()
    for cohort, rows in results[results["analysis"].eq("readings")].groupby("cohort", sort=False):
        numbers = rows[rows["unit"].eq("patients")].pivot_table("value", "reading", "statistic", sort=False)
        if "successes" in numbers:
            out |= {(str(cohort), reading) for reading in _moved(numbers, below)}
    pairs = pd.Series(list(zip(results["cohort"], results["reading"], strict=True)), index=results.index, dtype=object)
    return results["analysis"].eq("readings") & pairs.isin(out)


def _moved(numbers: pd.DataFrame, below: int) -> set[str]:
    """Name the readings that move few patients, and the estimates without a count that answer the same question."""
    counted = numbers[numbers["successes"].notna()]
    counted = counted.assign(failures=counted["total"] - counted["successes"] - counted["pending"])
    shown: list[np.ndarray] = []
    out: set[str] = set()
    for reading in sorted(counted.index, key=lambda name: name != "default"):
        own = counted.loc[reading].to_numpy(float)
        apart = [np.abs(own - other) for other in shown]
        if any(((gap > 0) & (gap < below)).any() for gap in apart):
            out.add(str(reading))
        else:
            shown.append(own)
    asked = {reading.partition(":")[0] for reading in out}
    rates = numbers.index.difference(counted.index)
    return out | {str(reading) for reading in rates if str(reading).partition(":")[0] in asked}


class _Cells:
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
        self.columns = _Columns.of(self)
        self.twins = _twins(self)
        self.parts = [part for part in _partitions(self) if len(part[0]) > 1]

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
        milder = self.rows[parent][1] == "ae_terms_severe" and self.rows[out[0]][7] not in _SEVERE  # not its part
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


def _twins(table: _Cells) -> list[np.ndarray]:
    """Group the cells that tell the same number: under the same words, or under others as `_same` knows."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for at in np.flatnonzero(table.is_cell):
        row = table.rows[at]
        alone = table.columns.member(row[0]) if table.columns else row[0]
        groups.setdefault((alone, *_same(tuple(row)), table.value[at]), []).append(int(at))
    return [np.array(group) for group in groups.values() if len(group) > 1]


def _same(row: Sequence[str]) -> tuple[str, ...]:
    """Name a count by what it tells, where tables name it differently."""
    _, analysis, _, reading, endpoint, group, time, statistic = row
    if (endpoint, statistic) == ("DOR", "total") or (endpoint, reading) == ("ORR", "unconfirmed"):
        return ("responders",) if statistic in {"total", "count"} else (analysis, endpoint, statistic)
    if (endpoint, group) == ("BOR", "MISSING") or group == _UNASSESSED:
        return ("unassessed",) if statistic == "count" else (analysis, endpoint, statistic)
    if (endpoint, group, statistic) == ("FAILURE", "not evaluable", "count") or statistic == "not_evaluable":
        return ("not evaluable",)
    table = analysis if analysis.startswith("ae_terms_") and analysis != "ae_terms_any" else ""
    return (table, endpoint, group, time, statistic)


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
        if where[1] == "best_response":  # the narrow sums first, so that their parts hide each other
            for among, endpoint in ((("CR", "PR"), "ORR"), (("CR", "PR", "SD"), "DCR")):
                some = [at for at in cells if table.rows[at][5] in among]
                yield np.array(some), table.place.get((*where[:4], endpoint, "", "", "count"))
        yield np.array(cells), _sum_of(table, where)
    yield from _evaluable(table)
    yield from _followed(table)
    yield from _of_interest(table)


def _of_interest(table: _Cells) -> Iterator[tuple[np.ndarray, int | None]]:
    """Give the events of special interest by category: together they are all of them."""
    parts: dict[tuple[str, ...], list[int]] = {}
    for at in np.flatnonzero(table.is_cell):
        row = tuple(table.rows[at])
        if row[1] == "ae_special_interest" and row[4] != "any" and row[5:] == ("", "", "events"):
            parts.setdefault(row[:4], []).append(int(at))
    for place, cells in parts.items():
        yield np.array(cells), table.place.get((*place, "any", "", "", "events"))


def _followed(table: _Cells) -> Iterator[tuple[np.ndarray, int | None]]:
    """Give the responders with and without an end of their response."""
    for at, row in enumerate(table.rows):
        if table.is_cell[at] and row[1] == "time_to_event" and row[7] == "total":
            parts = [table.place.get((*row[:7], name)) for name in ("events", "censored")]
            yield np.array([part for part in parts if part is not None]), at


def _evaluable(table: _Cells) -> Iterator[tuple[np.ndarray, int | None]]:
    """Give the patients with and without an assessment of their disease: together they are those treated."""
    for at, row in enumerate(table.rows):
        if table.is_cell[at] and row[5] == _UNASSESSED and row[7] == "count":
            other = table.place.get((*row[:4], "analysis_sets", "evaluable", row[6], "count"))
            if other is not None:
                yield np.array([at, other]), None


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
        if every is not None and table.value[at] > 0 and 0 < table.value[every] - table.value[at] < table.below:
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

    def __init__(self, cohorts: Sequence[str], sums: dict[str, tuple[str, ...]], keys: _Keys) -> None:
        self.cohorts, self.keys = tuple(cohorts), keys
        self.sums = {name: members for name, members in sums.items() if len(members) > 1}
        self.repeats = {name: members[0] for name, members in sums.items() if len(members) == 1}

    @classmethod
    def of(cls, table: _Cells) -> _Columns | None:
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

    def member(self, name: str) -> str:
        """Name the cohort that a column repeats, as a regimen of one cohort does; else its own name."""
        return self.repeats.get(name, name)

    def open_again(self, table: _Cells) -> None:
        """Show the sums of which every cohort is shown: hiding them hides nothing."""
        for at in np.flatnonzero(table.hidden):
            if self.open_below(table, int(at)):
                table.hidden[at] = False

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
    if statistic in _MEASURES:
        return ("total",) if row[4] == "DOR" else ("n",)
    if analysis in {"ae_first", "time_to_event"}:
        return _behind_times(row)
    if statistic in _LEVELS or statistic == "steroids":
        return ()
    return ("count", "events") if statistic == "event_incidence" else ("count",)


def _behind_times(row: Sequence[str]) -> tuple[str, ...]:
    """Name the counts that an estimate over time rests on: a curve of few responders is the course of each."""
    if row[1] == "ae_first":
        return ("deaths",) if row[7].startswith("death_") else ("events",)
    return ("total",) if row[4] == "DOR" else ()
