"""The summary of times to event: events, first event, quartiles and rates, one column an endpoint."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ir5nb import wording
from ir5nb.schema import FEW_PATIENTS
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, joined, level, phrase, unbroken
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

_MISSING = Markup(wording.MISSING)


def time_to_event(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "time-to-event"
) -> Table:
    """Lay out events, kinds of first event, quartiles with intervals in months, and event-free rates (S2-S5).

    Parameters
    ----------
    results
        `schema.RESULTS` rows, one endpoint a column: total, events, events_proportion, censored,
        censored_proportion; group = kind of first event (count, proportion); median, q1, q3 with _lower and _upper,
        min and max, all in days (note "+": censored); time = "3", "6" … (months) with rate, rate_lower, rate_upper.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"endpoint": "OS", "statistic": "median", "value": None, "unit": "days"}
    >>> print(time_to_event(pd.DataFrame([row])))
    Time-to-event summary
    Endpoint | Overall survival
    Median, months | not reached
    Months are days / 30.4375.
    """
    numbers = Numbers(results, lang)
    endpoints = [name for name in numbers.values("endpoint") if _is_time(numbers, name)]
    lines = [
        *_line("line.events", [_part(numbers, name, "events") for name in endpoints], lang),
        *_first_events(numbers, endpoints, lang),
        *_line("line.censored", [_part(numbers, name, "censored") for name in endpoints], lang),
        *(
            line
            for quantile in ("median", "q1", "q3")
            for line in _line(f"line.{quantile}_months", [_quantile(numbers, n, quantile) for n in endpoints], lang)
        ),
        *_line("line.range_months", [_range(numbers, name) for name in endpoints], lang),
        *_rates(numbers, endpoints, lang),
    ]
    heads = [_head(numbers, name, lang) for name in endpoints] or [phrase("head.value", lang)]
    notes = [*footing.lines(lang, numbers.populations(), numbers.methods()), phrase("footing.months", lang)]
    if any(_is_small(numbers, name) for name in endpoints):
        notes.append(phrase("footing.few_patients", lang, few=str(FEW_PATIENTS)))
    title, stub = phrase("title.time_to_event", lang), phrase("head.endpoint", lang)
    return build(id, title, stub, heads, lines, notes=notes, footing=footing, lang=lang)


def _is_time(numbers: Numbers, endpoint: str) -> bool:
    return any(row["endpoint"] == endpoint and row["statistic"] in ("median", "events", "rate") for row in numbers.rows)


def _is_small(numbers: Numbers, endpoint: str) -> bool:
    total = numbers.row("total", **_whole(endpoint))
    return total is not None and 0 < float(total["value"]) < FEW_PATIENTS


def _line(key: str, cells: list[Markup | None], lang: Lang) -> list[Line]:
    if all(cell is None for cell in cells):
        return []
    return [Line(phrase(key, lang), tuple(_MISSING if cell is None else cell for cell in cells))]


def _whole(endpoint: str) -> dict[str, Any]:
    return {"endpoint": endpoint, "group": "", "time": ""}


def _head(numbers: Numbers, endpoint: str, lang: Lang) -> Markup:
    total = numbers.cell("total", "count", **_whole(endpoint))
    name = level(endpoint, lang)
    return name if total is None else joined(name, Markup("<br>N = "), total)


def _part(numbers: Numbers, endpoint: str, statistic: str) -> Markup | None:
    cell = numbers.count_cell(_whole(endpoint), statistic, f"{statistic}_proportion")
    return None if cell == wording.MISSING else cell


def _first_events(numbers: Numbers, endpoints: list[str], lang: Lang) -> list[Line]:
    kinds = [kind for kind in numbers.values("group", statistic="count") if kind]
    cells = {kind: tuple(numbers.count_cell(_whole(name) | {"group": kind}) for name in endpoints) for kind in kinds}
    return [Line(level(kind, lang), shown, level=1) for kind, shown in cells.items()]


def _quantile(numbers: Numbers, endpoint: str, quantile: str) -> Markup | None:
    where = _whole(endpoint)
    total = numbers.row("total", **where)
    # nobody: there is nothing to reach, so "not reached" would mislead
    form = "months" if total is not None and total["value"] == 0 else "reached"
    value = numbers.cell(quantile, form, **where)
    limits = numbers.limits_cell(where, f"{quantile}_lower", f"{quantile}_upper", form)
    return value if value is None or limits is None else joined(value, " (", limits, ")")


def _range(numbers: Numbers, endpoint: str) -> Markup | None:
    ends = []
    for statistic in ("min", "max"):
        cell = numbers.cell(statistic, "months", **_whole(endpoint))
        row = numbers.row(statistic, **_whole(endpoint))
        if cell is None or row is None:
            return None
        ends.append(joined(cell, "+" if row["note"] == "+" else ""))
    return unbroken(ends[0], wording.DASH, ends[1])


def _rates(numbers: Numbers, endpoints: list[str], lang: Lang) -> list[Line]:
    times = [time for time in numbers.values("time", statistic="rate") if time]
    lines = [Line(_at(time, lang), tuple(_rate(numbers, name, time) for name in endpoints), level=1) for time in times]
    return [Line(phrase("line.rates", lang), head=True), *lines] if lines else []


def _rate(numbers: Numbers, endpoint: str, time: str) -> Markup:
    where = {"endpoint": endpoint, "group": "", "time": time}
    return numbers.estimate_cell(where, "rate", "rate_lower", "rate_upper") or _MISSING


def _at(time: str, lang: Lang) -> Markup:
    named = f"{time} {wording.say('months', lang)}" if time.replace(".", "").isdigit() else wording.label(time, lang)
    return phrase("line.at", lang, time=named)
