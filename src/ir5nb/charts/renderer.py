"""The renderer: a specification JupyterLab draws offline, with the text alternative beside it."""

from __future__ import annotations

import textwrap
from typing import Any, Final

import altair as alt

MIME: Final = "application/vnd.vegalite.v5+json"  # JupyterLab 4.6 draws v3 to v5 (spec/notebooks.md)

LAB_WIDTH: Final = 720  # px
_LETTERS: Final = {"text": 72, "subtitle": 100}  # of a line at that width, in the two sizes of a title


def render(spec: dict[str, Any], **_options: object) -> dict[str, Any]:
    """Give the mime bundle of a chart: its specification and one line of text.

    The version of the schema is left out: the mime type says how to draw it, JupyterLab draws with Vega-Lite 5, the
    page with the version it brings, and each would warn of the other's. The width becomes a number: a chart as wide
    as its container makes JupyterLab 4.6 resize without end and hang (tried in Chromium, also with a one-bar chart);
    a page that has room for the reader's screen sets `width` to "container" again.

    Examples
    --------
    >>> render({"description": "4 of 11 successes.", "mark": "point"})["text/plain"]
    '4 of 11 successes.'
    """
    drawn = {name: value for name, value in spec.items() if name != "$schema"}
    if isinstance(drawn.get("title"), dict):
        drawn["title"] = drawn["title"] | {
            name: _wide(drawn["title"], name) for name in _LETTERS if name in drawn["title"]
        }
    if drawn.get("width") == "container":
        drawn["width"] = LAB_WIDTH
    return {MIME: drawn, "text/plain": str(spec.get("description", ""))}


def _wide(title: dict[str, Any], name: str) -> list[str]:
    """Part a title again, whose lines are made for the narrowest screen; a page does so for its own width."""
    words = [title[name]] if isinstance(title[name], str) else title[name]
    return textwrap.wrap(" ".join(words), _LETTERS[name], break_on_hyphens=False)


alt.renderers.register("ir5nb", render)
alt.renderers.enable("ir5nb")
