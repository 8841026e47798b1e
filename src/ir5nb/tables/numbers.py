"""The rows of a results frame, looked up by their keys; what was looked up tells population and method."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ir5nb import wording
from ir5nb.schema import RESULT_KEY, RESULTS
from ir5nb.tables.markup import HIDDEN, Markup, joined, key_of, key_part, keyed, unbroken
from ir5nb.wording import Lang

Row = Mapping[str, Any]


class Numbers:
    """Results by key for one table, in one language; it remembers the rows it gave out.

    Parameters
    ----------
    results
        Frame with the columns `schema.RESULTS`.
    lang
        Language of the texts.

    Raises
    ------
    ValueError
        When a column of `schema.RESULTS` is absent.

    Examples
    --------
    >>> Numbers(pd.DataFrame(columns=list(RESULTS)), "en").cell("umvue") is None
    True
    """

    def __init__(self, results: pd.DataFrame, lang: Lang) -> None:
        absent = [column for column in RESULTS if column not in results.columns]
        if absent:
            raise ValueError(f"the results lack the columns {absent}")
        self.lang: Lang = lang
        self.rows: list[dict[str, Any]] = [
            {str(name): key_part(value) if name in RESULT_KEY else value for name, value in row.items()}
            for row in results.to_dict("records")
        ]
        self.used: list[Row] = []

    def values(self, column: str, /, **where: object) -> list[str]:
        """Give the values of a key column in their order of appearance, among the rows that match.

        Examples
        --------
        >>> Numbers(pd.DataFrame(columns=list(RESULTS)), "en").values("group")
        []
        """
        return list(dict.fromkeys(row[column] for row in self.rows if _matches(row, where)))

    def row(self, statistic: str, /, **where: object) -> Row | None:
        """Give the one row of a statistic; without a named reading the default reading wins.

        Raises
        ------
        ValueError
            When several rows match: the table would show one of them by chance.
        """
        found = [row for row in self.rows if row["statistic"] == statistic and _matches(row, where)]
        if len(found) > 1 and "reading" not in where:
            found = [row for row in found if row["reading"] in ("default", "")] or found
        if len(found) > 1:
            keys = [key_of(row) for row in found]
            raise ValueError(
                f"{len(found)} results of {statistic!r} match {where}: {keys[:3]}; give the table fewer rows"
            )
        if found:
            self.used.append(found[0])
        return found[0] if found else None

    def cell(self, statistic: str, form: str = "", /, **where: object) -> Markup | None:
        """Write the number of a statistic with its key, or None where there is no such row."""
        row = self.row(statistic, **where)
        if row is None:
            return None
        return keyed(row, form or wording.form_of(statistic, row["unit"]), self.lang)

    def count_cell(self, where: Mapping[str, object], count: str = "count", share: str = "proportion") -> Markup:
        """Write "n (%)" of a group, or "–" where it was not counted."""
        number = self.cell(count, "count", **where)
        proportion = self.cell(share, "percent", **where)
        if number is None:
            return Markup(wording.MISSING)
        if proportion is None or number == HIDDEN:
            return number
        sign = "" if wording.missing(self.used[-1]["value"]) else wording.percent_sign(self.lang)
        return joined(number, " (", proportion, sign, ")")

    def limits_cell(
        self, where: Mapping[str, object], lower: str = "lower", upper: str = "upper", form: str = "percent"
    ) -> Markup | None:
        """Write the two limits of an interval, or None where neither row exists."""
        ends = (self.cell(lower, form, **where), self.cell(upper, form, **where))
        if ends == (None, None):
            return None
        if HIDDEN in ends:
            return HIDDEN
        low, high = (Markup(wording.MISSING) if end is None else end for end in ends)
        # a dash beside a missing limit's dash would read as one stroke
        between = ", " if wording.MISSING in (_bare(low), _bare(high)) else wording.DASH
        return unbroken(low, between, high)

    def estimate_cell(
        self, where: Mapping[str, object], statistic: str, lower: str = "lower", upper: str = "upper"
    ) -> Markup | None:
        """Write a proportion in percent with its limits behind it, or None where it was not estimated."""
        value = self.cell(statistic, "percent", **where)
        if value is None:
            return None
        sign = "" if wording.missing(self.used[-1]["value"]) else wording.percent_sign(self.lang)
        limits = self.limits_cell(where, lower, upper)
        # an estimate without limits (Turnbull's) stands alone: its method says that it has none
        bare = limits is None or not re.search(r"\d|\*", _bare(limits))
        return joined(value, sign) if bare else joined(value, sign, " (", limits or "", ")")

    def populations(self) -> tuple[str, ...]:
        """Give the populations of the rows that were printed."""
        return _distinct(row["population"] for row in self.used)

    def methods(self) -> tuple[str, ...]:
        """Give the methods of the rows that were printed."""
        return _distinct(row["method"] for row in self.used)


def _bare(cell: Markup) -> str:
    return re.sub(r"<[^>]*>", "", cell)


def _matches(row: Row, where: Mapping[str, object]) -> bool:
    return all(row[name] == str(value) for name, value in where.items())


def _distinct(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if not wording.missing(value) and str(value)))
