"""Who was included, treated and analysed, what they were at baseline and what they received (R2, R3, R5, R6)."""

from __future__ import annotations

import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.rows import Rows, against_plan, block, measures
from ir5nb.derive import exposure
from ir5nb.derive.exposure_intensity import adex, intensity
from ir5nb.schema import DAYS_PER_MONTH, Analysis


def sets(cohort: Cohort) -> Analysis:
    """Count the analysis sets and the reasons for exclusion; series `flow` draws them.

    Source: spec/report.md section 3; ICH E3 14.1.

    Parameters
    ----------
    cohort
        Derived cohort; rates are proportions of the included patients.
    """
    subjects, plan = cohort.subjects, cohort.plan
    rows = cohort.rows("analysis_sets", population="included").at(endpoint="analysis_sets")
    total = len(subjects)
    rows.add(total=total)
    members = {
        "included": pd.Series(True, index=subjects.index),
        "treated": subjects["SAFFL"].eq("Y"),
        "evaluable": subjects["EVALFL"].eq("Y"),
    }
    for name, flag in members.items():
        count = int(flag.sum())
        rows.at(group=name).add(count=count, proportion=count / total if total else None)
    out = subjects.loc[subjects["EXCLREAS"].notna() & subjects["EXCLREAS"].ne(""), "EXCLREAS"]
    block(rows, "exclusions", out, total=total)
    never = subjects.loc[subjects["SAFFL"].ne("Y"), "EXCLREAS"]
    return Analysis("analysis_sets", subjects, rows.frame(), {"flow": _flow(cohort, never, plan.n1)})


def _flow(cohort: Cohort, out: pd.Series, n1: int) -> pd.DataFrame:
    """Boxes of the flow diagram: included, treated, stage 1, stage 2; beside them the never treated and the pending."""
    treated = cohort.treated
    pending = int(cohort.status["STATUS"].eq("PENDING").sum())
    boxes = [(0, "main", "included", len(cohort.subjects))]
    boxes += [(0, "out", str(reason), int(count)) for reason, count in out.value_counts().sort_index().items()]
    boxes += [(1, "main", "treated", len(treated)), (2, "main", "stage 1", min(len(treated), n1))]
    if len(treated) > n1:
        boxes.append((3, "main", "stage 2", len(treated) - n1))
    boxes.append((4, "main", "analysed", len(cohort.status) - pending))
    if pending:
        boxes.append((4, "out", "pending", pending))
    return pd.DataFrame(boxes, columns=["LEVEL", "LANE", "LABEL", "N"])


def accrual(cohort: Cohort) -> Analysis:
    """Count inclusions by month and centre against the plan (R6); series `months` and `centres`.

    Source: R6; planned accrual is a straight line from the plan's start over its months to n; while the cohort
    recruits, the mean rate of the last six months is projected until n. The record plans centres for the platform,
    not their share of a cohort, so a centre has no planned number.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    plan, included = cohort.plan, cohort.subjects["INCLDT"].dropna()
    rows = cohort.rows("accrual", population="included")
    months = _by_month(cohort, included)
    ahead = months["PROJECTED"].notna()
    complete = months.loc[ahead & months["PROJECTED"].ge(_wanted(cohort)), "MONTH"]
    rows.at(endpoint="accrual").add(total=len(included), planned=plan.n)
    if len(complete):
        at_rate = rows.at(endpoint="accrual", method=f"rate of the last {_RECENT} months", note=str(complete.iloc[0]))
        at_rate.at(unit="months").add(months_to_complete=int(ahead.sum()) - 1)
    centres = cohort.subjects["SITEID"].fillna("Missing").value_counts().sort_index()
    so_far = months[months["OBSERVED"].notna()]
    pace = so_far["OBSERVED"].diff().fillna(so_far["OBSERVED"]).tail(_RECENT).mean()
    pairs = {
        "by the data cut": (len(included), float(so_far["PLANNED"].iloc[-1])),
        "per month": (float(pace), plan.n / plan.accrual_months),
        "centres": (int(centres.drop("Missing", errors="ignore").size), plan.centres),
    }
    for group, (seen, expected) in pairs.items():
        rows.at(endpoint="accrual", group=group).add(included=seen, expected=expected)
    for site, count in centres.items():
        rows.at(endpoint="centre", group=str(site)).add(count=int(count))
    by_centre = pd.DataFrame({"SITEID": centres.index.astype(str), "OBSERVED": centres.to_numpy()})
    return Analysis("accrual", cohort.subjects, rows.frame(), {"months": months, "centres": by_centre})


_RECENT = 6  # months whose mean rate is projected: long enough for small centres, short enough to see a change
_FURTHEST = 60  # months ahead that a projection may reach


def _by_month(cohort: Cohort, included: pd.Series) -> pd.DataFrame:
    """Cumulative inclusions by month, observed, planned, and projected at the recent rate until n is reached."""
    plan = cohort.plan
    start, cut = pd.Timestamp(plan.accrual_start).to_period("M"), pd.Timestamp(cohort.cutoff).to_period("M")
    first = min([start, *included.dt.to_period("M")])
    months = pd.period_range(first, max(start, cut) + _FURTHEST, freq="M")
    counts = included.dt.to_period("M").value_counts().reindex(months, fill_value=0)
    observed = counts.cumsum().astype(float).where(months <= max(start, cut))
    elapsed = pd.Series([(month - start).n + 1 for month in months], index=months).clip(0, plan.accrual_months)
    frame = pd.DataFrame({"MONTH": months.astype(str), "OBSERVED": observed.to_numpy()})
    frame["PLANNED"] = (elapsed * plan.n / plan.accrual_months).to_numpy()
    frame["PROJECTED"] = _projected(counts[months <= cut], months, cut, cohort).to_numpy()
    last = frame["PROJECTED"].last_valid_index()
    return frame.loc[: last if last is not None else (months <= max(start, cut)).sum() - 1]


def _wanted(cohort: Cohort) -> int:
    """Count the patients to include for n treated: those never treated do not count towards n."""
    return cohort.plan.n + len(cohort.subjects) - len(cohort.treated)


def _projected(counts: pd.Series, months: pd.PeriodIndex, cut: pd.Period, cohort: Cohort) -> pd.Series:
    """Go on at the mean rate of the recent months, while the cohort recruits, until the month with n treated."""
    rate, reached = float(counts.tail(_RECENT).mean()) if len(counts) else 0.0, float(counts.sum())
    wanted = _wanted(cohort)
    recruiting = cohort.reached.state in {"open", "continue"} and reached < wanted and rate > 0
    ahead = pd.Series([(month - cut).n for month in months], index=months)
    line = (reached + rate * ahead).where(ahead >= 0)
    still = line.shift(1, fill_value=0.0).fillna(0.0) < wanted
    return line.where(still & recruiting)


def disposition(cohort: Cohort) -> Analysis:
    """Count how treatment ended, by reason (R5).

    Parameters
    ----------
    cohort
        Derived cohort; proportions of the treated patients.
    """
    treated = cohort.treated
    rows = cohort.rows("disposition", population="treated")
    status = treated["EOTDT"].notna().map({True: "treatment ended", False: "on treatment"})
    block(rows, "treatment status", status, order=["on treatment", "treatment ended"])
    ended = treated.loc[treated["EOTDT"].notna(), "EOTREAS"].fillna("reason not recorded")
    block(rows, "reason for end of treatment", ended, total=len(treated))
    death = treated["DTHDT"].notna().map({True: "died", False: "alive at last news"})
    block(rows, "vital status", death, order=["alive at last news", "died"])
    return Analysis("disposition", treated, rows.frame())


def baseline(cohort: Cohort) -> Analysis:
    """Describe the included patients: age, sex, subtype and the recorded baseline facts.

    Source: spec/tlf.csv, "Baseline characteristics"; facts are the SC tests of the source, numbers described and
    texts counted.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    subjects = cohort.subjects
    rows = cohort.rows("baseline", population="included")
    rows.add(total=len(subjects))
    measures(rows, "age", subjects["AGE"], "years")
    block(rows, "sex", subjects["SEX"], order=["F", "M"])
    block(rows, "subtype", subjects["SUBTYPE"])
    for test, facts in cohort.facts.groupby("SCTEST", sort=True):
        values = facts.set_index("USUBJID")["SCSTRESC"].reindex(subjects["USUBJID"])
        numbers = pd.to_numeric(values, errors="coerce")
        if numbers.notna().sum() == values.notna().sum() and numbers.nunique() > _FEW:
            measures(rows, str(test), numbers, "")
        else:
            ascending = sorted(set(values[numbers.notna()]), key=float)  # scores in their order, not by frequency
            block(rows, str(test), values, order=ascending)
    return Analysis("baseline", subjects, rows.frame())


_FEW = 6  # a whole-number score with so few levels (ECOG, lines) reads better counted than averaged


def exposed(cohort: Cohort) -> Analysis:
    """Describe exposure: duration of treatment, doses of each drug and its relative dose intensity (R5).

    Source: spec/tlf.csv, "Exposure". Duration = last dose - first dose, in months of 30.4375 days. A drug without a
    planned dose in the plan has no relative dose intensity.

    Parameters
    ----------
    cohort
        Derived cohort; treated patients only.
    """
    treated = cohort.treated
    drugs = exposure.by_drug(cohort.tables["EX"], treated["USUBJID"])
    rows = cohort.rows("exposure", population="treated")
    rows.add(total=len(treated))
    months = (treated["TRTEDT"] - treated["TRTSDT"]).dt.days / DAYS_PER_MONTH
    measures(rows, "duration of treatment", months, "months")
    for drug, doses in drugs.groupby("EXTRT", sort=True):
        measures(rows, f"doses of {drug}", doses["DOSES"], "doses")
    _dose_intensity(rows, cohort)
    block(rows, "regimen", treated["REGIMEN"])
    if drugs["DELAYED"].notna().any():
        delayed = treated["USUBJID"].isin(drugs.loc[drugs["DELAYED"] > 0, "USUBJID"])
        block(
            rows, "at least one dose delayed or changed", delayed.map({True: "yes", False: "no"}), order=["yes", "no"]
        )
    return Analysis("exposure", drugs, rows.frame())


def _dose_intensity(rows: Rows, cohort: Cohort) -> None:
    """Add the relative dose intensity, in per cent as it is always told, of each drug with a planned dose."""
    found = intensity(adex(cohort.tables["EX"], cohort.treated), cohort.planned_doses)
    methodical = rows.at(method=against_plan("planned_doses" in cohort.plan.assumed))
    for drug, own in found[found["RDI"].notna()].groupby("EXTRT", sort=True):
        measures(methodical, f"relative dose intensity of {drug}", own["RDI"].astype(float) * 100, "%")
