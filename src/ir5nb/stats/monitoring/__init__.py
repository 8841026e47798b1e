"""Looking ahead during a two-stage design: advice beside the planned rule, never instead of it."""

from ir5nb.stats.monitoring.advice import Look, look
from ir5nb.stats.monitoring.bayesian import (
    Prior,
    posterior_comparison,
    posterior_probability,
    predictive_boundary,
    predictive_power,
    predictive_probability,
)
from ir5nb.stats.monitoring.curtailment import Curtailed, curtailed
from ir5nb.stats.monitoring.frequentist import (
    conditional_power,
    conditional_power_resized,
    size_for_conditional_power,
)

__all__ = [
    "Curtailed",
    "Look",
    "Prior",
    "conditional_power",
    "conditional_power_resized",
    "curtailed",
    "look",
    "posterior_comparison",
    "posterior_probability",
    "predictive_boundary",
    "predictive_power",
    "predictive_probability",
    "size_for_conditional_power",
]
