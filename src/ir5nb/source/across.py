"""Checks that need two tables: unknown patients, doses before inclusion, events after death, lesions unmeasured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.source.domains import INCLUSION_TERMS
from ir5nb.source.problems import Problem
from ir5nb.source.typed import Table

_DEATH_TERMS = ("DEATH", "DIED")


def check_tables(tables: Mapping[str, Table]) -> list[Problem]:
    """Find what contradicts itself between tables.

    Source: spec/data.md, "Checks at the door"; conflicts between domains are queries.

    Parameters
    ----------
    tables
        Tables present, by domain.

    Examples
    --------
    >>> from ir5nb.source.domains import DOMAINS
    >>> frames = {"DM": pd.DataFrame({"USUBJID": ["P-1"]}), "MH": pd.DataFrame({"USUBJID": ["P-2"]})}
    >>> tables = {name: Table(DOMAINS[name], f"{name}.csv", frame) for name, frame in frames.items()}
    >>> [problem.patient for problem in check_tables(tables)]
    ['P-2']
    """
    patients = tables.get("DM")
    if patients is None or "USUBJID" not in patients.frame:
        return []
    once = patients.frame.drop_duplicates("USUBJID")  # a second row has its own error
    known = pd.Index(once["USUBJID"])
    tables = {**tables, "DM": replace(patients, frame=once)}
    at = {name: known.get_indexer(table.frame["USUBJID"]) for name, table in tables.items() if "USUBJID" in table.frame}
    problems = [problem for name in at if name != "DM" for problem in _strangers(tables[name], at[name])]
    problems += [*_after_death(tables, at), *_inclusions(tables, at), *_deaths(tables, at)]
    return [*problems, *_without_baseline(tables, at)]


def _strangers(table: Table, at: npt.NDArray[np.intp]) -> list[Problem]:
    unknown = (at < 0) & table.frame["USUBJID"].notna().to_numpy()
    return table.problems(unknown, "USUBJID", "a patient of DM", "add the patient to DM, or correct the identifier")


def _after_death(tables: Mapping[str, Table], at: Mapping[str, npt.NDArray[np.intp]]) -> Iterator[Problem]:
    patients = tables["DM"].frame
    if "DTHDT" not in patients:
        return
    death = patients["DTHDT"].to_numpy()
    for name, table in tables.items():
        column = record_date(table)
        if name == "DM" or column is None or name not in at:
            continue
        dates = table.frame[column.removesuffix("C")].to_numpy()
        late = dates > looked_up(death, at[name])
        expected, action = "a date on or before the patient's death", "correct this date or DTHDTC"
        if name == "EX":
            yield from table.problems(late, column, expected, action)
        else:
            lost = "the record counts as it stands, but nothing is dated after the death"
            yield from table.problems(late, column, expected, action, lost, "query")


def _inclusions(tables: Mapping[str, Table], at: Mapping[str, npt.NDArray[np.intp]]) -> Iterator[Problem]:
    if "DS" not in at or not {"DSDECOD", "DSSTDT"} <= set(tables["DS"].frame):
        return
    events, patients = tables["DS"], tables["DM"]
    included = events.frame["DSDECOD"].isin(INCLUSION_TERMS).to_numpy()
    again = included & events.frame["USUBJID"].where(included).duplicated().to_numpy()
    expected, action = "one inclusion per patient", "remove one of the two records"
    yield from events.problems(again, "DSDECOD", expected, action, "the earlier date counts", "query")
    first = earliest_per_patient(events.frame["DSSTDT"].to_numpy()[included], at["DS"][included], len(patients.frame))
    if included.any() and "EX" in at and {"EXDOSE", "EXSTDT"} <= set(tables["EX"].frame):
        yield from _doses_and_inclusion(tables, at["EX"], first)


def _doses_and_inclusion(
    tables: Mapping[str, Table], at: npt.NDArray[np.intp], inclusion: npt.NDArray[np.datetime64]
) -> Iterator[Problem]:
    """Compare doses with the date of inclusion, in a study that records inclusions in DS."""
    patients, doses = tables["DM"], tables["EX"]
    early = doses.frame["EXSTDT"].to_numpy() < looked_up(inclusion, at)
    lost = "treatment starts before inclusion: times from inclusion and from treatment start disagree"
    action = "correct this date or the date of inclusion in DS"
    yield from doses.problems(early, "EXSTDTC", "a dose on or after inclusion", action, lost, "query")
    treated = np.zeros(len(patients.frame), dtype=bool)
    treated[at[(at >= 0) & (doses.frame["EXDOSE"] > 0).to_numpy()]] = True
    expected = f"a dated inclusion in DS ({' or '.join(INCLUSION_TERMS)}) for a treated patient"
    lost = "no time from inclusion can be computed for the patient"
    yield from patients.problems(
        treated & np.isnat(inclusion), "USUBJID", expected, "add the record to DS", lost, "query"
    )


def _deaths(tables: Mapping[str, Table], at: Mapping[str, npt.NDArray[np.intp]]) -> Iterator[Problem]:
    """Deaths that one table knows and DM does not date."""
    patients = tables["DM"]
    if "DTHDTC" not in patients.frame:
        return
    dated = patients.frame["DTHDTC"].notna().to_numpy()
    lost = "the death has no date: it is no event, the patient is censored at last news"
    expected, action = "a date of death in DM (DTHDTC)", "enter the date of death, or correct this record"
    if "DTHFL" in patients.frame:
        flagged = (patients.frame["DTHFL"] == "Y").to_numpy()
        yield from patients.problems(flagged & ~dated, "DTHFL", expected, action, lost, "query")
        unflagged = dated & ~flagged
        kept = "the date counts as a death"
        yield from patients.problems(unflagged, "DTHFL", "Y for a patient with DTHDTC", "complete it", kept, "query")
    for name, column, terms in (("DS", "DSDECOD", _DEATH_TERMS), ("AE", "AEOUT", ("FATAL",)), ("AE", "AESDTH", ("Y",))):
        if name in at and column in tables[name].frame:
            dead = tables[name].frame[column].isin(terms).to_numpy() & (at[name] >= 0)
            undated = dead & ~looked_up(dated, at[name])
            yield from tables[name].problems(undated, column, expected, action, lost, "query")


def _without_baseline(tables: Mapping[str, Table], at: Mapping[str, npt.NDArray[np.intp]]) -> Iterator[Problem]:
    """Target lesions of treated patients with no measurement that can have been made by the first dose."""
    needed = {"TU": ("TULNKID", "TUORRES"), "TR": ("TRLNKID", "TRDT", "TRSTRESN"), "EX": ("EXSTDT", "EXDOSE")}
    if not all(name in at and set(columns) <= set(tables[name].frame) for name, columns in needed.items()):
        return
    lesions, doses = tables["TU"], tables["EX"].frame
    given = doses["EXDOSE"].notna().to_numpy()
    first = earliest_per_patient(doses["EXSTDT"].to_numpy()[given], at["EX"][given], len(tables["DM"].frame))
    target = (lesions.frame["TUORRES"] == "TARGET").to_numpy()
    begun = target & ~np.isnat(looked_up(first, at["TU"]))
    measured = _measured_by(tables["TR"].frame, at["TR"], looked_up(first, at["TR"]))
    named = pd.MultiIndex.from_arrays([at["TU"], lesions.frame["TULNKID"].astype(object)])
    missing = begun & ~named.isin(measured) & lesions.frame["TULNKID"].notna().to_numpy()
    missing &= ~lesions.frame.duplicated(["USUBJID", "TULNKID"]).to_numpy()  # several readers: once
    action, lost = "add the measurement of TR, or correct its date", "the patient's sum has no baseline: no response"
    expected = "a measurement in TR on or before the first dose"
    yield from lesions.problems(missing, "TULNKID", expected, action, lost, "query")


def _measured_by(lesions: pd.DataFrame, at: npt.NDArray[np.intp], first: npt.NDArray[np.datetime64]) -> pd.MultiIndex:
    dates = lesions["TRDT"].to_numpy()
    # An unknown day is given the benefit of the doubt here; it has its own query.
    early = (np.isnat(dates) | (dates <= first)) & lesions["TRSTRESN"].notna().to_numpy()
    pairs = pd.DataFrame({"at": at[early], "lesion": lesions["TRLNKID"].to_numpy()[early]}).drop_duplicates()
    return pd.MultiIndex.from_frame(pairs)


def record_date(table: Table) -> str | None:
    """Name the column that dates a record: its start where the table has starts, else its own date.

    Examples
    --------
    >>> from ir5nb.source.domains import DOMAINS
    >>> record_date(Table(DOMAINS["AE"], "ae.csv", pd.DataFrame(columns=["AESTDTC", "AEDTC"])))
    'AESTDTC'
    """
    name = table.domain.name
    return next((column for column in (f"{name}STDTC", f"{name}DTC") if column in table.frame), None)


def earliest_per_patient(
    dates: npt.NDArray[np.datetime64], at: npt.NDArray[np.intp], patients: int
) -> npt.NDArray[np.datetime64]:
    """Take the earliest known date of each patient, NaT where there is none.

    Parameters
    ----------
    dates, at
        Date and position of the patient in DM (-1: unknown) of each record.
    patients
        Number of rows of DM.
    """
    known = (at >= 0) & ~np.isnat(dates)
    never = np.iinfo(np.int64).max
    first = np.full(patients, never)
    np.minimum.at(first, at[known], dates[known].astype("datetime64[ns]").astype(np.int64))
    return np.where(first == never, np.datetime64("NaT", "ns"), first.astype("datetime64[ns]"))


def looked_up(values: npt.NDArray[Any], at: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    """Take each record's value of its patient; a missing date, or False, for an unknown patient."""
    if len(values) == 0:
        return np.zeros(len(at), dtype=values.dtype) if values.dtype == bool else np.full(len(at), "NaT", values.dtype)
    taken = values[np.maximum(at, 0)]
    taken[at < 0] = False if values.dtype == bool else np.datetime64("NaT")
    return taken
