"""One theme: colours that colour-blind readers and grey printers tell apart, always doubled by shape or dash."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import altair as alt

INK: Final = "#1a1a1a"
GREY: Final = "#595959"
# Okabe & Ito 2008; the order alternates dark and light so that neighbours differ in greyscale.
PALETTE: Final = ("#0072B2", "#E69F00", "#1a1a1a", "#56B4E9", "#D55E00", "#009E73", "#CC79A7", "#595959")
RESPONSE_COLOURS: Final = MappingProxyType(
    {"CR": "#08306b", "PR": "#0072B2", "SD": "#9ecae1", "NON-CR/NON-PD": "#bdbdbd", "PD": "#D55E00", "NE": "#595959"}
)
RESPONSE_SHAPES: Final = MappingProxyType(
    {
        "CR": "diamond",
        "PR": "circle",
        "SD": "square",
        "NON-CR/NON-PD": "triangle-right",
        "PD": "triangle-up",
        "NE": "cross",
    }
)
RESPONSE_DASHES: Final = MappingProxyType(
    {"CR": [1, 0], "PR": [1, 0], "SD": [6, 3], "NON-CR/NON-PD": [6, 3], "PD": [2, 2], "NE": [1, 3]}
)
STATUS_COLOURS: Final = MappingProxyType({"SUCCESS": "#0072B2", "FAILURE": "#D55E00", "PENDING": "#595959"})
STATUS_SHAPES: Final = MappingProxyType({"SUCCESS": "circle", "FAILURE": "cross", "PENDING": "diamond"})
DASHES: Final = ([1, 0], [6, 4], [2, 3], [8, 3, 2, 3])
MARK_SHAPES: Final = MappingProxyType(
    {
        "RESPONSE": "circle",
        "NORMALISATION": "circle",
        "PROGRESSION": "triangle-up",
        "CLINICAL PROGRESSION": "triangle-down",
        "RESISTANCE": "triangle-up",
        "RELAPSE": "triangle-down",
        "NEW THERAPY": "square",
        "END OF TREATMENT": "M-0.3,-1H0.3V1H-0.3Z",
        "DEATH": "cross",
        "ONGOING": "triangle-right",
    }
)
MARK_COLOURS: Final = MappingProxyType(
    {
        "RESPONSE": "#009E73",
        "NORMALISATION": "#009E73",
        "PROGRESSION": "#D55E00",
        "CLINICAL PROGRESSION": "#D55E00",
        "RESISTANCE": "#D55E00",
        "RELAPSE": "#CC79A7",
        "NEW THERAPY": "#E69F00",
        "END OF TREATMENT": "#1a1a1a",
        "DEATH": "#1a1a1a",
        "ONGOING": "#1a1a1a",
    }
)

_FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"


@alt.theme.register("ir5nb", enable=True)
def theme() -> alt.theme.ThemeConfig:
    """Give the theme of all charts.

    Examples
    --------
    >>> theme()["config"]["background"]
    'white'
    """
    axis: Any = {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "#ececec",
        "domainColor": GREY,
        "tickColor": GREY,
        "labelOverlap": True,
    }
    legend: Any = {
        "orient": "top",
        "direction": "horizontal",
        "columns": 2,
        "labelFontSize": 12,
        "labelLimit": 170,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": INK,
        "symbolStrokeWidth": 2,
        "symbolSize": 80,
    }
    title: Any = {
        "anchor": "start",
        "fontSize": 15,
        "subtitleFontSize": 12,
        "subtitleColor": GREY,
        "color": INK,
        "offset": 10,
    }
    return {
        "config": {
            "background": "white",
            "font": _FONT,
            "axis": axis,
            "legend": legend,
            "title": title,
            "view": {"stroke": None},
            "range": {"category": list(PALETTE)},
        }
    }
