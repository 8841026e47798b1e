"""Every chart of the demo's notebooks, and every kind of chart, follows the schema of Vega-Lite.

A run does not check them again (`charts.Chart`). The notebooks' outputs are what they print today: nbval holds that.
"""

import json
from pathlib import Path

import altair as alt
import pytest
from jsonschema import ValidationError
from tests.seen import examples

from ir5nb import charts

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def drawn(notebook: Path) -> list[dict]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", ())]
    return [data[charts.MIME] for data in shown if charts.MIME in data]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_charts_of_the_demo_follow_the_schema(notebook: Path) -> None:
    found = drawn(notebook)
    assert len(found) > 3
    for chart in found:
        alt.LayerChart.validate(chart)


def test_every_kind_of_chart_follows_the_schema() -> None:
    for chart in examples.all_charts("en").values():
        assert chart.to_dict(validate=True)["layer"]


def test_a_chart_against_the_schema_is_found() -> None:
    """Only when it is asked for: what is shown is not checked."""
    chart = charts.flow(examples.flow())
    chart.height = "tall"
    assert chart.to_dict()["height"] == "tall"
    with pytest.raises(ValidationError, match="tall"):
        chart.to_dict(validate=True)
