"""Text of adverse events stays text: in the page, in the numbers, in a spreadsheet (issue 6, "Must show" 6)."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pandas as pd
import pytest

from ir5nb import charts, wording
from ir5nb.analyses.safety import sorted_rows, term_rows
from ir5nb.analyses.safety_counts import Groups
from ir5nb.analyses.safety_rows import counted, tidy
from ir5nb.tables import ae_overview, ae_terms

HOSTILE = (
    "<script>alert(1)</script>", '=HYPERLINK("http://x","y")', "{{7*7}}", "{kind}", "%s", "\u202egnp.exe", "a|b",
    '"><img src=x onerror=alert(1)>', "x" * 10_000, "</bdi></table>", "'; DROP TABLE ae; --", "@SUM(A1)",
)  # fmt: skip


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    groups = Groups.of(pd.Series(["1"]), {"PM": ["1"], "TOTAL": ["1"]})
    events = pd.DataFrame({"USUBJID": "1", "AEBODSYS": [f"S {text}" for text in HOSTILE], "AEDECOD": list(HOSTILE)})
    rows = sorted_rows(term_rows(events, groups), order="frequency", by="TOTAL")
    numbers = {**counted(rows), "events": (rows["EVENTS"], "events")}
    return tidy("ae_terms_any", rows["GROUP"], numbers, endpoint=rows["AEBODSYS"], group=rows["AEDECOD"])


def test_the_page_shows_every_text_and_runs_none(results: pd.DataFrame) -> None:
    page = ae_terms(results).as_raw_html()
    for forbidden in ("<script", "<img", "</bdi></table>", "49"):
        assert forbidden not in page.replace("&lt;", "[lt]").replace(page[: page.index("<table")], "")
    shown = [unescape(text) for text in re.findall(r"<bdi[^>]*>(.*?)</bdi>", page, re.DOTALL)]
    assert set(HOSTILE) <= set(shown)
    assert {f"S {text}" for text in HOSTILE} <= set(shown)


def test_a_right_to_left_mark_ends_with_its_text(results: pd.DataFrame) -> None:
    page = ae_terms(results).as_raw_html()
    assert re.search(r"<bdi[^>]*>\u202egnp\.exe</bdi>", page)


def test_text_of_the_title_is_escaped(results: pd.DataFrame) -> None:
    assert "<script" not in ae_terms(results, kind="<script>x</script>").as_raw_html()
    row = results.iloc[:1].assign(cohort="<script>x</script>", endpoint="overview", group="<b>")
    page = ae_overview(row).as_raw_html()
    assert "<script>x" not in page
    assert "<b>" not in page


def test_a_spreadsheet_runs_nothing_of_the_results(results: pd.DataFrame) -> None:
    out = io.StringIO()
    safe = results.map(wording.csv_safe)
    safe.to_csv(out, index=False)
    for row in csv.reader(io.StringIO(out.getvalue())):
        assert not [cell for cell in row if cell.startswith(("=", "@", "+"))]
    again = pd.read_csv(io.StringIO(out.getvalue()), keep_default_na=False)
    assert '\'=HYPERLINK("http://x","y")' in set(again["group"])


def test_charts_hold_the_text_as_data_only() -> None:
    dots = pd.DataFrame(
        {"AEDECOD": list(HOSTILE), "GROUP": "'] || alert(1)", "TOTAL": 1, "LEVEL": "2", "N": 1, "SHARE": 1.0}
    )
    drawn = charts.ae_dots(dots, total="'] || alert(1)").to_dict()
    assert {row["AEDECOD"] for row in drawn["datasets"]["ae_dots_terms"]} == set(HOSTILE)
    bare = dict(drawn, datasets={})
    expressions = re.findall(r"'labelExpr': (.*?)[,}] '", str(bare))
    assert expressions
    assert all("<script" not in text for text in expressions)
    heat = pd.DataFrame({"USUBJID": "1", "AEDECOD": list(HOSTILE), "ALEVEL": "2", "GROUP": "PM"})
    assert {row["AEDECOD"] for row in charts.ae_heat(heat).to_dict()["datasets"]["ae_heat_tiles"]} == set(HOSTILE)
