"""What the preloaded parent does: it waits on its socket and forks itself for whoever asks.

It imports nothing, starts no thread and owns no zmq context, so that a child has nothing that a fork could break.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from ir5nb.render.kernels import child

_TASKS = Path("/proc/self/task")


@dataclass(frozen=True)
class Request:
    """A function to call in a forked process, with the folder and environment it is called in."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    folder: str
    environment: Mapping[str, str] = field(repr=False)


def unsafe() -> str | None:
    """Say why this process cannot be forked safely; None where it can.

    Examples
    --------
    >>> import threading
    >>> thread = threading.Thread(target=lambda: print("threads" in (unsafe() or "")))
    >>> thread.start(); thread.join()
    True
    """
    if not hasattr(os, "fork") or not _TASKS.is_dir():
        return "this system has no fork, or does not say how many threads a process has"
    threads = len(list(_TASKS.iterdir()))
    return None if threads == 1 else f"this process runs {threads} threads, and a fork would copy one of them"


def serve(listener: socket.socket, client: Connection, private: Path) -> None:
    """Fork a child for every request until the client goes; then end the children and remove the private folder.

    Parameters
    ----------
    listener
        Socket on which requests come, one per connection.
    client
        Connection that closes when the client goes, however it goes.
    private
        Folder of the socket, removed at the end.
    """
    served = _Server(listener, client)
    try:
        served.loop()
    finally:
        served.end()
        shutil.rmtree(private, ignore_errors=True)


class _Server:
    """The loop, and the children by the line to those who asked for them."""

    def __init__(self, listener: socket.socket, client: Connection) -> None:
        os.setsid()  # an interrupt at the terminal is for the client
        self.listener, self.client = listener, client
        self.children: dict[int, Connection] = {}
        self.ended, woken = os.pipe()
        for end in (self.ended, woken):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def loop(self) -> None:
        """Answer requests, report ends, and kill the child of a line that is closed."""
        while True:
            lines = {line.fileno(): pid for pid, line in self.children.items()}
            ready = wait([self.listener, self.client, self.ended, *lines])
            if self.client in ready:
                return
            if self.ended in ready:
                os.read(self.ended, 4096)
            for number in ready:
                if isinstance(number, int) and number in lines:
                    _kill(lines[number])  # nothing more is ever asked on a line: it can only have closed
                    self.children.pop(lines[number]).close()
            self.reap()
            if self.listener in ready:
                self.answer()

    def answer(self) -> None:
        """Take one request and fork."""
        line = Connection(self.listener.accept()[0].detach())
        try:
            request: Request = line.recv()
            problem = unsafe()
            pid = None if problem else os.fork()
        except Exception as error:  # whatever a request holds, the parent goes on
            pid, problem = None, f"{type(error).__name__}: {error}"
        if pid == 0:
            self.leave()
            child.live(line, request)
        elif pid is None:
            with contextlib.suppress(OSError):
                line.send(("refused", problem))
            line.close()
        else:
            self.children[pid] = line

    def leave(self) -> None:
        """Close, in a child, what is the parent's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.listener.close()
        self.client.close()
        for line in self.children.values():
            line.close()

    def reap(self) -> None:
        """Report the children that have ended to those who asked for them."""
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                line = self.children.pop(found[0], None)
                if line is not None:
                    with contextlib.suppress(OSError):
                        line.send(("exit", os.waitstatus_to_exitcode(found[1])))
                    line.close()

    def end(self) -> None:
        """Kill the children that are left."""
        for pid in self.children:
            _kill(pid)


def _kill(pid: int) -> None:
    """Kill a child with all it started; before it leads its session it has started nothing."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
            return


def run(listener: socket.socket, client: Connection, private: Path) -> None:
    """Serve and leave the process, whatever happens: nothing of the process it was forked from may run here.

    Parameters
    ----------
    listener, client, private
        As in `serve`.
    """
    code = 1
    try:
        serve(listener, client, private)
        code = 0
    except BaseException:  # the process ends here
        traceback.print_exc()
    finally:
        os._exit(code)
