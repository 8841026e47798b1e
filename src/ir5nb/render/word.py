"""A report to edit: the parts of an executed notebook as a Word document with real tables; equal bytes each time."""

from __future__ import annotations

import html
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import pypandoc

from ir5nb.render import figures
from ir5nb.render.article import Card, Drawing, Node, Part, Sheet, Text, broad, leads, respelled, runs, sized
from ir5nb.render.identity import AUTHOR, Identity

_LOOK: Final = Path(__file__).parent / "template" / "document"
_UPRIGHT: Final = 118  # characters of small type that fit side by side on an upright page
_SIDEWAYS: Final = 176
_WIDEST_CM: Final = 14.6  # of a picture
_HIGHEST_CM: Final = (21.0, 13.5)  # of a picture on an upright page, and sideways
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP file can hold
_MARGINS: Final = ("header", "footer")
_MARGIN_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
_MARGIN_LINK: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"
_WIDE: Final = (9866, 14798)  # of the text on an upright page, and sideways, in twentieths of a point
_SECTION: Final = ("SECTION-UPRIGHT", "SECTION-SIDEWAYS")  # stands where a section of such pages ends
_TINY: Final = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'  # that paragraph is empty
_SHORT: Final = 16  # rows of a table that is not broken over pages
_LANGUAGES: Final = {"en": "en-GB", "fr": "fr-FR"}


def write(parts: Sequence[Part], pictures: Mapping[int, Path], path: Path, identity: Identity) -> None:
    """Write the parts as DOCX.

    Parameters
    ----------
    parts
        Of `article.read`.
    pictures
        PNG file of each chart by its number.
    path
        File to write.
    identity
        What the margins of each page say of the report.
    """
    sideways = broad(parts, _UPRIGHT)
    meta = {"lang": {"t": "MetaString", "c": _LANGUAGES[identity.lang]}}
    tall = {number for number, file in pictures.items() if sideways and _size(file)[1] > figures.TALL * figures.SCALE}
    parted = runs(parts, tall)
    before = [True, *(alone for alone, _ in parted)]  # what is alone has ended its section
    blocks = [
        node
        for (alone, run), ended in zip(parted, before, strict=False)
        for node in _run(run, alone, ended, pictures, identity.colon, sideways)
    ]
    tree = {"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": blocks}
    with tempfile.TemporaryDirectory() as work:
        made = Path(work) / "report.docx"
        # By name and folder: pandoc writes into the document how a picture was called for.
        places = sorted({str(file.parent) for file in pictures.values()})
        extra = [f"--resource-path={place}" for place in places]
        pypandoc.convert_text(json.dumps(tree), "docx", format="json", outputfile=str(made), extra_args=extra)
        path.write_bytes(_finished(made.read_bytes(), identity, sideways))


def _run(
    parts: Sequence[Part], alone: bool, ended: bool, pictures: Mapping[int, Path], colon: str, sideways: bool
) -> Iterator[Node]:
    """Give a run of parts, alone on an upright page where its picture would be too small on a sideways one."""
    yield from (_section(sideways),) * (alone and not ended)
    yield from _blocks(parts, pictures, colon, sideways and not alone)
    yield from (_section(False),) * alone


def _section(sideways: bool) -> Node:
    """End a section of pages that lie that way."""
    return {"t": "RawBlock", "c": ["openxml", f"<w:p><w:pPr>{_SECTION[sideways]}</w:pPr></w:p>"]}


def _blocks(parts: Sequence[Part], pictures: Mapping[int, Path], colon: str, sideways: bool) -> Iterator[Node]:
    for part, following in zip(parts, (*parts[1:], None), strict=True):
        match part:
            case Text({"t": "Para", "c": words}) if isinstance(following, Drawing | Sheet):
                yield _styled("Introduction", words)
            case Text(block):
                yield respelled(block, _mark)
            case Sheet():
                yield _styled("Table Title", part.title)
                yield respelled(_kept(part, sized(part, _SIDEWAYS if sideways else _UPRIGHT, always=True)), _mark)
                yield _styled("Table Note", [node for note in part.notes for node in (*note, {"t": "Space"})])
            case Card():
                yield from _card(part, colon)
            case Drawing(number=number, words=words):
                yield _picture(pictures[number], words, sideways)


def _card(card: Card, colon: str) -> Iterator[Node]:
    yield _styled("Decision", card.sentence)
    for name, value in card.facts:
        yield _styled("Fact", [*name, {"t": "Str", "c": colon}, {"t": "Space"}, {"t": "Strong", "c": list(value)}])
    for note in card.notes:
        yield _styled("Card Note", note)


def _kept(sheet: Sheet, table: Node) -> Node:
    """Keep with the row after it: every row of a short table, a heading of rows, and the last row with the notes."""
    rows, heading = table["c"][4][0][3], leads(sheet)
    last = len(rows) - 1
    kept = [
        [row[0], [_kept_cell(cell) for cell in row[1]]] if last < _SHORT or lead or place == last else row
        for place, (row, lead) in enumerate(zip(rows, heading, strict=True))
    ]
    return {"t": "Table", "c": [*table["c"][:4], [[*table["c"][4][0][:3], kept]], table["c"][5]]}


def _kept_cell(cell: Sequence[Any]) -> list[Any]:
    return [*cell[:4], [_styled("Kept", cell[4][0]["c"])]]


def _picture(file: Path, words: str, sideways: bool) -> Node:
    """Give a picture that fits the page, with its text alternative."""
    wide, high = _size(file)
    width = min(_WIDEST_CM, _HIGHEST_CM[sideways] * wide / high)
    image = [["", [], [["width", f"{width:.2f}cm"]]], [{"t": "Str", "c": words}], [file.name, ""]]
    return {"t": "Para", "c": [{"t": "Image", "c": image}]}


def _size(file: Path) -> tuple[int, int]:
    """Give width and height of a PNG in pixels."""
    header = file.read_bytes()[16:24]
    return int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")


def _styled(style: str, inlines: Sequence[Node]) -> Node:
    paragraph = {"t": "Para", "c": respelled(list(inlines), _mark)}
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], [paragraph]]}


def _mark(name: str, inner: list[Node]) -> list[Node]:
    """Frame a badge; what is whole stays as it is, Word breaks lines by its own rules."""
    return [{"t": "Span", "c": [["", [], [["custom-style", "Badge"]]], inner]}] if name == "badge" else inner


def _finished(made: bytes, identity: Identity, sideways: bool) -> bytes:
    """Give the document our styles, paper, margins and properties, and the same bytes for the same content."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    texts = {name: files[name].decode() for name in files if name.endswith((".xml", ".rels"))}
    texts["word/styles.xml"] = _dressed(texts["word/styles.xml"])
    texts["word/document.xml"] = _laid(texts["word/document.xml"], sideways)
    for name, kind in ((f"{kind}{place}", kind) for kind in _MARGINS for place in (1, 2)):
        texts[f"word/{name}.xml"] = _margin(name, kind, identity)
        link = f'<Relationship Type="{_MARGIN_LINK.format(kind)}" Id="rId{name}" Target="{name}.xml"/>'
        more = f'<Override PartName="/word/{name}.xml" ContentType="{_MARGIN_TYPE.format(kind)}"/>'
        for place, end, entry in (
            ("word/_rels/document.xml.rels", "</Relationships>", link), ("[Content_Types].xml", "</Types>", more)
        ):  # fmt: skip
            texts[place] = texts[place].replace(end, entry + end)
    texts["docProps/core.xml"] = _undated(texts["docProps/core.xml"], identity)
    return _zipped({**files, **{name: text.encode() for name, text in texts.items()}})


def _margin(name: str, kind: str, identity: Identity) -> str:
    """Give a header or footer with its words, which are text: the first of a kind is an upright page's."""
    told = {field.name.upper(): html.escape(getattr(identity, field.name), quote=True) for field in fields(identity)}
    told["WIDE"] = str(_WIDE[name.endswith("2")])
    text = (_LOOK / f"{kind}.xml").read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda found: told[found.group(1)], text)


def _dressed(styles: str) -> str:
    """Put our styles in the place of pandoc's."""
    for style in (_LOOK / "styles.xml").read_text(encoding="utf-8").splitlines():
        name = re.search(r'w:styleId="(\w+)"', style)
        theirs = rf'<w:style\b[^>]*?w:styleId="{name.group(1) if name else ""}".*?</w:style>'
        styles = re.sub(theirs, "", styles, flags=re.DOTALL).replace("</w:styles>", f"{style}</w:styles>")
    return styles


def _laid(document: str, sideways: bool) -> str:
    """Set paper, margins, header and footer of each section; no row of a table is broken over two pages."""
    document = re.sub(r"<w:sectPr\s*/>|<w:sectPr\b.*?</w:sectPr>", "", document, flags=re.DOTALL)
    for turned, mark in enumerate(_SECTION):
        document = document.replace(f"<w:pPr>{mark}</w:pPr>", f"<w:pPr>{_TINY}{_paper(bool(turned))}</w:pPr>")
    document = document.replace("</w:body>", f"{_paper(sideways)}</w:body>")
    return re.sub(r"<w:tr>(?!\s*<w:trPr>)", "<w:tr><w:trPr><w:cantSplit/></w:trPr>", document)


def _paper(sideways: bool) -> str:
    wide, high, turned = (16838, 11906, ' w:orient="landscape"') if sideways else (11906, 16838, "")
    margins = "".join(f'<w:{name}Reference w:type="default" r:id="rId{name}{1 + sideways}"/>' for name in _MARGINS)
    return (
        f'<w:sectPr>{margins}<w:pgSz w:w="{wide}" w:h="{high}"{turned}/>'
        '<w:pgMar w:top="1020" w:right="1020" w:bottom="1020" w:left="1020" w:header="500" w:footer="500" '
        'w:gutter="0"/></w:sectPr>'
    )


def _undated(properties: str, identity: Identity) -> str:
    """Take the time of writing out of the properties, and put title and author in."""
    properties = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "1980-01-01T00:00:00Z", properties)
    properties = re.sub(r"<dc:(title|creator)(>.*?</dc:\1|\s*/)>", "", properties, flags=re.DOTALL)
    title = html.escape(identity.title, quote=True)
    ours = f"<dc:title>{title}</dc:title><dc:creator>{AUTHOR}</dc:creator>"
    return properties.replace("</cp:coreProperties>", f"{ours}</cp:coreProperties>")


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Pack the files, in their order, all of one date."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()
