"""Refusal of arguments that cannot be meant: each message names the condition that broke."""

from __future__ import annotations

import math
import operator
from typing import SupportsFloat, SupportsIndex

__all__ = ["count", "open_rate", "probability", "require"]


def require(condition: bool, broken: str) -> None:
    """Raise ValueError with `broken`, the condition in words and symbols, unless it holds.

    >>> require(1 < 2, "1 < 2 must hold")
    """
    if not condition:
        raise ValueError(broken)


def count(name: str, value: SupportsIndex, minimum: int = 0) -> int:
    """Return `value` as an integer of at least `minimum`; floats, booleans and NaN are not counts.

    Raises TypeError for what is not an integer type, ValueError below the minimum.

    >>> count("n", 24)
    24
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be an integer count, got {value!r} of type {type(value).__name__}")
    whole = operator.index(value)
    require(whole >= minimum, f"{name} >= {minimum} must hold, got {name} = {whole}")
    return whole


def probability(name: str, value: SupportsFloat) -> float:
    """Return `value` as a float in [0, 1]; NaN, infinities and values outside are refused.

    >>> probability("p", 0)
    0.0
    """
    number = _real(name, value)
    require(0.0 <= number <= 1.0, f"0 <= {name} <= 1 must hold, got {name} = {number}")
    return number


def open_rate(name: str, value: SupportsFloat) -> float:
    """Return `value` as a float strictly between 0 and 1.

    >>> open_rate("alpha", 0.05)
    0.05
    """
    number = _real(name, value)
    require(0.0 < number < 1.0, f"0 < {name} < 1 must hold, got {name} = {number}")
    return number


def _real(name: str, value: SupportsFloat) -> float:
    if isinstance(value, (bool, str, bytes)):
        raise TypeError(f"{name} must be a real number, got {value!r} of type {type(value).__name__}")
    number = float(value)
    require(not math.isnan(number), f"{name} must be a number, got NaN")
    return number
