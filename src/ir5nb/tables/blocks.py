"""Block tables: a bold heading for each variable, its levels with n (%) or its summary indented under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, joined, level, phrase, text
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

Where = Mapping[str, object]


def _mean_sd(numbers: Numbers, where: Where) -> Markup | None:
    mean = numbers.cell("mean", **where)
    spread = numbers.cell("sd", **where)
    return mean if mean is None or spread is None else joined(mean, " (", spread, ")")


def _pair(lower: str, upper: str) -> Callable[[Numbers, Where], Markup | None]:
    return lambda numbers, where: numbers.limits_cell(where, lower, upper, "")


def _single(statistic: str) -> Callable[[Numbers, Where], Markup | None]:
    return lambda numbers, where: numbers.cell(statistic, **where)


# A continuous variable's lines in customary order; a line without results is left out.
_SUMMARY: Final[Mapping[str, Callable[[Numbers, Where], Markup | None]]] = {
    "line.n": _single("n"),
    "line.mean_sd": _mean_sd,
    "line.geometric_mean": _single("geometric_mean"),
    "line.median": _single("median"),
    "line.quartiles": _pair("q1", "q3"),
    "line.range": _pair("min", "max"),
}


def summary(
    results: pd.DataFrame,
    title: str,
    *,
    id: str = "summary",
    columns: str = "",
    stub: str = "",
    head: str = "head.patients",
    sized: bool = False,
    footing: Footing = NO_FOOTING,
    lang: Lang = "en",
) -> Table:
    """Lay endpoints out as headings with their groups under them, n (%) or the summary of a continuous variable.

    Source: spec/tlf.csv (DMT01, DST01 layouts).

    Parameters
    ----------
    results
        Frame with the columns `schema.RESULTS`: `count` and `proportion` for each group; `n mean sd median q1 q3 min
        max geometric_mean` for a variable without groups; `total` for the N of the heads.
    title
        Title in words; one that the package knows is translated.
    columns
        Name of a key column ("cohort", "reading", "population" …): each of its values becomes a column. "": one column.
    head
        Phrase over the one column: what is counted.
    sized
        True: each heading has its own N, and the footnote names the endpoints of each population.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> print(summary(pd.DataFrame(columns=list(RESULTS)), "Nobody"))
    Nobody
    Characteristic | Patients, n (%)
    No rows: nothing to show
    """
    numbers = Numbers(results, lang)
    wheres: list[dict[str, object]] = [{columns: value} for value in numbers.values(columns)] if columns else [{}]
    heads = [_column_head(numbers, where, head, lang) for where in wheres]
    lines = [line for name in numbers.values("endpoint") for line in _block(numbers, name, wheres, lang, sized)]
    if sized and not footing.population:
        footing = replace(footing, population=_whose(numbers, lang))
    notes = footing.lines(lang, numbers.populations(), numbers.methods())
    first = phrase("head.characteristic", lang) if not stub else text(stub)
    name = text(wording.label(title, lang))
    return build(id, name, first, heads, lines, notes=notes, footing=footing, lang=lang)


def _column_head(numbers: Numbers, where: Where, head: str, lang: Lang) -> Markup:
    name = level(next(iter(where.values())), lang) if where else phrase(head, lang)
    totals = [row for row in numbers.rows if row["statistic"] == "total" and all(row[k] == v for k, v in where.items())]
    known = {row["value"] for row in totals}
    if len(known) != 1:
        return name
    one = {part: totals[0][part] for part in ("endpoint", "group", "reading", "population", "time")}
    total = numbers.cell("total", "count", **(one | dict(where)))
    return name if total is None else joined(name, Markup("<br>N = "), total)


def _whose(numbers: Numbers, lang: Lang) -> str:
    """Name the populations; where there are several, with the endpoints of each."""
    found: dict[str, list[str]] = {}
    for row in numbers.used:
        names = found.setdefault(row["population"], [])
        if row["endpoint"] not in names:
            names.append(row["endpoint"])
    if len(found) < 2:
        return ""
    parts = [
        f"{wording.label(who, lang)} ({', '.join(wording.label(n, lang) for n in of)})" for who, of in found.items()
    ]
    return (" ; " if lang == "fr" else "; ").join(parts)


def _size(numbers: Numbers, place: Where) -> Markup:
    """Write the N of an endpoint, or a dash where the results have none."""
    total = numbers.cell("total", "count", **(dict(place) | {"group": ""}))
    return Markup(wording.MISSING) if total is None else joined(Markup("N = "), total)


def _block(
    numbers: Numbers, endpoint: str, wheres: list[dict[str, object]], lang: Lang, sized: bool = False
) -> list[Line]:
    groups = numbers.values("group", endpoint=endpoint, statistic="count")
    places = [where | {"endpoint": endpoint} for where in wheres]
    lines = [
        Line(level(group, lang), tuple(numbers.count_cell(place | {"group": group}) for place in places), level=1)
        for group in groups
        if group
    ]
    for key, make in _SUMMARY.items():
        cells = [make(numbers, place | {"group": ""}) for place in places]
        if any(cell is not None for cell in cells):
            shown = tuple(Markup(wording.MISSING) if cell is None else cell for cell in cells)
            lines.append(Line(phrase(key, lang), shown, level=1))
    own = tuple(numbers.count_cell(place | {"group": ""}) for place in places) if "" in groups else ()
    if sized and lines and numbers.row("total", **(dict(places[0]) | {"group": ""})):
        own = tuple(_size(numbers, place) for place in places)
    return [Line(_heading(numbers, endpoint, lang), own, head=True), *lines] if lines or own else []


def _heading(numbers: Numbers, endpoint: str, lang: Lang) -> Markup:
    units = {row["unit"] for row in numbers.rows if row["endpoint"] == endpoint and row["statistic"] == "median"}
    unit = units.pop() if len(units) == 1 else ""
    name = level(endpoint, lang)
    # a label that already names its unit ("Age, years") needs no second one
    silent = wording.missing(unit) or unit in ("", "count", "cycles", "doses") or "," in name
    return name if silent else joined(name, ", ", level(unit, lang))


def analysis_sets(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "analysis-sets"
) -> Table:
    """Lay out enrolment, analysis sets and the reasons for exclusion.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Enrolment" in analysis_sets(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    return summary(results, wording.say("title.analysis_sets", lang), id=id, footing=footing, lang=lang)


def disposition(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "disposition"
) -> Table:
    """Lay out who is on treatment and why the others ended it.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Disposition" in disposition(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    return summary(results, wording.say("title.disposition", lang), id=id, footing=footing, lang=lang)


def baseline(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "baseline", columns: str = ""
) -> Table:
    """Lay out the baseline characteristics.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Baseline" in baseline(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    name = wording.say("title.baseline", lang)
    return summary(results, name, id=id, columns=columns, footing=footing, lang=lang)


def exposure(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "exposure", columns: str = ""
) -> Table:
    """Lay out exposure to study treatment.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Exposure" in exposure(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    name = wording.say("title.exposure", lang)
    return summary(results, name, id=id, columns=columns, footing=footing, lang=lang)


def primary_categories(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "primary-categories"
) -> Table:
    """Lay out the primary endpoint by category of success, of failure, and pending.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "by category" in primary_categories(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    return summary(results, wording.say("title.primary_categories", lang), id=id, footing=footing, lang=lang)


def censoring(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "censoring"
) -> Table:
    """Lay out the reasons for censoring of each endpoint, with its number of patients and its population.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "censoring" in censoring(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    return summary(results, wording.say("title.censoring", lang), id=id, sized=True, footing=footing, lang=lang)


def agreement(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "agreement"
) -> Table:
    """Lay out the counts of recorded against derived response.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Recorded" in agreement(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    title = wording.say("title.agreement", lang)
    return summary(results, title, id=id, head="head.visits", footing=footing, lang=lang)
