"""The client's side of the preloaded parent: start one, ask it for forked processes, let it go."""

from __future__ import annotations

import atexit
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from ir5nb.render.kernels import server
from ir5nb.render.kernels.forked import Forked, ForkError
from ir5nb.render.kernels.server import Request

# A parent with one thread: no BLAS threads, and no background thread of pyarrow's allocator.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
# rfc3987_syntax compiles a grammar for 1.6 s when jsonschema is imported, for a check nobody here uses.
_START = (
    "import sys; sys.modules.setdefault('rfc3987_syntax', None)\n"
    "import {modules}\n"
    "from ir5nb.render.kernels import parent; parent.become({listener}, {client}, {private!r})"
)


class Parent:
    """A process that has imported everything once and forks itself on request; it leaves when this process does.

    Attributes
    ----------
    address
        Its socket, in a folder that only this user can enter.
    """

    def __init__(self, address: Path, hold: Connection | None, end: Callable[[], object] | None = None) -> None:
        self.address, self._hold, self._end = address, hold, end

    @classmethod
    def of_this_process(cls, private: Path) -> Self:
        """Fork the parent from this process, with what it has imported so far.

        Parameters
        ----------
        private
            Folder of this user alone, for the socket and what else the work needs; the parent removes it when this
            process is gone, however it went.

        Raises
        ------
        ForkError
            When this process has a second thread, or the system has no fork.
        """
        problem = server.unsafe()
        if problem:
            raise ForkError(problem)
        address, listener = _listen(private)
        there, here = Pipe(duplex=False)
        pid = os.fork()
        if pid == 0:
            here.close()
            _adopt(cls(address, None))
            server.run(listener, there, private)
        listener.close()
        there.close()
        return cls(address, here, lambda: os.waitpid(pid, 0))

    @classmethod
    def started(cls, modules: Sequence[str]) -> Self:
        """Start a new process that imports modules and is the parent from then on.

        Parameters
        ----------
        modules
            Names of what to import, e.g. "ir5nb.analyses".

        Raises
        ------
        ValueError
            When a name is not one of a module.
        """
        wrong = [name for name in modules if not _MODULE.fullmatch(name)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no name of a module")
        address, listener = _listen(Path(tempfile.mkdtemp(prefix="ir5nb-parent-")))
        there, here = Pipe(duplex=False)
        code = _START.format(modules=", ".join(["sys", *modules]), listener=listener.fileno(), client=there.fileno(),
                             private=str(address))  # fmt: skip
        process = subprocess.Popen(  # noqa: S603 - this Python, and names checked above
            [sys.executable, "-c", code], stdin=subprocess.DEVNULL, pass_fds=(listener.fileno(), there.fileno()),
            env={**os.environ, **ONE_THREAD},
        )  # fmt: skip
        listener.close()
        there.close()
        parent = cls(address, here, process.wait)
        atexit.register(parent.close)
        return parent

    def fork(
        self, function: Callable[..., Any], *arguments: object, folder: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Forked:  # fmt: skip
        """Call a function in a forked process.

        Parameters
        ----------
        function
            An importable function; it is given the arguments and then `tell`, by which it says how far it is.
        arguments
            What it is given; they are pickled.
        folder, environment
            Where it runs; this process's own where None.

        Raises
        ------
        ForkError
            When the parent is gone or has a second thread.
        """
        try:
            with socket.socket(socket.AF_UNIX) as request:
                request.connect(str(self.address))
                line = Connection(request.detach())
            line.send(Request(function, arguments, folder or str(Path.cwd()), dict(environment or os.environ)))
            return Forked(line)
        except (OSError, EOFError) as error:
            raise ForkError(f"the preloaded parent is gone ({error})") from error

    def close(self) -> None:
        """Let the parent go: it ends what it forked and removes its folder."""
        if self._hold is not None and self._end is not None:
            self._hold.close()
            self._hold = None
            self._end()


_known: dict[tuple[str, ...] | None, Parent] = {}


def _adopt(parent: Parent) -> None:
    """Let every process forked from here ask `parent`, whichever modules it wants."""
    _known.clear()
    _known[None] = parent


def of(modules: Iterable[str]) -> Parent:
    """Give the parent of this process: the one it was forked from, else one started now with `modules`.

    Parameters
    ----------
    modules
        Names of what a parent started now imports.
    """
    wanted = tuple(modules)
    if None in _known:
        return _known[None]
    if wanted not in _known:
        _known[wanted] = Parent.started(wanted)
    return _known[wanted]


def forget(parent: Parent) -> None:
    """Drop a parent that does not answer; the next one asked for is new.

    Parameters
    ----------
    parent
        What `of` gave.
    """
    for key in [key for key, value in _known.items() if value is parent]:
        del _known[key]


def become(listener: int, client: int, address: str) -> None:
    """Be the parent from now on; called by the process that `Parent.started` starts.

    Parameters
    ----------
    listener, client
        Inherited file descriptors.
    address
        Path of the socket.
    """
    _adopt(Parent(Path(address), None))
    server.run(socket.socket(fileno=listener), Connection(client, writable=False), Path(address).parent)


def _listen(private: Path) -> tuple[Path, socket.socket]:
    """Open the socket in a folder of this user alone."""
    if not hasattr(socket, "AF_UNIX"):
        raise ForkError("this system has no fork")
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(private / "ask"))
        listener.listen(64)
    except OSError as error:  # a path of more than about 100 characters
        listener.close()
        raise ForkError(f"no socket can be made in {private} ({error})") from error
    return private / "ask", listener
