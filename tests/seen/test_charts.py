"""Charts: data limited and named, text alternatives with the data's own numbers, nothing random, nothing cut."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from itertools import pairwise

import altair as alt
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from tests.seen import examples

from ir5nb import charts
from ir5nb.charts.safety import GRADE_COLOURS
from ir5nb.charts.theme import (
    DASHES,
    MARK_SHAPES,
    PALETTE,
    RESPONSE_COLOURS,
    RESPONSE_DASHES,
    RESPONSE_SHAPES,
    STATUS_SHAPES,
)

NAMES = sorted(examples.all_charts())
NONE = pd.DataFrame()
EMPTY = {
    "accrual": lambda: charts.accrual(NONE),
    "accrual_by_centre": lambda: charts.accrual_by_centre(NONE),
    "kaplan_meier": lambda: charts.kaplan_meier(NONE, NONE, NONE),
    "cumulative_incidence": lambda: charts.cumulative_incidence(NONE),
    "waterfall": lambda: charts.waterfall(NONE),
    "spider": lambda: charts.spider(NONE),
    "swimmer": lambda: charts.swimmer(NONE, NONE),
    "readings_panel": lambda: charts.readings_panel(NONE, p0=0.4),
    "flow": lambda: charts.flow(NONE),
    "hcg_curves": lambda: charts.hcg_curves(NONE, NONE, NONE),
    "operating_curve": lambda: charts.operating_curve(NONE),
}


@cache
def _example(name: str, lang: str) -> dict:
    return examples.all_charts(lang)[name].to_dict()


def spec(chart, lang: str = "en") -> dict:
    return _example(chart, lang) if isinstance(chart, str) else chart.to_dict()


@pytest.mark.parametrize("name", NAMES)
def test_data_sets_have_names_and_every_layer_uses_one(name):
    made = spec(name)
    used = {layer["data"]["name"] for layer in made["layer"] if "data" in layer}
    used |= {made["data"]["name"]} if "data" in made else set()  # altair lifts data all layers share
    assert used == set(made["datasets"])
    assert not [data for data in made["datasets"] if data.startswith("data-")]
    assert "url" not in json.dumps(made["datasets"])


def test_same_chart_twice():
    again = examples.all_charts.__wrapped__()
    assert {name: spec(name) for name in NAMES} == {name: chart.to_dict() for name, chart in again.items()}


@pytest.mark.parametrize("name", NAMES)
def test_floats_are_rounded_and_nothing_follows_the_wheel(name):
    made = spec(name)
    numbers = [value for rows in made["datasets"].values() for row in rows for value in row.values()]
    assert all(value == round(value, 6) for value in numbers if isinstance(value, float))
    assert "params" not in made
    assert made["usermeta"] == {"embedOptions": {"actions": False}}


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("name", NAMES)
def test_alternative_starts_with_title_and_subject(name, lang):
    made = spec(name, lang)
    title = " ".join(made["title"]["text"])
    assert made["description"].startswith(f"{title}. {examples.SUBJECT}. ")
    assert len(made["description"]) > len(title) + len(examples.SUBJECT) + 10


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in ("empty", "flow", "readings_panel", "waterfall")]
)
def test_axes_have_titles(name):
    made = json.dumps(spec(name))
    layers = json.loads(made)["layer"]
    titles = [layer.get("encoding", {}).get(axis, {}).get("title") for layer in layers for axis in ("x", "y")]
    assert len({title for title in titles if title}) >= 2


def test_alternatives_have_the_numbers_of_the_data():
    assert "18 successes, 29 patients with a known status" in spec("stage_plot")["description"]
    assert "3 pending" in spec("stage_plot")["description"]
    waterfall = examples.waterfall()
    below = int((waterfall["PCHG"] <= -30).sum())
    lesions = int((waterfall["NEWLES"] == "Y").sum())
    assert f"{below} at or below −30 %; {lesions} with a new lesion" in spec("waterfall")["description"]
    assert "46 patients, 20 censored" in spec("kaplan_meier")["description"]


@pytest.mark.parametrize("name", sorted(EMPTY))
def test_empty_frames_draw_a_chart_that_says_so(name):
    made = spec(EMPTY[name]())
    assert made["description"].endswith("No patients: nothing to draw")
    assert made["datasets"] == {"nobody": [{"TEXT": "No patients: nothing to draw"}]}


def _panel(**reading: object) -> dict:
    row = {"READING": "A4:interval", "SUCCESSES": None, "N": None, "ESTIMATE": 0.754, "LOWER": None, "UPPER": None}
    row |= {"LABEL": "progression between two assessments (interval-censored)", "DEFAULT": False}
    frame = pd.DataFrame([row | {"DECISION": "no decision: an estimate only"} | reading])
    return spec(charts.readings_panel(frame, p0=0.4))


def test_a_reading_that_counts_nobody_prints_its_estimate():
    made = _panel()
    assert made["datasets"]["readings_panel"][0]["SECOND"].endswith("75.4% → no decision: an estimate only")
    assert "A4:interval 75.4% no decision" in made["description"]


def test_a_reading_prints_the_estimate_that_is_drawn():
    """14 of 18 known are 77.8 %; 14 of all 21 would count the pending as failures. The UMVUE is no share at all."""
    counted = {"SUCCESSES": 14, "N": 21, "PENDING": 3, "ESTIMATE": 14 / 18, "METHOD": "observed rate; exact"}
    assert _panel(**counted)["datasets"]["readings_panel"][0]["SHARE"] == "14/18 (77.8%), 3 pending"
    ended = {"SUCCESSES": 5, "N": 24, "PENDING": 0, "ESTIMATE": 0.355, "METHOD": "UMVUE; stage-wise ordering"}
    assert _panel(**ended)["datasets"]["readings_panel"][0]["SHARE"] == "5/24, UMVUE 35.5%"


def test_a_masked_reading_is_a_star():
    rows = {"READING": ["default", "A5:success"], "SUCCESSES": [5, None], "N": [9, None], "ESTIMATE": [0.55, None]}
    rows |= {"LOWER": [0.3, None], "UPPER": [0.8, None], "DECISION": "stop", "DEFAULT": [True, False], "LABEL": ""}
    made = spec(charts.readings_panel(pd.DataFrame(rows), p0=0.4))
    assert [row["SHARE"] for row in made["datasets"]["readings_panel"]] == ["5/9 (55.6%)", "*"]
    assert made["description"].endswith("a number that would give one away.")
    assert "MASKED" not in json.dumps(made)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_no_text_of_a_chart_is_cut(lang):
    told = json.dumps([spec(name, lang) for name in NAMES], ensure_ascii=False) + json.dumps(_panel())
    assert "…" not in told
    words = _panel()["datasets"]["readings_panel"][0]["FIRST"].split("\n")
    assert " ".join(words).endswith("progression between two assessments (interval-censored)")
    assert max(map(len, words)) <= 52  # a line at 390 px


def test_the_size_legend_names_shares_that_occur_and_never_nothing():
    dots = pd.DataFrame({"AEDECOD": ["Rash", "Cough"], "GROUP": "PM", "TOTAL": 24, "LEVEL": "2", "N": [10, 1]})
    made = spec(charts.ae_dots(dots.assign(SHARE=[10 / 24, 1 / 24]), total="PM"))
    layer = made["layer"][0]["encoding"]
    assert layer["size"]["legend"]["values"] == [0.05, 0.1, 0.2, 0.4]


def test_the_share_edition_tells_of_centres_without_a_bar():
    together = pd.DataFrame({"SITEID": ["all centres"], "OBSERVED": [48]})
    together.attrs["centres"] = 11
    made = spec(charts.accrual_by_centre(together))
    assert made["description"].endswith("48 patients in 11 centres. The share edition shows none of them by itself.")
    assert {layer["mark"]["type"] for layer in made["layer"]} == {"text"}


def test_a_patient_still_on_treatment_is_named_in_the_legend():
    bars = pd.DataFrame({"PATIENT": ["1"], "START": [0], "END": [2.0], "ONGOING": ["Y"]})
    made = spec(charts.swimmer(bars, pd.DataFrame()))
    marks = made["layer"][-1]["encoding"]["shape"]
    assert marks["scale"]["domain"] == ["ONGOING"]
    assert "Treatment ongoing" in marks["legend"]["labelExpr"]


def test_an_accrual_legend_names_drawn_lines_only():
    months = pd.DataFrame({"MONTH": ["2026-01"], "OBSERVED": [1], "PLANNED": [2], "PROJECTED": [None]})
    made = spec(charts.accrual(months))
    assert made["layer"][0]["encoding"]["color"]["scale"]["domain"] == ["observed", "planned"]


def test_empty_stage_plot_keeps_its_boundaries():
    made = spec(charts.stage_plot(NONE, r1=7, n1=16, r=23, n=46))
    assert len(made["datasets"]["stage_bounds"]) == 2
    assert "0 successes, 0 patients" in made["description"]


def test_one_patient_and_all_censored():
    curve = pd.DataFrame({"time": [0.0], "survival": [1.0], "lower": [1.0], "upper": [1.0]})
    made = spec(
        charts.kaplan_meier(
            curve, pd.DataFrame({"time": [4.0], "survival": [1.0]}), pd.DataFrame({"time": [0], "n": [1]})
        )
    )
    assert made["datasets"]["km_curve"][-1]["time"] == 4.0  # drawn to the censoring, not left as a point
    one = pd.DataFrame({"PATIENT": ["1"], "PCHG": [0.0], "BOR": ["SD"], "NEWLES": ["N"]})
    assert "1 patient with a measured change, from 0.0 to 0.0 %" in spec(charts.waterfall(one))["description"]


def test_columns_that_are_not_drawn_stay_out():
    frame = examples.waterfall().assign(USUBJID="secret-id", BRTHDTC="1950-01-01", SITEID="FR01")
    assert "secret-id" not in json.dumps(spec(charts.waterfall(frame)))
    bars, marks = examples.swimmer()
    assert "secret-id" not in json.dumps(
        spec(charts.swimmer(bars.assign(USUBJID="secret-id"), marks.assign(USUBJID="secret-id")))
    )


def test_absent_column_is_named():
    with pytest.raises(ValueError, match=r"lacks the columns \['PCHG'\]"):
        charts.waterfall(examples.waterfall().drop(columns="PCHG"))


def test_text_of_the_data_never_becomes_an_expression():
    marks = pd.DataFrame({"PATIENT": ["1"], "TIME": [1.0], "MARK": ['"}[0] || alert(1) //']})
    bars = pd.DataFrame({"PATIENT": ["1"], "START": [0], "END": [2.0], "ONGOING": ["N"]})
    made = json.dumps(spec(charts.swimmer(bars, marks)))
    expression = json.loads(made)["layer"][-1]["encoding"]["shape"]["legend"]["labelExpr"]
    assert expression.count('"') == 4  # one key and one label, their quotes closed where they were opened
    curve, censored, at_risk = (frame.assign(group="'] || alert(1) //") for frame in examples.km())
    layers = spec(charts.kaplan_meier(curve, censored, at_risk))["layer"]
    filters = [step["filter"] for layer in layers for step in layer.get("transform", [])]
    assert {"field": "group", "equal": "'] || alert(1) //"} in filters
    assert not [text for text in filters if isinstance(text, str) and "alert" in text]


def test_inputs_are_not_changed():
    visits = examples.spider()
    before = visits.copy(deep=True)
    charts.spider(visits)
    pd.testing.assert_frame_equal(visits, before)


def test_kaplan_meier_numbers_at_risk_share_the_axis():
    made = spec("kaplan_meier")
    numbers = [
        layer
        for layer in made["layer"]
        if layer["data"]["name"] == "km_at_risk" and "x" in layer["encoding"] and "field" in layer["encoding"]["x"]
    ]
    line = next(layer for layer in made["layer"] if layer["mark"]["type"] == "line")
    assert numbers[0]["encoding"]["x"]["scale"] == line["encoding"]["x"]["scale"]
    assert numbers[0]["encoding"]["y"]["value"] > made["height"]


def test_renderer_gives_the_specification_and_the_text_alternative():
    chart = examples.all_charts()["spider"]
    bundle, _ = DisplayFormatter().format(chart)
    assert set(bundle) == {charts.MIME, "text/plain"}
    assert charts.MIME == "application/vnd.vegalite.v5+json"
    assert bundle["text/plain"] == spec(chart)["description"]
    assert "$schema" not in bundle[charts.MIME]
    assert bundle[charts.MIME]["width"] == 720  # a container's width hangs JupyterLab
    assert "<" not in bundle["text/plain"]


def test_importing_the_charts_enables_theme_and_renderer():
    code = "import altair as alt, ir5nb.charts; print(alt.renderers.active, alt.theme.active)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ir5nb", "ir5nb"]


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colour_is_never_the_only_sign():
    assert len(set(RESPONSE_SHAPES.values())) == len(RESPONSE_SHAPES) == len(RESPONSE_COLOURS) == len(RESPONSE_DASHES)
    assert len(set(STATUS_SHAPES.values())) == 3
    assert len({tuple(dash) for dash in DASHES}) == len(DASHES)
    assert (
        len({MARK_SHAPES[mark] for mark in ("RESPONSE", "PROGRESSION", "NEW THERAPY", "END OF TREATMENT", "DEATH")})
        == 5
    )


def test_neighbouring_series_differ_in_greyscale():
    # WCAG contrast of the two curves most often drawn together, and of response against growth in a waterfall
    assert _contrast(PALETTE[0], PALETTE[1]) > 1.9
    assert _contrast(RESPONSE_COLOURS["CR"], RESPONSE_COLOURS["SD"]) > 4
    assert _contrast(RESPONSE_COLOURS["PR"], RESPONSE_COLOURS["SD"]) > 2.5


def test_grades_darken_in_greyscale():
    shades = [_luminance(GRADE_COLOURS[grade]) for grade in ("1", "2", "3", "4", "5")]
    assert all((light + 0.05) / (dark + 0.05) > 1.4 for light, dark in pairwise(shades))


def test_altair_version_draws_layers_without_warnings():
    for chart in examples.all_charts("fr").values():
        assert isinstance(chart, alt.LayerChart)
