"""An executed notebook as a document: narrative, tables and charts in order, in pandoc's tree; no code."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pypandoc
from nbconvert.filters import markdown2html

from ir5nb.render.widths import Column, full, widths

CHART: Final = "application/vnd.vegalite.v5+json"
Node = dict[str, Any]  # one element of pandoc's tree: {"t": its kind, "c": its content}
# What is of no use on paper, and makes up three quarters of the markup.
_UNREAD: Final = re.compile(
    r"<style>.*?</style>|(?<=[\"\w]) (?:data-key|data-form|headers|id|scope|style)=\"[^\"]*\"", re.DOTALL
)
_EM: Final = "\u2003"
_BARE: Final = ["", [], []]  # no identifier, no class, no attribute
_BLOCKS: Final = {"Para", "Plain", "BulletList", "OrderedList", "BlockQuote", "CodeBlock", "Header", "Div"}
_NOTHING: Final[Node] = {"t": "Str", "c": "\u00a0"}  # an empty cell is as high as the others
_FEW: Final = 7  # columns that an upright page takes
_WHITE: Final = {"Space": " ", "SoftBreak": " ", "LineBreak": "\n"}


@dataclass(frozen=True, slots=True)
class Text:
    """A block of narrative, or what a cell printed."""

    block: Node


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title, its footnotes and the measures of its columns."""

    title: Sequence[Node]
    table: Node
    notes: Sequence[Sequence[Node]]
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Card:
    """The headline: sentence, pairs of name and value, notes."""

    sentence: Sequence[Node]
    facts: Sequence[tuple[Sequence[Node], Sequence[Node]]]
    notes: Sequence[Sequence[Node]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: its place in the order of the report, its specification, and what it shows in words."""

    number: int
    specification: Mapping[str, Any]
    words: str

    @property
    def name(self) -> str:
        """Name of the chart: what the names of its data sets begin with.

        Examples
        --------
        >>> Drawing(1, {"datasets": {"km_curve": [], "km_at_risk": []}}, "").name
        'km'
        >>> Drawing(1, {"datasets": {"ae_dots_terms": []}}, "").name
        'ae_dots'
        """
        sets = sorted(self.specification.get("datasets", {})) or ["chart_"]
        parts = [name.split("_") for name in sets]
        same = [words[0] for words in zip(*parts, strict=False) if len(set(words)) == 1]
        told = same if len(sets) > 1 else parts[0][:-1]
        return re.sub(r"[^a-z0-9_]", "", "_".join(told or parts[0]).lower())[:30] or "chart"


Part = Text | Sheet | Card | Drawing


def read(notebook: Any) -> tuple[Part, ...]:
    """Take narrative, tables and charts out of an executed notebook, in order; code is left out.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook with outputs.
    """
    drawings: list[Drawing] = []
    pieces: list[str] = []
    for data in _shown(notebook):
        if CHART in data:
            drawings.append(Drawing(len(drawings) + 1, data[CHART], data.get("text/plain", "")))
            pieces.append(f'<div class="ir-drawing">{len(drawings)}</div>')
        else:
            pieces.append(data.get("text/html") or f"<pre>{html.escape(data.get('text/plain', ''))}</pre>")
    tree = json.loads(pypandoc.convert_text(_UNREAD.sub("", "\n".join(pieces)), "json", format="html"))
    return tuple(_parts(tree["blocks"], drawings))


def _shown(notebook: Any) -> Iterator[Mapping[str, Any]]:
    """Give what the reader sees of each cell, by MIME type."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield {"text/html": markdown2html(cell.source)}
        for output in cell.get("outputs", ()):
            said = output.get("text") or "\n".join(output.get("traceback", ()))
            yield output.get("data") or {"text/plain": re.sub(r"\x1b\[[0-9;]*m", "", said)}


def _parts(blocks: Sequence[Node], drawings: Sequence[Drawing]) -> Iterator[Part]:
    for block in blocks:
        kind, content = block["t"], block.get("c", [])
        names = content[0][1] if kind == "Div" else ()
        if "ir-drawing" in names:
            yield drawings[int(plain(content[1])) - 1]
        elif "ir-card" in names:
            yield _card(content[1])
        elif kind == "Div":
            yield from _parts(content[1], drawings)
        elif kind == "Table":
            yield _sheet(content)
        elif kind != "RawBlock" and plain(block):
            yield Text(_cleaned(block))


def _card(blocks: Sequence[Node]) -> Card:
    paragraphs = [_inlines(block["c"]) for block in blocks if block["t"] == "Para"]
    facts = [
        (_inlines(term), _inlines(meaning[0][0]["c"]))
        for block in blocks
        if block["t"] == "DefinitionList"
        for term, meaning in block["c"]
    ]
    return Card(paragraphs[0], facts, paragraphs[1:])


def _sheet(content: Sequence[Any]) -> Sheet:
    """Take title and footnotes out of the table; its first column is left, the others as their heads are."""
    head, bodies, foot = content[3][1], content[4], content[5][1]
    title = [node for row in head for cell in row[1] if "gt_title" in cell[0][1] for node in _line(cell)]
    heads = [row for row in head if "gt_heading" not in row[0][1]]
    rows = [row for body in bodies for row in (*body[2], *body[3])]
    count = len(content[2])
    centred = any("gt_center" in cell[0][1] for row in heads for cell in row[1])
    sides = ["AlignLeft", *["AlignCenter" if centred else "AlignLeft"] * (count - 1)][:count]
    columns = [[{"t": side}, {"t": "ColWidthDefault"}] for side in sides]
    laid = [_BARE, [None, []], columns, [_BARE, _plain_rows(heads)], [[_BARE, 0, [], _plain_rows(rows)]], [_BARE, []]]
    notes = [_line(cell) for row in foot for cell in row[1]]
    return Sheet(title, {"t": "Table", "c": laid}, notes, _measured(_texts(rows, count), _texts(heads, count)))


def _measured(said: list[list[str]], named: list[list[str]]) -> list[Column]:
    """Measure each column: `said` are the texts of its cells, `named` of its heads."""
    return [
        Column(
            head=tuple(_bold(line) for text in names for line in text.splitlines()),
            body=tuple(len(line) for text in cells for line in text.splitlines()),
            word=max(
                (1, *(len(word) for text in cells for word in text.split()),
                 *(_bold(word) for text in names for word in text.split()))
            ),
        )
        for cells, names in zip(said, named, strict=True)
    ]  # fmt: skip


def _bold(text: str) -> int:
    """Give the length of a head in characters of the cells' type: bold is wider."""
    return -(-len(text) * 6 // 5)


def _texts(rows: Sequence[Any], count: int) -> list[list[str]]:
    """Give the texts of each column; rows that span columns do not count."""
    whole = [row[1] for row in rows if len(row[1]) == count]
    return [[plain(cells[place][4]) for cells in whole] for place in range(count)]


def _plain_rows(rows: Sequence[Any]) -> list[Any]:
    """Give the rows without identifiers and classes."""
    return [[_BARE, [_plain_cell(cell) for cell in row[1]]] for row in rows]


def _plain_cell(cell: Sequence[Any]) -> list[Any]:
    text = {"t": "Plain", "c": _line(cell) or [_NOTHING]}
    return [_BARE, {"t": "AlignDefault"}, cell[2], cell[3], [text]]


def _line(cell: Sequence[Any]) -> list[Node]:
    """Give the text of a cell as one line of inlines."""
    return [node for block in cell[4] if isinstance(block.get("c"), list) for node in _inlines(block["c"])]


def _cleaned(block: Node) -> Node:
    """Give a block whose inlines are cleaned, at any depth; a heading loses its identifier."""
    if block["t"] == "Header":
        return {"t": "Header", "c": [block["c"][0], _BARE, _inlines(block["c"][2])]}
    return {**block, "c": _walked(block["c"])} if "c" in block else block


def _walked(content: Any) -> Any:
    if isinstance(content, list) and content and all(isinstance(node, dict) and "t" in node for node in content):
        blocks = any(node["t"] in _BLOCKS for node in content)
        return [_cleaned(node) for node in content] if blocks else _inlines(content)
    return [_walked(each) for each in content] if isinstance(content, list) else content


def _inlines(nodes: Sequence[Node]) -> list[Node]:
    """Keep what a reader sees: headings strong, levels indented, badges and unbroken parts as spans of that name."""
    found: list[Node] = []
    for node in nodes:
        if node["t"] == "RawInline" or (node["t"] == "Link" and "anchor-link" in node["c"][0][1]):
            continue
        if node["t"] != "Span":
            found.append({**node, "c": _walked(node["c"])} if isinstance(node.get("c"), list) else node)
            continue
        names, inner = node["c"][0][1], _inlines(node["c"][1])
        if "ir-head" in names:
            found.append({"t": "Strong", "c": inner})
        elif "ir-badge" in names or "ir-n" in names:
            found.append({"t": "Span", "c": [["", ["badge" if "ir-badge" in names else "whole"], []], inner]})
        else:
            indent = _EM * ("ir-1" in names) + 2 * _EM * ("ir-2" in names)
            found += [{"t": "Str", "c": indent}] * bool(indent) + inner
    return found


def plain(node: Any) -> str:
    """Give the text of a node or a list of nodes.

    Examples
    --------
    >>> plain([{"t": "Str", "c": "CR"}, {"t": "Space"}, {"t": "Strong", "c": [{"t": "Str", "c": "4"}]}])
    'CR 4'
    """
    if isinstance(node, list):
        return "".join(map(plain, node))
    if not isinstance(node, dict):
        return ""
    if node["t"] in _WHITE:
        return _WHITE[node["t"]]
    content = node.get("c", [])
    if isinstance(content, str):
        return content
    return str(content[-1]) if node["t"] in {"Code", "CodeBlock", "Math"} else plain(content)


def runs(parts: Sequence[Part], tall: Collection[int]) -> list[tuple[bool, list[Part]]]:
    """Part a report at its tall drawings: each with the words right before it is a run of its own, marked True.

    Examples
    --------
    >>> one, two = Text({"t": "Para", "c": []}), Drawing(1, {}, "")
    >>> [(alone, len(run)) for alone, run in runs([one, one, two, one], tall={1})]
    [(True, 3), (False, 1)]
    """
    found: list[tuple[bool, list[Part]]] = [(False, [])]
    for part in parts:
        run = found[-1][1]
        run.append(part)
        if isinstance(part, Drawing) and part.number in tall:
            start = next((place for place in range(len(run) - 1, 0, -1) if not isinstance(run[place - 1], Text)), 0)
            found[-1:] = [(False, run[:start]), (True, run[start:]), (False, [])]
    return [(alone, run) for alone, run in found if run]


def broad(parts: Sequence[Part], room: int) -> bool:
    """Tell whether most tables have columns of counts that do not fit side by side, so that all pages lie sideways.

    Examples
    --------
    >>> broad([Sheet([], {}, [], [Column((), (30,), 10), *[Column((), (16,), 7)] * 8])], room=112)
    True
    """
    sheets = [part for part in parts if isinstance(part, Sheet)]
    wide = [one for one in sheets if len(one.columns) > _FEW and sum(column.longest for column in one.columns) > room]
    return 2 * len(wide) > len(sheets)


def sized(sheet: Sheet, room: int, always: bool = False) -> Node:
    """Give the table with the widths of its columns, where its lines do not fit.

    Parameters
    ----------
    sheet
        The table.
    room
        Characters that fit side by side.
    always
        Give widths also where every line fits.
    """
    if full(sheet.columns) <= room and not always:
        return sheet.table
    given = widths(sheet.columns, room)
    sides = [side for side, _ in sheet.table["c"][2]]
    columns = [
        [side, {"t": "ColWidth", "c": round(wide / max(room, sum(given)), 4)}]
        for side, wide in zip(sides, given, strict=True)
    ]
    return {"t": "Table", "c": [*sheet.table["c"][:2], columns, *sheet.table["c"][3:]]}


def leads(sheet: Sheet) -> list[bool]:
    """Tell of each row whether it is a heading of the rows after it: bold, and the next row is not."""
    bold = [bool(line) and line[0]["t"] == "Strong" for line in (row[1][0][4][0]["c"] for row in _rows(sheet))]
    return [one and not following for one, following in zip(bold, [*bold[1:], True], strict=True)]


def _rows(sheet: Sheet) -> Sequence[Any]:
    return sheet.table["c"][4][0][3] if sheet.table else ()


def respelled(content: Any, mark: Callable[[str, list[Node]], list[Node]]) -> Any:
    """Give a tree in which each span "badge" or "whole" is what `mark` makes of its name and its inlines.

    Examples
    --------
    >>> span = {"t": "Span", "c": [["", ["badge"], []], [{"t": "Str", "c": "DRAFT"}]]}
    >>> respelled([span], lambda name, inner: [{"t": "Strong", "c": inner}])
    [{'t': 'Strong', 'c': [{'t': 'Str', 'c': 'DRAFT'}]}]
    """
    if isinstance(content, dict):
        return {key: respelled(value, mark) for key, value in content.items()}
    if not isinstance(content, list):
        return content
    found: list[Any] = []
    for node in content:
        if isinstance(node, dict) and node.get("t") == "Span":
            found += mark(node["c"][0][1][0], respelled(node["c"][1], mark))
        else:
            found.append(respelled(node, mark))
    return found
