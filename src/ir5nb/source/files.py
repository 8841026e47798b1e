"""Which file of a folder is which table."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ir5nb.source.domains import DOMAINS, declared
from ir5nb.source.problems import Problem, printable
from ir5nb.source.readers import FORMATS, ending_of

_BLOCK: Final = 1 << 20
_SIMILAR: Final = 4  # files that a message names as perhaps the one looked for


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
        similar = [path.name for path in present if _resembles(path, name)]
        problems += _problems(name, files, similar, tables.get(name), name in required)
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


def _resembles(path: Path, name: str) -> bool:
    """Say whether the domain's two letters are a word of the file's name: rs_onco.csv may be RS."""
    return name.lower() in re.split("[^a-z0-9]", path.name.lower())


def _problems(
    name: str, files: Sequence[Path], similar: Sequence[str], mapped: str | None, required: bool
) -> list[Problem]:
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
        naming = f"name the file in `mapping: tables: {name}:`{_perhaps(similar)}"
        return [_error(name, None, expected, f"add {stem}.csv, or {naming}")]
    if not domain.without:
        return []
    return [_absent(name, expected, similar, domain.without)]


def _perhaps(similar: Sequence[str]) -> str:
    """Name the files that may be the one looked for; how to name one in the plan is said in front."""
    few = [printable(name)[1:-1] for name in similar[:_SIMILAR]]
    more = ", …" if len(similar) > _SIMILAR else ""
    return f" (perhaps {', '.join(few)}{more})" if few else ""


def _absent(name: str, expected: str, similar: Sequence[str], consequence: str) -> Problem:
    naming = f", or name its file in `mapping: tables: {name}:`{_perhaps(similar)}" if similar else ""
    action = f"add it if it was collected{naming}"
    return Problem("query", name, None, None, None, None, None, expected, action, consequence)


def _error(table: str | None, found: str | None, expected: str, action: str) -> Problem:
    return Problem("error", table, None, None, None, None, found, expected, action)
