"""Cells of the safety tables: results found by key in one step, since a table may have 2,000 terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import pandas as pd

from ir5nb import wording
from ir5nb.schema import MASKED, RESULTS
from ir5nb.tables.markup import HIDDEN, Markup, joined, key_part, keyed, phrase, unbroken
from ir5nb.wording import Lang

Style = Literal["house", "aet"]
_KEY: Final = ("cohort", "endpoint", "group", "time", "statistic")


class Cells:
    """The numbers of one analysis by column, row and statistic, written as markup with their keys.

    Parameters
    ----------
    results
        Frame with the columns `schema.RESULTS`, of one analysis, population and reading.
    lang
        Language of the texts.
    style
        "house": n (xx.x%); "aet": as chevron prints it, 0 without a percentage and 100% without decimals.

    Raises
    ------
    ValueError
        When a column is absent or a number is there twice.

    Examples
    --------
    >>> Cells(pd.DataFrame(columns=list(RESULTS)), "en").columns
    []
    """

    def __init__(self, results: pd.DataFrame, lang: Lang, style: Style = "house") -> None:
        absent = [column for column in RESULTS if column not in results.columns]
        if absent:
            raise ValueError(f"the results lack the columns {absent}")
        self.lang: Lang = lang
        self.style = style
        self._found: dict[tuple[str, ...], Mapping[str, Any]] = {}
        for row in results.to_dict("records"):
            key = tuple(key_part(row[part]) for part in _KEY)
            if key in self._found:
                raise ValueError(f"the number {key} is there twice: give one analysis, population and reading")
            self._found[key] = {str(name): value for name, value in row.items()}
        self.columns = list(dict.fromkeys(key[0] for key in self._found))
        self.rows = list(dict.fromkeys(key[1:3] for key in self._found if key[4] != "total"))

    def value(self, column: str, statistic: str, endpoint: str = "", group: str = "", time: str = "") -> Any:
        """Give a number, or None where there is no such row."""
        row = self._found.get((column, endpoint, group, time, statistic))
        return None if row is None else row["value"]

    def unit(self, endpoint: str, statistic: str) -> str:
        """Give the unit of a statistic of an endpoint; "" where there is none."""
        rows = (self._found.get((column, endpoint, "", "", statistic)) for column in self.columns)
        return next((str(row["unit"]) for row in rows if row is not None), "")

    def cell(
        self, column: str, statistic: str, form: str, endpoint: str = "", group: str = "", time: str = ""
    ) -> Markup | None:
        """Write a number with its key, or None where there is no such row."""
        row = self._found.get((column, endpoint, group, time, statistic))
        return None if row is None else keyed(row, form, self.lang)

    def count(
        self, column: str, endpoint: str, group: str = "", statistic: str = "count", share: str = "proportion"
    ) -> Markup:
        """Write "n (xx.x%)"; "–" where it was not counted."""
        number = self.cell(column, statistic, "count", endpoint, group)
        proportion = self.value(column, share, endpoint, group)
        if number is None:
            return Markup(wording.MISSING)
        if proportion is None or number == HIDDEN or (self.style == "aet" and not proportion > 0):
            return number
        if self.style == "aet" and proportion == 1:
            return joined(number, " (", Markup("100%"), ")")
        shown = self.cell(column, share, "percent", endpoint, group)
        sign = "" if wording.missing(proportion) else wording.percent_sign(self.lang)
        return joined(number, " (", shown or "", sign, ")")

    def events(self, column: str, endpoint: str, group: str = "") -> Markup:
        """Write " [events]" behind a count, or nothing where they were not counted."""
        number = self.cell(column, "events", "count", endpoint, group)
        return Markup("") if number is None or number == HIDDEN else joined(" [", number, "]")

    def interval(self, column: str, names: tuple[str, str, str], form: str, endpoint: str, time: str = "") -> Markup:
        """Write an estimate with its limits behind it; "–" where there is none."""
        parts = [self.cell(column, name, form, endpoint, "", time) for name in names]
        if HIDDEN in parts:
            return HIDDEN
        if parts[0] is None or wording.missing(self.value(column, names[0], endpoint, "", time)):
            return Markup(wording.MISSING)
        sign = wording.percent_sign(self.lang) if form == "percent" else ""
        return joined(parts[0], sign, " (", unbroken(parts[1] or "", wording.DASH, parts[2] or ""), ")")

    def middle(self, column: str, name: str, endpoint: str) -> Markup:
        """Write the median with the range; "–" of nobody."""
        parts = [self.cell(column, f"{name}_{part}", "plain", endpoint) for part in ("median", "min", "max")]
        if HIDDEN in parts:  # the range, if not the median: it belongs to single patients
            return parts[0] or HIDDEN
        if parts[0] is None or wording.missing(self.value(column, f"{name}_median", endpoint)):
            return Markup(wording.MISSING)
        return joined(parts[0], " (", unbroken(parts[1] or "", wording.DASH, parts[2] or ""), ")")

    def measure(self, column: str, names: tuple[str, ...], endpoint: str) -> Markup:
        """Write one statistic, mean (SD), or two ends of a range; "–" of nobody."""
        rows = [self._found.get((column, endpoint, "", "", name)) for name in names]
        if rows[0] is not None and rows[0]["note"] == MASKED:
            return HIDDEN
        if rows[0] is None or wording.missing(rows[0]["value"]):
            return Markup(wording.MISSING)
        shown = [keyed(row, wording.form_of(row["statistic"], row["unit"]), self.lang) for row in rows if row]
        if names[0] == "mean":
            return joined(shown[0], " (", shown[1], ")")
        return unbroken(shown[0], wording.DASH, shown[1]) if len(shown) > 1 else shown[0]

    def heads(self) -> list[Markup]:
        """Give the heads of the columns, each with its number of treated patients."""
        heads = []
        for column in self.columns:
            total = self.cell(column, "total", "count")
            name = isolated(wording.label(column, self.lang))
            heads.append(name if total is None else joined(name, Markup("<br>N = "), total))
        return heads

    def populations(self) -> tuple[str, ...]:
        """Give the populations of the rows."""
        return tuple(dict.fromkeys(str(row["population"]) for row in self._found.values()))

    def methods(self) -> tuple[str, ...]:
        """Give the methods of the rows."""
        return tuple(dict.fromkeys(str(row["method"]) for row in self._found.values() if row["method"]))


def isolated(value: object) -> Markup:
    """Escape a text of the data and isolate its direction, so that a right-to-left mark in it ends with it.

    Examples
    --------
    >>> isolated("<script>")
    '<bdi style="overflow-wrap:break-word">&lt;script&gt;</bdi>'
    """
    return Markup(f'<bdi style="overflow-wrap:break-word">{wording.escape(value)}</bdi>')


def any_line(lang: Lang) -> Markup:
    """Give the label of the row over all systems.

    Examples
    --------
    >>> any_line("en")
    'Patients with at least one event'
    """
    return phrase("line.any_event", lang)
