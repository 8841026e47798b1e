"""What the tests let forked processes do; the preloaded parent must be able to import it."""

import os
import random
import signal
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
    return random.random(), float(np.random.random()), os.getsid(0)


def sleep(_: object, tell) -> None:
    tell(os.getpid())
    time.sleep(600)


def here(_: object, tell) -> tuple[str, str | None]:
    return os.getcwd(), os.environ.get("ONLY_HERE")
