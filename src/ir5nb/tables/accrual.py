"""The table of patients included against the plan, by centre or by month."""

from __future__ import annotations

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, level, phrase
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang


def accrual(results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "accrual") -> Table:
    """Lay out patients included and planned of each centre (R6).

    Parameters
    ----------
    results
        `schema.RESULTS` rows: group = centre (or month), statistics count and, where there is a plan, planned.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"group": "FR01", "statistic": "count", "value": 3}
    >>> print(accrual(pd.DataFrame([row])))
    Accrual by centre
    Centre | Included
    FR01 | 3
    """
    numbers = Numbers(results, lang)
    shown = {"count": "head.observed", "planned": "head.planned"}
    wanted = [name for name in shown if any(row["statistic"] == name for row in numbers.rows)] or ["count"]
    lines = [
        Line(
            level(group, lang) if group else phrase("line.total", lang),
            tuple(numbers.cell(name, "", group=group) or Markup(wording.MISSING) for name in wanted),
            head=not group,
        )
        for group in numbers.values("group")
    ]
    heads = [phrase(shown[name], lang) for name in wanted]
    notes = footing.lines(lang, numbers.populations(), numbers.methods())
    title, stub = phrase("title.accrual", lang), phrase("head.centre", lang)
    return build(id, title, stub, heads, lines, notes=notes, footing=footing, lang=lang)
