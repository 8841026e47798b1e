"""The plan's `mapping:` block: other names of tables and columns, and other codes of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.source.problems import Problem

_PARTS: Final = ("tables", "columns", "codes")
_SHAPE: Final = (
    "`tables: {RS: file_name}`, `columns: {RS: {RSSTRESC: name_in_file}}`, `codes: {RS: {RSSTRESC: {found: meaning}}}`"
)


@dataclass(frozen=True, slots=True)
class Names:
    """A checked mapping, every name in upper case except file names and codes.

    Source: spec/data.md ("A `mapping:` block in the plan may rename …; nothing else is configurable there").

    Parameters
    ----------
    tables
        Domain -> file name or stem.
    columns
        Domain -> {SDTM name: name in the file}.
    codes
        Domain -> SDTM name -> {text found: meaning}; the meaning "" is blank.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)


def understand(mapping: Mapping[str, Any] | None) -> tuple[Names, list[Problem]]:
    """Check a mapping as the plan gives it.

    Source: spec/data.md.

    Returns
    -------
    tuple
        The mapping, empty where it could not be understood, and the problems.

    Examples
    --------
    >>> understand({"tables": {"rs": "rs_onco"}})[0].tables
    {'RS': 'rs_onco'}
    >>> print(understand({"table": {}})[1][0].action)
    did you mean 'tables'?
    """
    given = mapping or {}
    problems = [_unknown(str(key)) for key in given if key not in _PARTS]
    try:
        tables = {str(domain).upper(): _word(file) for domain, file in _part(given, "tables").items()}
        columns = {
            str(domain).upper(): {str(name).upper(): _word(there).upper() for name, there in dict(names).items()}
            for domain, names in _part(given, "columns").items()
        }
        codes = {
            str(domain).upper(): {str(name).upper(): _codes(table) for name, table in dict(names).items()}
            for domain, names in _part(given, "codes").items()
        }
    except (TypeError, ValueError) as error:
        return Names(), [*problems, _problem(str(error), _SHAPE, "write the mapping in this shape")]
    return Names(tables, columns, codes), problems


def rename(frame: pd.DataFrame, table: str, file: str, names: Names) -> tuple[pd.DataFrame, list[Problem]]:
    """Give the columns of one table their SDTM names and its codes their meaning.

    Source: spec/data.md.

    Parameters
    ----------
    frame
        Raw cells with upper-case names (`readers.read_raw`).

    Examples
    --------
    >>> names, _ = understand({"columns": {"RS": {"RSSTRESC": "rep"}}, "codes": {"RS": {"RSSTRESC": {"P": "PD"}}}})
    >>> rename(pd.DataFrame({"REP": ["P", "CR"]}), "RS", "rs.csv", names)[0]["RSSTRESC"].tolist()
    ['PD', 'CR']
    """
    if table not in names.columns and table not in names.codes:
        return frame, []
    wanted = names.columns.get(table, {})
    absent = [there for there in wanted.values() if there not in frame.columns]
    problems = [_no_column(table, file, there, frame) for there in absent]
    turned = {there: name for name, there in wanted.items() if there not in absent}
    # A column already under the SDTM name gives way to the one the mapping names.
    hidden = [name for there, name in turned.items() if name in frame.columns and name not in turned]
    renamed = frame.drop(columns=hidden).rename(columns=turned)
    for column, codes in names.codes.get(table, {}).items():
        if column in renamed.columns:
            renamed[column] = _translate(renamed[column], codes)
        else:
            problems.append(_no_column(table, file, column, renamed))
    return renamed, problems


def _translate(column: pd.Series, codes: Mapping[str, str]) -> pd.Series:
    texts = as_text(column)
    at, distinct = pd.factorize(texts)
    meaning = np.array([*(codes.get(found, found) or None for found in distinct), None], dtype=object)
    return pd.Series(meaning[at], index=texts.index, dtype=object)


def as_text(column: pd.Series) -> pd.Series:
    """Write a raw column as text: a whole number without its point, None for blank.

    Source: spec/data.md (text columns of typed formats, e.g. a numeric grade or centre).

    Examples
    --------
    >>> as_text(pd.Series([1.0, None, 2.5])).tolist()
    ['1', None, '2.5']
    """
    if column.dtype == object:
        return column
    codes, distinct = pd.factorize(column)
    texts = [str(int(number)) if number == int(number) else repr(float(number)) for number in distinct]
    return pd.Series(np.array([*texts, None], dtype=object)[codes], index=column.index, dtype=object)


def blanked(column: pd.Series, rows: npt.NDArray[np.bool_]) -> pd.Series:
    """Copy a text column with some cells blank.

    Source: spec/data.md.

    Examples
    --------
    >>> blanked(pd.Series(["Y", "Y"]), np.array([True, False])).tolist()
    [None, 'Y']
    """
    cells = column.to_numpy(dtype=object, copy=True)
    cells[rows] = None
    return pd.Series(cells, index=column.index, dtype=object)


def _part(given: Mapping[str, Any], part: str) -> dict[Any, Any]:
    value = given.get(part) or {}
    if not isinstance(value, Mapping):
        raise TypeError(f"`{part}:` is no table of names")
    return dict(value)


def _codes(table: Mapping[Any, Any]) -> dict[str, str]:
    return {str(found): "" if meaning is None else str(meaning) for found, meaning in dict(table).items()}


def _word(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is no name")
    return value


def _unknown(key: str) -> Problem:
    near = get_close_matches(key, _PARTS, n=1, cutoff=0.0)
    return _problem(key, f"only {', '.join(_PARTS)} under `mapping:`", f"did you mean {near[0]!r}?")


def _no_column(table: str, file: str, column: str, frame: pd.DataFrame) -> Problem:
    near = get_close_matches(column, list(frame.columns), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"the file has {', '.join(map(str, frame.columns[:12]))}"
    return Problem("error", table, file, None, None, column, None, f"the column {column} named in `mapping:`", hint)


def _problem(found: str, expected: str, action: str) -> Problem:
    return Problem("error", "mapping", None, None, None, None, found, expected, action)
