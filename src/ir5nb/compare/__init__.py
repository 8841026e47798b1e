"""What differs between two runs: numbers, patients, records, plans and versions, as tidy frames."""

from ir5nb.compare.comparison import Comparison, compare
from ir5nb.compare.folders import Run, RunError, read

__all__ = ["Comparison", "Run", "RunError", "compare", "read"]
