"""The row every time to event shares: start, date, elapsed days, event or censoring, source record and reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ir5nb import schema
from ir5nb.derive.candidates import cut_day, of_subjects
from ir5nb.derive.dates import Dates, Texts
from ir5nb.derive.records import column, days_of, either, iso, present, words

ORIGINS: Final[Mapping[str, str]] = {"inclusion": "INCLDT", "treatment": "TRTSDT"}
_MILESTONES: Final = ("INCLDT", "TRTSDT", "DTHDT", "LSTALVDT", "NEWTXDT", "LOETXDT")


def died(subjects: pd.DataFrame, kind: str = "DEATH") -> pd.DataFrame:
    """Give each patient's death as a candidate, with the record it comes from.

    Source: S2, S4 (death from any cause).

    Examples
    --------
    >>> died(pd.DataFrame({"DTHDT": pd.to_datetime(["2026-03-04"])}))[["KIND", "SRCDOM"]].values.tolist()
    [['DEATH', 'DM']]
    """
    return of_subjects(subjects, kind, "DTHDT", "DTHDOM" if "DTHDOM" in subjects else "DM", "DTHSEQ")


class Kind(NamedTuple):
    """How a deciding record is told: its description in the table, and the opening of the reason."""

    description: str
    opening: str


def start_of(subjects: pd.DataFrame, origin: str) -> Dates:
    """Give the day time starts for each patient: inclusion, or treatment start (A2).

    Source: A2.

    Raises
    ------
    ValueError
        When the origin is neither "inclusion" nor "treatment".

    Examples
    --------
    >>> start_of(pd.DataFrame({"INCLDT": pd.to_datetime(["2026-03-04"])}), "inclusion").astype("datetime64[D]").tolist()
    [datetime.date(2026, 3, 4)]
    """
    if origin not in ORIGINS:
        raise ValueError(f"origin is one of {tuple(ORIGINS)} (A2), not {origin!r}")
    return days_of(subjects, ORIGINS[origin])


def check_cut(subjects: pd.DataFrame, cutoff: date | str | None) -> np.datetime64:
    """Give the data cut as a day, refusing patients that were derived with a later one.

    Source: spec/endpoints.md (any ADT beyond the cut is impossible by construction).

    Raises
    ------
    ValueError
        When a patient's milestone lies after the cut; USUBJID repeated.

    Examples
    --------
    >>> str(check_cut(pd.DataFrame({"USUBJID": ["1"]}), "2026-06-30"))[:10]
    '2026-06-30'
    """
    if subjects["USUBJID"].duplicated().any():
        raise ValueError(f"patient {subjects.loc[subjects['USUBJID'].duplicated(), 'USUBJID'].iloc[0]} occurs twice")
    cut = cut_day(cutoff)
    for name in _MILESTONES:
        beyond = days_of(subjects, name) > cut
        if beyond.any():
            row = subjects.loc[beyond].iloc[0]
            raise ValueError(
                f"{name} {row[name]:%Y-%m-%d} of patient {row['USUBJID']} lies after the data cut {cutoff}: "
                "derive the patients with the same cutoff"
            )
    return cut


def imputed_death(subjects: pd.DataFrame, kinds: Texts) -> Texts:
    """Say, where a death decides, what of its date was imputed.

    Source: spec/data.md (the flag says what was imputed).

    Examples
    --------
    >>> imputed_death(pd.DataFrame({"DTHDTF": ["D"]}), np.array(["DEATH"], dtype=object))[0]
    ' (day imputed: first possible day, not before last contact)'
    """
    if not (kinds == "DEATH").any():
        return np.full(len(kinds), "", dtype=object)
    part = pd.Series(column(subjects, "DTHDTF")).map({"D": "day", "M": "month and day"}).to_numpy(object)
    text = " (" + present(part) + " imputed: first possible day, not before last contact)"
    return np.asarray(either((kinds == "DEATH") & ~pd.isna(part), text, ""), dtype=object)


def reasons_of(chosen: pd.DataFrame, kinds: Mapping[str, Kind]) -> Texts:
    """Say which record decided each row, in words.

    Source: house rule (every derived status carries a reason).

    Parameters
    ----------
    chosen
        Deciding candidates (`candidates.COLUMNS`).
    kinds
        How each kind is told.

    Examples
    --------
    >>> chosen = pd.DataFrame({"KIND": ["PD"], "SRCDOM": ["RS"], "SRCSEQ": [12], "VISIT": ["WEEK 16"],
    ...                        "ADT": pd.to_datetime(["2026-03-04"]), "VALUE": ["PD"]})
    >>> reasons_of(chosen, {"PD": Kind("Radiological progression", "Progression")})[0]
    'Progression: RS 12 (visit WEEK 16, 2026-03-04): PD'
    """
    opening = chosen["KIND"].map({kind: told.opening for kind, told in kinds.items()}).to_numpy(object)
    record = words(chosen["SRCDOM"], chosen["SRCSEQ"], days_of(chosen, "ADT"), chosen["VISIT"], chosen["VALUE"])
    return np.asarray(present(opening) + ": " + record, dtype=object)


def rows_of(
    subjects: pd.DataFrame,
    chosen: pd.DataFrame,
    start: Dates,
    *,
    paramcd: str,
    param: str,
    kinds: Mapping[str, Kind],
    cut: np.datetime64,
    count_first_day: bool,
    reading: str,
    notes: Any = "",
) -> pd.DataFrame:
    """Lay out the deciding records as ADTTE rows; patients whose time never started have none.

    Source: spec/endpoints.md (adtte), A17. A record dated before the start counts on the start, as in admiral.

    Parameters
    ----------
    subjects, chosen
        One row per patient; the deciding candidates in the same order (`candidates.decide`).
    start
        Day time starts, per patient.
    paramcd, param
        Code and name of the endpoint.
    kinds
        How each kind of deciding record is told.
    cut
        Data cut, or NaT.
    count_first_day
        Whether days are counted inclusively (+1, the ADaM habit) instead of elapsed (A17).
    reading
        Name of the reading.
    notes
        Further words of the reasons, per patient.

    Returns
    -------
    DataFrame
        Columns `schema.ADTTE`.

    Raises
    ------
    ValueError
        When a date lies beyond the cut.

    Examples
    --------
    >>> subjects = pd.DataFrame({"USUBJID": ["1"]})
    >>> chosen = pd.DataFrame({"KIND": ["DEATH"], "SRCDOM": ["DM"], "SRCSEQ": [None], "VISIT": [None], "CNSR": [0],
    ...                        "ADT": pd.to_datetime(["2026-03-04"]), "VALUE": [None]})
    >>> rows_of(subjects, chosen, np.array(["2026-03-01"], "datetime64[ns]"), paramcd="OS", param="Overall survival",
    ...         kinds={"DEATH": Kind("Death", "Death")}, cut=cut_day(None), count_first_day=False,
    ...         reading="default")[["AVAL", "reason"]].values.tolist()
    [[3, 'Death: DM (2026-03-04)']]
    """
    timed = chosen["KIND"].notna().to_numpy() & ~np.isnat(start)
    subjects, chosen, start = subjects[timed], chosen[timed], start[timed]
    day, notes = days_of(chosen, "ADT"), np.broadcast_to(np.asarray(notes, dtype=object), timed.shape)[timed]
    adt = either(day < start, start, day)
    if (adt > cut).any():
        raise ValueError(f"{paramcd} has a date beyond the data cut {iso(np.array([cut]))[0]}")
    told = present(chosen["KIND"].map({kind: words.description for kind, words in kinds.items()}))
    early = either(day < start, "; dated before time starts: counted on the first day", "")
    event = chosen["CNSR"].to_numpy() == 0
    frame: pd.DataFrame = pd.DataFrame(
        {
            "USUBJID": subjects["USUBJID"].to_numpy(object),
            "PARAMCD": paramcd,
            "READING": reading,
            "PARAM": param,
            "STARTDT": start,
            "ADT": adt,
            "AVAL": (adt - start) // np.timedelta64(1, "D") + int(count_first_day),
            "AVALU": "DAYS",
            "CNSR": chosen["CNSR"].to_numpy(np.int64),
            "EVNTDESC": either(event, told, "Censored"),
            "CNSDTDSC": either(event, None, told),
            "SRCDOM": column(chosen, "SRCDOM"),
            "SRCSEQ": pd.Series(chosen["SRCSEQ"].to_numpy(), dtype="Float64").astype("Int64"),
            "reason": reasons_of(chosen, kinds) + early + imputed_death(subjects, column(chosen, "KIND")) + notes,
        }
    )[list(schema.ADTTE)]
    return frame
