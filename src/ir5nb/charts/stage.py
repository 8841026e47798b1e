"""Stage plot and operating curve: the Simon design against what was seen, and against true rates."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import (
    PERCENT_AXIS,
    Chart,
    Records,
    finished,
    fixed,
    label_expression,
    lettering,
    named,
    nobody,
    records,
    scale_of,
    tooltip,
    whole_numbers,
)
from ir5nb.charts.theme import DASHES, GREY, INK, PALETTE, STATUS_COLOURS, STATUS_SHAPES
from ir5nb.wording import Lang, plural, say


def stage_plot(
    patients: pd.DataFrame,
    *,
    r1: int,
    n1: int,
    r: int,
    n: int,
    subject: str = "",
    lang: Lang = "en",
    name: str = "stage",
) -> Chart:
    """Draw cumulative successes against patients with both boundaries of the Simon design.

    Source: spec/tlf.csv, "Simon stage plot"; stop if successes ≤ r1 of n1, active if successes > r of n (R4).

    Parameters
    ----------
    patients
        PATIENT (1, 2, … in order of inclusion), SUCCESSES (cumulative), STATUS (SUCCESS | FAILURE | PENDING);
        optional LABEL (the patient as the tooltip names it).

    Examples
    --------
    >>> frame = pd.DataFrame({"PATIENT": [1, 2], "SUCCESSES": [1, 1], "STATUS": ["SUCCESS", "FAILURE"]})
    >>> stage_plot(frame, r1=7, n1=16, r=23, n=46).to_dict()["description"][:66]
    'Successes against the Simon boundaries. 1 success, 2 patients with'
    """
    title = say("chart.stage_plot", lang)
    seen = records(patients, ["PATIENT", "SUCCESSES", "STATUS"], ["LABEL"])
    for row in seen:
        row["SHOWN"] = wording.label(row["STATUS"], lang)
        row.setdefault("LABEL", row["PATIENT"])
    data = {f"{name}_patients": seen, f"{name}_bounds": _bounds(r1, n1, r, n, lang)}
    last = max([n, *(row["PATIENT"] for row in seen)])
    most = max([r + 2, *(row["SUCCESSES"] for row in seen)])
    # the last point stands whole inside the frame
    wide = alt.Scale(domain=[0, last * 1.01], nice=False)
    high = alt.Scale(domain=[0, most * 1.03], nice=False)
    x = alt.X("PATIENT:Q", title=say("axis.patients", lang), scale=wide, axis=whole_numbers(last))
    y = alt.Y("SUCCESSES:Q", title=say("axis.successes", lang), scale=high, axis=whole_numbers(most))
    bounds = alt.Chart(named(f"{name}_bounds"))
    points = alt.Chart(named(f"{name}_patients"))
    levels, shapes = scale_of([row["STATUS"] for row in seen], STATUS_SHAPES)
    colours = [STATUS_COLOURS.get(level, GREY) for level in levels]
    named_levels = alt.Legend(title=say("legend.status", lang), labelExpr=label_expression(levels, lang), columns=3)
    legend = named_levels if seen else None  # without patients a legend would be a title over nothing
    text = {"align": "left", "baseline": "top", "dx": 4, "dy": 3, "color": INK, "fontSize": 12}
    layers = [
        bounds.mark_rule(color=INK, strokeDash=[6, 4]).encode(x=alt.X("FROM:Q"), x2=alt.X2("PATIENT:Q"), y=y),
        bounds.mark_rule(color=GREY, strokeDash=[1, 3]).encode(x=x, y=y, y2=alt.Y2("FLOOR:Q")),
        *lettering(
            bounds.transform_filter("datum.FROM === datum.AT"),
            {"x": "AT:Q", "y": y, "text": "TEXT:N"},
            **(text | {"baseline": "bottom", "dy": -3}),
        ),
        # the path has left r1 behind after n1, or ended: the words stand where it cannot be
        *lettering(bounds.transform_filter("datum.FROM !== datum.AT"), {"x": "AT:Q", "y": y, "text": "TEXT:N"}, **text),
        points.mark_line(interpolate="step-after", color=GREY, strokeWidth=1.5).encode(
            x=x, y=y, order=alt.Order("PATIENT:Q")
        ),
        points.mark_point(size=70, filled=True, opacity=1).encode(
            x=x,
            y=y,
            shape=alt.Shape("STATUS:N", scale=alt.Scale(domain=levels, range=shapes), legend=legend),
            color=alt.Color("STATUS:N", scale=alt.Scale(domain=levels, range=colours), legend=legend),
            tooltip=tooltip({"LABEL": "PATIENT", "SHOWN": "STATUS", "SUCCESSES": "SUCCESSES"}, lang),
        ),
    ]
    return finished(
        layers,
        data,
        title=title,
        subject=wording.label(subject, lang),
        alternative=_stage_text(seen, r1, n1, r, n, lang),
    )


def _bounds(r1: int, n1: int, r: int, n: int, lang: Lang) -> Records:
    return [
        {
            "FROM": 0,
            "AT": n1,
            "PATIENT": n1,
            "SUCCESSES": r1,
            "FLOOR": 0,
            "TEXT": say("series.futility", lang, n1=n1, r1=r1),
        },
        {"FROM": 0, "AT": 0, "PATIENT": n, "SUCCESSES": r, "FLOOR": 0, "TEXT": say("series.efficacy", lang, n=n, r=r)},
    ]


def _stage_text(seen: Records, r1: int, n1: int, r: int, n: int, lang: Lang) -> str:
    pending = sum(row["STATUS"] == "PENDING" for row in seen)
    successes = sum(row["STATUS"] == "SUCCESS" for row in seen)
    return say(
        "alt.stage_plot",
        lang,
        successes=plural(successes, "success", lang),
        patients=plural(len(seen) - pending, "patient", lang),
        pending=pending,
        **{"r1": r1, "n1": n1, "r": r, "n": n},
    )


def operating_curve(
    rates: pd.DataFrame,
    *,
    p0: float | None = None,
    p1: float | None = None,
    subject: str = "",
    lang: Lang = "en",
    name: str = "operating",
) -> Chart:
    """Draw the probability to declare activity and to stop early against the true rate.

    Parameters
    ----------
    rates
        RATE, REJECTION, PET: probabilities by true rate, all in 0..1.

    Examples
    --------
    >>> frame = pd.DataFrame({"RATE": [0.4, 0.6], "REJECTION": [0.05, 0.8], "PET": [0.7, 0.1]})
    >>> operating_curve(frame, p0=0.4).to_dict()["description"]
    'Chance to declare activity. From a true rate of 40.0% to 60.0%: declared active 5.0% to 80.0%.'
    """
    title = say("chart.operating_curve", lang)
    seen = records(rates, ["RATE", "REJECTION", "PET"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    series = [
        {"RATE": row["RATE"], "CHANCE": row[column], "LINE": say(f"series.{column.lower()}", lang)}
        for column in ("REJECTION", "PET")
        for row in seen
    ]
    for row in series:
        row["TIP"] = f"{wording.percent(row['CHANCE'], lang)}{wording.percent_sign(lang)}"
        row["AT"] = f"{wording.percent(row['RATE'], lang)}{wording.percent_sign(lang)}"
    marks = [{"RATE": rate, "TEXT": text} for text, rate in (("p0", p0), ("p1", p1)) if rate is not None]
    names = [say(f"series.{key}", lang) for key in ("rejection", "pet")]
    axis = alt.Axis(labelExpr=PERCENT_AXIS)
    ticks = alt.Axis(labelExpr=PERCENT_AXIS, tickMinStep=0.1, tickCount=8)
    x = alt.X("RATE:Q", title=say("axis.true_rate", lang), axis=ticks, scale=alt.Scale(zero=False, nice=False))
    y = alt.Y("CHANCE:Q", title=say("axis.probability", lang), axis=axis, scale=alt.Scale(domain=[0, 1]))
    legend = alt.Legend(title=None, symbolType="stroke", symbolSize=600)
    colour = alt.Color("LINE:N", scale=alt.Scale(domain=names, range=list(PALETTE[:2])), legend=legend)
    dash = alt.StrokeDash("LINE:N", scale=alt.Scale(domain=names, range=list(DASHES[:2])), legend=legend)
    tip = tooltip({"LINE": "LINE", "AT": "RATE", "TIP": "CHANCE"}, lang)
    rules = alt.Chart(named(f"{name}_marks"))
    layers = [
        rules.mark_rule(color=GREY, strokeDash=[2, 3]).encode(x=x),
        rules.mark_text(align="left", dx=3, baseline="top", color=INK).encode(
            x=x, y=fixed("y", 2), text=alt.Text("TEXT:N")
        ),
        alt.Chart(named(f"{name}_rates"))
        .mark_line(strokeWidth=2)
        .encode(x=x, y=y, color=colour, strokeDash=dash, tooltip=tip),
    ]
    data = {f"{name}_rates": series, f"{name}_marks": marks}
    ends = {"least": seen[0], "most": seen[-1]}
    said = {
        f"{end}_{column.lower()}": f"{wording.percent(row[column], lang)}{wording.percent_sign(lang)}"
        for end, row in ends.items()
        for column in ("RATE", "REJECTION")
    }
    return finished(
        layers,
        data,
        title=title,
        subject=wording.label(subject, lang),
        alternative=say("alt.operating_curve", lang, **said),
    )
