"""What a run leaves: the page, the executed notebook, the results and the manifest, all saying the same."""

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from ir5nb import wording
from ir5nb.schema import RESULT_KEY, RESULTS

REPORTS = sorted(path.stem for path in (Path(__file__).parents[2] / "params").glob("*.yaml"))


class Tagged(HTMLParser):
    """Collects the text of every element with a data-key."""

    def __init__(self) -> None:
        super().__init__()
        self.open: tuple[str, str] | None = None
        self.found: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "data-key" in given:
            self.open = (given["data-key"] or "", given.get("data-form") or "")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.found.append((*self.open, data))
            self.open = None


def test_the_folder_holds_what_the_readme_promises(demo_run: Path) -> None:
    pages = {f"{stem}.{ending}" for stem in REPORTS for ending in ("html", "ipynb")}
    tables = {f"{name}.{ending}" for name in ("results", "pooled_safety") for ending in ("parquet", "csv")}
    assert {path.name for path in demo_run.iterdir()} == pages | tables | {"manifest.json"}


def test_results_are_tidy_and_the_csv_says_the_same(demo_run: Path) -> None:
    results = pd.read_parquet(demo_run / "results.parquet")
    assert list(results.columns) == list(RESULTS)
    assert not results.duplicated(list(RESULT_KEY)).any()
    assert len(results) > 300
    copy = pd.read_csv(demo_run / "results.csv", keep_default_na=False, dtype=str)
    values = [float(text) if text else None for text in copy["value"]]
    assert values == [value if pd.notna(value) else None for value in results["value"]]
    assert copy[list(RESULT_KEY)].to_numpy().tolist() == results[list(RESULT_KEY)].to_numpy().tolist()


@pytest.mark.parametrize("stem", REPORTS)
def test_every_tagged_number_of_the_page_is_the_result_with_its_key(demo_run: Path, stem: str) -> None:
    results = pd.read_parquet(demo_run / ("pooled_safety.parquet" if stem == "pooled_safety" else "results.parquet"))
    values = {"|".join(map(str, key)): value for *key, value in results[[*RESULT_KEY, "value"]].to_numpy().tolist()}
    page = Tagged()
    page.feed((demo_run / f"{stem}.html").read_text(encoding="utf-8"))
    assert len(page.found) > 200
    for key, form, text in page.found:
        assert key in values, f"the page prints {text!r} under a key that is no result: {key}"
        assert wording.shown(values[key], form, "en") == text, key


def test_the_manifest_tells_where_the_numbers_come_from(demo_run: Path) -> None:
    manifest = json.loads((demo_run / "manifest.json").read_text(encoding="utf-8"))
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((demo_run / name).read_bytes()).hexdigest() == digest
    assert set(manifest["source"]) >= {"dm.csv", "ex.csv", "rs.csv", "tr.csv"}
    assert manifest["plans"]["c3_tet"]["p0"] == 0.4
    assert "p0" in manifest["assumed"]["c3_tet"]
    assert re.fullmatch(r"[0-9a-f]{40}|unknown", manifest["commit"]["id"])


@pytest.mark.parametrize("stem", REPORTS)
def test_the_page_names_no_address_to_load_from(demo_run: Path, stem: str) -> None:
    page = (demo_run / f"{stem}.html").read_text(encoding="utf-8")
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)[^"']+""", markup)
    assert "default-src 'none'" in page
    assert "unsafe-eval" not in page


def test_two_runs_on_the_same_inputs_are_equal_to_the_byte(demo_run: Path, ir5nb) -> None:
    again = ir5nb("run", "c2", "--out", demo_run.parent, "--run", "again")
    assert again.returncode == 0, again.stderr
    for name in ("c2_gtt.html", "c2_gtt.ipynb"):
        assert (demo_run / name).read_bytes() == (demo_run.parent / "again" / name).read_bytes(), name
    every = pd.read_parquet(demo_run / "results.parquet")
    assert "pooled" not in "".join(every["analysis"].unique())
    alone = pd.read_parquet(demo_run.parent / "again" / "results.parquet")
    pd.testing.assert_frame_equal(every[every["cohort"].eq("GTT")].reset_index(drop=True), alone)
