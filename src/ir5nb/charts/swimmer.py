"""Swimmer plot: the time on study of each patient with what happened on the way."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import (
    Chart,
    Records,
    finished,
    fixed,
    label_expression,
    named,
    nobody,
    records,
    scale_of,
    tooltip,
)
from ir5nb.charts.theme import GREY, MARK_COLOURS, MARK_SHAPES
from ir5nb.wording import Lang, plural, say

_LEAST: Final = 60  # px: the name of the axis fits beside a single bar


def swimmer(
    bars: pd.DataFrame,
    marks: pd.DataFrame,
    *,
    origin: str = "treatment",
    landmark: float | None = None,
    subject: str = "",
    lang: Lang = "en",
    name: str = "swimmer",
) -> Chart:
    """Draw a bar for each patient's time on study, an arrow where it goes on, and marks for events.

    Parameters
    ----------
    bars
        PATIENT, START, END (months), ONGOING ("Y" | "N"), in the order to show.
    marks
        PATIENT, TIME (months), MARK (RESPONSE | PROGRESSION | CLINICAL PROGRESSION | NEW THERAPY |
        END OF TREATMENT | DEATH | NORMALISATION | RESISTANCE | RELAPSE).
    landmark
        Months at which a vertical line is drawn, or None.

    Examples
    --------
    >>> bars = pd.DataFrame({"PATIENT": ["1"], "START": [0], "END": [7.5], "ONGOING": ["Y"]})
    >>> marks = pd.DataFrame({"PATIENT": ["1"], "TIME": [2.0], "MARK": ["RESPONSE"]})
    >>> swimmer(bars, marks).to_dict()["description"]
    'Time on study of each patient. 1 patient followed up to 7.5 months, 1 ongoing; First response 1.'
    """
    title = say("chart.swimmer", lang)
    lanes = records(bars, ["PATIENT", "START", "END", "ONGOING"])
    if not lanes:
        return nobody(title=title, subject=subject, lang=lang, of=bars)
    events = records(marks, ["PATIENT", "TIME", "MARK"])
    arrows = [{"PATIENT": row["PATIENT"], "TIME": row["END"], "MARK": "ONGOING"} for row in lanes if _goes_on(row)]
    counted = list(events)
    events += arrows
    for row in lanes:
        row["UNTIL"] = wording.decimal(row["END"], 1, lang)
        row["STATE"] = say("mark.ongoing", lang) if _goes_on(row) else wording.MISSING
    for row in events:
        row["AT"] = wording.decimal(row["TIME"], 1, lang)
        row["WHAT"] = wording.label(row["MARK"], lang)
    line = _line(landmark, lang)
    parts: dict[str, tuple[Records, Any]] = {
        "bars": (lanes, partial(_bars, origin=origin)),
        "landmark": (line, _landmark),
        "marks": (events, _marks),
    }
    # a layer without data would leave the axis without an extent
    drawn = {f"{name}_{part}": pair for part, pair in parts.items() if pair[0]}
    order = [row["PATIENT"] for row in lanes]
    layers = [layer for key, (rows, make) in drawn.items() for layer in make(alt.Chart(named(key)), rows, order, lang)]
    data = {key: rows for key, (rows, _) in drawn.items()}
    said = _said(lanes, counted, lang)
    return finished(
        layers,
        data,
        title=title,
        subject=wording.label(subject, lang),
        alternative=said,
        height=max(17 * len(lanes), _LEAST),
    )


def _goes_on(row: dict[str, Any]) -> bool:
    return bool(row["ONGOING"] == "Y")


def _lane(order: list[str], lang: Lang) -> alt.Y:
    axis = alt.Axis(labelOverlap=False, labelLimit=90)
    return alt.Y("PATIENT:N", sort=order, title=say("axis.patient", lang), axis=axis)


def _bars(base: alt.Chart, _rows: Records, order: list[str], lang: Lang, *, origin: str) -> list[alt.Chart]:
    since = say("axis.months", lang, origin=say(f"origin.{origin}", lang))
    x = alt.X("START:Q", title=since, axis=alt.Axis(format="d", tickMinStep=1))
    tip = tooltip({"PATIENT": "PATIENT", "UNTIL": "MONTHS", "STATE": "STATUS"}, lang)
    lane = _lane(order, lang)
    bars = base.mark_bar(color="#c6dbef", stroke=GREY, strokeWidth=0.5, height={"band": 0.62})
    return [bars.encode(x=x, x2=alt.X2("END:Q"), y=lane, tooltip=tip)]


def _marks(base: alt.Chart, rows: Records, order: list[str], lang: Lang) -> list[alt.Chart]:
    levels, shapes = scale_of([row["MARK"] for row in rows], MARK_SHAPES)
    colours = scale_of(levels, MARK_COLOURS)[1]
    legend = alt.Legend(title=None, labelExpr=label_expression(levels, lang), labelFontSize=11)
    points = base.mark_point(size=55, filled=True, opacity=1).encode(
        x=alt.X("TIME:Q"),
        y=_lane(order, lang),
        shape=alt.Shape("MARK:N", scale=alt.Scale(domain=levels, range=shapes), legend=legend),
        color=alt.Color("MARK:N", scale=alt.Scale(domain=levels, range=colours), legend=legend),
        tooltip=tooltip({"PATIENT": "PATIENT", "WHAT": "mark", "AT": "MONTHS"}, lang),
    )
    return [points]


def _landmark(line: alt.Chart, _rows: Records, _order: list[str], _lang: Lang) -> list[alt.Chart]:
    text = line.mark_text(color=GREY, fontSize=11, align="left", dx=3, baseline="bottom")
    rule = line.mark_rule(color=GREY, strokeDash=[2, 3])
    return [rule.encode(x=alt.X("TIME:Q")), text.encode(x=alt.X("TIME:Q"), y=fixed("y", -1), text=alt.Text("TEXT:N"))]


def _line(landmark: float | None, lang: Lang) -> Records:
    return [] if landmark is None else [{"TIME": landmark, "TEXT": say("mark.landmark", lang)}]


def _said(lanes: Records, events: Records, lang: Lang) -> str:
    kinds = list(dict.fromkeys(row["MARK"] for row in events))
    counts = [f"{wording.label(kind, lang)} {sum(row['MARK'] == kind for row in events)}" for kind in kinds]
    return say(
        "alt.swimmer",
        lang,
        patients=plural(len(lanes), "patient", lang),
        time=wording.decimal(max(row["END"] for row in lanes), 1, lang),
        ongoing=sum(row["ONGOING"] == "Y" for row in lanes),
        list=", ".join(counts) or wording.MISSING,
    )
