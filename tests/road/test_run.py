"""What a run leaves: the page, the executed notebook, the results and the manifest, all saying the same."""

import hashlib
import json
import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from ir5nb import wording
from ir5nb.render import record
from ir5nb.schema import RESULT_KEY, RESULTS

DERIVED = ("adae", "adex", "adhcg", "adrs", "adsl", "adtte", "adwk24")
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
    reports = {f"{stem}.{ending}" for stem in REPORTS for ending in ("html", "pdf", "docx", "ipynb")}
    tables = {f"{name}.{ending}" for name in ("results", "pooled_safety") for ending in ("parquet", "csv")}
    whole = {"index.html", "manifest.json", "records.parquet", "derived", "figures"}
    assert {path.name for path in demo_run.iterdir()} == reports | tables | whole
    cohorts = [stem for stem in REPORTS if stem != "pooled_safety"]
    assert sorted(path.name for path in (demo_run / "derived").iterdir()) == cohorts
    for stem in cohorts:
        files = {path.name for path in (demo_run / "derived" / stem).iterdir()}
        assert files == {f"{name}.{ending}" for name in DERIVED for ending in ("parquet", "xpt")}
    for stem in REPORTS:
        figures = {path.name for path in (demo_run / "figures").glob(f"{stem}-*")}
        assert figures
        assert {Path(name).stem for name in figures if name.endswith(".svg")} == {
            Path(name).stem for name in figures if name.endswith(".png")
        }
    assert (demo_run.parent / "latest").resolve().parent == demo_run.parent.resolve()


def test_records_name_each_source_record_once_and_tell_when_it_changes(demo_run: Path) -> None:
    records = pd.read_parquet(demo_run / "records.parquet")
    assert list(records) == ["DOMAIN", "USUBJID", "SEQ", "HASH"]
    assert not records.duplicated(["DOMAIN", "USUBJID", "SEQ"]).any()
    with resources.as_file(resources.files("ir5nb") / "demo") as demo:
        counted = {
            path.stem.upper(): len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in demo.glob("*.csv")
        }
    assert records.groupby("DOMAIN").size().sub(pd.Series(counted)).le(0).all()  # none but what is delivered by the cut
    frame = pd.DataFrame({"USUBJID": ["A", "B"], "AETERM": ["x", None], "AESEQ": [1, 2]})
    one, other = record.records({"AE": frame}), record.records({"AE": frame.assign(AETERM=["x", "y"])})
    assert one["HASH"].eq(other["HASH"]).tolist() == [True, False]
    moved = record.records({"AE": frame.iloc[[1, 0]].assign(AESEQ=[1, 2])})  # the row, not its place, is hashed
    assert moved["HASH"].tolist() == one["HASH"].tolist()[::-1]
    assert list(record.records({"AE": frame.iloc[:0]})) == list(one)


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
    assert {*manifest["files"], "manifest.json"} == {
        path.relative_to(demo_run).as_posix() for path in demo_run.rglob("*") if path.is_file()
    }
    assert manifest["edition"] == "full"
    assert manifest["data"] == dict.fromkeys(REPORTS, "demo")
    assert manifest["readings"]["c3_tet"]["window_days"] == str(manifest["plans"]["c3_tet"]["window_days"])
    assert manifest["reused"] == []
    assert set(manifest["seconds"]) == {*REPORTS, "run"}
    for stem in REPORTS:
        assert f"{stem}.html" in manifest["reports"][stem]["files"]


@pytest.mark.parametrize("stem", REPORTS)
def test_the_page_names_no_address_to_load_from(demo_run: Path, stem: str) -> None:
    page = (demo_run / f"{stem}.html").read_text(encoding="utf-8")
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)[^"']+""", markup)
    assert "default-src 'none'" in page
    assert "unsafe-eval" not in page


def test_two_runs_on_the_same_inputs_are_equal_to_the_byte(demo_run: Path, ir5nb) -> None:
    """Page, documents, figures, derived tables, results: all of them; the manifest but for how long it took."""
    again = ir5nb("run", "c2", "--out", demo_run.parent, "--run", "again")
    assert again.returncode == 0, again.stderr
    other = demo_run.parent / "again"
    files = [
        path for path in sorted(other.rglob("*")) if path.is_file() and "c2_gtt" in path.relative_to(other).as_posix()
    ]
    assert {path.suffix for path in files} == {".html", ".ipynb", ".pdf", ".docx", ".svg", ".png", ".parquet", ".xpt"}
    for path in files:
        assert path.read_bytes() == (demo_run / path.relative_to(other)).read_bytes(), path.name
    for name in ("records.parquet",):
        assert (demo_run / name).read_bytes() == (other / name).read_bytes()
    every = pd.read_parquet(demo_run / "results.parquet")
    assert "pooled" not in "".join(every["analysis"].unique())
    alone = pd.read_parquet(other / "results.parquet")
    pd.testing.assert_frame_equal(every[every["cohort"].eq("GTT")].reset_index(drop=True), alone)
    one, two = (json.loads((place / "manifest.json").read_text(encoding="utf-8")) for place in (demo_run, other))
    assert one["reports"]["c2_gtt"] == two["reports"]["c2_gtt"]
    for entry in ("source", "versions", "edition", "mask_below"):
        assert one[entry] == two[entry]
