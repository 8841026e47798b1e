"""From a folder of files to a `Trial`, or to one exception with everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from ir5nb.source.domains import DOMAINS, declared
from ir5nb.source.files import find, fingerprint
from ir5nb.source.ledger import FILE_NAME, Correction, amend, read_ledger
from ir5nb.source.mapping import Names, rename, understand
from ir5nb.source.problems import DataError, Problem
from ir5nb.source.readers import read_raw
from ir5nb.source.trial import Trial, survey
from ir5nb.source.typed import Table, empty, typed
from ir5nb.source.unreadable import UnreadableError


def read(
    path: Path | str | None = None,
    mapping: Mapping[str, Any] | None = None,
    corrections: Path | str | None = None,
    required: Sequence[str] = (),
) -> Trial:
    """Read and check the source tables of a trial.

    Source: spec/data.md.

    Parameters
    ----------
    path
        Folder of the data cut; None: the demo data inside the package.
    mapping
        The plan's `mapping:` block, parsed: `tables`, `columns`, `codes`.
    corrections
        Corrections ledger; None: `corrections.yaml` beside the data, where there is one.
    required
        Domains that must be there beside DM, DS and EX.

    Returns
    -------
    Trial
        Checked tables; what is odd but survivable is in its `queries`.

    Raises
    ------
    DataError
        When there is at least one error; it carries all problems of all tables.

    Examples
    --------
    >>> try:
    ...     read("no such folder")
    ... except DataError as error:
    ...     print(error.problems[0].action)
    give the folder that holds dm.csv
    """
    folder = Path(str(resources.files("ir5nb").joinpath("demo"))) if path is None else Path(path)
    names, problems = understand(mapping)
    files, absent = find(folder, names.tables, required)
    ledger_path = Path(corrections) if corrections is not None else folder / FILE_NAME
    has_ledger = corrections is not None or ledger_path.is_file()
    ledger, unread = read_ledger(ledger_path) if has_ledger else ((), [])
    problems += [*absent, *unread, *_unused(names, ledger)]
    tables: dict[str, Table] = {}
    for domain, file in files.items():
        table, found = _table(domain, file, names, ledger)
        problems += found
        if table is not None:
            tables[domain] = table
    problems += survey(tables)
    if any(problem.severity == "error" for problem in problems):
        raise DataError(problems)
    used = [*files.values(), *([ledger_path] if has_ledger else [])]
    frames = {name: tables[name].frame if name in tables else empty(declared(name)) for name in {**DOMAINS, **tables}}
    prints = {file.name: fingerprint(file) for file in used}
    return Trial(frames, prints, {name: table.file for name, table in tables.items()}, tuple(problems), ledger)


def _table(domain: str, path: Path, names: Names, ledger: Sequence[Correction]) -> tuple[Table | None, list[Problem]]:
    """One file to its typed table, and what is wrong with its cells; None where it cannot be read."""
    try:
        raw: pd.DataFrame = read_raw(path)
    except UnreadableError as error:
        expected = f"a table in the format of {path.name}"
        found = Problem("error", domain, path.name, error.line, None, None, error.found, expected, error.action)
        return None, [found]
    renamed, wrong_names = rename(raw, domain, path.name, names)
    own = tuple(correction for correction in ledger if correction.table == domain)
    amended, stale = amend(renamed, path.name, own) if own else (renamed, [])
    table, wrong_cells = typed(declared(domain), path.name, amended)
    return table, [*wrong_names, *stale, *wrong_cells]


def _unused(names: Names, ledger: Sequence[Correction]) -> list[Problem]:
    """Entries of the mapping or the ledger for a table there is none of."""
    known = {*DOMAINS, *names.tables}
    mapped = {*names.columns, *names.codes}
    where = [("mapping", name) for name in sorted(mapped - known)]
    where += [("corrections", entry.table) for entry in ledger if entry.table not in known]
    expected = f"one of the tables {', '.join(sorted(known))}"
    return [
        Problem("error", place, None, None, None, None, name, expected, "correct the name of the table")
        for place, name in where
    ]
