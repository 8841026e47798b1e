"""Numbers to text: the only rounding of the package, half away from zero, on the exact decimal value."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any, Final, Literal

import pandas as pd

Lang = Literal["en", "fr"]

MISSING: Final = "–"
DASH: Final = "–"  # between the limits of an interval
_NARROW_SPACE: Final = "\u202f"
_DAYS_PER_MONTH: Final = Fraction("30.4375")  # schema.DAYS_PER_MONTH, exactly


def missing(value: Any) -> bool:
    """Say whether a value is absent (None, NaN, NaT, NA).

    Examples
    --------
    >>> missing(float("nan")), missing(0)
    (True, False)
    """
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def exact(value: object) -> Fraction:
    """Give the number a reader sees in a value: a float is the decimal of its shortest text, 0.285 is 285/1000.

    Raises
    ------
    ValueError
        When the value is missing or infinite.
    TypeError
        When it is not a number.

    Examples
    --------
    >>> exact(0.285)
    Fraction(57, 200)
    """
    if isinstance(value, str) or pd.api.types.is_bool(value) or not pd.api.types.is_number(value):
        raise TypeError(f"{value!r} is not a number")
    if isinstance(value, Integral):
        return Fraction(int(value))  # numpy's integers do not mix with Decimal
    if isinstance(value, (Fraction, Decimal)):
        return Fraction(value)
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError(f"{value!r} has no decimal value")
    return Fraction(repr(number))


def rounded(value: object, decimals: int = 0) -> Decimal:
    """Round half away from zero: 12.5 to 13, -12.5 to -13, 0.285 at two decimals to 0.29.

    Examples
    --------
    >>> rounded(2.5), rounded(-2.5), rounded(0.285, 2)
    (Decimal('3'), Decimal('-3'), Decimal('0.29'))
    """
    number = exact(value)
    units = math.floor(abs(number) * 10**decimals + Fraction(1, 2))
    return Decimal(-units if number < 0 else units).scaleb(-decimals)


def decimal(value: object, decimals: int = 0, lang: Lang = "en") -> str:
    """Write a number with a fixed count of decimals; missing is "–" and zero has no sign.

    Examples
    --------
    >>> decimal(-0.04, 1), decimal(12345.65, 1), decimal(1.25, 1, "fr"), decimal(None)
    ('0.0', '12,345.7', '1,3', '–')
    """
    if missing(value):
        return MISSING
    number = rounded(value, decimals)
    text = f"{number:,.{decimals}f}" if number else f"{0:.{decimals}f}"
    return localised(text.replace("-", "−"), lang)


def localised(text: str, lang: Lang) -> str:
    """Turn an English number text into the language's own: decimal comma and narrow spaces in French.

    Examples
    --------
    >>> localised("1,234.5", "fr")
    '1\u202f234,5'
    """
    if lang == "en":
        return text
    return text.replace(",", _NARROW_SPACE).replace(".", ",")


def plain(value: object, lang: Lang = "en", least: int = 0, most: int = 4) -> str:
    """Write a number with the decimals it has, at least `least` and at most `most`.

    Examples
    --------
    >>> plain(0.05, least=2), plain(0.8, least=2), plain(0.393, least=2), plain(41.0)
    ('0.05', '0.80', '0.393', '41')
    """
    if missing(value):
        return MISSING
    number = exact(value)
    decimals = next((d for d in range(least, most) if Fraction(rounded(number, d)) == number), most)
    return decimal(number, decimals, lang)


def percent(proportion: object, lang: Lang = "en", decimals: int = 1) -> str:
    """Write a proportion as the number of its percentage, without the sign.

    Examples
    --------
    >>> percent(0.285, decimals=0), percent(5 / 11), percent(0.125), percent(1 / 16, "fr")
    ('29', '45.5', '12.5', '6,3')
    """
    return MISSING if missing(proportion) else decimal(exact(proportion) * 100, decimals, lang)


def percent_sign(lang: Lang = "en") -> str:
    """Give the sign as it follows a number: with a no-break space in French.

    Examples
    --------
    >>> percent_sign()
    '%'
    """
    return "%" if lang == "en" else f"{_NARROW_SPACE}%"


def months(days: object, lang: Lang = "en", decimals: int = 1) -> str:
    """Write days as months of 30.4375 days (A17); infinite days are "not reached" and left to the caller.

    Examples
    --------
    >>> months(168), months(365.25)
    ('5.5', '12.0')
    """
    return MISSING if missing(days) else decimal(exact(days) / _DAYS_PER_MONTH, decimals, lang)


def p_value(p: object, lang: Lang = "en") -> str:
    """Write a p-value with four decimals, "<0.0001" below that, and ">0.9999" short of 1.

    Raises
    ------
    ValueError
        When p is not between 0 and 1.

    Examples
    --------
    >>> p_value(0.04714), p_value(2.6e-27), p_value(1), p_value(0.99999), p_value(None)
    ('0.0471', '<0.0001', '1.0000', '>0.9999', '–')
    """
    if missing(p):
        return MISSING
    number = exact(p)
    if not 0 <= number <= 1:
        raise ValueError(f"a p-value is between 0 and 1, not {p!r}")
    if number < Fraction(1, 10_000):
        return localised("<0.0001", lang)
    if Fraction(9_999, 10_000) < number < 1:
        return localised(">0.9999", lang)
    return decimal(number, 4, lang)


def date(day: object, lang: Lang = "en") -> str:
    """Write a date: 2026-03-04 in English, 04/03/2026 in French; text (a partial date) stays as recorded.

    Examples
    --------
    >>> date(pd.Timestamp("2026-03-04")), date(dt.date(2026, 3, 4), "fr"), date("2026-03"), date(None)
    ('2026-03-04', '04/03/2026', '2026-03', '–')
    """
    if missing(day):
        return MISSING
    if isinstance(day, (dt.date, pd.Timestamp)):
        return day.strftime("%Y-%m-%d" if lang == "en" else "%d/%m/%Y")
    return str(day)


def date_text(text: str) -> str:
    """Write a day of a composed sentence in the French way: "2026-03-04" is 04/03/2026.

    Examples
    --------
    >>> date_text("2026-03-04"), date_text("unknown date")
    ('04/03/2026', 'date inconnue')
    """
    return "date inconnue" if text == "unknown date" else date(dt.date.fromisoformat(text), "fr")
