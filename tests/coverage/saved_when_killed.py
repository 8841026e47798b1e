"""A plugin of coverage: a process that is about to be killed writes first what it has measured.

Kernels and workers are ended by SIGKILL as soon as they are not needed. Under measurement, who kills asks by SIGUSR1
first and waits a moment; every measured process answers by saving.
"""

import contextlib
import os
import signal
import time

from coverage import Coverage

_MOMENT = 0.4  # seconds in which the data of a process are written


def coverage_init(_registry: object, _options: object) -> None:
    """Called by coverage when it starts in a process."""
    if getattr(os.killpg, "asks_first", False):
        return
    with contextlib.suppress(ValueError):  # coverage was started in a thread
        signal.signal(signal.SIGUSR1, _save)
    at_once = os.killpg

    def asking(group: int, number: int) -> None:
        if number == signal.SIGKILL:
            at_once(group, signal.SIGUSR1)
            time.sleep(_MOMENT)
        at_once(group, number)

    asking.asks_first = True
    os.killpg = asking


def _save(*_: object) -> None:
    measuring = Coverage.current()
    if measuring is not None:
        with contextlib.suppress(Exception):
            measuring.save()
