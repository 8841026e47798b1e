"""PDF, DOCX and pictures of a report: real tables, alternative text, hostile text stays text, equal bytes."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pandas as pd
import pypdf
import pytest

from ir5nb import charts, tables
from ir5nb.render import documents, page
from ir5nb.tables.layout import Line, build
from ir5nb.tables.markup import Markup, text

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = (
    "<script>alert(1)</script>", "=HYPERLINK(\"http://x\",\"y\")", "{{7*7}}", "#eval(\"1+1\")", "$x^2$", "@headline",
    "*bold* _it_ `code`", "\\begin{x}", "[#read(\"report.typ\")]", "];#panic()", "https://example.org/x", "<w:p/>&amp;",
    "'\"--><svg onload=1>", "shalom \u202eשלום\u202c end",
)  # fmt: skip
LONG = "long" * 2500


def notebook(*cells: dict) -> nbformat.NotebookNode:
    numbered = [nbformat.from_dict({**cell, "id": f"cell-{number}"}) for number, cell in enumerate(cells)]
    return nbformat.v4.new_notebook(cells=numbered)


def shown(thing: object, source: str = "secret_call()") -> dict:
    make = getattr(thing, "_repr_mimebundle_", None)
    data = make() if make else {"text/html": thing._repr_html_(), "text/plain": repr(thing)}
    data = data[0] if isinstance(data, tuple) else data
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    return {"cell_type": "code", "source": source, "metadata": {}, "execution_count": 1, "outputs": [output]}


def told(source: str) -> dict:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def chart(subject: str = "Nobody") -> object:
    sites = pd.DataFrame({"SITEID": ["01", "02"], "OBSERVED": [3, 1]})
    return charts.accrual_by_centre(sites, subject=subject)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with a listing of two hundred hostile rows, a term of 10,000 characters, a wide table and two charts."""
    folder = tmp_path_factory.mktemp("documents")
    terms = [*HOSTILE, LONG, *(f"term {number}" for number in range(200))]
    events = pd.DataFrame({"AEDECOD": terms, "AETERM": terms[::-1], "reason": ["because " * 12] * len(terms)})
    listing = tables.listing(events, "Events #eval(1)", id="events", footing=tables.Footing("2026-06-30", ("p0",)))
    heads = [Markup(f"REGIMEN {number}<br>N = 10") for number in range(12)]
    cells = tuple(Markup("10 (100.0%) [123]") for _ in heads)
    wide = build("wide", text("Wide"), text("Term"), heads, [Line(text("Fatigue of body"), cells, level=1)] * 3)
    made = notebook(
        told("# A report\n\nWhat is *asked* (S6)."), shown(listing), told("## Charts"), shown(chart()),
        shown(chart("Some $x$ \"other\" \\ one")), told("### Wide"), shown(wide),
    )  # fmt: skip
    nbformat.write(made, folder / "c9_any.ipynb")
    documents.write(folder / "c9_any.ipynb", folder, 'Title <b> & #eval(1) "x"', "en")
    return folder


def word(folder: Path, name: str = "word/document.xml") -> ElementTree.Element:
    with zipfile.ZipFile(folder / "c9_any.docx") as archive:
        assert archive.testzip() is None
        for entry in archive.namelist():
            if entry.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(entry))  # noqa: S314 - our own file
        return ElementTree.fromstring(archive.read(name))  # noqa: S314


def word_rows(folder: Path) -> list[list[str]]:
    body = word(folder)
    return [
        ["".join(part.text or "" for part in cell.iter(f"{WORD}t")) for cell in row.iter(f"{WORD}tc")]
        for row in body.iter(f"{WORD}tr")
    ]


def pdf(folder: Path) -> pypdf.PdfReader:
    return pypdf.PdfReader(folder / "c9_any.pdf")


def squeezed(said: str) -> str:
    return re.sub(r"\s", "", said)


def test_every_file_is_there_and_named_by_order(written: Path) -> None:
    names = {path.relative_to(written).as_posix() for path in written.rglob("*.*")}
    drawn = {f"figures/c9_any-{number}-centres.{ending}" for number in ("01", "02") for ending in ("svg", "png")}
    assert names == drawn | {"c9_any.ipynb", "c9_any.pdf", "c9_any.docx"}


def test_word_has_real_tables_and_hostile_text_is_text(written: Path) -> None:
    first = [row[0] for row in word_rows(written)]
    for term in (*HOSTILE, LONG):
        assert any(squeezed(cell) == squeezed(term) for cell in first), term[:40]
    body = word(written)
    assert len(list(body.iter(f"{WORD}tbl"))) == 2
    assert not list(body.iter(f"{WORD}hyperlink"))
    links = word(written, "word/_rels/document.xml.rels")
    assert all(link.get("TargetMode") != "External" for link in links)


def test_word_repeats_heads_keeps_rows_whole_and_fits_the_paper(written: Path) -> None:
    body = word(written)
    for table in body.iter(f"{WORD}tbl"):
        rows = list(table.iter(f"{WORD}tr"))
        assert rows[0].find(f".//{WORD}tblHeader") is not None
        assert all(row.find(f".//{WORD}cantSplit") is not None for row in rows[1:])
        assert int(table.find(f".//{WORD}tblW").get(f"{WORD}w")) <= 5000  # fiftieths of a per cent of the text's width


def test_pictures_have_alternative_text(written: Path) -> None:
    described = [element.get("descr") for element in word(written).iter() if element.get("descr")]
    assert any('Some $x$ "other" \\ one' in words for words in described)
    assert len(set(described)) >= 2
    assert (
        "StructTreeRoot" in pdf(written).trailer["/Root"]["/MarkInfo"]
        or pdf(written).trailer["/Root"]["/StructTreeRoot"]
    )


def test_pdf_breaks_a_long_listing_over_pages_with_its_head_and_keeps_hostile_text(written: Path) -> None:
    pages = [page.extract_text() for page in pdf(written).pages]
    assert len(pages) > 4
    whole = squeezed("".join(pages))
    for term in HOSTILE[:-1]:
        assert squeezed(term) in whole, term
    assert sum("term" in said.lower() and "Reason" in said for said in pages) > 3  # the head stands on each page
    assert whole.count("long") >= 2 * 2500


def test_no_code_and_no_address(written: Path) -> None:
    assert "secret_call" not in "".join(page.extract_text() for page in pdf(written).pages)
    assert not any("secret_call" in cell for row in word_rows(written) for cell in row)
    for page_of in pdf(written).pages:
        for note in page_of.get("/Annots", ()) or ():
            assert "/URI" not in note.get_object().get("/A", {})


def test_nothing_of_a_page_is_cut_off(written: Path) -> None:
    for sheet in pdf(written).pages:
        places: list[float] = []
        sheet.extract_text(
            visitor_text=lambda said, cm, tm, font, size, at=places: at.append(tm[4]) if said.strip() else None
        )
        assert all(-1 <= place <= float(sheet.mediabox.width) for place in places)


def test_equal_bytes_on_equal_inputs(written: Path, tmp_path: Path) -> None:
    again = documents.write(written / "c9_any.ipynb", tmp_path, 'Title <b> & #eval(1) "x"', "en")
    assert len(again) == 6
    for path in again:
        assert path.read_bytes() == (written / path.relative_to(tmp_path)).read_bytes(), path.name


def test_the_title_is_text_everywhere(written: Path) -> None:
    assert pdf(written).metadata.title == 'Title <b> & #eval(1) "x"'
    core = word(written, "docProps/core.xml")
    assert [node.text for node in core if node.tag.endswith("title")] == ['Title <b> & #eval(1) "x"']


def test_pictures_are_pictures(written: Path) -> None:
    for path in (written / "figures").glob("*.svg"):
        assert ElementTree.fromstring(path.read_text(encoding="utf-8")).tag.endswith("svg")  # noqa: S314
    for path in (written / "figures").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")
        assert b"tEXt" not in path.read_bytes()


def test_a_failed_notebook_says_so_in_the_documents(tmp_path: Path) -> None:
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no",
        "traceback": ["\x1b[31mValueError\x1b[0m: no #eval"],
    }
    cell = {"cell_type": "code", "source": "f()", "metadata": {}, "execution_count": 1, "outputs": [error]}
    nbformat.write(notebook(told("# R"), cell), tmp_path / "c9_any.ipynb")
    documents.write(tmp_path / "c9_any.ipynb", tmp_path, "R", "fr")
    assert "ValueError: no #eval" in "".join(page.extract_text() for page in pdf(tmp_path).pages)


def test_a_page_without_charts_carries_no_library() -> None:
    assert len(page.page(notebook(told("# R")), "R", "en")) < 20_000
    assert "script-src 'none'" in page.page(notebook(told("# R")), "R", "en")
    assert len(page.page(notebook(shown(chart())), "R", "en")) > 500_000
