"""Time and memory of adverse events at 2,000 preferred terms, from 10,000 to 1,000,000 event rows.

Run: python benchmarks/safety.py [ROWS]. Every size is a process of its own, so that its peak memory is its own. CPU
seconds of each step; "page" is the HTML of the term table as the notebook shows it (its first 400 rows) and with all
rows. The page with all rows is then opened in Chromium: wall seconds to the first contentful paint, until it is loaded,
and to jump to its last row and draw it.
"""

from __future__ import annotations

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
from playwright.sync_api import sync_playwright

from ir5nb.analyses import safety
from ir5nb.analyses.safety_counts import Groups
from ir5nb.derive.adverse_events import adae
from ir5nb.derive.ae_levels import GRADES
from ir5nb.derive.ae_queries import queries
from ir5nb.derive.ae_window import window
from ir5nb.render.page import page as page_of
from ir5nb.tables import ae_terms

SIZES = (10_000, 100_000, 1_000_000)
TERMS, SYSTEMS, COHORTS = 2_000, 27, 5
START = np.datetime64("2024-01-09")


def platform(rows):
    """Make patients with ten events each and their records, as text and parsed dates."""
    draw = np.random.default_rng(20240613)
    patients = max(rows // 10, COHORTS)
    ids = np.char.add("P", np.arange(patients).astype(str)).astype(object)
    included = START + draw.integers(0, 300, patients)
    first = included + draw.integers(0, 14, patients)
    last = first + draw.integers(0, 400, patients)
    days = {"INCLDT": included, "TRTSDT": first, "TRTEDT": last}
    dates = {name: pd.Series(day).astype("datetime64[ns]") for name, day in days.items()}
    empty = pd.Series(pd.NaT, index=range(patients)).astype("datetime64[ns]")
    subjects = pd.DataFrame({"USUBJID": ids, "SAFFL": "Y", "DTHDT": empty, "NEWTXDT": empty, "LSTALVDT": empty} | dates)
    who = draw.integers(0, patients, rows)
    term = np.minimum(draw.zipf(1.3, rows) - 1, TERMS - 1)
    onset = pd.Series(included[who] + draw.integers(-5, 700, rows)).astype("datetime64[ns]")
    text = onset.dt.strftime("%Y-%m-%d").astype(object)
    partial = draw.random(rows) < 0.02
    ae = pd.DataFrame(
        {
            "USUBJID": ids[who], "AESEQ": np.arange(rows) + 1, "AETERM": np.char.add("TERM ", term.astype(str)),
            "AEDECOD": np.char.add("Term ", term.astype(str)).astype(object),
            "AEBODSYS": np.char.add("System ", (term % SYSTEMS).astype(str)).astype(object),
            "AETOXGR": draw.choice([None, *GRADES], rows, p=[0.02, 0.5, 0.3, 0.13, 0.04, 0.01]),
            "AESER": draw.choice(["N", "Y"], rows, p=[0.93, 0.07]), "AEREL": draw.choice(["N", "Y"], rows),
            "AESTDTC": text.str.slice(0, 7).where(partial, text), "AESTDT": onset.where(~partial),
        }
    )  # fmt: skip
    return subjects, ae


def steps(rows):
    """Run every step once; seconds of CPU by name, and what the last ones made."""
    seconds = {}

    def timed(name, work):
        start = time.process_time()
        result = work()
        seconds[name] = time.process_time() - start
        return result

    subjects, ae = platform(rows)
    windows = timed("window", lambda: window(subjects))
    events = timed("adae", lambda: adae(ae, subjects, windows, terms={"SOME": ["Term 7"]}))
    listed = timed("queries", lambda: queries(ae, events, subjects))
    ids = subjects["USUBJID"]
    members = {f"C{at}": list(ids[at::COHORTS]) for at in range(COHORTS)} | {"TOTAL": list(ids)}
    groups = Groups.of(ids, members)
    none = ae.iloc[:0]
    made = safety.Safety(subjects.assign(COHORT="C"), windows, events, GRADES, groups, none, none, none, listed)
    terms = timed("system and term", lambda: safety.by_term(made))
    timed("worst grade", lambda: safety.worst_grade(made))
    timed("overview", lambda: safety.overview(made))
    page = timed("page", lambda: ae_terms(terms.results).as_raw_html())
    whole = timed("page, all rows", lambda: ae_terms(terms.results, most=10_000).as_raw_html())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds, peak, len(page), whole, events["AEDECOD"].nunique()


def opened(table):
    """Open the report's page of one table in Chromium; seconds to paint, to load, and to draw the last row."""
    output = nbformat.v4.new_output("display_data", {"text/html": table})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("table", outputs=[output])])
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        path = Path(place) / "page.html"
        path.write_text(page_of(notebook, "Adverse events", "en"), encoding="utf-8")
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page()
        start = time.perf_counter()
        tab.goto(path.as_uri())
        loaded = time.perf_counter() - start
        tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
        paint = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
        start = time.perf_counter()
        tab.locator("tbody tr").last.scroll_into_view_if_needed()
        tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        jump = time.perf_counter() - start
        rows = tab.locator("tbody tr").count()
        browser.close()
    return rows, paint, loaded, jump


def main():
    if len(sys.argv) > 1:
        seconds, peak, page, whole, terms = steps(int(sys.argv[1]))
        told = " ".join(f"| {name} {value:.2f}" for name, value in seconds.items())
        print(f"{int(sys.argv[1]):>9,} rows, {terms:,} terms: {sum(seconds.values()):.1f} s, {peak:,.0f} MB {told}")
        print(f"{'':>9} page {page / 1e6:.1f} MB of its first 400 rows, {len(whole) / 1e6:.1f} MB of all")
        rows, paint, loaded, jump = opened(whole)
        print(f"{'':>9} all {rows:,} rows opened: painted {paint:.2f} s, loaded {loaded:.2f} s, last row {jump:.2f} s")
        return
    for rows in SIZES:
        subprocess.run([sys.executable, __file__, str(rows)], check=True)


if __name__ == "__main__":
    main()
