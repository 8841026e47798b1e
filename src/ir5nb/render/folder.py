"""A folder that appears whole or not at all: written beside its place, then exchanged with what stood there.

Beside it: a private folder for sockets and copies that is gone afterwards, and the pointer to the newest run.
"""

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


_LONGEST = 60  # characters of a temporary folder's path that leave room for a socket's name (107 in all on Linux)
POINTER = "latest"
FAILED = ".failed"  # ending of the folder beside a run's that keeps what a failed run has made


@contextmanager
def whole(target: Path, *, sweeping: bool = True) -> Iterator[Path]:
    """Give a temporary folder that takes the place of `target` when the block ends without an exception.

    An exception, or a kill at any moment, leaves `target` as it was; leftovers of a killed run are removed by the
    next one, before it writes. On Linux the exchange is one system call (renameat2); elsewhere two renames.

    Parameters
    ----------
    target
        Folder to write; its parent is made where it is absent.
    sweeping
        False where the caller takes what a killed run has left and calls `sweep` itself.

    Raises
    ------
    OSError
        When the parent cannot be written; nothing has changed then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(f"{target} is a file, and a folder is to be written there")
    if sweeping:
        sweep(target)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}.part-{os.getpid()}-", dir=target.parent))
    try:
        yield part
        part.chmod(0o755)
        _put_in_place(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def leftovers(target: Path) -> list[Path]:
    """Give what killed runs to `target` have left, the newest first.

    Parameters
    ----------
    target
        Folder that the runs would have written.
    """
    found = [left for left in target.parent.glob(f".{target.name}.part-*") if not _alive(_owner(left))]
    return sorted(found, key=lambda left: left.stat().st_mtime, reverse=True)


def sweep(target: Path) -> None:
    """Remove what killed runs to `target` have left.

    Parameters
    ----------
    target
        Folder that the runs would have written.
    """
    for left in leftovers(target):
        shutil.rmtree(left, ignore_errors=True)


def temporary() -> Path:
    """Give the folder of temporary folders: the user's own, unless its path leaves no room for a socket's name."""
    place = Path(tempfile.gettempdir())
    return place if len(str(place)) <= _LONGEST else Path("/tmp")  # noqa: S108 - what is made in it, mkdtemp makes


@contextmanager
def private() -> Iterator[Path]:
    """Give a temporary folder that this user alone can enter, and remove it afterwards.

    What a killed process has left is removed by the next one. The path is short enough for a socket in it.
    """
    place = temporary()
    for left in place.glob("ir5nb-work-*"):
        if not _alive(_owner(left)):
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"ir5nb-work-{os.getpid()}-", dir=place))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def point(target: Path) -> None:
    """Let `latest` beside a run's folder name it: a symbolic link, or a text file where links cannot be made.

    Parameters
    ----------
    target
        The folder of the newest run.
    """
    pointer, new = target.with_name(POINTER), target.with_name(f".{POINTER}-{os.getpid()}")
    new.unlink(missing_ok=True)
    try:
        new.symlink_to(target.name, target_is_directory=True)
    except OSError:
        new.write_text(target.name + "\n", encoding="utf-8")
    new.replace(pointer)


def pointed(path: Path) -> Path:
    """Give the folder of a run that a path names: itself, or what a pointer written as text says.

    Parameters
    ----------
    path
        A run's folder, or `latest`.

    Raises
    ------
    ValueError
        When the path is a file that names no folder.
    """
    return path.with_name(name(path.read_text(encoding="utf-8")[:200].strip())) if path.is_file() else path


def name(text: str) -> str:
    """Check that a text can name one folder inside another.

    Raises
    ------
    ValueError
        When it holds a separator, starts with a dot, is empty, or is a name this package uses beside the runs.

    Examples
    --------
    >>> name("2026-06-30-final")
    '2026-06-30-final'
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}", text):
        raise ValueError(f"{text!r} cannot name an output folder: use letters, digits, '-', '_' and '.' only")
    if text == POINTER or text.endswith(FAILED):
        raise ValueError(f"{text!r} cannot name an output folder: {POINTER} and …{FAILED} are used beside the runs")
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


def _owner(left: Path) -> int:
    """Give the number of the process that made a temporary folder; its name ends in -<number>-<random>."""
    number = re.search(r"-(\d+)-[^-]*(-old)?$", left.name)
    return int(number.group(1)) if number else os.getpid()


def _alive(pid: int) -> bool:
    """Tell whether a process of that number runs, so that a running command's folder is never removed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
