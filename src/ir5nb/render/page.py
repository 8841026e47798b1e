"""One self-contained HTML page of an executed notebook: no request, code folded, charts interactive.

The Vega libraries stand once in the page; each chart is a small JSON. Expressions are interpreted, not compiled, so
that the Content-Security-Policy can forbid `eval` and every script but the two whose hashes it names.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import vl_convert
from jinja2 import Environment, FileSystemLoader
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor

from ir5nb import wording
from ir5nb.render.narrative import translated
from ir5nb.wording import Lang

_TEMPLATES = Path(__file__).parent / "template"
CHART = "application/vnd.vegalite.v5+json"  # the type JupyterLab draws offline (see charts)
_WORDS = {
    "en": {"code": "Code", "chart": "Chart", "contents": "Contents"},
    "fr": {"code": "Code", "chart": "Figure", "contents": "Sommaire"},
}


def write(executed: Path, path: Path, title: str, lang: Lang) -> None:
    """Write the page of an executed notebook file.

    Parameters
    ----------
    executed, path
        The notebook and the HTML file.
    title, lang
        As in `page`.
    """
    notebook = translated(nbformat.read(executed, as_version=4), lang)  # type: ignore[no-untyped-call]
    path.write_text(page(notebook, wording.label(title, lang), lang), encoding="utf-8")


def page(notebook: Any, title: str, lang: str) -> str:
    """Give the HTML page of an executed notebook.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook with outputs.
    title
        Title of the page (text; escaped here).
    lang
        "en" or "fr", for the page's own words.

    """
    exporter = _Exporter(  # type: ignore[no-untyped-call]
        template_name="body", extra_template_basedirs=[str(_TEMPLATES)], preprocessors=[_Charts], embed_images=True
    )
    body, _ = exporter.from_notebook_node(notebook, resources={"words": _WORDS[lang]})
    scripts = (
        [_library(), (_TEMPLATES / "draw.js").read_text(encoding="utf-8")] if '<figure class="chart">' in body else []
    )
    page_of = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True).get_template("page.html.j2")
    return page_of.render(
        title=title, lang=lang, body=body, scripts=scripts, hashes=[_hash(script) for script in scripts],
        style=(_TEMPLATES / "page.css").read_text(encoding="utf-8"),
    )  # fmt: skip


class _Exporter(HTMLExporter):
    """nbconvert's exporter without its last step, nine tenths of its time.

    That step parses the whole page again to mark cells and images of Jupyter's own template; there are none in ours.
    """

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
        """Give the markup of a notebook by the template, and the resources."""
        shown = WidgetsDataTypeFilter(self._nb_metadata, resources, parent=self)  # type: ignore[no-untyped-call]
        code = Highlight2HTML(pygments_lexer="python", parent=self)  # type: ignore[no-untyped-call]
        for name, made in (("highlight_code", code), ("filter_data_type", shown)):
            self.register_filter(name, made)  # type: ignore[no-untyped-call]
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


class _Charts(Preprocessor):
    """Turns the chart outputs into figures: the specification as inert JSON, the text alternative as a label."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if CHART in data:
                output["data"] = {"text/html": _figure(data[CHART], data.get("text/plain", ""), resources["words"])}
        return cell, resources


def _figure(specification: Any, alternative: str, words: dict[str, str]) -> str:
    """Give the figure element of a chart; `<` is written so that no text in the data can end the script element."""
    filling = {**specification, "width": "container"}  # a page knows its width; JupyterLab draws a fixed one
    inert = json.dumps(filling, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
    label = html.escape(alternative or words["chart"], quote=True)
    return (
        f'<figure class="chart"><div class="drawing" role="img" aria-label="{label}"></div>'
        f'<script type="application/json">{inert}</script><noscript><p>{label}</p></noscript></figure>'
    )


@cache
def _library() -> str:
    """Bundle Vega, Vega-Lite and vega-embed once per process."""
    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return bundle.replace("</script", "<\\/script")


def _hash(script: str) -> str:
    """Hash of an inline script as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
