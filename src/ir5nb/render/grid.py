"""A table on paper: its rows as typst's markup, so that a page break leaves no heading, row or note alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ir5nb.render.article import Node, Sheet, leads, sized

_SIDES: Final = {"AlignCenter": "center", "AlignRight": "right"}
_EDGE: Final = "[], "  # a cell of the last column, which has no width; one that spans rows keeps them on one page


def grid(sheet: Sheet, room: int) -> Node:
    """Give a table, its notes as its last row, as one node of pandoc's tree; pandoc escapes the text in it.

    A heading of rows stays with the row after it, and the notes stay with the last rows.

    Parameters
    ----------
    sheet
        The table.
    room
        Characters that fit side by side.
    """
    table = sized(sheet, room)["c"]
    rows, heading = table[4][0][3], leads(sheet)
    tied = len(rows) - (2 if len(rows) > 1 and not heading[-2] else 1)  # the first row that stays with the notes
    body = [
        node
        for place, row in enumerate(rows)
        for node in _row(row, heading[place], _tie(place, tied, len(rows) - tied + 1) if sheet.notes else _EDGE)
    ]
    return {"t": "Plain", "c": [*_opened(table), *body, *_noted(sheet, len(table[2])), _raw(")")]}


def _opened(table: Sequence[Any]) -> Iterator[Node]:
    """Give the columns and the heads, which are repeated on each page."""
    widths = ", ".join(f"{100 * width['c']:.2f}%" if "c" in width else "auto" for _, width in table[2])
    sides = ", ".join(_SIDES.get(side["t"], "left") for side, _ in table[2])
    yield _raw(f"#table(columns: ({widths}, 0pt), align: ({sides}, left), table.header(table.hline(stroke: 0.9pt), ")
    for row in table[3][1]:
        bold = [[*cell[:4], [{"t": "Plain", "c": [{"t": "Strong", "c": cell[4][0]["c"]}]}]] for cell in row[1]]
        yield from _row([row[0], bold], False, _EDGE)
    yield _raw("table.hline(stroke: 0.6pt)), ")


def _tie(place: int, first: int, rows: int) -> str:
    """Give the last cell of a row: one for all rows that stay together."""
    if place < first:
        return _EDGE
    return f"table.cell(rowspan: {rows})[], " if place == first else ""


def _row(row: Sequence[Any], heading: bool, edge: str) -> Iterator[Node]:
    yield _raw("table.header(level: 2, repeat: false, " if heading else "")
    for cell in row[1]:
        yield from _cell(cell)
    yield _raw(edge + ("), " if heading else ""))


def _cell(cell: Sequence[Any]) -> Iterator[Node]:
    """Give a cell; it begins with a call that says nothing, as typst reads "= x" at a beginning as a heading."""
    yield _raw(f"table.cell(rowspan: {cell[2]}, colspan: {cell[3]})[#none;")
    yield from cell[4][0]["c"]
    yield _raw("], ")


def _noted(sheet: Sheet, columns: int) -> Iterator[Node]:
    yield _raw("table.hline(stroke: 0.9pt), ")
    if sheet.notes:
        yield _raw(f"table.cell(colspan: {columns}, inset: (x: 0pt, top: 4pt))[#table-note[#none;")
        yield from (node for note in sheet.notes for node in (*note, {"t": "Space"}))
        yield _raw("];]")


def _raw(markup: str) -> Node:
    return {"t": "RawInline", "c": ["typst", markup]}
