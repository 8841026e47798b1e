"""Functions that worker processes import: one squares, one kills its worker, one fails."""

import os
import signal
import time


def square(number: int) -> int:
    time.sleep(0.02)
    return number * number


def square_and_place(number: int) -> tuple[int, int]:
    time.sleep(0.05)
    return number * number, os.getpid()


def deadly(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def failing(number: int) -> int:
    if number == 2:
        raise ArithmeticError("two is not liked")
    return number
