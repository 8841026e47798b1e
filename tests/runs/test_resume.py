"""A notebook that fails does not take the others with it; --resume executes what failed or changed, no more."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from small import contents, project, restore, spoil

from ir5nb.cli.numbers import Numbers
from ir5nb.render import reuse

FAST = ("--formats", "html")
VARIES = ("seconds", "reused", "commit")  # how a run went, not what it found


def said(manifest: Path) -> dict:
    return {key: value for key, value in json.loads(manifest.read_text()).items() if key not in VARIES}


def same(one: Path, other: Path) -> None:
    """Every file of two runs is equal to the byte, and the manifests say the same but for how the run went."""
    files, others = contents(one), contents(other)
    assert files.keys() == others.keys()
    assert [name for name in files if files[name] != others[name]] in ([], ["manifest.json"])
    assert said(one / "manifest.json") == said(other / "manifest.json")


def mark(run: Path, stem: str) -> str:
    """Change what a finished run says of a report's numbers: where they are taken, the index shows it."""
    path, said = run / "manifest.json", f"marked {stem}"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["numbers"][stem]["told"]["sentence"] = said
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return said


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("small"), "c2_gtt", "c4_atc")


@pytest.fixture(scope="module")
def undisturbed(ir5nb, small: Path) -> Path:
    done = ir5nb("run", "all", *FAST, "--run", "undisturbed", cwd=small)
    assert done.returncode == 0, done.stderr
    return small / "outputs" / "undisturbed"


def test_a_failed_notebook_is_kept_as_evidence_and_the_rest_is_resumed(ir5nb, small: Path, undisturbed: Path) -> None:
    runs = small / "outputs"
    earlier = runs / "resumed"
    earlier.mkdir()
    (earlier / "c2_gtt.html").write_text("an earlier page")
    spoil(small, "c2_gtt", "# a comment\npatients = 0\n1 / patients")
    failed = ir5nb("run", "all", *FAST, "--run", "resumed", "--jobs", 2, cwd=small)
    restore(small, "c2_gtt")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "c2_gtt: cell 2 `patients = 0` failed with ZeroDivisionError: division by zero" in failed.stderr
    assert "1 of 2 reports failed" in failed.stderr
    assert "--resume" in failed.stderr
    assert contents(earlier) == {"c2_gtt.html": b"an earlier page"}
    evidence = contents(runs / "resumed.failed")
    assert b"ZeroDivisionError" in evidence["c2_gtt/c2_gtt.ipynb"]
    assert b"cell 2" in evidence["c2_gtt/problem.txt"]
    assert {".numbers/c2_gtt/stamp.json", ".numbers/c4_atc/results.parquet"} <= evidence.keys()
    assert {"c4_atc/c4_atc.html", "c4_atc/c4_atc.ipynb"} <= evidence.keys()
    done = ir5nb("run", "all", *FAST, "--run", "resumed", "--resume", cwd=small)
    assert done.returncode == 0, done.stderr
    assert "c4_atc: unchanged" in done.stderr
    assert re.search(r"c2_gtt: done in", done.stderr)
    same(earlier, undisturbed)
    assert not (runs / "resumed.failed").exists()
    assert (runs / "latest").resolve() == earlier.resolve()
    assert json.loads((earlier / "manifest.json").read_text())["reused"] == ["c4_atc"]


def test_what_changed_is_executed_again_and_nothing_else(ir5nb, small: Path, undisturbed: Path) -> None:
    """A changed plan, a page somebody edited: each makes its report new; of the numbers, the plan alone does."""
    runs = small / "outputs"
    plan = small / "params" / "c4_atc.yaml"
    before = plan.read_text(encoding="utf-8")
    plan.write_text(before + "# changed\n", encoding="utf-8")
    page = undisturbed / "c2_gtt.html"
    kept = page.read_bytes()
    page.write_bytes(kept + b"<!-- edited -->")
    marks = [mark(undisturbed, "c2_gtt"), mark(undisturbed, "c4_atc")]
    both = ir5nb("run", "all", *FAST, "--run", "undisturbed", "--resume", "--json", cwd=small)
    plan.write_text(before, encoding="utf-8")
    assert json.loads(both.stdout)["reused"] == []
    assert page.read_bytes() == kept
    index = (undisturbed / "index.html").read_text(encoding="utf-8")
    assert [said in index for said in marks] == [True, False]
    back = ir5nb("run", "all", *FAST, "--run", "undisturbed", "--resume", "--json", cwd=small)
    assert json.loads(back.stdout)["reused"] == ["c2_gtt"]
    assert sorted(path.name for path in runs.iterdir() if path.name.startswith(".")) == []


def test_numbers_that_do_not_say_what_they_are_are_computed_again(tmp_path: Path) -> None:
    """Those of a killed run are found; rows that the file has not, or no sentence, make them worth nothing."""
    numbers = Numbers(pd.DataFrame({"value": [1.0, 2.0]}), "a sentence", True)
    left = tmp_path / ".run.part-4194304-x" / reuse.NUMBERS / "c2"  # no process has so high a number
    left.mkdir(parents=True)
    numbers.results.to_parquet(left / "results.parquet")
    reuse.stamp(left, "inputs", numbers.told())
    told = reuse.take(tmp_path / "run", "c2", "inputs", tmp_path / "new", "numbers")
    assert told == {"file": "results.parquet", "rows": [0, 2], "sentence": "a sentence", "draft": True}
    kept = Numbers.kept(tmp_path / "new", told | {"rows": [1, 2]})
    assert (kept.results["value"].tolist(), kept.sentence, kept.draft) == ([2.0], "a sentence", True)
    for wrong in ({"rows": [1, 3]}, {"rows": None}, {"sentence": 1}, {"file": "absent.parquet"}):
        assert Numbers.kept(tmp_path / "new", told | wrong) is None
    assert Numbers.kept(tmp_path / "new", {}) is None


def test_a_stamp_is_believed_only_with_its_files(tmp_path: Path) -> None:
    place, target = tmp_path / "run.failed" / "c2", tmp_path / "run"
    place.mkdir(parents=True)
    (place / "c2.html").write_text("page")
    reuse.stamp(place, "inputs")
    assert reuse.take(target, "c2", "inputs", tmp_path / "one") == {}
    assert (tmp_path / "one" / "c2.html").read_text() == "page"
    assert reuse.take(target, "c2", "other inputs", tmp_path / "two") is None
    (place / "c2.html").write_text("page, edited")
    assert reuse.take(target, "c2", "inputs", tmp_path / "two") is None
    stamp = json.loads((place / "stamp.json").read_text())
    secret = tmp_path / "secret"
    secret.write_text("page")
    (place / "stamp.json").write_text(json.dumps({**stamp, "files": {"../../secret": stamp["files"]["c2.html"]}}))
    assert reuse.take(target, "c2", "inputs", tmp_path / "two") is None
    (place / "stamp.json").write_text("no json")
    assert reuse.take(target, "c2", "inputs", tmp_path / "two") is None
    assert not (tmp_path / "two").exists()
