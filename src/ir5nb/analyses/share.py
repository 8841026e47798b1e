"""The share edition: patients renamed, sites and reasons removed, small counts masked so that none can be recomputed.

Source: spec/report.md, "Editions". The method is cell suppression: first every count below the threshold, or whose
complement is below it; then, where a count is a sum that a reader knows, enough of its other parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

import pandas as pd

from ir5nb.analyses.masking import masked
from ir5nb.schema import MASKED


def anonymous(cohort: Any, name: str) -> Any:
    """Give a derived cohort with new subject numbers, without sites and without reasons that name records and dates.

    Numbers are ranks of a keyed hash. The key is made of the source records themselves, which leave nothing but their
    fingerprints in a shared folder: equal data give equal numbers, and without the data nobody can recompute them.
    Numbers follow neither the order of inclusion nor the centre.

    Parameters
    ----------
    cohort
        A frozen dataclass of frames, mappings of frames and such dataclasses; its `subjects` and `tables` are read.
    name
        What the new numbers begin with, the cohort's name.
    """
    return _renamed(cohort, numbers(cohort.subjects["USUBJID"], cohort.tables, name))


def numbers(patients: pd.Series, tables: Mapping[str, pd.DataFrame], name: str) -> dict[str, str]:
    """Give each patient a new number, in the order of a hash keyed with the content of the tables.

    Examples
    --------
    >>> found = numbers(pd.Series(["IR5-01-1", "IR5-02-2"]), {"DM": pd.DataFrame({"AGE": [40, 50]})}, "TET")
    >>> sorted(found.values())
    ['TET-01', 'TET-02']
    """
    content = hashlib.sha256()
    for domain in sorted(tables):
        content.update(domain.encode())
        content.update(tables[domain].to_csv(index=False).encode())
    key = content.digest()
    known = sorted(patients.unique(), key=lambda one: hashlib.blake2b(str(one).encode(), key=key).digest())
    width = max(2, len(str(len(known))))
    return {one: f"{name}-{place:0{width}d}" for place, one in enumerate(known, 1)}


def _renamed(thing: Any, new: Mapping[str, str]) -> Any:
    """Rename the patients in every frame inside a thing."""
    if isinstance(thing, pd.DataFrame):
        return _without_person(thing, new)
    if isinstance(thing, Mapping):
        return {key: _renamed(value, new) for key, value in thing.items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        held = {field.name: getattr(thing, field.name) for field in fields(thing)}
        return replace(thing, **{key: _renamed(value, new) for key, value in held.items() if _holds_frames(value)})
    return thing


def _holds_frames(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(isinstance(each, pd.DataFrame) for each in value.values())
    return isinstance(value, pd.DataFrame) or (is_dataclass(value) and hasattr(value, "tables"))


ALL_CENTRES: Final = "all centres"
_PERSONAL: Final = ("BRTHDTC", "BRTHDT", "SUBJID", "AETERM", "DSTERM", "CMTRT", "MHTERM", "PRTRT", "COVAL")


def _without_person(frame: pd.DataFrame, new: Mapping[str, str]) -> pd.DataFrame:
    kept = frame.drop(columns=[name for name in _PERSONAL if name in frame.columns])
    told: dict[str, Any] = {}
    if "USUBJID" in kept.columns:
        told["USUBJID"] = kept["USUBJID"].map(new).astype(object)  # a map of no rows gives numbers, which join no text
    if "SITEID" in kept.columns:  # told apart, so that they can be counted, and no more
        codes = pd.Series(pd.factorize(kept["SITEID"])[0], index=kept.index)
        told["SITEID"] = codes.map("centre {}".format).where(codes >= 0).astype(object)
    for name in ("reason", "CBORREAS"):
        if name in kept.columns:
            told[name] = ""
    return kept.assign(**told)


def shared(results: pd.DataFrame, mask_below: int) -> pd.DataFrame:
    """Give results in which no count of 1 to `mask_below` - 1 patients stands or can be recomputed.

    A masked number is missing and its note is `schema.MASKED`; proportions, limits and rates of a masked count are
    masked with it, and so are least and greatest values, which belong to single patients. The primary result
    (successes, patients, estimate, decision), the included and the treated patients and what follows from these alone
    are never masked. Another reading that moves few patients keeps its decision only. Centres are put together.

    Source: spec/report.md, "Editions".

    Parameters
    ----------
    results
        Every result of one report (columns `schema.RESULTS`): sums are found among them.
    mask_below
        Threshold; 0 and 1 mask nothing.

    Examples
    --------
    >>> from ir5nb.analyses.rows import Rows
    >>> rows = Rows(cohort="TET", analysis="baseline").at(endpoint="sex").add(total=20)
    >>> _ = rows.at(group="F").add(count=2), rows.at(group="M").add(count=18)
    >>> shared(rows.frame(), 3)[["group", "value", "note"]].values.tolist()
    [['', 20.0, ''], ['F', nan, 'masked'], ['M', nan, 'masked']]
    """
    whole = together(results)
    return starred(whole, masked(whole, mask_below))


def starred(results: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    """Take the hidden values out; the note says so, but on the headline's card, where it says what the number is.

    Parameters
    ----------
    results
        Columns `schema.RESULTS`.
    hidden
        Which values are masked, on the index of the results.
    """
    told = hidden & results["analysis"].ne("headline")
    return results.assign(value=results["value"].mask(hidden), note=results["note"].mask(told, MASKED))


def together(results: pd.DataFrame) -> pd.DataFrame:
    """Put the counts by centre together: its number of patients can tell which centre it is.

    Parameters
    ----------
    results
        Columns `schema.RESULTS`.
    """
    own = results["analysis"].eq("accrual") & results["endpoint"].eq("centre")
    if not own.any():
        return results
    first = results.index[own][0]
    whole: pd.DataFrame = results.assign(group=results["group"].mask(own, ALL_CENTRES))
    whole.loc[first, "value"] = results.loc[own, "value"].sum()
    kept: pd.DataFrame = whole[~own | (whole.index == first)].reset_index(drop=True)
    return kept


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a listing without its rows, marked so that its table says why.

    Examples
    --------
    >>> left = listed(pd.DataFrame({"USUBJID": ["1"]}))
    >>> len(left), left.attrs
    (0, {'edition': 'share'})
    """
    left: pd.DataFrame = rows.iloc[:0].copy()
    left.attrs["edition"] = "share"
    return left
