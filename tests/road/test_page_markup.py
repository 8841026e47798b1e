"""The page of a notebook is well-formed as it is written: nobody parses and repairs it (`page._Exporter`)."""

from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from ir5nb.render import page

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Elements(HTMLParser):
    """Notes every element that is closed out of turn or never, and every image without a text alternative."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[tuple[str, tuple[int, int]]] = []
        self.seen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += 1
        if tag == "img" and "alt" not in dict(attrs):
            self.wrong.append((tag, self.getpos()))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append((tag, self.getpos()))


def elements(text: str) -> Elements:
    found = Elements()
    found.feed(text)
    return found


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_element_is_closed_in_turn(notebook: Path) -> None:
    found = elements(page.page(nbformat.read(notebook, as_version=4), "Title", "en"))
    assert found.seen > 1000
    assert found.wrong == []
    assert found.open == []


def test_what_is_wrong_is_found() -> None:
    assert [tag for tag, _ in elements("<p><b>x</p></b><img src='x'>").wrong] == ["p", "b", "img"]
    assert elements("<div><p>x</p>").open == ["div"]
