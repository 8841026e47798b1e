"""Tables of the design: its numbers, its operating characteristics, the decision by stage, the chances at a look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from ir5nb.tables.columns import by_group, single
from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Table
from ir5nb.tables.markup import Markup, joined, level
from ir5nb.tables.numbers import Numbers
from ir5nb.wording import Lang

_DESIGN: Final = (
    "p0",
    "p1",
    "alpha",
    "power",
    "r1",
    "alpha_exact",
    "power_exact",
    "pet_p0",
    "pet_p1",
    "en_p0",
    "en_p1",
)
_OPERATING: Final = ("rejection", "pet", "en")
_DECISION: Final = ("planned", "bound")
_MONITORING: Final = ("conditional_power", "predictive_power", "predictive_probability", "posterior_p0", "posterior_p1")


def _of(count: str, total: str) -> Any:
    def cell(numbers: Numbers, where: Mapping[str, Any]) -> Markup | None:
        x, n = numbers.cell(count, "count", **where), numbers.cell(total, "count", **where)
        return None if x is None or n is None else joined(x, " / ", n)

    return cell


def _limits(numbers: Numbers, where: Mapping[str, Any]) -> Markup | None:
    limits = numbers.limits_cell(where)
    return None if limits is None else joined(limits, " %")


def _percent(statistic: str) -> Any:
    return lambda numbers, where: numbers.estimate_cell(where, statistic, "", "")


def _decision(numbers: Numbers, where: Mapping[str, Any]) -> Markup | None:
    row = numbers.row("successes", **where)
    return None if row is None or not row["note"] else level(row["note"], numbers.lang)


def design(results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "design") -> Table:
    """Lay out the Simon design: rates, errors planned and exact, boundaries, early stop, expected size (R4).

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"statistic": "p0", "value": 0.4}
    >>> print(design(pd.DataFrame([row])))
    Simon two-stage design
    Quantity | Value
    p0: rate of no interest | 0.40
    """
    lines = [
        ("line.p0", single("p0")),
        ("line.p1", single("p1")),
        ("line.alpha", single("alpha")),
        ("line.power", single("power")),
        ("line.stage1", _of("r1", "n1")),
        ("line.final", _of("r", "n")),
        ("line.alpha_exact", single("alpha_exact")),
        ("line.power_exact", single("power_exact")),
        ("line.pet_p0", single("pet_p0")),
        ("line.pet_p1", single("pet_p1")),
        ("line.en_p0", single("en_p0")),
        ("line.en_p1", single("en_p1")),
    ]
    return by_group(results, id, "title.design", "head.quantity", lines, _DESIGN, footing=footing, lang=lang)


def operating_characteristics(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "operating"
) -> Table:
    """Lay out what the design does under true rates: declared active, stopped early, expected size.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"group": "0.40", "statistic": "pet", "value": 0.7162}
    >>> print(operating_characteristics(pd.DataFrame([row])))
    Operating characteristics of the design
    True rate | 0.40
    Stopped at stage 1 | 0.7162
    """
    lines = [(f"line.{name}", single(name)) for name in _OPERATING]
    return by_group(results, id, "title.operating", "head.true_rate", lines, _OPERATING, footing=footing, lang=lang)


def decision(results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "decision") -> Table:
    """Lay out planned and observed patients, successes, bound, decision and inference of each stage.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"group": "stage 1", "statistic": "bound", "value": 7}
    >>> print(decision(pd.DataFrame([row])))
    Simon decision by stage
    Stage | Stage 1
    Bound (more is needed) | 7
    """
    lines = [
        ("line.planned", single("planned")),
        ("line.observed_x", _of("successes", "total")),
        ("line.pending", single("pending")),
        ("line.bound", single("bound")),
        ("line.decision", _decision),
        ("line.p_value", single("p_value")),
        ("line.umvue", _percent("umvue")),
        ("line.stage_interval", _limits),
    ]
    return by_group(results, id, "title.decision", "head.stage", lines, _DECISION, footing=footing, lang=lang)


def monitoring(
    results: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "monitoring"
) -> Table:
    """Lay out conditional and predictive chances of a positive trial under the assumptions named in the heads.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"group": "p1", "statistic": "conditional_power", "value": 0.81}
    >>> print(monitoring(pd.DataFrame([row])))
    Chances of a positive trial at this look
    Quantity | p1
    Conditional power | 0.8100
    """
    lines = [(f"line.{name}", single(name)) for name in _MONITORING]
    return by_group(
        results, id, "title.monitoring", "head.quantity", lines, _MONITORING, footing=footing, lang=lang,
        nothing="monitoring.none",
    )  # fmt: skip
