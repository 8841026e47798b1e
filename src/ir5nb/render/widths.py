"""How wide the columns of a table on paper are: as wide as their longest words, and wider where it saves most lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

GAP: Final = 2  # characters between two columns
_COUNT: Final = 18  # characters of the longest count, as in 106 (98.1%) [700]
_EARLY: Final = 3  # characters that a broken line ends before its room does


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the lengths of the lines of its head and of its cells, and of its longest word, in characters."""

    head: tuple[int, ...]
    body: tuple[int, ...]
    word: int

    @property
    def longest(self) -> int:
        """Length of its longest line."""
        return max((*self.head, *self.body), default=1)


def least(columns: Sequence[Column]) -> int:
    """Give the characters that columns need side by side when every cell is broken at each blank.

    Examples
    --------
    >>> least([Column((7,), (11,), 11), Column((6,), (174,), 13)])
    28
    """
    return sum(column.word + GAP for column in columns)


def full(columns: Sequence[Column]) -> int:
    """Give the characters that columns need side by side when no line is broken.

    Examples
    --------
    >>> full([Column((7,), (11,), 11), Column((6,), (174,), 13)])
    189
    """
    return sum(column.longest + GAP for column in columns)


def widths(columns: Sequence[Column], room: int) -> list[int]:
    """Share the room among columns, always where a character more saves most lines.

    Columns of counts stay on one line where that is possible; no column gets more than it can use.

    Parameters
    ----------
    columns
        Of the table.
    room
        Characters that fit side by side.

    Returns
    -------
    list of int
        Characters of each column with its gap; together more than the room where not even the words fit.

    Examples
    --------
    A column of counts, and names of two lengths:

    >>> widths([Column((4,), (60, 60, 60), 13), Column((4,), (20, 20, 20), 10), Column((1,), (10, 10), 7)], room=60)
    [26, 22, 12]
    """
    given = [column.word for column in columns]
    whole = [max((column.word, *column.body)) for column in columns]
    counts = [max(one, word) if one <= _COUNT else word for one, word in zip(whole, given, strict=True)]
    free = room - GAP * len(columns)
    if sum(counts) <= free:
        given = counts
    heights = [_heights((*column.head, *column.body), room) for column in columns]
    while free > sum(given):
        steps = (
            ((height[width] - height[width + more]) / more, place, more)
            for place, (width, height) in enumerate(zip(given, heights, strict=True))
            for more in range(1, free - sum(given) + 1)
        )
        saved, place, more = max(steps, key=itemgetter(0))
        if not saved:  # what is left may still save a line, as no count of characters is exact
            lacking = [column.longest - width for column, width in zip(columns, given, strict=True)]
            place = lacking.index(max(lacking))
            given[place] += min(lacking[place], free - sum(given))
            break
        given[place] += more
    return [width + GAP for width in given]


def _heights(lines: Sequence[int], room: int) -> list[int]:
    """Give the lines of all cells of a column for each width, from none to the whole room."""
    often = Counter(lines)
    return [sum(n * _broken(line, width) for line, n in often.items()) for width in range(room + 1)]


def _broken(line: int, width: int) -> int:
    """Give the lines that one line makes."""
    return 1 if line <= width else -(-line // max(1, width - _EARLY))
