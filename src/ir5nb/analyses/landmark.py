"""The rate at week 24 where unknown patients are censored, not judged: Kaplan-Meier (A5) and interval-censored (A4).

Simon's rule counts patients; these readings estimate a rate and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.analyses.cohort import Cohort, unknown_failing
from ir5nb.analyses.evidence import hcg_outcomes
from ir5nb.plan import HormonePlan, ProgressionPlan
from ir5nb.stats.survival import cumulative_incidence, kaplan_meier
from ir5nb.stats.survival.turnbull import turnbull

NO_DECISION: Final = "no decision: an estimate only"
_UNKNOWN: Final = ("not evaluable", "pending")
_NORMAL_BEFORE: Final = "hCG already normal at baseline"
_NOT_NORMALISED: Final = "hCG not normalised"
_BETWEEN_SCANS: Final = ("radiological progression", "first progression after the landmark")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate at week 24 with its limits, under a reading that counts no successes.

    Attributes
    ----------
    id, label, method
        Of the reading.
    total
        Patients who enter.
    rate, lower, upper
        In 0..1; None where the data do not say.
    """

    id: str
    label: str
    method: str
    total: int
    rate: float | None = None
    lower: float | None = None
    upper: float | None = None


def at_landmark(cohort: Cohort) -> tuple[Estimate, ...]:
    """Estimate the rate of success at week 24 without judging the patients whose status is unknown.

    Source: requirements.md A4 ("interval-censored estimate"), A5 ("Kaplan-Meier landmark"). Patients whose status is
    known count as in the plan's reading: a failure on the day that decided it, a success as free of failure up to the
    landmark. Patients not evaluable or pending are censored at the last assessment that shows no progression (P4: at
    last news; P3: at the last assay). Where a progression is interval-censored, it lies between the last assessment
    that shows none and the one that shows it, also when the landmark is between them. In a cohort judged by hCG the
    rate is the cumulative incidence of normalisation: a patient who can no longer normalise is not censored.

    Parameters
    ----------
    cohort
        Derived cohort; treated patients.
    """
    rows = _timed(cohort)
    if isinstance(cohort.plan, HormonePlan):
        return (_normalised(cohort, rows),)
    found = (_product_limit(cohort, rows),)
    return (_between_scans(cohort, rows), *found) if isinstance(cohort.plan, ProgressionPlan) else found


def _timed(cohort: Cohort) -> pd.DataFrame:
    """Give the plan's statuses with days from the origin: DAY of what decided, LAST of what was last known.

    A patient not evaluable has a row whatever the plan makes of him or her (A5).
    """
    plan = cohort.plan
    rows = unknown_failing(cohort)
    origin = rows["LANDMARKDT"] - pd.Timedelta(days=plan.landmark_days)
    day = (rows["DECDT"] - origin).dt.days
    last = (rows["USUBJID"].map(_last_known(cohort, rows)) - origin).dt.days
    known = last.astype(float).clip(lower=0, upper=plan.landmark_days).fillna(0.0)
    return rows.assign(DAY=day.astype(float).clip(lower=0), LAST=known, UNKNOWN=rows["CATEGORY"].isin(_UNKNOWN))


def _last_known(cohort: Cohort, rows: pd.DataFrame) -> pd.Series:
    """Day on which each patient was last known without progression (P1, P2), alive (P4) or not normal (P3)."""
    if isinstance(cohort.plan, HormonePlan):
        return hcg_outcomes(cohort.evidence, cohort.plan).set_index("USUBJID")["LASTDT"]
    if not isinstance(cohort.plan, ProgressionPlan):
        return cohort.treated.set_index("USUBJID")["LSTALVDT"]
    scans = cohort.evidence.responses
    clean = scans[scans["AVALC"].notna() & ~scans["AVALC"].isin(["PD", "NE"])]
    seen = rows[rows["CATEGORY"].isin(_BETWEEN_SCANS)].set_index("USUBJID")["DECDT"]
    limit = clean["USUBJID"].map(seen)
    before = (limit.isna() | (clean["ADT"] < limit)) & clean["ADT"].le(pd.Timestamp(cohort.cutoff))
    return clean[before].groupby("USUBJID")["ADT"].max()


def _product_limit(cohort: Cohort, rows: pd.DataFrame) -> Estimate:
    """Kaplan-Meier at the landmark, Greenwood's variance; nothing where no patient is followed so far."""
    plan = cohort.plan
    blank = Estimate(
        "A5:km", "not evaluable: censored (Kaplan-Meier)",
        f"Kaplan-Meier, {plan.conf_type} limits, {plan.level:.0%}", len(rows),
    )  # fmt: skip
    if rows.empty:
        return blank
    failed = rows["STATUS"].eq("FAILURE") & ~rows["UNKNOWN"]
    reached = rows["DAY"].where(failed, plan.landmark_days).clip(upper=plan.landmark_days)
    days = reached.where(~rows["UNKNOWN"], rows["LAST"])
    point = kaplan_meier(days.to_numpy(float), failed, plan.level, plan.conf_type).at(plan.landmark_days)
    if point.beyond_follow_up:
        return blank
    return Estimate(blank.id, blank.label, blank.method, len(rows), point.survival, point.lower, point.upper)


def _between_scans(cohort: Cohort, rows: pd.DataFrame) -> Estimate:
    """Turnbull: a progression lies between the last clean assessment and the one that shows it."""
    label = "progression between two assessments (interval-censored)"
    method = "Turnbull, mass spread evenly within its interval, no limits"
    landmark = cohort.plan.landmark_days
    scanned = rows["CATEGORY"].isin(_BETWEEN_SCANS)
    free = rows["STATUS"].eq("SUCCESS") & ~scanned & ~rows["UNKNOWN"]
    before = rows["DAY"].where(~(scanned | rows["UNKNOWN"]), rows["LAST"]).where(~free, landmark)
    after = rows["DAY"].where(~(free | rows["UNKNOWN"]), np.inf)
    known = after.le(landmark) | before.ge(landmark)
    rate = turnbull(before.to_numpy(float), after.to_numpy(float)).at(landmark) if known.any() else None
    return Estimate("A4:interval", label, method, len(rows), rate)


def _normalised(cohort: Cohort, rows: pd.DataFrame) -> Estimate:
    """Cumulative incidence of normalisation by week 24; those normal before treatment cannot normalise."""
    plan = cohort.plan
    label = "not evaluable: censored (cumulative incidence)"
    rows = rows[rows["CATEGORY"].ne(_NORMAL_BEFORE)]
    blank = Estimate("A5:km", label, f"Aalen-Johansen, log-log limits, {plan.level:.0%}", len(rows))
    if rows.empty:
        return blank
    cause = rows["STATUS"].map({"SUCCESS": 1, "FAILURE": 2}).where(~rows["UNKNOWN"], 0)
    followed = rows["CATEGORY"].eq(_NOT_NORMALISED) & rows["SRCDOM"].eq("LB")  # known at the landmark, not before
    days = rows["DAY"].where(~followed, plan.landmark_days).where(~rows["UNKNOWN"], rows["LAST"])
    point = cumulative_incidence(days.to_numpy(float), cause.to_numpy(int), plan.level).at(plan.landmark_days, 1)
    if point.beyond_follow_up:
        return blank
    return Estimate(blank.id, label, blank.method, len(rows), point.incidence, point.lower, point.upper)
