"""A folder that appears whole or not at all: written beside its place, then exchanged with what stood there."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Give a temporary folder that takes the place of `target` when the block ends without an exception.

    An exception, or a kill at any moment, leaves `target` as it was; leftovers of a killed run are removed by the
    next one. On Linux the exchange is one system call (renameat2); elsewhere two renames.

    Parameters
    ----------
    target
        Folder to write; its parent is made where it is absent.

    Raises
    ------
    OSError
        When the parent cannot be written; nothing has changed then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.part-*"):
        if not _alive(int(left.name.split("-")[-2])):
            shutil.rmtree(left, ignore_errors=True)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.part-{os.getpid()}-", dir=target.parent))
    try:
        yield part
        part.chmod(0o755)
        _put_in_place(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def name(text: str) -> str:
    """Check that a text can name one folder inside another.

    Raises
    ------
    ValueError
        When it holds a separator, starts with a dot or is empty.

    Examples
    --------
    >>> name("2026-06-30-final")
    '2026-06-30-final'
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}", text):
        raise ValueError(f"{text!r} cannot name an output folder: use letters, digits, '-', '_' and '.' only")
    return text


def _put_in_place(part: Path, target: Path) -> None:
    """Exchange the finished folder with the one it replaces; the old one is then at `part`."""
    if not target.exists():
        part.rename(target)
    elif not _exchange(part, target):
        old = part.with_name(part.name + "-old")
        target.rename(old)
        part.rename(target)
        shutil.rmtree(old)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two paths in one step; False where the system has no such call."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    return bool(renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _alive(pid: int) -> bool:
    """Tell whether a process of that number runs, so that a running command's folder is never removed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
