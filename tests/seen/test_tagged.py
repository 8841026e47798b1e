"""Each number printed on a page is the row of the results with its key, and no number of a table is without one."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from tests.seen import kernelless

from ir5nb import tables, wording
from ir5nb.schema import RESULT_KEY

# The page's sanitiser puts attributes in another order than the notebook has them.
SPAN = re.compile(r'<span (?=[^>]*data-key="([^"]*)")(?=[^>]*data-form="([^"]*)")[^>]*>([^<]*)</span>')
TABLE = re.compile(r'<div (?=[^>]*role="region")(?=[^>]*\bid="([^"]+)")[^>]*>.*?</table>', re.DOTALL)
CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{3}")  # three letters: a label, a method, a reading in words
NAMES = re.compile(r"\bA\d+:\S+|\(\d{4}-\d{2}\)")  # ids of readings, the month of a projection
# Lists of records and facts: one row a record, no result is printed there.
LISTS = {
    "week24-listing", "discordance", "queries", "pending", "assumed-values", "provenance", "versions", "ae-late",
    "ae-queries", "imputed-dates", "corrections",
}  # fmt: skip


def results_of(run: Path, stem: str) -> dict[str, float]:
    rows = pd.read_parquet(run / ("pooled_safety.parquet" if stem == "pooled_safety" else "results.parquet"))
    return {tables.key_of(row): row["value"] for row in rows[[*RESULT_KEY, "value"]].to_dict("records")}


def bare_numbers(table: str) -> list[str]:
    """Cells and heads of columns that hold a digit beside what is tagged, and are no label."""
    inner = table[table.index("gt_col_headings") : table.index("</tbody>")]
    left = [unescape(re.sub(r"<[^>]*>", " ", SPAN.sub("", cell))) for cell in CELL.findall(inner)]
    left = [NAMES.sub("", text) for text in left]
    return [text for text in left if re.search(r"(?<![^\W\d_])\d", text) and not WORD.search(text)]  # p0 is a name


def stubs(table: str) -> set[str]:
    """First cells of the rows: levels such as a score of 3 or the centre 07 are names, not results."""
    return {
        unescape(re.sub(r"<[^>]*>", "", cell))
        for cell in re.findall(r'<th[^>]*gt_stub"[^>]*>(.*?)</th>', table, re.DOTALL)
    }


@pytest.mark.parametrize("stem", kernelless.STEMS)
def test_no_number_of_a_table_is_without_its_key(demo_run: Path, stem: str) -> None:
    page = (demo_run / f"{stem}.html").read_text(encoding="utf-8")
    found = {match.group(1): match.group() for match in TABLE.finditer(page)}
    assert len(found) > 12
    for name, table in found.items():
        if name in LISTS:
            assert not SPAN.search(table), name
            continue
        names = {name.strip() for name in stubs(table)}
        assert [text for text in bare_numbers(table) if text.strip() not in names] == [], name
    assert sum(bool(SPAN.search(table)) for table in found.values()) >= len(found) - len(LISTS & set(found)) - 1


@pytest.mark.parametrize("stem", kernelless.STEMS)
def test_the_numbers_of_the_headline_sentence_are_results(demo_run: Path, stem: str) -> None:
    page = (demo_run / f"{stem}.html").read_text(encoding="utf-8")
    if stem == "pooled_safety":
        assert 'class="ir-sentence"' not in page
        return
    sentence = unescape(re.search(r'class="ir-sentence">(.*?)<', page).group(1))
    cohort = CohortOf(stem, demo_run)
    stage, successes, patients = map(
        int, re.match(r"Stage (\d): (\d+) success\w* in (\d+) patients", sentence).groups()
    )
    assert (successes, patients) == (cohort.headline("successes"), cohort.headline("total"))
    bound, size = ("r1", "n1") if stage == 1 else ("r", "n")
    assert f"more than {bound} = {cohort.headline(bound):g} " in sentence
    assert patients <= cohort.headline(size)


class CohortOf:
    """The headline's results of one report."""

    def __init__(self, stem: str, run: Path) -> None:
        page = (run / f"{stem}.html").read_text(encoding="utf-8")
        self.cohort = SPAN.search(page).group(1).split("|")[0]
        self.values = results_of(run, stem)

    def headline(self, statistic: str) -> float:
        return self.values[f"{self.cohort}|headline|treated|default|primary|||{statistic}"]


@pytest.mark.parametrize("stem", kernelless.STEMS)
def test_every_tagged_number_of_a_french_report_is_the_result_with_its_key(demo_run: Path, stem: str) -> None:
    values = results_of(demo_run, stem)
    spans = [span for shown in kernelless.in_language(stem, "fr") for span in SPAN.findall(shown.markup)]
    assert len(spans) > 200
    wrong = [
        (key, text) for key, form, text in spans if unescape(text) != wording.shown(values[unescape(key)], form, "fr")
    ]
    assert wrong == []
    assert any("," in text for _, _, text in spans)
