"""The narrative of a notebook in the reader's language: markdown cells, paragraph by paragraph."""

from __future__ import annotations

import re
from typing import Any

import nbformat

from ir5nb import wording
from ir5nb.wording import Lang

_EMPTY_LINES = re.compile(r"\n\s*\n")


def translated(notebook: Any, lang: Lang) -> Any:
    r"""Give a copy of a notebook whose narrative is in a language; code and outputs stay as they are.

    Source: spec/report.md, "French readers get `ir5nb run --lang fr`". A paragraph is what stands between two empty
    lines; one without a translation (a reader's own) stays as it was written.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook, executed or not.
    lang
        "en" gives an equal copy.

    Examples
    --------
    >>> cell = {"cell_type": "markdown", "metadata": {}, "source": "## 1. What is decided\n\nMine.", "id": "a"}
    >>> one = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})
    >>> translated(one, "fr").cells[0].source
    '## 1. La décision\n\nMine.'
    """
    copy = nbformat.from_dict(dict(notebook))  # type: ignore[no-untyped-call]
    copy.cells = [_cell(cell, lang) for cell in notebook.cells]
    return copy


def _cell(cell: Any, lang: Lang) -> Any:
    if cell.cell_type != "markdown":
        return cell
    said = [wording.narrative(paragraph, lang) for paragraph in paragraphs(cell.source)]
    return nbformat.from_dict({**cell, "source": "\n\n".join(said)})  # type: ignore[no-untyped-call]


def paragraphs(text: str) -> list[str]:
    r"""Part a markdown text at its empty lines.

    Examples
    --------
    >>> paragraphs("## A\n\nB\n")
    ['## A', 'B']
    """
    return [part.strip() for part in _EMPTY_LINES.split(text) if part.strip()]
