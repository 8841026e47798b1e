"""Notebooks run in this process, cell by cell, without a kernel: what each cell shows, in any language or edition."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[2]
STEMS = tuple(sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb")))


@dataclass(frozen=True)
class Shown:
    """What one code cell shows, by its last line."""

    call: str
    value: Any

    @property
    def is_chart(self) -> bool:
        return hasattr(self.value, "to_dict")

    @property
    def markup(self) -> str:
        """The markup of a table or card; "" for a chart."""
        return "" if self.is_chart else self.value._repr_html_()

    @property
    def texts(self) -> list[str]:
        """Every text a reader sees: cells and notes of a table; titles, labels and data of a chart."""
        if self.is_chart:
            return _drawn(self.value.to_dict())
        body = re.sub(r"<style.*?</style>", "", self.markup, flags=re.DOTALL)
        body = re.sub(r"</?(span|strong|b|em)\b[^>]*>", "", body)  # marks within a text
        return [unescape(part).strip() for part in re.sub(r"<[^>]*>", "\n", body).split("\n") if part.strip()]


_SEEN = ("title", "subtitle", "description", "text", "labelExpr")


def _drawn(specification: Any) -> list[str]:
    """Texts of a Vega-Lite specification: titles and text alternatives, and the records of its data sets."""
    found: list[str] = []
    if isinstance(specification, dict):
        for name, part in specification.items():
            if name == "datasets":
                found += [text for rows in part.values() for row in rows for text in _told(row)]
            elif name in _SEEN and isinstance(part, str):
                found.append(part)
            elif name in _SEEN and isinstance(part, list):
                found += [text for text in part if isinstance(text, str)]
            else:
                found += _drawn(part)
    elif isinstance(specification, list):
        for part in specification:
            found += _drawn(part)
    return found


def _told(row: dict[str, Any]) -> list[str]:
    """Texts of a record of a chart; the id of a reading orders its lines and is not shown by itself."""
    return [text for name, text in row.items() if isinstance(text, str) and name != "READING"]


def run(stem: str, changes: dict[str, Any]) -> tuple[list[Shown], dict[str, Any]]:
    """Run a notebook's code cells with changed parameters: what they show, and the names they leave."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        tree = ast.parse(cell.source)
        ends = isinstance(tree.body[-1], ast.Expr)
        if ends:
            tree.body[-1] = ast.Assign([ast.Name("_shown", ast.Store())], tree.body[-1].value)
        exec(compile(ast.fix_missing_locations(tree), stem, "exec"), names)  # noqa: S102 - our own notebooks
        if "parameters" in cell.metadata.get("tags", []):
            names.update(changes)
        if ends:
            shown.append(Shown(cell.source.splitlines()[-1], names.pop("_shown")))
    return shown, names


@cache
def in_language(stem: str, lang: str) -> list[Shown]:
    """What a report on the demo data shows in a language."""
    return run(stem, {"lang": lang})[0]
