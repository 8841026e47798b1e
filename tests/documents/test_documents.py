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
from ir5nb.render import article, documents, figures, grid, identity, page
from ir5nb.render.widths import Column
from ir5nb.tables.layout import Line, build
from ir5nb.tables.markup import Markup, text

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = (
    "<script>alert(1)</script>", "=HYPERLINK(\"http://x\",\"y\")", "{{7*7}}", "#eval(\"1+1\")", "$x^2$", "@headline",
    "*bold* _it_ `code`", "\\begin{x}", "[#read(\"report.typ\")]", "];#panic()", "https://example.org/x", "<w:p/>&amp;",
    "= heading", "- item", "1. first", "/ term: meaning", "'\"--><svg onload=1>", "shalom \u202eשלום\u202c end",
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
    """A report with a listing, some of it hostile, a term of 10,000 characters, a wide table and two charts."""
    folder = tmp_path_factory.mktemp("documents")
    terms = [*HOSTILE, LONG, *(f"term {number}" for number in range(60))]
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


@pytest.fixture(scope="module")
def sheets(written: Path) -> list[tuple[str, list[float], float]]:
    """Text, places of the text and width of each page of the report's PDF: read once, as reading is slow."""
    found = []
    for sheet in pdf(written).pages:
        places: list[float] = []
        said = sheet.extract_text(
            visitor_text=lambda said, cm, tm, font, size, at=places: at.append(tm[4]) if said.strip() else None
        )
        found.append((said, places, float(sheet.mediabox.width)))
    return found


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


def test_pdf_breaks_a_long_listing_over_pages_with_its_head_and_keeps_hostile_text(sheets: list) -> None:
    pages = [said for said, _, _ in sheets]
    assert len(pages) > 4
    whole = squeezed("".join(pages))
    for term in HOSTILE[:-1]:
        assert squeezed(term) in whole, term
    assert sum("term" in said.lower() and "Reason" in said for said in pages) > 3  # the head stands on each page
    assert whole.count("long") >= 2 * 2500


def test_no_code_and_no_address(written: Path, sheets: list) -> None:
    assert not any("secret_call" in said for said, _, _ in sheets)
    assert not any("secret_call" in cell for row in word_rows(written) for cell in row)
    for page_of in pdf(written).pages:
        for note in page_of.get("/Annots", ()) or ():
            assert "/URI" not in note.get_object().get("/A", {})


def test_nothing_of_a_page_is_cut_off(sheets: list) -> None:
    for _, places, width in sheets:
        assert all(-1 <= place <= width for place in places)


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


GROUPED = (
    Line(text("First"), head=True), Line(text("a"), (text("1"),), level=1), Line(text("b"), (text("2"),), level=1),
    Line(text("Second"), head=True), *(Line(text(f"c{row}"), (text("3"),), level=1) for row in range(20)),
)  # fmt: skip


def grouped() -> article.Sheet:
    """A table with two headings of rows and a note."""
    table = build("grouped", text("Grouped"), text("Term"), [text("n")], GROUPED, notes=[text("A note")])
    [sheet] = article.read(notebook(shown(table)))
    assert isinstance(sheet, article.Sheet)
    return sheet


def test_a_page_break_leaves_no_heading_of_rows_and_no_note_alone() -> None:
    sheet = grouped()
    assert [place for place, lead in enumerate(article.leads(sheet)) if lead] == [0, 3]
    said = "".join(
        node["c"][1] if node["t"] == "RawInline" else article.plain(node) for node in grid.grid(sheet, 100)["c"]
    )
    assert re.findall(r"repeat: false, table.cell\(rowspan: 1, colspan: 1\)\[#none;(\w+)", said) == ["First", "Second"]
    assert re.search(r"c18\], .*?table\.cell\(rowspan: 3\)\[\], .*?c19\], .*?A note", said)


def test_word_keeps_headings_of_rows_and_the_last_row_with_what_follows(tmp_path: Path) -> None:
    table = build("grouped", text("Grouped"), text("Term"), [text("n")], GROUPED, notes=[text("A note")])
    nbformat.write(notebook(told("Words."), shown(table)), tmp_path / "c9_any.ipynb")
    documents.write(tmp_path / "c9_any.ipynb", tmp_path, "R", "en")
    body = word(tmp_path)
    styles = [
        {style.get(f"{WORD}val") for style in row.iter(f"{WORD}pStyle")} for row in list(body.iter(f"{WORD}tr"))[1:]
    ]
    assert [place for place, names in enumerate(styles) if names == {"Kept"}] == [0, 3, 23]
    kept = next(style for style in word(tmp_path, "word/styles.xml") if style.get(f"{WORD}styleId") == "Kept")
    assert kept.find(f".//{WORD}keepNext") is not None
    assert any(style.get(f"{WORD}val") == "Introduction" for style in body.iter(f"{WORD}pStyle"))


def test_a_column_with_more_text_gets_more_of_the_room() -> None:
    columns = [Column((), (500, *[60] * 5), 30), Column((), (60,) * 20, 14)]
    sheet = article.Sheet([], grouped().table, [], columns)
    widths = [width["c"] for _, width in article.sized(sheet, 112)["c"][2]]
    assert sum(widths) <= 1.001
    assert widths[1] * 112 >= 60  # on one line: not by the longest cell alone, which is eight times as long


def test_counts_stay_on_one_line_beside_long_terms() -> None:
    columns = [Column((), (60,) * 20, 13), Column((), (10,) * 20, 7)]
    sheet = article.Sheet([], grouped().table, [], columns)
    widths = [width["c"] for _, width in article.sized(sheet, 60)["c"][2]]
    assert widths[1] * 60 >= 10


def test_a_high_picture_of_a_broad_report_stands_alone_on_an_upright_page(tmp_path: Path) -> None:
    heads = [Markup(f"GROUP {number}<br>N = 10") for number in range(9)]
    broad = build(
        "broad", text("Broad"), text("Term"), heads, [Line(text("Fatigue"), (Markup("10 (100.0%) [12]"),) * 9)]
    )
    high = {"mark": "point", "height": 900, "data": {"values": [{}]}}
    drawn = {"output_type": "display_data", "metadata": {}, "data": {article.CHART: high, "text/plain": "High."}}
    cell = {"cell_type": "code", "source": "", "metadata": {}, "execution_count": 1, "outputs": [drawn, drawn]}
    made = notebook(told("# R"), shown(broad), told("## Two"), cell, told("## End"), shown(broad))
    nbformat.write(made, tmp_path / "c9_any.ipynb")
    documents.write(tmp_path / "c9_any.ipynb", tmp_path, "R", "en")
    upright = [sheet.mediabox.height > sheet.mediabox.width for sheet in pdf(tmp_path).pages]
    assert upright == [False, True, True, False]
    assert "Two" in pdf(tmp_path).pages[1].extract_text()
    sections = [page.get(f"{WORD}orient") for page in word(tmp_path).iter(f"{WORD}pgSz")]
    assert sections == ["landscape", None, None, "landscape"]


def test_each_page_says_what_report_cut_and_plan_it_is_of(tmp_path: Path) -> None:
    items = pd.DataFrame({
        "SECTION": ["analysis", "analysis", "version"], "ITEM": ["data cut", "plan (SHA-256)", "ir5nb"],
        "VALUE": ["2026-06-30", "ab12cd34", "9.9"],
    })  # fmt: skip
    asked = {"cell_type": "code", "source": 'edition = "share"', "metadata": {"tags": ["injected-parameters"]},
             "execution_count": 1, "outputs": []}  # fmt: skip
    made = notebook(told("# R"), asked, shown(tables.provenance(items, lang="fr")))
    nbformat.write(made, tmp_path / "c9_any.ipynb")
    documents.write(tmp_path / "c9_any.ipynb", tmp_path, 'titre & "x"', "fr")
    page_text = pdf(tmp_path).pages[0].extract_text()
    header, footer = (
        "".join(part.text or "" for part in word(tmp_path, f"word/{name}1.xml").iter(f"{WORD}t"))
        for name in ("header", "footer")
    )
    for words in ('IMMUNORARE5 · Titre & "x"', "Gel des données\u00a0: 30/06/2026 · édition partagée"):
        assert words in page_text
        assert words in header
    for words in ("ir5nb 9.9, plan (SHA-256)\u00a0: ab12cd34", "Page 1"):
        assert words in page_text
        assert words in footer
    assert pdf(tmp_path).metadata.author == identity.AUTHOR
    core = word(tmp_path, "docProps/core.xml")
    assert [node.text for node in core if node.tag.endswith("creator")] == [identity.AUTHOR]


def test_a_still_picture_has_its_title_on_one_line_its_words_and_print_resolution() -> None:
    title = {"text": ["Successes against the", "Simon boundaries"], "subtitle": ["one"]}
    drawn = figures.vector({"title": title, "mark": "point", "data": {"values": [{}]}})
    assert "Successes against the Simon boundaries" in drawn
    told_too = figures.described(drawn, {"title": title}, "<script>")
    assert "<desc>&lt;script&gt;</desc>" in told_too
    assert int.from_bytes(figures.raster(drawn)[16:20], "big") >= 300 * 16 / 2.54  # pixels over sixteen centimetres


def test_a_term_that_typst_could_read_as_markup_is_no_heading(written: Path) -> None:
    assert re.findall(r"'/Title': '([^']*)'", str(pdf(written).outline)) == ["A report", "Charts", "Wide"]
