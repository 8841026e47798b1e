"""Source data: files to a checked, frozen `Trial`, and its data cut."""

from ir5nb.source.problems import DataError, Problem
from ir5nb.source.reading import read
from ir5nb.source.trial import Trial

__all__ = ["DataError", "Problem", "Trial", "read"]
