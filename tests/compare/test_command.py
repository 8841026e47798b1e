"""The command: exit codes, what it prints and writes, and folders that are broken, hostile or shared."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser
from tests.compare.folders import manifest, small
from typer.testing import CliRunner, Result

from ir5nb import compare
from ir5nb.cli import app
from ir5nb.compare import records

HOSTILE = "</style><script>alert(1)</script>"


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["compare", *map(str, words)])


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    old = {"successes": 4.0, "estimate": 0.5, "lower": 0.25, "p_value": np.nan, "upper": np.inf, "naive": 0.1}
    new = {"successes": 5.0, "estimate": 0.5, "upper": np.inf, "p_value": np.nan, "bound": 2.0, "naive": 0.1 + 1e-16}
    return small(tmp_path / "a", old), small(tmp_path / "b", new, {"p0": 0.4})


def test_numbers_of_every_kind(pair: tuple[Path, Path]) -> None:
    done = run(*pair, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    kinds = {row["statistic"]: row["change"] for row in said["numbers"]}
    assert kinds == {"successes": "changed", "bound": "added", "lower": "vanished", "naive": "noise"}
    assert said["counts"]["numbers"]["same"] == 3  # equal, missing in both, infinite in both
    assert said["settings"] == [{"SECTION": "plan", "REPORT": "c3_tet", "KEY": "p0", "OLD": "absent", "NEW": "0.4"}]
    assert "no derived tables" in " ".join(said["notes"])


def test_a_decision_in_other_words_is_shown(tmp_path: Path) -> None:
    folders = [small(tmp_path / name, {"successes": 4.0}) for name in ("a", "b")]
    frame = pd.read_parquet(folders[1] / "results.parquet").assign(note="stop for futility")
    frame.to_parquet(folders[1] / "results.parquet", index=False)
    row = json.loads(run(*folders, "--json").stdout)["numbers"]
    assert [(r["change"], r["note_old"], r["note_new"]) for r in row] == [("reworded", "", "stop for futility")]


@pytest.fixture(scope="module")
def written(cuts: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the command writes for the two cuts."""
    place = tmp_path_factory.mktemp("written") / "out"
    done = run(cuts["march"], cuts["june"], "--out", place)
    assert done.exit_code == 0, done.output
    (place.parent / "said").write_text(done.stdout, encoding="utf-8")
    return place


def test_out_holds_the_page_and_the_tables(written: Path, cuts: dict[str, Path], tmp_path: Path) -> None:
    tables = {
        f"{name}.{kind}" for name in ("numbers", "patients", "records", "settings") for kind in ("csv", "parquet")
    }
    assert {path.name for path in written.iterdir()} == tables | {"compare.html"}
    said = (written.parent / "said").read_text(encoding="utf-8")
    assert f"{written / 'compare.html'}\n" in said
    patients = pd.read_parquet(written / "patients.parquet")
    for name in patients.query("PARAMCD == 'WEEK24' and READING == 'default' and CHANGE == 'moved'")["USUBJID"]:
        assert name in said
    again = run(cuts["march"], cuts["june"], "--out", tmp_path / "again")
    assert again.exit_code == 0
    for path in written.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_in_a_browser(written: Path, browser: Browser, width: int) -> None:
    page = browser.new_context(viewport={"width": width, "height": 900}, offline=True).new_page()
    requests: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.goto((written / "compare.html").as_uri())
    assert len(requests) == 1
    assert messages == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    moved = pd.read_parquet(written / "patients.parquet")
    expected = moved.query("PARAMCD == 'WEEK24' and READING == 'default' and CHANGE == 'moved'")
    shown = page.locator("#week24-moved tbody tr").all_inner_texts()
    assert [row.split("\t")[0].strip() for row in shown] == ["c3_tet", *expected["USUBJID"]]
    fold = page.locator("details.more").last
    assert not fold.locator("table").is_visible()
    fold.locator("summary").click()
    assert fold.locator("table").is_visible()
    page.context.close()


def test_text_of_the_data_stays_text(tmp_path: Path, browser: Browser) -> None:
    folders = []
    for name, value in (("a", 4.0), ("b", 5.0)):
        folders.append(small(tmp_path / name, {"successes": value}, {"cohort": HOSTILE, "title": f"{HOSTILE}{name}"}))
        frame = pd.read_parquet(folders[-1] / "results.parquet")
        columns = ["cohort", "analysis", "population", "reading", "endpoint", "group", "time", "note"]
        frame.assign(**dict.fromkeys(columns, HOSTILE)).to_parquet(folders[-1] / "results.parquet", index=False)
    assert run(*folders, "--out", tmp_path / "out").exit_code == 0
    markup = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in markup
    assert HOSTILE not in markup
    page = browser.new_page()
    page.on("dialog", lambda dialog: pytest.fail("a text of the data ran"))
    page.goto((tmp_path / "out" / "compare.html").as_uri())
    page.context.close()


def test_a_formula_stays_text_in_the_csv(tmp_path: Path) -> None:
    folders = [small(tmp_path / name, {"n": 1.0}, {"title": f"={name}()"}) for name in ("a", "b")]
    assert run(*folders, "--out", tmp_path / "out").exit_code == 0
    assert "'=b()" in (tmp_path / "out" / "settings.csv").read_text(encoding="utf-8")


def test_a_share_edition_compares_numbers_only(cuts: dict[str, Path], tmp_path: Path) -> None:
    shared = small(tmp_path / "shared", {"successes": 4.0}, {"edition": "share"})
    done = run(shared, cuts["june"], "--json")
    said = json.loads(done.stdout)
    assert said["patients"] == said["records"] == []
    assert {row["change"] for row in said["numbers"]} == {"added", "vanished"}
    assert "share edition" in said["notes"][0]
    assert "IR5-" not in done.stdout


def test_a_masked_number_is_no_change(tmp_path: Path) -> None:
    folders = [small(tmp_path / name, {"successes": 2.0}) for name in ("a", "b")]
    frame = pd.read_parquet(folders[1] / "results.parquet").assign(value=np.nan, note="masked")
    frame.to_parquet(folders[1] / "results.parquet", index=False)
    counts = json.loads(run(*folders, "--json").stdout)["counts"]["numbers"]
    assert (counts["masked"], counts["changed"]) == (1, 0)
    assert "Masked in one of the two runs: 1" in run(*folders).stdout


def test_a_report_of_one_run_only_is_named_not_listed(tmp_path: Path) -> None:
    one, two = small(tmp_path / "a", {"n": 1.0}), small(tmp_path / "b", {"n": 1.0})
    frame = pd.read_parquet(two / "results.parquet")
    pd.concat([frame, frame.assign(cohort="PM")]).to_parquet(two / "results.parquet", index=False)
    manifest(two, {"c3_tet": {"cohort": "TET"}, "c1_pm": {"cohort": "PM"}})
    found = compare.compare(compare.read(one), compare.read(two))
    assert found.counts["numbers"]["added"] == 0
    assert ["report", "c1_pm", "", "absent", "present"] in found.settings.to_numpy().tolist()


def test_usage_and_broken_folders_have_their_exit_codes(pair: tuple[Path, Path], tmp_path: Path) -> None:
    good, other = pair
    assert run(good).exit_code == 2
    missing = run(good, tmp_path / "none")
    assert (missing.exit_code, "No run" in missing.stderr) == (2, True)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(good, empty).exit_code == 1
    (other / "results.parquet").write_bytes(b"PAR1 cut off")
    broken = run(good, other)
    assert broken.exit_code == 1
    assert "b/results.parquet: not readable as parquet" in broken.stderr


def test_a_pointer_to_the_newest_run_is_followed(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to("b")
    assert "a → b" in run(pair[0], tmp_path / "latest").stdout
    (tmp_path / "latest").unlink()
    (tmp_path / "latest").write_text("b\n", encoding="utf-8")
    assert "a → b" in run(pair[0], tmp_path / "latest").stdout
    (tmp_path / "latest").write_text("../../b", encoding="utf-8")
    assert run(pair[0], tmp_path / "latest").exit_code == 2


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda run: (run / "manifest.json").write_text("{", encoding="utf-8"), "not readable as JSON"),
        (lambda run: (run / "manifest.json").write_text('{"plans": [1]}', encoding="utf-8"), "expected `plans`"),
        (lambda run: (run / "manifest.json").unlink(), "no manifest.json"),
        (lambda run: (run / "results.parquet").unlink(), "neither results.parquet nor"),
        (lambda run: pd.DataFrame({"value": [1.0]}).to_parquet(run / "results.parquet"), "lacks the columns"),
        (
            lambda run: pd.concat([pd.read_parquet(run / "results.parquet")] * 2).to_parquet(run / "results.parquet"),
            "stands twice",
        ),
        (lambda run: (run / "records.parquet").symlink_to(Path(__file__)), "leads out of the run's folder"),
        (lambda run: (run / "derived").symlink_to(Path(__file__).parent), "leads out of the run's folder"),
    ],
)
def test_a_folder_that_is_no_whole_run_is_refused(pair: tuple[Path, Path], spoil, said: str) -> None:
    spoil(pair[0])
    with pytest.raises(compare.RunError, match=said):
        compare.read(pair[0])


def test_a_record_whose_row_moved_is_the_same() -> None:
    old = pd.DataFrame({"DOMAIN": "CM", "USUBJID": "01", "SEQ": [1, 2, 3], "HASH": ["a", "b", "b"]})
    new = pd.DataFrame({"DOMAIN": "CM", "USUBJID": "01", "SEQ": [1, 2, 3, 4, 5], "HASH": ["x", "a", "b", "b", "b"]})
    found = records.changes(old, new).set_index("SEQ")["CHANGE"].to_dict()
    assert found == {1: "added", 2: "same", 3: "same", 4: "same", 5: "added"}


def test_a_patients_dm_record_is_one_whatever_its_row() -> None:
    old = pd.DataFrame({"DOMAIN": "DM", "USUBJID": ["01", "02"], "SEQ": [1, 2], "HASH": ["a", "b"]})
    new = pd.DataFrame({"DOMAIN": "DM", "USUBJID": ["00", "01"], "SEQ": [1, 2], "HASH": ["c", "d"]})
    found = records.changes(old, new)
    assert dict(zip(found["USUBJID"], found["CHANGE"], strict=True)) == {
        "00": "added", "01": "changed", "02": "removed",
    }  # fmt: skip
