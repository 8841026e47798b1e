"""One file to one frame of raw cells, whatever its format: text as it stands, None for blank, numbers where typed."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ir5nb.source.dataset_json import read_json, read_ndjson
from ir5nb.source.mapping import blanked
from ir5nb.source.unreadable import UnreadableError, refuse_doubled

FIRST_BYTES: Final = 1 << 16
BLOCK: Final = 1 << 20
EXACT_INTEGER: Final = 1 << 53
_RAGGED: Final = re.compile(r"Row #(?P<row>\d+): Expected (?P<wanted>\d+) columns, got (?P<found>\d+)")


def read_raw(path: Path) -> pd.DataFrame:
    r"""Read one source file; nothing is guessed: text stays text, only an empty cell is missing.

    Source: spec/data.md (formats by ending).

    Parameters
    ----------
    path
        A file whose ending is one of `FORMATS`.

    Returns
    -------
    DataFrame
        Upper-case column names, index = row number (0-based); text columns are object with None for blank, columns
        that the format itself types as numbers are float64 (NaN for blank), dates are ISO 8601 text.

    Raises
    ------
    UnreadableError
        When the file is not what its ending says, with the line where that is known.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = pathlib.Path(folder.name, "dm.csv")
    >>> _ = file.write_text("usubjid;siteid\nP-1;007\nNA;\n", encoding="utf-8")
    >>> read_raw(file).values.tolist()
    [['P-1', '007'], ['NA', None]]
    >>> folder.cleanup()
    """
    ending = ending_of(path)
    frame = FORMATS[ending](path)
    frame.columns = pd.Index([str(name).strip().upper() for name in frame.columns])
    refuse_doubled(frame.columns)
    return frame


def ending_of(path: Path) -> str:
    """Find the ending that decides the format, or "" when it is none of ours.

    Source: spec/data.md (formats by ending).

    Examples
    --------
    >>> ending_of(Path("DM.csv.GZ")), ending_of(Path("notes.txt"))
    ('.csv.gz', '')
    """
    name = path.name.lower()
    return next((ending for ending in FORMATS if name.endswith(ending)), "")


def _csv(path: Path) -> pd.DataFrame:
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
        return _without_empty_lines(_from_arrow(_csv_table(opened, names, separator)))


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


def _parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq  # noqa: PLC0415 - loaded only where a parquet file is read

    try:
        return _from_arrow(pq.read_table(path))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError("not a parquet file of plain columns", "export the table again") from error


def _from_arrow(table: pa.Table) -> pd.DataFrame:
    refuse_doubled(table.column_names)
    return pd.DataFrame({name: _cells(table.column(name)) for name in table.column_names}, copy=False)


def _cells(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind) or (pa.types.is_integer(kind) and _exact(column)):
        return cast("pd.Series", column.cast(pa.float64(), safe=False).to_pandas())
    if pa.types.is_timestamp(kind):
        return _text(pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%dT%H:%M:%S"))
    return _text(column.cast(pa.string()))


def _exact(integers: pa.ChunkedArray) -> bool:
    """Whether all integers are exact as float64; an identifier may not be, and is then read as text."""
    bounds = pc.min_max(integers).as_py()
    return all(bound is None or abs(bound) <= EXACT_INTEGER for bound in bounds.values())


def _text(column: pa.ChunkedArray) -> pd.Series:
    """Text cells as shared Python strings (each distinct text once in memory), None for the empty cell."""
    blank = pc.equal(column, "")
    return cast("pd.Series", pc.if_else(blank, pa.scalar(None, pa.string()), column).to_pandas())


def _sas(path: Path) -> pd.DataFrame:
    import pyreadstat  # noqa: PLC0415 - loaded only where a SAS file is read

    read = pyreadstat.read_xport if path.name.lower().endswith(".xpt") else pyreadstat.read_sas7bdat
    try:
        frame, _ = read(str(path))
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeDecodeError) as error:
        message = f"not a SAS file that can be read ({str(error)[:120]})"
        raise UnreadableError(message, "export the table again, text as UTF-8") from error
    return pd.DataFrame({name: _sas_cells(frame[name]) for name in frame.columns}, copy=False)


def _sas_cells(column: pd.Series) -> pd.Series:
    if column.dtype == object:
        return column.map({cell: _sas_text(cell) for cell in pd.unique(column)}).astype(object)
    if pd.api.types.is_datetime64_any_dtype(column):
        return blanked(column.dt.strftime("%Y-%m-%dT%H:%M:%S"), column.isna().to_numpy())
    return column.astype("float64")


def _sas_text(cell: object) -> str | None:
    """Text of a SAS character cell or of a formatted date; blank and missing are None."""
    if cell is None or cell is pd.NaT or cell == "" or cell != cell:  # noqa: PLR0124 - NaN differs from itself
        return None
    return cell if isinstance(cell, str) else str(cast("Any", cell).isoformat())


FORMATS: Final[Mapping[str, Callable[[Path], pd.DataFrame]]] = {
    ".csv": _csv,
    ".csv.gz": _csv,
    ".parquet": _parquet,
    ".xpt": _sas,
    ".sas7bdat": _sas,
    ".json": read_json,
    ".ndjson": read_ndjson,
}
