"""One look for all tables: bold headings, indented rows, header with N, rules above and below, nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, Final, Literal, Self

import pandas as pd
from great_tables import GT, html

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.markup import HIDDEN, Markup, phrase
from ir5nb.wording import Lang

Align = Literal["left", "center", "right"]

_LOOK: Final[Mapping[str, Any]] = {
    "table_font_size": "14px",
    "table_font_color": "#1a1a1a",
    "table_width": "100%",
    "heading_align": "left",
    "heading_title_font_size": "16px",
    "heading_title_font_weight": "600",
    "heading_subtitle_font_size": "13px",
    "table_border_top_color": "#1a1a1a",
    "table_border_bottom_color": "#1a1a1a",
    "column_labels_font_weight": "600",
    "column_labels_border_top_color": "#1a1a1a",
    "column_labels_border_bottom_color": "#1a1a1a",
    "table_body_border_bottom_color": "#1a1a1a",
    "table_body_hlines_style": "none",
    "stub_border_style": "none",
    "data_row_padding": "3px",
    "source_notes_font_size": "12px",
    "source_notes_padding": "2px",
}
_CSS: Final = """
#{id} .ir-head {{ font-weight: 600; }}
#{id} .ir-1 {{ display: inline-block; padding-left: 1.25em; }}
#{id} .ir-2 {{ display: inline-block; padding-left: 2.5em; }}
#{id} .gt_row, #{id} .gt_col_heading {{ vertical-align: top; font-variant-numeric: tabular-nums; }}
#{id} .ir-n {{ white-space: nowrap; }}
#{id} .ir-wide {{ display: inline-block; min-width: 15em; }}
#{id} .gt_sourcenote {{ text-align: left; }}
#{id} .gt_stub {{ font-weight: normal; }}
#{id} .ir-badge {{ border: 1px solid #1a1a1a; border-radius: 3px; padding: 0 5px; font-size: 11px;
  font-weight: 700; letter-spacing: .04em; white-space: nowrap; }}
#{id} .ir-assumed {{ background: #fff3cd; }}
#{id} .ir-draft {{ background: #e7e7e7; border-style: dashed; }}
@media print {{ #{id} {{ overflow: visible !important; }} #{id} tr {{ break-inside: avoid; }} }}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its label, one cell for each column, and its place under the headings.

    Examples
    --------
    >>> Line(Markup("Age"), (), level=0, head=True).head
    True
    """

    label: Markup
    cells: tuple[Markup, ...] = ()
    level: int = 0
    head: bool = False

    def stub(self) -> str:
        """Give the label as markup with weight and indentation.

        Examples
        --------
        >>> Line(Markup("Male"), level=1).stub()
        '<span class="ir-1">Male</span>'
        """
        name = "ir-head" if self.head else f"ir-{self.level}"
        return f'<span class="{name}">{self.label}</span>' if self.head or self.level else self.label


class Table(GT):
    """A great-tables table whose page text is the same on every run and in every front end.

    Examples
    --------
    >>> Table(pd.DataFrame({"c1": ["4"]}), id="t")
    c1
    4
    """

    def _repr_html_(self) -> str:
        return self._page()[0]

    def _page(self) -> tuple[str, int]:
        """Render once: a notebook asks for the markup and for the text; a changed copy has another id."""
        kept: tuple[str, int] | None = self.__dict__.get("_kept_page")
        if kept is None or kept[1] != id(self):
            kept = self.__dict__["_kept_page"] = (self.as_raw_html(), id(self))
        return kept

    def _render_formats(self, context: str) -> Self:
        """Take cells that are markup already as they are, all at once: great-tables sets one by one, 0.3 ms each.

        A table with any other format goes great-tables' own way.
        """
        formats = [given.func.default for given in self._formats]
        if formats != [_as_it_is] or self._substitutions:
            return super()._render_formats(context)
        body = type(self._body)(pd.DataFrame(self._tbl_data).astype("string"))
        stub = self._stub.update_group_row_labels(body, self._tbl_data, self._boxhead)
        return self._replace(_body=body, _stub=stub)

    def as_raw_html(self, *args: Any, **kwargs: Any) -> str:
        """Give the table as markup; the scrolling box can be reached by keyboard and has a name."""
        name = wording.escape(self._options.table_id.value)
        box = f'<div id="{name}" role="region" aria-labelledby="{name}-title" tabindex="0" '
        page: str = super().as_raw_html(*args, **kwargs)
        return _lean(page.replace(f'<div id="{name}" ', box, 1))

    def __repr__(self) -> str:
        """Give the table as lines of text, cells parted by " | "."""
        body = re.search(r"<table.*</table>", self._page()[0], re.DOTALL)
        rows = re.findall(r"<tr.*?</tr>", body.group() if body else "", re.DOTALL)
        lines = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
        plain = [" | ".join(unescape(re.sub(r"<[^>]*>", " ", cell)).strip() for cell in line) for line in lines]
        return "\n".join(re.sub(r"[ \n]+", " ", line).strip(" |") for line in plain if line.strip(" |"))


def _as_it_is(cell: str) -> str:
    return cell


def _lean(page: str) -> str:
    """Put each row of the table on one line: a third fewer lines in a notebook's file."""
    return re.sub(r"\n\s*(?=<t[dh]\b|</tr>)", "", page)


def build(
    id: str,
    title: Markup,
    stub: Markup,
    columns: Sequence[Markup],
    lines: Sequence[Line],
    *,
    notes: Sequence[Markup] = (),
    footing: Footing = NO_FOOTING,
    lang: Lang = "en",
    align: Align = "center",
    nothing: str = "nothing",
) -> Table:
    """Lay lines out as a table with a fixed id, a title with its badges, and footnotes.

    Examples
    --------
    >>> table = build("t", Markup("T"), Markup("Sex"), [Markup("n")], [Line(Markup("Male"), (Markup("4"),))])
    >>> print(table)
    T
    Sex | n
    Male | 4
    """
    shown = lines or [Line(phrase(nothing, lang))]
    names = [f"c{place}" for place, _ in enumerate(columns, 1)]
    cells = [dict.fromkeys(names, "") | dict(zip(names, line.cells, strict=False)) for line in shown]
    frame = pd.DataFrame(cells, columns=names, dtype=object)
    frame.insert(0, "label", [line.stub() for line in shown])
    table = (
        Table(frame, rowname_col="label", id=id)
        .fmt(_as_it_is)
        .tab_header(html(f"<strong>{title}</strong> {footing.badges(lang)}".strip()))
        .tab_stubhead(html(stub))
        .cols_label({name: html(head) for name, head in zip(names, columns, strict=True)})
        .cols_align(align=align, columns=names)
        .tab_options(**_LOOK)
        .opt_css(_CSS.format(id=id))
    )
    starred = any(HIDDEN in cell for line in shown for cell in line.cells) or any(HIDDEN in head for head in columns)
    for note in [*notes, *([phrase("masked.note", lang)] if starred else [])]:
        table = table.tab_source_note(html(note))
    return table
