"""Sentences that the code composed in English (reasons, decisions, queries), told again in the reader's language.

The derived tables hold one English sentence a row, so that two runs can be compared whatever the language. A page in
French recognises a sentence by the pattern it was composed by, and fills the same days, numbers and records into the
French pattern. Text of the source inside it (a visit's name, a value) is kept, and a sentence that is of no pattern
stays as it is: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Final

from ir5nb.wording.numbers import Lang, date_text, localised
from ir5nb.wording.phrases import label
from ir5nb.wording.told_fr import SENTENCES, WORDS

_DAY: Final = r"\d{4}-\d{2}-\d{2}|unknown date"
# What may stand in a place of a pattern, by the place's name without its digits.
_PLACES: Final = {
    "day": _DAY,
    "n": r"\d+(?:\.\d+)?",
    "record": rf"[A-Z]{{2,8}}(?: \d+)? \((?:visit .*, )?(?:{_DAY})\)(?:: .*)?",
    "word": r"[A-Za-z][A-Za-z ]*",
    "told": r".+",
    "text": r".+",
}
_RECORD: Final = re.compile(
    rf"(?P<name>[A-Z]{{2,8}}(?: \d+)?) \((?:visit (?P<visit>.*), )?(?P<day>{_DAY})\)(?:: (?P<value>.*?))?"
    r"(?P<highest> \(highest of the day\))?"
)
_PLACE: Final = re.compile(r"\{([a-z]+\d*)\}")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")
_LONGEST: Final = 2_000  # characters; nothing composed here is longer, and a hostile text costs nothing


def _number(text: str) -> str:
    return localised(text, "fr")


def _word(text: str) -> str:
    return WORDS.get(text) or label(text, "fr")


_WRITTEN: Final[Mapping[str, Callable[[str], str]]] = {"day": date_text, "n": _number, "word": _word}


def told(text: object, lang: Lang = "en") -> str:
    """Tell a composed sentence in a language; a text of no known pattern is given as it is.

    Examples
    --------
    >>> told("Death after the landmark 2026-06-22: DM 4 (2026-07-01)", "fr")
    "Décès après la date d'évaluation du 22/06/2026 : DM 4 (01/07/2026)"
    >>> told("A note of the centre", "fr")
    'A note of the centre'
    """
    sentence = str(text)
    return sentence if lang == "en" or len(sentence) > _LONGEST else _french(sentence)


@lru_cache(maxsize=4096)
def _french(sentence: str) -> str:
    if sentence in WORDS:
        return WORDS[sentence]
    for pattern, french in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            return french.format(**{name: _filled(name, part) for name, part in found.groupdict().items()})
    known = _RECORD.fullmatch(sentence)
    return _record(known) if known else sentence


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Compile the English patterns: text stands for itself, a place for what its name says."""
    return tuple((re.compile(_expression(english), re.DOTALL), french) for english, french in SENTENCES)


def _expression(english: str) -> str:
    parts = _PLACE.split(english)
    places = [f"(?P<{name}>{_PLACES[name.rstrip('0123456789')]})" for name in parts[1::2]]
    texts = [re.escape(part) for part in parts[::2]]
    return "".join(text + place for text, place in zip(texts, [*places, ""], strict=True))


def _filled(name: str, part: str) -> str:
    """Write what stood in a place in French: days and numbers in its way, sentences told, text as it was."""
    kind = name.rstrip("0123456789")
    if kind in _WRITTEN:
        return _WRITTEN[kind](part)
    return part if kind == "text" else _french(part)


def _record(found: re.Match[str]) -> str:
    """Name a source record in French: "RS 12 (visite WEEK 16, 04/03/2026) : PD"."""
    visit = f"visite {found['visit']}, " if found["visit"] else ""
    value = found["value"]
    said = "" if value is None else " : " + (_number(value) if _NUMBER.fullmatch(value) else _french(value))
    highest = " (valeur la plus élevée du jour)" if found["highest"] else ""
    return f"{found['name']} ({visit}{date_text(found['day'])}){said}{highest}"
