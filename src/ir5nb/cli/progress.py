"""What a reader sees while a run is going on: a bar for each report and for all; without a terminal, a line each."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

_LAST = {2: "page", 1: "documents", 0: "done"}  # what a report is at when its cells are done, by the steps left


class Watch:
    """Shows how far each report is.

    Parameters
    ----------
    console
        Where it is shown.
    stems
        Names of the reports.
    """

    def __init__(self, console: Console, stems: tuple[str, ...]) -> None:
        self._console, self._every = console, len(stems)
        self._bars = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"),
            TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._all = self._bars.add_task(f"{self._every} reports", total=None, said="reading the source tables")
        self._one: dict[str, TaskID] = {
            stem: self._bars.add_task(stem, total=None, start=False, said="waiting", visible=False) for stem in stems
        }
        self._done = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def said(self, what: str) -> None:
        """Show what is going on as a whole."""
        self._bars.update(self._all, total=self._every, said=what)

    def stepped(self, stem: str, done: int, every: int) -> None:
        """Show how far a report is: its cells, then its page and its documents."""
        bar = self._one[stem]
        if not self._bars.tasks[self._bars.task_ids.index(bar)].started:
            self._bars.start_task(bar)
        left = every - done
        step = _LAST.get(left, f"cell {done} of {every - 2}")
        self._bars.update(bar, completed=done, total=every, said=step, visible=True)

    def finished(self, stem: str, how: str) -> None:
        """Show that a report is done, and how."""
        self._done += 1
        self._bars.update(self._one[stem], total=1, completed=1, said=how, visible=True)
        self._bars.update(self._all, completed=self._done, total=self._every, said=f"{self._done} done")
        if not self._console.is_terminal:
            self._console.print(f"{stem}: {how} ({self._done} of {self._every})")
