"""Which of several dated records decides a time to event: the first event, or else the last day known without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import NAT, Dates
from ir5nb.derive.records import Rows, at, column, days_of, either, iso, keys, numbers_of, pick

COLUMNS: Final = ("patient", "ADT", "KIND", "SRCDOM", "SRCSEQ", "VISIT", "VALUE")
_RANK_SHIFT: Final = 32  # a key keeps the source's rank between the day and the record number


def cut_day(cutoff: date | str | None) -> np.datetime64:
    """Give the data cut as a day; NaT where there is none.

    Source: spec/data.md, "Data cut".

    Examples
    --------
    >>> cut_day("2026-06-30").astype("datetime64[D]")
    np.datetime64('2026-06-30')
    """
    return NAT if cutoff is None else np.datetime64(pd.Timestamp(cutoff), "ns")


def known_by(days: Dates, limit: Any) -> npt.NDArray[np.bool_]:
    """Say which days exist and are not after a limit (NaT: no limit).

    Source: spec/data.md (nothing after the data cut is known).

    Examples
    --------
    >>> known_by(np.array(["2026-07-01", "NaT"], "datetime64[ns]"), cut_day("2026-06-30")).tolist()
    [False, False]
    """
    return np.asarray(~np.isnat(days) & (np.isnat(limit) | (days <= limit)))


def of_subjects(subjects: pd.DataFrame, kind: str, day: str, domain: str, seq: str = "") -> pd.DataFrame:
    """Make candidates of a date column of the patients (inclusion, death, last news, later therapy).

    Source: spec/endpoints.md (each derived row carries its source record).

    Parameters
    ----------
    subjects
        One row per patient.
    kind
        What the date is, a word the caller explains.
    day
        Date column; patients without it give no candidate.
    domain
        Column holding the source domain, or the domain itself.
    seq
        Column holding the record number; may be absent.

    Examples
    --------
    >>> adsl = pd.DataFrame({"DTHDT": pd.to_datetime([None, "2026-03-04"])})
    >>> of_subjects(adsl, "DEATH", "DTHDT", "DM")[["patient", "KIND", "SRCDOM"]].values.tolist()
    [[1, 'DEATH', 'DM']]
    """
    days = days_of(subjects, day)
    rows = np.flatnonzero(~np.isnat(days))
    source = column(subjects, domain)[rows] if domain in subjects.columns else np.full(len(rows), domain, dtype=object)
    return pd.DataFrame(
        {
            "patient": rows.astype(np.int64),
            "ADT": days[rows],
            "KIND": np.full(len(rows), kind, dtype=object),
            "SRCDOM": source,
            "SRCSEQ": numbers_of(subjects, seq)[rows],
            "VISIT": np.full(len(rows), None, dtype=object),
            "VALUE": np.full(len(rows), None, dtype=object),
        }
    )


def of_records(patients: pd.Index[str], records: pd.DataFrame, kind: str, day: str = "ADT") -> pd.DataFrame:
    """Make candidates of records (responses, clinical progressions, assays) of the patients.

    Source: spec/endpoints.md.

    Parameters
    ----------
    patients
        USUBJID of the patients; records of others are left out.
    records
        USUBJID, the date column, and where kept SRCDOM, SRCSEQ, VISIT, AVALC.
    kind, day
        What the date is, and its column.

    Examples
    --------
    >>> rs = pd.DataFrame({"USUBJID": ["1"], "ADT": pd.to_datetime(["2026-03-04"]), "AVALC": ["PD"]})
    >>> of_records(pd.Index(["1"]), rs, "PD")[["patient", "VALUE"]].values.tolist()
    [[0, 'PD']]
    """
    owner, days = patients.get_indexer(pd.Index(records["USUBJID"])).astype(np.int64), days_of(records, day)
    rows = np.flatnonzero((owner >= 0) & ~np.isnat(days))
    kept = {name: column(records, name)[rows] for name in ("SRCDOM", "VISIT", "AVALC")}
    return pd.DataFrame(
        {
            "patient": owner[rows],
            "ADT": days[rows],
            "KIND": kind,
            "SRCDOM": kept["SRCDOM"],
            "SRCSEQ": numbers_of(records, "SRCSEQ")[rows],
            "VISIT": kept["VISIT"],
            "VALUE": kept["AVALC"],
        }
    )


def radiological(patients: pd.Index[str], responses: pd.DataFrame) -> pd.DataFrame:
    """Make candidates of the radiological progressions, each on the first imaging day of its visit.

    Source: spec/endpoints.md (over several imaging days a progression is dated on the first).

    Parameters
    ----------
    patients
        USUBJID of the patients.
    responses
        USUBJID, AVALC, ADT, FIRSTDT (where missing, ADT) and where kept SRCDOM, SRCSEQ, VISIT.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> seen = pd.DataFrame({"USUBJID": ["1"], "AVALC": ["PD"], "ADT": day(["2026-01-30"]),
    ...                      "FIRSTDT": day(["2026-01-26"])})
    >>> radiological(pd.Index(["1"]), seen)["VALUE"][0]
    'PD (first imaging day; the visit is dated 2026-01-30)'
    """
    progressed = responses[pd.Series(column(responses, "AVALC") == "PD", index=responses.index)]
    last, first = days_of(progressed, "ADT"), days_of(progressed, "FIRSTDT")
    day = either(np.isnat(first), last, first)
    several = day < last
    value = either(several, "PD (first imaging day; the visit is dated " + iso(last) + ")", "PD")
    return of_records(patients, progressed.assign(FIRSTDT=day, AVALC=value), "PD", "FIRSTDT")


class Chosen:
    """One candidate for each patient, or none; a column is taken only when it is asked for.

    Source: house rule (fast: a simulation of thousands of trials asks for two of seven columns).

    Parameters
    ----------
    sources
        Candidate frames (`COLUMNS`).
    rows
        Position of each patient's candidate in the sources, one after the other; -1 where there is none.

    Examples
    --------
    >>> adsl = pd.DataFrame({"DTHDT": pd.to_datetime(["2026-03-04"])})
    >>> Chosen([of_subjects(adsl, "DEATH", "DTHDT", "DM")], np.array([0, -1]))["KIND"].tolist()
    ['DEATH', None]
    """

    def __init__(self, sources: Sequence[pd.DataFrame], rows: Rows) -> None:
        self.sources, self.rows = sources, rows
        self._taken: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self._taken:
            self._taken[name] = self.of(name, self.rows)
        return self._taken[name]

    def of(self, name: str, rows: Rows) -> npt.NDArray[Any]:
        """Give one column for some of the candidates, missing where the row is -1.

        Source: as the class.

        Examples
        --------
        >>> adsl = pd.DataFrame({"DTHDT": pd.to_datetime(["2026-03-04"])})
        >>> Chosen([of_subjects(adsl, "DEATH", "DTHDT", "DM")], np.array([0])).of("SRCDOM", np.array([0])).tolist()
        ['DM']
        """
        values = np.concatenate([source[name].to_numpy(_KEPT[name]) for source in self.sources])
        return at(values, rows, _ABSENT[name])

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which patients have a candidate."""
        return np.asarray(self.rows >= 0)

    def taken(self, patients: Rows) -> pd.DataFrame:
        """Lay out the candidates of some of the patients (`COLUMNS`).

        Source: as the class.

        Examples
        --------
        >>> adsl = pd.DataFrame({"DTHDT": pd.to_datetime(["2026-03-04"])})
        >>> len(Chosen([of_subjects(adsl, "DEATH", "DTHDT", "DM")], np.array([0, -1])).taken(np.array([0])))
        1
        """
        rows = self.rows[patients]
        columns = {name: self.of(name, rows) for name in COLUMNS if name != "patient"}
        return pd.DataFrame({"patient": patients, **columns}, copy=False)


_KEPT: Final[Mapping[str, Any]] = {
    "ADT": "datetime64[ns]", "KIND": object, "SRCDOM": object, "SRCSEQ": np.float64, "VISIT": object, "VALUE": object,
}  # fmt: skip
_ABSENT: Final[Mapping[str, Any]] = {
    "ADT": NAT,
    "KIND": None,
    "SRCDOM": np.nan,
    "SRCSEQ": np.nan,
    "VISIT": np.nan,
    "VALUE": np.nan,
}


def choose(patients: int, sources: Sequence[pd.DataFrame], limit: Any, *, last: bool = False) -> Chosen:
    """Find each patient's first (or last) candidate not after a limit.

    Source: as `one_each`.

    Parameters
    ----------
    patients, sources, limit, last
        As in `one_each`.

    Examples
    --------
    >>> adsl = pd.DataFrame({"DTHDT": pd.to_datetime(["2026-03-04", "2026-09-04"])})
    >>> choose(2, [of_subjects(adsl, "DEATH", "DTHDT", "DM")], cut_day("2026-06-30")).known.tolist()
    [True, False]
    """
    owner = np.concatenate([source["patient"].to_numpy(np.int64) for source in sources])
    days = np.concatenate([source["ADT"].to_numpy("datetime64[ns]") for source in sources])
    numbers = np.concatenate([source["SRCSEQ"].to_numpy(np.float64) for source in sources])
    ranks = np.repeat(np.arange(len(sources), dtype=np.int64) << _RANK_SHIFT, [len(source) for source in sources])
    bounds = np.asarray(limit, dtype="datetime64[ns]")
    usable = known_by(days, bounds[owner] if bounds.ndim else bounds)
    return Chosen(sources, pick(patients, owner, keys(days, numbers) + ranks, usable, last=last))


def one_each(patients: int, sources: Sequence[pd.DataFrame], limit: Any, *, last: bool = False) -> pd.DataFrame:
    """Take each patient's first (or last) candidate not after a limit.

    Source: admiral `derive_param_tte` (filter_date_sources orders by date, then source): of candidates on one day
    the source listed first wins where the first is wanted, the source listed last where the last is.

    Parameters
    ----------
    patients
        How many patients there are.
    sources
        Candidate frames (`COLUMNS`), in order of precedence.
    limit
        Last day that counts: one for all, or one per patient (datetime64[ns]); NaT means none.
    last
        Whether the last candidate is wanted.

    Returns
    -------
    DataFrame
        `COLUMNS`, one row per patient in order; KIND None and ADT NaT where there is no candidate.

    Examples
    --------
    >>> adsl = pd.DataFrame({"DTHDT": pd.to_datetime(["2026-03-04", "2026-09-04"])})
    >>> one_each(2, [of_subjects(adsl, "DEATH", "DTHDT", "DM")], cut_day("2026-06-30"))["KIND"].tolist()
    ['DEATH', None]
    """
    return choose(patients, sources, limit, last=last).taken(np.arange(patients))


def decide(events: pd.DataFrame, censors: pd.DataFrame) -> pd.DataFrame:
    """Give each patient the first event, or else the last censoring date.

    Source: admiral `derive_param_tte`: an event outranks every censoring date, whichever is earlier.

    Parameters
    ----------
    events, censors
        One row per patient each, from `one_each`.

    Returns
    -------
    DataFrame
        `COLUMNS` and CNSR (0 event, 1 censored).

    Examples
    --------
    >>> adsl = pd.DataFrame({"DTHDT": pd.to_datetime([None]), "INCLDT": pd.to_datetime(["2026-03-04"])})
    >>> dead, included = of_subjects(adsl, "DEATH", "DTHDT", "DM"), of_subjects(adsl, "START", "INCLDT", "DS")
    >>> decide(one_each(1, [dead], NAT), one_each(1, [included], NAT, last=True))[["KIND", "CNSR"]].values.tolist()
    [['START', 1]]
    """
    happened = events["KIND"].notna()
    chosen = events.where(happened, censors)
    chosen["CNSR"] = np.where(happened, 0, 1)
    return chosen
