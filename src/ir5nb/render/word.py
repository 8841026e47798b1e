"""A report to edit: the parts of an executed notebook as a Word document with real tables; equal bytes each time."""

from __future__ import annotations

import html
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pypandoc

from ir5nb.render.article import Card, Drawing, Node, Part, Sheet, Text, broad, respelled, sized

_LOOK: Final = Path(__file__).parent / "template" / "document"
_UPRIGHT: Final = 118  # characters of small type that fit side by side on an upright page
_SIDEWAYS: Final = 176
_WIDEST_CM: Final = 14.6  # of a picture
_HIGHEST_CM: Final = (21.0, 13.5)  # of a picture on an upright page, and sideways
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP file can hold
_FOOTER_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_FOOTER_LINK: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer"
_LANGUAGES: Final = {"en": "en-GB", "fr": "fr-FR"}


def write(parts: Sequence[Part], pictures: Mapping[int, Path], path: Path, title: str, lang: str) -> None:
    """Write the parts as DOCX.

    Parameters
    ----------
    parts
        Of `article.read`.
    pictures
        PNG file of each chart by its number.
    path
        File to write.
    title, lang
        Title of the report (text), "en" or "fr".
    """
    sideways = broad(parts, _UPRIGHT)
    meta = {"lang": {"t": "MetaString", "c": _LANGUAGES[lang]}}
    blocks = list(_blocks(parts, pictures, sideways))
    tree = {"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": blocks}
    with tempfile.TemporaryDirectory() as work:
        made = Path(work) / "report.docx"
        # By name and folder: pandoc writes into the document how a picture was called for.
        places = sorted({str(file.parent) for file in pictures.values()})
        extra = [f"--resource-path={place}" for place in places]
        pypandoc.convert_text(json.dumps(tree), "docx", format="json", outputfile=str(made), extra_args=extra)
        path.write_bytes(_finished(made.read_bytes(), title, sideways))


def _blocks(parts: Sequence[Part], pictures: Mapping[int, Path], sideways: bool) -> Iterator[Node]:
    for part in parts:
        match part:
            case Text(block):
                yield respelled(block, _mark)
            case Sheet():
                yield _styled("Table Title", part.title)
                yield respelled(sized(part, _SIDEWAYS if sideways else _UPRIGHT, always=True), _mark)
                yield _styled("Table Note", [node for note in part.notes for node in (*note, {"t": "Space"})])
            case Card():
                yield from _card(part)
            case Drawing(number=number, words=words):
                yield _picture(pictures[number], words, sideways)


def _card(card: Card) -> Iterator[Node]:
    yield _styled("Decision", card.sentence)
    for name, value in card.facts:
        yield _styled("Fact", [*name, {"t": "Str", "c": ":"}, {"t": "Space"}, {"t": "Strong", "c": list(value)}])
    for note in card.notes:
        yield _styled("Table Note", note)


def _picture(file: Path, words: str, sideways: bool) -> Node:
    """Give a picture that fits the page, with its text alternative."""
    header = file.read_bytes()[16:24]
    wide, high = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:], "big")
    width = min(_WIDEST_CM, _HIGHEST_CM[sideways] * wide / high)
    image = [["", [], [["width", f"{width:.2f}cm"]]], [{"t": "Str", "c": words}], [file.name, ""]]
    return {"t": "Para", "c": [{"t": "Image", "c": image}]}


def _styled(style: str, inlines: Sequence[Node]) -> Node:
    paragraph = {"t": "Para", "c": respelled(list(inlines), _mark)}
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], [paragraph]]}


def _mark(name: str, inner: list[Node]) -> list[Node]:
    """Frame a badge; what is whole stays as it is, Word breaks lines by its own rules."""
    return [{"t": "Span", "c": [["", [], [["custom-style", "Badge"]]], inner]}] if name == "badge" else inner


def _finished(made: bytes, title: str, sideways: bool) -> bytes:
    """Give the document our styles, paper, footer and title, and the same bytes for the same content."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    safe = html.escape(title, quote=True)
    texts = {name: files[name].decode() for name in files if name.endswith((".xml", ".rels"))}
    texts["word/styles.xml"] = _dressed(texts["word/styles.xml"])
    texts["word/document.xml"] = _laid(texts["word/document.xml"], sideways)
    texts["word/footer1.xml"] = (_LOOK / "footer.xml").read_text(encoding="utf-8").replace("TITLE", safe)
    links = f'<Relationship Type="{_FOOTER_LINK}" Id="rIdFooter" Target="footer1.xml"/></Relationships>'
    texts["word/_rels/document.xml.rels"] = texts["word/_rels/document.xml.rels"].replace("</Relationships>", links)
    kind = f'<Override PartName="/word/footer1.xml" ContentType="{_FOOTER_TYPE}"/></Types>'
    texts["[Content_Types].xml"] = texts["[Content_Types].xml"].replace("</Types>", kind)
    texts["docProps/core.xml"] = _undated(texts["docProps/core.xml"], safe)
    return _zipped({**files, **{name: text.encode() for name, text in texts.items()}})


def _dressed(styles: str) -> str:
    """Put our styles in the place of pandoc's."""
    for style in (_LOOK / "styles.xml").read_text(encoding="utf-8").splitlines():
        name = re.search(r'w:styleId="(\w+)"', style)
        theirs = rf'<w:style\b[^>]*?w:styleId="{name.group(1) if name else ""}".*?</w:style>'
        styles = re.sub(theirs, "", styles, flags=re.DOTALL).replace("</w:styles>", f"{style}</w:styles>")
    return styles


def _laid(document: str, sideways: bool) -> str:
    """Set paper, margins and footer; no row of a table is broken over two pages."""
    wide, high, turned = (16838, 11906, ' w:orient="landscape"') if sideways else (11906, 16838, "")
    paper = (
        f'<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/><w:pgSz w:w="{wide}" w:h="{high}"{turned}/>'
        '<w:pgMar w:top="1020" w:right="1020" w:bottom="1020" w:left="1020" w:header="500" w:footer="500" '
        'w:gutter="0"/></w:sectPr>'
    )
    document = re.sub(r"<w:sectPr\s*/>|<w:sectPr\b.*?</w:sectPr>", "", document, flags=re.DOTALL)
    document = document.replace("</w:body>", f"{paper}</w:body>")
    return re.sub(r"<w:tr>(?!\s*<w:trPr>)", "<w:tr><w:trPr><w:cantSplit/></w:trPr>", document)


def _undated(properties: str, title: str) -> str:
    """Take the time of writing out of the properties, and put the title in."""
    properties = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "1980-01-01T00:00:00Z", properties)
    properties = re.sub(r"<dc:title>.*?</dc:title>|<dc:title\s*/>", "", properties, flags=re.DOTALL)
    return properties.replace("</cp:coreProperties>", f"<dc:title>{title}</dc:title></cp:coreProperties>")


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
