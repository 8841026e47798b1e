"""What stands under a table: population, cut-off, method, and what is assumed or still a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ir5nb import wording
from ir5nb.tables.markup import Markup, badge, joined, phrase, text
from ir5nb.wording import Lang


@dataclass(frozen=True, slots=True)
class Footing:
    """The facts a table's footnotes and badges need beyond its rows.

    Parameters
    ----------
    cutoff
        Data cut-off, or None where there is none.
    assumed
        Names of the assumed values behind the numbers; the table then carries the badge ASSUMED.
    draft
        Why the numbers are a draft ("3 patients pending"); the table then carries the badge DRAFT. "": final.
    notes
        Further footnotes, in the reader's language.
    population
        Population in words; "" takes the populations of the rows.

    Examples
    --------
    >>> Footing(assumed=("p0", "p1")).badges("en")
    '<span class="ir-badge ir-assumed">ASSUMED</span>'
    """

    cutoff: dt.date | str | None = None
    assumed: tuple[str, ...] = ()
    draft: str = ""
    notes: tuple[str, ...] = ()
    population: str = ""

    def badges(self, lang: Lang) -> Markup:
        """Give the badges that apply, as markup.

        Examples
        --------
        >>> Footing().badges("en")
        ''
        """
        kinds = [kind for kind, holds in (("assumed", self.assumed), ("draft", self.draft)) if holds]
        return Markup(" ".join(badge(kind, lang) for kind in kinds))

    def lines(self, lang: Lang, populations: tuple[str, ...] = (), methods: tuple[str, ...] = ()) -> list[Markup]:
        """Give the footnotes, one fact a line.

        Examples
        --------
        >>> Footing(cutoff="2026-06-30").lines("en", ("treated",), ("exact",))
        ['Population: Treated.', 'Data cut-off: 2026-06-30.', 'Method: exact.']
        """
        names = self.population or ", ".join(wording.label(name, lang) for name in populations)
        facts = {
            "footing.population": {"names": names},
            "footing.cutoff": {"date": "" if self.cutoff is None else wording.date(self.cutoff, lang)},
            "footing.method": {
                "names": (" ; " if lang == "fr" else "; ").join(wording.method(name, lang) for name in methods)
            },
            "footing.assumed": {"entries": ", ".join(self.assumed)},
            "footing.draft": {"reason": wording.told(self.draft, lang).rstrip(".")},
        }
        said = [phrase(key, lang, **parts) for key, parts in facts.items() if any(parts.values())]
        return [*said, *(joined(text(note)) for note in self.notes)]


NO_FOOTING = Footing()
