"""What is wrong with the source data, said so that a data manager can act on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

Severity = Literal["error", "query"]

PER_CHECK: Final = 200  # problems of one kind in one column that are listed one by one
SHOWN_PER_GROUP: Final = 5  # rows a message shows of one kind
SHOWN_GROUPS: Final = 40  # kinds a message shows
SHOWN_CHARACTERS: Final = 60  # of a value found


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong or odd in the source data, and what to do about it.

    Source: spec/data.md, "Checks at the door".

    Parameters
    ----------
    severity
        "error" stops the run; "query" is listed in the report with its `consequence`.
    table, file, row, patient, column, found
        Where it is: domain, file name, line of the file (header = line 1), USUBJID, variable, value; None where
        it does not apply.
    expected, action, consequence
        What should stand there, what to do, and what it does to the analysis if left.
    further
        How many more of the same kind there are that are not listed one by one.

    Raises
    ------
    ValueError
        When the severity is unknown, when nothing says what is expected, or when a query has no consequence.

    Examples
    --------
    >>> print(Problem("error", "DM", "dm.csv", 3, "P-1", "USUBJID", "P-1", "one row per patient", "delete one row"))
    error: DM dm.csv line 3, patient P-1, USUBJID = 'P-1': expected one row per patient; delete one row
    """

    severity: Severity
    table: str | None
    file: str | None
    row: int | None
    patient: str | None
    column: str | None
    found: str | None
    expected: str
    action: str
    consequence: str = ""
    further: int = 0

    def __post_init__(self) -> None:
        if self.severity not in {"error", "query"}:
            raise ValueError(f"severity must be 'error' or 'query', not {self.severity!r}")
        if not self.expected or not self.action:
            raise ValueError("a problem says what is expected and what to do")
        if self.severity == "query" and not self.consequence:
            raise ValueError("a query says its consequence for the analysis")

    def __str__(self) -> str:
        return f"{self.severity}: {self.sentence()}"

    def sentence(self) -> str:
        """Say where it is, what is expected, what to do, and the consequence."""
        tail = f"; {self.consequence}" if self.consequence else ""
        more = f" (and {self.further} more like it)" if self.further else ""
        return f"{self._where()}: expected {self.expected}; {self.action}{tail}{more}"

    def _where(self) -> str:
        line = None if self.row is None else f"line {self.row}"
        place = " ".join(part for part in (self.table, self.file, line) if part) or "source data"
        patient = f", patient {printable(self.patient)[1:-1]}" if self.patient else ""
        value = "" if self.found is None else f" = {printable(self.found)}"
        return f"{place}{patient}{f', {self.column}' if self.column else ''}{value}"


class DataError(ValueError):
    """The source data cannot be analysed as they are; nothing was written.

    Source: spec/data.md, "Checks at the door": all problems of all tables at once.

    Parameters
    ----------
    problems
        All problems found, queries included; at least one is an error.

    Examples
    --------
    >>> raise DataError([Problem("error", "DM", None, None, None, None, None, "a file dm.csv", "add it")])
    Traceback (most recent call last):
    ir5nb.source.problems.DataError: The source data have 1 error and 0 queries:
      DM: expected a file dm.csv; add it
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(_message(self.problems))


def printable(value: object) -> str:
    r"""Quote a value of the data on one line and no longer than is useful.

    Source: spec/architecture.md (text in data is untrusted: control characters are escaped).

    Examples
    --------
    >>> printable("two\nlines")
    "'two\\nlines'"
    """
    text = str(value)
    short = text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"
    return repr(short)


def _message(problems: Sequence[Problem]) -> str:
    errors = [problem for problem in problems if problem.severity == "error"]
    count = sum(1 + problem.further for problem in errors)
    queries = sum(1 + problem.further for problem in problems if problem.severity == "query")
    head = f"The source data have {_counted(count, 'error', 'errors')} and {_counted(queries, 'query', 'queries')}:"
    groups = [list(group) for _, group in groupby(sorted(errors, key=_kind), key=_kind)]
    lines = [line for group in groups[:SHOWN_GROUPS] for line in _group_lines(group)]
    hidden = sum(1 + problem.further for group in groups[SHOWN_GROUPS:] for problem in group)
    if hidden:
        lines.append(f"  … and {_counted(hidden, 'error', 'errors')} of other kinds")
    return "\n".join([head, *lines])


def _kind(problem: Problem) -> tuple[str, str, str, str, str]:
    table, file, column = problem.table or "", problem.file or "", problem.column or ""
    return table, file, column, problem.expected, problem.action


def _group_lines(group: Sequence[Problem]) -> list[str]:
    if len(group) == 1 and not group[0].further:
        return [f"  {group[0].sentence()}"]
    first = group[0]
    place = " ".join(part for part in (first.table, first.file) if part)
    lines = [f"  {place}{f', {first.column}' if first.column else ''}: expected {first.expected}; {first.action}"]
    lines += [f"    {_row(problem)}" for problem in group[:SHOWN_PER_GROUP]]
    hidden = len(group) - SHOWN_PER_GROUP + sum(problem.further for problem in group)
    return [*lines, f"    … and {hidden} more"] if hidden > 0 else lines


def _row(problem: Problem) -> str:
    line = "" if problem.row is None else f"line {problem.row}"
    patient = f"patient {printable(problem.patient)[1:-1]}" if problem.patient else ""
    found = "" if problem.found is None else f"found {printable(problem.found)}"
    return ", ".join(part for part in (line, patient, found) if part)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
