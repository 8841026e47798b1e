"""The corrections ledger: known errors of the source, amended one cell at a time, with a guard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import yaml

from ir5nb.source.dates import parse
from ir5nb.source.mapping import as_text
from ir5nb.source.problems import Problem, printable

FILE_NAME: Final = "corrections.yaml"
_TEXTS: Final = ("table", "column", "expect", "value", "reason", "told", "date")
_SHAPE: Final = "a list of entries with table, record, column, expect, value, reason, told, date"


@dataclass(frozen=True, slots=True)
class Correction:
    """One amended cell of the source.

    Source: spec/data.md, "corrections ledger".

    Parameters
    ----------
    table, record, column
        Domain, columns and values that name exactly one row, and the variable to amend.
    expect, value
        What the source holds now (the wrong value), and what it should hold; "" is blank.
    reason, told, date
        Why, who was told, and when the correction was decided (a complete ISO 8601 date).

    Raises
    ------
    ValueError
        When a part is empty that must not be, or the date is none.

    Examples
    --------
    >>> Correction("LB", {"USUBJID": "P-1", "LBSEQ": "4"}, "LBSTRESN", "90", "9", "slip", "Dr A", "2026-03-01").value
    '9'
    """

    table: str
    record: Mapping[str, str]
    column: str
    expect: str
    value: str
    reason: str
    told: str
    date: str

    def __post_init__(self) -> None:
        for name in ("table", "record", "column", "reason", "told", "date"):
            if not getattr(self, name):
                raise ValueError(f"`{name}` is empty")
        if np.isnat(parse(pd.Series([self.date], dtype=object)).day[0]):
            raise ValueError(f"`date` {self.date!r} is no complete date")
        if self.expect == self.value:
            raise ValueError("`expect` and `value` are the same")


class _Loader(yaml.BaseLoader):
    """Every scalar stays the text it is written as; no key twice, no alias (an alias can expand without bound)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not read")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        doubled = {str(key) for key in keys if keys.count(key) > 1}
        if doubled:
            raise yaml.YAMLError(f"the key {min(doubled)!r} occurs twice, line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep)


def read_ledger(path: Path) -> tuple[tuple[Correction, ...], list[Problem]]:
    """Read a corrections ledger; every scalar is text, exactly as written.

    Source: spec/data.md.

    Returns
    -------
    tuple
        The corrections in their order, and what is wrong with the others.

    Examples
    --------
    >>> read_ledger(Path("absent.yaml"))[1][0].expected
    'the corrections ledger'
    """
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        entries = loader.get_single_data()
    except FileNotFoundError:
        return (), [_problem(path.name, None, "the corrections ledger", "give the path of an existing file")]
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        return (), [_problem(path.name, " ".join(str(error).split()), "YAML in UTF-8", "correct the ledger")]
    if entries in (None, ""):
        return (), []
    if not isinstance(entries, list):
        return (), [_problem(path.name, None, _SHAPE, "start each entry with a dash")]
    read = [_entry(path.name, number, entry) for number, entry in enumerate(entries, start=1)]
    corrections = tuple(entry for entry in read if isinstance(entry, Correction))
    return corrections, [entry for entry in read if isinstance(entry, Problem)]


def _entry(file: str, number: int, entry: object) -> Correction | Problem:
    try:
        if not isinstance(entry, dict) or set(entry) != {*_TEXTS, "record"}:
            given = sorted(entry) if isinstance(entry, dict) else entry
            raise ValueError(f"it has {given}")
        if not isinstance(entry["record"], dict) or not all(isinstance(entry[key], str) for key in _TEXTS):
            raise ValueError("`record` is a table of columns and values, everything else is text")
        record = {str(name).upper(): str(cell) for name, cell in entry["record"].items()}
        table, column = entry["table"].upper(), entry["column"].upper()
        return Correction(table, record, column, *(entry[key] for key in _TEXTS[2:]))
    except ValueError as error:
        return _problem(file, f"entry {number}: {error}", _SHAPE, "correct the entry")


def amend(raw: pd.DataFrame, file: str, corrections: tuple[Correction, ...]) -> tuple[pd.DataFrame, list[Problem]]:
    """Apply the corrections of one table to its raw cells; the given frame is left as it is.

    Source: spec/data.md ("if the source no longer holds it, the run stops").

    Parameters
    ----------
    raw
        Raw cells under their SDTM names.
    corrections
        Those of this table, in order.

    Examples
    --------
    >>> entry = Correction("DM", {"USUBJID": "P-1"}, "SEX", "X", "F", "slip", "Dr A", "2026-03-01")
    >>> amend(pd.DataFrame({"USUBJID": ["P-1"], "SEX": ["X"]}), "dm.csv", (entry,))[0]["SEX"].tolist()
    ['F']
    """
    amended = raw.copy(deep=False)
    problems: list[Problem] = []
    for correction in corrections:
        row = _row(amended, correction)
        if isinstance(row, str):
            problems.append(_stale(correction, file, row))
            continue
        column = as_text(amended[correction.column]).copy()
        column.iloc[row] = correction.value or None
        amended[correction.column] = column
    return amended, problems


def _row(frame: pd.DataFrame, correction: Correction) -> int | str:
    """Position of the one row a correction names, or why it cannot be applied."""
    absent = [name for name in (*correction.record, correction.column) if name not in frame]
    if absent:
        return f"the table has no column {absent[0]}"
    named = np.ones(len(frame), dtype=bool)
    for name, cell in correction.record.items():
        named &= (as_text(frame[name]) == cell).to_numpy()
    where = np.flatnonzero(named)
    if len(where) != 1:
        return f"{len(where)} rows have {dict(correction.record)}"
    found = as_text(frame[correction.column].iloc[where]).iloc[0] or ""
    return int(where[0]) if found == correction.expect else f"the cell holds {printable(found)}"


def _stale(correction: Correction, file: str, found: str) -> Problem:
    patient = correction.record.get("USUBJID")
    expected = f"the wrong value {printable(correction.expect)} that {FILE_NAME} says the source holds, in one row"
    action = "remove the entry if the source was corrected, or correct the entry"
    return Problem("error", correction.table, file, None, patient, correction.column, found, expected, action)


def _problem(file: str, found: str | None, expected: str, action: str) -> Problem:
    return Problem("error", "corrections", file, None, None, None, found, expected, action)
