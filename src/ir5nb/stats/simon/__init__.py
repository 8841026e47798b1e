"""Simon's two-stage design: its properties, its decisions, the search for it."""

from ir5nb.stats.simon.design import Decision, SimonDesign

__all__ = ["Decision", "SimonDesign"]
