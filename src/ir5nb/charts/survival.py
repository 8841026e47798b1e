"""Curves of time to event: Kaplan–Meier and cumulative incidence, the number at risk aligned under the axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import (
    PERCENT_AXIS,
    Chart,
    Records,
    finished,
    fixed,
    landmark_layers,
    named,
    nobody,
    records,
    tooltip,
)
from ir5nb.charts.theme import DASHES, GREY, INK, PALETTE
from ir5nb.wording import Lang, plural, say

_HEIGHT: Final = 300
_RISK_TOP: Final = 58  # px below the plot: under the tick labels and the axis title
_RISK_TIMES: Final = 9
_RISK_LINE: Final = 17  # px of a line of numbers


def kaplan_meier(
    curve: pd.DataFrame,
    censored: pd.DataFrame,
    at_risk: pd.DataFrame,
    *,
    endpoint: str = "PFS",
    origin: str = "inclusion",
    landmark: float | None = None,
    last: float | None = None,
    subject: str = "",
    lang: Lang = "en",
    name: str = "km",
) -> Chart:
    """Draw a Kaplan–Meier curve with its confidence band, censor ticks, and the number at risk under the axis.

    Source: spec/tlf.csv, KMG01.

    Parameters
    ----------
    curve
        time (months), survival, lower, upper (0..1; limits may be missing); optional group.
    censored
        time, survival of each censoring; optional group.
    at_risk
        time, n at the times to print; optional group.
    origin
        "inclusion" | "treatment" | "response": what the time counts from.
    landmark
        Months at which a vertical line is drawn, or None.
    last
        End of the axis in months; None: the last time.

    Examples
    --------
    >>> curve = pd.DataFrame({"time": [0, 2.0], "survival": [1, 0.5], "lower": [1, 0.1], "upper": [1, 0.9]})
    >>> censored = pd.DataFrame({"time": [3.0], "survival": [0.5]})
    >>> at_risk = pd.DataFrame({"time": [0, 3], "n": [2, 1]})
    >>> kaplan_meier(curve, censored, at_risk, endpoint="OS").to_dict()["description"]
    'Overall survival, Kaplan–Meier. Curve of 2 patients, 1 censored; 50.0% event-free at 2.0 months, the last step.'
    """
    title = say("chart.kaplan_meier", lang, endpoint=wording.label(endpoint, lang))
    steps = _grouped(records(curve, ["time", "survival", "lower", "upper"], ["group"]), "survival", lang)
    if not steps:
        return nobody(title=title, subject=subject, lang=lang, of=curve)
    ticks = _grouped(records(censored, ["time", "survival"], ["group"]), "survival", lang)
    risk = _thinned(_grouped(records(at_risk, ["time", "n"], ["group"]), "", lang))
    end = last or max(row["time"] for row in (*steps, *ticks, *risk))
    groups = list(dict.fromkeys(row["group"] for row in steps))
    axis_title = say("axis.survival_os" if endpoint == "OS" else "axis.survival", lang)
    x = _time_axis(end, origin, sorted({row["time"] for row in risk}), lang)
    y = _rate_axis("survival", axis_title)
    base = alt.Chart(named(f"{name}_curve"))
    layers = _curve_layers(base, x, y, groups, lang)
    layers.append(
        alt.Chart(named(f"{name}_censored"))
        .mark_point(shape="stroke", angle=90, size=70, strokeWidth=1.5, opacity=1)
        .encode(x=x, y=y, color=_colour("group", groups), tooltip=_tip(lang, censored=True))
    )
    layers += _risk_layers(named(f"{name}_at_risk"), x, groups, lang)
    if landmark is not None:
        layers += landmark_layers(alt.Chart(named(f"{name}_landmark")), "time", landmark, end, GREY)
    data = {f"{name}_curve": _extended(steps, ticks, end), f"{name}_censored": ticks, f"{name}_at_risk": risk}
    data |= _landmark_data(f"{name}_landmark", landmark, lang)
    said = " ".join(_said(group, steps, ticks, risk, groups, lang) for group in groups)
    return finished(layers, data, title=title, subject=wording.label(subject, lang), alternative=said, height=_HEIGHT)


def cumulative_incidence(
    curve: pd.DataFrame,
    at_risk: pd.DataFrame | None = None,
    *,
    endpoint: str = "",
    origin: str = "inclusion",
    last: float | None = None,
    subject: str = "",
    lang: Lang = "en",
    name: str = "cif",
) -> Chart:
    """Draw the cumulative incidence of each cause with its confidence band.

    Parameters
    ----------
    curve
        time (months), incidence, lower, upper (0..1; limits may be missing), cause.
    at_risk
        time, n at the times to print, or None.

    Examples
    --------
    >>> curve = pd.DataFrame({"time": [0, 2.0], "incidence": [0, 0.25], "lower": [0, 0.1], "upper": [0, 0.5]})
    >>> cumulative_incidence(curve.assign(cause="first AESI"), endpoint="AESI").to_dict()["description"]
    'AESI, cumulative incidence. first AESI 25.0% at 2.0 months.'
    """
    title = say("chart.cumulative_incidence", lang, endpoint=wording.label(endpoint, lang))
    raw = records(curve, ["time", "incidence", "lower", "upper", "cause"])
    steps = _grouped([row | {"group": wording.label(row["cause"], lang)} for row in raw], "incidence", lang)
    if not steps:
        return nobody(title=title, subject=subject, lang=lang, of=curve)
    risk = [] if at_risk is None else _thinned(_grouped(records(at_risk, ["time", "n"]), "", lang))
    end = last or max(row["time"] for row in (*steps, *risk))
    groups = list(dict.fromkeys(row["group"] for row in steps))
    x = _time_axis(end, origin, sorted({row["time"] for row in risk}), lang)
    layers = _curve_layers(
        alt.Chart(named(f"{name}_curve")), x, _rate_axis("incidence", say("axis.incidence", lang)), groups, lang
    )
    layers += _risk_layers(named(f"{name}_at_risk"), x, [""] if risk else [], lang)
    data = {f"{name}_curve": _extended(steps, [], end)} | ({f"{name}_at_risk": risk} if risk else {})
    ends = [[row for row in steps if row["group"] == group][-1] for group in groups]
    parts = "; ".join(f"{row['group']} {row['RATE']}" for row in ends)
    time = wording.decimal(max(row["time"] for row in ends), 1, lang)
    said = say("alt.cumulative_incidence", lang, list=parts, time=time)
    return finished(layers, data, title=title, subject=wording.label(subject, lang), alternative=said, height=_HEIGHT)


def _grouped(rows: Records, rate: str, lang: Lang) -> Records:
    sign = wording.percent_sign(lang)
    for row in rows:
        row["group"] = row.get("group") or ""
        row["TIME"] = wording.decimal(row["time"], 1, lang)
        if rate:
            row["RATE"] = f"{wording.percent(row[rate], lang)}{sign}"
        if "lower" in row:
            row["LIMITS"] = wording.interval(row["lower"], row["upper"], lang)
    return rows


def _extended(steps: Records, ticks: Records, end: float) -> Records:
    """Carry each curve to its last censoring: the step is known to hold until then."""
    longer = list(steps)
    for group in dict.fromkeys(row["group"] for row in steps):
        known = [row for row in steps if row["group"] == group][-1]
        until = max([row["time"] for row in ticks if row["group"] == group], default=known["time"])
        if known["time"] < min(until, end):
            longer.append(known | {"time": min(until, end)})
    return longer


def _thinned(risk: Records) -> Records:
    """Keep every k-th time so that the numbers stand apart on a phone; the axis has its ticks at the same times."""
    times = sorted({row["time"] for row in risk})
    kept = set(times[:: -(-len(times) // _RISK_TIMES) or 1])
    return [row for row in risk if row["time"] in kept]


def _time_axis(end: float, origin: str, times: Sequence[float], lang: Lang) -> alt.X:
    said = say("axis.months", lang, origin=say(f"origin.{origin}", lang))
    axis = alt.Axis(format="d", tickMinStep=1, grid=False, labelFlush=False, values=list(times) or alt.Undefined)
    return alt.X("time:Q", title=said, scale=alt.Scale(domain=[0, end or 1], nice=False), axis=axis)


def _rate_axis(column: str, title: str) -> alt.Y:
    axis = alt.Axis(labelExpr=PERCENT_AXIS, values=[0, 0.25, 0.5, 0.75, 1])
    return alt.Y(f"{column}:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=axis)


def _legend(groups: Sequence[str]) -> alt.Legend | None:
    return alt.Legend(title=None, symbolType="stroke", symbolOpacity=1, symbolSize=600) if len(groups) > 1 else None


def _colour(field: str, groups: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=list(groups), range=[PALETTE[place % len(PALETTE)] for place, _ in enumerate(groups)])
    return alt.Color(f"{field}:N", scale=scale, legend=_legend(groups))


def _curve_layers(base: alt.Chart, x: alt.X, y: alt.Y, groups: Sequence[str], lang: Lang) -> list[alt.Chart]:
    scale = alt.Scale(domain=list(groups), range=[list(DASHES[place % len(DASHES)]) for place, _ in enumerate(groups)])
    dash = alt.StrokeDash("group:N", scale=scale, legend=_legend(groups))
    band = base.transform_filter("isValid(datum.lower) && isValid(datum.upper)")
    return [
        band.mark_area(interpolate="step-after", opacity=0.15).encode(
            x=x, y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q"), color=_colour("group", groups)
        ),
        base.mark_line(interpolate="step-after", strokeWidth=2).encode(
            x=x, y=y, color=_colour("group", groups), strokeDash=dash, tooltip=_tip(lang)
        ),
    ]


def _tip(lang: Lang, *, censored: bool = False) -> list[alt.Tooltip]:
    fields = {"group": "GROUP", "TIME": "MONTHS", "RATE": "RATE"}
    return tooltip(fields if censored else fields | {"LIMITS": "LIMITS"}, lang)


def _risk_layers(data: alt.NamedData, x: alt.X, groups: Sequence[str], lang: Lang) -> list[alt.Chart]:
    """Place the numbers at risk in lines under the axis: they share its scale, so they stand under their times."""
    layers: list[alt.Chart] = []
    for place, group in enumerate(groups):
        top = _HEIGHT + _RISK_TOP + 2 * _RISK_LINE * place
        said = say("axis.at_risk", lang) + (f": {group}" if group else "")
        heading = alt.Chart(alt.NamedData(name=data.name)).mark_text(align="left", color=GREY, fontSize=12, text=said)
        first = heading.transform_filter("datum.time === 0").transform_filter(
            alt.FieldEqualPredicate(field="group", equal=group)
        )
        layers.append(first.encode(x=fixed("x", 0), y=fixed("y", top)))
        numbers = alt.Chart(alt.NamedData(name=data.name)).mark_text(color=INK, fontSize=12)
        own = numbers.transform_filter(alt.FieldEqualPredicate(field="group", equal=group))
        layers.append(own.encode(x=x, y=fixed("y", top + _RISK_LINE), text=alt.Text("n:Q")))
    return layers


def _landmark_data(name: str, landmark: float | None, lang: Lang) -> dict[str, Records]:
    return {} if landmark is None else {name: [{"time": landmark, "TEXT": say("mark.landmark", lang)}]}


def _said(group: str, steps: Records, ticks: Records, risk: Records, groups: Sequence[str], lang: Lang) -> str:
    own: dict[str, Any] = [row for row in steps if row["group"] == group][-1]
    start = [row["n"] for row in risk if row["group"] == group and row["time"] == 0]
    patients = plural(int(start[0]), "patient", lang) if start else wording.MISSING
    censored = sum(row["group"] == group for row in ticks)
    said = say("alt.kaplan_meier", lang, patients=patients, censored=censored, last=own["RATE"], time=own["TIME"])
    return f"{group}: {said}" if len(groups) > 1 else said
