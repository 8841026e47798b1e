"""Last news: the latest complete date of any contact with a patient, in any domain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import NAT, Dates
from ir5nb.derive.records import Rows, at, column, days_of, keys, numbers_of, pick

# Demographics holds milestones; birth, death and "end of participation" are no contact with a living patient.
DM_CONTACTS: Final = ("RFICDT", "RFXSTDT", "RFXENDT")
HISTORY: Final = ("MH",)  # dates of illnesses, not of meetings
# A disposition record of these kinds is a declaration about the patient, often written later, not a contact.
NOT_SEEN: Final = ("DEATH", "LOST TO FOLLOW-UP", "STUDY TERMINATED BY SPONSOR", "SCREEN FAILURE")


def dated_columns(domain: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """Name the columns of a domain that date a contact.

    Source: spec/endpoints.md (last news as the latest of all dated contacts). Where a domain has start and end
    dates (interventions, events), its collection date dates the form, not the patient.

    Examples
    --------
    >>> dated_columns("AE", pd.DataFrame(columns=["AEDT", "AESTDT", "AEENDT"]))
    ('AESTDT', 'AEENDT')
    >>> dated_columns("LB", pd.DataFrame(columns=["LBDT"]))
    ('LBDT',)
    """
    if domain in HISTORY:
        return ()
    if domain == "DM":
        return tuple(name for name in DM_CONTACTS if name in frame.columns)
    spans = tuple(name for name in (f"{domain}STDT", f"{domain}ENDT") if name in frame.columns)
    return spans or tuple(name for name in (f"{domain}DT",) if name in frame.columns)


def seen(domain: str, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say which records of a domain are contacts: done, and no mere declaration.

    Source: spec/data.md (DS: last contact); a test marked NOT DONE is no contact.

    Examples
    --------
    >>> seen("DS", pd.DataFrame({"DSDECOD": ["LAST CONTACT", "LOST TO FOLLOW-UP"]})).tolist()
    [True, False]
    """
    status = f"{domain}STAT"
    done = column(frame, status) != "NOT DONE" if status in frame.columns else np.ones(len(frame), dtype=bool)
    if domain != "DS":
        return np.asarray(done, dtype=bool)
    return np.asarray(done & ~pd.Series(column(frame, "DSDECOD")).isin(NOT_SEEN).to_numpy(), dtype=bool)


def _sources(
    patients: pd.Index[str],
    tables: Mapping[str, pd.DataFrame],
    until: Dates,
    owner_of: Callable[[str], Rows] | None,
) -> Iterator[tuple[str, pd.DataFrame, Dates, Rows]]:
    """Give, per domain and dated column, the row of each patient's latest contact not after `until`."""
    for domain in sorted(tables, key=lambda name: (name != "DS", name)):
        frame = tables[domain]
        columns = dated_columns(domain, frame) if "USUBJID" in frame.columns else ()
        if not columns or frame.empty:
            continue
        owner = owner_of(domain) if owner_of else patients.get_indexer(pd.Index(frame["USUBJID"])).astype(np.int64)
        seq, contact = numbers_of(frame, f"{domain}SEQ"), seen(domain, frame)
        for name in columns:
            days = days_of(frame, name)
            usable = contact & (owner >= 0) & ~np.isnat(days)
            usable[usable] = days[usable] <= until[owner[usable]]
            yield domain, frame, days, pick(len(patients), owner, keys(days, seq), usable, last=True)


def last_news(
    patients: pd.Index[str],
    tables: Mapping[str, pd.DataFrame],
    until: Dates,
    owner_of: Callable[[str], Rows] | None = None,
) -> tuple[Dates, npt.NDArray[np.object_], npt.NDArray[np.float64]]:
    """Find each patient's latest dated contact in any domain, not after a given day.

    Source: S4, spec/endpoints.md; the last-news field alone may be older than the last scan (golden ep038).

    Parameters
    ----------
    patients
        USUBJID of the patients, unique.
    tables
        Source frames by domain.
    until
        Per patient, the day that closes the search: the data cut, or the last day the patient can have been alive.
    owner_of
        Gives the position of each record's patient for a domain, where the caller has looked them up already.

    Returns
    -------
    tuple
        Day (NaT where there is none), domain and record number of the contact. Of contacts on one day the
        disposition record is named, else the first domain by name.

    Examples
    --------
    >>> lb = pd.DataFrame({"USUBJID": ["1"], "LBSEQ": [4], "LBDT": pd.to_datetime(["2026-03-04"])})
    >>> day, domain, number = last_news(pd.Index(["1"]), {"LB": lb}, np.array(["2026-12-31"], "datetime64[ns]"))
    >>> str(day[0])[:10], domain[0], int(number[0])
    ('2026-03-04', 'LB', 4)
    """
    best = np.full(len(patients), NAT, dtype="datetime64[ns]")
    domains, numbers = np.full(len(patients), None, dtype=object), np.full(len(patients), np.nan)
    for domain, frame, days, rows in _sources(patients, tables, until, owner_of):
        found = at(days, rows, NAT)
        later = ~np.isnat(found) & (np.isnat(best) | (found > best))
        best[later], domains[later] = found[later], domain
        numbers[later] = at(numbers_of(frame, f"{domain}SEQ"), rows, np.nan)[later]
    return best, domains, numbers
