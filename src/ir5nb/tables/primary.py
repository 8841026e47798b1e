"""Tables of the primary endpoint: the estimates with their methods, and the result under every reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import HIDDEN, Markup, joined, level, phrase, prose, text
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

Make = Callable[[Numbers], Markup | None]


def _successes(numbers: Numbers) -> Markup | None:
    x, n = numbers.cell("successes", "count"), numbers.cell("total", "count")
    return None if x is None or n is None else joined(x, " / ", n)


def _percent(statistic: str, lower: str = "", upper: str = "") -> Make:
    return lambda numbers: numbers.estimate_cell({}, statistic, lower, upper)


def _limits(lower: str, upper: str) -> Make:
    def cell(numbers: Numbers) -> Markup | None:
        limits = numbers.limits_cell({}, lower, upper)
        return None if limits is None else joined(limits, wording.percent_sign(numbers.lang))

    return cell


# line: (cell, statistic whose row names the method)
_LINES: Final[Mapping[str, tuple[Make, str]]] = {
    "line.successes": (_successes, "successes"),
    "line.pending": (lambda numbers: numbers.cell("pending", "count"), "pending"),
    "line.umvue": (_percent("umvue"), "umvue"),
    "line.median_unbiased": (_percent("median_unbiased"), "median_unbiased"),
    "line.bias_adjusted": (_percent("bias_adjusted"), "bias_adjusted"),
    "line.naive": (_percent("naive"), "naive"),
    "line.p_value": (lambda numbers: numbers.cell("p_value", "p"), "p_value"),
    "line.interval": (_limits("lower", "upper"), "lower"),
    "line.lower_bound": (_percent("lower_bound"), "lower_bound"),
    "line.cp": (_limits("cp_lower", "cp_upper"), "cp_lower"),
    "line.km": (_percent("km_rate", "km_lower", "km_upper"), "km_rate"),
}


def primary_estimates(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "primary-estimates"
) -> Table:
    """Lay out the estimates, the stage-wise p-value and the intervals, each with the method that made it (P1-P4).

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"statistic": "umvue", "value": 0.5, "method": "Jung & Kim 2004"}
    >>> print(primary_estimates(pd.DataFrame([row])))
    Primary endpoint: estimates
    Quantity | Value | Method
    UMVUE (unbiased) | 50.0 % | Jung & Kim 2004
    """
    numbers = Numbers(results, lang)
    lines = []
    for key, (make, statistic) in _LINES.items():
        cell = make(numbers)
        if cell is not None:
            lines.append(Line(phrase(key, lang), (cell, _method(numbers, statistic))))
    heads = [phrase("head.value", lang), phrase("head.method", lang)]
    notes = footing.lines(lang, numbers.populations())
    title, stub = phrase("title.primary_estimates", lang), phrase("head.quantity", lang)
    return build(id, title, stub, heads, lines, notes=notes, footing=footing, lang=lang, align="left")


def _method(numbers: Numbers, statistic: str) -> Markup:
    row = numbers.row(statistic)
    return text(wording.method(row["method"], numbers.lang)) if row is not None and row["method"] else Markup("")


def readings(
    panel: pd.DataFrame,
    results: pd.DataFrame,
    *,
    footing: Footing = NO_FOOTING,
    lang: Lang = "en",
    id: str = "readings",
) -> Table:
    """Lay out successes, estimate and decision under every reading of the protocol (A2-A12).

    Parameters
    ----------
    panel
        READING, LABEL, DECISION, DEFAULT (bool), in the order to show.
    results
        `schema.RESULTS` rows: successes, total, estimate, lower, upper of each reading.

    Raises
    ------
    KeyError
        When the panel lacks a column.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> panel = pd.DataFrame({"READING": ["A3:28"], "LABEL": ["window 28"], "DECISION": ["stop"], "DEFAULT": [False]})
    >>> print(readings(panel, pd.DataFrame(columns=list(RESULTS))))
    Primary result under every reading
    Reading | What it means | Successes / N | Estimate (interval) | Decision
    A3:28 | window 28 | – | – | stop
    """
    numbers = Numbers(results, lang)
    lines = [_reading(numbers, row, lang) for row in panel.to_dict("records")]
    heads = [phrase(f"head.{name}", lang) for name in ("label", "successes", "estimate", "decision")]
    title, stub = phrase("title.readings", lang), phrase("head.reading", lang)
    notes = footing.lines(lang, numbers.populations(), numbers.methods())
    return build(id, title, stub, heads, lines, notes=notes, footing=footing, lang=lang, align="left")


def _reading(numbers: Numbers, row: Mapping[Any, Any], lang: Lang) -> Line:
    where = {"reading": row["READING"]}
    x, n = numbers.cell("successes", "count", **where), numbers.cell("total", "count", **where)
    missing = Markup(wording.MISSING)
    share = missing if x is None or n is None else HIDDEN if HIDDEN in (x, n) else joined(x, " / ", n)
    waiting = numbers.row("pending", **where)
    if waiting is not None and waiting["value"] > 0:
        share = joined(share, ", ", numbers.cell("pending", "count", **where) or "", f" {phrase('card.pending', lang)}")
    estimate = numbers.estimate_cell(where, "estimate") or missing
    name = level(row["READING"], lang)
    cells = (prose(wording.label(row["LABEL"], lang)), share, estimate, prose(wording.label(row["DECISION"], lang)))
    return Line(name, cells, head=bool(row["DEFAULT"]))
