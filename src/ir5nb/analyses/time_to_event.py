"""Time-to-event summaries: events, first event, quartiles, landmark rates, follow-up, censoring (S2, S4, S5)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.rows import Rows, block
from ir5nb.schema import DAYS_PER_MONTH, FEW_PATIENTS, Analysis
from ir5nb.stats.survival import KaplanMeier, kaplan_meier, reverse_kaplan_meier

_LANDMARK_MONTHS = (3, 6, 9, 12)


def time_to_event(cohort: Cohort, endpoint: str) -> Analysis:
    """Summarise one endpoint of the cohort; series `curve`, `censored` and `at_risk` draw it in months.

    Source: S2, S4, S5, A17; Kaplan-Meier as docs/methods.md says. Where fewer than 10 patients are summarised, a
    quantile or limit beyond the last event is not reached (spec/report.md, "Form").

    Parameters
    ----------
    cohort
        Derived cohort.
    endpoint
        "PFS", "OS", "DOR" or "FUP" (follow-up: reverse Kaplan-Meier on OS).

    Raises
    ------
    ValueError
        When the cohort has no such endpoint.
    """
    if endpoint not in _POPULATION:
        raise ValueError(f"no endpoint {endpoint!r}; there are {', '.join(_POPULATION)}")
    times = cohort.times[cohort.times["PARAMCD"].eq(endpoint) & cohort.times["READING"].eq("default")]
    rows = cohort.rows("time_to_event", population=_POPULATION[endpoint]).at(endpoint=endpoint)
    event = times["CNSR"].eq(0)
    total, events = len(times), int(event.sum())
    rows.add(total=total, events=events, censored=total - events)
    if total:
        rows.add(events_proportion=events / total, censored_proportion=(total - events) / total)
    for kind, count in times.loc[event, "EVNTDESC"].value_counts().sort_index().items():
        rows.at(group=str(kind)).add(count=int(count))
    series = _nothing()
    if total:
        curve = _curve(cohort, endpoint, times)
        _numbers(rows, times, curve)
        series = _drawn(curve)
    return Analysis(f"time_to_event {endpoint}", times, rows.frame(), series)


def _curve(cohort: Cohort, endpoint: str, times: pd.DataFrame) -> KaplanMeier:
    """Kaplan-Meier, or for follow-up its reverse, in which deaths leave before tied last news."""
    event, level, kind = times["CNSR"].eq(0).to_numpy(), cohort.plan.survival_level, cohort.plan.conf_type
    if endpoint == "FUP":
        return reverse_kaplan_meier(times["AVAL"].to_numpy(float), ~event, level, kind)
    return kaplan_meier(times["AVAL"].to_numpy(float), event, level, kind)


_POPULATION = {"PFS": "included", "OS": "included", "FUP": "included", "RFS": "included", "DOR": "responders"}


def _numbers(rows: Rows, times: pd.DataFrame, curve: KaplanMeier) -> None:
    """Quartiles, range and landmark rates of a curve, in days."""
    method = f"Kaplan-Meier, {curve.conf_type} limits, {curve.level:.0%}"
    rows = rows.at(method=method)
    latest = _latest(times)
    for name, q in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
        found = curve.quantile(q)
        days = {name: found.estimate, f"{name}_lower": found.lower, f"{name}_upper": found.upper}
        rows.at(unit="days").add(**{key: None if day > latest else day for key, day in days.items()})
    ordered = times.sort_values(["AVAL", "CNSR"])
    for name, extreme in (("min", ordered.iloc[0]), ("max", ordered.iloc[-1])):
        rows.at(unit="days", note="+" if extreme["CNSR"] == 1 else "").add(**{name: float(extreme["AVAL"])})
    for months in _LANDMARK_MONTHS:
        point = curve.at(months * DAYS_PER_MONTH)
        if point.beyond_follow_up:  # the curve says nothing there: missing, not carried forward
            rows.at(time=str(months)).add(rate=None, rate_lower=None, rate_upper=None)
        else:
            rows.at(time=str(months)).add(rate=point.survival, rate_lower=point.lower, rate_upper=point.upper)


def _latest(times: pd.DataFrame) -> float:
    """Give the last day that a quantile may be: of few patients that of the last event, else there is none."""
    if len(times) >= FEW_PATIENTS:
        return float("inf")
    return float(times.loc[times["CNSR"].eq(0), "AVAL"].max())  # without events missing, and so is every quantile


def _drawn(curve: KaplanMeier) -> dict[str, pd.DataFrame]:
    """Step curve from time 0, censor ticks and the number at risk every three months, in months."""
    steps = pd.DataFrame(
        {
            "time": np.concatenate([[0.0], curve.time]) / DAYS_PER_MONTH,
            "survival": np.concatenate([[1.0], curve.survival]),
            "lower": np.concatenate([[1.0], curve.lower]),
            "upper": np.concatenate([[1.0], curve.upper]),
        }
    )
    ticks = pd.DataFrame({"time": curve.censor_times / DAYS_PER_MONTH, "survival": curve.censor_survival})
    marks = np.arange(0, int(steps["time"].iloc[-1]) + 1, 3, dtype=float)
    at_risk = pd.DataFrame({"time": marks, "n": curve.number_at_risk(marks * DAYS_PER_MONTH)})
    return {"curve": steps, "censored": ticks, "at_risk": at_risk}


def _nothing() -> dict[str, pd.DataFrame]:
    return {
        "curve": pd.DataFrame(columns=["time", "survival", "lower", "upper"]),
        "censored": pd.DataFrame(columns=["time", "survival"]),
        "at_risk": pd.DataFrame(columns=["time", "n"]),
    }


def censoring(cohort: Cohort) -> Analysis:
    """Count why patients are censored, by endpoint.

    Source: spec/report.md section 6.

    Parameters
    ----------
    cohort
        Derived cohort; proportions of the patients of the endpoint, its population: included or responders.
    """
    rows = cohort.rows("censoring")
    times = cohort.times[cohort.times["READING"].eq("default") & cohort.times["PARAMCD"].ne("FUP")]
    for endpoint, patients in times.groupby("PARAMCD", sort=False):
        why = patients.loc[patients["CNSR"].eq(1), "CNSDTDSC"]
        whose = rows.at(population=_POPULATION[str(endpoint)])
        block(whose, str(endpoint), why, total=len(patients))
    return Analysis("censoring", times[times["CNSR"].eq(1)], rows.frame())
