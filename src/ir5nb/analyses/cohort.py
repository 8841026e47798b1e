"""Everything derived for one cohort, once: the frames that all analyses read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from ir5nb import facts
from ir5nb.analyses.evidence import Evidence, hcg_outcomes, status
from ir5nb.analyses.once import once
from ir5nb.analyses.outcome import Outcome, outcome
from ir5nb.analyses.rows import Rows
from ir5nb.derive import assays, clinical, hcg, progression, recist, response, subjects, times
from ir5nb.derive.exposure_intensity import Planned
from ir5nb.derive.imaging_days import dated_by_imaging
from ir5nb.plan import CohortPlan, HormonePlan, TumourPlan


class SourceTables(Protocol):
    """What the analyses need of a data cut: its tables by domain, and its date."""

    @property
    def cutoff(self) -> dt.date | None:
        """Date of the cut."""

    def table(self, domain: str) -> pd.DataFrame:
        """Give a table; an empty one with its columns where the source has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Who is in a cohort at a data cut, before any endpoint: all that safety needs.

    Attributes
    ----------
    plan, cutoff, tables, subjects, treated
        As in `Cohort`.
    """

    plan: CohortPlan
    cutoff: dt.date
    tables: Mapping[str, pd.DataFrame]
    subjects: pd.DataFrame
    treated: pd.DataFrame

    @property
    def planned_doses(self) -> dict[str, Planned]:
        """Planned dose and interval by drug, for the relative dose intensity."""
        return _planned(self.plan)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)  # two cohorts are equal if they are one
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
    evidence
        What the primary endpoint is judged on: treated patients, responses of the plan's reader, assays.
    responses
        Time-point responses by evaluator, as recorded and as derived from measurements.
    targets
        Sums of diameters by visit and evaluator.
    best
        Best response, one row per treated patient, of the plan's reader.
    times
        Time-to-event rows (columns ADTTE): PFS OS FUP DOR, or RFS OS FUP in a cohort judged by hCG.
    status
        Week-24 status, default reading, one row per treated patient in order of treatment.
    """

    plan: CohortPlan
    cutoff: dt.date
    tables: Mapping[str, pd.DataFrame]
    subjects: pd.DataFrame
    evidence: Evidence
    responses: Mapping[str, pd.DataFrame]
    targets: pd.DataFrame
    best: pd.DataFrame
    times: pd.DataFrame
    status: pd.DataFrame

    def __repr__(self) -> str:
        return facts.lines(f"Cohort {self.plan.cohort}", self._told())

    def _repr_html_(self) -> str:
        """Show who is in the cohort and where it stands at the end of a notebook cell."""
        return facts.table(f"Cohort {self.plan.cohort}", self._told())

    def _told(self) -> dict[str, object]:
        status = {str(name): int(n) for name, n in self.status["STATUS"].value_counts(sort=False).items()}
        shown = {"data cut": self.cutoff, "members": len(self.subjects), "treated": len(self.treated)}
        return {**shown, **status, "stands": self.reached.sentence}

    @property
    def treated(self) -> pd.DataFrame:
        """The treated patients in order of treatment start, ties by USUBJID."""
        return self.evidence.treated

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
    def planned_doses(self) -> dict[str, Planned]:
        """Planned dose and interval by drug, for the relative dose intensity."""
        return _planned(self.plan)

    @property
    def facts(self) -> pd.DataFrame:
        """Baseline facts (SC): USUBJID SCTEST SCSTRESC, without the subtype, which is a column of the subjects."""
        facts = self.tables["SC"]
        names = facts["SCTEST"] if "SCTEST" in facts.columns else facts["SCTESTCD"]
        return facts.assign(SCTEST=names)[~facts["SCTESTCD"].isin([self.plan.subtype_code])]

    def rows(self, analysis: str, population: str = "treated") -> Rows:
        """Start the result rows of an analysis."""
        return Rows(cohort=self.plan.cohort, analysis=analysis, population=population)


def _planned(plan: CohortPlan) -> dict[str, Planned]:
    return {drug: Planned(dose.dose, dose.every_days) for drug, dose in (plan.planned_doses or {}).items()}


_DOMAINS = ("DM", "DS", "EX", "TU", "TR", "RS", "LB", "AE", "CM", "PR", "SC")


def members(trial: SourceTables, plan: CohortPlan) -> Members:
    """Find the members of one cohort in the source tables at the plan's cut-off, and no endpoint.

    Source: spec/architecture.md, "Data flow". An interim analysis keeps the first n1 treated patients in order of
    treatment start (ties by USUBJID) and nobody else.

    Parameters
    ----------
    trial
        Source tables, already cut at `plan.cutoff`.
    plan
        Who is a member, and the cut.

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
    treated = people[people["SAFFL"].eq("Y")].sort_values("ORDER", ignore_index=True)
    return Members(plan, plan.cutoff, kept, people, treated)


def derive(trial: SourceTables, plan: CohortPlan) -> Cohort:
    """Derive the tables of one cohort from the source tables at the plan's cut-off.

    Source: spec/architecture.md, "Data flow".

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
    found = members(trial, plan)
    kept, treated = found.tables, found.treated
    responses, targets = _responses(kept, treated.set_index("USUBJID")["TRTSDT"], plan)
    codes = assays.series(treated, kept["LB"], cutoff=plan.cutoff)
    if not isinstance(plan, HormonePlan):
        codes = codes.iloc[:0]
    records = Evidence(treated, responses[reader_of(plan)], codes, kept)
    best, week24 = _best(records, plan), status(records, plan)
    tte = _times(found.subjects, records, best, plan)
    return Cohort(plan, plan.cutoff, kept, found.subjects, records, responses, targets, best, tte, week24)


@once
def unknown_failing(cohort: Cohort) -> pd.DataFrame:
    """Give the status of each treated patient with those not evaluable as failures, whatever the plan makes of them.

    Source: A5; a patient that the plan leaves out has a row here. Callers must not change it.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    if cohort.plan.not_evaluable == "failure":
        return cohort.status
    return status(cohort.evidence, cohort.plan.model_copy(update={"not_evaluable": "failure"}))


def reader_of(plan: CohortPlan) -> str:
    """Name whose responses count: the plan's reader, the investigator where tumours decide nothing."""
    return plan.reader if isinstance(plan, TumourPlan) else "INVESTIGATOR"


def _people(tables: Mapping[str, pd.DataFrame], plan: CohortPlan) -> pd.DataFrame:
    """One row per member, the treated numbered by treatment start; at an interim look the first n1 of them alone."""
    people = subjects.adsl(
        tables, cohort=plan.cohort, column=plan.member_column, values=plan.member_values,
        inclusion_column=plan.inclusion_column, cutoff=plan.cutoff, subtype_code=plan.subtype_code,
        assessed_by="hcg" if isinstance(plan, HormonePlan) else "tumour",
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
    """Time-point responses: recorded by each evaluator, first imaging day from TR; derived from the measurements."""
    recorded = {
        name: dated_by_imaging(recist.recorded(tables["RS"], name), tables["TR"])
        for name in ("INVESTIGATOR", "INDEPENDENT")
    }
    days = plan.baseline_days if isinstance(plan, TumourPlan) else 28
    derived, targets = recist.derived(tables["TU"], tables["TR"], roster, rs=tables["RS"], baseline_days=days)
    return {**recorded, "DERIVED": derived}, targets


def _best(records: Evidence, plan: CohortPlan) -> pd.DataFrame:
    """Best response of each treated patient; none is derived in a cohort judged by hCG."""
    treated = records.treated.set_index("USUBJID")
    if not isinstance(plan, TumourPlan):
        return response.best(records.responses, treated["TRTSDT"].iloc[:0])
    return response.best(
        records.responses, treated["TRTSDT"], treated["NEWTXDT"], min_sd_days=plan.min_sd_days,
        confirm_days=plan.confirm_days,
    )  # fmt: skip


def _times(people: pd.DataFrame, records: Evidence, best: pd.DataFrame, plan: CohortPlan) -> pd.DataFrame:
    """Time-to-event rows of every endpoint of the cohort under the plan's readings."""
    cut, origin = plan.cutoff, plan.time_origin
    frames = [times.os(people, cutoff=cut, origin=origin), times.follow_up(people, cutoff=cut, origin=origin)]
    if isinstance(plan, TumourPlan):
        counted = clinical.progressions(records.tables["RS"]) if plan.pfs_clinical_progression else None
        pfs = progression.pfs(people, records.responses, cutoff=cut, origin=origin, clinical=counted)
        frames = [pfs, *frames, progression.dor(people, records.responses, best, cutoff=cut, clinical=counted)]
    elif isinstance(plan, HormonePlan):
        resistant = hcg.resistance(hcg_outcomes(records, plan)) if plan.rfs_resistance else None
        rfs = times.rfs(people, resistance=resistant, death=plan.rfs_death, cutoff=cut, origin=origin)
        frames = [rfs, *frames]
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
