"""The one way a reader says that a file is not what its ending promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class UnreadableError(ValueError):
    """A file cannot be read; `read` turns it into a `Problem` beside those of the other files.

    Source: spec/data.md, "Checks at the door".

    Parameters
    ----------
    found, action
        What is wrong with the file, and what to do.
    line
        Line of the file, where it is known.

    Examples
    --------
    >>> UnreadableError("no header", "export the table again").action
    'export the table again'
    """

    def __init__(self, found: str, action: str, line: int | None = None) -> None:
        super().__init__(found)
        self.found, self.action, self.line = found, action, line


def refuse_doubled(names: Iterable[str]) -> None:
    """Refuse a table with two columns of one name: which of them is meant cannot be told.

    Source: spec/data.md.

    Raises
    ------
    UnreadableError
        When a name occurs twice.

    Examples
    --------
    >>> refuse_doubled(["USUBJID", "AETERM"])
    """
    doubled = [name for name, times in Counter(names).items() if times > 1]
    if doubled:
        raise UnreadableError(f"the column {doubled[0]} occurs twice", "rename or remove one of the two columns")
