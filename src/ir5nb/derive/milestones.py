"""The dated milestones of a cohort's patients: inclusion, treatment, later therapy, death and last news."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.contacts import last_news
from ir5nb.derive.dates import NAT, Dates, bounds, death
from ir5nb.derive.records import Rows, at, column, days_of, either, holds, keys, numbers_of, pick

INCLUSION_TERMS: Final = ("ENROLLED", "INCLUSION")
SUBSEQUENT: Final = "SUBSEQUENT ANTICANCER THERAPY"
LACK_OF_EFFICACY: Final = "LACK OF EFFICACY"


class Finder:
    """Finds patients' first or last records of a domain, not after the data cut.

    Source: spec/data.md, "Data cut".

    Parameters
    ----------
    patients
        USUBJID of the patients.
    tables
        Source frames by domain.
    cutoff
        Data cut, or NaT.

    Examples
    --------
    >>> find = Finder(pd.Index(["1"]), {"DS": pd.DataFrame({"USUBJID": ["2", "1"]})}, NAT)
    >>> find.owner("DS").tolist()
    [-1, 0]
    """

    def __init__(self, patients: pd.Index[str], tables: Mapping[str, pd.DataFrame], cutoff: np.datetime64) -> None:
        self.patients, self.tables, self.cutoff = patients, tables, cutoff
        self._owners: dict[str, Rows] = {}  # looking patients up by name is most of the work: once per domain

    def frame(self, domain: str) -> pd.DataFrame:
        """Give a domain's frame, an empty one where the study has none."""
        return self.tables.get(domain, pd.DataFrame({"USUBJID": pd.Series(dtype=object)}))

    def owner(self, domain: str) -> Rows:
        """Give the position of each record's patient, -1 for patients of other cohorts."""
        if domain not in self._owners:
            names = pd.Index(self.frame(domain)["USUBJID"])
            self._owners[domain] = self.patients.get_indexer(names).astype(np.int64)
        return self._owners[domain]

    def rows(
        self, domain: str, days: Dates, wanted: Callable[[pd.DataFrame], npt.NDArray[np.bool_]], *, last: bool = False
    ) -> Rows:
        """Find the first or last record of a kind, by day then number."""
        frame = self.frame(domain)
        known = ~np.isnat(days) & (np.isnat(self.cutoff) | (days <= self.cutoff))
        key = keys(either(known, days, np.datetime64("1970-01-01", "ns")), numbers_of(frame, f"{domain}SEQ"))
        return pick(len(self.patients), self.owner(domain), key, known & wanted(frame), last=last)


def is_dose(ex: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Say which exposure records are doses given: a dose above 0, or a placebo's 0.

    Source: admiral's rule for the treatment start (ADSL template).

    Examples
    --------
    >>> is_dose(pd.DataFrame({"EXTRT": ["ZIMBERELIMAB", "ZIMBERELIMAB", "PLACEBO"], "EXDOSE": [360, 0, 0]})).tolist()
    [True, False, True]
    """
    dose = numbers_of(ex, "EXDOSE")
    return np.asarray((dose > 0) | ((dose == 0) & holds(column(ex, "EXTRT"), "PLACEBO")))


def has_term(frame: pd.DataFrame, name: str, terms: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Say which records hold one of the terms; none where the frame has no such column.

    Source: spec/data.md.

    Examples
    --------
    >>> has_term(pd.DataFrame({"DSDECOD": ["ENROLLED", None]}), "DSDECOD", ("ENROLLED",)).tolist()
    [True, False]
    """
    return pd.Series(column(frame, name), dtype=object).isin(terms).to_numpy(bool)


def _ends_treatment(ds: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Disposition events about study treatment; where DSSCAT is not kept, every disposition event."""
    event, sub = has_term(ds, "DSCAT", ("DISPOSITION EVENT",)), pd.Series(column(ds, "DSSCAT"), dtype=object)
    return event & ((sub == "STUDY TREATMENT").to_numpy(bool) if sub.notna().any() else np.ones(len(ds), dtype=bool))


def _is_later_therapy(cm: pd.DataFrame) -> npt.NDArray[np.bool_]:
    return has_term(cm, "CMCAT", (SUBSEQUENT,))


def _for_lack_of_efficacy(cm: pd.DataFrame) -> npt.NDArray[np.bool_]:
    return _is_later_therapy(cm) & holds(column(cm, "CMINDC"), LACK_OF_EFFICACY)


def inclusion(find: Finder, dm: pd.DataFrame, inclusion_column: str | None) -> dict[str, npt.NDArray[Any]]:
    """Find the inclusion: the first record of it in DS, or the named column of DM.

    Source: spec/data.md (inclusion = DSDECOD ENROLLED or INCLUSION).

    Examples
    --------
    >>> dm = pd.DataFrame({"USUBJID": ["1"], "RFSTDT": pd.to_datetime(["2026-01-05"])})
    >>> inclusion(Finder(pd.Index(["1"]), {}, NAT), dm, "RFSTDTC")["INCLDOM"].tolist()
    ['DM']
    """
    if inclusion_column is not None:
        days = days_of(dm, inclusion_column.removesuffix("C"))
        number = either(np.isnat(days), np.nan, numbers_of(dm, "DMSEQ"))
        return {"INCLDT": days, "INCLDOM": either(np.isnat(days), None, "DM"), "INCLSEQ": number}
    ds = find.frame("DS")
    rows = find.rows("DS", days_of(ds, "DSSTDT"), lambda frame: has_term(frame, "DSDECOD", INCLUSION_TERMS))
    return {
        "INCLDT": at(days_of(ds, "DSSTDT"), rows, NAT),
        "INCLDOM": either(rows >= 0, "DS", None),
        "INCLSEQ": at(numbers_of(ds, "DSSEQ"), rows, np.nan),
    }


def treatment(find: Finder) -> dict[str, npt.NDArray[Any]]:
    """Find the first and last dose of any study drug, and the recorded end of treatment with its reason.

    Source: spec/data.md (EX, DS), A12.

    Examples
    --------
    >>> ex = pd.DataFrame({"USUBJID": ["1"], "EXTRT": ["ZIMBERELIMAB"], "EXDOSE": [360.0],
    ...                    "EXSTDT": pd.to_datetime(["2026-01-12"])})
    >>> str(treatment(Finder(pd.Index(["1"]), {"EX": ex}, NAT))["TRTEDT"][0])[:10]
    '2026-01-12'
    """
    ex, ds = find.frame("EX"), find.frame("DS")
    start, end = days_of(ex, "EXSTDT"), days_of(ex, "EXENDT")
    beyond = ~np.isnat(end) & ~np.isnat(find.cutoff) & (end > find.cutoff)
    finish = either(np.isnat(end) | beyond, start, end)
    first = find.rows("EX", start, is_dose)
    last = find.rows("EX", finish, is_dose, last=True)
    last_given = find.rows("EX", start, is_dose, last=True)
    ended = find.rows("DS", days_of(ds, "DSSTDT"), _ends_treatment, last=True)
    treated = first >= 0
    return {
        "TRTSDT": at(start, first, NAT),
        "TRTSEQ": at(numbers_of(ex, "EXSEQ"), first, np.nan),
        "TRTEDT": at(finish, last, NAT),
        "LSTDOSDT": at(start, last_given, NAT),
        "EOTDT": either(treated, at(days_of(ds, "DSSTDT"), ended, NAT), NAT),
        "EOTREAS": either(treated, at(column(ds, "DSDECOD"), ended, None), None),
    }


def later_therapy(find: Finder) -> dict[str, npt.NDArray[Any]]:
    """Find the first subsequent anticancer therapy, and the first one for lack of efficacy.

    Source: S3, A6, spec/data.md (CM).

    Examples
    --------
    >>> cm = pd.DataFrame({"USUBJID": ["1"], "CMCAT": [SUBSEQUENT], "CMINDC": ["Lack of efficacy"], "CMSEQ": [2],
    ...                    "CMSTDT": pd.to_datetime(["2026-05-12"])})
    >>> later_therapy(Finder(pd.Index(["1"]), {"CM": cm}, NAT))["LOETXSEQ"].tolist()
    [2.0]
    """
    cm = find.frame("CM")
    days, seq = days_of(cm, "CMSTDT"), numbers_of(cm, "CMSEQ")
    first, failed = find.rows("CM", days, _is_later_therapy), find.rows("CM", days, _for_lack_of_efficacy)
    return {
        "NEWTXDT": at(days, first, NAT),
        "NEWTXSEQ": at(seq, first, np.nan),
        "LOETXDT": at(days, failed, NAT),
        "LOETXSEQ": at(seq, failed, np.nan),
    }


def _death_record(find: Finder, dm: pd.DataFrame) -> tuple[Any, Dates, npt.NDArray[np.bool_], Any, Any]:
    """Text and day of death from DM, else from the disposition record of a death, and where they come from."""
    ds = find.frame("DS")
    text, day = column(dm, "DTHDTC"), days_of(dm, "DTHDT")
    owner, died = find.owner("DS"), has_term(ds, "DSDECOD", ("DEATH",))
    key = keys(np.full(len(ds), np.datetime64("1970-01-01", "ns")), numbers_of(ds, "DSSEQ"))
    row = pick(len(dm), owner, key, died & ~pd.isna(column(ds, "DSSTDTC")))
    use = pd.isna(text) & (row >= 0)
    flag = (column(dm, "DTHFL") == "Y") | (pick(len(dm), owner, key, died) >= 0) | ~pd.isna(text)
    domain = either(use, "DS", either(flag, "DM", None))
    return (
        either(use, at(column(ds, "DSSTDTC"), row, None), text),
        either(use, at(days_of(ds, "DSSTDT"), row, NAT), day),
        np.asarray(flag, dtype=bool),
        domain,
        either(use, at(numbers_of(ds, "DSSEQ"), row, np.nan), either(flag, numbers_of(dm, "DMSEQ"), np.nan)),
    )


def life(find: Finder, dm: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
    """Find death (imputed by the named rule where partial) and last news, which bound each other and the data cut.

    Source: S4, spec/data.md (partial date of death), spec/endpoints.md (last news).

    Examples
    --------
    >>> dm = pd.DataFrame({"USUBJID": ["1"], "DTHDTC": ["2026-03"], "DTHFL": ["Y"]})
    >>> life(Finder(pd.Index(["1"]), {}, NAT), dm)["DTHDTF"].tolist()
    ['D']
    """
    text, day, flag, domain, number = _death_record(find, dm)
    earliest, latest, _ = bounds(text)
    earliest, latest = either(np.isnat(day), earliest, day), either(np.isnat(day), latest, day)
    unknown_yet = ~np.isnat(earliest) & ~np.isnat(find.cutoff) & (earliest > find.cutoff)
    limit = np.datetime64("2261-01-01", "ns") if np.isnat(find.cutoff) else find.cutoff
    until = either(np.isnat(latest) | unknown_yet, limit, np.minimum(latest, limit))
    alive, alive_domain, alive_number = last_news(find.patients, find.tables, until, find.owner)
    died, imputed = death(either(unknown_yet, None, text), either(unknown_yet, NAT, day), alive)
    return {
        "DTHDT": died,
        "DTHFL": either(flag & ~unknown_yet, "Y", "N"),
        "DTHDTF": imputed,
        "DTHDOM": either(unknown_yet, None, domain),
        "DTHSEQ": either(unknown_yet, np.nan, number),
        "LSTALVDT": alive,
        "LSTALVDOM": alive_domain,
        "LSTALVSEQ": alive_number,
    }
