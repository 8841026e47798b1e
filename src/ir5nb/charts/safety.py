"""Charts of adverse events and exposure: terms by cohort with their worst grade, patients by term, onset, duration.

Source: spec/report.md (pooled safety), spec/tlf.csv. Grades differ by colour and by shape or letter, never by colour
alone; the cumulative incidence is `charts.cumulative_incidence`.
"""

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
    label_expression,
    lettering,
    named,
    nobody,
    records,
    scale_of,
    tooltip,
)
from ir5nb.charts.theme import GREY, INK, PALETTE
from ir5nb.wording import Lang, plural, say

# Light to dark, so that a grey print keeps the order; a severity takes the colours of grades 1 to 3.
GRADE_COLOURS: Final = {
    "UNGRADED": "#ffffff", "1": "#deebf7", "2": "#9ecae1", "3": "#E08214", "4": "#b34700", "5": "#1a1a1a",
    "MILD": "#deebf7", "MODERATE": "#9ecae1", "SEVERE": "#E08214",
}  # fmt: skip
_SHAPES: Final = {
    "UNGRADED": "circle", "1": "circle", "2": "square", "3": "triangle-up", "4": "diamond", "5": "cross",
    "MILD": "circle", "MODERATE": "square", "SEVERE": "triangle-up",
}  # fmt: skip
_ROUND: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
_ROW: Final = 20  # px of a row
_LABEL: Final = 220  # px a term may take; the rest of a long one is in the tooltip


def ae_dots(
    dots: pd.DataFrame, *, groups: Sequence[str] = (), total: str = "TOTAL", most: int = 30, subject: str = "",
    lang: Lang = "en", name: str = "ae_dots",
) -> Chart:  # fmt: skip
    """Draw the share of patients with each preferred term, stacked by worst grade, one row a term and column a group.

    Parameters
    ----------
    dots
        AEDECOD, GROUP, TOTAL, LEVEL, N, SHARE (0..1): patients of each column and term by worst level.
    groups
        Columns in order, those without events too; () takes the groups of the frame in their order.
    total
        Group whose counts choose the terms.
    most
        Terms drawn at most, those of most patients.

    Examples
    --------
    >>> dots = pd.DataFrame({"AEDECOD": ["Rash"], "GROUP": ["PM"], "TOTAL": [24], "LEVEL": ["2"], "N": [3],
    ...                      "SHARE": [0.125]})
    >>> ae_dots(dots, total="PM").to_dict()["description"]
    'Adverse events by preferred term and worst grade. 1 term, 1 group; most frequent: Rash 3.'
    """
    title = say("chart.ae_dots", lang)
    seen = records(dots, ["AEDECOD", "GROUP", "TOTAL", "LEVEL", "N", "SHARE"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    sizes: dict[str, int] = {}
    columns = list(groups) or list(dict.fromkeys(row["GROUP"] for row in seen))
    chosen = total if total in columns else columns[-1]
    for row in seen:
        sizes[row["AEDECOD"]] = sizes.get(row["AEDECOD"], 0) + (row["N"] if row["GROUP"] == chosen else 0)
    terms = sorted(sizes, key=lambda term: (-sizes[term], term))[:most]
    kept = [row | {"RANK": _rank(row["LEVEL"])} for row in seen if row["AEDECOD"] in set(terms)]
    levels, colours = scale_of([row["LEVEL"] for row in kept], GRADE_COLOURS)
    _, shapes = scale_of([row["LEVEL"] for row in kept], _SHAPES)
    label = label_expression([*columns, *levels], lang)
    axis = alt.Axis(labelExpr=label, labelAngle=-35, labelOverlap=False, orient="top", grid=True)
    base = alt.Chart(named(f"{name}_terms"))
    channels: dict[str, Any] = {
        "x": alt.X("GROUP:N", scale=alt.Scale(domain=columns), title=None, axis=axis),
        "y": alt.Y("AEDECOD:N", sort=terms, title=None, axis=alt.Axis(labelLimit=_LABEL)),
        "xOffset": alt.XOffset("LEVEL:N", sort=levels),
        "tooltip": tooltip(
            {"AEDECOD": "AEDECOD", "GROUP": "group", "LEVEL": "ALEVEL", "N": "N", "TOTAL": "TOTAL"}, lang
        ),
    }
    legend = alt.Legend(title=say("legend.grade", lang), labelExpr=label, columns=3)
    shares = _shares(max(row["SHARE"] or 0 for row in kept))
    sizes_legend = alt.Legend(title=say("axis.share", lang), labelExpr=PERCENT_AXIS, values=shares, orient="bottom")
    points = base.mark_point(filled=True, stroke=INK, strokeWidth=0.7, opacity=1).encode(
        size=alt.Size("SHARE:Q", title=say("axis.share", lang), scale=alt.Scale(range=[15, 300]), legend=sizes_legend),
        color=alt.Color("LEVEL:N", scale=alt.Scale(domain=levels, range=colours), legend=legend),
        shape=alt.Shape("LEVEL:N", scale=alt.Scale(domain=levels, range=shapes), legend=legend),
        **channels,
    )
    said = say(
        "alt.ae_dots", lang, terms=plural(len(terms), "term", lang), columns=plural(len(columns), "group", lang),
        list=", ".join(f"{term} {sizes[term]}" for term in terms[:3]),
    )  # fmt: skip
    data = {f"{name}_terms": kept}
    drawn = finished(
        [points],
        data,
        title=title,
        subject=wording.label(subject, lang),
        alternative=said,
        height=_ROW * len(terms) + 40,
    )
    return drawn.properties(padding={"left": 5, "top": 5, "bottom": 5, "right": 24})  # the slanted last head


def _shares(most: float) -> list[float]:
    """Choose the shares that the legend draws: up to four round ones that occur, never 0, which has no point."""
    return [share for share in _ROUND if share <= most][-4:] or [most]


def _rank(level: str) -> int:
    return list(GRADE_COLOURS).index(level) if level in GRADE_COLOURS else len(GRADE_COLOURS)


def ae_heat(
    heat: pd.DataFrame, *, most: int = 30, subject: str = "", lang: Lang = "en", name: str = "ae_heat"
) -> Chart:
    """Draw the worst grade of each patient and term as a tile with the grade written in it.

    Parameters
    ----------
    heat
        USUBJID (the label shown), AEDECOD, ALEVEL; GROUP orders the patients.
    most
        Terms drawn at most, those of most patients.

    Examples
    --------
    >>> heat = pd.DataFrame({"USUBJID": ["1"], "AEDECOD": ["Rash"], "ALEVEL": ["3"], "GROUP": ["PM"]})
    >>> ae_heat(heat).to_dict()["description"]
    'Worst grade of each patient and term. 1 patient, 1 term; 3: 1.'
    """
    title = say("chart.ae_heat", lang)
    seen = records(heat, ["USUBJID", "AEDECOD", "ALEVEL", "GROUP"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang, of=heat)
    sizes = pd.Series([row["AEDECOD"] for row in seen]).value_counts()
    terms = sorted(sizes.index, key=lambda term: (-int(sizes[term]), term))[:most]
    kept = [row | {"MARK": _letter(row["ALEVEL"])} for row in seen if row["AEDECOD"] in set(terms)]
    patients = list(dict.fromkeys(row["USUBJID"] for row in kept))
    levels, colours = scale_of([row["ALEVEL"] for row in kept], GRADE_COLOURS)
    base = alt.Chart(named(f"{name}_tiles"))
    x = alt.X("USUBJID:N", sort=patients, title=say("axis.patient", lang), axis=alt.Axis(labels=False, ticks=False))
    y = alt.Y("AEDECOD:N", sort=terms, title=None, axis=alt.Axis(labelLimit=_LABEL))
    columns = {"USUBJID": "PATIENT", "AEDECOD": "AEDECOD", "ALEVEL": "ALEVEL", "GROUP": "group"}
    legend = alt.Legend(title=say("legend.grade", lang), labelExpr=label_expression(levels, lang), columns=3)
    colour = alt.Color("ALEVEL:N", scale=alt.Scale(domain=levels, range=colours), legend=legend)
    tiles = base.mark_rect(stroke=GREY, strokeWidth=0.3).encode(x=x, y=y, color=colour, tooltip=tooltip(columns, lang))
    dark = "datum.ALEVEL === '4' || datum.ALEVEL === '5'"
    ink = alt.condition(dark, alt.value("#ffffff"), alt.value(INK))
    letters = base.mark_text(fontSize=9).encode(x=x, y=y, text=alt.Text("MARK:N"), color=ink)
    counts = pd.Series([row["ALEVEL"] for row in kept]).value_counts()
    told = ", ".join(f"{wording.label(level, lang)}: {int(counts[level])}" for level in levels)
    said = say(
        "alt.ae_heat", lang, patients=plural(len(patients), "patient", lang), terms=plural(len(terms), "term", lang),
        list=told,
    )  # fmt: skip
    layers = [tiles, letters] if len(patients) <= _LETTERED else [tiles]
    data = {f"{name}_tiles": kept}
    return finished(
        layers, data, title=title, subject=wording.label(subject, lang), alternative=said, height=_ROW * len(terms) + 40
    )


_LETTERED: Final = 60  # patients; narrower tiles have no room for a letter


def _letter(level: str) -> str:
    return "?" if level == "UNGRADED" else level[:1] if level.isdigit() else level[:2].capitalize()


def ae_onset(onset: pd.DataFrame, *, subject: str = "", lang: Lang = "en", name: str = "ae_onset") -> Chart:
    """Draw the time from first dose to each patient's first event of special interest, by category.

    Parameters
    ----------
    onset
        AESICAT, MONTHS, ALEVEL, AEDECOD, one row per patient and category (series of `special_interest`).

    Examples
    --------
    >>> onset = pd.DataFrame({"AESICAT": ["SKIN"], "MONTHS": [1.5], "ALEVEL": ["2"], "AEDECOD": ["Rash"]})
    >>> ae_onset(onset).to_dict()["description"]
    'Time to first event of special interest. 1 event; Skin 1.'
    """
    title = say("chart.ae_onset", lang)
    seen = [row for row in records(onset, ["AESICAT", "MONTHS", "ALEVEL", "AEDECOD"]) if row["MONTHS"] is not None]
    if not seen:
        return nobody(title=title, subject=subject, lang=lang, of=onset)
    sizes = pd.Series([row["AESICAT"] for row in seen]).value_counts()
    order = sorted(sizes.index, key=lambda text: (-int(sizes[text]), text))
    levels, colours = scale_of([row["ALEVEL"] for row in seen], GRADE_COLOURS)
    _, shapes = scale_of([row["ALEVEL"] for row in seen], _SHAPES)
    label = label_expression(levels, lang)
    legend = alt.Legend(title=wording.label("ALEVEL", lang), labelExpr=label, columns=6)
    origin = say("axis.months", lang, origin=say("origin.treatment", lang))
    months = alt.Axis(format="d", tickMinStep=1)
    categories = alt.Axis(labelLimit=_LABEL, labelExpr=label_expression(order, lang))
    columns = {"AESICAT": "AESICAT", "AEDECOD": "AEDECOD", "ALEVEL": "ALEVEL", "MONTHS": "MONTHS"}
    points = (
        alt.Chart(named(f"{name}_events"))
        .mark_point(filled=True, stroke=INK, strokeWidth=0.7, size=60, opacity=0.9)
        .encode(
            x=alt.X("MONTHS:Q", title=origin, scale=alt.Scale(nice=False, padding=8), axis=months),
            y=alt.Y("AESICAT:N", sort=order, title=None, axis=categories),
            yOffset=alt.YOffset("ALEVEL:N", sort=levels),  # grades beside each other, not over each other
            color=alt.Color("ALEVEL:N", scale=alt.Scale(domain=levels, range=colours), legend=legend),
            shape=alt.Shape("ALEVEL:N", scale=alt.Scale(domain=levels, range=shapes), legend=legend),
            tooltip=tooltip(columns, lang),
        )
    )
    told = ", ".join(f"{wording.label(category, lang)} {int(sizes[category])}" for category in order)
    said = say("alt.ae_onset", lang, patients=plural(len(seen), "event", lang), list=told)
    data = {f"{name}_events": seen}
    return finished(
        [points],
        data,
        title=title,
        subject=wording.label(subject, lang),
        alternative=said,
        height=2 * _ROW * len(order) + 40,
    )


_NAME: Final = {"align": "left", "dx": 12, "baseline": "top", "dy": -5, "fontSize": 11, "color": INK}


def exposure(durations: pd.DataFrame, *, subject: str = "", lang: Lang = "en", name: str = "exposure") -> Chart:
    """Draw how long each patient was treated, by cohort and longest first, with an arrow for those still on treatment.

    Parameters
    ----------
    durations
        PATIENT, COHORT, MONTHS, ONGOING ("Y"/"N").

    Examples
    --------
    >>> durations = pd.DataFrame({"PATIENT": ["1"], "COHORT": ["PM"], "MONTHS": [3.0], "ONGOING": ["Y"]})
    >>> exposure(durations).to_dict()["description"]
    'Duration of treatment of each patient. 1 patient treated up to 3.0 months, 1 patient ongoing.'
    """
    title = say("chart.exposure", lang)
    seen: Records = [
        row for row in records(durations, ["PATIENT", "COHORT", "MONTHS", "ONGOING"]) if row["MONTHS"] is not None
    ]
    if not seen:
        return nobody(title=title, subject=subject, lang=lang, of=durations)
    cohorts = list(dict.fromkeys(row["COHORT"] for row in seen))
    seen.sort(key=lambda row: (cohorts.index(row["COHORT"]), -row["MONTHS"], row["PATIENT"]))
    first = {row["COHORT"]: row["PATIENT"] for row in reversed(seen)}
    for row in seen:
        row["NAMED"] = row["COHORT"] if first[row["COHORT"]] == row["PATIENT"] else ""
    base = alt.Chart(named(f"{name}_patients"))
    y = alt.Y("PATIENT:N", sort=[row["PATIENT"] for row in seen], title=say("axis.patient", lang),
              axis=alt.Axis(labels=False, ticks=False))  # fmt: skip
    longest = max(row["MONTHS"] for row in seen)
    # room for a name behind the longest bar
    x = alt.X("MONTHS:Q", title=say("axis.months", lang, origin=say("origin.treatment", lang)),
              scale=alt.Scale(domain=[0, longest * 1.15 or 1], nice=False))  # fmt: skip
    colour = alt.Color("COHORT:N", scale=alt.Scale(domain=cohorts, range=list(PALETTE)),
                       legend=alt.Legend(title=say("legend.group", lang), columns=6))  # fmt: skip
    columns = {"PATIENT": "PATIENT", "COHORT": "COHORT", "MONTHS": "MONTHS", "ONGOING": "ongoing"}
    arrows = base.transform_filter("datum.ONGOING === 'Y'").mark_point(
        shape="triangle-right", filled=True, color=INK, size=30, xOffset=5
    )
    layers = [
        base.mark_bar(height={"band": 0.8}).encode(x=x, y=y, color=colour, tooltip=tooltip(columns, lang)),
        arrows.encode(x=x, y=y),
        # each cohort is named at its longest bar, so that a grey print needs no colours
        *lettering(base.transform_filter("datum.NAMED !== ''"), {"x": x, "y": y, "text": "NAMED:N"}, **_NAME),
    ]
    said = say(
        "alt.exposure", lang, patients=plural(len(seen), "patient", lang),
        time=wording.decimal(longest, 1, lang),
        ongoing=plural(sum(row["ONGOING"] == "Y" for row in seen), "patient", lang),
    )  # fmt: skip
    height = max(120, min(7 * len(seen), 1200))
    data = {f"{name}_patients": seen}
    return finished(layers, data, title=title, subject=wording.label(subject, lang), alternative=said, height=height)
