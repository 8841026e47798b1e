"""Everything derived for one cohort, once: the frames that all analyses read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from ir5nb.analyses.outcome import Outcome, outcome
from ir5nb.analyses.rows import Rows
from ir5nb.derive import clinical as clinically
from ir5nb.derive import progression, recist, response, subjects, times, week24
from ir5nb.plan import CohortPlan


class SourceTables(Protocol):
    """What the analyses need of a data cut: its tables by domain, and its date."""

    @property
    def cutoff(self) -> dt.date | None:
        """Date of the cut."""

    def table(self, domain: str) -> pd.DataFrame:
        """Give a table; an empty one with its columns where the source has none."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The derived tables of one cohort at one data cut.

    Attributes
    ----------
    plan, cutoff
        What was planned, and the date of the cut.
    tables
        The source tables, restricted to the members.
    subjects
        One row per member (columns ADSL and more); `ORDER` numbers the treated by treatment start, from 1.
    responses
        Time-point responses by evaluator, as recorded and as derived from measurements.
    targets
        Sums of diameters by visit and evaluator.
    best
        Best response, one row per treated patient, of the plan's reader.
    times
        Time-to-event rows, PFS OS DOR FUP (columns ADTTE).
    status
        Week-24 status, default reading, one row per treated patient in order of treatment.
    """

    plan: CohortPlan
    cutoff: dt.date
    tables: Mapping[str, pd.DataFrame]
    subjects: pd.DataFrame
    responses: Mapping[str, pd.DataFrame]
    targets: pd.DataFrame
    best: pd.DataFrame
    times: pd.DataFrame
    status: pd.DataFrame

    @property
    def treated(self) -> pd.DataFrame:
        """The treated patients in order of treatment start, ties by USUBJID."""
        treated = self.subjects[self.subjects["SAFFL"].eq("Y")]
        return treated.sort_values("ORDER", ignore_index=True)

    @property
    def reached(self) -> Outcome:
        """Where the cohort stands in its design under the plan's reading."""
        plan, interim = self.plan, self.plan.analysis == "interim"
        return outcome(
            plan.design, self.status["STATUS"], interim=interim, level=plan.level, recruited=len(self.treated)
        )

    @property
    def draft(self) -> str:
        """Why the primary result is not final yet, or ""."""
        return self.reached.sentence if self.reached.state == "open" else ""

    @property
    def primary_responses(self) -> pd.DataFrame:
        """The time-point responses of the reader that the plan names."""
        return self.responses[self.plan.reader]

    @property
    def facts(self) -> pd.DataFrame:
        """Baseline facts (SC): USUBJID SCTEST SCSTRESC, without the subtype, which is a column of the subjects."""
        facts = self.tables["SC"]
        names = facts["SCTEST"] if "SCTEST" in facts.columns else facts["SCTESTCD"]
        return facts.assign(SCTEST=names)[~facts["SCTESTCD"].isin([self.plan.subtype_code])]

    def rows(self, analysis: str, population: str = "treated") -> Rows:
        """Start the result rows of an analysis."""
        return Rows(cohort=self.plan.cohort, analysis=analysis, population=population)


_DOMAINS = ("DM", "DS", "EX", "TU", "TR", "RS", "LB", "AE", "CM", "PR", "SC")


def derive(trial: SourceTables, plan: CohortPlan) -> Cohort:
    """Derive the tables of one cohort from the source tables at the plan's cut-off.

    Source: spec/architecture.md, "Data flow". An interim analysis keeps the first n1 treated patients in order of
    treatment start (ties by USUBJID) and nobody else.

    Parameters
    ----------
    trial
        Source tables, already cut at `plan.cutoff`.
    plan
        Members, readings and the numbers of the rules.

    Raises
    ------
    ValueError
        When the trial was not cut at the plan's date.
    """
    if trial.cutoff != plan.cutoff:
        raise ValueError(f"the data are cut at {trial.cutoff}, the plan says {plan.cutoff}: call as_of(plan.cutoff)")
    tables = {domain: trial.table(domain) for domain in _DOMAINS}
    people = _people(tables, plan)
    kept = {domain: frame[frame["USUBJID"].isin(people["USUBJID"])] for domain, frame in tables.items()}
    roster = people.loc[people["SAFFL"].eq("Y")].set_index("USUBJID")["TRTSDT"]
    responses, targets = _responses(kept, roster, plan)
    primary = responses[plan.reader]
    end = people.set_index("USUBJID")["NEWTXDT"]
    best = response.best(primary, roster, end, min_sd_days=plan.min_sd_days, confirm_days=plan.confirm_days)
    tte = _times(people, primary, best, kept, plan)
    treated = people[people["SAFFL"].eq("Y")]
    status = week24_status(treated, primary, kept, plan)
    return Cohort(plan, plan.cutoff, kept, people, responses, targets, best, tte, status)


def _people(tables: Mapping[str, pd.DataFrame], plan: CohortPlan) -> pd.DataFrame:
    """One row per member, the treated numbered by treatment start; at an interim look the first n1 of them alone."""
    people = subjects.adsl(
        tables, cohort=plan.cohort, column=plan.member_column, values=plan.member_values,
        inclusion_column=plan.inclusion_column, cutoff=plan.cutoff, subtype_code=plan.subtype_code,
    )  # fmt: skip
    treated = people[people["SAFFL"].eq("Y")].sort_values(["TRTSDT", "USUBJID"])
    order = pd.Series(range(1, len(treated) + 1), index=treated.index, dtype="Int64")
    people = people.assign(ORDER=order.reindex(people.index))
    if plan.analysis == "interim":
        return people[people["ORDER"].le(plan.n1).fillna(False)].reset_index(drop=True)
    return people


def _responses(
    tables: Mapping[str, pd.DataFrame], roster: pd.Series, plan: CohortPlan
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Time-point responses as recorded by each evaluator and as derived from the investigator's measurements."""
    recorded = {name: recist.recorded(tables["RS"], name) for name in ("INVESTIGATOR", "INDEPENDENT")}
    derived, targets = recist.derived(
        tables["TU"], tables["TR"], roster, rs=tables["RS"], baseline_days=plan.baseline_days
    )
    return {**recorded, "DERIVED": derived}, targets


def _times(
    people: pd.DataFrame, primary: pd.DataFrame, best: pd.DataFrame, tables: Mapping[str, pd.DataFrame],
    plan: CohortPlan,
) -> pd.DataFrame:  # fmt: skip
    """Time-to-event rows of every endpoint of the cohort under the plan's readings."""
    clinical = clinically.progressions(tables["RS"]) if plan.pfs_clinical_progression else None
    cut, origin = plan.cutoff, plan.time_origin
    frames = [
        progression.pfs(people, primary, cutoff=cut, origin=origin, clinical=clinical),
        times.os(people, cutoff=cut, origin=origin),
        progression.dor(people, primary, best, cutoff=cut, clinical=clinical),
        times.follow_up(people, cutoff=cut, origin=origin),
    ]
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


def week24_status(
    treated: pd.DataFrame, primary: pd.DataFrame, tables: Mapping[str, pd.DataFrame], plan: CohortPlan,
    reading: str = "default",
) -> pd.DataFrame:  # fmt: skip
    """Give the week-24 status of each treated patient under a plan's readings, in order of treatment start.

    Source: P1, P2, P4, A2-A6; `derive.week24`.

    Parameters
    ----------
    treated
        Treated patients with ORDER.
    primary
        Time-point responses of the plan's reader.
    tables
        Source tables of the members.
    plan
        Readings; `plan.primary` says which endpoint.
    reading
        Id of the reading, the READING of the rows.
    """
    if plan.primary == "alive":
        rows = week24.alive(
            treated, cutoff=plan.cutoff, landmark_days=plan.landmark_days, window_days=plan.window_days,
            not_evaluable=plan.not_evaluable, origin=plan.primary_origin, reading=reading,
        )  # fmt: skip
    else:
        clinical = clinically.progressions(tables["RS"]) if plan.clinical_progression else None
        rows = week24.progression_free(
            treated, primary, cutoff=plan.cutoff, clinical=clinical, landmark_days=plan.landmark_days,
            window_days=plan.window_days, evidence=plan.evidence, late_progression=plan.late_progression,
            not_evaluable=plan.not_evaluable, new_therapy=plan.new_therapy, origin=plan.primary_origin, reading=reading,
        )  # fmt: skip
    known = treated.set_index("USUBJID")[["ORDER", "TRTSDT"]]
    return rows.join(known, on="USUBJID").sort_values("ORDER", ignore_index=True)
