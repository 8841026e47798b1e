"""Every cohort's results against a second computation from the source tables that shares no code with the first.

`recount` decides patient by patient from the CSV files, `reckon` enumerates the design and asks statsmodels and
lifelines; neither imports `ir5nb`. Each number is compared with the row of the results that has its key.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.independent import reckon, recount

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "src" / "ir5nb" / "demo"
COHORTS = ("c1_pm", "c2_gtt", "c3_tet", "c4_atc", "c5_net")
KEY = ["analysis", "population", "reading", "endpoint", "group", "time", "statistic"]
COUNT = 0.0  # counts and days are whole numbers (a flat median a half): equal or wrong
ROUNDING = 1e-12  # sums of products in another order
ROOTS = 1e-9  # limits found by two different root finders
LEVELS = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")

Key = tuple[str, ...]
Expected = dict[Key, tuple[float, float]]  # key of a result -> value, tolerance


@cache
def entries(name: str) -> dict[str, Any]:
    return recount.plan_entries(ROOT / "params" / f"{name}.yaml")


@cache
def included(name: str) -> list[recount.Patient]:
    return recount.patients(recount.source_rows(DEMO), entries(name))


@cache
def demo() -> source.Trial:
    return source.read(None)


@cache
def cohort(name: str) -> analyses.Cohort:
    plan = CohortPlan.load(name)
    return analyses.derive(demo().as_of(plan.cutoff), plan)


@cache
def numbers(name: str) -> dict[Key, float]:
    rows = analyses.results(cohort(name))
    keys = rows[KEY].fillna("").astype(str).itertuples(index=False, name=None)
    return dict(zip(keys, rows["value"], strict=True))


def statuses(name: str) -> dict[str, str]:
    plan = entries(name)
    return {one.name: recount.week24(one, plan, plan["cutoff"]) for one in recount.treated(included(name))}


def differences(name: str, expected: Expected) -> list[str]:
    found = numbers(name)
    wrong = []
    for key, (value, tolerance) in expected.items():
        theirs = found.get(key)
        both_missing = theirs is not None and pd.isna(theirs) and pd.isna(value)
        if theirs is None or not (both_missing or abs(theirs - value) <= tolerance):
            wrong.append(f"{' | '.join(key)}: recounted {value}, results {theirs}")
    return wrong


# Patients -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COHORTS)
def test_included_and_treated(name: str) -> None:
    people = cohort(name).subjects
    assert set(people.loc[people["ITTFL"] == "Y", "USUBJID"]) == {one.name for one in included(name)}
    assert cohort(name).treated["USUBJID"].tolist() == [one.name for one in recount.treated(included(name))]
    at = ("analysis_sets", "included", "default", "analysis_sets")
    expected: Expected = {
        (*at, "included", "", "count"): (len(included(name)), COUNT),
        (*at, "treated", "", "count"): (len(recount.treated(included(name))), COUNT),
    }
    assert not differences(name, expected)


def test_an_interim_look_keeps_the_first_patients_treated() -> None:
    plan = entries("c2_gtt")
    everyone = recount.patients(recount.source_rows(DEMO), plan | {"analysis": "final"})
    first = sorted(everyone, key=lambda one: (one.start is None, one.start, one.name))[: plan["n1"]]
    assert plan["analysis"] == "interim"
    assert [one.name for one in first] == cohort("c2_gtt").treated["USUBJID"].tolist()


@pytest.mark.parametrize("name", COHORTS)
def test_status_at_week_24_of_each_patient(name: str) -> None:
    theirs = cohort(name).status.set_index("USUBJID")["STATUS"].to_dict()
    assert theirs == statuses(name)


@pytest.mark.parametrize("name", [name for name in COHORTS if name != "c2_gtt"])
def test_best_response_of_each_patient(name: str) -> None:
    best = cohort(name).best.set_index("USUBJID")
    for column, confirmed in (("BOR", False), ("CBOR", True)):
        mine = {
            one.name: recount.best_response(one, entries(name), confirmed=confirmed)
            for one in recount.treated(included(name))
        }
        assert best[column].to_dict() == mine, column


def timed(name: str) -> dict[str, tuple[Callable[[recount.Patient], recount.Time], list[recount.Patient]]]:
    """The time-to-event endpoints of a cohort and whose time they count."""
    people = included(name)
    if name == "c2_gtt":
        return {"RFS": (recount.rfs, people), "OS": (recount.overall_survival, people)}
    responders = [
        one
        for one in recount.treated(people)
        if recount.best_response(one, entries(name), confirmed=False) in ("CR", "PR")
    ]
    return {
        "PFS": (recount.pfs, people),
        "OS": (recount.overall_survival, people),
        "DOR": (recount.dor, responders),
    }


@pytest.mark.parametrize("name", COHORTS)
def test_days_and_event_of_each_patient(name: str) -> None:
    times = cohort(name).times
    for endpoint, (rule, people) in timed(name).items():
        own = times[(times["PARAMCD"] == endpoint) & (times["READING"] == "default")]
        theirs = {
            row.USUBJID: (int(row.AVAL), row.CNSR == 0, row.EVNTDESC if row.CNSR == 0 else "")
            for row in own.itertuples()
        }
        assert theirs == {one.name: rule(one) for one in people}, endpoint


# Numbers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COHORTS)
def test_numbers_of_the_primary_endpoint(name: str) -> None:
    plan, status = entries(name), list(statuses(name).values())
    successes, pending = status.count("SUCCESS"), status.count("PENDING")
    at = ("primary", "treated", "default", "", "", "")
    known = len(status) - pending
    lower, upper = reckon.clopper_pearson(successes, known, 0.95)
    expected: Expected = {
        (*at, "successes"): (successes, COUNT),
        (*at, "total"): (len(status), COUNT),
        (*at, "pending"): (pending, COUNT),
        (*at, "naive"): (successes / known, ROUNDING),
        (*at, "cp_lower"): (lower, ROUNDING),
        (*at, "cp_upper"): (upper, ROUNDING),
    }
    for level in ("SUCCESS", "FAILURE", "PENDING"):
        expected["categories", "treated", "default", level, "", "", "count"] = (status.count(level), COUNT)
    assert not differences(name, expected)
    assert known == sum(status.count(level) for level in ("SUCCESS", "FAILURE"))
    assert set(plan["member_values"]) == {plan["cohort"]}


def ended(name: str) -> reckon.Outcome | None:
    """The outcome of a trial that is over: stopped after stage 1, or all n patients judged; else none."""
    plan, status = entries(name), list(statuses(name).values())
    stage1 = status[: plan["n1"]]
    if "PENDING" not in stage1 and len(stage1) == plan["n1"] and stage1.count("SUCCESS") <= plan["r1"]:
        return 1, stage1.count("SUCCESS")
    if "PENDING" not in status and len(status) == plan["n"]:
        return 2, status.count("SUCCESS")
    return None


def test_which_cohorts_are_over() -> None:
    """From the guide of the demo data: negative, interim look, positive, stopped, recruiting."""
    assert [ended(name) for name in COHORTS] == [(2, 5), None, (2, 34), (1, 3), None]


@pytest.mark.parametrize("name", COHORTS)
def test_inference_after_two_stages(name: str) -> None:
    plan, seen = entries(name), ended(name)
    at = ("primary", "treated", "default", "", "", "")
    headline = ("headline", "treated", "default", "primary", "", "")
    if seen is None:  # no test while a stage is open: the observed rate, with exact limits
        status = list(statuses(name).values())
        known = [level for level in status if level != "PENDING"]
        limits = reckon.clopper_pearson(known.count("SUCCESS"), len(known), plan["level"])
        estimate = known.count("SUCCESS") / len(known)
        assert (*at, "p_value") not in numbers(name)
        assert (*at, "umvue") not in numbers(name)
        expected: Expected = {}
    else:
        design = reckon.Design(*(plan[symbol] for symbol in ("r1", "n1", "r", "n", "p0")))
        limits, estimate = design.limits(seen, plan["level"]), design.umvue(seen)
        expected = {
            (*at, "umvue"): (estimate, ROUNDING),
            (*at, "p_value"): (design.p_value(seen), ROUNDING),
            (*at, "lower"): (limits[0], ROOTS),
            (*at, "upper"): (limits[1], ROOTS),
            (*at, "lower_bound"): (limits[0], ROOTS),
            (*at, "median_unbiased"): (design.median_unbiased(seen), ROOTS),
            (*at, "bias_adjusted"): (design.bias_adjusted(seen), ROOTS),
        }
    expected[*headline, "estimate"] = (estimate, ROUNDING)
    expected[*headline, "lower"] = (limits[0], ROOTS)
    expected[*headline, "upper"] = (limits[1], ROOTS)
    assert not differences(name, expected)


@pytest.mark.parametrize("name", COHORTS)
def test_successes_of_each_stage(name: str) -> None:
    plan, status = entries(name), list(statuses(name).values())
    at = ("decision", "treated", "default", "")
    first = status[: plan["n1"]]
    expected: Expected = {
        (*at, "stage 1", "", "successes"): (first.count("SUCCESS"), COUNT),
        (*at, "stage 1", "", "total"): (len(first), COUNT),
        (*at, "stage 1", "", "pending"): (first.count("PENDING"), COUNT),
    }
    if len(status) > plan["n1"]:
        expected[*at, "stage 2", "", "successes"] = (status.count("SUCCESS"), COUNT)
        expected[*at, "stage 2", "", "pending"] = (status.count("PENDING"), COUNT)
    assert not differences(name, expected)


@pytest.mark.parametrize("name", [name for name in COHORTS if name != "c2_gtt"])
def test_response_rates(name: str) -> None:
    expected: Expected = {}
    for reading, confirmed in (("unconfirmed", False), ("confirmed", True)):
        best = Counter(
            recount.best_response(one, entries(name), confirmed=confirmed) for one in recount.treated(included(name))
        )
        at = ("best_response", "treated", reading)
        for level in LEVELS:
            expected[*at, "BOR", level, "", "count"] = (best[level], COUNT)
        # "ORR = CR + PR over the population; DCR adds SD": to the letter, so without NON-CR/NON-PD.
        for endpoint, levels in (("ORR", ("CR", "PR")), ("DCR", ("CR", "PR", "SD"))):
            count = sum(best[level] for level in levels)
            lower, upper = reckon.clopper_pearson(count, best.total(), 0.95)
            expected |= {
                (*at, endpoint, "", "", "count"): (count, COUNT),
                (*at, endpoint, "", "", "total"): (best.total(), COUNT),
                (*at, endpoint, "", "", "proportion"): (count / best.total(), ROUNDING),
                (*at, endpoint, "", "", "lower"): (lower, ROUNDING),
                (*at, endpoint, "", "", "upper"): (upper, ROUNDING),
            }
    assert not differences(name, expected)


def curve_rows(at: Key, curve: reckon.Curve, until: float) -> Iterator[tuple[Key, tuple[float, float]]]:
    for label, share in (("q1", Fraction(1, 4)), ("median", Fraction(1, 2)), ("q3", Fraction(3, 4))):
        for suffix, value in zip(("", "_lower", "_upper"), curve.quantile(share), strict=True):
            yield (*at, "", "", f"{label}{suffix}"), (math.nan if value > until else value, COUNT)
    for months in (3, 6, 9, 12):
        for suffix, value in zip(("", "_lower", "_upper"), curve.rate(months), strict=True):
            yield (*at, "", str(months), f"rate{suffix}"), (value, ROUNDING)


@pytest.mark.parametrize("name", COHORTS)
def test_medians_and_rates(name: str) -> None:
    expected: Expected = {}
    for endpoint, (rule, people) in timed(name).items():
        times = [rule(one) for one in people]
        at = ("time_to_event", "responders" if endpoint == "DOR" else "included", "default", endpoint)
        expected[*at, "", "", "total"] = (len(times), COUNT)
        expected[*at, "", "", "events"] = (sum(event for _, event, _ in times), COUNT)
        expected[*at, "", "", "censored"] = (sum(not event for _, event, _ in times), COUNT)
        for kind, count in Counter(kind for _, event, kind in times if event).items():
            expected[*at, kind, "", "count"] = (count, COUNT)
        curve = reckon.kaplan_meier(
            [day for day, _, _ in times], [event for _, event, _ in times], entries(name)["survival_level"]
        )
        # "below 10 in a group ... no KM median beyond the last event" (spec/report.md, "Form")
        last = max((day for day, event, _ in times if event), default=0)
        expected |= dict(curve_rows(at, curve, last if len(times) < 10 else math.inf))
    assert not differences(name, expected)


# The second computation itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", [recount, reckon])
def test_the_second_computation_imports_nothing_of_the_product(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported
    assert not [one for one in imported if one.split(".")[0] == "ir5nb"]


def test_a_flat_median_is_the_middle_of_the_step() -> None:
    """R survival gives 6 for these ten patients, lifelines 5 (specification of the statistics, Survival)."""
    curve = reckon.kaplan_meier([1, 2, 3, 4, 5, 7, 8, 9, 10, 11], [True] * 10, 0.95)
    assert curve.quantile(Fraction(1, 2))[0] == 6
