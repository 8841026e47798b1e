"""Masked numbers: none is small, none can be recomputed, the rest is the full edition's."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from ir5nb import analyses, source
from ir5nb.analyses import output, share
from ir5nb.analyses.rows import Rows, block
from ir5nb.plan import CohortPlan, SafetyPlan
from ir5nb.schema import MASKED, RESULT_KEY

BELOW = 3
LEVELS = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5", "ungraded")
DECIDING = {"headline", "design", "path", "decision", "primary", "readings", "chances", "accrual", "course"}
COHORTS, REGIMENS = ("PM", "GTT", "TET", "ATC", "NET"), {
    "DOMVANALIMAB + ZIMBERELIMAB": ("PM", "GTT", "TET", "ATC"), "DOMVANALIMAB + ZIMBERELIMAB + FOLFOX-4": ("NET",),
}  # fmt: skip
Results = pd.DataFrame


@pytest.fixture(scope="module")
def trial() -> source.Trial:
    return source.read(None)


@pytest.fixture(scope="module")
def cohort_results(trial: source.Trial) -> dict[str, Results]:
    plans = [CohortPlan.load(name) for name in ("c2_gtt", "c3_tet", "c4_atc")]
    return {plan.cohort: output.results(analyses.derive(trial.as_of(plan.cutoff), plan)) for plan in plans}


@pytest.fixture(scope="module")
def pooled_results(trial: source.Trial) -> Results:
    plan = SafetyPlan.load("pooled_safety")
    return output.safety_results(analyses.pooled(trial.as_of(plan.cutoff), plan))


def cells(results: Results) -> dict[tuple[str, ...], tuple[float, bool]]:
    """Value in the full edition and whether the share edition hides it, by key."""
    whole = share.together(results)
    hidden = share.shared(results, BELOW)
    keys = whole[list(RESULT_KEY)].astype(str).agg(tuple, axis=1)
    return dict(zip(keys, zip(whole["value"], hidden["note"].eq(MASKED), strict=True), strict=True))


def test_no_small_count_and_no_small_complement_is_shown(
    cohort_results: dict[str, Results], pooled_results: Results
) -> None:
    for results in (*cohort_results.values(), pooled_results):
        shown = share.shared(results, BELOW)
        counts = shown[shown["unit"].isin(["patients", "events"]) & ~shown["analysis"].isin(DECIDING)]
        counts = counts[~counts["statistic"].isin(["total"]) & ~counts["endpoint"].eq("analysis_sets")]
        own = counts["analysis"].eq("categories") & counts["group"].eq("")  # successes and failures: the result itself
        assert not counts.loc[~own, "value"].between(1, BELOW - 1).any()
        key = list(RESULT_KEY[:7])
        closed = shown["analysis"].isin([*DECIDING, "categories"]) | shown["endpoint"].eq("analysis_sets")
        value = shown[~closed].set_index([*key, "statistic"])["value"]
        pairs = value[value.index.get_level_values("statistic").isin(["count", "proportion"])].unstack("statistic")
        left = (pairs["count"] / pairs["proportion"] - pairs["count"]).round()
        assert not left.between(1, BELOW - 1).any()


def test_what_rests_on_a_hidden_count_is_hidden_too(pooled_results: Results) -> None:
    found = cells(pooled_results)
    for (*key, statistic), (_, hidden) in found.items():
        count = found.get((*key, "count"), (0, False))[1]
        if count and statistic in {"proportion", "events", "incidence", "incidence_lower", "months", "event_incidence"}:
            assert hidden, (key, statistic)
        if statistic.endswith("_proportion") and found[(*key, statistic.removesuffix("_proportion"))][1]:
            assert hidden, (key, statistic)
        if statistic in {"min", "max", "onset_min", "duration_max"}:
            assert hidden, (key, statistic)


def sums(rows: dict[tuple[str, str], tuple[float, bool]], total: dict[str, float]) -> Iterator[list[tuple[tuple, int]]]:
    """Every sum that a reader knows about one row of the pooled table of worst grades: parts 1, whole -1."""
    columns = list(dict.fromkeys(column for column, _ in rows))
    for column in columns:
        yield [((column, level), 1) for level in LEVELS] + [((column, "count"), -1)]
        yield [((column, level), 1) for level in ("grade_3", "grade_4", "grade_5")] + [((column, "severe"), -1)]
    for statistic in (*LEVELS, "count", "severe"):
        yield [((cohort, statistic), 1) for cohort in COHORTS] + [(("TOTAL", statistic), -1)]
        for regimen, members in REGIMENS.items():
            yield [((cohort, statistic), 1) for cohort in members] + [((regimen, statistic), -1)]


def test_no_small_count_of_the_pooled_tables_can_be_recomputed(pooled_results: Results) -> None:
    """For each small number, the numbers still shown allow at least two values (linear programme over all sums)."""
    found = cells(pooled_results)
    total = {key[0]: value for key, (value, _) in found.items() if key[7] == "total" and key[1] == "ae_worst_grade"}
    terms = dict.fromkeys(key[4:6] for key in found if key[1] == "ae_worst_grade")
    checked = 0
    for endpoint, group in list(terms)[::3]:
        rows = {(c, s): found[(c, "ae_worst_grade", "treated", "default", endpoint, group, "", s)]
                for c in total for s in (*LEVELS, "count")
                if (c, "ae_worst_grade", "treated", "default", endpoint, group, "", s) in found}  # fmt: skip
        if not rows:
            continue
        for c in total:
            severe = found.get((c, "ae_terms_severe", "treated", "default", endpoint, group, "", "count"))
            rows[(c, "severe")] = severe or (sum(rows[(c, s)][0] for s in ("grade_3", "grade_4", "grade_5")), True)
        unknown = [key for key, (_, hidden) in rows.items() if hidden]
        small = [key for key in unknown if 0 < rows[key][0] < BELOW]
        place = {key: at for at, key in enumerate(unknown)}
        lines, right = [], []
        for parts in sums(rows, total):
            line = np.zeros(len(unknown))
            known = 0.0
            for key, sign in parts:
                if key in place:
                    line[place[key]] += sign
                else:
                    known += sign * rows[key][0]
            if line.any():
                lines.append(line)
                right.append(-known)
        bounds = [(0, total[column]) for column, _ in unknown]
        for key in small[:4]:
            ends = []
            for sign in (1, -1):
                goal = np.zeros(len(unknown))
                goal[place[key]] = sign
                best = linprog(goal, A_eq=np.array(lines), b_eq=np.array(right), bounds=bounds, method="highs")
                assert best.success
                ends.append(sign * best.fun)
            assert ends[1] - ends[0] >= 1 - 1e-6, (endpoint, group, key, rows[key], ends)
            checked += 1
    assert checked > 60


def test_a_cohort_hides_the_same_numbers_on_its_own_page_and_among_all(
    cohort_results: dict[str, Results], pooled_results: Results
) -> None:
    """Else the one page would give away what the other hides."""
    together = cells(pooled_results)
    compared = 0
    for cohort in ("TET", "ATC", "GTT"):
        own = cells(cohort_results[cohort])
        for key, (value, hidden) in own.items():
            if key in together and together[key][0] == value and key[7] == "count":
                assert hidden == together[key][1], key
                compared += 1
    assert compared > 300


def test_response_categories_cannot_be_recomputed_from_the_response_rate(cohort_results: dict[str, Results]) -> None:
    found = cells(cohort_results["TET"])
    for reading in ("unconfirmed", "confirmed"):
        key = ("TET", "best_response", "treated", reading)
        parts = {level: found[(*key, "BOR", level, "", "count")] for level in ("CR", "PR", "SD")}
        for level, (value, hidden) in parts.items():
            assert hidden or not 0 < value < BELOW, level
        if parts["CR"][1]:
            assert parts["PR"][1]


def test_what_is_shown_is_the_full_edition_and_the_result_stays(cohort_results: dict[str, Results]) -> None:
    for results in cohort_results.values():
        whole, shown = share.together(results), share.shared(results, BELOW)
        kept = shown["note"].ne(MASKED) & shown["analysis"].ne("headline")
        pd.testing.assert_frame_equal(shown[kept], whole[kept])
        for name in DECIDING - {"headline", "accrual"}:
            assert not shown.loc[shown["analysis"].eq(name), "note"].eq(MASKED).any()
        card = shown[shown["analysis"].eq("headline")].set_index("statistic")["value"]
        assert card[["successes", "total", "estimate"]].notna().all()


def test_the_centres_are_put_together(cohort_results: dict[str, Results]) -> None:
    shown = share.shared(cohort_results["TET"], BELOW)
    centres = shown[shown["analysis"].eq("accrual") & shown["endpoint"].eq("centre")]
    assert centres[["group", "value"]].to_numpy().tolist() == [["all centres", 48.0]]


def test_the_number_of_centres_is_that_of_the_full_edition(trial: source.Trial) -> None:
    plan = CohortPlan.load("c3_tet")
    cut, seen = trial.as_of(plan.cutoff), {}
    for edition in ("full", "share"):
        rows = analyses.accrual(analyses.derive(cut, plan.model_copy(update={"edition": edition}))).results
        seen[edition] = rows.loc[rows["group"].eq("centres") & rows["statistic"].eq("included"), "value"].item()
    assert seen["share"] == seen["full"] == trial.table("DM").query("ARMCD == 'TET'")["SITEID"].nunique()


@pytest.mark.parametrize(
    "counts", [(2, 18), (1, 1, 18), (2, 2, 16), (1, 5, 14), (2, 0, 18), (3, 17), (1, 19, 0), (6, 7, 7)]
)
@pytest.mark.parametrize("below", [0, 2, 3, 5])
def test_parts_of_a_known_whole(counts: tuple[int, ...], below: int) -> None:
    """By exhaustion: with the shown parts and the whole, a hidden small part has several possible values."""
    groups = pd.Series([str(name) for name, count in enumerate(counts) for _ in range(count)])
    rows = Rows(cohort="X", analysis="baseline")
    block(rows, "sex", groups, order=[str(name) for name in range(len(counts))])
    shown = share.shared(rows.frame(), below)
    parts = shown[shown["statistic"].eq("count")]
    whole, known = sum(counts), parts["value"].tolist()
    hidden = [at for at, value in enumerate(known) if np.isnan(value)]
    rest = int(whole - np.nansum(known))
    ways = [way for way in itertools.product(range(rest + 1), repeat=len(hidden)) if sum(way) == rest]
    for place, at in enumerate(hidden):
        assert len({way[place] for way in ways}) > 1 or counts[at] >= below
    if below < 2:
        assert not hidden
    small = {at for at, count in enumerate(counts) if 0 < count < below}
    assert small <= set(hidden)


def test_new_numbers_follow_the_data_and_neither_the_order_nor_the_centre(trial: source.Trial) -> None:
    plan = CohortPlan.load("c3_tet")
    cut = trial.as_of(plan.cutoff)
    full, one, two = (analyses.derive(cut, plan.model_copy(update={"edition": edition})) for edition in
                      ("full", "share", "share"))  # fmt: skip
    assert one.subjects["USUBJID"].tolist() == two.subjects["USUBJID"].tolist()
    assert set(one.subjects["USUBJID"]) == {f"TET-{place:02d}" for place in range(1, len(full.subjects) + 1)}
    table = pd.DataFrame({
        "new": one.subjects["USUBJID"].str[-2:].astype(int), "included": full.subjects["INCLDT"].rank(),
        "centre": full.subjects["SITEID"].astype(int), "old": full.subjects["USUBJID"].rank(),
    })  # fmt: skip
    assert table.corr(method="spearman")["new"].drop("new").abs().max() < 0.4
    assert set(one.subjects["SITEID"]).isdisjoint(full.subjects["SITEID"])
    changed = {name: frame.iloc[::-1] if name == "DM" else frame for name, frame in full.tables.items()}
    before, after = (share.numbers(full.subjects["USUBJID"], tables, "TET") for tables in (full.tables, changed))
    assert before != after  # the key is the data, so that nobody without them can number the patients again


def test_frames_inside_a_shared_cohort_hold_no_person(trial: source.Trial) -> None:
    plan = CohortPlan.load("c2_gtt", {"edition": "share"})
    cohort = analyses.derive(trial.as_of(plan.cutoff), plan)
    frames = [
        cohort.subjects,
        cohort.status,
        cohort.times,
        cohort.best,
        cohort.targets,
        cohort.evidence.treated,
        cohort.evidence.assays,
        *cohort.responses.values(),
        *cohort.tables.values(),
        *cohort.evidence.tables.values(),
    ]
    for frame in frames:
        assert {"AETERM", "CMTRT", "DSTERM", "MHTERM", "PRTRT", "BRTHDTC"}.isdisjoint(frame.columns)
        if "USUBJID" in frame and len(frame):
            assert frame["USUBJID"].str.startswith("GTT-").all()
        if "reason" in frame:
            assert (frame["reason"] == "").all()


def test_the_share_edition_has_no_derived_tables(trial: source.Trial) -> None:
    plan = CohortPlan.load("c2_gtt", {"edition": "share"})
    with pytest.raises(ValueError, match="one row per patient"):
        analyses.derived_tables(analyses.derive(trial.as_of(plan.cutoff), plan))


def test_results_of_the_run_are_masked(shared_run: Path) -> None:
    for name in ("results", "pooled_safety"):
        found = pd.read_parquet(shared_run / f"{name}.parquet")
        assert found["note"].eq(MASKED).sum() > 500
        assert found.loc[found["note"].eq(MASKED), "value"].isna().all()
