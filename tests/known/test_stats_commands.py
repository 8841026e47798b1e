"""What `ir5nb design` and `ir5nb inference` print, draw and refuse (Simon 1989; the example of PhIIdesign)."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ir5nb.cli import app

EXAMPLE = ("inference", "--p0", "0.1", "--p1", "0.3", "--successes", "6")
DESIGN = ("--design", "1/10,5/29")


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "80"})


def test_the_table_of_designs_is_not_cut_at_80_columns():
    done = run("design", "--p0", "0.1", "--p1", "0.3")
    assert done.exit_code == 0
    assert "…" not in done.stdout
    for row in ("minimax     1/15   5/25", "optimal     1/10   5/29"):  # Simon 1989, table 1
        assert row in done.stdout
    assert "no larger n has a smaller EN(p0): certified." in done.stdout


def test_a_truncated_search_says_so():
    done = run("design", "--p0", "0.4", "--p1", "0.5", "--n-max", 170)
    assert "only (--n-max): a larger n may have a smaller EN(p0)." in done.stdout


def test_both_conventions_by_name():
    """1/10, 5/29 in Simon's convention is "at least 2 of 10, at least 6 of 29" in the other."""
    more_than, at_least = run(*EXAMPLE, *DESIGN), run(*EXAMPLE, "--at-least", "2/10,6/29")
    assert more_than.exit_code == 0
    assert more_than.stdout == at_least.stdout
    assert "6 of 29 is more than r = 5: H0 rejected (90% limits)." in more_than.stdout
    assert "…" not in more_than.stdout


def test_options_reach_the_inference():
    """PhIIdesign's documented limits, 10.16 and 40.07 %, are Koyama and Chen's."""
    answer = json.loads(run(*EXAMPLE, *DESIGN, "--upper", "koyama-chen", "--ordering", "umvue", "--json").stdout)
    assert [answer["lower"], answer["upper"]] == pytest.approx([0.1016, 0.4007], abs=1.1e-4)
    assert answer["method"].startswith("umvue ordering, upper limit of Koyama-Chen")
    attained = json.loads(run(*EXAMPLE, *DESIGN, "--n", 27, "--attained", "substitute", "--json").stdout)
    assert "attained sizes by substitute" in attained["method"]


def test_inference_draws_the_planned_design_with_what_was_observed(tmp_path: Path):
    done = run(*EXAMPLE, *DESIGN, "--plot", tmp_path / "trial.svg")
    assert done.exit_code == 0
    for name in ("operating", "expected", "boundary"):
        assert "observed 6 of 29 at stage 2" in (tmp_path / f"trial-{name}.svg").read_text("utf-8")


@pytest.mark.parametrize("command", ["design", "inference"])
def test_help_shows_an_example(command):
    assert f"Example: ir5nb {command} --p0 0.40 --p1 0.60" in run(command, "--help").stdout


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        (("design", "--p0", "0.6", "--p1", "0.4"), "p0 < p1 must hold"),
        (("design", "--p0", "0.1", "--p1", "0.3", "--n-max", "20"), "n_max is too small"),
        (("design", "--p0", "0.1", "--p1", "0.3", "--plot", "design.txt"), "ends in .html, .svg or .png"),
        ((*EXAMPLE, "--design", "1-10,5/29"), "expected r1/n1,r/n"),
        (EXAMPLE, "one of --design r1/n1,r/n and --at-least R1/n1,R/n must be given"),
        ((*EXAMPLE, *DESIGN, "--at-least", "2/10,6/29"), "one of --design"),
        ((*EXAMPLE, *DESIGN, "--stage", "1"), "x <= r1 must hold for a stop at stage 1"),
        ((*EXAMPLE, *DESIGN, "--n", "27"), "stage1_successes is needed"),
    ],
)
def test_a_refusal_is_two_sentences(words, condition):
    """What broke, then what to give instead."""
    done = run(*words)
    assert done.exit_code == 2
    said = done.stderr.strip()
    assert condition in said
    assert ". Give " in said
    assert said.endswith(f"(example: ir5nb {words[0]} --help).")
