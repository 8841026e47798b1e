"""A report on paper: the parts of an executed notebook as a PDF, set by typst; no network, equal bytes each time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

import pypandoc
import typst

from ir5nb.render import figures
from ir5nb.render.article import Card, Drawing, Node, Part, Sheet, Text, broad, respelled, runs
from ir5nb.render.grid import grid
from ir5nb.render.identity import AUTHOR, Identity
from ir5nb.render.widths import least

_LOOK: Final = Path(__file__).parent / "template" / "document" / "report.typ"
_UPRIGHT: Final = 122  # characters of small type that fit side by side on an upright page
_SIDEWAYS: Final = 180  # and on one turned sideways
_FACE: Final = re.compile(r'font-family="[^"]*"')


def write(parts: Sequence[Part], drawn: Mapping[int, str], path: Path, identity: Identity, work: Path) -> None:
    """Set the parts as PDF.

    Parameters
    ----------
    parts
        Of `article.read`.
    drawn
        SVG text of each chart by its number.
    path
        File to write.
    identity
        What the margins of each page say of the report.
    work
        An empty folder of this call for what typst reads.
    """
    sideways = broad(parts, _UPRIGHT)
    for number, picture in drawn.items():
        one_face = _FACE.sub('font-family="Libertinus Serif"', picture)  # typst's own face: the same on every machine
        (work / f"{number}.svg").write_text(one_face, encoding="utf-8")
    tall = {number for number, picture in drawn.items() if sideways and figures.height(picture) > figures.TALL}
    blocks = [node for alone, run in runs(parts, tall) for node in _run(run, alone, identity.colon, sideways)]
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
    body = pypandoc.convert_text(json.dumps(tree), "typst", format="json", extra_args=["--wrap=none"])
    (work / "report.typ").write_text(_LOOK.read_text(encoding="utf-8") + "\n" + body, encoding="utf-8")
    told = {
        **{field.name: getattr(identity, field.name) for field in fields(identity)},
        "author": AUTHOR,
        "sideways": "yes" if sideways else "no",
    }
    made = typst.compile(str(work / "report.typ"), root=str(work), format="pdf", sys_inputs=told, timestamp=0)
    path.write_bytes(made)


def _run(parts: Sequence[Part], alone: bool, colon: str, sideways: bool) -> Iterator[Node]:
    """Give a run of parts, alone on an upright page where its picture would be too small on a sideways one."""
    yield from (_raw("#raised["),) * alone
    yield from _blocks(parts, colon, sideways)
    yield from (_raw("]"),) * alone


def _blocks(parts: Sequence[Part], colon: str, sideways: bool) -> Iterator[Node]:
    for part, following in zip(parts, (*parts[1:], None), strict=True):
        match part:
            case Text(block):
                stays = isinstance(following, Drawing | Sheet)  # words that introduce what follows
                yield from (_raw("#introduction["),) * stays
                yield respelled(block, _mark)
                yield from (_raw("]"),) * stays
            case Sheet():
                yield from _sheet(part, sideways)
            case Card():
                yield from _card(part, colon)
            case Drawing(number=number, words=words):
                yield _raw(f"#picture({_quoted(f'{number}.svg')}, {_quoted(words)})")


def _sheet(sheet: Sheet, sideways: bool) -> Iterator[Node]:
    turned = not sideways and least(sheet.columns) > _UPRIGHT
    yield _raw("#turned[" if turned else "#upright[")
    yield from _wrapped("table-title", sheet.title)
    yield respelled(grid(sheet, _SIDEWAYS if sideways or turned else _UPRIGHT), _mark)
    yield _raw("]")


def _card(card: Card, colon: str) -> Iterator[Node]:
    yield _raw("#card[")
    yield from _wrapped("decision", card.sentence)
    for name, value in card.facts:
        yield from _wrapped(
            "fact", [*name, {"t": "Str", "c": colon}, {"t": "Space"}, {"t": "Strong", "c": list(value)}]
        )
    for note in card.notes:
        yield from _wrapped("card-note", note)
    yield _raw("]")


def _wrapped(function: str, inlines: Sequence[Node]) -> Iterator[Node]:
    """Give a paragraph as the argument of one of the look's functions."""
    yield from (_raw(f"#{function}["), {"t": "Para", "c": respelled(list(inlines), _mark)}, _raw("]"))


def _mark(name: str, inner: list[Node]) -> list[Node]:
    """Call the look's function of that name; the semicolon ends the call, whatever text follows."""
    return [_raw(f"#{name}[#none;", "RawInline"), *inner, _raw("];", "RawInline")]


def _raw(markup: str, kind: str = "RawBlock") -> Node:
    return {"t": kind, "c": ["typst", markup]}


def _quoted(text: str) -> str:
    r"""Write a text as a string of typst: nothing in it is markup or code.

    Examples
    --------
    >>> print(_quoted('5 "a" #eval(1)'))
    "5 \"a\" #eval(1)"
    """
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
