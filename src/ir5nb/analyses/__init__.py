"""One function per planned analysis: derived frames and statistics in, an `Analysis` with tidy results out."""

import ir5nb.analyses.headline as _of_headline
import ir5nb.analyses.hormone as _of_hormone
import ir5nb.analyses.patients as _of_patients
import ir5nb.analyses.planned as _of_planned
import ir5nb.analyses.primary as _of_primary
import ir5nb.analyses.safety as _of_safety
import ir5nb.analyses.safety_outcomes as _of_safety_outcomes
import ir5nb.analyses.safety_special as _of_safety_special
import ir5nb.analyses.time_to_event as _of_time_to_event
import ir5nb.analyses.tumour_response as _of_tumour_response
from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.editions import (
    corrections,
    derive,
    derived_tables,
    imputed,
    imputed_onsets,
    late,
    of_edition,
    pending,
    pooled,
    queries,
    results,
    safety_results,
    serious,
)
from ir5nb.analyses.output import joined
from ir5nb.analyses.safety import gather
from ir5nb.analyses.share import shared
from ir5nb.analyses.trace import assumed, provenance, versions

# What a notebook calls: each analysis shows in the share edition only what may be shared.
accrual = of_edition(_of_patients.accrual)
agreement = of_edition(_of_tumour_response.agreement)
baseline = of_edition(_of_patients.baseline)
best_response = of_edition(_of_tumour_response.best_response)
by_term = of_edition(_of_safety.by_term)
categories = of_edition(_of_primary.categories)
censoring = of_edition(_of_time_to_event.censoring)
chances = of_edition(_of_planned.chances)
course = of_edition(_of_tumour_response.course)
deaths = of_edition(_of_safety_outcomes.deaths)
decision = of_edition(_of_primary.decision)
design = of_edition(_of_planned.design)
disposition = of_edition(_of_patients.disposition)
dose_changes = of_edition(_of_safety_outcomes.dose_changes)
exposed = of_edition(_of_patients.exposed)
exposure_by_cohort = of_edition(_of_safety_outcomes.exposure)
headline = of_edition(_of_headline.headline)
hormone = of_edition(_of_hormone.hormone)
incidence = of_edition(_of_safety_special.incidence)
laboratory = of_edition(_of_safety_outcomes.laboratory)
overview = of_edition(_of_safety.overview)
path = of_edition(_of_planned.path)
primary = of_edition(_of_primary.primary)
readings = of_edition(_of_primary.readings)
resistance_readings = of_edition(_of_hormone.resistance_readings)
sets = of_edition(_of_patients.sets)
special_interest = of_edition(_of_safety_special.special_interest)
time_to_event = of_edition(_of_time_to_event.time_to_event)
time_to_first = of_edition(_of_safety_special.time_to_first)
worst_grade = of_edition(_of_safety.worst_grade)

__all__ = [
    "Cohort", "accrual", "agreement", "assumed", "baseline", "best_response", "by_term", "categories", "censoring",
    "chances", "corrections", "course", "deaths", "decision", "derive", "derived_tables", "design", "disposition",
    "dose_changes", "exposed", "exposure_by_cohort", "gather", "headline", "hormone", "imputed", "imputed_onsets",
    "incidence", "joined", "laboratory", "late", "overview", "path", "pending", "pooled", "primary", "provenance",
    "queries", "readings", "resistance_readings", "results", "safety_results", "serious", "sets", "shared",
    "special_interest", "time_to_event", "time_to_first", "versions", "worst_grade",
]  # fmt: skip
