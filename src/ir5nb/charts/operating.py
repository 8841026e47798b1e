"""Charts of simulated operating characteristics: power curves by reading, error rates by reading and conduct."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import PERCENT_AXIS, Chart, finished, lettering, named, nobody, records, tooltip
from ir5nb.charts.theme import DASHES, GREY, INK, PALETTE
from ir5nb.wording import Lang

_ROW: Final = 52  # px of a reading: its name, and one point a conduct
_STEP: Final = 8  # px between the points of two conducts
_LINE: Final = 14  # px of a further line of a name
_LINE_WIDTH: Final = 52  # characters that fit 390 px
_SHAPES: Final = ("diamond", "circle", "square", "triangle-up")


def power_curves(
    curves: pd.DataFrame,
    *,
    p0: float,
    p1: float,
    alpha: float,
    power: float,
    subject: str = "",
    name: str = "power",
) -> Chart:
    """Draw the chance to declare activity against the true rate, one line a reading, with the exact line of the design.

    Source: issue 8. The lines of p0, p1 and of the two error rates are drawn; the text alternative gives the ends.

    Parameters
    ----------
    curves
        LINE (reading in words), RATE, CHANCE, ERROR (all in 0..1), in the order to show; the exact line first.
    p0, p1, alpha, power
        Of the design.

    Examples
    --------
    >>> rows = [{"LINE": "exact", "RATE": rate, "CHANCE": rate / 2, "ERROR": None} for rate in (0.4, 0.6)]
    >>> power_curves(pd.DataFrame(rows), p0=0.4, p1=0.6, alpha=0.05, power=0.8).to_dict()["description"]
    'Chance to declare activity, by true rate. At p0 = 0.40 and p1 = 0.60: exact 20.0 % and 30.0 %.'
    """
    title = "Chance to declare activity, by true rate"
    seen = records(curves, ["LINE", "RATE", "CHANCE", "ERROR"])
    if not seen:
        return nobody(title=title, subject=subject, lang="en")
    for row in seen:
        row["AT"], row["TIP"] = f"{wording.percent(row['RATE'])} %", _with_error(row)
    lines = list(dict.fromkeys(row["LINE"] for row in seen))
    marks = [{"RATE": rate, "TEXT": text} for text, rate in (("p0", p0), ("p1", p1))]
    bounds = [{"CHANCE": alpha, "TEXT": "α planned"}, {"CHANCE": power, "TEXT": "power planned"}]
    x = alt.X("RATE:Q", title="True rate of success, %", scale=alt.Scale(zero=False, nice=False),
              axis=alt.Axis(labelExpr=PERCENT_AXIS, tickMinStep=0.05, tickCount=8))  # fmt: skip
    y = alt.Y("CHANCE:Q", title="Probability, %", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labelExpr=PERCENT_AXIS))
    colours = [INK, *(PALETTE[place % len(PALETTE)] for place in (0, 4, 5, 1, 6, 3, 7))][: len(lines)]
    colours += [GREY] * (len(lines) - len(colours))
    dashes = [DASHES[1], *(DASHES[place % len(DASHES)] for place in (0, 2, 3, 0, 2, 3, 1, 0, 2, 3))][: len(lines)]
    dashes += [DASHES[0]] * (len(lines) - len(dashes))
    legend = alt.Legend(
        title=None, columns=1, labelLimit={"expr": "width - 24"}, symbolType="stroke", symbolStrokeWidth=2.5
    )
    across, upright, base = (alt.Chart(named(f"{name}_{part}")) for part in ("bounds", "marks", "curves"))
    colour = alt.Color("LINE:N", scale=alt.Scale(domain=lines, range=colours), legend=legend)
    dash = alt.StrokeDash("LINE:N", scale=alt.Scale(domain=lines, range=dashes), legend=legend)
    tip = tooltip({"LINE": "READING", "AT": "RATE", "TIP": "CHANCE"}, "en")
    layers = [
        upright.mark_rule(color=GREY, strokeDash=[2, 3]).encode(x=x),
        across.mark_rule(color=GREY, strokeDash=[1, 3]).encode(y=y),
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash, tooltip=tip),
        base.mark_point(size=18, filled=True, opacity=1).encode(x=x, y=y, color=colour, tooltip=tip),
        *lettering(upright, {"x": x, "y": alt.value(2), "text": "TEXT:N"}, align="left", dx=3, baseline="top",
                   color=INK),
        *lettering(across, {"x": alt.value(3), "y": y, "text": "TEXT:N"}, align="left", dy=-6, color=GREY),
    ]  # fmt: skip
    data = {f"{name}_curves": seen, f"{name}_marks": marks, f"{name}_bounds": bounds}
    return finished(layers, data, title=title, subject=subject, alternative=_ends(seen, lines, p0, p1), height=380)


def _with_error(row: dict[str, Any]) -> str:
    chance = f"{wording.percent(row['CHANCE'])} %"
    return chance if row["ERROR"] is None else f"{chance} (± {wording.percent(row['ERROR'])})"


def _ends(seen: list[dict[str, Any]], lines: Sequence[str], p0: float, p1: float) -> str:
    """Say every line's chance at p0 and p1."""
    at = {(row["LINE"], row["RATE"]): f"{wording.percent(row['CHANCE'])} %" for row in seen}
    parts = [f"{line} {at.get((line, p0), '–')} and {at.get((line, p1), '–')}" for line in lines]
    return f"At p0 = {wording.decimal(p0, 2)} and p1 = {wording.decimal(p1, 2)}: {'; '.join(parts)}."


def error_rates(
    dots: pd.DataFrame,
    *,
    exact: float,
    title: str,
    axis: str,
    subject: str = "",
    name: str = "errors",
    lang: Lang = "en",
) -> Chart:
    """Draw one probability for every reading (a row) and every conduct (a point), with the exact value as a line.

    Source: issue 8 ("what a 7-day against a 28-day window, or 10 % missed scans, does to α and power").

    Parameters
    ----------
    dots
        LABEL (reading in words), CONDUCT, CHANCE, ERROR (0..1), in the order to show.
    exact
        Probability by the design when nothing goes wrong.
    title, axis
        Of the chart and of its axis.

    Examples
    --------
    >>> row = {"LABEL": "as planned", "CONDUCT": "expected", "CHANCE": 0.107, "ERROR": 0.003}
    >>> error_rates(pd.DataFrame([row]), exact=0.049, title="T", axis="%").to_dict()["description"]
    'T. Exact 4.9 %. As planned: expected 10.7 %.'
    """
    seen = records(dots, ["LABEL", "CONDUCT", "CHANCE", "ERROR"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    for row in seen:
        row["TIP"] = _with_error(row)
        row["LOWER"] = max(row["CHANCE"] - 2 * row["ERROR"], 0.0)
        row["UPPER"] = min(row["CHANCE"] + 2 * row["ERROR"], 1.0)
    names = {row["LABEL"]: textwrap.wrap(row["LABEL"], _LINE_WIDTH, break_on_hyphens=False) for row in seen}
    more = max(len(words) for words in names.values()) - 1  # lines above the first
    conducts = list(dict.fromkeys(row["CONDUCT"] for row in seen))
    line = [{"CHANCE": exact, "TEXT": f"exact {wording.percent(exact)} %"}]
    base = alt.Chart(named(f"{name}_dots"))
    least = 0.0 if exact < 0.5 else min(exact, *(row["LOWER"] for row in seen))
    most = max(exact, *(row["UPPER"] for row in seen))
    x = alt.X("CHANCE:Q", title=axis, scale=alt.Scale(domain=[least, most], nice=True),
              axis=alt.Axis(labelExpr=PERCENT_AXIS))  # fmt: skip
    y = alt.Y("LABEL:N", sort=list(names), axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    legend = alt.Legend(title=None, columns=1, labelLimit=330)
    colours = [PALETTE[0], PALETTE[4], INK, PALETTE[5]][: len(conducts)]
    colour = alt.Color("CONDUCT:N", scale=alt.Scale(domain=conducts, range=colours), legend=legend)
    shapes = alt.Scale(domain=conducts, range=list(_SHAPES[: len(conducts)]))
    shape = alt.Shape("CONDUCT:N", scale=shapes, legend=legend)
    names_data = [
        {"LABEL": label, "NAME": "\n".join([*["\u200b"] * (more + 1 - len(words)), *words])}  # as in the readings
        for label, words in names.items()
    ]
    look: dict[str, Any] = {"align": "left", "baseline": "top", "fontSize": 12, "color": INK,
                            "dy": -21 - more * _LINE // 2, "lineBreak": "\n", "lineHeight": _LINE}  # fmt: skip
    layers = [
        alt.Chart(named(f"{name}_line")).mark_rule(color=INK, strokeDash=[6, 4]).encode(x=x),
        *lettering(alt.Chart(named(f"{name}_names")), {"x": alt.value(4), "y": y, "text": "NAME:N"}, **look),
        *(layer for place, conduct in enumerate(conducts) for layer in _points(
            base.transform_filter(conduct == alt.datum.CONDUCT), _STEP * place + more * _LINE // 2,
            x=x, y=y, color=colour, shape=shape)),
        *lettering(alt.Chart(named(f"{name}_line")), {"x": x, "y": alt.value(-2), "text": "TEXT:N"},
                   align="left", dx=3, baseline="bottom", color=INK),
    ]  # fmt: skip
    data = {f"{name}_dots": seen, f"{name}_line": line, f"{name}_names": names_data}
    return finished(
        layers, data, title=title, subject=subject, alternative=f"Exact {wording.percent(exact)} %. {_told(seen)}.",
        height=(_ROW + more * _LINE) * len(names) + 10,
    )  # fmt: skip


def _points(base: alt.Chart, offset: int, **channels: Any) -> list[alt.Chart]:
    """Draw one conduct's points and two standard errors either way, each conduct a little lower."""
    tip = tooltip({"LABEL": "READING", "CONDUCT": "CONDUCT", "TIP": "CHANCE"}, "en")
    ends = {"x": alt.X("LOWER:Q"), "x2": alt.X2("UPPER:Q"), "y": channels["y"], "color": channels["color"]}
    return [
        base.mark_rule(yOffset=offset).encode(**ends),
        base.mark_point(filled=True, opacity=1, size=60, yOffset=offset).encode(**channels, tooltip=tip),
    ]


def _told(seen: list[dict[str, Any]]) -> str:
    """Say the probability of every reading and conduct."""
    parts: dict[str, list[str]] = {}
    for row in seen:
        parts.setdefault(row["LABEL"], []).append(f"{row['CONDUCT']} {wording.percent(row['CHANCE'])} %")
    return "; ".join(f"{reading[:1].upper()}{reading[1:]}: {', '.join(said)}" for reading, said in parts.items())
