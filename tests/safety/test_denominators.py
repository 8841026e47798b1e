"""Denominators come from the treated patients, never from the events (issue 6, "Must show" 3)."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from ir5nb import charts, source, tables
from ir5nb.analyses import safety, safety_outcomes, safety_special
from ir5nb.analyses.cohort import Cohort, derive
from ir5nb.analyses.safety_counts import Groups, count
from ir5nb.plan import CohortPlan
from ir5nb.schema import RESULT_KEY

COHORTS = ("PM", "GTT", "TET", "ATC", "NET")
TREATED = {"PM": 24, "GTT": 8, "TET": 46, "ATC": 9, "NET": 21}  # demo/README.md
ANALYSES = (
    safety.overview, safety.by_term, safety.worst_grade, safety_special.special_interest, safety_special.incidence,
    safety_special.time_to_first, safety_outcomes.deaths, safety_outcomes.dose_changes, safety_outcomes.exposure,
    safety_outcomes.laboratory,
)  # fmt: skip


def cohort(name: str, without_events: bool = False) -> Cohort:
    base = CohortPlan.load("c3_tet")
    plan = base.model_copy(update={"cohort": name, "member_values": (name,)})
    derived = derive(source.read(None).as_of(plan.cutoff), plan)
    if without_events:
        tables = {**derived.tables, "AE": derived.tables["AE"].iloc[:0]}
        return replace(derived, tables=tables)
    return derived


@pytest.fixture(scope="module")
def cohorts() -> list[Cohort]:
    return [cohort(name) for name in COHORTS]


@pytest.fixture(scope="module")
def gathered(cohorts: list[Cohort]) -> safety.Safety:
    return safety.gather(cohorts, terms={"SKIN": ["Rash", "Pruritus"]})


def test_columns_are_cohorts_then_regimens_then_all(gathered: safety.Safety) -> None:
    totals = dict(zip(gathered.groups.names, gathered.groups.totals.tolist(), strict=True))
    assert {name: totals[name] for name in COHORTS} == TREATED
    regimens = {name: size for name, size in totals.items() if name not in (*COHORTS, "TOTAL")}
    assert regimens == {"DOMVANALIMAB + ZIMBERELIMAB": 87, "DOMVANALIMAB + ZIMBERELIMAB + FOLFOX-4": 21}
    assert totals["TOTAL"] == 108
    assert gathered.groups.names[-1] == "TOTAL"


def test_a_cohort_without_events_keeps_its_column_with_0_of_n(cohorts: list[Cohort]) -> None:
    silent = [cohort("GTT", without_events=True) if one.plan.cohort == "GTT" else one for one in cohorts]
    found = safety.gather(silent)
    for analysis in (safety.overview(found), safety.by_term(found), safety.worst_grade(found)):
        own = analysis.results[analysis.results["cohort"].eq("GTT")]
        assert own.loc[own["statistic"].eq("total"), "value"].tolist() == [8]
        shares = own[own["statistic"].str.endswith("proportion")]
        assert len(shares) > 10
        assert (shares["value"] == 0).all()
        assert (own.loc[own["statistic"].isin(["count", "events"]), "value"] == 0).all()
    dots = safety.worst_grade(found).series["dots"]
    drawn = charts.ae_dots(dots, groups=found.drawn).to_dict()
    assert "GTT" not in set(dots["GROUP"])
    assert drawn["layer"][0]["encoding"]["x"]["scale"]["domain"] == [*COHORTS, "TOTAL"]


def test_all_cohorts_without_events(cohorts: list[Cohort]) -> None:
    found = safety.gather([cohort("GTT", without_events=True)])
    rows = safety.overview(found).results
    assert rows.loc[rows["statistic"].eq("count"), "value"].eq(0).all()
    assert rows.loc[rows["statistic"].eq("total"), "value"].tolist() == [8]
    assert safety.overview(found).headline.startswith("0 of 8 treated patients")


def test_twenty_events_of_a_patient_count_once() -> None:
    groups = Groups.of(pd.Series(["1", "2"]), {"PM": ["1", "2"], "TOTAL": ["1", "2"]})
    events = pd.DataFrame({"USUBJID": ["1"] * 20, "AEBODSYS": "Skin", "AEDECOD": ["Rash", "Itch"] * 10})
    rows = safety.term_rows(events, groups)
    assert rows["COUNT"].unique().tolist() == [1]
    assert rows[rows["AEDECOD"].eq("Rash")]["EVENTS"].tolist() == [10, 10]
    assert rows["TOTAL"].unique().tolist() == [2]
    assert count(events, groups)["EVENTS"].tolist() == [20, 20]


@pytest.mark.parametrize("analyse", ANALYSES, ids=lambda one: one.__name__)
def test_keys_are_unique_counts_fit_their_totals_and_totals_add_up(analyse, gathered: safety.Safety) -> None:
    results = analyse(gathered).results
    assert len(results) > 0
    assert not results.duplicated(list(RESULT_KEY)).any()
    counts = results[results["statistic"].eq("count") & results["unit"].eq("patients")]
    wide = counts.pivot_table(index=["endpoint", "group", "time"], columns="cohort", values="value", sort=False)
    assert (wide[list(COHORTS)].sum(axis=1) == wide["TOTAL"]).all()
    regimens = [name for name in wide.columns if name not in (*COHORTS, "TOTAL")]
    assert (wide[regimens].sum(axis=1) == wide["TOTAL"]).all()
    assert (wide["TOTAL"] <= 108).all()


def test_worst_grades_and_ungraded_add_up_to_the_patients(gathered: safety.Safety) -> None:
    rows = safety.worst_grade(gathered).results
    cells = rows.pivot_table(index=["cohort", "endpoint", "group"], columns="statistic", values="value", sort=False)
    levels = ["grade_1", "grade_2", "grade_3", "grade_4", "grade_5", "ungraded"]
    cells = cells[cells["count"].notna()]
    assert (cells[levels].sum(axis=1) == cells["count"]).all()
    assert cells["ungraded"].sum() > 0


def test_one_cohort_has_the_same_numbers_as_its_column_of_all(cohorts: list[Cohort], gathered: safety.Safety) -> None:
    alone = safety.overview(safety.gather(cohorts[2], terms={"SKIN": ["Rash", "Pruritus"]})).results
    together = safety.overview(gathered).results
    together = together[together["cohort"].eq("TET")].reset_index(drop=True)
    known = together["group"].isin(alone["group"])
    pd.testing.assert_frame_equal(alone, together[known].reset_index(drop=True))


def test_a_patient_in_two_cohorts_is_refused(cohorts: list[Cohort]) -> None:
    with pytest.raises(ValueError, match="in two cohorts"):
        safety.gather([cohorts[1], cohorts[1]])


def test_the_flaws_of_the_demo_data_come_out_as_queries(gathered: safety.Safety) -> None:
    """demo/README.md, "What is wrong on purpose"."""
    queries = gathered.queries
    told = {(row["USUBJID"], row["SEQ"]) for _, row in queries.iterrows() if "AESER is N" in row["problem"]}
    assert told == {("IR5-03-1005", 4), ("IR5-09-5011", 7)}
    twice = queries[queries["problem"].str.startswith("entered before")]
    assert {"IR5-01-5015", "IR5-08-4003", "IR5-10-3004"} <= set(twice["USUBJID"])
    partial = gathered.events[gathered.events["ASTDTF"].eq("D")]
    assert {("IR5-03-3017", 9), ("IR5-10-3041", 5)} <= set(zip(partial["USUBJID"], partial["AESEQ"], strict=True))
    ungraded = gathered.events[gathered.events["ALEVEL"].eq("UNGRADED")]
    assert set(zip(ungraded["USUBJID"], ungraded["AESEQ"], strict=True)) == {
        ("IR5-01-5015", 3), ("IR5-03-3021", 1), ("IR5-05-3023", 3), ("IR5-10-3041", 9)
    }  # fmt: skip


def test_an_imputed_onset_has_no_day_and_no_duration(cohorts: list[Cohort]) -> None:
    """IR5-10-2003, the only pneumonitis of its cohort, began "2025-04": -4 days from the first dose is not known."""
    found = safety_special.special_interest(safety.gather(cohorts[1], terms={"PNEUMONITIS": ["Pneumonitis"]}))
    rows = found.results[found.results["endpoint"].eq("PNEUMONITIS") & found.results["group"].eq("")]
    own = rows.set_index("statistic")["value"]
    assert (own["count"], own["onset_n"], own["duration_n"]) == (1, 0, 0)
    assert own[["onset_median", "onset_min", "duration_max"]].isna().all()
    assert "PNEUMONITIS" not in set(found.series["onset"]["AESICAT"])


def test_known_onsets_are_measured_without_the_imputed(gathered: safety.Safety) -> None:
    own = gathered.counted[gathered.counted["AESICAT"].eq("SKIN")]
    known = own[own["ASTDTF"].isna() & own["ADURN"].notna()]
    rows = safety_special.special_interest(gathered).results
    rows = rows[rows["cohort"].eq("TOTAL") & rows["endpoint"].eq("SKIN") & rows["group"].eq("")]
    numbers = rows.set_index("statistic")["value"]
    assert own["ASTDTF"].notna().sum() == 1  # IR5-03-3034, pruritus
    assert numbers["duration_n"] == len(known)
    assert numbers["duration_median"] == known["ADURN"].median()


def test_an_imputed_onset_is_never_before_the_first_dose(gathered: safety.Safety) -> None:
    before = gathered.counted[gathered.counted["PREFL"].eq("Y")]
    assert set(before.loc[before["ASTDTF"].notna(), "USUBJID"]) == {"IR5-03-3034", "IR5-09-3007", "IR5-10-2003"}
    counted = safety.chosen(gathered, "before first dose")
    assert len(counted) == len(before) - 3
    assert counted["ASTDTF"].isna().all()


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "whose day of onset is imputed"), ("fr", "jour de début est imputé")]
)
def test_the_tables_say_what_they_leave_out(gathered: safety.Safety, lang: str, said: str) -> None:
    assert said in str(tables.ae_overview(safety.overview(gathered).results, lang=lang))
    special = safety_special.special_interest(gathered).results
    assert said in str(tables.ae_special_interest(special, lang=lang))


def test_events_that_reduce_a_dose_are_named_apart_from_reduced_doses(gathered: safety.Safety) -> None:
    """The first are read from AEACN, the second from the doses (EXADJ): one name for both contradicts itself."""
    shown = str(tables.ae_overview(safety.overview(gathered).results))
    assert "Leading to dose reduction" in shown
    assert "Dose reduced" not in shown


def test_events_of_patients_never_treated_are_listed_and_not_counted(cohorts: list[Cohort]) -> None:
    one = cohorts[0]
    never = one.subjects.loc[one.subjects["SAFFL"].ne("Y"), "USUBJID"]
    assert len(never) == 1  # demo/README.md: 25 included, 24 treated
    more = one.tables["AE"].iloc[:1].assign(USUBJID=never.iloc[0], AESEQ=1)
    tables = {**one.tables, "AE": pd.concat([one.tables["AE"], more], ignore_index=True)}
    found = safety.gather(replace(one, tables=tables))
    listed = found.queries[found.queries["problem"].str.startswith("adverse event of a patient who was never treated")]
    assert set(zip(listed["USUBJID"], listed["SEQ"], strict=True)) >= {(never.iloc[0], 1)}
    pd.testing.assert_frame_equal(safety.overview(found).results, safety.overview(safety.gather(one)).results)
