"""Source records of two runs: added, removed, changed, or the same."""

from __future__ import annotations

from typing import Final

import pandas as pd

COLUMNS: Final = ("DOMAIN", "USUBJID", "SEQ", "CHANGE")


def changes(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Match the records of two runs: by content first, what is left by number.

    A record whose content stands in both is the same even where its row number moved. What is left and has the same
    domain, patient and number is changed; the rest was added or removed. DM has one record a patient.

    Source: issue 7.

    Parameters
    ----------
    old, new
        DOMAIN USUBJID SEQ HASH, one row a record.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, every record of either run; CHANGE: "same", "changed", "added" or "removed". SEQ is the new run's,
        of removed records the old one's.

    Examples
    --------
    >>> old = pd.DataFrame({"DOMAIN": "RS", "USUBJID": "01", "SEQ": [1, 2], "HASH": ["a", "b"]})
    >>> new = pd.DataFrame({"DOMAIN": "RS", "USUBJID": "01", "SEQ": [1, 2, 3], "HASH": ["a", "c", "d"]})
    >>> changes(old, new)["CHANGE"].tolist()
    ['same', 'changed', 'added']
    """
    first, second = _named(old), _named(new)
    first, second, same = _matched(first, second, ["DOMAIN", "USUBJID", "HASH"], "same")
    first, second, changed = _matched(first, second, ["DOMAIN", "USUBJID", "KEY"], "changed")
    found = [same, changed, second.assign(CHANGE="added"), first.assign(CHANGE="removed")]
    parts = [part[list(COLUMNS)] for part in found if len(part)]
    together = pd.concat(parts, ignore_index=True) if parts else same[list(COLUMNS)]
    return together.sort_values(["DOMAIN", "USUBJID", "SEQ"], kind="stable", ignore_index=True)


def _named(records: pd.DataFrame) -> pd.DataFrame:
    """Give each record the number it is matched by; a patient's one DM record needs none."""
    number = pd.to_numeric(records["SEQ"]).astype("Int64")
    text = {name: records[name].fillna("").astype(str) for name in ("DOMAIN", "USUBJID", "HASH")}
    return records.assign(SEQ=number, KEY=number.mask(records["DOMAIN"].eq("DM"), 0), **text)


def _matched(
    first: pd.DataFrame, second: pd.DataFrame, key: list[str], change: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Pair records by a key, equal ones one by one; give what is left of both, and the pairs by the second's numbers.

    Records that are equal in content are paired in the order of their numbers.
    """
    one, other = (_counted(records, key) for records in (first, second))
    pairs = [*key, "COPY"]
    in_second = one.merge(other[pairs], on=pairs, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    in_first = other.merge(one[pairs], on=pairs, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    left, right = one[~in_second].drop(columns="COPY"), other[~in_first].drop(columns="COPY")
    return left, right, other[in_first].drop(columns="COPY").assign(CHANGE=change)


def _counted(records: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    ordered = records.sort_values([*key, "SEQ"], kind="stable", ignore_index=True)
    return ordered.assign(COPY=ordered.groupby(key, dropna=False).cumcount())
