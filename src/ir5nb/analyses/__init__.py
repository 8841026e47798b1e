"""One function per planned analysis: derived frames and statistics in, an `Analysis` with tidy results out."""

from ir5nb.analyses.cohort import Cohort, derive
from ir5nb.analyses.hormone import hormone, resistance_readings
from ir5nb.analyses.output import derived_tables, joined, results
from ir5nb.analyses.patients import accrual, baseline, disposition, exposed, sets
from ir5nb.analyses.planned import chances, design, path
from ir5nb.analyses.primary import categories, decision, headline, primary, readings
from ir5nb.analyses.time_to_event import censoring, time_to_event
from ir5nb.analyses.trace import assumed, pending, provenance, queries, versions
from ir5nb.analyses.tumour_response import agreement, best_response, course

__all__ = [
    "Cohort", "accrual", "agreement", "assumed", "baseline", "best_response", "categories", "censoring", "chances",
    "course", "decision", "derive", "derived_tables", "design", "disposition", "exposed", "headline", "hormone",
    "joined", "path", "pending", "primary", "provenance", "queries", "readings", "resistance_readings", "results",
    "sets", "time_to_event", "versions",
]  # fmt: skip
