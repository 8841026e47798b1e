"""Time-to-event estimates, right-censored: numbers in, frozen results out."""

from ir5nb.stats.survival.limits import ConfidenceType
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
    "KaplanMeier",
    "Landmark",
    "RestrictedMean",
    "TimeQuantile",
    "kaplan_meier",
    "reverse_kaplan_meier",
]
