"""The headline card: the decision in one sentence, the few numbers behind it, and what is assumed or a draft."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Final

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.markup import Markup, badge, phrase, text
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

_CSS: Final = """<style>
.ir-card { border: 1px solid #1a1a1a; border-left-width: 6px; padding: 12px 16px; margin: 8px 0; color: #1a1a1a;
  background: #fff; font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; break-inside: avoid; }
.ir-card p { margin: 0 0 8px; }
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
    """Show the decision in one sentence with successes, patients, pending, estimate and cut-off.

    Parameters
    ----------
    sentence
        The decision in words, escaped.
    results
        `schema.RESULTS` rows: successes, total, pending, estimate, lower, upper; an absent one is left out.

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
    facts = [
        ("card.successes", numbers.cell("successes", "count")),
        ("card.evaluable", numbers.cell("total", "count")),
        ("card.pending", numbers.cell("pending", "count")),
        ("card.estimate", numbers.estimate_cell({}, "estimate")),
        ("card.cutoff", None if footing.cutoff is None else text(footing.cutoff, lang)),
    ]
    pairs = [f"<div><dt>{phrase(key, lang)}</dt><dd>{cell}</dd></div>" for key, cell in facts if cell is not None]
    badges = [badge(kind, lang) for kind, holds in (("assumed", footing.assumed), ("draft", footing.draft)) if holds]
    first = f'<p class="ir-sentence">{text(wording.told(sentence, lang))} {" ".join(badges)}</p>'
    small = [f'<p class="ir-small">{line}</p>' for line in _small(footing, lang)]
    name = wording.escape(id)
    box = f'<section class="ir-card" id="{name}" aria-label="{phrase("card.name", lang)}">'
    return Card(Markup(f"{_CSS}{box}{first}<dl>{''.join(pairs)}</dl>{''.join(small)}</section>"))


def _small(footing: Footing, lang: Lang) -> list[Markup]:
    return Footing(assumed=footing.assumed, draft=footing.draft, notes=footing.notes).lines(lang)
