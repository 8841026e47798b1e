"""Finished chunks on disk, one line each, so that a run that was ended goes on."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

Counts = list[list[int]]


class Parts:
    """The finished chunks of a folder.

    A line that is not whole (the run was killed while it was written) or whose sum is wrong does not count; its chunk
    is done again.

    Source: issue 8 (resumable; finished chunks are checked).

    Parameters
    ----------
    path
        File of one JSON line a chunk; need not exist.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> Parts(folder / "parts.jsonl").keep("a", [[1, 2]])
    >>> Parts(folder / "parts.jsonl").done
    {'a': [[1, 2]]}
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.done: dict[str, Counts] = {}
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._take(line)

    def _take(self, line: str) -> None:
        try:
            told = json.loads(line)
            digest, rows, found = told["chunk"], told["rows"], told["sum"]
        except (ValueError, KeyError, TypeError):
            return
        if found == _sum(digest, rows):
            self.done[digest] = rows

    def keep(self, digest: str, rows: Counts) -> None:
        """Append a finished chunk, whole on disk before the next is asked for.

        Parameters
        ----------
        digest
            Of everything the chunk depends on.
        rows
            Its counts.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"chunk": digest, "sum": _sum(digest, rows), "rows": rows}, separators=(",", ":"))
        with self._path.open("a", encoding="utf-8") as file:
            # a line cut short by a kill must not swallow this one
            file.write(("" if self._ends_line() else "\n") + line + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.done[digest] = rows

    def _ends_line(self) -> bool:
        size = self._path.stat().st_size
        if size == 0:
            return True
        with self._path.open("rb") as file:
            file.seek(size - 1)
            return file.read(1) == b"\n"


def _sum(digest: str, rows: Counts) -> str:
    return hashlib.sha256(json.dumps([digest, rows], separators=(",", ":")).encode()).hexdigest()
