"""One function per planned analysis: derived frames and statistics in, an `Analysis` with tidy results out."""

from ir5nb.analyses.cohort import Cohort, derive
from ir5nb.analyses.hormone import hormone, resistance_readings
from ir5nb.analyses.output import derived_tables, joined, pooled, results, safety_results
from ir5nb.analyses.patients import accrual, baseline, disposition, exposed, sets
from ir5nb.analyses.planned import chances, design, path
from ir5nb.analyses.primary import categories, decision, headline, primary, readings
from ir5nb.analyses.safety import by_term, gather, late, overview, worst_grade
from ir5nb.analyses.safety_outcomes import deaths, dose_changes, laboratory, serious
from ir5nb.analyses.safety_outcomes import exposure as exposure_by_cohort
from ir5nb.analyses.safety_special import incidence, special_interest, time_to_first
from ir5nb.analyses.time_to_event import censoring, time_to_event
from ir5nb.analyses.trace import assumed, pending, provenance, queries, versions
from ir5nb.analyses.tumour_response import agreement, best_response, course

__all__ = [
    "Cohort", "accrual", "agreement", "assumed", "baseline", "best_response", "by_term", "categories", "censoring",
    "chances", "course", "deaths", "decision", "derive", "derived_tables", "design", "disposition", "dose_changes",
    "exposed", "exposure_by_cohort", "gather", "headline", "hormone", "incidence", "joined", "laboratory", "late",
    "overview", "path", "pending", "pooled", "primary", "provenance", "queries", "readings", "resistance_readings",
    "results", "safety_results", "serious", "sets", "special_interest", "time_to_event", "time_to_first", "versions",
    "worst_grade",
]  # fmt: skip
