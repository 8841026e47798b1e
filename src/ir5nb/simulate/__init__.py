"""The synthetic platform with known truth, and the demo data made from it."""

from ir5nb.simulate.files import write
from ir5nb.simulate.platform import platform

__all__ = ["platform", "write"]
