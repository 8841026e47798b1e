"""Patients and events counted by group and term; the denominators come from the patients, never from the events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.adverse_events import ranks

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Groups:
    """Columns of a safety table: which treated patient belongs to which; a patient may be in several, or in none.

    Source: spec/endpoints.md (denominator = treated patients of the group).

    Attributes
    ----------
    patients
        USUBJID of every treated patient, once.
    names
        Names of the groups in the order of the columns.
    belongs
        Shape (patients, groups).

    Raises
    ------
    ValueError
        When a patient or a group is named twice, or the shapes do not fit.

    Examples
    --------
    >>> Groups.of(pd.Series(["1", "2"]), {"PM": ["1"], "GTT": [], "TOTAL": ["1", "2"]}).totals.tolist()
    [1, 0, 2]
    """

    patients: pd.Index
    names: tuple[str, ...]
    belongs: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.patients.has_duplicates:
            raise ValueError(f"a patient is there twice: {self.patients[self.patients.duplicated()][0]}")
        if len(set(self.names)) != len(self.names):
            raise ValueError(f"a group is named twice: {self.names}")
        if self.belongs.shape != (len(self.patients), len(self.names)):
            raise ValueError(f"the membership has the shape {self.belongs.shape}, not (patients, groups)")

    @classmethod
    def of(cls, patients: pd.Series, members: Mapping[str, Sequence[str]]) -> Groups:
        """Make groups from the members' USUBJID by name."""
        index = pd.Index(patients)
        belongs = np.column_stack([index.isin(list(ids)) for ids in members.values()]) if members else np.zeros((0, 0))
        return cls(index, tuple(members), belongs.astype(bool))

    @property
    def totals(self) -> Counts:
        """Number of patients of each group."""
        return np.asarray(self.belongs.sum(axis=0), dtype=np.int64)


def count(
    events: pd.DataFrame, groups: Groups, by: Sequence[str] = (), vocabulary: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count the patients with at least one event, and the events, by group and term.

    Source: spec/endpoints.md (recurrent events: patients counted once, events counted beside).

    Parameters
    ----------
    events
        The events wanted: USUBJID and the columns `by`; events of patients in no group do not count.
    groups
        The columns of the table.
    by
        Columns that name a row (AEBODSYS, AEDECOD); none: one row.
    vocabulary
        Rows to give, also those without an event (columns `by`); None takes those of the events.

    Returns
    -------
    pandas.DataFrame
        One row per row of the vocabulary and group: `by`, GROUP, TOTAL, COUNT (patients), EVENTS. Rows of the
        vocabulary are in the order of their first appearance.

    Examples
    --------
    >>> groups = Groups.of(pd.Series(["1", "2"]), {"PM": ["1"], "GTT": ["2"]})
    >>> count(pd.DataFrame({"USUBJID": ["1", "1"]}), groups)[["GROUP", "TOTAL", "COUNT", "EVENTS"]].values.tolist()
    [['PM', 1, 1, 2], ['GTT', 1, 0, 0]]
    """
    rows, patient, row = _placed(events, groups, by, vocabulary)
    unique, times = np.unique(patient * max(len(rows), 1) + row, return_counts=True)
    who, what = unique // max(len(rows), 1), unique % max(len(rows), 1)
    patients, happened = [], []
    for member in groups.belongs.T:
        inside = member[who]
        patients.append(np.bincount(what[inside], minlength=len(rows)))
        happened.append(np.bincount(what[inside], weights=times[inside], minlength=len(rows)))
    return _laid_out(rows, groups, {"COUNT": patients, "EVENTS": happened})


def worst(
    events: pd.DataFrame, groups: Groups, scale: Sequence[str], by: Sequence[str] = (),
    vocabulary: pd.DataFrame | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Count the patients of each group and term by the worst level of their events; ungraded only where none is graded.

    Source: spec/endpoints.md (worst grade per patient and term; ungraded its own column, never grade 0 or 1).

    Parameters
    ----------
    events
        As `count`, with ALEVEL.
    groups, by, vocabulary
        As `count`.
    scale
        Levels from mild to worst (`ae_levels.levels`).

    Returns
    -------
    pandas.DataFrame
        As `count`, with a column of patients for each level of the scale and UNGRADED instead of COUNT and EVENTS.

    Examples
    --------
    >>> groups = Groups.of(pd.Series(["1"]), {"PM": ["1"]})
    >>> events = pd.DataFrame({"USUBJID": ["1", "1"], "ALEVEL": ["UNGRADED", "2"]})
    >>> worst(events, groups, ("1", "2", "3"))[["1", "2", "3", "UNGRADED"]].values.tolist()
    [[0, 1, 0, 0]]
    """
    rows, patient, row = _placed(events, groups, by, vocabulary)
    known = groups.patients.get_indexer(pd.Index(events["USUBJID"])) >= 0
    rank = ranks(events["ALEVEL"].to_numpy(object)[known], scale)
    pair = patient * max(len(rows), 1) + row
    order = np.lexsort((-rank, pair))
    first = np.ones(len(order), dtype=bool)
    first[1:] = pair[order][1:] != pair[order][:-1]
    kept = order[first]
    levels = ("UNGRADED", *scale)
    cell = row[kept] * len(levels) + rank[kept]
    tables = [
        np.bincount(cell[member[patient[kept]]], minlength=len(rows) * len(levels)).reshape(len(rows), len(levels))
        for member in groups.belongs.T
    ]
    named = {level: [table[:, place] for table in tables] for place, level in enumerate(levels)}
    return _laid_out(rows, groups, {level: named[level] for level in (*scale, "UNGRADED")})


def _placed(
    events: pd.DataFrame, groups: Groups, by: Sequence[str], vocabulary: pd.DataFrame | None
) -> tuple[pd.DataFrame, Counts, Counts]:
    """Give the rows of the vocabulary, and the numbers of patient and row of each event that counts."""
    patient = groups.patients.get_indexer(pd.Index(events["USUBJID"])).astype(np.int64)
    inside = patient >= 0
    if not by:
        return pd.DataFrame(index=[0]), patient[inside], np.zeros(int(inside.sum()), dtype=np.int64)
    source = events.loc[inside, list(by)] if vocabulary is None else vocabulary[list(by)]
    rows = source.drop_duplicates().reset_index(drop=True)
    codes = [pd.Index(rows[name].unique()) for name in by]
    row_key, event_key = (_key(frame, by, codes) for frame in (rows, events.loc[inside]))
    row = pd.Index(row_key).get_indexer(pd.Index(event_key)).astype(np.int64)
    if (row < 0).any():
        raise ValueError("an event has a term that the vocabulary lacks: it would not be counted")
    return rows, patient[inside], row


def _key(frame: pd.DataFrame, by: Sequence[str], codes: Sequence[pd.Index]) -> Counts:
    key = np.zeros(len(frame), dtype=np.int64)
    for name, known in zip(by, codes, strict=True):
        code = known.get_indexer(pd.Index(frame[name])).astype(np.int64)
        key = np.where((code < 0) | (key < 0), -1, key * (len(known) + 1) + code)
    return key


def _laid_out(rows: pd.DataFrame, groups: Groups, numbers: Mapping[str, Sequence[Counts]]) -> pd.DataFrame:
    """Put rows under each other, group by group within a row."""
    named = {str(name): rows[name].array.repeat(len(groups.names)) for name in rows.columns}
    columns = {
        "GROUP": np.tile(np.array(groups.names, dtype=object), len(rows)),
        "TOTAL": np.tile(groups.totals, len(rows)),
    }
    cells = {name: np.column_stack(list(counts)).ravel().astype(np.int64) for name, counts in numbers.items()}
    return pd.DataFrame(named | columns | cells, copy=False)
