"""Response of the tumours: waterfall of the best change, spider of the change over time (S1)."""

from __future__ import annotations

from typing import Any, Final, cast

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import (
    Chart,
    Records,
    finished,
    label_expression,
    lettering,
    named,
    nobody,
    records,
    scale_of,
    tooltip,
    whole_numbers,
)
from ir5nb.charts.theme import INK, RESPONSE_COLOURS, RESPONSE_DASHES, RESPONSE_SHAPES
from ir5nb.wording import Lang, plural, say

_HIDDEN: Final = "NOT SHOWN"  # masked in the share edition
_LINES: Final = ((-30, "−30"), (20, "+20"))  # PCHG of response and of progression
_SHORT: Final = {"NON-CR/NON-PD": "N/N", _HIDDEN: ""}


def waterfall(patients: pd.DataFrame, *, subject: str = "", lang: Lang = "en", name: str = "waterfall") -> Chart:
    """Draw the best change of the sum of diameters of each patient, largest growth first.

    Source: spec/tlf.csv; lines at −30 % and +20 %, a mark for a new lesion.

    Parameters
    ----------
    patients
        PATIENT (label), PCHG (best change, %), BOR, NEWLES ("Y" | "N"). A missing PCHG is left out.

    Examples
    --------
    >>> frame = pd.DataFrame({"PATIENT": ["1", "2"], "PCHG": [25, -40.5], "BOR": ["PD", "PR"], "NEWLES": ["Y", "N"]})
    >>> waterfall(frame).to_dict()["description"].partition(". ")[2]
    '2 patients with a measured change, from −40.5 to 25.0 %; 1 at or below −30 %; 1 with a new lesion.'
    """
    title = say("chart.waterfall", lang)
    seen = _measured(patients, ["PATIENT", "PCHG", "BOR", "NEWLES"], lang)
    if not seen:
        return nobody(title=title, subject=subject, lang=lang, of=patients)
    seen = sorted(seen, key=lambda row: -row["PCHG"])
    for row in seen:
        row["SHORT"] = _SHORT.get(row["BOR"], row["BOR"])
        row["NEW"] = say("mark.new_lesion", lang) if row["NEWLES"] == "Y" else wording.MISSING
    levels, colours = scale_of([row["BOR"] for row in seen], RESPONSE_COLOURS)
    legend = _legend(lang)
    base = alt.Chart(named(f"{name}_patients"))
    x = alt.X("PATIENT:N", sort=None, title=say("axis.patient", lang), axis=alt.Axis(labelAngle=-90, grid=False))
    ends = [min(-45, *(row["PCHG"] - 15 for row in seen)), max(35, *(row["PCHG"] + 15 for row in seen))]
    y = alt.Y("PCHG:Q", title=say("axis.change", lang), scale=alt.Scale(domain=ends, nice=False))
    tip = tooltip({"PATIENT": "PATIENT", "CHANGE": "PCHG", "RESPONSE": "BOR", "NEW": "mark"}, lang)
    marked = alt.Shape("NEW:N", scale=alt.Scale(range=["diamond"]), legend=alt.Legend(title=None))
    # a layer of no rows has no extent, and the browser then draws a chart of infinite height
    sides = {growing for growing in (True, False) if any((row["PCHG"] >= 0) == growing for row in seen)}
    layers = [base.mark_bar().encode(x=x, y=y, color=_colour(levels, colours, legend), tooltip=tip)]
    layers += [_end_label(base, x, y, growing=growing) for growing in sorted(sides, reverse=True)]
    if any(row["NEWLES"] == "Y" for row in seen):
        points = base.mark_point(size=60, filled=True, fill="white", stroke=INK, strokeWidth=1.5, opacity=1)
        new = points.transform_filter(alt.datum.NEWLES == "Y")
        layers.append(new.encode(x=x, y=alt.datum(0), shape=marked, tooltip=tip))
    layers += _reference(f"{name}_lines", y, "left")
    data = {f"{name}_patients": seen, f"{name}_lines": _named_lines(lang)}
    return finished(
        layers, data, title=title, subject=wording.label(subject, lang), alternative=_waterfall_text(seen, lang)
    )


def _legend(lang: Lang) -> alt.Legend:
    """Name the responses by their codes, and what the share edition hides in words."""
    return alt.Legend(
        title=say("legend.response", lang), columns=6, symbolStrokeWidth=0, labelExpr=label_expression([_HIDDEN], lang)
    )


def _named_lines(lang: Lang) -> Records:
    return [{"PCHG": change, "TEXT": f"{text}{wording.percent_sign(lang)}"} for change, text in _LINES]


def _colour(levels: list[str], colours: list[str], legend: alt.Legend) -> alt.Color:
    return alt.Color("BOR:N", scale=alt.Scale(domain=levels, range=colours), legend=legend)


def _end_label(base: alt.Chart, x: alt.X, y: alt.Y, *, growing: bool) -> alt.Chart:
    side = "datum.PCHG >= 0" if growing else "datum.PCHG < 0"
    mark = base.transform_filter(side).mark_text(
        fontSize=9, angle=270, color=INK, align="left" if growing else "right", dx=4 if growing else -4
    )
    return cast(alt.Chart, mark.encode(x=x, y=y, text=alt.Text("SHORT:N")))


def _reference(data: str, y: alt.Y, lower_side: str = "right") -> list[alt.Chart]:
    """Draw the lines of progression and response, named where the bars leave room."""
    base = alt.Chart(named(data))
    right: dict[str, Any] = {"align": "right", "baseline": "bottom", "dy": -2, "color": INK, "fontSize": 11}
    layers = [base.mark_rule(color=INK, strokeDash=[6, 4]).encode(y=y)]
    for side, sign in (("right", ">"), (lower_side, "<")):
        place = {"x": alt.value("width") if side == "right" else alt.value(2), "y": y, "text": "TEXT:N"}
        layers += lettering(base.transform_filter(f"datum.PCHG {sign} 0"), place, **(right | {"align": side}))
    return layers


def _measured(frame: pd.DataFrame, columns: list[str], lang: Lang, optional: tuple[str, ...] = ()) -> Records:
    seen = [row for row in records(frame, columns, optional) if row["PCHG"] is not None]
    for row in seen:
        row["BOR"] = row["BOR"] or "NE"
        row["CHANGE"] = f"{wording.decimal(row['PCHG'], 1, lang)}{wording.percent_sign(lang)}"
        row["RESPONSE"] = wording.label(row["BOR"], lang)
    return seen


def _extremes(seen: Records, lang: Lang) -> dict[str, str]:
    changes = [row["PCHG"] for row in seen]
    return {"least": wording.decimal(min(changes), 1, lang), "most": wording.decimal(max(changes), 1, lang)}


def _waterfall_text(seen: Records, lang: Lang) -> str:
    return say(
        "alt.waterfall",
        lang,
        patients=plural(len(seen), "patient", lang),
        responses=sum(row["PCHG"] <= -30 for row in seen),
        lesions=sum(row["NEWLES"] == "Y" for row in seen),
        **_extremes(seen, lang),
    )


def spider(visits: pd.DataFrame, *, subject: str = "", lang: Lang = "en", name: str = "spider") -> Chart:
    """Draw the change of the sum of diameters over time, one line a patient.

    Parameters
    ----------
    visits
        PATIENT, MONTHS (since treatment start), PCHG (%), BOR (of the patient), optional NEWLES ("Y" | "N").

    Examples
    --------
    >>> frame = pd.DataFrame({"PATIENT": ["1", "1"], "MONTHS": [0, 2.0], "PCHG": [0, -12.5], "BOR": ["SD", "SD"]})
    >>> spider(frame).to_dict()["description"].partition(". ")[2]
    '1 patient measured over 2.0 months; changes from −12.5 to 0.0 %.'
    """
    title = say("chart.spider", lang)
    seen = _measured(visits, ["PATIENT", "MONTHS", "PCHG", "BOR"], lang, ("NEWLES",))
    if not seen:
        return nobody(title=title, subject=subject, lang=lang, of=visits)
    for row in seen:
        row["TIME"] = wording.decimal(row["MONTHS"], 1, lang)
    present = [row["BOR"] for row in seen]
    levels, colours = scale_of(present, RESPONSE_COLOURS)
    legend = _legend(lang)
    origin = say("origin.treatment", lang)
    months = whole_numbers(max(row["MONTHS"] for row in seen))
    x = alt.X("MONTHS:Q", title=say("axis.months", lang, origin=origin), axis=months)
    y = alt.Y("PCHG:Q", title=say("axis.change", lang))
    colour = _colour(levels, colours, legend)
    dashes = alt.Scale(domain=levels, range=scale_of(present, RESPONSE_DASHES)[1])
    dash = alt.StrokeDash("BOR:N", scale=dashes, legend=legend)
    shape = alt.Shape(
        "BOR:N", scale=alt.Scale(domain=levels, range=scale_of(present, RESPONSE_SHAPES)[1]), legend=legend
    )
    tip = tooltip({"PATIENT": "PATIENT", "TIME": "MONTHS", "CHANGE": "PCHG", "RESPONSE": "BOR"}, lang)
    base = alt.Chart(named(f"{name}_visits"))
    layers = [
        base.mark_line(strokeWidth=1.5).encode(x=x, y=y, color=colour, strokeDash=dash, detail=alt.Detail("PATIENT:N")),
        base.mark_point(size=35, filled=True, opacity=1).encode(x=x, y=y, color=colour, shape=shape, tooltip=tip),
        *_reference(f"{name}_lines", y),
    ]
    said = say(
        "alt.spider",
        lang,
        patients=plural(len({row["PATIENT"] for row in seen}), "patient", lang),
        time=wording.decimal(max(row["MONTHS"] for row in seen), 1, lang),
        **_extremes(seen, lang),
    )
    data = {f"{name}_visits": seen, f"{name}_lines": _named_lines(lang)}
    return finished(layers, data, title=title, subject=wording.label(subject, lang), alternative=said)
