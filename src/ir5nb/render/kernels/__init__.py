"""Processes that do not pay the imports again: forked from a parent that has imported everything and has one thread.

Source: spec/notebooks.md, "The forked kernel". Where a fork is not safe (another thread runs, no /proc to count them,
no fork at all) `ForkError` says why, and the caller starts a plain process.
"""

from ir5nb.render.kernels.forked import Forked, ForkError, Tell
from ir5nb.render.kernels.parent import Parent

__all__ = ["ForkError", "Forked", "Parent", "Tell"]
