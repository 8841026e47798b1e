"""Two data cuts of cohort 3: the comparison shows the differences a second computation finds, and no other.

The expected values come from the source files: `past` writes out what was known on each day, `recount` judges each
patient. Neither imports `ir5nb`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from tests.compare.conftest import CUTS
from tests.independent import past, recount

from ir5nb import compare
from ir5nb.schema import RESULT_KEY

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "src" / "ir5nb" / "demo"
PLAN = recount.plan_entries(ROOT / "params" / "c3_tet.yaml")


@pytest.fixture(scope="module")
def found(cuts: dict[str, Path]) -> compare.Comparison:
    return compare.compare(compare.read(cuts["march"]), compare.read(cuts["june"]))


@cache
def known(name: str) -> dict[str, list[past.Row]]:
    return past.known_on(recount.source_rows(DEMO), dt.date.fromisoformat(CUTS[name]))


@cache
def people(name: str) -> dict[str, recount.Patient]:
    return {one.name: one for one in recount.patients(known(name), PLAN)}


def statuses(name: str) -> dict[str, str]:
    day = dt.date.fromisoformat(CUTS[name])
    return {one.name: recount.week24(one, PLAN, day) for one in recount.treated(list(people(name).values()))}


def default(found: compare.Comparison) -> pd.DataFrame:
    rows = found.patients
    return rows[rows["PARAMCD"].eq("WEEK24") & rows["READING"].eq("default")]


def test_the_patients_who_moved_at_week_24_are_those_recounted(found: compare.Comparison) -> None:
    old, new = statuses("march"), statuses("june")
    expected = {one: (old[one], new[one]) for one in old.keys() & new.keys() if old[one] != new[one]}
    assert expected, "the two cuts show no move: choose others"
    moved = default(found).query("CHANGE == 'moved'")
    shown = moved[["OLD", "NEW"]].map(lambda text: text.split(":")[0])
    assert dict(zip(moved["USUBJID"], shown.itertuples(index=False, name=None), strict=True)) == expected
    entered = set(default(found).query("CHANGE == 'entered'")["USUBJID"])
    assert entered == new.keys() - old.keys()


def test_every_move_says_why(found: compare.Comparison) -> None:
    moved = default(found).query("CHANGE == 'moved'")
    assert moved[["REASON_OLD", "REASON_NEW"]].ne("").to_numpy().all()
    for row in moved.to_dict("records"):
        assert "Plan: cutoff 2026-03-31 → 2026-06-30." in row["WHY"]
        own = found.records[found.records["USUBJID"].eq(row["USUBJID"])]
        assert ("New since" in row["WHY"]) == own["CHANGE"].eq("added").any()
        assert row["WHY"].startswith("Decided by RS ")
        number = int(row["WHY"].split()[3].rstrip(",."))
        is_new = own[own["DOMAIN"].eq("RS") & own["SEQ"].eq(number) & own["CHANGE"].eq("added")]
        assert ("a new record" in row["WHY"].split(".")[0]) == bool(len(is_new))


def test_deaths_and_progressions_since_are_those_recounted(found: compare.Comparison) -> None:
    for parameter, time in (("OS", recount.overall_survival), ("PFS", recount.pfs)):
        old, new = ({name: time(one) for name, one in people(cut).items()} for cut in CUTS)
        expected = {name for name in old.keys() & new.keys() if old[name][1] != new[name][1]}
        rows = found.patients[found.patients["PARAMCD"].eq(parameter)]
        assert set(rows.query("CHANGE == 'moved'")["USUBJID"]) == expected
        assert rows.query("CHANGE == 'redated'").empty


def test_best_responses_that_changed_are_those_recounted(found: compare.Comparison) -> None:
    for parameter, confirmed in (("BOR", False), ("CBOR", True)):
        old, new = (
            {
                one.name: recount.best_response(one, PLAN, confirmed=confirmed)
                for one in recount.treated(list(people(cut).values()))
            }
            for cut in CUTS
        )
        expected = {name: (old[name], new[name]) for name in old.keys() & new.keys() if old[name] != new[name]}
        rows = found.patients[found.patients["PARAMCD"].eq(parameter)].query("CHANGE == 'moved'")
        shown = rows[["OLD", "NEW"]].itertuples(index=False, name=None)
        assert dict(zip(rows["USUBJID"], shown, strict=True)) == expected


def test_records_are_those_written_between_the_cuts(found: compare.Comparison) -> None:
    """A row of the file is added, or changed where a date or an outcome came later."""
    expected: Counter[tuple[str, str]] = Counter()
    for table in known("june"):
        before = Counter(tuple(row.items()) for row in known("march").get(table, []))
        after = Counter(tuple(row.items()) for row in known("june")[table])
        gone, come = before - after, after - before
        expected[table.upper(), "changed"] = gone.total()
        expected[table.upper(), "added"] = come.total() - gone.total()
    shown = Counter(zip(found.records["DOMAIN"], found.records["CHANGE"], strict=True))
    assert shown == +expected


def test_numbers_are_compared_as_a_dictionary_compares_them(found: compare.Comparison, cuts: dict[str, Path]) -> None:
    old, new = (_values(cuts[name]) for name in CUTS)
    rows = found.numbers.set_index(list(RESULT_KEY))
    assert set(rows.index[rows["change"].eq("added")]) == new.keys() - old.keys()
    assert set(rows.index[rows["change"].eq("vanished")]) == old.keys() - new.keys()
    both = old.keys() & new.keys()
    same = {key for key in both if old[key] == new[key] or (pd.isna(old[key]) and pd.isna(new[key]))}
    assert set(rows.index[rows["change"].isin(["same", "reworded"])]) == same
    for key in sorted(both - same):
        assert rows.at[key, "change"] == "changed"
        assert (rows.at[key, "old"], rows.at[key, "new"]) == pytest.approx((old[key], new[key]), abs=0, nan_ok=True)
        if pd.notna(old[key]) and pd.notna(new[key]):
            assert rows.at[key, "difference"] == new[key] - old[key]


def _values(folder: Path) -> dict[tuple[str, ...], float]:
    rows = pd.read_parquet(folder / "results.parquet").to_dict("records")
    return {tuple(str(row[name]) for name in RESULT_KEY): row["value"] for row in rows}


def test_the_counts_of_the_headline_are_those_recounted(found: compare.Comparison) -> None:
    rows = found.numbers[found.numbers["analysis"].eq("headline")].set_index("statistic")
    for side, name in (("old", "march"), ("new", "june")):
        judged = Counter(statuses(name).values())
        assert rows.at["successes", side] == judged["SUCCESS"]
        assert rows.at["pending", side] == judged["PENDING"]
        assert rows.at["total", side] == judged.total()


def test_the_only_setting_that_differs_is_the_cut(found: compare.Comparison) -> None:
    assert found.settings.to_numpy().tolist() == [["plan", "c3_tet", "cutoff", "2026-03-31", "2026-06-30"]]
    assert found.notes == ()


def test_a_run_compared_with_itself_differs_in_nothing(cuts: dict[str, Path]) -> None:
    run = compare.read(cuts["june"])
    same = compare.compare(run, run)
    assert set(same.numbers["change"]) == {"same"}
    assert same.patients.empty
    assert same.records.empty
    assert same.settings.empty


def test_a_run_of_the_command_leaves_what_these_folders_hold(cuts: dict[str, Path], demo_run: Path) -> None:
    """The folder written by hand for the demo's own cut differs from the real run in nothing but the other reports."""
    found = compare.compare(compare.read(cuts["june"]), compare.read(demo_run))
    assert set(found.numbers["change"]) == {"same"}
    assert found.patients.empty
    assert found.records.empty
    assert found.notes == ()
    others = {"c1_pm", "c2_gtt", "c4_atc", "c5_net", "pooled_safety"}
    assert set(found.settings.query("SECTION == 'report'")["REPORT"]) == others
    assert found.settings.query("SECTION == 'plan'").empty
