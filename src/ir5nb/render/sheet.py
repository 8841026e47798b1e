"""A page that no notebook made: paragraphs of our own and ready tables, in the look of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import nbformat

from ir5nb.render.page import CHART, page
from ir5nb.wording import escape


@runtime_checkable
class Drawing(Protocol):
    """A chart that can give its specification."""

    def to_dict(self) -> dict[str, Any]:
        """Give the Vega-Lite specification."""


class Shown(Protocol):
    """A piece that gives its own markup, from escaped parts: a table, a card."""

    def _repr_html_(self) -> str:
        """Give the markup."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A piece that the reader opens: a long table under one line.

    Examples
    --------
    >>> class Rule:
    ...     def _repr_html_(self):
    ...         return "<hr>"
    >>> Folded("a < b", Rule())._repr_html_()
    '<details class="more"><summary>a &lt; b</summary><hr></details>'
    """

    line: str
    piece: Shown

    def _repr_html_(self) -> str:
        return f'<details class="more"><summary>{escape(self.line)}</summary>{self.piece._repr_html_()}</details>'


def write(path: Path, title: str, pieces: Sequence[str | Drawing | Shown], lang: str = "en") -> None:
    """Write a page of Markdown paragraphs (text of the program, never of the data), charts and tables.

    Source: spec/report.md, "Formats" (self-contained, no request).

    Parameters
    ----------
    path
        HTML file.
    title
        Title of the page, escaped.
    pieces
        In the order to show; a text is Markdown, a chart gives its specification, anything else its own markup.
    lang
        "en" or "fr".

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write(Path(place) / "page.html", "Title", ["# Nothing changed"])
    ...     "<title>Title</title>" in (Path(place) / "page.html").read_text(encoding="utf-8")
    True
    """
    cells = [_cell(piece) for piece in pieces]
    path.write_text(page(nbformat.v4.new_notebook(cells=cells), title, lang), encoding="utf-8")  # type: ignore[no-untyped-call]


def _cell(piece: str | Drawing | Shown) -> Any:
    if isinstance(piece, str):
        return nbformat.v4.new_markdown_cell(piece)  # type: ignore[no-untyped-call]
    if isinstance(piece, Drawing):
        drawn = piece.to_dict()
        data: dict[str, Any] = {CHART: drawn, "text/plain": str(drawn.get("description", ""))}
    else:
        data = {"text/html": piece._repr_html_()}
    output = nbformat.v4.new_output("display_data", data)  # type: ignore[no-untyped-call]
    return nbformat.v4.new_code_cell("", outputs=[output], execution_count=1)  # type: ignore[no-untyped-call]
