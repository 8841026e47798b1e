"""Arrow columns to raw cells: text as shared Python strings, numbers as float64."""

from __future__ import annotations

from typing import Final, cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ir5nb.source.unreadable import refuse_doubled

EXACT_INTEGER: Final = 1 << 53


def from_arrow(table: pa.Table) -> pd.DataFrame:
    """Give the columns of an Arrow table as raw cells.

    Source: spec/data.md (text stays text, only an empty cell is missing).

    Parameters
    ----------
    table
        Columns of any plain type: numbers, text, categories, dates, times.

    Returns
    -------
    DataFrame
        float64 for numbers that it holds exactly, object with None for blank for everything else; dates are ISO 8601.

    Raises
    ------
    UnreadableError
        When two columns have one name.

    Examples
    --------
    >>> from_arrow(pa.table({"USUBJID": ["P-1", ""], "AGE": [61, None]})).values.tolist()
    [['P-1', 61.0], [None, nan]]
    """
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
