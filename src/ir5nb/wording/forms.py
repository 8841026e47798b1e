"""The forms a number of the results is shown in, by name, and the choice of the form of a results row."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from ir5nb.wording.numbers import MISSING, Lang, decimal, exact, missing, months, p_value, percent, plain
from ir5nb.wording.phrases import say


def count(value: object, lang: Lang = "en") -> str:
    """Write a count; a number that is not whole is refused, because a count never needs rounding.

    Raises
    ------
    ValueError
        When the value is not a whole number.

    Examples
    --------
    >>> count(11.0), count(None)
    ('11', '–')
    """
    if not missing(value) and exact(value).denominator != 1:
        raise ValueError(f"a count is a whole number, not {value!r}")
    return decimal(value, 0, lang)


def reached(days: Any, lang: Lang = "en") -> str:
    """Write a time in days as months, or "not reached" where it is missing or infinite.

    Examples
    --------
    >>> reached(168), reached(float("inf")), reached(None, "fr")
    ('5.5', 'not reached', 'non atteinte')
    """
    if missing(days) or math.isinf(float(days)):
        return say("not reached", lang)
    return months(days, lang)


# The page's spans name the form beside the key, so that a test writes the number again.
FORMS: Final[MappingProxyType[str, Callable[[Any, Lang], str]]] = MappingProxyType(
    {
        "count": count,
        "percent": percent,
        "rate": lambda value, lang: plain(value, lang, least=2),
        "probability": lambda value, lang: decimal(value, 4, lang),
        "p": p_value,
        "months": months,
        "reached": reached,
        "days": lambda value, lang: plain(value, lang, most=1),
        "measure": lambda value, lang: plain(value, lang, most=1),
        "decimal1": lambda value, lang: decimal(value, 1, lang),
        "decimal2": lambda value, lang: decimal(value, 2, lang),
        "plain": lambda value, lang: plain(value, lang, most=2),
    }
)


def shown(value: object, form: str, lang: Lang = "en") -> str:
    """Write a value in one of the forms of `FORMS`: what a span with `data-form` holds.

    Raises
    ------
    KeyError
        When the form is unknown.

    Examples
    --------
    >>> shown(11, "count"), shown(5 / 11, "percent"), shown(168, "months"), shown(0.0461, "probability")
    ('11', '45.5', '5.5', '0.0461')
    """
    return FORMS[form](value, lang) if not _infinite(value) or form == "reached" else MISSING


def _infinite(value: object) -> bool:
    return isinstance(value, float) and math.isinf(value)


_OF_STATISTIC: Final = MappingProxyType(
    {"p_value": "p", "sd": "decimal2", "min": "measure", "max": "measure"}
    | dict.fromkeys(("p0", "p1", "alpha", "power"), "rate")
    | dict.fromkeys(("mean", "median", "q1", "q3", "geometric_mean", "en", "en_p0", "en_p1"), "decimal1")
    | dict.fromkeys(("alpha_missed", "power_missed"), "probability")
    | dict.fromkeys(("alpha_exact", "power_exact", "pet", "pet_p0", "pet_p1", "rejection"), "probability")
    | dict.fromkeys(("conditional_power", "predictive_power", "predictive_probability"), "probability")
    | dict.fromkeys(("posterior_p0", "posterior_p1"), "probability")
    | dict.fromkeys(("count", "n", "total", "successes", "events", "censored", "pending", "planned"), "count")
    | dict.fromkeys(("bound", "r1", "n1", "r", "observed", "readings", "readings_same", "untreated"), "count")
    | dict.fromkeys(("not_evaluable", "months_to_complete"), "count")
)
_OF_UNIT: Final = MappingProxyType(
    {"proportion": "percent", "days": "days", "count": "count", "patients": "count", "probability": "probability"}
)


def form_of(statistic: str, unit: object = "") -> str:
    """Choose the form of a results row from its statistic, else from its unit.

    Examples
    --------
    >>> form_of("p_value"), form_of("umvue", "proportion"), form_of("mean", "months")
    ('p', 'percent', 'decimal1')
    """
    return _OF_STATISTIC.get(statistic) or _OF_UNIT.get(str(unit), "plain")
