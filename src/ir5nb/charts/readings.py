"""The readings panel: the primary result and the decision under every reading of the protocol (A2-A12)."""

from __future__ import annotations

import textwrap
from typing import Any, Final

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import PERCENT_AXIS, Chart, finished, fixed, lettering, named, nobody, records, tooltip
from ir5nb.charts.theme import GREY, INK, PALETTE
from ir5nb.wording import Lang, plural, say

_ROW: Final = 56  # px: two lines of text above each interval, so that nothing stands beside it on a phone
_LINE: Final = 14  # px of each further line
_EMPTY: Final = "\u200b"  # an empty line: Vega trims spaces, and SVG drops a line of nothing
_LINE_WIDTH: Final = 52  # characters of a line that fits 390 px


def readings_panel(
    panel: pd.DataFrame,
    *,
    p0: float,
    p1: float | None = None,
    subject: str = "",
    lang: Lang = "en",
    name: str = "readings",
) -> Chart:
    """Draw estimate and interval under every reading, with the decision in words and the line of p0.

    Source: spec/report.md, section 4.

    Parameters
    ----------
    panel
        READING, LABEL, SUCCESSES, N, ESTIMATE, LOWER, UPPER (0..1), DECISION (words), DEFAULT (bool), in the order to
        show; where there are, PENDING (patients of N) and METHOD (of the estimate).
    p0, p1
        Rates of the hypotheses, drawn as lines.

    Examples
    --------
    >>> row = {"READING": "default", "LABEL": "as planned", "SUCCESSES": 24, "N": 46, "ESTIMATE": 0.52, "LOWER": 0.4}
    >>> panel = pd.DataFrame([row | {"UPPER": 0.64, "DECISION": "positive", "DEFAULT": True}])
    >>> readings_panel(panel, p0=0.4).to_dict()["description"].partition(". ")[2]
    '1 reading: Default 24/46 (52.2%) positive.'
    """
    title = say("chart.readings_panel", lang)
    columns = ["READING", "LABEL", "SUCCESSES", "N", "ESTIMATE", "LOWER", "UPPER", "DECISION", "DEFAULT"]
    seen = records(panel, columns, ["PENDING", "METHOD"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    known = any(row["N"] for row in seen)
    for row in seen:
        # where one reading has patients all have: one without any number was masked
        row["MASKED"] = known and row["N"] is None and row["ESTIMATE"] is None
        row.update({name: wording.label(row[name] or wording.MISSING, lang) for name in ("LABEL", "DECISION")})
        row.update(_texts(row, lang))
        for used in ("PENDING", "METHOD"):  # said in the texts
            row.pop(used, None)
    rates = [{"RATE": rate, "TEXT": text} for text, rate in (("p0", p0), ("p1", p1)) if rate is not None]
    data = {f"{name}_panel": seen, f"{name}_lines": rates}
    lines = max(len(row["WORDS"]) + len(row["RESULT"]) for row in seen)
    for row in seen:
        row.update(_placed(row.pop("WORDS"), row.pop("RESULT"), lines))
    row_height = _ROW + _LINE * (lines - 2)
    layers = _layers(name, [row["READING"] for row in seen], lines, row_height, lang)
    parts = "; ".join(f"{row['NAME']} {row['SHARE']} {row['DECISION']}" for row in seen)
    said = say("alt.readings_panel", lang, readings=plural(len(seen), "reading", lang), list=parts)
    if any([row.pop("MASKED") for row in seen]):  # noqa: C419 - taken from every row, since the data travel
        said += f" {say('masked.note', lang)}"
    height = row_height * len(seen) + 14
    return finished(layers, data, title=title, subject=wording.label(subject, lang), alternative=said, height=height)


def _texts(row: dict[str, Any], lang: Lang) -> dict[str, Any]:
    name, share = wording.label(row["READING"], lang), _share(row, lang)
    return {
        "NAME": name,
        "SHARE": share,
        "INTERVAL": wording.estimate(row["ESTIMATE"], row["LOWER"], row["UPPER"], lang),
        "WORDS": _wrapped(f"{name} · {row['LABEL']}".rstrip(" ·")),
        "RESULT": _wrapped(f"{share} → {row['DECISION']}"),
    }


def _placed(words: list[str], result: list[str], lines: int) -> dict[str, str]:
    """Fill up with empty lines, so that both texts start at the top of a row and the last line ends every row."""
    above = [_EMPTY] * (lines - len(words) - len(result))
    return {"FIRST": "\n".join([*above, *words]), "SECOND": "\n".join([*above, *[_EMPTY] * len(words), *result])}


def _share(row: dict[str, Any], lang: Lang) -> str:
    """Write successes over patients with known status and the estimate; the estimate alone where none are counted."""
    rate = "" if row["ESTIMATE"] is None else f"{wording.percent(row['ESTIMATE'], lang)}{wording.percent_sign(lang)}"
    if row["SUCCESSES"] is None or row["N"] is None:
        return rate or ("*" if row["MASKED"] else wording.MISSING)
    successes, waiting = int(row["SUCCESSES"]), int(row.get("PENDING") or 0)
    known = int(row["N"]) - waiting
    if str(row.get("METHOD") or "").startswith("UMVUE"):  # not the share of successes
        return say("panel.umvue", lang, counted=f"{successes}/{known}", rate=rate)
    counted = wording.x_of_n(successes, known, lang)
    return say("panel.pending", lang, counted=counted, pending=waiting) if waiting else counted


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _LINE_WIDTH, break_on_hyphens=False)


def _layers(name: str, order: list[str], lines: int, height: int, lang: Lang) -> list[alt.Chart]:
    base, rates = alt.Chart(named(f"{name}_panel")), alt.Chart(named(f"{name}_lines"))
    axis = alt.Axis(labelExpr=PERCENT_AXIS, values=[0, 0.2, 0.4, 0.6, 0.8, 1])
    x = alt.X("ESTIMATE:Q", title=say("axis.success_rate", lang), scale=alt.Scale(domain=[0, 1]), axis=axis)
    y = alt.Y("READING:N", sort=order, axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    weight = alt.when(alt.datum.DEFAULT).then(alt.value(3)).otherwise(alt.value(1.5))
    size = alt.when(alt.datum.DEFAULT).then(alt.value(130)).otherwise(alt.value(60))
    shape = alt.when(alt.datum.DEFAULT).then(alt.value("diamond")).otherwise(alt.value("circle"))
    fields = {"NAME": "READING", "LABEL": "LABEL", "SHARE": "SUCCESSES", "INTERVAL": "INTERVAL", "DECISION": "DECISION"}
    tip = tooltip(fields, lang)
    mark: dict[str, Any] = {"align": "left", "fontSize": 12, "lineBreak": "\n", "lineHeight": _LINE}
    first = {"x": alt.value(4), "y": y, "text": "FIRST:N"}
    low = height // 2 - 14  # px from the middle of a row to its interval, the text above it
    mark |= {"baseline": "top", "dy": low - 9 - _LINE * lines}
    bold = base.transform_filter(alt.datum.DEFAULT)
    usual = base.transform_filter(~alt.datum.DEFAULT)
    return [
        rates.mark_rule(color=INK, strokeDash=[6, 4]).encode(x=alt.X("RATE:Q")),
        rates.mark_text(align="left", dx=3, baseline="bottom", color=INK, fontSize=12).encode(
            x=alt.X("RATE:Q"), y=fixed("y", 0), text=alt.Text("TEXT:N")
        ),
        *lettering(bold, first, **mark, color=INK, fontWeight="bold"),
        *lettering(usual, first, **mark, color=INK),
        *lettering(base, first | {"text": "SECOND:N"}, **mark, color=GREY),
        base.mark_rule(color=PALETTE[0], yOffset=low).encode(
            x=alt.X("LOWER:Q"), x2=alt.X2("UPPER:Q"), y=y, strokeWidth=weight, tooltip=tip
        ),
        base.mark_point(filled=True, color=PALETTE[0], opacity=1, yOffset=low).encode(
            x=x, y=y, size=size, shape=shape, tooltip=tip
        ),
    ]
