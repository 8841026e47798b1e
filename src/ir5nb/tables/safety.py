"""Safety tables: one column per cohort, regimen and in all; patients with their percentage, events beside them.

Source: spec/tlf.csv (AET01, AET02, AET04, DTHT01, EXT01), issue 6. Every function takes the results of the analysis of
the same name (`analyses.safety…`) and returns a great-tables table; texts of the data are escaped and isolated.
"""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from ir5nb import wording
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, joined, level, phrase
from ir5nb.tables.safety_cells import Cells, Style, any_line, isolated
from ir5nb.wording import Lang

MOST: Final = 400  # rows of a page that a browser still opens at once; the rest is in the results file
_CODED: Final = ("action taken with study drug", "reason for end of treatment")


def ae_overview(
    results: pd.DataFrame, *, events: bool = True, style: Style = "house", footing: Footing = NO_FOOTING,
    lang: Lang = "en", id: str = "ae-overview",
) -> Table:  # fmt: skip
    """Lay out patients with events of each kind, one column per cohort, regimen and in all.

    Parameters
    ----------
    results
        Rows of `analyses.safety.overview`.
    events
        Whether the number of events stands behind each count.
    style
        "house", or "aet" (as chevron prints).

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> print(ae_overview(pd.DataFrame(columns=list(RESULTS))))
    Adverse events, overview
    Event
    No rows: nothing to show
    [n]: number of events. Patients count once in each row; denominators are the treated patients.
    Onset before the first dose: events whose day of onset is imputed are left out.
    """
    cells = Cells(results, lang, style)
    title, notes = phrase("title.ae_overview", lang), (phrase("note.before_first_dose", lang),)
    lines = _blocks(cells, events)
    return _table(id, title, phrase("head.event", lang), cells, lines, footing, lang, events=events, notes=notes)


def _table(
    id: str, title: Markup, stub: Markup, cells: Cells, lines: list[Line], footing: Footing, lang: Lang, *,
    events: bool = False, notes: tuple[Markup, ...] = (),
) -> Table:  # fmt: skip
    said = footing.lines(lang, cells.populations(), cells.methods())
    told = [*([phrase("note.events", lang)] if events else []), *notes, *said]
    return build(id, title, stub, cells.heads(), lines, notes=told, footing=footing, lang=lang)


def _blocks(cells: Cells, events: bool) -> list[Line]:
    """Lay endpoints out as headings with their groups under them."""
    lines: list[Line] = []
    for endpoint in dict.fromkeys(row[0] for row in cells.rows):
        own = [group for name, group in cells.rows if name == endpoint]
        head = _counts(cells, endpoint, "", events) if "" in own else ()
        lines.append(Line(level(endpoint, cells.lang), head, head=True))
        for group in own:
            if group:
                name = isolated(wording.label(group, cells.lang)) if endpoint in _CODED else level(group, cells.lang)
                lines.append(Line(name, _counts(cells, endpoint, group, events), level=1))
    return lines


def _counts(cells: Cells, endpoint: str, group: str, events: bool) -> tuple[Markup, ...]:
    return tuple(
        joined(cells.count(column, endpoint, group), cells.events(column, endpoint, group) if events else Markup(""))
        for column in cells.columns
    )


def ae_terms(
    results: pd.DataFrame, kind: str = "any", *, events: bool = True, style: Style = "house", most: int = MOST,
    footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "ae-terms",
) -> Table:  # fmt: skip
    """Lay out system organ classes with their preferred terms under them, in the order of the results.

    Parameters
    ----------
    results
        Rows of `analyses.safety.by_term`.
    kind
        Kind of the events, for the title.
    events, style
        As `ae_overview`.
    most
        Rows shown at most; how many are left out is said under the table.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "preferred term: Any" in ae_terms(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    cells = Cells(results, lang, style)
    rows = _frequent(cells, most)
    lines = [_row(cells, system, term, _counts(cells, system, term, events)) for system, term in rows]
    title = phrase("title.ae_terms", lang, kind=wording.label(kind, lang))
    notes = _left(len(cells.rows) - len(rows), lang)
    return _table(id, title, phrase("head.system_term", lang), cells, lines, footing, lang, events=events, notes=notes)


def _row(cells: Cells, system: str, term: str, shown: tuple[Markup, ...]) -> Line:
    """Make the row over all, of a system (a heading) or of a term under it."""
    if term:
        return Line(isolated(term), shown, level=1)
    return Line(isolated(system), shown, head=True) if system else Line(any_line(cells.lang), shown)


def _frequent(cells: Cells, most: int) -> list[tuple[str, ...]]:
    """Choose the rows of most patients in the last column, in the order of the results; a term keeps its system.

    A masked count is taken as the one before it in its system: within a system the results fall from row to row.
    """
    if len(cells.rows) <= most:
        return cells.rows
    sizes: dict[tuple[str, ...], float] = {}
    last = {True: math.inf, False: math.inf}  # of a term, of a system
    for system, term in cells.rows:
        known = cells.value(cells.columns[-1], "count", system, term)
        if known is not None and not wording.missing(known):
            last[bool(term)] = float(known)
        sizes[system, term] = last[bool(term)]
        if not term:
            last[True] = last[False]
    kept = set(sorted(cells.rows, key=lambda row: -sizes[row])[:most])
    systems = {(system, "") for system, _ in kept}
    return [row for row in cells.rows if row in kept or row in systems]


def _left(rows: int, lang: Lang) -> tuple[Markup, ...]:
    return (phrase("note.rows_left", lang, left=wording.shown(rows, "count", lang)),) if rows > 0 else ()


def ae_worst_grade(
    results: pd.DataFrame, column: str = "", *, style: Style = "house", most: int = MOST,
    footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "ae-worst-grade",
) -> Table:  # fmt: skip
    """Lay out the patients of one column by worst grade, ungraded apart; severities where the source has no grade.

    Parameters
    ----------
    results
        Rows of `analyses.safety.worst_grade`.
    column
        Cohort, regimen or TOTAL; "" for the last of the results.
    style, most
        As `ae_terms`.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "worst grade" in ae_worst_grade(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    column = column or (str(results["cohort"].iloc[-1]) if len(results) else "")
    cells = Cells(results[results["cohort"].eq(column)], lang, style)
    known = results["statistic"].unique()
    levels = [name for name in known if name == "ungraded" or f"{name}_proportion" in known]
    rows = _frequent(cells, most)
    lines = [_row(cells, system, term, _by_level(cells, column, system, term, levels)) for system, term in rows]
    heads = [phrase("head.any_grade", lang), *(_level_head(name, lang) for name in levels)] if lines else []
    total = cells.cell(column, "total", "count")
    title = phrase("title.ae_worst_grade", lang, column=wording.label(column, lang))
    title = title if total is None else joined(title, ", N = ", total)
    notes = [*_left(len(cells.rows) - len(rows), lang), *footing.lines(lang, cells.populations(), cells.methods())]
    stub = phrase("head.system_term", lang)
    return build(id, title, stub, heads, lines, notes=notes, footing=footing, lang=lang)


def _by_level(cells: Cells, column: str, system: str, term: str, levels: list[str]) -> tuple[Markup, ...]:
    graded = (cells.count(column, system, term, name, f"{name}_proportion") for name in levels)
    return (cells.count(column, system, term), *graded)


def _level_head(name: str, lang: Lang) -> Markup:
    if name == "ungraded":
        return phrase("head.ungraded", lang)
    return phrase("head.grade", lang, grade=name.removeprefix("grade_")) if "_" in name else isolated(name.capitalize())


def ae_special_interest(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "ae-special-interest"
) -> Table:
    """Lay out each category of special interest: patients, worst grades, onset, duration, outcome.

    Parameters
    ----------
    results
        Rows of `analyses.safety_special.special_interest`.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "special interest" in ae_special_interest(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    cells = Cells(results, lang)
    known = results["statistic"].unique()
    levels = [name for name in known if f"{name}_proportion" in known and name != "steroids"]
    lines: list[Line] = []
    for endpoint in dict.fromkeys(row[0] for row in cells.rows if row[0]):
        groups = [group for name, group in cells.rows if name == endpoint and group]
        name = level(endpoint, lang) if endpoint == "any" else isolated(wording.label(endpoint, lang))
        lines.append(Line(name, _counts(cells, endpoint, "", True), head=True))
        if endpoint == "any":
            lines += [Line(level(group, lang), _counts(cells, endpoint, group, False), level=1) for group in groups]
            continue
        lines += [
            Line(_level_head(grade, lang), tuple(cells.count(column, endpoint, "", grade, f"{grade}_proportion")
                 for column in cells.columns), level=1)
            for grade in levels
        ]  # fmt: skip
        for measure in ("onset", "duration"):
            told = tuple(cells.middle(column, measure, endpoint) for column in cells.columns)
            lines.append(Line(phrase(f"line.{measure}", lang), told, level=1))
        steroids = (cells.count(column, endpoint, "", "steroids", "steroids_proportion") for column in cells.columns)
        lines.append(Line(phrase("line.steroids", lang), tuple(steroids), level=1))
        lines.append(Line(phrase("line.outcome", lang), level=1))
        lines += [
            Line(isolated(wording.label(group, lang)), _numbers(cells, endpoint, group), level=2) for group in groups
        ]
    title, notes = phrase("title.ae_special_interest", lang), (phrase("note.onset", lang),)
    return _table(id, title, phrase("head.event", lang), cells, lines, footing, lang, events=True, notes=notes)


def _numbers(cells: Cells, endpoint: str, group: str) -> tuple[Markup, ...]:
    found = (cells.cell(column, "events", "count", endpoint, group) for column in cells.columns)
    return tuple(Markup(wording.MISSING) if cell is None else cell for cell in found)


def ae_incidence(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "ae-incidence"
) -> Table:
    """Lay out exposure-adjusted incidence per 100 patient-months with its exact interval.

    Parameters
    ----------
    results
        Rows of `analyses.safety_special.incidence`.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "patient-months" in ae_incidence(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    cells = Cells(results, lang)
    lines: list[Line] = []
    for kind, _ in cells.rows:
        lines.append(Line(level(kind, lang), head=True))
        over = [(cells.cell(column, "count", "count", kind), cells.cell(column, "months", "decimal1", kind))
                for column in cells.columns]  # fmt: skip
        lines.append(Line(phrase("line.patient_months", lang),
                          tuple(joined(left or "", " / ", right or "") for left, right in over), level=1))  # fmt: skip
        names = ("incidence", "incidence_lower", "incidence_upper")
        rates = tuple(cells.interval(column, names, "decimal1", kind) for column in cells.columns)
        lines.append(Line(phrase("line.first_rate", lang), rates, level=1))
        every = (cells.cell(column, "event_incidence", "decimal1", kind) for column in cells.columns)
        shown = tuple(Markup(wording.MISSING) if cell is None else cell for cell in every)
        lines.append(Line(phrase("line.event_rate", lang), shown, level=1))
    title = phrase("title.ae_incidence", lang)
    return _table(id, title, phrase("head.event", lang), cells, lines, footing, lang)


def ae_first(results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "ae-first") -> Table:
    """Lay out the cumulative incidence of the first event, and of death before it, at the landmarks.

    Parameters
    ----------
    results
        Rows of `analyses.safety_special.time_to_first`.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Cumulative incidence" in ae_first(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    cells = Cells(results, lang)
    kind = next((row[0] for row in cells.rows), "")
    months = sorted({int(time) for time in results["time"] if str(time)})
    lines = []
    for prefix, key in (("", "line.first_at"), ("death_", "line.death_at")):
        names = (f"{prefix}incidence", f"{prefix}lower", f"{prefix}upper")
        for month in months:
            told = tuple(cells.interval(column, names, "percent", kind, str(month)) for column in cells.columns)
            lines.append(Line(phrase(key, lang, month=month), told))
    title = phrase("title.ae_first", lang, kind=wording.label(kind, lang))
    return _table(id, title, phrase("head.event", lang), cells, lines, footing, lang)


def deaths(results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "deaths") -> Table:
    """Lay out the deaths by time and cause.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Deaths" in deaths(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    cells = Cells(results, lang)
    lines = _blocks(cells, events=False)
    return _table(id, phrase("title.deaths", lang), phrase("head.event", lang), cells, lines, footing, lang)


def dose_changes(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "dose-changes"
) -> Table:
    """Lay out what was done with the drugs for an event, and why treatment ended.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Dose changes" in dose_changes(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    cells = Cells(results, lang)
    lines = _blocks(cells, events=False)
    return _table(id, phrase("title.dose_changes", lang), phrase("head.event", lang), cells, lines, footing, lang)


def laboratory(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "laboratory"
) -> Table:
    """Lay out the shifts of laboratory grades from baseline to the worst on treatment.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "CTCAE" in laboratory(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    cells = Cells(results, lang)
    lines = [line for term in dict.fromkeys(row[0] for row in cells.rows) for line in _shifts(cells, term)]
    return _table(id, phrase("title.laboratory", lang), phrase("head.event", lang), cells, lines, footing, lang)


def _shifts(cells: Cells, term: str) -> list[Line]:
    """Lay out one term: the patients measured on treatment in its heading, its shifts under it."""
    sizes = [cells.cell(column, "total", "count", term) for column in cells.columns]
    shown = tuple(Markup(wording.MISSING) if size is None else joined("N = ", size) for size in sizes)
    shifts = [group for name, group in cells.rows if name == term]
    below = [Line(level(group, cells.lang), _counts(cells, term, group, False), level=1) for group in shifts]
    return [Line(isolated(term), shown, head=True), *below]


def exposure(results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "exposure") -> Table:
    """Lay out duration of treatment, cycles, doses and relative dose intensity by drug.

    Parameters
    ----------
    results
        Rows of `analyses.safety_outcomes.exposure`.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> "Exposure" in exposure(pd.DataFrame(columns=list(RESULTS))).as_raw_html()
    True
    """
    cells = Cells(results, lang)
    lines: list[Line] = []
    for endpoint in dict.fromkeys(row[0] for row in cells.rows):
        unit = cells.unit(endpoint, "median")
        named = joined(level(endpoint, lang), f", {wording.label(unit, lang)}") if unit in ("months", "%") else None
        lines.append(Line(named or level(endpoint, lang), head=True))
        for group in [group for name, group in cells.rows if name == endpoint and group]:
            lines.append(Line(level(group, lang), _counts(cells, endpoint, group, False), level=1))
        if cells.value(cells.columns[0], "n", endpoint) is not None:
            lines += _described(cells, endpoint)
    return _table(id, phrase("title.exposure", lang), phrase("head.event", lang), cells, lines, footing, lang)


_MEASURES: Final = {
    "line.n": ("n",), "line.mean_sd": ("mean", "sd"), "line.median": ("median",), "line.quartiles": ("q1", "q3"),
    "line.range": ("min", "max"),
}  # fmt: skip


def _described(cells: Cells, endpoint: str) -> list[Line]:
    """Lay out the summary of a number; nobody's is "–"."""
    return [
        Line(
            phrase(key, cells.lang), tuple(cells.measure(column, names, endpoint) for column in cells.columns), level=1
        )
        for key, names in _MEASURES.items()
    ]
