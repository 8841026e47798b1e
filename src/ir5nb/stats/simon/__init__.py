"""Simon's two-stage design: its properties, its decisions, the search for it."""

from ir5nb.stats.simon.design import Decision, SimonDesign
from ir5nb.stats.simon.optimum import AdmissibleDesign, Certificate, DesignSearch, search

__all__ = ["AdmissibleDesign", "Certificate", "Decision", "DesignSearch", "SimonDesign", "search"]
