"""Tables of simulated operating characteristics: by reading, and by reading and conduct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, joined, text, unbroken
from ir5nb.tables.numbers import Numbers

_EXACT: Final = "nominal"
_COLUMNS: Final = (
    ("declared", "percent", "Activity declared, %"),
    ("stopped", "percent", "Stopped at stage 1, %"),
    ("patients", "decimal1", "Patients expected"),
    ("months", "decimal1", "Months expected"),
    ("judged_success", "percent", "Judged successes in stage 1, %"),
    ("bias_naive", "percent", "Bias of x/n, points"),
    ("bias_umvue", "percent", "Bias of UMVUE, points"),
    ("coverage", "percent", "Coverage of the interval, %"),
)
_NOTE: Final = "In brackets: Monte-Carlo standard error. The two-stage interval is the one of the report."


def simulated(
    results: pd.DataFrame,
    readings: Mapping[str, str],
    *,
    conduct: str,
    truth: str,
    title: str,
    footing: Footing = NO_FOOTING,
    id: str = "simulated",
) -> Table:
    """Lay out every characteristic (a column) of every reading (a line) at one true rate, the exact values first.

    Source: issue 8.

    Parameters
    ----------
    results
        Rows of `schema.RESULTS` with endpoint = conduct, group = true rate.
    readings
        Words of each reading, in order.
    conduct, truth
        Which endpoint and group.
    title
        Of the table.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"endpoint": "expected", "group": "0.4", "reading": "default"}
    >>> rows = pd.DataFrame([row | {"statistic": name, "value": value} for name, value in
    ...                      (("declared", 0.107), ("declared_error", 0.003))])
    >>> made = simulated(rows, {"default": "as planned"}, conduct="expected", truth="0.4", title="At p0")
    >>> repr(made).splitlines()[2]
    'as planned | 10.7 ( 0.3 ) | – | – | – | – | – | – | –'
    """
    numbers = Numbers(results, "en")
    where = {"endpoint": conduct, "group": truth}
    named = {_EXACT: "exact, nothing goes wrong", **readings}
    lines = [
        Line(
            text(words),
            tuple(_cell(numbers, name, form, {**where, "reading": reading}) for name, form, _ in _COLUMNS),
        )
        for reading, words in named.items()
        if reading in numbers.values("reading", **where)
    ]  # fmt: skip
    heads = [text(head) for _, _, head in _COLUMNS]
    notes = [text(_NOTE), *footing.lines("en")]
    return build(id, text(title), text("Reading"), heads, lines, notes=notes, footing=footing)


def compared(
    results: pd.DataFrame,
    readings: Mapping[str, str],
    *,
    conducts: Sequence[str],
    truths: Mapping[str, str],
    title: str,
    footing: Footing = NO_FOOTING,
    id: str = "compared",
) -> Table:
    """Lay out the chance to declare activity of every reading (a line) by conduct and truth (columns).

    Source: issue 8.

    Parameters
    ----------
    results, readings, title
        As in `simulated`.
    conducts
        Endpoints, in order.
    truths
        Heads of the true rates: {"0.4": "α"}.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"endpoint": "expected", "group": "0.4", "reading": "default"}
    >>> rows = pd.DataFrame([row | {"statistic": "declared", "value": 0.107}])
    >>> print(compared(rows, {"default": "as planned"}, conducts=["expected"], truths={"0.4": "α"}, title="T"))
    T
    Reading | α, expected
    as planned | 10.7
    In brackets: Monte-Carlo standard error. The two-stage interval is the one of the report.
    """
    numbers = Numbers(results, "en")
    pairs = [(truth, conduct) for truth in truths for conduct in conducts]
    lines = [
        Line(text(words), tuple(
            _cell(numbers, "declared", "percent", {"endpoint": conduct, "group": truth, "reading": reading})
            for truth, conduct in pairs
        ))
        for reading, words in {_EXACT: "exact, nothing goes wrong", **readings}.items()
        if reading in numbers.values("reading")
    ]  # fmt: skip
    heads = [text(f"{truths[truth]}, {conduct}") for truth, conduct in pairs]
    notes = [text(_NOTE), *footing.lines("en")]
    return build(id, text(title), text("Reading"), heads, lines, notes=notes, footing=footing)


def _cell(numbers: Numbers, name: str, form: str, where: Mapping[str, Any]) -> Markup:
    """Write a number with its standard error in brackets, where it has one."""
    value = numbers.cell(name, form, **where)
    error = numbers.cell(f"{name}_error", "decimal2" if form == "decimal1" else form, **where)
    if value is None:
        return Markup(wording.MISSING)
    return value if error is None else unbroken(joined(value, " (", error, ")"))
