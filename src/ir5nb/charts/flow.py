"""The flow of patients: boxes from inclusion to analysis, who left at each step beside them (CONSORT, adapted)."""

from __future__ import annotations

import textwrap
from typing import Any, Final

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import Chart, Records, finished, named, nobody, records
from ir5nb.charts.theme import GREY, INK
from ir5nb.wording import Lang, say

_LINE: Final = 15  # px of a line of text
_PAD: Final = 14  # px inside a box
_GAP: Final = 34  # px between boxes
_MAIN: Final = (0.0, 0.46)  # share of the width
_OUT: Final = (0.53, 1.0)
_CHARACTERS: Final = 24  # of a line that fits its box at 390 px


def flow(boxes: pd.DataFrame, *, subject: str = "", lang: Lang = "en", name: str = "flow") -> Chart:
    """Draw the flow diagram: a column of boxes, and to the right of each step who left after it.

    Source: spec/tlf.csv, "Flow diagram (CONSORT-like)".

    Parameters
    ----------
    boxes
        LEVEL (0, 1, … from the top), LANE ("main" | "out"), LABEL, N. The rows of one level and lane share a box;
        the first is its heading.

    Examples
    --------
    >>> rows = [(0, "main", "included", 5), (0, "out", "not treated", 1)]
    >>> flow(pd.DataFrame(rows, columns=["LEVEL", "LANE", "LABEL", "N"])).to_dict()["description"]
    'Flow of patients. Included: 5; not treated: 1.'
    """
    title = say("chart.flow", lang)
    seen = records(boxes, ["LEVEL", "LANE", "LABEL", "N"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    placed, arrows, height = _placed(seen, lang)
    data = {f"{name}_boxes": placed, f"{name}_arrows": arrows}
    before = "\u00a0" if lang == "fr" else ""  # of a colon and a semicolon
    parts = f"{before}; ".join(f"{_label(row, lang)}{before}: {_n(row, lang)}" for row in seen)
    said = say("alt.flow", lang, list=parts)
    layers = _layers(name, height)
    return finished(layers, data, title=title, subject=wording.label(subject, lang), alternative=said, height=height)


def _label(row: dict[str, Any], lang: Lang) -> str:
    return wording.label(row["LABEL"], lang)


def _n(row: dict[str, Any], lang: Lang) -> str:
    return wording.decimal(row["N"], 0, lang)


def _texts(rows: Records, lang: Lang) -> list[str]:
    said = [f"{_label(row, lang)} (n\u00a0=\u00a0{_n(row, lang)})" for row in rows]
    return [line for text in said for line in textwrap.wrap(text, _CHARACTERS, break_on_hyphens=False)]


def _placed(seen: Records, lang: Lang) -> tuple[Records, Records, int]:
    """Place each level's boxes under the one before; the arrows go between the boxes of the main lane."""
    boxes: Records = []
    arrows: Records = []
    top = 0
    levels = sorted({row["LEVEL"] for row in seen})
    for level in levels:
        main = _texts([row for row in seen if row["LEVEL"] == level and row["LANE"] == "main"], lang)
        out = _texts([row for row in seen if row["LEVEL"] == level and row["LANE"] == "out"], lang)
        bottom = top + len(main) * _LINE + _PAD
        if main:
            boxes.append(_box(_MAIN, top, bottom, main))
        beside = bottom + _GAP // 2
        under = beside + (len(out) * _LINE + _PAD if out else 0)
        after = max(under, bottom) + _GAP // 2 if out else bottom + _GAP
        if out:
            boxes.append(_box(_OUT, beside, under, out))
            middle = (beside + under) / 2
            arrows.append({"X": 0.23, "X2": _OUT[0], "Y": middle, "Y2": middle, "HEAD": "right"})
        if level != levels[-1]:
            arrows.append({"X": 0.23, "X2": 0.23, "Y": bottom, "Y2": after, "HEAD": "down"})
        elif out:
            arrows.append({"X": 0.23, "X2": 0.23, "Y": bottom, "Y2": (beside + under) / 2, "HEAD": ""})
        top = after
    return boxes, arrows, int(max(box["BOTTOM"] for box in boxes)) + 2


def _box(lane: tuple[float, float], top: float, bottom: float, lines: list[str]) -> dict[str, Any]:
    text = {"TEXT": "\n".join(lines), "TEXT_TOP": top + _PAD / 2}
    return {"LEFT": lane[0], "RIGHT": lane[1], "TOP": top, "BOTTOM": bottom} | text


def _layers(name: str, height: int) -> list[alt.Chart]:
    wide = alt.Scale(domain=[0, 1], nice=False)
    high = alt.Scale(domain=[0, height], nice=False, reverse=True)
    boxes, arrows = alt.Chart(named(f"{name}_boxes")), alt.Chart(named(f"{name}_arrows"))
    x, y = alt.X("X:Q", scale=wide, axis=None), alt.Y("Y:Q", scale=high, axis=None)
    heads = [
        arrows.transform_filter(f"datum.HEAD === '{side}'")
        .mark_point(shape=f"triangle-{side}", filled=True, color=GREY, size=50, opacity=1, xOffset=dx, yOffset=dy)
        .encode(x=alt.X("X2:Q", scale=wide, axis=None), y=alt.Y("Y2:Q", scale=high, axis=None))
        for side, dx, dy in (("down", 0, -4), ("right", -4, 0))
    ]
    return [
        arrows.mark_rule(color=GREY).encode(x=x, x2=alt.X2("X2:Q"), y=y, y2=alt.Y2("Y2:Q")),
        *heads,
        boxes.mark_rect(fill="white", stroke=INK, strokeWidth=1).encode(
            x=alt.X("LEFT:Q", scale=wide, axis=None),
            x2=alt.X2("RIGHT:Q"),
            y=alt.Y("TOP:Q", scale=high, axis=None),
            y2=alt.Y2("BOTTOM:Q"),
        ),
        boxes.mark_text(
            align="left", baseline="top", dx=8, fontSize=12, lineHeight=_LINE, lineBreak="\n", color=INK
        ).encode(
            x=alt.X("LEFT:Q", scale=wide, axis=None),
            y=alt.Y("TEXT_TOP:Q", scale=high, axis=None),
            text=alt.Text("TEXT:N"),
        ),
    ]
