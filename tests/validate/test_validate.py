"""`ir5nb validate`: the record is what pytest said, R is really asked, and what is wrong is not hidden."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from ir5nb import validation
from ir5nb.cli import app
from ir5nb.validation import peers, suite

HAS_R = shutil.which("Rscript") is not None
NO_R = "no R on this machine: install the packages r-base-core and r-cran-survival"
TESTS = '''"""Sums against a hand.

More words.
"""

import pytest

def test_right():
    assert 1 + 1 == 2

def test_wrong():
    assert 1 + 1 == 3, "</style><script>alert(1)</script>"

def test_left_out():
    pytest.skip("third-party data are not here")

@pytest.fixture
def broken():
    raise RuntimeError("no such fixture data")

def test_broken(broken):
    pass
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one test file of each kind."""
    for name in ("params", "notebooks", "tests/known", "tests/property"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "tests" / "known" / "test_sums.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "tests" / "known" / "sums.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "tests" / "property" / "test_fine.py").write_text(
        '"""Always true."""\n\ndef test_fine():\n    pass\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(peers, "rscript", lambda: None)
    monkeypatch.setattr(validation, "rscript", lambda: None)
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["validate", *map(str, words)])


def test_the_record_is_what_pytest_said(project: Path) -> None:
    done = run("--out", project / "out")
    assert done.exit_code == 1, done.output
    assert "2 passed, 2 failed, 1 skipped" in done.stdout
    tests = pd.read_csv(project / "out" / "tests.csv").set_index("FILE")
    assert tests.loc["tests/known/test_sums.py", ["WHAT", "PASSED", "FAILED", "SKIPPED"]].tolist() == [
        "Sums against a hand.", 1, 2, 1,
    ]  # fmt: skip
    assert tests.loc["tests/property/test_fine.py", "PASSED"] == 1
    page = (project / "out" / "validation.html").read_text(encoding="utf-8")
    for said in ("third-party data are not here", "no such fixture data", "Rscript is not installed", "Sums against"):
        assert said in page
    assert "<script>alert(1)" not in page
    assert str(project) not in "".join(path.read_text(encoding="utf-8") for path in (project / "out").glob("*.?[tm]*l"))


def test_the_folder_says_against_what_and_with_what(project: Path) -> None:
    done = run("--out", project / "out", "--json")
    said = json.loads(done.stdout)
    assert (said["passed"], said["failed"], said["skipped"], said["r_agree"]) == (2, 2, 1, 0)
    known = pd.read_csv(project / "out" / "reference_values.csv")
    assert known["FILE"].tolist() == ["tests/known/sums.csv"]
    assert known["SHA256"].str.fullmatch("[0-9a-f]{64}").all()
    manifest = json.loads((project / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert {"validation.html", "junit.xml", "tests.csv", "peers.csv"} <= manifest["files"].keys()
    assert manifest["versions"]["numpy"]


def test_without_a_failure_the_exit_code_is_0(project: Path) -> None:
    path = project / "tests" / "known" / "test_sums.py"
    path.write_text(
        TESTS.replace("== 3", "== 2").replace("def test_broken(broken)", "def test_whole()"), encoding="utf-8"
    )
    assert run("--out", project / "out").exit_code == 0


def test_outside_a_project_and_without_tests_it_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(project / "tests")
    done = run("--out", project / "out")
    assert done.exit_code == 1
    assert "with its tests" in done.stderr
    assert not (project / "out").exists()


def test_the_quick_part_is_of_this_project(root: Path) -> None:
    assert all((root / path).is_file() for path in (*suite.QUICK,))


@pytest.mark.skipif(not HAS_R, reason=NO_R)
def test_every_value_of_r_agrees() -> None:
    found, version = validation.compared(str(validation.rscript()))
    assert "survival" in version
    assert found.loc[~found["AGREES"]].to_dict("records") == []
    kinds = found["CASE"].str.split().str[0].value_counts()
    assert set(kinds.index) == {
        "survfit", "survdiff", "coxph", "binom.test", "prop.test", "poisson.test", "design", "after",
    }  # fmt: skip
    assert kinds["survfit"] > 300
    assert found["R"].notna().mean() > 0.95


def test_a_value_that_differs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three answers one is off by one in the seventh digit, and one is missing in R only."""
    exact = validation.compared.__globals__["binomial"].interval(4, 11, 0.90)
    answers = [f"binom.test 4 11 0.90\tlower\t{exact.lower!r}\t"]
    answers += [f"binom.test 4 11 0.90\tupper\t{exact.upper + 1e-7!r}\t", "poisson.test 0\tlower\tNA\t"]
    monkeypatch.setattr(peers, "_said", lambda command: "\n".join(answers))
    found, _ = validation.compared("Rscript")
    assert found["AGREES"].tolist() == [True, False, False]
    assert found.loc[1, "DIFFERENCE"] == pytest.approx(-1e-7, abs=1e-12)


def test_r_without_survival_is_said(tmp_path: Path) -> None:
    fake = tmp_path / "Rscript"
    fake.write_text("#!/bin/sh\necho there is no package called survival >&2\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    with pytest.raises(ValueError, match="no package called survival"):
        validation.compared(str(fake))
