"""CSV files: the separator from the header, every cell as text, and nothing lost without a word."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import IO, Any, Final, cast

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from ir5nb.source.arrow_cells import from_arrow
from ir5nb.source.unreadable import UnreadableError, refuse_doubled

FIRST_BYTES: Final = 1 << 16
BLOCK: Final = 1 << 20
_RAGGED: Final = re.compile(r"Row #(?P<row>\d+): Expected (?P<wanted>\d+) columns, got (?P<found>\d+)")


def read_csv(path: Path) -> pd.DataFrame:
    r"""Read a CSV file, comma or semicolon, plain or gzip; every cell is text.

    Source: spec/data.md (UTF-8).

    Parameters
    ----------
    path
        A file whose first line names the columns.

    Returns
    -------
    DataFrame
        object columns with None for the empty cell; index = row number (an empty line is no record, but counts).

    Raises
    ------
    UnreadableError
        When there is no header, a line is not UTF-8 or has another number of cells, or a quote is never closed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
    ...     _ = file.write("USUBJID,MHTERM\nP-1,NA\nP-2,\n")
    ...     file.flush()
    ...     read_csv(Path(file.name))["MHTERM"].tolist()
    ['NA', None]
    """
    try:
        return _csv_frame(path)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableError("not a gzip file, or one cut short", "copy the file again") from error


def _csv_frame(path: Path) -> pd.DataFrame:
    with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as stream:
        opened = cast("IO[bytes]", stream)
        names, separator = _header(opened.readline(FIRST_BYTES))
        refuse_doubled(names)
        if not opened.read(1):
            return pd.DataFrame({name: pd.Series(dtype=object) for name in names})
        _refuse_open_quote(opened)
        opened.seek(0)
        return _without_empty_lines(from_arrow(_csv_table(opened, names, separator)))


def _refuse_open_quote(stream: IO[bytes]) -> None:
    """Refuse a quote that is never closed: all records after it would be read as one cell."""
    stream.seek(0)
    if sum(block.count(b'"') for block in iter(lambda: stream.read(BLOCK), b"")) % 2 == 0:
        return
    stream.seek(0)
    odd = [number for number, line in enumerate(stream, start=1) if line.count(b'"') % 2]
    raise UnreadableError("a quote that is never closed", "close the quote, or double a quote that is text", odd[-1])


def _without_empty_lines(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop rows without any cell; the others keep their row number."""
    empty = frame.iloc[:, 0].isna()
    for name in frame.columns[1:]:
        if not empty.any():
            return frame
        empty &= frame[name].isna()
    return frame[~empty]


def _header(line: bytes) -> tuple[list[str], str]:
    """Column names of a CSV, and its separator: the one of comma and semicolon the header uses more."""
    if not line.strip():
        raise UnreadableError("the file has no header row", "export the table again with its column names")
    try:
        text = line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UnreadableError("the header is not UTF-8", "save the file as CSV UTF-8", 1) from error
    separator = ";" if text.count(";") > text.count(",") else ","
    return [name.strip().strip('"') for name in text.split(separator)], separator


def _csv_table(stream: IO[bytes], names: list[str], separator: str) -> pa.Table:
    options: dict[str, Any] = {
        # One thread: with several, Arrow does not know the line of a bad row.
        "read_options": pa_csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False),
        "parse_options": pa_csv.ParseOptions(
            delimiter=separator,
            newlines_in_values=True,
            ignore_empty_lines=False,  # so that every row keeps its line; `_csv_frame` drops them
        ),
        "convert_options": pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    }
    try:
        return pa_csv.read_csv(stream, **options)
    except pa.ArrowInvalid as error:
        raise _csv_problem(stream, str(error)) from error


def _csv_problem(stream: IO[bytes], message: str) -> UnreadableError:
    """Tell a wrong encoding and a wrong number of cells, each with its line, from other damage."""
    stream.seek(0)
    for number, line in enumerate(stream, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return UnreadableError("bytes that are not UTF-8", "save the file as CSV UTF-8", number)
    ragged = _RAGGED.search(message)
    if ragged is None:
        return UnreadableError(f"damaged CSV ({message[:120]})", "export the table again")
    found = f"{ragged['found']} cells where the header has {ragged['wanted']}"
    return UnreadableError(found, "quote cells that hold the separator; one record per line", int(ragged["row"]))
