"""The readings that estimate a rate and decide nothing (A4, A5), from the source tables by another road.

Kaplan-Meier by lifelines; the interval-censored rate by giving every single day a mass and iterating; the cumulative
incidence of normalisation by statsmodels.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import CumIncidenceRight
from tests.independent import recount
from tests.independent.test_cohorts import DEMO, demo, entries

from ir5nb import analyses
from ir5nb.plan import CohortPlan

ROUNDING = 1e-9
ITERATED = 2e-5  # the day-by-day iteration is stopped, not finished
CUTS = ("2026-06-30", "2025-06-30")
TUMOUR = [(name, cut) for name in ("c1_pm", "c3_tet", "c5_net") for cut in CUTS]
FREE = [*TUMOUR, *(("c4_atc", cut) for cut in CUTS)]


@cache
def people(name: str, cut: str) -> list[recount.Patient]:
    """The patients as they were known on the day of the cut."""
    folder = demo().as_of(dt.date.fromisoformat(cut))
    rows = {}
    for domain, table in folder.tables.items():
        kept = table.astype(object).where(table.notna(), "")
        rows[domain.lower()] = [{str(key): str(value) for key, value in row.items()} for row in kept.to_dict("records")]
    assert set(rows) >= set(recount.source_rows(DEMO))
    return recount.treated(recount.patients(rows, entries(name)))


@cache
def estimates(name: str, cut: str) -> dict[tuple[str, str], float]:
    plan = CohortPlan.load(name, {"cutoff": cut})
    rows = analyses.readings(analyses.derive(demo().as_of(plan.cutoff), plan)).results
    return {(row["reading"], row["statistic"]): row["value"] for row in rows.to_dict("records")}


def failing(one: recount.Patient, plan: dict) -> list[tuple[dt.date, str]]:
    """What ends the patient's chance, with its kind."""
    kinds = {"death": one.death}
    if plan["primary"] == "progression_free":
        kinds |= {"progression": one.radiological, "therapy": one.new_therapy}
    days = [(day, kind) for kind, day in kinds.items() if day is not None]
    return days + [(day, "clinical") for day in one.deteriorations if plan.get("clinical_progression")]


def clean_before(one: recount.Patient, day: dt.date) -> int:
    """Days from treatment start to the last scan without progression before a day."""
    scans = [scan.recorded for scan in one.scans if scan.response not in ("PD", "NE") and scan.recorded < day]
    return max([0, *((scan - one.start).days for scan in scans)])


def timed(name: str, cut: str) -> list[tuple[int, bool]]:
    """Days to failure, or to the last day the patient was known not to have failed, up to the landmark."""
    plan, cutoff, found = entries(name), dt.date.fromisoformat(cut), []
    for one in people(name, cut):
        landmark = one.start + dt.timedelta(days=plan["landmark_days"])
        failed = [day for day, _ in failing(one, plan) if day <= landmark]
        if failed:
            found.append(((min(failed) - one.start).days, True))
        elif recount.week24(one, plan, cutoff) == "SUCCESS":
            found.append((plan["landmark_days"], False))
        elif plan["primary"] == "alive":
            found.append((min((one.last_news - one.start).days, plan["landmark_days"]), False))
        else:
            found.append((min(clean_before(one, dt.date.max), plan["landmark_days"]), False))
    return found


@pytest.mark.parametrize(("name", "cut"), FREE)
def test_kaplan_meier_at_week_24(name, cut):
    days, failed = zip(*timed(name, cut), strict=True)
    plan, found = entries(name), estimates(name, cut)
    curve = KaplanMeierFitter().fit(days, failed, alpha=1 - plan["level"])
    if max(days) < plan["landmark_days"]:
        assert math.isnan(found["A5:km", "estimate"])
        return
    limits = curve.confidence_interval_survival_function_.asof(plan["landmark_days"])
    assert found["A5:km", "estimate"] == pytest.approx(float(curve.predict(plan["landmark_days"])), abs=ROUNDING)
    assert [found["A5:km", end] for end in ("lower", "upper")] == pytest.approx(list(limits), abs=ROUNDING)
    assert found["A5:km", "total"] == len(days)


def day_by_day(intervals: list[tuple[int, float]], landmark: int) -> float:
    """Mass on every single day, moved until it no longer changes: the share after the landmark."""
    last = int(max([end for _, end in intervals if math.isfinite(end)] + [begin for begin, _ in intervals])) + 2
    inside = np.zeros((len(intervals), last + 1))
    for row, (begin, end) in enumerate(intervals):
        inside[row, begin if begin == end else begin + 1 : int(min(end, last)) + 1] = 1
    mass = np.full(last + 1, 1 / (last + 1))
    for _ in range(6000):
        mass = mass * (inside.T @ (1 / (inside @ mass))) / len(intervals)
    return float(mass[landmark + 1 :].sum())


@pytest.mark.parametrize(("name", "cut"), TUMOUR)
def test_a_progression_between_two_assessments(name, cut):
    plan, cutoff, intervals = entries(name), dt.date.fromisoformat(cut), []
    for one in people(name, cut):
        landmark = one.start + dt.timedelta(days=plan["landmark_days"])
        status, events = recount.week24(one, plan, cutoff), failing(one, plan)
        before = [event for event in events if event[0] <= landmark]
        window = landmark - dt.timedelta(days=plan["window_days"])
        ends = [event for event in events if event[1] != "therapy"]
        seen_free = any(
            scan.response not in ("PD", "NE")
            and scan.recorded >= window
            and all(scan.recorded < day for day, _ in ends)
            for scan in one.scans
        )
        if before:
            # progression before the others on one day; therapy is judged only where nothing else failed
            day, kind = min(
                [event for event in before if event[1] != "therapy"] or before,
                key=lambda event: (event[0], ("progression", "clinical", "death", "therapy").index(event[1])),
            )
            intervals.append(
                (clean_before(one, day) if kind == "progression" else (day - one.start).days, (day - one.start).days)
            )
        elif status == "SUCCESS" and not seen_free:
            day, kind = min(ends, key=lambda event: event[0])
            exact = (day - one.start).days
            intervals.append((clean_before(one, day) if kind in ("progression", "clinical") else exact, exact))
        else:
            free = plan["landmark_days"] if status == "SUCCESS" else clean_before(one, dt.date.max)
            intervals.append((min(free, plan["landmark_days"]), math.inf))
    expected = day_by_day(intervals, plan["landmark_days"])
    assert estimates(name, cut)["A4:interval", "estimate"] == pytest.approx(expected, abs=ITERATED)
    assert math.isnan(estimates(name, cut)["A4:interval", "lower"])


@pytest.mark.parametrize("cut", CUTS)
def test_incidence_of_normalisation(cut):
    plan, cutoff, rows = entries("c2_gtt"), dt.date.fromisoformat(cut), []
    for one in people("c2_gtt", cut):
        landmark = one.start + dt.timedelta(days=plan["landmark_days"])
        status = recount.week24(one, plan, cutoff)
        normal = [assay.day for assay in one.assays if assay.normal and assay.day > one.start]
        stops = [day for day in (one.death, one.new_therapy, one.hysterectomy, one.off_treatment) if day is not None]
        assays = [assay.day for assay in one.assays if assay.day <= landmark]
        if status == "SUCCESS":
            rows.append(((min(normal) - one.start).days, 1))
        elif status == "FAILURE":
            rows.append(((min([*stops, landmark]) - one.start).days, 2))
        else:
            rows.append(((max(assays) - one.start).days, 0))
    days, causes = map(np.array, zip(*rows, strict=True))
    found = estimates("c2_gtt", cut)["A5:km", "estimate"]
    if days.max() < plan["landmark_days"] and causes[days == days.max()].min() == 0:
        assert math.isnan(found)
        return
    curve = CumIncidenceRight(days, causes)
    at = np.searchsorted(curve.times, plan["landmark_days"], side="right") - 1
    assert found == pytest.approx(float(curve.cinc[0][at]), abs=ROUNDING)


def test_they_decide_nothing():
    plan = CohortPlan.load("c3_tet")
    panel = analyses.readings(analyses.derive(demo().as_of(plan.cutoff), plan)).series["panel"].set_index("READING")
    assert panel.loc[["A4:interval", "A5:km"], "DECISION"].unique().tolist() == ["no decision: an estimate only"]
    assert panel.loc[["A4:interval", "A5:km"], ["SUCCESSES", "N"]].isna().all().all()
