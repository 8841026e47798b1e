"""A long table of terms in the page a reader opens: every row is there, painted and reached (timed in benchmarks)."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
from playwright.sync_api import Browser

from ir5nb.analyses.safety import sorted_rows, term_rows
from ir5nb.analyses.safety_counts import Groups
from ir5nb.analyses.safety_rows import counted, tidy
from ir5nb.render.page import page
from ir5nb.tables import ae_terms

TERMS, PATIENTS = 600, 40


def test_a_table_of_six_hundred_terms_opens_and_is_usable(browser: Browser, tmp_path: Path) -> None:
    who = [f"P{number % PATIENTS:02d}" for number in range(TERMS)]
    named = {"AEBODSYS": [f"System {number % 20:02d}" for number in range(TERMS)],
             "AEDECOD": [f"Term {number:03d}" for number in range(TERMS)]}  # fmt: skip
    events = pd.DataFrame({"USUBJID": who, **named})
    patients = pd.Series(sorted(set(who)))
    groups = Groups.of(patients, {"PM": list(patients[:20]), "TOTAL": list(patients)})
    rows = sorted_rows(term_rows(events, groups), order="frequency", by="TOTAL")
    found = tidy("ae_terms_any", rows["GROUP"], counted(rows), endpoint=rows["AEBODSYS"], group=rows["AEDECOD"])
    table = ae_terms(found, most=1_000, events=False).as_raw_html()
    output = nbformat.v4.new_output("display_data", {"text/html": table})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("table", outputs=[output])])
    place = tmp_path / "page.html"
    place.write_text(page(notebook, "Adverse events", "en"), encoding="utf-8")
    tab = browser.new_page()
    tab.goto(place.as_uri(), timeout=20_000)
    tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0", timeout=20_000)
    drawn = tab.locator("tbody tr")
    assert drawn.count() == 1 + 20 + TERMS
    last = drawn.last
    last.scroll_into_view_if_needed()
    assert "Term 599" in last.inner_text()
    box = last.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < tab.evaluate("innerHeight")
    tab.close()
