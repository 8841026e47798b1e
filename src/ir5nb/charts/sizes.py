"""Expected number of patients of a two-stage design against the true rate."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.charts.canvas import PERCENT_AXIS, Chart, finished, fixed, named, nobody, records, tooltip
from ir5nb.charts.theme import GREY, INK, PALETTE
from ir5nb.wording import Lang, say


def expected_patients(
    rates: pd.DataFrame,
    *,
    p0: float | None = None,
    p1: float | None = None,
    subject: str = "",
    lang: Lang = "en",
    name: str = "expected",
) -> Chart:
    """Draw the expected number of patients, EN, against the true rate.

    Source: R4; Simon 1989.

    Parameters
    ----------
    rates
        RATE (0..1), EN (patients).

    Examples
    --------
    >>> frame = pd.DataFrame({"RATE": [0.4, 0.6], "EN": [24.5, 41.7]})
    >>> expected_patients(frame).to_dict()["description"]
    'Expected number of patients. From a true rate of 40.0% to 60.0%: 24.5 to 41.7 patients.'
    """
    title = say("chart.expected_patients", lang)
    seen = records(rates, ["RATE", "EN"])
    if not seen:
        return nobody(title=title, subject=subject, lang=lang)
    for row in seen:
        row["AT"] = f"{wording.percent(row['RATE'], lang)}{wording.percent_sign(lang)}"
        row["TIP"] = wording.decimal(row["EN"], 1, lang)
    marks = [{"RATE": rate, "TEXT": text} for text, rate in (("p0", p0), ("p1", p1)) if rate is not None]
    x = alt.X("RATE:Q", title=say("axis.true_rate", lang), axis=alt.Axis(labelExpr=PERCENT_AXIS))
    y = alt.Y("EN:Q", title=say("axis.expected_patients", lang), scale=alt.Scale(zero=True))
    rules = alt.Chart(named(f"{name}_marks"))
    layers = [
        rules.mark_rule(color=GREY, strokeDash=[2, 3]).encode(x=x),
        rules.mark_text(align="left", dx=3, baseline="top", color=INK).encode(
            x=x, y=fixed("y", 2), text=alt.Text("TEXT:N")
        ),
        alt.Chart(named(f"{name}_rates"))
        .mark_line(strokeWidth=2, color=PALETTE[0])
        .encode(x=x, y=y, tooltip=tooltip({"AT": "RATE", "TIP": "EN"}, lang)),
    ]
    ends = {"least": seen[0], "most": seen[-1]}
    said = {f"{end}_{key}": row[field] for end, row in ends.items() for key, field in (("rate", "AT"), ("en", "TIP"))}
    alternative = say("alt.expected_patients", lang, **said)
    data = {f"{name}_rates": seen, f"{name}_marks": marks}
    return finished(layers, data, title=title, subject=wording.label(subject, lang), alternative=alternative)
