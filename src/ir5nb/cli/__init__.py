"""The command `ir5nb`: wires the rooms; exit codes 0 done, 1 the data or a notebook failed, 2 usage."""

from ir5nb.cli import compare, lab, operating, runs, statistics
from ir5nb.cli.shared import app

__all__ = ["app", "compare", "lab", "operating", "runs", "statistics"]
