"""What `analyses` derives and counts, against the truth the simulator wrote beside its tables, where it can be seen.

Observable, and equal to the day: inclusion, treatment start, death (but for the day where only its month is recorded)
up to the loss of the patient, the first progression the investigator read, clinical progression, subsequent therapy;
hence events, times, medians, and week-24 successes but for the patients named next. Not observable, and set aside by
rules stated on the truth, not on the result:
- a patient lost before the landmark, whose status nobody knows (A5 counts a failure);
- a new therapy before the landmark without progression: a failure by A6, whatever the disease did later;
- a true progression before the landmark first seen by a scan after it: a success by A4;
- a landmark in the gap of missed scans: not evaluable (A5);
- hCG that was normal between two assays, or from a day after which no assay was done on treatment;
- the true day of progression between two scans (seen at the first scan after it), and what follows the data cut.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from importlib import resources

import pandas as pd
import pytest

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan
from ir5nb.simulate import platform, write
from ir5nb.simulate.cohorts import COHORTS
from ir5nb.simulate.observation import PERFECT

PLANS = {"PM": "c1_pm", "GTT": "c2_gtt", "TET": "c3_tet", "ATC": "c4_atc", "NET": "c5_net"}
IMAGED = ("PM", "TET", "ATC", "NET")
SIZE = 200
SIGMAS = 4  # a count further than this from its expectation comes by chance once in 16,000 times
DEMO_CUT, LATE_CUT = dt.date(2026, 6, 30), dt.date(2040, 12, 31)  # by the late one nothing is open any more
NEVER = pd.Timestamp("2200-01-01")
DAYS = ("inclusion", "start", "progression", "clinical", "death", "lost", "normalisation", "seen_progression",
        "seen_clinical", "end", "therapy")  # fmt: skip
Derived = dict[str, analyses.Cohort]


def dated(truth: pd.DataFrame, cut: dt.date) -> pd.DataFrame:
    """Read the truth's days; what comes after the cut, and a death after the loss of the patient, is never known."""
    days = {name: pd.to_datetime(truth[name], errors="coerce").fillna(NEVER) for name in DAYS}
    table = truth.assign(**days).set_index("USUBJID")
    known = table["death"].le(pd.Timestamp(cut)) & table["death"].le(table["lost"])
    seen = table["seen_progression"].where(table["seen_progression"].le(pd.Timestamp(cut)), NEVER)
    return table.assign(known_death=table["death"].where(known, NEVER), seen_progression=seen)


def derived(trial: source.Trial, cut: dt.date) -> Derived:
    at_cut = trial.as_of(cut)
    changes: Mapping[str, object] = {"cutoff": cut, "analysis": "final"}
    return {code: analyses.derive(at_cut, CohortPlan.load(stem, changes)) for code, stem in PLANS.items()}


@pytest.fixture(scope="module")
def demo() -> tuple[Derived, pd.DataFrame]:
    with resources.as_file(resources.files("ir5nb") / "demo" / "truth" / "patients.csv") as path:
        truth = dated(pd.read_csv(path), DEMO_CUT)
    return derived(source.read(None), DEMO_CUT), truth


@pytest.fixture(scope="module")
def perfect(tmp_path_factory: pytest.TempPathFactory) -> tuple[Derived, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """A larger platform without a flaw, followed to its end: nobody is lost, every scan is done on its day."""
    models = {code: replace(model, disease=replace(model.disease, lost_rate=0.0)) for code, model in COHORTS.items()}
    made = platform(
        3, sizes=dict.fromkeys(PLANS, SIZE), observation=PERFECT, cutoff=LATE_CUT, cohorts=models,
        domains=("DM", "DS", "EX", "TU", "TR", "RS", "HCG", "CM", "PR", "SC"),
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("perfect")
    write({name: table for name, table in made.items() if "/" not in name}, folder, "parquet")
    truth = dated(made["truth/patients"], LATE_CUT)
    return derived(source.read(folder), LATE_CUT), truth, made["truth/rates"], made["LB"]


# --- counts and times ----------------------------------------------------------------------------------------------


def of_endpoint(cohort: analyses.Cohort, endpoint: str) -> pd.DataFrame:
    return cohort.times[cohort.times["PARAMCD"] == endpoint].set_index("USUBJID")


def true_events(truth: pd.DataFrame, endpoint: str) -> pd.Series:
    """Day of the first event that can be seen: death, for PFS also the first progression read."""
    return truth["known_death"] if endpoint == "OS" else truth[["known_death", "seen_progression"]].min(axis=1)


def told_day(cohort: analyses.Cohort) -> pd.Series:
    """Patients whose death has its day recorded; of the others the month alone is known."""
    return cohort.subjects.set_index("USUBJID")["DTHDTF"].isna()


@pytest.mark.parametrize("code", PLANS)
@pytest.mark.parametrize("platform_of", ["demo", "perfect"])
def test_counts_of_patients_events_and_their_days(platform_of: str, code: str, request: pytest.FixtureRequest) -> None:
    found, truth, *_ = request.getfixturevalue(platform_of)
    cohort, known = found[code], truth[truth["COHORT"] == code]
    assert set(cohort.subjects["USUBJID"]) == set(known.index)
    assert len(cohort.treated) == known["start"].lt(NEVER).sum()
    for endpoint in ("OS", "PFS") if code != "GTT" else ("OS",):
        rows = of_endpoint(cohort, endpoint)
        event = true_events(known, endpoint).reindex(rows.index)
        assert rows["CNSR"].eq(0).equals(event.lt(NEVER)), endpoint
        exact = event.lt(NEVER) & told_day(cohort).reindex(rows.index)
        days = (event - known["inclusion"].reindex(rows.index)).dt.days
        assert rows.loc[exact, "AVAL"].tolist() == days[exact].tolist()
        assert exact.sum() >= rows["CNSR"].eq(0).sum() - 2  # the demo has two deaths of which the day is not known


# --- medians ---------------------------------------------------------------------------------------------------------


def plain_median(days: pd.Series, event: pd.Series) -> float | None:
    """Product-limit median in exact arithmetic; where the curve runs along one half, the middle of that stretch."""
    alive, reached = Fraction(1), None
    for day in sorted(set(days[event])):
        if reached is not None:
            return (reached + day) / 2
        at_risk = int((days >= day).sum())
        alive *= Fraction(at_risk - int((event & (days == day)).sum()), at_risk)
        if alive < Fraction(1, 2):
            return float(day)
        if alive == Fraction(1, 2):
            reached = day
    return None if reached is None else float(reached)


def reported_median(cohort: analyses.Cohort, endpoint: str) -> float | None:
    rows = analyses.results(cohort)
    rows = rows[rows["analysis"].eq("time_to_event") & rows["endpoint"].eq(endpoint) & rows["statistic"].eq("median")]
    value = rows["value"].item()
    return None if pd.isna(value) else float(value)


@pytest.mark.parametrize("code", IMAGED)
@pytest.mark.parametrize("platform_of", ["demo", "perfect"])
def test_medians_are_those_of_the_true_days(platform_of: str, code: str, request: pytest.FixtureRequest) -> None:
    """Events on their true days; the censored at their last news, which is chance and no truth."""
    found, truth, *_ = request.getfixturevalue(platform_of)
    cohort = found[code]
    for endpoint in ("OS", "PFS"):
        rows = of_endpoint(cohort, endpoint)
        known = truth.loc[rows.index]
        event = true_events(known, endpoint)
        exact = event.lt(NEVER) & told_day(cohort).reindex(rows.index)
        days = (event - known["inclusion"]).dt.days.where(exact, rows["AVAL"])
        assert reported_median(cohort, endpoint) == plain_median(days, event.lt(NEVER)), endpoint


@pytest.mark.parametrize("code", IMAGED)
def test_without_censoring_the_median_survival_is_the_middle_of_the_true_times(code: str, perfect) -> None:
    found, truth, *_ = perfect
    known = truth[truth["COHORT"] == code]
    days = (known["death"] - known["inclusion"]).dt.days
    assert reported_median(found[code], "OS") == days.median()  # the dead by 2040 are far more than half


# --- week 24 ---------------------------------------------------------------------------------------------------------


def unseen(truth: pd.DataFrame, landmark: pd.Series, code: str) -> pd.Series:
    """Patients with imaging whose true status at the landmark the records cannot show (see the top of this file)."""
    lost = truth["lost"] < landmark
    if code == "ATC":
        return lost & truth["known_death"].gt(landmark)
    therapy = truth["therapy"] <= landmark
    late = (truth["progression"] <= landmark) & (truth["seen_progression"] > landmark)
    recorded = truth[["known_death", "seen_progression", "seen_clinical"]].min(axis=1)
    return (lost | therapy | late) & recorded.gt(landmark)  # an event recorded by then is a failure seen


def unassayed(truth: pd.DataFrame, landmark: pd.Series, lb: pd.DataFrame) -> pd.Series:
    """Patients of whom no assay was done from the true normalisation until resistance, end of treatment or landmark."""
    last = pd.concat([truth["progression"] - pd.Timedelta(days=1), truth["end"], landmark], axis=1).min(axis=1)
    hcg = lb[lb["LBTESTCD"] == "HCG"]
    day = pd.to_datetime(hcg["LBDTC"].str[:10])
    inside = (day >= hcg["USUBJID"].map(truth["normalisation"])) & (day <= hcg["USUBJID"].map(last))
    return truth["normalisation"].lt(NEVER) & ~truth.index.isin(hcg.loc[inside, "USUBJID"])


@pytest.mark.parametrize("code", PLANS)
def test_without_flaws_every_success_at_week_24_is_true_and_every_true_one_is_found(code: str, perfect) -> None:
    found, truth, rates, lb = perfect
    status = found[code].status.set_index("USUBJID")
    known = truth.loc[status.index]
    hidden = (unassayed(known, status["LANDMARKDT"], lb) if code == "GTT" else
              unseen(known, status["LANDMARKDT"], code))  # fmt: skip
    succeeded, true = status["STATUS"].eq("SUCCESS"), known["success"].eq("Y")
    assert succeeded[~hidden].tolist() == true[~hidden].tolist()
    assert not (succeeded & ~true).any()
    assert hidden.sum() <= SIZE // 10
    assert len(status) == SIZE
    rate = rates[rates["COHORT"].eq(code) & rates["quantity"].eq("success_24_weeks")]["value"].item()
    assert abs(true.sum() - SIZE * rate) <= SIGMAS * (SIZE * rate * (1 - rate)) ** 0.5


@pytest.mark.parametrize("code", [code for code in PLANS if code != "GTT"])
def test_success_at_week_24_of_the_demo_is_true_where_it_can_be_seen(code: str, demo) -> None:
    found, truth = demo
    status = found[code].status.set_index("USUBJID")
    known = truth.loc[status.index]
    gap = status["CATEGORY"].eq("not evaluable") | status["STATUS"].eq("PENDING")
    hidden = unseen(known, status["LANDMARKDT"], code) | gap
    succeeded, true = status["STATUS"].eq("SUCCESS"), known["success"].eq("Y")
    assert succeeded[~hidden].tolist() == true[~hidden].tolist()
    assert (~hidden).sum() >= 0.7 * status["STATUS"].ne("PENDING").sum()
    rows = analyses.results(found[code]).query("analysis == 'primary' and statistic == 'successes'")
    assert rows["value"].tolist() == [(true & ~hidden).sum() + (succeeded & hidden).sum()]


def test_hcg_of_the_demo_is_normal_only_when_it_truly_is(demo) -> None:
    found, truth = demo
    status = found["GTT"].status.set_index("USUBJID")
    succeeded = status["STATUS"].eq("SUCCESS")
    assert truth.loc[succeeded.index[succeeded], "success"].eq("Y").all()
    assert (status.loc[succeeded, "DECDT"] >= truth.loc[succeeded.index[succeeded], "normalisation"]).all()
    assert truth.loc[status.index, "success"].eq("Y").sum() - succeeded.sum() in (0, 1)
