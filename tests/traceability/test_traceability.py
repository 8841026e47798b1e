"""Every requirement of the registry record has code and a test, and the table that says so is current."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def make(root: Path):
    """The generator, loaded from docs/."""
    sys.path.insert(0, str(root / "docs"))
    try:
        import make_traceability
    finally:
        sys.path.pop(0)
    return make_traceability


@pytest.fixture(scope="module")
def requirements(make, root: Path):
    return make.requirements(root)


def test_the_table_is_current(make, requirements, root: Path) -> None:
    text = make.page(requirements)
    assert (root / "docs" / "traceability.md").read_text(encoding="utf-8") == text, "run docs/make_traceability.py"


def test_no_requirement_is_without_code_and_test(requirements) -> None:
    assert len(requirements) == 35
    assert [one.name for one in requirements if not one.code] == []
    assert [one.name for one in requirements if not one.tests] == []


def test_the_ids_are_the_records_own(requirements, shared: Path) -> None:
    record = (shared / "protocol" / "requirements.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([RPSA]\d+b?)\b", record, flags=re.MULTILINE)
    assert {one.name for one in requirements} == set(rows)


def test_what_counts_as_cited(make) -> None:
    assert make.cited("P1-P4, A9, S3b") == {"P1", "P2", "P3", "P4", "A9", "S3b"}
    assert make.cited("A1-A18 and R1/N1") == set()  # what a thing holds; a boundary and a size
    assert make.cited("A2–A6") == {"A2", "A3", "A4", "A5", "A6"}


def test_a_place_that_is_gone_leaves_the_table(make, tmp_path: Path) -> None:
    """The generator reads the tree it is given: a project with one citing function and one test of it."""
    for name in ("docs", "src/ir5nb/derive", "tests", "params", "notebooks"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "docs" / "requirements.csv").write_text("ID,WORDS\nP4,alive\nA9,rise\n", encoding="utf-8")
    (tmp_path / "src/ir5nb/derive/week24.py").write_text(
        'def alive():\n    """Say who lives (P4)."""\n', encoding="utf-8"
    )
    (tmp_path / "tests/test_it.py").write_text("from ir5nb.derive import week24\nweek24.alive()\n", encoding="utf-8")
    (tmp_path / "params/c4.yaml").write_text("# Primary (P4)\nprimary: alive\n\nrise: pairs  # A9\n", encoding="utf-8")
    alive, rise = make.requirements(tmp_path)
    assert (alive.code, alive.tests, alive.entries) == (("`derive.week24.alive`",), ("`test_it.py`",), ("`primary`",))
    assert (rise.code, rise.tests, rise.entries) == ((), (), ("`rise`",))


def test_a_cohort_borrows_nothing_from_another() -> None:
    """R1: every number of a cohort is the same when the patients of the other cohorts are not in the data."""
    plan = CohortPlan.load("c4_atc")
    trial = source.read(None).as_of(plan.cutoff)
    members = trial.table("DM").query("ARMCD in @plan.member_values")["USUBJID"]
    alone = replace(trial, tables={d: trial.table(d)[trial.table(d)["USUBJID"].isin(members)] for d in trial.files})
    assert len(alone.table("DM")) < len(trial.table("DM"))
    every, own = (analyses.results(analyses.derive(each, plan)) for each in (trial, alone))
    assert own.equals(every)
