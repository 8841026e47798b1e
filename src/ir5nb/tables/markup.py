"""Cells of a table: markup of our own making, with every text of the data escaped and every number keyed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ir5nb import wording
from ir5nb.schema import MASKED, RESULT_KEY
from ir5nb.wording import Lang

_SHORT: Final = 18
_LONG: Final = 40  # characters: a patient's number stays on one line, a reason gets a wide column


class Markup(str):
    """Text that is markup already: made here from escaped parts only, never from data.

    Examples
    --------
    >>> Markup("<b>1</b>")
    '<b>1</b>'
    """

    __slots__ = ()


HIDDEN: Final = Markup('<span class="ir-masked">*</span>')  # a number that the share edition does not show


def text(value: object, lang: Lang = "en") -> Markup:
    """Escape a text of the data or a phrase; missing is "–", dates are written in the language's way.

    Examples
    --------
    >>> text("<script>x</script>")
    '&lt;script&gt;x&lt;/script&gt;'
    """
    shown = wording.escape(wording.date(value, lang))
    return Markup(shown) if isinstance(value, str) or wording.missing(value) else unbroken(Markup(shown))


def prose(value: object, lang: Lang = "en") -> Markup:
    """Escape a text that may be long and give it room: a table that scrolls reads better than a column of words.

    Examples
    --------
    >>> prose("WEEK 16")
    '<span class="ir-n">WEEK 16</span>'
    """
    shown = text(value, lang)
    if not isinstance(value, str) or _SHORT < len(value) <= _LONG:
        return shown
    return unbroken(shown) if len(value) <= _SHORT else Markup(f'<span class="ir-wide">{shown}</span>')


def unbroken(*parts: str) -> Markup:
    """Join parts that stay on one line: an interval, a date.

    Examples
    --------
    >>> unbroken("43.1", "–", "68.8")
    '<span class="ir-n">43.1–68.8</span>'
    """
    return Markup(f'<span class="ir-n">{joined(*parts)}</span>')


def phrase(key: str, lang: Lang, /, **parts: object) -> Markup:
    """Escape a phrase of the dictionary.

    Examples
    --------
    >>> phrase("head.patients", "en")
    'Patients, n (%)'
    """
    return Markup(wording.escape(wording.say(key, lang, **parts)))


def level(name: object, lang: Lang) -> Markup:
    """Escape the label of a level.

    Examples
    --------
    >>> level("PD", "en"), level("a < b", "en")
    ('Progressive disease (PD)', 'a &lt; b')
    """
    return text(wording.label(name, lang))


def key_of(row: Mapping[str, Any]) -> str:
    """Join the key of a results row as the page's `data-key` has it; a missing part is empty.

    Examples
    --------
    >>> key_of(dict(zip(RESULT_KEY, ["c3", "primary", "treated", "default", "PFR24", "", "", "umvue"])))
    'c3|primary|treated|default|PFR24|||umvue'
    """
    return "|".join(key_part(row[part]) for part in RESULT_KEY)


def key_part(part: Any) -> str:
    """Write one part of a key; a missing part is empty, a time of 3.0 is "3".

    Examples
    --------
    >>> key_part(None), key_part(3.0), key_part("A3:28")
    ('', '3', 'A3:28')
    """
    if wording.missing(part):
        return ""
    # a time of 3 months is "3", also where a file made the column one of floats
    return str(int(part)) if isinstance(part, float) and part.is_integer() else str(part)


def keyed(row: Mapping[str, Any], form: str, lang: Lang) -> Markup:
    """Write the value of a results row in a span that carries its key and its form; a masked one is a star.

    Examples
    --------
    >>> row = dict(zip(RESULT_KEY, ["c3", "a", "", "", "", "", "", "count"])) | {"value": 4}
    >>> keyed(row, "count", "en")
    '<span data-key="c3|a||||||count" data-form="count">4</span>'
    """
    if row.get("note") == MASKED:
        return HIDDEN
    shown = wording.escape(wording.shown(row["value"], form, lang))
    return Markup(f'<span data-key="{wording.escape(key_of(row))}" data-form="{form}">{shown}</span>')


def joined(*parts: str) -> Markup:
    """Join parts into one cell; parts that are not markup are escaped.

    Examples
    --------
    >>> joined(Markup("<b>1</b>"), " < ", "2")
    '<b>1</b> &lt; 2'
    """
    return Markup("".join(part if isinstance(part, Markup) else wording.escape(part) for part in parts))


def badge(kind: str, lang: Lang) -> Markup:
    """Make a badge that says ASSUMED or DRAFT in words, so that colour is never the only sign.

    Examples
    --------
    >>> badge("draft", "en")
    '<span class="ir-badge ir-draft">DRAFT</span>'
    """
    return Markup(f'<span class="ir-badge ir-{kind}">{phrase(kind, lang)}</span>')
