"""Time-to-event estimates, right-censored: numbers in, frozen results out."""

from ir5nb.stats.survival.competing import CumulativeIncidence, IncidencePoint, Variance, cumulative_incidence
from ir5nb.stats.survival.limits import ConfidenceType
from ir5nb.stats.survival.one_sample import OneSampleLogRank, one_sample_log_rank
from ir5nb.stats.survival.product_limit import (
    KaplanMeier,
    Landmark,
    RestrictedMean,
    TimeQuantile,
    kaplan_meier,
    reverse_kaplan_meier,
)

__all__ = [
    "ConfidenceType",
    "CumulativeIncidence",
    "IncidencePoint",
    "KaplanMeier",
    "Landmark",
    "OneSampleLogRank",
    "RestrictedMean",
    "TimeQuantile",
    "Variance",
    "cumulative_incidence",
    "kaplan_meier",
    "one_sample_log_rank",
    "reverse_kaplan_meier",
]
