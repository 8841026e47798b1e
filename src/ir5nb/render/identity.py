"""What each page of a document says of the report it belongs to: title, badges, data cut, edition, plan, version."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ir5nb import wording
from ir5nb.render.article import Card, Node, Part, Sheet, plain
from ir5nb.wording import Lang

AUTHOR: Final = "IMMUNORARE5"  # of the file's properties: the platform, never a person or a machine
_EDITION: Final = re.compile(r'^edition = "(\w+)"', re.MULTILINE)
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {"cut": "Data cut-off", "full": "full edition", "share": "share edition", "plan": "plan (SHA-256)",
           "page": "Page", "of": "of", "colon": ":"},
    "fr": {"cut": "Gel des données", "full": "édition complète", "share": "édition partagée",
           "plan": "plan (SHA-256)", "page": "Page", "of": "sur", "colon": "\u00a0:"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What the margins of a document say; every text is shown as text.

    Attributes
    ----------
    title, lang
        Of the report; "en" or "fr".
    head
        Platform, title and badges.
    cut
        Data cut and edition.
    source
        Program and plan that the report was made with.
    page, of
        The words around the number of a page.
    colon
        As the language writes it.
    """

    title: str
    lang: Lang
    head: str
    cut: str
    source: str
    page: str
    of: str
    colon: str


def identity(notebook: Any, parts: Sequence[Part], title: str, lang: Lang) -> Identity:
    """Read the identity of a report out of its executed notebook; what the notebook does not say is left out.

    Nothing is taken from the run or the machine, so that equal reports have equal bytes whatever their run is called.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook with outputs.
    parts
        Of `article.read`.
    title, lang
        Title of the report, "en" or "fr".

    Examples
    --------
    >>> import nbformat
    >>> told = identity(nbformat.v4.new_notebook(), [], "peritoneal mesothelioma", "fr")
    >>> told.title, told.head, told.cut
    ('Peritoneal mesothelioma', 'IMMUNORARE5 · Peritoneal mesothelioma', 'édition complète')
    """
    words, said = _WORDS[lang], _said(parts)
    colon = words["colon"]
    name = title[:1].upper() + title[1:]
    cut, plan, version = (said.get(wording.label(item, lang)) for item in ("data cut", "plan (SHA-256)", "ir5nb"))
    return Identity(
        title=name,
        lang=lang,
        head=" · ".join([AUTHOR, name, *_badges(parts)]),
        cut=" · ".join([*([f"{words['cut']}{colon} {_day(cut, lang)}"] if cut else []), words[_edition(notebook)]]),
        source=", ".join(
            [*([f"ir5nb {version}"] if version else []), *([f"{words['plan']}{colon} {plan}"] if plan else [])]
        ),
        page=words["page"],
        of=words["of"],
        colon=colon,
    )


def _day(said: str, lang: Lang) -> str:
    """Give a date of the provenance as the language writes it; anything else as it is."""
    try:
        return wording.date(dt.date.fromisoformat(said), lang)
    except ValueError:
        return said


def _said(parts: Sequence[Part]) -> dict[str, str]:
    """Give what the tables of two columns say of each item: provenance and versions are among them, at the end."""
    rows = [row[1] for part in parts if isinstance(part, Sheet) for row in part.table["c"][4][0][3]]
    return {plain(cells[0][4]).strip(): plain(cells[1][4]).strip() for cells in rows if len(cells) == 2}


def _badges(parts: Sequence[Part]) -> list[str]:
    """Give the badges of the headline in words."""
    cards = [part for part in parts if isinstance(part, Card)]
    return [plain(node["c"][1]) for card in cards for node in _spans(card.sentence)]


def _spans(inlines: Sequence[Node]) -> Iterator[Node]:
    return (node for node in inlines if node["t"] == "Span" and "badge" in node["c"][0][1])


def _edition(notebook: Any) -> str:
    """Give the edition that the run asked the notebook for; the plans' own is the full one."""
    asked = [cell.source for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", ())]
    found = _EDITION.search("\n".join(asked))
    return found.group(1) if found and found.group(1) in _WORDS["en"] else "full"
