"""Tidy result rows of whole frames at once: a safety table has tens of thousands of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ir5nb.schema import RESULTS

Numbers = Mapping[str, tuple[Any, str]]


def tidy(
    analysis: str,
    cohort: Any,
    numbers: Numbers,
    *,
    endpoint: Any = "",
    group: Any = "",
    time: Any = "",
    population: str = "treated",
    method: str = "",
    note: Any = "",
) -> pd.DataFrame:
    """Turn columns of numbers into result rows, the numbers of a row following each other.

    Source: spec/architecture.md (`results` is tidy).

    Parameters
    ----------
    analysis, population, method
        Parts that all rows share.
    cohort, endpoint, group, time, note
        Parts by row, or one for all; `cohort` sets the number of rows.
    numbers
        Values by row and unit, by the name of the statistic.

    Examples
    --------
    >>> tidy("ae", ["PM"], {"count": ([3], "patients")})[["cohort", "statistic", "value"]].values.tolist()
    [['PM', 'count', 3.0]]
    """
    size, width = len(cohort), len(numbers)
    parts = {"cohort": cohort, "endpoint": endpoint, "group": group, "time": time, "note": note}
    shared = {"analysis": analysis, "population": population, "reading": "default", "method": method}
    columns = (
        {name: np.repeat(np.broadcast_to(np.asarray(part, dtype=object), size), width) for name, part in parts.items()}
        | {name: np.full(size * width, part, dtype=object) for name, part in shared.items()}
        | {"statistic": np.tile(np.array(list(numbers), dtype=object), size)}
        | {"value": np.column_stack([_floats(values) for values, _ in numbers.values()]).ravel()}
        | {"unit": np.tile(np.array([unit for _, unit in numbers.values()], dtype=object), size)}
    )
    return pd.DataFrame({name: columns[name] for name in RESULTS}, copy=False)


def _floats(values: Any) -> Any:
    kind = getattr(values, "dtype", None)
    if isinstance(kind, np.dtype) and kind.kind in "iuf":  # without the nullable type: many small columns
        return np.asarray(values, dtype=np.float64)
    return pd.Series(values, dtype="Float64").to_numpy(float, na_value=np.nan)


def counted(frame: pd.DataFrame, name: str = "COUNT", statistic: str = "") -> Numbers:
    """Give a column of patients and its proportion of TOTAL; of an empty group the proportion is missing.

    Source: house rule (an empty cohort shows 0 of n).

    Examples
    --------
    >>> counted(pd.DataFrame({"COUNT": [1, 0], "TOTAL": [4, 0]}))["proportion"][0].tolist()
    [0.25, nan]
    """
    share = frame[name] / frame["TOTAL"].where(frame["TOTAL"] > 0)
    names = (statistic, f"{statistic}_proportion") if statistic else ("count", "proportion")
    return {names[0]: (frame[name], "patients"), names[1]: (share, "proportion")}


def joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put result frames under each other; nothing gives an empty frame with the columns `RESULTS`.

    Examples
    --------
    >>> joined([]).empty
    True
    """
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(RESULTS))
