"""Accrual: patients included against the plan, month by month and centre by centre (R6)."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import Chart, Records, finished, named, nobody, records, tooltip, whole_numbers
from ir5nb.charts.theme import DASHES, INK, PALETTE
from ir5nb.wording import Lang, plural, say

_LEAST: Final = 60  # px: the name of the axis fits beside a single bar
_TICK: Final = "M-0.2,-1H0.2V1H-0.2Z"  # a tick as the legend shows it


def accrual(months: pd.DataFrame, *, subject: str = "", lang: Lang = "en", name: str = "accrual") -> Chart:
    """Draw cumulative inclusions by month against the plan.

    Parameters
    ----------
    months
        MONTH (date or text "2026-01"), OBSERVED and PLANNED (cumulative; missing where there is none), optional
        PROJECTED.

    Examples
    --------
    >>> frame = pd.DataFrame({"MONTH": ["2026-01", "2026-02"], "OBSERVED": [1, 3], "PLANNED": [2, 4]})
    >>> accrual(frame).to_dict()["description"]
    'Accrual against the plan. 3 patients included by 2026-02; planned 4.'
    """
    title = say("chart.accrual", lang)
    seen = records(months, ["MONTH", "OBSERVED", "PLANNED"], ["PROJECTED"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    lines = [key for key in ("OBSERVED", "PLANNED", "PROJECTED") if any(row.get(key) is not None for row in seen)]
    series = [
        {"MONTH": row["MONTH"][:7], "PATIENTS": row[line], "LINE": say(f"series.{line.lower()}", lang)}
        for line in lines
        for row in seen
        if row[line] is not None
    ]
    for row in series:
        row["AT"] = row["MONTH"]  # as text: the axis reads MONTH as a date
    names = [say(f"series.{line.lower()}", lang) for line in lines]
    shown = "%Y-%m" if lang == "en" else "%m/%Y"
    axis = alt.Axis(format=shown, tickCount={"interval": "month", "step": 3}, labelAngle=0)
    x = alt.X("MONTH:T", title=say("axis.calendar", lang), scale=alt.Scale(type="utc"), axis=axis)
    y = alt.Y(
        "PATIENTS:Q", title=say("axis.included", lang), axis=whole_numbers(max(row["PATIENTS"] for row in series))
    )
    legend = alt.Legend(title=None, columns=3, symbolType="stroke", symbolOpacity=1, symbolSize=600)
    colour = alt.Color("LINE:N", scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])), legend=legend)
    dash = alt.StrokeDash("LINE:N", scale=alt.Scale(domain=names, range=list(DASHES[: len(names)])), legend=legend)
    tip = tooltip({"LINE": "LINE", "AT": "MONTH", "PATIENTS": "N"}, lang)
    base = alt.Chart(named(f"{name}_months")).encode(x=x, y=y, color=colour, tooltip=tip)
    layers = [
        base.mark_line(strokeWidth=2).encode(strokeDash=dash),
        base.mark_point(size=25, filled=True, opacity=1).transform_filter(
            alt.FieldEqualPredicate(field="LINE", equal=names[0])
        ),
    ]
    return finished(
        layers,
        {f"{name}_months": series},
        title=title,
        subject=wording.label(subject, lang),
        alternative=_said(seen, lang),
    )


def _said(seen: Records, lang: Lang) -> str:
    last = [row for row in seen if row["OBSERVED"] is not None][-1:] or seen[:1]
    observed = wording.decimal(last[0]["OBSERVED"], 0, lang)
    planned = wording.decimal(last[0]["PLANNED"], 0, lang)
    patients = observed if last[0]["OBSERVED"] is None else plural(int(last[0]["OBSERVED"]), "patient", lang)
    return say("alt.accrual", lang, observed=patients, month=last[0]["MONTH"][:7], planned=planned)


def accrual_by_centre(centres: pd.DataFrame, *, subject: str = "", lang: Lang = "en", name: str = "centres") -> Chart:
    """Draw the patients included in each centre, with the plan as a tick.

    Parameters
    ----------
    centres
        SITEID, OBSERVED, optional PLANNED, in the order to show.

    Examples
    --------
    >>> accrual_by_centre(pd.DataFrame({"SITEID": ["FR01"], "OBSERVED": [3]})).to_dict()["description"]
    'Patients by centre. 3 patients in 1 centre: FR01 3.'
    """
    title = say("chart.accrual_by_centre", lang)
    seen = records(centres, ["SITEID", "OBSERVED"], ["PLANNED"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    if "centres" in centres.attrs:
        return _together(seen, int(centres.attrs["centres"]), subject, lang, name)
    for row in seen:
        row["SITEID"] = wording.label(row["SITEID"], lang)
    most = max(row.get(name) or 0 for row in seen for name in ("OBSERVED", "PLANNED"))
    x = alt.X("OBSERVED:Q", title=say("axis.included", lang), axis=whole_numbers(most))
    y = alt.Y("SITEID:N", title=say("axis.centre", lang), sort=None)
    base = alt.Chart(named(f"{name}_sites"))
    tip = tooltip({"SITEID": "SITEID", "OBSERVED": "N"}, lang)
    layers = [
        base.mark_bar(color=PALETTE[0], height={"band": 0.6}).encode(x=x, y=y, tooltip=tip),
        base.mark_text(align="left", dx=4, color=INK).encode(x=x, y=y, text=alt.Text("OBSERVED:Q")),
    ]
    if "PLANNED" in seen[0]:
        plan = say("series.planned", lang)
        colour = alt.Color(
            "PLAN:N", scale=alt.Scale(domain=[plan], range=[INK]), legend=alt.Legend(title=None, symbolType=_TICK)
        )
        base = base.transform_calculate(PLAN=f"'{plan}'")
        layers.append(base.mark_tick(thickness=2, height=16).encode(x=alt.X("PLANNED:Q"), y=y, color=colour))
    total = plural(sum(row["OBSERVED"] or 0 for row in seen), "patient", lang)
    parts = ", ".join(f"{row['SITEID']} {row['OBSERVED']}" for row in seen)
    said = say("alt.accrual_by_centre", lang, patients=total, centres=plural(len(seen), "centre", lang), list=parts)
    data = {f"{name}_sites": seen}
    return finished(
        layers,
        data,
        title=title,
        subject=wording.label(subject, lang),
        alternative=said,
        height=max(24 * len(seen), _LEAST),
    )


def _together(seen: Records, centres: int, subject: str, lang: Lang, name: str) -> Chart:
    """Say how many patients came from how many centres: the share edition shows no single one."""
    total = plural(sum(row["OBSERVED"] or 0 for row in seen), "patient", lang)
    counted = say("centres.together", lang, patients=total, centres=plural(centres, "centre", lang))
    lines = [counted, say("centres.hidden", lang)]
    text = (
        alt.Chart(named(f"{name}_sites"))
        .mark_text(fontSize=13, lineBreak="\n", color=INK)
        .encode(text=alt.Text("TEXT:N"))
    )
    data = {f"{name}_sites": [{"TEXT": "\n".join(lines)}]}
    title, alternative = say("chart.accrual_by_centre", lang), " ".join(lines)
    whom = wording.label(subject, lang)
    return finished([text], data, title=title, subject=whom, alternative=alternative, height=60)
