"""The renderer: a specification JupyterLab draws offline, with the text alternative beside it."""

from __future__ import annotations

from typing import Any, Final

import altair as alt

MIME: Final = "application/vnd.vegalite.v5+json"  # JupyterLab 4.6 draws v3 to v5 (spec/notebooks.md)

LAB_WIDTH: Final = 720  # px


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
    if drawn.get("width") == "container":
        drawn["width"] = LAB_WIDTH
    return {MIME: drawn, "text/plain": str(spec.get("description", ""))}


alt.renderers.register("ir5nb", render)
alt.renderers.enable("ir5nb")
