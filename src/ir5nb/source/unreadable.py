"""The one way a reader says that a file is not what its ending promises."""

from __future__ import annotations


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
