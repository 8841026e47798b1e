"""Numbers joined into the customary phrases: n (%), x/n, an estimate with its interval, plurals."""

from __future__ import annotations

from fractions import Fraction

from ir5nb.wording.forms import reached
from ir5nb.wording.numbers import DASH, MISSING, Lang, decimal, missing, percent, percent_sign
from ir5nb.wording.phrases import say


def n_percent(count: int, total: int, lang: Lang = "en") -> str:
    """Write a count with its percentage of a total; without patients there is no percentage.

    Raises
    ------
    ValueError
        When the count is not between 0 and the total.

    Examples
    --------
    >>> n_percent(5, 11), n_percent(0, 0), n_percent(1, 16, "fr")
    ('5 (45.5%)', '0 (–)', '1 (6,3\u202f%)')
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is not a part of a whole")
    share = percent(Fraction(count, total), lang) + percent_sign(lang) if total else MISSING
    return f"{decimal(count, 0, lang)} ({share})"


def x_of_n(count: int, total: int, lang: Lang = "en") -> str:
    """Write a count over its total with the percentage.

    Examples
    --------
    >>> x_of_n(8, 15), x_of_n(0, 0)
    ('8/15 (53.3%)', '0/0 (–)')
    """
    return n_percent(count, total, lang).replace(" (", f"/{decimal(total, 0, lang)} (", 1)


def interval(lower: object, upper: object, lang: Lang = "en") -> str:
    """Write the limits of a proportion, in percent without the sign; a comma parts them where one is missing.

    Examples
    --------
    >>> interval(0.4362, 0.89), interval(None, None), interval(0.4, None)
    ('43.6–89.0', '–', '40.0, –')
    """
    if missing(lower) and missing(upper):
        return MISSING
    between = ", " if missing(lower) or missing(upper) else DASH
    return f"{percent(lower, lang)}{between}{percent(upper, lang)}"


def estimate(value: object, lower: object, upper: object, lang: Lang = "en") -> str:
    """Write a proportion with its interval in percent.

    Examples
    --------
    >>> estimate(0.7333, 0.4362, 0.8905), estimate(None, None, None), estimate(0.5, None, None, "fr")
    ('73.3% (43.6–89.1)', '–', '50,0\u202f% (–)')
    """
    if missing(value):
        return MISSING
    return f"{percent(value, lang)}{percent_sign(lang)} ({interval(lower, upper, lang)})"


def months_interval(median: object, lower: object, upper: object, lang: Lang = "en") -> str:
    """Write a median time with its interval: days given, months shown.

    Examples
    --------
    >>> months_interval(168, 100, None)
    '5.5 months (3.3–not reached)'
    """
    value = reached(median, lang)
    unit = f" {say('months', lang)}" if value != say("not reached", lang) else ""
    return f"{value}{unit} ({reached(lower, lang)}{DASH}{reached(upper, lang)})"


def plural(count: int, key: str, lang: Lang = "en") -> str:
    """Write a count with its noun: the phrases `key.one` and `key.many`; 0 takes the singular in French.

    Examples
    --------
    >>> plural(1, "patient"), plural(0, "patient"), plural(0, "patient", "fr")
    ('1 patient', '0 patients', '0 patient')
    """
    single = abs(count) == 1 or (lang == "fr" and count == 0)
    return f"{decimal(count, 0, lang)} {say(f'{key}.one' if single else f'{key}.many', lang)}"
