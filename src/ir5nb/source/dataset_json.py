"""Dataset-JSON 1.1 (CDISC): one document, or one JSON value per line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ir5nb.source.unreadable import UnreadableError, refuse_doubled

_NUMBERS: Final = frozenset({"integer", "float", "double"})  # "decimal" travels as text, which keeps its digits
_EXPORT: Final = "export the table again as Dataset-JSON 1.1"


def read_json(path: Path) -> pd.DataFrame:
    """Read a Dataset-JSON document.

    Source: CDISC Dataset-JSON 1.1, section "Dataset-JSON Specification"; spec/data.md.

    Parameters
    ----------
    path
        File of one JSON object with `columns`, `rows` and `records`.

    Raises
    ------
    UnreadableError
        When it is no Dataset-JSON, a row has not one cell per column, or `records` is not the number of rows.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not JSON in UTF-8", _EXPORT) from error
    rows = document.get("rows") if isinstance(document, dict) else None
    return _frame(document, rows, first_line=None)


def read_ndjson(path: Path) -> pd.DataFrame:
    """Read Dataset-JSON with its metadata on the first line and one row on each other.

    Source: CDISC Dataset-JSON 1.1, "NDJSON representation"; spec/data.md.

    Raises
    ------
    UnreadableError
        As `read_json`, with the line.
    """
    with path.open(encoding="utf-8-sig") as stream:
        try:
            values = [_line(number, text) for number, text in enumerate(stream, start=1) if text.strip()]
        except UnicodeDecodeError as error:
            raise UnreadableError("not UTF-8", _EXPORT) from error
    if not values:
        raise UnreadableError("an empty file", _EXPORT)
    return _frame(values[0], values[1:], first_line=2)


def _line(number: int, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("a line that is not JSON", _EXPORT, number) from error


def _frame(head: Any, rows: Any, first_line: int | None) -> pd.DataFrame:
    columns = head.get("columns") if isinstance(head, dict) else None
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise UnreadableError("no Dataset-JSON (no `columns` or no `rows`)", _EXPORT)
    if not all(isinstance(column, dict) and isinstance(column.get("name"), str) for column in columns):
        raise UnreadableError("a column without name", _EXPORT)
    _check_rows(head, rows, len(columns), first_line)
    names = [column["name"] for column in columns]
    refuse_doubled(names)
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pd.DataFrame({column["name"]: _cells(column, values) for column, values in zip(columns, cells, strict=True)})


def _check_rows(head: Mapping[str, Any], rows: Sequence[Any], width: int, first_line: int | None) -> None:
    promised = head.get("records")
    if isinstance(promised, int) and promised != len(rows):
        raise UnreadableError(
            f"{len(rows)} rows where `records` promises {promised}", "the file is cut off; copy it again"
        )
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != width:
            line = None if first_line is None else number + first_line
            raise UnreadableError(f"row {number + 1} has not one cell for each of {width} columns", _EXPORT, line)


def _cells(column: Mapping[str, Any], values: Sequence[Any]) -> pd.Series:
    if column.get("dataType") in _NUMBERS and all(_is_number(value) for value in values):
        return pd.Series(values, dtype="float64")
    return pd.Series([None if value in (None, "") else _as_text(value) for value in values], dtype=object)


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
