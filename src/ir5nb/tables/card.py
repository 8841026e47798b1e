"""The headline card: the decision in one sentence, the few numbers behind it, and what is assumed or a draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Final

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.markup import HIDDEN, Markup, badge, phrase, text
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

_CSS: Final = """<style>
.ir-card { border: 1px solid #1a1a1a; border-left-width: 6px; padding: 12px 16px; margin: 8px 0; color: #1a1a1a;
  background: #fff; font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; break-inside: avoid; }
.ir-card p { margin: 0 0 8px; max-width: 62rem; }
.ir-card .ir-sentence { font-size: 18px; font-weight: 600; line-height: 1.35; }
.ir-card dl { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 0; }
.ir-card dl div { display: flex; flex-direction: column-reverse; }
.ir-card dt { font-size: 12px; color: #444; font-weight: normal; }
.ir-card dd { margin: 0; font-size: 20px; font-variant-numeric: tabular-nums; }
.ir-card .ir-small { font-size: 12px; color: #333; margin: 8px 0 0; }
.ir-card .ir-badge { border: 1px solid #1a1a1a; border-radius: 3px; padding: 0 5px; font-size: 11px; font-weight: 700;
  letter-spacing: .04em; white-space: nowrap; }
.ir-card .ir-assumed { background: #fff3cd; }
.ir-card .ir-draft { background: #e7e7e7; border-style: dashed; }
</style>"""


@dataclass(frozen=True, slots=True)
class Card:
    """A piece of page made by this package: markup for the page, text for a terminal.

    Examples
    --------
    >>> Card(Markup("<p>Stop</p>"))
    Stop
    """

    markup: Markup

    def _repr_html_(self) -> str:
        return self.markup

    def __repr__(self) -> str:
        """Give the text of the card, one part a line."""
        body = re.sub(r"<style>.*?</style>", "", self.markup, flags=re.DOTALL)
        parts = re.sub(r"</(p|div|dd|dt)>", "\n", body)
        lines = unescape(re.sub(r"<[^>]*>", "", parts)).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())


def headline(
    sentence: str, results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "headline"
) -> Card:
    """Show the decision in one sentence, the figures behind it, and what a reader with this page alone must know.

    Source: spec/report.md section 1; issue 5: what was planned, how many patients, what counts as a success, what was
    seen, what is decided, how sure, what was assumed, what is missing.

    Parameters
    ----------
    sentence
        The decision in words, escaped.
    results
        `schema.RESULTS` rows: successes (note: what a success is), total, pending, estimate (method), lower, upper,
        naive, p_value; the design r1 n1 r n p0 p1 alpha_exact power_exact, and alpha_missed or power_missed, the
        planned value, where the design does not keep it; readings, readings_same; predictive_power (note:
        its prior); not_evaluable (note: how such patients count), untreated. What is absent is left out.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"statistic": "successes", "value": 4}
    >>> headline("Stage 1: stop.", pd.DataFrame([row]), footing=Footing(draft="2 pending"))
    Stage 1: stop. DRAFT
    successes
    4
    DRAFT: 2 pending.
    """
    numbers = Numbers(results, lang)
    pairs = [f"<div><dt>{phrase(key, lang)}</dt><dd>{cell}</dd></div>" for key, cell in _facts(numbers, footing)]
    badges = [badge(kind, lang) for kind, holds in (("assumed", footing.assumed), ("draft", footing.draft)) if holds]
    first = f'<p class="ir-sentence">{text(wording.told(sentence, lang))} {" ".join(badges)}</p>'
    answers = _answers(numbers)
    masked = [phrase("masked.note", lang)] if any(HIDDEN in line for line in answers) else []
    small = [f'<p class="ir-small">{line}</p>' for line in [*answers, *_small(footing, sentence, lang), *masked]]
    name = wording.escape(id)
    box = f'<section class="ir-card" id="{name}" aria-label="{phrase("card.name", lang)}">'
    return Card(Markup(f"{_CSS}{box}{first}<dl>{''.join(pairs)}</dl>{''.join(small)}</section>"))


def _facts(numbers: Numbers, footing: Footing) -> list[tuple[str, Markup]]:
    """Give the figures of the card with the keys of their labels; an absent one is left out."""
    cut = None if footing.cutoff is None else text(footing.cutoff, numbers.lang)
    facts = {
        "card.successes": numbers.cell("successes", "count"),
        "card.treated": numbers.cell("total", "count"),
        "card.pending": numbers.cell("pending", "count"),
        "card.naive": numbers.estimate_cell({}, "naive", "", ""),
        _rate(numbers): numbers.estimate_cell({}, "estimate"),
        "card.p_value": numbers.cell("p_value", "p"),
        "card.cutoff": cut,
    }
    return [(key, cell) for key, cell in facts.items() if cell is not None]


def _rate(numbers: Numbers) -> str:
    """Name the estimate by its method: after two stages it is not the share of successes."""
    row = numbers.row("estimate")
    return "card.umvue" if row is not None and str(row["method"]).startswith("UMVUE") else "card.estimate"


_ANSWERS: Final = {  # line: the statistics it is filled with
    "card.success": (),
    "card.planned": ("r1", "n1", "r", "n", "p0", "p1", "alpha_exact", "power_exact"),
    "card.alpha_missed": ("alpha_exact", "alpha_missed"),
    "card.power_missed": ("power_exact", "power_missed"),
    "card.method": (),
    "card.readings": ("readings_same", "readings"),
    "card.chance": ("predictive_power",),
    "card.missing": ("pending", "not_evaluable", "untreated"),
}


def _answers(numbers: Numbers) -> list[Markup]:
    """Say what a success is, what was planned, how sure the result is, and what is missing."""
    lang, lines = numbers.lang, []
    for key, statistics in _ANSWERS.items():
        cells = {name: _shown(numbers, name) for name in statistics}
        words = _words(key, numbers)
        if all(cells.values()) and words is not None and (cells or words):
            lines.append(Markup(wording.escape(wording.say(key, lang)).format(**cells, **words)))
    return lines


def _shown(numbers: Numbers, statistic: str) -> Markup | None:
    """Write a number of the card; each is known in the full edition, so a missing one was masked."""
    row = numbers.row(statistic)
    return HIDDEN if row is not None and wording.missing(row["value"]) else numbers.cell(statistic)


def _words(key: str, numbers: Numbers) -> dict[str, Markup] | None:
    """Give the words of a line, which stand beside its numbers in the results; None where they are absent."""
    if key not in _WORDS:
        return {}
    name, statistic, column, say = _WORDS[key]
    row = numbers.row(statistic)
    return {name: text(say(row[column], numbers.lang))} if row is not None and row[column] else None


def _counted_as(reading: object, lang: Lang) -> str:
    return wording.say(f"card.counted_{reading}", lang)


# line: the place to fill, and the statistic and column of the results that hold its words
_WORDS: Final[Mapping[str, tuple[str, str, str, Callable[[object, Lang], str]]]] = {
    "card.success": ("definition", "successes", "note", wording.told),
    "card.method": ("method", "estimate", "method", wording.method),
    "card.chance": ("prior", "predictive_power", "note", wording.label),
    "card.missing": ("counted", "not_evaluable", "note", _counted_as),
}


def _entry(key: str, lang: Lang) -> str:
    """Name an assumed entry: the numbers of the design by their letters, the readings in words."""
    return key if key in _ANSWERS["card.planned"] else wording.entry(key, lang)


def _small(footing: Footing, sentence: str, lang: Lang) -> list[Markup]:
    """Say what is assumed and why this is a draft, unless the sentence of the card says it already."""
    entries = ", ".join(_entry(key, lang) for key in footing.assumed)
    assumed = [phrase("card.assumed", lang, entries=entries)] if entries else []
    draft = "" if footing.draft == sentence else footing.draft
    return assumed + Footing(draft=draft, notes=footing.notes).lines(lang)
