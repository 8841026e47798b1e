"""The hCG course of cohort 2: normalisation, relapse, resistance by kind, and the curves (P3, S3b, A9, A10, A14)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.evidence import hcg_outcomes
from ir5nb.analyses.rows import block, measures
from ir5nb.plan import HormonePlan
from ir5nb.schema import Analysis

_RESISTANCE: dict[str, dict[str, object]] = {
    "default": {},
    "A9:over_first": {"rise": "over_first"},
    "A10:fall_0_10": {"plateau": "fall_0_10"},
    "A10:within_10": {"plateau": "within_10"},
    "A14:6-8": {"weekly_min_days": 6, "weekly_max_days": 8},
    "A14:any": {"weekly_min_days": 1, "weekly_max_days": None},
}
_DAYS_PER_WEEK = 7
_MICRO = 1_000_000  # assays are held as whole millionths
_LEAST = 0.1  # IU/L: a value of 0 has no logarithm


def hormone(cohort: Cohort) -> Analysis:
    """Count normalisation, relapse and resistance by kind; series `assays`, `limits`, `marks` draw the curves.

    Source: P3, S3b; spec/tlf.csv, "hCG response". Weeks count from the start of treatment. The last day on treatment
    is marked on the curve, between two assays as a rule: it says when, not how high hCG was.

    Parameters
    ----------
    cohort
        Derived cohort judged by hCG.

    Raises
    ------
    TypeError
        When the cohort is not judged by hCG.
    """
    plan = _hormone_plan(cohort)
    found = hcg_outcomes(cohort.evidence, plan)
    rows = cohort.rows("hormone")
    rows.add(total=len(found))
    normal = found["NORMDT"].notna()
    block(rows, "normalisation within 24 weeks on treatment", normal.map(_YES), order=["yes", "no"])
    weeks = (found.loc[normal, "NORMDT"] - found.loc[normal, "TRTSDT"]).dt.days / _DAYS_PER_WEEK
    measures(rows, "time to normalisation", weeks, "weeks")
    relapse = found.loc[normal, "RELAPSEDT"].notna()
    block(rows, "relapse after normalisation", relapse.map(_YES), order=["yes", "no"], total=int(normal.sum()))
    kinds = found["RESISTKIND"].map({"RISE": "rise", "PLATEAU": "plateau"}).fillna("none")
    block(rows, "resistance", kinds, order=["rise", "plateau", "none"])
    return Analysis("hormone", found, rows.frame(), _curves(cohort, found))


def resistance_readings(cohort: Cohort) -> Analysis:
    """Count resistance by kind under every reading of rise, plateau and weekly (A9, A10, A14).

    Source: requirements.md A9, A10, A14.

    Parameters
    ----------
    cohort
        Derived cohort judged by hCG.
    """
    plan = _hormone_plan(cohort)
    rows, patients = cohort.rows("resistance_readings"), []
    for reading, changes in _RESISTANCE.items():
        found = hcg_outcomes(cohort.evidence, plan.model_copy(update=changes), reading)
        patients.append(found)
        kinds = found["RESISTKIND"].map({"RISE": "rise", "PLATEAU": "plateau"}).fillna("none")
        block(rows.at(reading=reading), "resistance", kinds, order=["rise", "plateau", "none"])
    return Analysis("resistance_readings", pd.concat(patients, ignore_index=True), rows.frame())


_YES = {True: "yes", False: "no"}


def _hormone_plan(cohort: Cohort) -> HormonePlan:
    if not isinstance(cohort.plan, HormonePlan):
        raise TypeError(f"cohort {cohort.plan.cohort} is not judged by hCG")
    return cohort.plan


def _curves(cohort: Cohort, found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Assays by week since treatment start, the institutional limits, and the marks on the curves."""
    start = cohort.treated.set_index("USUBJID")["TRTSDT"]
    assays = cohort.evidence.assays
    drawn = pd.DataFrame(
        {
            "PATIENT": assays["USUBJID"],
            "WEEK": _weeks(assays["ADT"], assays["USUBJID"].map(start)),
            "HCG": assays["MICRO"] / _MICRO,
            "BELOW": assays["QUALIFIER"].eq("<").map({True: "Y", False: "N"}),
            "ADT": assays["ADT"],
        }
    )
    limits = pd.DataFrame({"LIMIT": sorted(assays["LIMIT"].dropna().unique())})
    days = {
        "NORMALISATION": found["NORMDT"], "RELAPSE": found["RELAPSEDT"], "RESISTANCE": found["RESISTDT"],
    }  # fmt: skip
    marks = [pd.DataFrame({"PATIENT": found["USUBJID"], "ADT": day, "MARK": mark}) for mark, day in days.items()]
    marked = pd.concat(marks, ignore_index=True).dropna().merge(drawn, on=["PATIENT", "ADT"])
    marked = marked[["PATIENT", "WEEK", "HCG", "MARK"]]
    ends = _ends(drawn, found, cohort.cutoff)
    return {"assays": drawn, "limits": limits, "marks": pd.concat([marked, ends], ignore_index=True)}


def _ends(drawn: pd.DataFrame, found: pd.DataFrame, cutoff: dt.date) -> pd.DataFrame:
    """Give the ends of treatment up to the cut (A12) as marks, at the height of the curve; after it, its last value."""
    ended = found[found["ENDDT"].le(pd.Timestamp(cutoff)) & found["USUBJID"].isin(drawn["PATIENT"])]
    weeks = _weeks(ended["ENDDT"], ended["TRTSDT"])
    curves = {name: rows.sort_values("WEEK") for name, rows in drawn.groupby("PATIENT")}
    heights = [_height(curves[name], week) for name, week in zip(ended["USUBJID"], weeks, strict=True)]
    marks = {"PATIENT": ended["USUBJID"], "WEEK": weeks, "HCG": pd.Series(heights, index=ended.index, dtype=float)}
    return pd.DataFrame(marks).assign(MARK="END OF TREATMENT")


def _height(curve: pd.DataFrame, week: float) -> float:
    """Read a curve, straight on a log axis between assays."""
    known = curve[curve["HCG"].notna()]
    if known.empty:
        return float("nan")
    logs = np.log10(known["HCG"].clip(lower=_LEAST).to_numpy(float))
    return float(10 ** np.interp(week, known["WEEK"].to_numpy(float), logs))


def _weeks(day: pd.Series, start: pd.Series) -> pd.Series:
    return (day - start).dt.days / _DAYS_PER_WEEK
