"""What a forked process does: make itself a process of its own, then call the function it was forked for."""

from __future__ import annotations

import os
import pickle
import random
import signal
import sys
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from ir5nb.render.kernels.server import Request


def live(line: Connection, request: Request) -> NoReturn:
    """Call the requested function, send what came of it, and end this process.

    Parameters
    ----------
    line
        Connection to the client; the child's number goes first, then what the function tells, then its outcome.
    request
        The function, its arguments, and where it runs.
    """
    code = 1
    try:
        _settle(request)
        line.send(("pid", os.getpid()))
        code = _call(line, request)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # the process ends here
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _settle(request: Request) -> None:
    """Lead a session, forget the parent's signals and random numbers, and take the client's folder and environment."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    random.seed()
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _call(line: Connection, request: Request) -> int:
    """Call the function; a kernel needs no line, as it has sockets of its own."""
    if request.function is kernel:
        line.close()
        return kernel(*request.arguments)
    outcome: tuple[str, Any]
    try:
        outcome = ("result", request.function(*request.arguments, lambda said: line.send(("told", said))))
    except Exception as error:  # it is raised again where the result is awaited
        outcome = ("raised", portable(error))
    line.send(outcome)
    return 0


def portable(error: Exception) -> Exception:
    """Give an exception that can travel: itself, or its text where it cannot be pickled.

    Parameters
    ----------
    error
        What was raised.
    """
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - made in the line above
    except Exception:  # any failure means the same
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


def kernel(words: Sequence[str]) -> int:
    """Be an IPython kernel until its client shuts it down.

    Parameters
    ----------
    words
        What `python -m ipykernel_launcher` would be given: `-f`, the connection file.

    Returns
    -------
    int
        Exit code.
    """
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415 - the parent has imported it, other children need not

    sys.argv = ["ipykernel_launcher", *words]
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"  # the kernel leaves when the preloaded parent is gone
    IPKernelApp.launch_instance(argv=[*words, parent])
    return 0
