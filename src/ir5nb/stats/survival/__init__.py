"""Time-to-event estimates, right-censored: numbers in, frozen results out."""

from ir5nb.stats.survival.coefficients import Coefficient
from ir5nb.stats.survival.comparison import LogRank, log_rank
from ir5nb.stats.survival.competing import CumulativeIncidence, IncidencePoint, Variance, cumulative_incidence
from ir5nb.stats.survival.curve import KaplanMeier, Landmark, TimeQuantile
from ir5nb.stats.survival.fine_gray import SubdistributionHazards, fine_gray
from ir5nb.stats.survival.gray import GrayTest, gray_test
from ir5nb.stats.survival.limits import ConfidenceType
from ir5nb.stats.survival.one_sample import OneSampleLogRank, one_sample_log_rank
from ir5nb.stats.survival.product_limit import kaplan_meier, reverse_kaplan_meier
from ir5nb.stats.survival.proportionality import Proportionality, TermTest, proportionality
from ir5nb.stats.survival.regression import ProportionalHazards, proportional_hazards
from ir5nb.stats.survival.restricted_mean import RestrictedMean

__all__ = [
    "Coefficient",
    "ConfidenceType",
    "CumulativeIncidence",
    "GrayTest",
    "IncidencePoint",
    "KaplanMeier",
    "Landmark",
    "LogRank",
    "OneSampleLogRank",
    "ProportionalHazards",
    "Proportionality",
    "RestrictedMean",
    "SubdistributionHazards",
    "TermTest",
    "TimeQuantile",
    "Variance",
    "cumulative_incidence",
    "fine_gray",
    "gray_test",
    "kaplan_meier",
    "log_rank",
    "one_sample_log_rank",
    "proportional_hazards",
    "proportionality",
    "reverse_kaplan_meier",
]
