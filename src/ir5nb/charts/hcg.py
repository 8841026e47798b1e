"""hCG of each patient on a log axis, with the institutional limits, week 24 and the marks of the endpoint (P3)."""

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
    label_expression,
    landmark_layers,
    lettering,
    named,
    nobody,
    records,
    scale_of,
    tooltip,
)
from ir5nb.charts.theme import GREY, INK, MARK_COLOURS, MARK_SHAPES, PALETTE
from ir5nb.wording import Lang, plural, say

_FLOOR: Final = 0.1  # IU/L: a log axis has no zero; a value of 0 is drawn at the foot of the axis


# 0.1 and not 100m; the place is that of the language's decimal mark
_POWERS: Final = "datum.value < 1 ? replace(format(datum.value, '~g'), '.', '{}') : format(datum.value, '~s')"
_LIMIT_TEXT: Final[dict[str, Any]] = {"align": "right", "baseline": "bottom", "dy": -2, "color": PALETTE[0]}


def hcg_curves(
    assays: pd.DataFrame,
    limits: pd.DataFrame,
    marks: pd.DataFrame,
    *,
    landmark: float | None = 24,
    subject: str = "",
    lang: Lang = "en",
    name: str = "hcg",
) -> Chart:
    """Draw the hCG of each patient against weeks on treatment, on a log axis.

    Source: spec/tlf.csv, "hCG individual log-scale curves".

    Parameters
    ----------
    assays
        PATIENT, WEEK (since treatment start), HCG (IU/L), BELOW ("Y": below quantification, open symbol).
    limits
        LIMIT (IU/L), one row for each institutional limit; optional LABEL.
    marks
        PATIENT, WEEK, HCG, MARK (NORMALISATION | RESISTANCE | RELAPSE | END OF TREATMENT); the end of treatment is a
        day, so that its height is drawn and not told.
    landmark
        Weeks at which a vertical line is drawn, or None.

    Examples
    --------
    >>> assays = pd.DataFrame({"PATIENT": ["1", "1"], "WEEK": [0, 1], "HCG": [900.0, 4.0], "BELOW": ["N", "N"]})
    >>> marks = pd.DataFrame({"PATIENT": ["1"], "WEEK": [1], "HCG": [4.0], "MARK": ["NORMALISATION"]})
    >>> hcg_curves(assays, pd.DataFrame({"LIMIT": [5.0]}), marks).to_dict()["description"]
    'hCG of each patient. 1 patient, 2 assays; Normalisation 1.'
    """
    title = say("chart.hcg_curves", lang)
    seen = _values(records(assays, ["PATIENT", "WEEK", "HCG", "BELOW"]), lang)
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    for row in seen:
        row["FLAG"] = say("mark.below", lang) if row["BELOW"] == "Y" else wording.MISSING
    events = _values(records(marks, ["PATIENT", "WEEK", "HCG", "MARK"]), lang)
    for row in events:
        row["WHAT"] = wording.label(row["MARK"], lang)
        if row["MARK"] == "END OF TREATMENT":
            row["VALUE"] = wording.MISSING
    bounds = records(limits, ["LIMIT"], ["LABEL"])
    _named_limits(bounds, lang)
    line = [] if landmark is None else [{"WEEK": landmark, "TEXT": say("mark.landmark", lang)}]
    parts: dict[str, tuple[Records, Any]] = {
        "assays": (seen, _lines),
        "landmark": (line, partial(_landmark, last=max(row["WEEK"] for row in seen))),
        "marks": (events, _marks),
        "limits": (bounds, _limits),
    }
    # a layer without data would leave the axes without an extent
    drawn = {f"{name}_{part}": pair for part, pair in parts.items() if pair[0]}
    layers = [layer for data, (rows, make) in drawn.items() for layer in make(alt.Chart(named(data)), rows, lang)]
    data = {key: rows for key, (rows, _) in drawn.items()}
    return finished(
        layers,
        data,
        title=title,
        subject=wording.label(subject, lang),
        alternative=_said(seen, events, lang),
        height=340,
    )


def _named_limits(bounds: Records, lang: Lang) -> None:
    """Name the limits without a name together, on the highest line: they lie close on a log axis."""
    for row in bounds:
        row["TEXT"] = row.get("LABEL") or ""
    plain = sorted((row for row in bounds if not row["TEXT"]), key=lambda row: float(row["LIMIT"]))
    if plain:
        values = ", ".join(wording.plain(row["LIMIT"], lang) for row in plain)
        name = say("mark.limit" if len(plain) == 1 else "mark.limits", lang)
        plain[-1]["TEXT"] = f"{name} {values} {say('unit.hcg', lang)}"


def _values(rows: Records, lang: Lang) -> Records:
    kept = [row for row in rows if row["HCG"] is not None]
    for row in kept:
        row["VALUE"] = wording.plain(row["HCG"], lang, most=1)
        row["AT"] = wording.decimal(row["WEEK"], 1, lang)
        row["HCG"] = max(row["HCG"], _FLOOR)
    return kept


def _said(seen: Records, events: Records, lang: Lang) -> str:
    kinds = list(dict.fromkeys(row["MARK"] for row in events))
    parts = ", ".join(f"{wording.label(kind, lang)} {sum(row['MARK'] == kind for row in events)}" for kind in kinds)
    patients = plural(len({row["PATIENT"] for row in seen}), "patient", lang)
    assays = plural(len(seen), "assay", lang)
    return say("alt.hcg_curves", lang, patients=patients, assays=assays, list=parts or wording.MISSING)


def _axes(lang: Lang) -> dict[str, Any]:
    axis = alt.Axis(format="d", tickMinStep=1)
    weeks = alt.X("WEEK:Q", title=say("axis.weeks", lang), scale=alt.Scale(nice=False, padding=6), axis=axis)
    axis = alt.Axis(labelExpr=_POWERS.format("." if lang == "en" else ","), tickCount=6)
    return {"x": weeks, "y": alt.Y("HCG:Q", title=say("axis.hcg", lang), scale=alt.Scale(type="log"), axis=axis)}


def _lines(base: alt.Chart, _rows: Records, lang: Lang) -> list[alt.Chart]:
    tip = tooltip({"PATIENT": "PATIENT", "AT": "WEEK", "VALUE": "HCG", "FLAG": "mark"}, lang)
    fill = alt.when(alt.datum.BELOW == "Y").then(alt.value("white")).otherwise(alt.value(GREY))
    points = base.mark_point(size=18, stroke=GREY, strokeWidth=1, opacity=1)
    return [
        base.mark_line(color=GREY, strokeWidth=1, opacity=0.7).encode(**_axes(lang), detail=alt.Detail("PATIENT:N")),
        points.encode(**_axes(lang), fill=fill, tooltip=tip),
    ]


def _landmark(base: alt.Chart, rows: Records, _lang: Lang, *, last: float) -> list[alt.Chart]:
    time = float(rows[0]["WEEK"])
    return landmark_layers(base, "WEEK", time, max(last, time), INK)


def _marks(base: alt.Chart, rows: Records, lang: Lang) -> list[alt.Chart]:
    levels, shapes = scale_of([row["MARK"] for row in rows], MARK_SHAPES)
    colours = scale_of(levels, MARK_COLOURS)[1]
    legend = alt.Legend(title=None, labelExpr=label_expression(levels, lang), labelFontSize=11)
    points = base.mark_point(size=75, filled=True, opacity=1).encode(
        **_axes(lang),
        shape=alt.Shape("MARK:N", scale=alt.Scale(domain=levels, range=shapes), legend=legend),
        color=alt.Color("MARK:N", scale=alt.Scale(domain=levels, range=colours), legend=legend),
        tooltip=tooltip({"PATIENT": "PATIENT", "WHAT": "mark", "AT": "WEEK", "VALUE": "HCG"}, lang),
    )
    return [points]


def _limits(base: alt.Chart, _rows: Records, _lang: Lang) -> list[alt.Chart]:
    place = {"x": alt.value("width"), "y": alt.Y("LIMIT:Q"), "text": "TEXT:N"}
    rule = base.mark_rule(color=PALETTE[0], strokeDash=[6, 4], strokeWidth=1.5)
    return [rule.encode(y=alt.Y("LIMIT:Q")), *lettering(base, place, **_LIMIT_TEXT)]
