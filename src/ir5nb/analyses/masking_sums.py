"""Sums of counts that a reader knows from the meaning of the tables: parts and the cell that holds them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import numpy as np

LEVELS: Final = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5", "mild", "moderate", "severe", "ungraded")
SEVERE: Final = ("grade_3", "grade_4", "grade_5")
UNASSESSED: Final = "treated, disease not assessed after treatment start"  # treated less evaluable
# Blocks whose groups part the patients (or events) among them; ALL: every block of the analysis.
_PARTED: Final = {
    "baseline", "disposition", "censoring", "agreement", "hormone", "resistance_readings", "laboratory", "categories",
    "time_to_event", "best_response",
}  # fmt: skip
_PARTED_BLOCKS: Final = {
    ("exposure", "regimen"), ("exposure", "at least one dose delayed or changed"), ("deaths", "time of death"),
    ("deaths", "cause of death"), ("dose_changes", "reason for end of treatment"),
}  # fmt: skip

Row = tuple[str, ...]


class Counts(Protocol):
    """The counts of a report: key, value and size of the group of each; which are cells; which are hidden; places."""

    below: int
    rows: np.ndarray
    value: np.ndarray
    size: np.ndarray
    is_cell: np.ndarray
    hidden: np.ndarray
    place: dict[Row, int]


def partitions(table: Counts) -> Iterator[tuple[np.ndarray, int | None]]:
    """Give every group of parts with the cell that is their sum, None where the sum is known anyway."""
    blocks: dict[Row, list[int]] = {}
    levels: dict[Row, list[int]] = {}
    for at in np.flatnonzero(table.is_cell):
        row: Row = tuple(table.rows[at])
        where, (group, time, statistic), (_, analysis, _, _, endpoint) = row[:5], row[5:], row[:5]
        if statistic in LEVELS:
            levels.setdefault((*where, group, time), []).append(int(at))
        elif (group and (analysis in _PARTED or (analysis, endpoint) in _PARTED_BLOCKS) and statistic == "count") or (
            group and analysis == "ae_special_interest" and statistic == "events"
        ):
            blocks.setdefault((*where, time, statistic), []).append(int(at))
    for place, cells in levels.items():
        severe = [at for at in cells if table.rows[at][7] in SEVERE]
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
    yield from _of_interest(table)


def _severe_of(table: Counts, place: Sequence[str]) -> int | None:
    """Find the number of patients with a severe event that another table gives for the row of a table of grades."""
    cohort, analysis, population, reading, endpoint, group, time = place
    if analysis != "ae_worst_grade":
        return None
    return table.place.get((cohort, "ae_terms_severe", population, reading, endpoint, group, time, "count"))


def _sum_of(table: Counts, where: Sequence[str]) -> int | None:
    """Find the cell that holds the sum of a block."""
    cohort, analysis, population, reading, endpoint, time, statistic = where
    if analysis == "deaths":
        endpoint = "deaths"
    names = ("events",) if analysis == "time_to_event" else (statistic,)
    found = [table.place.get((cohort, analysis, population, reading, endpoint, "", time, name)) for name in names]
    return next((at for at in found if at is not None and table.is_cell[at]), None)


def _evaluable(table: Counts) -> Iterator[tuple[np.ndarray, int | None]]:
    """Give the patients with and without an assessment of their disease: together they are those treated."""
    for at, row in enumerate(table.rows):
        if table.is_cell[at] and row[5] == UNASSESSED and row[7] == "count":
            other = table.place.get((*row[:4], "analysis_sets", "evaluable", row[6], "count"))
            if other is not None:
                yield np.array([at, other]), None


def _of_interest(table: Counts) -> Iterator[tuple[np.ndarray, int | None]]:
    """Give the events of special interest by category: together they are all of them."""
    parts: dict[Row, list[int]] = {}
    for at in np.flatnonzero(table.is_cell):
        row = tuple(table.rows[at])
        if row[1] == "ae_special_interest" and row[4] != "any" and row[5:] == ("", "", "events"):
            parts.setdefault(row[:4], []).append(int(at))
    for place, cells in parts.items():
        yield np.array(cells), table.place.get((*place, "any", "", "", "events"))
