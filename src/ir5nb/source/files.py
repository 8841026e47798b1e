"""Which file of a folder is which table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ir5nb.source.domains import DOMAINS, declared
from ir5nb.source.problems import Problem
from ir5nb.source.readers import FORMATS, ending_of

_BLOCK: Final = 1 << 20


def find(folder: Path, tables: Mapping[str, str], required: Sequence[str]) -> tuple[dict[str, Path], list[Problem]]:
    """Find one file for each domain by its name, or by the name the mapping gives.

    Source: spec/data.md ("One file per domain; the format is found by its ending").

    Parameters
    ----------
    folder
        Folder of the data cut; files that are no table of ours are ignored.
    tables
        Domain -> file name or stem (case ignored), from the mapping.
    required
        Domains that must be there beside those always needed.

    Returns
    -------
    tuple
        Domain -> file, and the problems: no file, two files for one domain, an absent table.

    Examples
    --------
    >>> find(Path("nowhere"), {}, ())[1][0].found
    'nowhere'
    """
    if not folder.is_dir():
        return {}, [_error(None, str(folder), "a folder of source tables", "give the folder that holds dm.csv")]
    present = [path for path in sorted(folder.iterdir()) if path.is_file() and ending_of(path)]
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    for name in [*DOMAINS, *(extra for extra in tables if extra not in DOMAINS)]:
        files = [path for path in present if _matches(path, tables.get(name, name))]
        problems += _problems(name, files, tables.get(name), name in required)
        if len(files) == 1:
            found[name] = files[0]
    return found, problems


def fingerprint(path: Path) -> str:
    """Compute the SHA-256 of a file's bytes.

    Source: spec/architecture.md (frozen frames + fingerprints).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     fingerprint(Path(file.name))[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _matches(path: Path, wanted: str) -> bool:
    name = path.name.lower()
    return wanted.lower() in {name, name.removesuffix(ending_of(path))}


def _problems(name: str, files: Sequence[Path], mapped: str | None, required: bool) -> list[Problem]:
    domain = declared(name)
    stem = mapped or name.lower()
    if len(files) > 1:
        names = ", ".join(path.name for path in files)
        action = f"remove one, or name the file to use in `mapping: tables: {name}:`"
        return [_error(name, names, f"one file for {name}", action)]
    if files:
        return []
    expected = f"a file {stem} with one row per {domain.label} ({', '.join(FORMATS)})"
    if domain.mandatory or mapped or required:
        return [_error(name, None, expected, f"add {stem}.csv, or name the file in `mapping: tables: {name}:`")]
    if not domain.without:
        return []
    return [_absent(name, expected, domain.without)]


def _absent(name: str, expected: str, consequence: str) -> Problem:
    action = "add it if it was collected"
    return Problem("query", name, None, None, None, None, None, expected, action, consequence)


def _error(table: str | None, found: str | None, expected: str, action: str) -> Problem:
    return Problem("error", table, None, None, None, None, found, expected, action)
