"""The commands on numbers alone: tables for people, JSON for machines, a plot; wrong arguments are usage errors."""

import json
from pathlib import Path

import pytest


def test_design_finds_the_plan_of_cohort_3(ir5nb) -> None:
    done = ir5nb("design", "--p0", "0.40", "--p1", "0.60", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    found = {row["criterion"]: (row["r1"], row["n1"], row["r"], row["n"]) for row in answer["designs"]}
    assert found["optimal"] == (7, 16, 23, 46)  # requirements.md; Simon 1989, table 1 (p1 - p0 = .20)
    assert found["minimax"] == (17, 34, 20, 39)  # Simon 1989, table 1
    assert answer["certificate"]["complete"]


def test_design_prints_a_table_and_draws(ir5nb, tmp_path: Path) -> None:
    done = ir5nb("design", "--p0", "0.40", "--p1", "0.60", "--plot", tmp_path / "design.svg")
    assert done.returncode == 0, done.stderr
    assert "7/16" in done.stdout
    assert "certified" in done.stdout
    for name in ("operating", "expected", "boundary"):
        picture = (tmp_path / f"design-{name}.svg").read_text(encoding="utf-8")
        assert picture.startswith("<svg")
        assert "p0 = 0.4" in picture


def test_inference_agrees_with_the_decision(ir5nb) -> None:
    words = ("inference", "--p0", "0.40", "--p1", "0.60", "--design", "7/16,23/46")
    over = json.loads(ir5nb(*words, "--successes", "24", "--json").stdout)
    under = json.loads(ir5nb(*words, "--successes", "23", "--json").stdout)
    assert over["rejects"]
    assert over["p_value"] <= 0.05
    assert over["lower"] > 0.40
    assert not under["rejects"]
    assert under["p_value"] > 0.05
    assert under["lower"] <= 0.40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("design", "--p0", "0.6", "--p1", "0.4"), "p0 < p1 must hold"),
        (("design", "--p0", "0.4", "--p1", "0.6", "--alpha", "1.5"), "alpha"),
        (("inference", "--p0", ".4", "--p1", ".6", "--design", "7-16", "--successes", "9"), "expected r1/n1,r/n"),
        (("inference", "--p0", ".4", "--p1", ".6", "--design", "7/16,23/46", "--successes", "99"), "99"),
    ],
)
def test_wrong_arguments_name_the_condition(ir5nb, words: tuple[str, ...], said: str) -> None:
    done = ir5nb(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
