"""Inference after a two-stage design: estimates, p-values and limits, for planned and attained sizes."""

from ir5nb.stats.two_stage.attained import AttainedRule, conditional_error, fewest_to_reject
from ir5nb.stats.two_stage.inference import infer
from ir5nb.stats.two_stage.limits import UpperLimit
from ir5nb.stats.two_stage.ordering import Ordering
from ir5nb.stats.two_stage.result import TwoStageInference

__all__ = [
    "AttainedRule",
    "Ordering",
    "TwoStageInference",
    "UpperLimit",
    "conditional_error",
    "fewest_to_reject",
    "infer",
]
