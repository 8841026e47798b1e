"""From arrays of records to an SDTM table: order, sequence numbers, the data cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ir5nb.simulate.days import NEVER, Days, Flags, Reals, Texts, Wholes, iso


def table(
    domain: str,
    ids: Texts,
    patient: Wholes,
    columns: Mapping[str, NDArray[np.generic] | object],
    *,
    order: Sequence[NDArray[np.generic]],
    keep: Flags | None = None,
) -> pd.DataFrame:
    """Build one SDTM table from parallel arrays, sorted within patients and numbered.

    Source: SDTMIG 3.4 (--SEQ counts the records of a patient within a domain).

    Parameters
    ----------
    domain
        Two letters, "AE".
    ids
        USUBJID of every patient of the cohort.
    patient
        Row of `ids` that each record belongs to.
    columns
        Columns by name: an array with one value a record, or one value for all.
    order
        Arrays to sort by within a patient, most important first.
    keep
        Records to keep; all by default.

    Returns
    -------
    pandas.DataFrame
        DOMAIN, USUBJID, --SEQ, then `columns`.

    Examples
    --------
    >>> ids = np.array(["A", "B"], dtype=object)
    >>> table("CM", ids, np.array([1, 0, 1]), {"N": np.array([3, 2, 1])}, order=[np.array([3, 2, 1])])["CMSEQ"].tolist()
    [1, 1, 2]
    """
    rows = np.arange(len(patient)) if keep is None else np.flatnonzero(keep)
    rows = rows[np.lexsort([np.asarray(key)[rows] for key in (*reversed(order), patient)])]
    who = patient[rows]
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    sequence = np.arange(len(who)) - np.repeat(starts, np.diff(starts, append=len(who))) + 1
    data: dict[str, object] = {"DOMAIN": domain, "USUBJID": ids[who], f"{domain}SEQ": sequence}
    for name, values in columns.items():
        data[name] = values[rows] if isinstance(values, np.ndarray) else values
    return pd.DataFrame(data, index=pd.RangeIndex(len(rows)))


def by_visit(visit: Wholes) -> Texts:
    """Name imaging visits: 0 is BASELINE, k is WEEK 8 k.

    Examples
    --------
    >>> by_visit(np.array([0, 3])).tolist()
    ['BASELINE', 'WEEK 24']
    """
    names = np.array(["BASELINE", *(f"WEEK {8 * k}" for k in range(1, 200))], dtype=object)
    return np.asarray(names[visit], dtype=object)


def known(days: Days, until: Days | int) -> Texts:
    """Write days up to the last one of which anything is known; later ones stay open (None).

    Examples
    --------
    >>> known(np.array([0, 5]), until=3).tolist()
    ['1970-01-01', None]
    """
    return iso(np.where(days <= until, days, NEVER))


def level(codes: Wholes | Flags, *names: str | None) -> Texts:
    """Take a name for each code (for flags: the first where False, the second where True).

    Examples
    --------
    >>> level(np.array([1, 0]), "N", "Y").tolist()
    ['Y', 'N']
    """
    return np.asarray(np.array(names, dtype=object)[codes.astype(np.int64)], dtype=object)


def yes(flags: Flags) -> Texts:
    """Write Y and N.

    Examples
    --------
    >>> yes(np.array([True, False])).tolist()
    ['Y', 'N']
    """
    return level(flags, "N", "Y")


def blanked(texts: Texts, where: Flags) -> Texts:
    """Leave texts out where told.

    Examples
    --------
    >>> blanked(np.array(["a", "b"], dtype=object), np.array([False, True])).tolist()
    ['a', None]
    """
    out = texts.copy()
    out[where] = None
    return out


def digits(numbers: Reals) -> Texts:
    """Write numbers as a laboratory does, each distinct one once: no exponent, no trailing zero.

    Examples
    --------
    >>> digits(np.array([4.0, 0.5, 250000.0])).tolist()
    ['4', '0.5', '250000']
    """
    codes, distinct = pd.factorize(numbers)
    texts = np.array([f"{x:.4f}".rstrip("0").rstrip(".") for x in distinct], dtype=object)
    return np.asarray(texts[codes], dtype=object)
