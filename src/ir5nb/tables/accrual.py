"""The table of patients included against the plan: in all, by now, the pace, the projection, and by centre (R6)."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, joined, level, phrase, text
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

_MISSING: Final = Markup(wording.MISSING)
_TOGETHER: Final = "all centres"
_PACE: Final = {  # line: the group of its numbers, and the forms of what was seen and of what was expected
    "line.by_now": ("by the data cut", "count", "decimal1"),
    "line.per_month": ("per month", "decimal2", "decimal2"),
    "line.centres": ("centres", "count", "count"),
}


def accrual(results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "accrual") -> Table:
    """Lay out patients included beside those planned, the projected end of accrual, and the patients of each centre.

    Parameters
    ----------
    results
        `schema.RESULTS` rows. endpoint "accrual": total, planned; months_to_complete (note: the month); groups
        "by the data cut", "per month" and "centres" with included and expected. endpoint "centre": group = centre,
        count, planned where there is a plan for it.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"endpoint": "centre", "group": "FR01", "statistic": "count", "value": 3}
    >>> print(accrual(pd.DataFrame([row])))
    Accrual against the plan, and by centre
    Accrual | Included | Planned
    By centre
    FR01 | 3 | –
    """
    numbers = Numbers(results, lang)
    lines = [*_in_all(numbers, lang), *_by_centre(numbers, lang)]
    heads = [phrase("head.observed", lang), phrase("head.planned", lang)]
    notes = footing.lines(lang, numbers.populations(), numbers.methods())
    title = phrase("title.accrual" if any(line.head for line in lines) else "chart.accrual", lang)
    stub = phrase("head.accrual", lang)
    return build(id, title, stub, heads, lines, notes=notes, footing=footing, lang=lang)


def _in_all(numbers: Numbers, lang: Lang) -> list[Line]:
    """Lay out the cohort as a whole; a line without numbers is left out."""
    whole = {"endpoint": "accrual", "group": ""}
    found = {"line.total": (numbers.cell("total", "count", **whole), numbers.cell("planned", "count", **whole))}
    for key, (group, seen, expected) in _PACE.items():
        place = {"endpoint": "accrual", "group": group}
        found[key] = (numbers.cell("included", seen, **place), numbers.cell("expected", expected, **place))
    found["line.months_to_complete"] = (_projection(numbers, whole), None)
    return [
        Line(phrase(key, lang), tuple(cell or _MISSING for cell in cells)) for key, cells in found.items() if any(cells)
    ]


def _projection(numbers: Numbers, whole: dict[str, str]) -> Markup | None:
    """Write the months still to go, with the month in which n is reached."""
    cell, row = numbers.cell("months_to_complete", "count", **whole), numbers.row("months_to_complete", **whole)
    return cell if cell is None or row is None or not row["note"] else joined(cell, " (", text(row["note"]), ")")


def _by_centre(numbers: Numbers, lang: Lang) -> list[Line]:
    groups = numbers.values("group", endpoint="centre")
    if groups == [_TOGETHER]:
        return []  # the share edition puts the centres together: the first line has their patients
    places = [{"endpoint": "centre", "group": group} for group in groups]
    lines = [
        Line(
            level(place["group"], lang),
            (
                numbers.cell("count", "count", **place) or _MISSING,
                numbers.cell("planned", "count", **place) or _MISSING,
            ),
            level=1,
        )
        for place in places
    ]
    return [Line(phrase("line.by_centre", lang), head=True), *lines] if lines else []
