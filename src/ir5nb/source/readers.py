"""One file to one frame of raw cells, whatever its format: text as it stands, None for blank, numbers where typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import pandas as pd
import pyarrow as pa

from ir5nb.source.arrow_cells import from_arrow
from ir5nb.source.csv_file import read_csv
from ir5nb.source.dataset_json import read_json, read_ndjson
from ir5nb.source.mapping import blanked
from ir5nb.source.unreadable import UnreadableError, refuse_doubled


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


def _parquet(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq  # noqa: PLC0415 - loaded only where a parquet file is read

    try:
        return from_arrow(pq.read_table(path))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError("not a parquet file of plain columns", "export the table again") from error


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
    ".csv": read_csv,
    ".csv.gz": read_csv,
    ".parquet": _parquet,
    ".xpt": _sas,
    ".sas7bdat": _sas,
    ".json": read_json,
    ".ndjson": read_ndjson,
}
