"""Charts as files: a page with the charts interactive, or one SVG or PNG a chart."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import nbformat
import vl_convert

from ir5nb.render.page import CHART, page

_WIDTH = 640  # pixels of a still picture; in a page charts fill their column
SCALE = 3  # pixels of a PNG for one of the SVG
TALL = 700  # pixels of a picture whose words are too small where it is as high as a sideways page
_LINES = (("text", 60), ("subtitle", 80))  # characters of a line that fit it


class Drawing(Protocol):
    """A chart that can give its specification."""

    def to_dict(self) -> dict[str, Any]:
        """Give the Vega-Lite specification."""


def write(drawings: Mapping[str, Drawing], path: Path) -> tuple[Path, ...]:
    """Write charts to `path`: one .html page, or `<stem>-<name>.svg` / `.png` for each.

    Parameters
    ----------
    drawings
        Charts by name.
    path
        File to write; its ending decides.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    ValueError
        When the ending is another.
    """
    specifications = {name: drawing.to_dict() for name, drawing in drawings.items()}
    if path.suffix == ".html":
        path.write_text(_page_of(specifications, path.stem), encoding="utf-8")
        return (path,)
    if path.suffix not in {".svg", ".png"}:
        raise ValueError(f"{path.name}: expected a name that ends in .html, .svg or .png")
    files = {path.with_name(f"{path.stem}-{name}{path.suffix}"): still for name, still in specifications.items()}
    for file, specification in files.items():
        file.write_bytes(_picture(specification, path.suffix))
    return tuple(files)


def vector(specification: Mapping[str, Any]) -> str:
    """Draw a chart as SVG, at the width of a still picture.

    Parameters
    ----------
    specification
        Vega-Lite specification; its data are in it.
    """
    wide = {**specification, "width": _WIDTH, **_titled(specification)}
    return str(vl_convert.vegalite_to_svg(wide, vl_version="6.4"))


def _titled(specification: Mapping[str, Any]) -> dict[str, Any]:
    """Give the title in lines for the width of a still picture; a chart's own lines are those of a narrow screen."""
    title = specification.get("title")
    if not isinstance(title, Mapping):
        return {}
    lines = {
        name: textwrap.wrap(" ".join(title[name]), room) for name, room in _LINES if isinstance(title.get(name), list)
    }
    return {"title": {**title, **lines}}


def height(drawn: str) -> int:
    """Give the height of an SVG in its own pixels.

    Examples
    --------
    >>> height('<svg width="640" height="436" viewBox="0 0 640 436"></svg>')
    436
    """
    found = re.search(r'height="([0-9.]+)"', drawn)
    return round(float(found.group(1))) if found else 0


def described(drawn: str, specification: Mapping[str, Any], words: str) -> str:
    """Give the SVG with its title and what it shows in words, for readers who do not see it.

    Parameters
    ----------
    drawn
        SVG text.
    specification
        Vega-Lite specification that it was drawn of.
    words
        What it shows.

    Examples
    --------
    >>> described('<svg width="1"><g/></svg>', {"title": {"text": ["a <", "b"]}}, "c & d")
    '<svg width="1"><title>a &lt; b</title><desc>c &amp; d</desc><g/></svg>'
    """
    text = dict(specification.get("title") or {}).get("text", "")
    title = text if isinstance(text, str) else " ".join(text)
    start = drawn.index(">", drawn.index("<svg")) + 1
    told = f"<title>{html.escape(title, quote=False)}</title><desc>{html.escape(words, quote=False)}</desc>"
    return drawn[:start] + told + drawn[start:]


def raster(drawn: str) -> bytes:
    """Draw an SVG as PNG, three pixels for each of its own: more than 300 an inch on a page of text.

    Parameters
    ----------
    drawn
        SVG text.
    """
    return bytes(vl_convert.svg_to_png(drawn, scale=SCALE))


def _picture(specification: Mapping[str, Any], suffix: str) -> bytes:
    drawn = vector(specification)
    return drawn.encode() if suffix == ".svg" else raster(drawn)


def _page_of(specifications: dict[str, dict[str, Any]], title: str) -> str:
    outputs = [
        nbformat.v4.new_output(  # type: ignore[no-untyped-call]
            "display_data", {CHART: specification, "text/plain": specification.get("description", name)}
        )
        for name, specification in specifications.items()
    ]
    cell = nbformat.v4.new_code_cell("", outputs=outputs, execution_count=1)  # type: ignore[no-untyped-call]
    return page(nbformat.v4.new_notebook(cells=[cell]), title, "en")  # type: ignore[no-untyped-call]
