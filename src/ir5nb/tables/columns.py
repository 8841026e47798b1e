"""Tables with one line a quantity and one column a group (stage, assumption, true rate)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, level, phrase
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

Make = Callable[[Numbers, Mapping[str, Any]], Markup | None]


def single(statistic: str) -> Make:
    """Make the cell of one statistic.

    Examples
    --------
    >>> callable(single("umvue"))
    True
    """
    return lambda numbers, where: numbers.cell(statistic, **where)


def by_group(
    results: pd.DataFrame,
    id: str,
    title: str,
    stub: str,
    lines: Sequence[tuple[str, Make]],
    statistics: Sequence[str],
    *,
    footing: Footing,
    lang: Lang,
    column: str = "group",
    nothing: str = "nothing",
) -> Table:
    """Lay quantities out as lines and the values of a key column as columns; a line without numbers is left out.

    Only the columns in which one of the `statistics` occurs are laid out: other rows of the frame do not disturb.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> empty = pd.DataFrame(columns=list(RESULTS))
    >>> print(by_group(empty, "t", "title.decision", "head.quantity", [], [], footing=Footing(), lang="en"))
    Simon decision by stage
    Quantity | Value
    No rows: nothing to show
    """
    numbers = Numbers(results, lang)
    rows = [row for row in numbers.rows if row["statistic"] in statistics]
    groups = list(dict.fromkeys(row[column] for row in rows)) or [""]
    made: list[Line] = []
    for key, make in lines:
        cells = [make(numbers, {column: group}) for group in groups]
        if any(cell is not None for cell in cells):
            shown = tuple(Markup(wording.MISSING) if cell is None else cell for cell in cells)
            made.append(Line(phrase(key, lang), shown))
    heads = [level(group, lang) if group else phrase("head.value", lang) for group in groups]
    said = footing if made else replace(footing, assumed=(), draft="")  # nothing is assumed of no numbers
    notes = said.lines(lang, numbers.populations(), numbers.methods())
    names = phrase(title, lang), phrase(stub, lang)
    return build(id, *names, heads, made, notes=notes, footing=said, lang=lang, nothing=nothing)
