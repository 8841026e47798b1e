"""The table of best overall response with the rates of objective response and disease control (S1, A13)."""

from __future__ import annotations

from typing import Final

import pandas as pd

from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, joined, level, phrase
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

_RATES: Final = ("ORR", "DCR")


def best_response(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "best-response"
) -> Table:
    """Lay out best overall response by level, then ORR and DCR with their exact intervals; one column a reading.

    Parameters
    ----------
    results
        `schema.RESULTS` rows: endpoint "BOR" with a group for each level (count, proportion); endpoints "ORR" and
        "DCR" (count, proportion, lower, upper); `reading` "unconfirmed", "confirmed" or any.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"endpoint": "BOR", "group": "CR", "statistic": "count", "value": 1}
    >>> print(best_response(pd.DataFrame([row])))
    Best overall response
    Response | Patients, n (%)
    Best overall response
    Complete response (CR) | 1
    """
    numbers = Numbers(results, lang)
    readings = numbers.values("reading") or [""]
    lines = [
        Line(level(group, lang), tuple(numbers.count_cell(_at(reading, "BOR", group)) for reading in readings), level=1)
        for group in numbers.values("group", endpoint="BOR")
        if group
    ]
    if lines:
        lines.insert(0, Line(level("BOR", lang), head=True))
    for rate in [name for name in numbers.values("endpoint") if name in _RATES]:
        lines.append(Line(level(rate, lang), tuple(_rate(numbers, reading, rate) for reading in readings), head=True))
    heads = [_head(numbers, reading, lang) for reading in readings]
    notes = footing.lines(lang, numbers.populations(), numbers.methods())
    title, stub = phrase("title.best_response", lang), phrase("head.response", lang)
    return build(id, title, stub, heads, lines, notes=notes, footing=footing, lang=lang)


def _at(reading: str, endpoint: str, group: str = "") -> dict[str, object]:
    return {"reading": reading, "endpoint": endpoint, "group": group}


def _head(numbers: Numbers, reading: str, lang: Lang) -> Markup:
    name = level(reading, lang) if reading else phrase("head.patients", lang)
    total = numbers.cell("total", "count", **_at(reading, "BOR"))
    return name if total is None else joined(name, Markup("<br>N = "), total)


def _rate(numbers: Numbers, reading: str, rate: str) -> Markup:
    where = _at(reading, rate)
    count = numbers.count_cell(where)
    limits = numbers.limits_cell(where)
    return count if limits is None else joined(count, Markup("<br>["), limits, "]")
