"""The command `ir5nb`: wires the rooms; exit codes 0 done, 1 the data or a notebook failed, 2 usage."""

from ir5nb.cli import alone, compare, lab, notebooks, operating, run, runs, statistics, validate
from ir5nb.cli.shared import app

__all__ = ["alone", "app", "compare", "lab", "notebooks", "operating", "run", "runs", "statistics", "validate"]
