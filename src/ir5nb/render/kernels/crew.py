"""Many tasks on a few forked workers: each takes one after the other; a worker that dies loses only its task."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, wait
from pathlib import Path
from typing import Any, Final, Literal

from ir5nb.render.kernels.child import portable
from ir5nb.render.kernels.forked import Forked, ForkError, Tell
from ir5nb.render.kernels.parent import Parent

ATTEMPTS: Final = 4  # the first and three more, as in `workers`
_CAME_SECONDS: Final = 60  # how long a forked worker may take to come


@dataclass(frozen=True)
class News:
    """What a task is doing: `told` by its function, its `result`, the exception it `raised`, or `lost`."""

    place: int
    kind: Literal["told", "result", "raised", "lost"]
    value: Any


@dataclass
class _Hand:
    """One worker: its process, its line, and the task it has."""

    process: Forked
    line: Connection
    place: int | None = None


def each(
    parent: Parent, function: Callable[[Any, Tell], Any], tasks: Sequence[object], jobs: int, private: Path
) -> Iterator[News]:
    """Do a function on every task, `jobs` at a time, and say what happens as it happens.

    Parameters
    ----------
    parent
        The preloaded parent that forks the workers.
    function
        An importable function of a task and of `tell`; what it tells, returns or raises comes back pickled.
    tasks
        Arguments, taken in order.
    jobs
        Workers.
    private
        Folder of this user alone, for the socket on which the workers come.

    Yields
    ------
    News
        In order of time. Every task ends with one of `result`, `raised` and `lost` (its workers died four times).
    """
    waiting, tried = list(enumerate(tasks)), dict.fromkeys(range(len(tasks)), 0)
    hands: list[_Hand] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(private / "crew"))
        listener.listen(jobs)
        listener.settimeout(_CAME_SECONDS)
        try:
            while waiting or any(hand.place is not None for hand in hands):
                hands += [_hire(parent, function, listener) for _ in range(min(jobs, len(waiting)) - len(hands))]
                for hand in hands:
                    if hand.place is None and waiting:
                        _give(hand, *waiting.pop(0))
                yield from _heard(hands, tasks, waiting, tried)
        finally:
            for hand in hands:
                hand.line.close()
                hand.process.kill()
                hand.process.wait()
            (private / "crew").unlink()


def _hire(parent: Parent, function: Callable[[Any, Tell], Any], listener: socket.socket) -> _Hand:
    """Fork a worker and wait until it has come."""
    process = parent.fork(_work, listener.getsockname(), function)
    try:
        return _Hand(process, Connection(listener.accept()[0].detach()))
    except TimeoutError as error:
        process.kill()
        raise ForkError(f"a forked worker did not come in {_CAME_SECONDS} seconds") from error


def _give(hand: _Hand, place: int, task: object) -> None:
    hand.place = place
    try:
        hand.line.send(task)
    except OSError:
        return  # it died while idle; its closed line is heard next


def _heard(
    hands: list[_Hand], tasks: Sequence[object], waiting: list[tuple[int, object]], tried: dict[int, int]
) -> Iterator[News]:
    """Wait for the next words of the workers; the task of a dead one waits again."""
    busy = [(hand, hand.place) for hand in hands if hand.place is not None]
    speaking = wait([hand.line for hand, _ in busy])
    for hand, place in busy:
        if hand.line not in speaking:
            continue
        try:
            kind, value = hand.line.recv()
        except (EOFError, OSError):
            hands.remove(hand)
            hand.line.close()
            code, tried[place] = hand.process.wait(), tried[place] + 1
            if tried[place] < ATTEMPTS:
                waiting.insert(0, (place, tasks[place]))
            else:
                yield News(place, "lost", code)
        else:
            hand.place = place if kind == "told" else None
            yield News(place, kind, value)


def _work(address: str, function: Callable[[Any, Tell], Any], _: Tell) -> None:
    """Be a worker: take a task, do it, take the next, until the line closes."""
    with Client(address, family="AF_UNIX") as line:
        while True:
            try:
                task = line.recv()
            except EOFError:
                return
            try:
                answer: tuple[str, Any] = ("result", function(task, lambda said: line.send(("told", said))))
            except Exception as error:  # it is raised again, or shown, where the result is awaited
                answer = ("raised", portable(error))
            line.send(answer)
