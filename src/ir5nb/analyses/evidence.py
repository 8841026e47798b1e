"""What the primary endpoint is judged on, and the status of each treated patient under a plan's readings (P1-P4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ir5nb.derive import clinical, hcg, week24, weekly
from ir5nb.plan import CohortPlan, HormonePlan, ProgressionPlan, TumourPlan


@dataclass(frozen=True, slots=True)
class Evidence:
    """The records behind the primary endpoint of one cohort.

    Attributes
    ----------
    treated
        Treated patients (columns ADSL and more) with ORDER, their place by treatment start.
    responses
        Time-point responses of the reader that the plan names; no rows in a cohort judged by hCG.
    assays
        hCG assays in time order; no rows in the other cohorts.
    tables
        Source tables of the members.
    """

    treated: pd.DataFrame
    responses: pd.DataFrame
    assays: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]


Known = week24.Candidates | dict[hcg.Rules, pd.DataFrame]
"""What several readings of one endpoint share: candidates of a progression-free status, or hCG outcomes by rules."""


def rules(plan: HormonePlan) -> hcg.Rules:
    """Give the rules by which hCG series are read (A9-A12, A14).

    Parameters
    ----------
    plan
        Plan of a cohort judged by hCG.
    """
    return hcg.Rules(
        rise=plan.rise, plateau=plan.plateau, consecutive_normal=plan.normal_values, on_treatment=plan.on_treatment,
        cycle_days=plan.cycle_days, landmark_days=plan.landmark_days,
        weekly=weekly.Weekly(plan.weekly_min_days, plan.weekly_max_days),
    )  # fmt: skip


def hcg_outcomes(evidence: Evidence, plan: HormonePlan, reading: str = "default") -> pd.DataFrame:
    """Give each treated patient's hCG course: normalisation, relapse, rise, plateau, resistance (P3, S3b).

    Parameters
    ----------
    evidence
        Records of the cohort.
    plan
        Plan with the readings A9-A12, A14.
    reading
        Id of the reading.
    """
    surgery = hcg.hysterectomies(evidence.tables["PR"])
    return hcg.outcomes(
        evidence.treated, evidence.assays, surgery=surgery, rules=rules(plan), cutoff=plan.cutoff, reading=reading
    )


def status(
    evidence: Evidence, plan: CohortPlan, reading: str = "default", *, known: Known | None = None
) -> pd.DataFrame:
    """Give the week-24 status of each treated patient under a plan's readings, in order of treatment start.

    Source: P1-P4, A2-A6, A11, A12, A14; `derive.week24`.

    Parameters
    ----------
    evidence
        Records of the cohort.
    plan
        Which endpoint, and its readings.
    reading
        Id of the reading, the READING of the rows.
    known
        `shared` of the same evidence, where many readings are judged.

    Returns
    -------
    pandas.DataFrame
        Columns ADWK24, with ORDER and TRTSDT of the patient.
    """
    place = evidence.treated.set_index("USUBJID")[["ORDER", "TRTSDT"]]
    rows = judged(evidence, plan, reading, known=known)
    return rows[[name for name in rows.columns if name not in place.columns]].join(place, on="USUBJID").sort_values(
        "ORDER", ignore_index=True
    )  # fmt: skip


def shared(evidence: Evidence, plan: CohortPlan) -> Known:
    """Gather once what can decide the patients under every reading; of hCG, room for what the readings share.

    Source: P1, P2.

    Parameters
    ----------
    evidence, plan
        As in `status`.
    """
    if not isinstance(plan, ProgressionPlan):
        return {}
    return _gathered(evidence, plan)


def _gathered(evidence: Evidence, plan: ProgressionPlan) -> week24.Candidates:
    counted = clinical.progressions(evidence.tables["RS"]) if plan.clinical_progression else None
    return week24.gathered(evidence.treated, evidence.responses, cutoff=plan.cutoff, clinical=counted)


def judged(
    evidence: Evidence,
    plan: CohortPlan,
    reading: str = "default",
    *,
    known: Known | None = None,
    explain: bool = True,
) -> pd.DataFrame:
    """Call the rule of the plan's endpoint: one row per treated patient, in the order of `evidence.treated`.

    Source: P1-P4.

    Parameters
    ----------
    evidence, plan, reading
        As in `status`.
    known
        `shared` of the same evidence, where many readings are judged; hCG outcomes are shared without reasons alone.
    explain
        False leaves out reasons and deciding records: for simulations that only count.

    Raises
    ------
    TypeError
        When the plan is of a kind without a rule.
    """
    if isinstance(plan, ProgressionPlan):
        return week24.progression_free(
            evidence.treated, evidence.responses, cutoff=plan.cutoff,
            candidates=known if isinstance(known, week24.Candidates) else _gathered(evidence, plan),
            explain=explain, landmark_days=plan.landmark_days, window_days=plan.window_days, evidence=plan.evidence,
            late_progression=plan.late_progression, not_evaluable=plan.not_evaluable, new_therapy=plan.new_therapy,
            origin=plan.primary_origin, reading=reading,
        )  # fmt: skip
    if isinstance(plan, TumourPlan):
        return week24.alive(
            evidence.treated, cutoff=plan.cutoff, landmark_days=plan.landmark_days, window_days=plan.window_days,
            not_evaluable=plan.not_evaluable, origin=plan.primary_origin, reading=reading, explain=explain,
        )  # fmt: skip
    if isinstance(plan, HormonePlan):
        found = hcg_outcomes(evidence, plan, reading) if explain else _brief(evidence, plan, known)
        return week24.hcg(
            evidence.treated, found, cutoff=plan.cutoff,
            window_days=plan.window_days, not_evaluable=plan.not_evaluable, reading=reading, explain=explain,
        )  # fmt: skip
    raise TypeError(f"no rule for a plan of kind {type(plan).__name__}")


def _brief(evidence: Evidence, plan: HormonePlan, known: Known | None) -> pd.DataFrame:
    """Give the outcomes that the status is judged on; those of rules already read are taken from what is known."""
    kept = known if isinstance(known, dict) else {}
    wanted = rules(plan)
    if wanted not in kept:
        surgery = hcg.hysterectomies(evidence.tables["PR"])
        kept[wanted] = hcg.outcomes(
            evidence.treated, evidence.assays, surgery=surgery, rules=wanted, cutoff=plan.cutoff, brief=True
        )
    return kept[wanted]
