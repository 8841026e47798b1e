"""Raw cells to typed columns, with every cell that does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.source import dates
from ir5nb.source.domains import Domain
from ir5nb.source.mapping import as_text
from ir5nb.source.problems import PER_CHECK, Problem, Severity


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One source table on its way through the checks.

    Source: spec/data.md.

    Parameters
    ----------
    domain, file
        Its declaration and the name of its file.
    frame
        Its rows; the index is the row number in the file, from 0.
    """

    domain: Domain
    file: str
    frame: pd.DataFrame

    def problems(
        self,
        rows: npt.NDArray[np.bool_],
        column: str,
        expected: str,
        action: str,
        consequence: str = "",
        severity: Severity = "error",
        found: pd.Series | None = None,
    ) -> list[Problem]:
        """List the rows that are marked, at most `PER_CHECK` one by one.

        Source: spec/data.md (table, row, patient, column, value found, what is expected, what to do).

        Parameters
        ----------
        rows
            True where something is wrong, one per row.
        found
            What to quote instead of the column's own cells.
        """
        if not rows.any():
            return []
        where = np.flatnonzero(rows)
        quoted = found if found is not None else self.frame.get(column)
        patients = self.frame.get("USUBJID")
        listed = where[:PER_CHECK]
        return [
            Problem(
                severity, self.domain.name, self.file, int(self.frame.index[at]) + 2,
                _cell(patients, at), column, _cell(quoted, at), expected, action, consequence,
                further=len(where) - len(listed) if at == listed[-1] else 0,
            )
            for at in listed
        ]  # fmt: skip

    def whole(self, column: str, expected: str, action: str, consequence: str = "") -> Problem:
        """Report something about the table as such: an error, or a query where there is a consequence."""
        severity: Severity = "query" if consequence else "error"
        name = self.domain.name
        return Problem(severity, name, self.file, None, None, column, None, expected, action, consequence)


def typed(domain: Domain, file: str, raw: pd.DataFrame) -> tuple[Table, list[Problem]]:
    """Give every column of a raw table its type, and report the cells that have another.

    Source: spec/data.md ("Required table or column absent · wrong type").

    Parameters
    ----------
    raw
        Columns under their SDTM names, text or float64.

    Returns
    -------
    tuple
        The table, with a parsed companion `…DT` beside every `…DTC` and a `--SEQ`, and the problems.

    Examples
    --------
    >>> from ir5nb.source.domains import DOMAINS
    >>> raw = pd.DataFrame({"USUBJID": ["P-1"], "MHTERM": ["ASTHMA"], "MHSTDTC": ["2020-13"]})
    >>> table, problems = typed(DOMAINS["MH"], "mh.csv", raw)
    >>> table.frame.columns.tolist(), problems[0].found
    (['USUBJID', 'MHTERM', 'MHSTDTC', 'MHSTDT', 'MHSEQ'], '2020-13')
    """
    source = Table(domain, file, raw)
    problems = [_absent(source, column) for column in domain.required if column not in raw]
    problems += [
        source.whole(column, f"the column {column}", "export it if it was collected", lost)
        for column, lost in domain.expected.items()
        if column not in raw
    ]
    columns: dict[str, pd.Series] = {}
    for name in raw.columns:
        columns |= _column(source, str(name), problems)
    if domain.sequence not in columns:
        columns[domain.sequence] = pd.Series(raw.index.to_numpy() + 1, index=raw.index, dtype="Int64")
    return Table(domain, file, pd.DataFrame(columns, index=raw.index, copy=False)), problems


def empty(domain: Domain) -> pd.DataFrame:
    """Make a table without rows, with the columns the analysis needs.

    Source: spec/endpoints.md ("An empty table keeps its columns").

    Examples
    --------
    >>> from ir5nb.source.domains import DOMAINS
    >>> empty(DOMAINS["PR"]).dtypes.astype(str).to_dict()["PRSTDT"]
    'datetime64[ns]'
    """
    return typed(domain, "", pd.DataFrame({column: pd.Series(dtype=object) for column in domain.declared}))[0].frame


def _absent(table: Table, column: str) -> Problem:
    action = f"export it, or name the column that holds it in `mapping: columns: {table.domain.name}:`"
    return table.whole(column, f"the column {column}", action)


def _column(table: Table, name: str, problems: list[Problem]) -> dict[str, pd.Series]:
    """One column in its type, a date with its companion; problems are added."""
    raw, kind = table.frame[name], table.domain.kind(name)
    if kind in {"number", "integer"}:
        numbers, wrong = _numbers(raw)
        problems += table.problems(wrong, name, "a number", "correct the cell; leave it empty when it is missing")
        return {name: _integers(table, name, numbers, problems) if kind == "integer" else numbers}
    if kind == "date":
        read = dates.parse(as_text(raw))
        problems += table.problems(read.malformed, name, dates.FORMAT, "correct the date; leave out parts not known")
        return {name: as_text(raw), name.removesuffix("C"): pd.Series(read.day, index=raw.index)}
    return {name: as_text(raw) if name in table.domain.declared or raw.dtype == object else raw}


def _numbers(raw: pd.Series) -> tuple[pd.Series, npt.NDArray[np.bool_]]:
    """Numbers of a column and which of its cells are none; each distinct text is read once."""
    if raw.dtype != object:
        return raw, np.isinf(raw.to_numpy(dtype=float))
    codes, distinct = pd.factorize(raw)
    values = np.array([*_floats(distinct), np.nan])
    wrong = np.isnan(values)
    wrong[-1] = False
    return pd.Series(values[codes], index=raw.index), wrong[codes]


def _floats(texts: Iterable[str]) -> Sequence[float]:
    return [_float(str(text)) for text in texts]


def _float(text: str) -> float:
    """One decimal number; NaN for anything else, also for what Python alone takes as one (nan, inf, 1_000)."""
    if not set(text) <= set("0123456789+-.eE"):
        return np.nan
    try:
        number = float(text)
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


def _integers(table: Table, name: str, numbers: pd.Series, problems: list[Problem]) -> pd.Series:
    broken = (numbers % 1 != 0).to_numpy() & numbers.notna().to_numpy()
    problems += table.problems(broken, name, "a whole number", "correct the cell")
    return numbers.where(~broken).astype("Int64")


def _cell(column: pd.Series | None, at: int) -> str | None:
    """One cell as a reader would find it in the file; None for blank."""
    if column is None:
        return None
    cell = column.iloc[at]
    if cell is None or pd.isna(cell):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.date().isoformat()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
