"""Masked numbers: none is small, none can be recomputed, the rest is the full edition's."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb import analyses, source
from ir5nb.analyses import share
from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.rows import Rows, block
from ir5nb.plan import CohortPlan
from ir5nb.schema import MASKED, RESULT_KEY

BELOW = 3
DECIDING = {"headline", "design", "path", "decision", "primary", "readings", "chances", "accrual", "course"}
FOLLOWS = {"included", "treated", "included, no dated dose of study treatment"}  # sizes of sets, and their difference
Results = pd.DataFrame


@pytest.fixture(scope="session")
def cohort_results(pages: dict[str, Results]) -> dict[str, Results]:
    return {name: rows for name, rows in pages.items() if name != "pooled"}


@pytest.fixture(scope="session")
def pooled_results(pages: dict[str, Results]) -> Results:
    return pages["pooled"]


@pytest.fixture(scope="module")
def trial() -> source.Trial:
    return source.read(None)


@pytest.fixture(scope="module")
def thymic(trial: source.Trial) -> Cohort:
    """The cohort of `c3_tet` in the full edition."""
    plan = CohortPlan.load("c3_tet")
    return analyses.derive(trial.as_of(plan.cutoff), plan)


@pytest.fixture(scope="module")
def thymic_shared(trial: source.Trial) -> Cohort:
    plan = CohortPlan.load("c3_tet", {"edition": "share"})
    return analyses.derive(trial.as_of(plan.cutoff), plan)


@pytest.fixture(scope="module")
def gestational_shared(trial: source.Trial) -> Cohort:
    plan = CohortPlan.load("c2_gtt", {"edition": "share"})
    return analyses.derive(trial.as_of(plan.cutoff), plan)


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
        counts = counts[counts["statistic"].ne("total") & ~counts["group"].isin(FOLLOWS)]
        own = counts["analysis"].eq("categories") & counts["group"].eq("")  # successes and failures: the result itself
        assert not counts.loc[~own, "value"].between(1, BELOW - 1).any()
        key = list(RESULT_KEY[:7])
        closed = shown["analysis"].isin([*DECIDING, "categories", "analysis_sets"])
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
        if statistic == "event_incidence" and found[(*key, "events")][1]:
            assert hidden, (key, statistic)
        if statistic.endswith("_proportion") and found[(*key, statistic.removesuffix("_proportion"))][1]:
            assert hidden, (key, statistic)
        if statistic in {"min", "max", "onset_min", "duration_max"}:
            assert hidden, (key, statistic)


def test_a_cohort_hides_the_same_numbers_on_its_own_page_and_among_all(
    cohort_results: dict[str, Results], pooled_results: Results
) -> None:
    """Else the one page would give away what the other hides."""
    together = cells(pooled_results)
    compared = 0
    for results in cohort_results.values():
        own = cells(results)
        for key, (value, hidden) in own.items():
            if key in together and together[key][0] == value and key[7] == "count":
                assert hidden == together[key][1], key
                compared += 1
    assert compared > 500


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
        for name in DECIDING - {"headline", "accrual", "readings"}:
            assert not shown.loc[shown["analysis"].eq(name), "note"].eq(MASKED).any()
        card = shown[shown["analysis"].eq("headline")].set_index("statistic")["value"]
        assert card[["successes", "total", "estimate"]].notna().all()


def test_the_centres_are_put_together(cohort_results: dict[str, Results]) -> None:
    shown = share.shared(cohort_results["TET"], BELOW)
    centres = shown[shown["analysis"].eq("accrual") & shown["endpoint"].eq("centre")]
    assert centres[["group", "value"]].to_numpy().tolist() == [["all centres", 48.0]]


def test_the_number_of_centres_is_that_of_the_full_edition(
    trial: source.Trial, thymic: Cohort, thymic_shared: Cohort
) -> None:
    own = trial.table("DM").query("ARMCD == 'TET'")["SITEID"].nunique()
    for cohort in (thymic, thymic_shared):
        rows = analyses.accrual(cohort).results
        assert rows.loc[rows["group"].eq("centres") & rows["statistic"].eq("included"), "value"].item() == own


def test_few_events_or_few_responders_leave_no_curve(cohort_results: dict[str, Results]) -> None:
    """Two deaths are hidden, and so are the rates and quartiles, each of which tells a day of one of them."""
    left_out = 0
    for results in cohort_results.values():
        whole, shown = share.together(results), share.shared(results, BELOW)
        times = whole["analysis"].eq("time_to_event") & whole["group"].eq("")
        for endpoint, rows in whole[times].groupby("endpoint"):
            numbers = rows.set_index("statistic")["value"]
            estimates = shown.loc[rows.index].query("unit != 'patients'")
            if 0 < numbers["events"] < BELOW or (endpoint == "DOR" and 0 < numbers["total"] < BELOW):
                assert estimates["note"].eq(MASKED).all(), endpoint
                left_out += 1
    assert left_out >= 3  # survival of GTT and its follow-up, responses of ATC


def test_no_estimate_of_follow_up_beside_a_hidden_number_of_deaths(cohort_results: dict[str, Results]) -> None:
    """Follow-up ends where survival has its events: 50 % with limits from 11.1 to 80.4 come of 2 deaths alone."""
    left_out = 0
    for results in cohort_results.values():
        shown = share.shared(results, BELOW).query("analysis == 'time_to_event'")
        masked = shown["note"].eq(MASKED)
        counts = shown["endpoint"].isin(["OS", "FUP"]) & shown["unit"].eq("patients")
        estimates = shown["endpoint"].eq("FUP") & shown["unit"].ne("patients")
        if (counts & masked).any():
            assert masked[estimates].all()
            left_out += 1
    assert left_out >= 2  # 2 deaths in GTT, 1 patient alive in ATC


@pytest.mark.parametrize(("deaths", "shown"), [(1, False), (2, False), (3, True), (17, True), (18, False)])
def test_follow_up_is_shown_where_deaths_and_survivors_are_many(deaths: int, shown: bool) -> None:
    times = Rows(cohort="X", analysis="time_to_event", population="included")
    for endpoint, events in (("OS", deaths), ("FUP", 20 - deaths)):
        own = times.at(endpoint=endpoint).add(total=20, events=events, censored=20 - events)
        own.at(unit="days").add(median=300, median_lower=200, median_upper=None)
        own.at(time="12").add(rate=0.5, rate_lower=0.111, rate_upper=0.804)
    told = share.shared(times.frame(), BELOW).query("endpoint == 'FUP' and unit != 'patients'")
    assert told["note"].ne(MASKED).all() == shown
    assert told["note"].eq(MASKED).all() != shown


def test_hidden_responders_cannot_be_counted_from_the_ends_of_their_responses() -> None:
    """8 of 9 responded: 1 did not, so 8 is hidden, wherever it stands and in its parts."""
    rows = Rows(cohort="X", analysis="best_response", population="treated", reading="unconfirmed")
    rows.at(endpoint="ORR").add(count=8, total=9)
    times = Rows(cohort="X", analysis="time_to_event", population="responders").at(endpoint="DOR")
    times.add(total=8, events=4, censored=4)
    shown = share.shared(pd.concat([rows.frame(), times.frame()], ignore_index=True), BELOW)
    value = shown.set_index(["endpoint", "statistic"])["value"]
    assert value[[("ORR", "count"), ("DOR", "total")]].isna().all()
    assert value[[("DOR", "events"), ("DOR", "censored")]].isna().any()


def test_events_of_one_hidden_category_cannot_be_counted_from_all() -> None:
    """2 events of colitis in one patient: with all 10 and the 8 of the skin they would be known."""
    rows = Rows(cohort="X", analysis="ae_special_interest", population="treated").add(total=40)
    for category, patients, events in (("any", 9, 10), ("SKIN", 8, 8), ("COLITIS", 1, 2)):
        rows.at(endpoint=category).add(count=patients).at(unit="events").add(events=events)
    shown = share.shared(rows.frame(), BELOW)
    events = shown[shown["statistic"].eq("events")].set_index("endpoint")["value"]
    assert np.isnan(events["COLITIS"])
    assert events[["any", "SKIN"]].isna().any()


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


def test_new_numbers_follow_the_data_and_neither_the_order_nor_the_centre(
    thymic: Cohort, thymic_shared: Cohort
) -> None:
    full, one, two = thymic, thymic_shared, share.anonymous(thymic, "TET")
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


def test_frames_inside_a_shared_cohort_hold_no_person(gestational_shared: Cohort) -> None:
    cohort = gestational_shared
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


def test_the_share_edition_has_no_derived_tables(gestational_shared: Cohort) -> None:
    with pytest.raises(ValueError, match="one row per patient"):
        analyses.derived_tables(gestational_shared)


def test_results_of_the_run_are_masked(shared_run: Path) -> None:
    for name in ("results", "pooled_safety"):
        found = pd.read_parquet(shared_run / f"{name}.parquet")
        assert found["note"].eq(MASKED).sum() > 500
        assert found.loc[found["note"].eq(MASKED), "value"].isna().all()
