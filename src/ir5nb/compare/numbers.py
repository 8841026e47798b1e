"""Numbers of two runs by their keys: changed, added, vanished, or the same in other words."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ir5nb.schema import MASKED, RESULT_KEY

KEY: Final = ("table", *RESULT_KEY)
COLUMNS: Final = (
    *KEY, "change", "old", "new", "difference", "unit", "method_old", "method_new", "note_old", "note_new",
)  # fmt: skip
# Sums in another order or another version of a library move the last digits of a float, and nothing else.
NOISE: Final = 1e-12


def changes(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Compare two tables of numbers key by key; every key of either is a row, in the order of the new one.

    Source: issue 7; schema.RESULT_KEY.

    Parameters
    ----------
    old, new
        Columns `table` and `schema.RESULTS`; the key is unique.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. `change`: "changed", "noise" (a relative difference of at most 1e-12), "reworded" (same value,
        other unit, method or note), "masked" (a share edition hides one of the two), "added", "vanished" or "same".
        `difference` is new − old; missing where one of them is missing or infinite.

    Examples
    --------
    >>> one = dict.fromkeys(("table", *RESULT_KEY, "unit", "method", "note"), "") | {"value": 4.0}
    >>> frame = changes(pd.DataFrame([one]), pd.DataFrame([one | {"value": 5.0}]))
    >>> print(frame[["change", "old", "new", "difference"]].to_string(index=False, header=False))
    changed 4.0 5.0 1.0
    """
    both = new.merge(old, how="outer", on=list(KEY), suffixes=("_new", "_old"), indicator=True)
    place = both.merge(new[list(KEY)].assign(place=range(len(new))), how="left", on=list(KEY))["place"]
    both = both.assign(place=place).sort_values("place", kind="stable", ignore_index=True).drop(columns="place")
    texts = [f"{name}_{side}" for name in ("unit", "method", "note") for side in ("old", "new")]
    both[texts] = both[texts].fillna("").astype(str)
    first, second = both["value_old"].to_numpy(float), both["value_new"].to_numpy(float)
    finite = np.isfinite(first) & np.isfinite(second)
    difference = np.full(len(both), np.nan)
    difference[finite] = second[finite] - first[finite]
    named = both.assign(
        old=first, new=second, difference=difference, change=_kinds(both, first, second, difference),
        unit=both["unit_new"].where(both["_merge"].ne("right_only"), both["unit_old"]),
    )  # fmt: skip
    return named[list(COLUMNS)]


def _kinds(both: pd.DataFrame, first: np.ndarray, second: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """Name the change of each row; infinite limits are equal to themselves, missing ones too."""
    equal = (first == second) | (np.isnan(first) & np.isnan(second))
    with np.errstate(invalid="ignore"):
        near = np.abs(difference) <= NOISE * np.maximum(np.abs(first), np.abs(second))
    worded = np.logical_or.reduce(
        [both[f"{name}_old"].ne(both[f"{name}_new"]).to_numpy() for name in ("unit", "method", "note")]
    )
    side = both["_merge"].astype(str)
    hidden = both["note_old"].eq(MASKED).to_numpy() != both["note_new"].eq(MASKED).to_numpy()
    kinds = {
        "added": side.eq("left_only"), "vanished": side.eq("right_only"), "masked": hidden, "same": equal & ~worded,
        "reworded": equal | (near & worded), "noise": near,
    }  # fmt: skip
    return np.select(list(kinds.values()), list(kinds), "changed")
