"""A process that the preloaded parent forked for us, held like a subprocess: its number, messages and end."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

Tell = Callable[[object], None]


class ForkError(RuntimeError):
    """Why no process can be forked here; a plain one does the same, only slower."""


class Forked:
    """One forked process; it is killed when this object, or the process that holds it, is gone.

    Has what `subprocess.Popen` has and jupyter_client uses, so that a kernel may be one.

    Attributes
    ----------
    pid
        Number of the process, which leads a session of its own.
    told
        What the process has told so far (`tell(…)`), oldest first; the reader takes from it.
    outcome
        `("result", value)` or `("raised", exception)` once the function has ended; None when it died before.
    returncode
        Exit code, or minus the signal's number; None while it runs.
    """

    stdin = stdout = stderr = None  # inherited from the parent, as a kernel's are from its server

    def __init__(self, line: Connection) -> None:
        self.line = line
        self.told: list[object] = []
        self.outcome: tuple[str, Any] | None = None
        self.returncode: int | None = None
        kind, value = line.recv()
        if kind == "refused":
            line.close()
            raise ForkError(value)
        self.pid: int = value

    def read(self) -> None:
        """Take the messages that have come."""
        while self.returncode is None and self.line.poll():
            self._take()

    def poll(self) -> int | None:
        """Give the exit code, None while the process runs."""
        self.read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end of the process and give its exit code; None when `timeout` seconds were too few."""
        while self.returncode is None and self.line.poll(timeout):
            self._take()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Signal the process and those it started, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def _take(self) -> None:
        """Take one message; without a parent at the other end the process is gone too."""
        try:
            kind, value = self.line.recv()
        except (EOFError, OSError):
            kind, value = "exit", -signal.SIGKILL
        if kind == "told":
            self.told.append(value)
        elif kind == "exit":
            self.returncode = value
            self.line.close()
        else:
            self.outcome = (kind, value)
