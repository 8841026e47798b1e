"""Tidy result rows: one row is one number with its key (spec/architecture.md, "Data flow")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from ir5nb.schema import RESULTS
from ir5nb.stats import binomial


@dataclass(frozen=True, slots=True)
class Rows:
    """Collects numbers under a key that is filled in step by step.

    Examples
    --------
    >>> rows = Rows(cohort="TET", analysis="design")
    >>> rows.add(p0=0.4).frame()[["cohort", "statistic", "value"]].to_dict("records")
    [{'cohort': 'TET', 'statistic': 'p0', 'value': 0.4}]
    """

    cohort: str
    analysis: str
    population: str = ""
    reading: str = "default"
    endpoint: str = ""
    group: str = ""
    time: str = ""
    method: str = ""
    note: str = ""
    unit: str = ""
    collected: list[dict[str, object]] = field(default_factory=list, repr=False)

    def at(self, **key: str) -> Rows:
        """Give rows that share this collection, with parts of the key (or method, note) set."""
        return replace(self, **key)  # type: ignore[arg-type]

    def add(self, **numbers: float | int | None) -> Rows:
        """Append one row per number, named by its keyword; None becomes a missing value."""
        labels = {name: getattr(self, name) for name in RESULTS if name not in {"statistic", "value", "unit"}}
        for statistic, value in numbers.items():
            number = float("nan") if value is None else float(value)
            self.collected.append(
                {**labels, "statistic": statistic, "value": number, "unit": self.unit or _unit(statistic)}
            )
        return self

    def frame(self) -> pd.DataFrame:
        """Give everything collected, in the order it was added, with the columns `RESULTS`."""
        return pd.DataFrame(self.collected, columns=list(RESULTS), dtype=object).astype({"value": float})


def _unit(statistic: str) -> str:
    """Give the unit of the statistics whose name says it."""
    if statistic in {"count", "total", "successes", "pending", "planned", "bound", "events", "censored", "n", "n1"}:
        return "patients"
    if statistic in {"proportion", "estimate", "lower", "upper", "p_value", "naive", "umvue"}:
        return "proportion"
    return "proportion" if statistic.endswith(("_proportion", "_lower", "_upper", "rate")) else ""


def block(rows: Rows, endpoint: str, groups: pd.Series, order: Iterable[str] = (), total: int | None = None) -> None:
    """Count the patients of each group, with proportions of the total; levels in `order` first, then by size.

    Parameters
    ----------
    rows
        Where the numbers go.
    endpoint
        Name of the block.
    groups
        One text per patient; missing ones are a group of their own ("Missing").
    order
        Levels to show first and always, even with no patient.
    total
        Denominator; the number of patients where None.
    """
    counts = groups.fillna("Missing").astype(str).value_counts()
    denominator = len(groups) if total is None else total
    rows.at(endpoint=endpoint).add(total=denominator)
    first = list(order)
    rest = sorted(set(counts.index) - set(first), key=lambda level: (-int(counts[level]), level))
    for level in first + rest:
        count = int(counts.get(level, 0))
        rows.at(endpoint=endpoint, group=level).add(count=count, proportion=share(count, denominator))


def measures(rows: Rows, endpoint: str, values: pd.Series, unit: str) -> None:
    """Describe a number of each patient: n, mean, SD, median, quartiles, range (type-7 quantiles).

    Parameters
    ----------
    rows
        Where the numbers go.
    endpoint
        Name of the variable.
    values
        One number per patient; missing ones do not count in n.
    unit
        Unit of the values.
    """
    known = pd.to_numeric(values, errors="raise").dropna()
    summary = {
        "mean": float(known.mean()), "sd": float(known.std()), "median": float(known.median()),
        "q1": float(known.quantile(0.25)), "q3": float(known.quantile(0.75)),
        "min": float(known.min()), "max": float(known.max()),
    }  # fmt: skip
    rows.at(endpoint=endpoint).add(n=len(known)).at(unit=unit).add(**summary)


def against_plan(assumed: bool) -> str:
    """Name the method of a relative dose intensity, and whether the planned doses are assumed."""
    doses = "ASSUMED doses" if assumed else "doses"
    return f"relative dose intensity against the {doses} of the cohort's plan (Hryniuk & Goodyear 1990)"


def share(count: int, total: int) -> float | None:
    """Give the proportion, or None of an empty group."""
    return count / total if total else None


def exact_limits(count: int, total: int, level: float) -> dict[str, float | None]:
    """Give the Clopper-Pearson limits as `lower` and `upper`, or None of an empty group."""
    if not total:
        return {"lower": None, "upper": None}
    limits = binomial.interval(count, total, level, "clopper-pearson")
    return {"lower": limits.lower, "upper": limits.upper}
