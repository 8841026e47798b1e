"""Tables: every number has its key, every text of the data is escaped, the same page on every run."""

from __future__ import annotations

import inspect
import re
from functools import cache
from html.parser import HTMLParser

import great_tables
import numpy as np
import pandas as pd
import pytest
from tests.seen import examples

from ir5nb import analyses, charts, source, tables, wording
from ir5nb.plan import CohortPlan
from ir5nb.schema import RESULT_KEY, RESULTS
from ir5nb.tables.numbers import Numbers

EMPTY = pd.DataFrame(columns=list(RESULTS))
BAD = "<script>alert('x')</script><img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """Collect the keyed spans, the ids, and the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.spans: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.open: tuple[str, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        if "data-key" in found:
            self.open = (found["data-key"], found["data-form"])

    def handle_data(self, data):
        if self.open:
            self.spans.append((*self.open, data))
            self.open = None


def markup(table) -> str:
    return table._repr_html_()


@cache
def shown(name: str, lang: str = "en") -> str:
    """Render one of the example tables once."""
    return markup(RESULT_TABLES[name](RESULT_FRAMES[name](), lang=lang))


def result(**parts: object) -> dict[str, object]:
    """A row of the results: text where none is given, no value."""
    return dict.fromkeys(RESULTS, "") | {"value": float("nan")} | parts


def keys(results: pd.DataFrame) -> dict[str, object]:
    return {tables.key_of(row): row["value"] for row in results.to_dict("records")}


RESULT_TABLES = {
    "headline": lambda r, **k: tables.headline("Positive.", r, **k),
    "design": tables.design,
    "operating_characteristics": tables.operating_characteristics,
    "decision": tables.decision,
    "monitoring": tables.monitoring,
    "analysis_sets": tables.analysis_sets,
    "baseline": tables.baseline,
    "exposure": tables.exposure,
    "primary_categories": tables.primary_categories,
    "disposition": tables.disposition,
    "primary_estimates": tables.primary_estimates,
    "readings": lambda r, **k: tables.readings(examples.panel(), r, **k),
    "best_response": tables.best_response,
    "time_to_event": tables.time_to_event,
    "censoring": tables.censoring,
    "agreement": tables.agreement,
    "accrual": tables.accrual,
}
RESULT_FRAMES = {
    "headline": examples.primary,
    "design": examples.design,
    "operating_characteristics": examples.operating,
    "decision": examples.decision,
    "monitoring": examples.monitoring,
    "analysis_sets": examples.sets,
    "baseline": examples.baseline,
    "exposure": examples.exposure,
    "primary_categories": examples.categories,
    "disposition": examples.sets,
    "primary_estimates": examples.primary,
    "readings": examples.panel_results,
    "best_response": examples.response,
    "time_to_event": examples.times,
    "censoring": examples.censoring,
    "agreement": examples.sets,
    "accrual": examples.accrual_results,
}


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(RESULT_TABLES))
def test_every_keyed_number_is_the_result_with_that_key(name, lang):
    results = RESULT_FRAMES[name]()
    values = keys(results)
    spans = Page(shown(name, lang)).spans
    assert len({key for key, _, _ in spans}) >= min(3, len(results))
    for key, form, text in spans:
        assert text == wording.shown(values[key], form, lang), key


@pytest.mark.parametrize(
    "name", ["analysis_sets", "primary_categories", "best_response", "time_to_event", "readings", "design", "accrual"]
)
def test_every_result_is_printed(name):
    results = RESULT_FRAMES[name]()
    printed = {key for key, _, _ in Page(shown(name)).spans}
    assert set(keys(results)) <= printed


CHANGES = [("design", "p0"), ("primary_estimates", "umvue"), ("best_response", "lower"), ("baseline", "mean")]


@pytest.mark.parametrize(("name", "statistic"), CHANGES)
def test_one_changed_number_changes_the_table(name, statistic):
    results = RESULT_FRAMES[name]()
    place = results.index[results["statistic"] == statistic][0]
    results.loc[place, "value"] = results.loc[place, "value"] + 0.1
    assert markup(RESULT_TABLES[name](results)) != shown(name)


def test_numbers_outside_spans_are_labels_only():
    page = markup(tables.primary_categories(examples.categories()))
    body = re.sub(r"<span data-key.*?</span>", "", page[page.index("<tbody") : page.index("</tbody>")])
    assert not re.search(r"\d", re.sub(r"<[^>]*>", "", body))


def test_same_page_twice_with_fixed_unique_ids():
    first, again = examples.all_tables(), examples.all_tables.__wrapped__()
    outer = []
    for name, table in first.items():
        page = markup(table)
        assert page == markup(again[name]), name
        ids = Page(page).ids
        assert len(ids) == len(set(ids)), name
        outer.append(ids[0])
    assert len(outer) == len(set(outer))


def test_text_of_a_table_has_no_address_and_no_markup():
    for table in examples.all_tables().values():
        assert not re.search(r"0x[0-9a-f]{6}|<span|<div", repr(table))


def test_text_of_the_data_stays_text():
    results = examples.frame(
        *examples.part(BAD, 1, 2, endpoint=BAD), examples.row("total", 2), examples.row("p0", 0.4, method=BAD, note=BAD)
    )
    person = pd.DataFrame({"USUBJID": [BAD], "STATUS": [BAD], "reason": [BAD * 2], "FILE": [BAD], "PROBLEM": [BAD]})
    facts = pd.DataFrame(
        {"SECTION": [BAD], "ITEM": [BAD], "VALUE": [BAD], "DETAIL": [BAD], "ENTRY": [BAD], "WHY": [BAD]}
    )
    panel = pd.DataFrame({"READING": [BAD], "LABEL": [BAD], "DECISION": [BAD], "DEFAULT": [True]})
    footing = tables.Footing(cutoff=BAD, assumed=(BAD,), draft=BAD, notes=(BAD,), population=BAD)
    pages = [
        tables.summary(results, BAD, columns="endpoint", stub=BAD, footing=footing),
        tables.design(results, footing=footing),
        tables.listing(person, BAD, footing=footing),
        tables.queries(person),
        tables.week24_listing(person),
        tables.provenance(facts),
        tables.assumed_values(facts),
        tables.readings(panel, EMPTY),
        tables.headline(BAD, results, footing=footing, id=BAD),
    ]
    for page in pages:
        found = Page(markup(page))
        assert not {"script", "img"} & found.tags
        assert "&lt;script&gt;" in markup(page)


def test_footnotes_name_population_cutoff_and_method():
    page = str(repr(tables.primary_categories(examples.categories(), footing=examples.FOOTING)))
    assert "Population: Treated." in page
    assert "Data cut-off: 2026-06-30." in page
    assert "Method: Jung & Kim 2004" in repr(tables.decision(examples.decision())).replace("stage-wise order; ", "")


def test_badges_are_words():
    page = markup(tables.design(examples.design(), footing=examples.FOOTING))
    assert ">ASSUMED</span>" in page
    assert ">DRAFT</span>" in page
    assert "ASSUMED values behind these numbers: design.p0, design.p1." in page
    french = markup(tables.design(examples.design(), footing=examples.FOOTING, lang="fr"))
    assert ">HYPOTHÈSE</span>" in french
    assert "ASSUMED" not in markup(tables.design(examples.design()))


def test_french_has_decimal_commas_and_french_labels():
    page = repr(tables.primary_estimates(examples.primary(), lang="fr"))
    assert "Sans biais en médiane | 56,0\u202f%" in page.replace(" \u202f", "\u202f").replace("56,0 ", "56,0")
    assert "Unbiased" not in page


def test_empty_cohort_says_zero_of_n():
    rows = [examples.row("total", 0), *examples.part("treated", 0, 0, endpoint="analysis_sets")]
    page = repr(tables.analysis_sets(examples.frame(*rows)))
    assert "N = 0" in page
    assert re.search(r"Treated \| 0 \( – +\)", page)


@pytest.mark.parametrize("name", sorted(RESULT_TABLES))
def test_no_results_render_a_whole_table(name):
    assert markup(RESULT_TABLES[name](EMPTY)).strip().endswith(("</div>", "</section>"))


def test_median_of_nobody_is_not_called_not_reached():
    key = {"endpoint": "OS"}
    nobody = examples.frame(examples.row("total", 0, **key), examples.row("median", None, "days", **key))
    some = examples.frame(examples.row("total", 4, **key), examples.row("median", None, "days", **key))
    assert "not reached" not in repr(tables.time_to_event(nobody))
    assert "Median, months | not reached" in repr(tables.time_to_event(some))


def test_a_missing_limit_is_not_mistaken_for_a_range():
    page = repr(tables.time_to_event(examples.times()))
    assert re.search(r"50\.0 % \( +40\.0 , – +\)", page)


def test_an_estimate_without_limits_stands_alone():
    rows = [result(statistic="estimate", value=0.754), result(statistic="lower"), result(statistic="upper")]
    numbers = Numbers(pd.DataFrame(rows), "en")
    assert re.sub(r"<[^>]*>", "", numbers.estimate_cell({}, "estimate")) == "75.4%"


def test_a_masked_count_of_the_card_is_a_star_that_is_explained():
    rows = [
        result(statistic="pending", value=0, unit="patients"),
        result(statistic="not_evaluable", unit="patients", note="failure"),
        result(statistic="untreated", unit="patients"),
    ]
    told = repr(tables.headline("Stop.", pd.DataFrame(rows)))
    assert "not evaluable: * (counted as failures); included but not treated: *." in told
    assert told.splitlines()[-1].startswith("*: not shown in the share edition")
    assert "share edition" not in repr(tables.headline("Stop.", pd.DataFrame(rows).fillna({"value": 3})))


def test_a_shortened_safety_table_keeps_the_rows_of_most_patients():
    counts = {("", ""): 9, ("A", ""): 8, ("A", "a1"): 8, ("A", "a2"): 1, ("B", ""): 7, ("B", "b1"): 7, ("B", "b2"): 2}
    rows = [
        result(cohort="TOTAL", endpoint=system, group=term, statistic="count", value=count, unit="patients")
        for (system, term), count in counts.items()
    ]
    told = repr(tables.ae_terms(pd.DataFrame(rows), most=5, events=False))
    assert [name for name in ("a1", "a2", "b1", "b2") if name in told] == ["a1", "b1"]
    assert "2 further rows, none with more patients in the last column" in told


def test_visits_are_not_called_patients():
    rows = [result(endpoint="visits", group="agree", statistic="count", value=249, unit="visits")]
    assert "Characteristic | Visits, n (%)" in repr(tables.agreement(pd.DataFrame(rows)))


def test_a_table_of_nothing_assumes_nothing():
    told = repr(tables.monitoring(EMPTY, footing=tables.Footing(assumed=("p0",), draft="2 pending")))
    assert "No chance to give: the decision is taken" in told
    assert "ASSUMED" not in told
    assert "DRAFT" not in told


def test_centres_put_together_are_no_line_of_their_own():
    rows = [
        result(endpoint="accrual", statistic="total", value=48, unit="patients"),
        result(endpoint="centre", group="all centres", statistic="count", value=48, unit="patients"),
    ]
    told = repr(tables.accrual(pd.DataFrame(rows)))
    assert told.splitlines()[0] == "Accrual against the plan"
    assert "centre" not in told.lower()


def test_ambiguous_results_are_refused():
    twice = examples.frame(examples.row("umvue", 0.5, reading="A3:28"), examples.row("umvue", 0.6, reading="A3:0"))
    with pytest.raises(ValueError, match="2 results of 'umvue' match"):
        tables.primary_estimates(twice)


def test_default_reading_is_the_one_shown():
    both = examples.frame(examples.row("umvue", 0.5), examples.row("umvue", 0.6, reading="A3:0"))
    assert [text for _, _, text in Page(markup(tables.primary_estimates(both))).spans] == ["50.0"]


def test_absent_columns_are_named():
    with pytest.raises(ValueError, match=r"lack the columns \['unit', 'method', 'note'\]"):
        tables.design(pd.DataFrame(columns=[*RESULT_KEY, "value"]))


def test_inputs_are_not_changed():
    results = examples.times()
    before = results.copy(deep=True)
    tables.time_to_event(results)
    pd.testing.assert_frame_equal(results, before)


def test_every_public_function_has_the_common_keywords():
    functions = [getattr(tables, name) for name in tables.__all__ if inspect.isfunction(getattr(tables, name))]
    assert len(functions) > 20
    for function in functions:
        if function is not tables.key_of:
            assert {"footing", "lang", "id"} <= set(inspect.signature(function).parameters), function


def test_tables_are_great_tables_with_named_scroll_boxes():
    table = tables.design(examples.design())
    assert isinstance(table, great_tables.GT)
    assert '<div id="design" role="region" aria-labelledby="design-title" tabindex="0"' in markup(table)
    assert "<th" in markup(table)
    assert not re.search(r"<th[^>]*></th>", markup(table))


def test_nan_key_parts_join_as_empty():
    row = dict.fromkeys(RESULT_KEY, "") | {"cohort": "c3", "time": np.nan, "group": None}
    assert tables.key_of(row) == "c3|||||||"


@pytest.mark.parametrize(("statistic", "words"), [("alpha", "is above the planned 0.0500"), ("power", "is below the")])
def test_the_card_says_that_a_design_breaks_its_plan(statistic, words):
    rows = [result(statistic=f"{statistic}_exact", value=0.1596)]
    assert "Caution" not in repr(tables.headline("Positive.", pd.DataFrame(rows)))
    rows.append(result(statistic=f"{statistic}_missed", value=0.05))
    card = repr(tables.headline("Positive.", pd.DataFrame(rows)))
    assert "Caution" in card
    assert "0.1596" in card
    assert words in card


def test_a_plan_whose_rates_alone_were_changed_is_found_out():
    plan = CohortPlan.load("c4_atc", {"p0": 0.45, "p1": 0.5})
    cohort = analyses.derive(source.read(plan.data, plan.mapping).as_of(plan.cutoff), plan)
    told = analyses.headline(cohort).results.set_index("statistic")["value"]
    assert told["alpha_missed"] == plan.alpha < told["alpha_exact"]
    assert told["power_missed"] == plan.power > told["power_exact"]


def test_a_chart_left_out_of_the_share_edition_says_so():
    left = pd.DataFrame()
    left.attrs["edition"] = "share"
    assert "Left out of the share edition" in charts.ae_onset(left).to_dict()["description"]
    assert "No patients" in charts.ae_onset(pd.DataFrame()).to_dict()["description"]
