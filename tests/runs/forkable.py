"""What the tests let forked processes do; the preloaded parent must be able to import it."""

import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

import numpy as np


def double(number: int, tell) -> int:
    tell(f"doubling {number}")
    return 2 * number


def refuse(_: object, tell) -> None:
    raise ValueError("no")


def die_once(marks: str, _) -> str:
    """End like a process that the system kills, the first time."""
    mark = Path(marks)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die(_: object, tell) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def drawn(_: object, tell) -> tuple[float, float, int]:
    return random.random(), float(np.random.random()), os.getsid(0)  # noqa: S311


def sleep(_: object, tell) -> None:
    tell(os.getpid())
    time.sleep(600)


def here(_: object, tell) -> tuple[str, str | None]:
    return str(Path.cwd()), os.environ.get("ONLY_HERE")


def command(words: list[str], said: Path, limit: int | None, tell) -> None:
    """Be the command `ir5nb`, with its output in `said`/out and err; `limit`: bytes that a file may have."""
    from ir5nb.cli import app

    for stream, name in ((sys.stdout, "out"), (sys.stderr, "err")):
        file = os.open(said / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(file, stream.fileno())
        os.close(file)
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    sys.argv = ["ir5nb", *words]
    app(words, prog_name="ir5nb")
