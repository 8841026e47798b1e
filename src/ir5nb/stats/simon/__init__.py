"""Simon's two-stage design: its properties, its decisions, the search for it, attained sizes."""

from ir5nb.stats.simon.admissible import AdmissibleDesign
from ir5nb.stats.simon.characteristics import (
    DecisionRule,
    OperatingPoint,
    decision_rules,
    operating_characteristics,
)
from ir5nb.stats.simon.design import Decision, SimonDesign
from ir5nb.stats.simon.hunt import Certificate
from ir5nb.stats.simon.optimum import DesignSearch, search
from ir5nb.stats.simon.redesign import (
    AttainedDesign,
    adapt_boundaries,
    adapt_final_boundary,
    attained_design,
    green_dahlberg,
    replan_stage2,
)

__all__ = [
    "AdmissibleDesign",
    "AttainedDesign",
    "Certificate",
    "Decision",
    "DecisionRule",
    "DesignSearch",
    "OperatingPoint",
    "SimonDesign",
    "adapt_boundaries",
    "adapt_final_boundary",
    "attained_design",
    "decision_rules",
    "green_dahlberg",
    "operating_characteristics",
    "replan_stage2",
    "search",
]
