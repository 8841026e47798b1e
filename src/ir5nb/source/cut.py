"""The data cut: what was known on a date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.source.across import record_date
from ir5nb.source.dates import parse
from ir5nb.source.domains import declared
from ir5nb.source.mapping import blanked
from ir5nb.source.problems import Problem
from ir5nb.source.typed import Table

_CONSENT: Final = ("RFICDTC", "DMDTC", "RFSTDTC")  # the first that is not blank says since when a patient is known
_FATAL: Final = {"AEOUT": "FATAL", "AESDTH": "Y", "AETOXGR": "5"}


def known_by(tables: Mapping[str, pd.DataFrame], cutoff: date) -> dict[str, pd.DataFrame]:
    """Keep what was known on a date: pure, idempotent, and monotone (cutting twice is cutting at the earlier date).

    Source: spec/data.md, "Data cut".

    Parameters
    ----------
    tables
        Typed tables by domain, DM among them.
    cutoff
        Last day that is known, inclusive.

    Returns
    -------
    dict
        New tables with the same columns and row numbers. A record whose start (or own date) is after the cut is
        dropped; so is a patient whose consent is, with all records. A later end date is blank (open), and with it the
        outcome of an adverse event. A later death is blank, and with it what only a death can have written
        (DTHFL, outcome FATAL, grade 5). A partial date is kept when the earliest day it allows is not after the cut;
        a record without date is kept.

    Examples
    --------
    >>> events = pd.DataFrame({"USUBJID": ["P-1", "P-1"], "MHSTDTC": ["2026-03", "2026-04-02"]})
    >>> patients = pd.DataFrame({"USUBJID": ["P-1"]})
    >>> known_by({"DM": patients, "MH": events}, date(2026, 3, 5))["MH"].index.tolist()
    [0]
    """
    day = np.datetime64(cutoff, "D").astype("datetime64[ns]")
    patients = _patients(tables["DM"], day)
    died_later = tables["DM"]["USUBJID"][_after(tables["DM"], "DTHDTC", day)] if "DTHDTC" in tables["DM"] else None
    cut = {"DM": patients}
    for name, frame in tables.items():
        if name != "DM":
            cut[name] = _records(name, frame, day, patients["USUBJID"], died_later)
    return {name: cut[name] for name in tables}


def after(tables: Mapping[str, Table], cutoff: date) -> list[Problem]:
    """List what is dated after a cut: it is not an error, and it is left out.

    Source: spec/data.md, "Checks at the door" (event after the data cut).

    Parameters
    ----------
    tables
        Tables present, by domain.
    cutoff
        Last day that is known, inclusive.

    Returns
    -------
    list
        One query per record whose date, or per patient whose death, can only be later.

    Examples
    --------
    >>> deaths = Table(declared("DM"), "dm.csv", pd.DataFrame({"USUBJID": ["P-1"], "DTHDTC": ["2026-04-02"]}))
    >>> [problem.found for problem in after({"DM": deaths}, date(2026, 3, 5))]
    ['2026-04-02']
    """
    day = np.datetime64(cutoff, "D").astype("datetime64[ns]")
    problems: list[Problem] = []
    for name, table in tables.items():
        column = "DTHDTC" if name == "DM" and "DTHDTC" in table.frame else record_date(table)
        if column is not None:
            late = _after(table.frame, column, day)
            expected, action = f"a date up to the data cut {cutoff}", "correct the date if it is wrong"
            problems += table.problems(late, column, expected, action, "not known at the cut: left out", "query")
    return problems


def _patients(frame: pd.DataFrame, day: np.datetime64) -> pd.DataFrame:
    since = [frame[column] for column in _CONSENT if column in frame]
    kept = frame
    if since:
        first = pd.concat(since, axis=1).bfill(axis=1).iloc[:, 0]
        kept = frame[~(parse(first.astype(object)).earliest > day)]
    later = {column: _after(kept, column, day) for column in kept.columns if column.endswith("DTC")}
    if "DTHDTC" in later and "DTHFL" in kept:
        later["DTHFL"] = later["DTHDTC"]
    return _blank(kept, later)


def _records(
    name: str, frame: pd.DataFrame, day: np.datetime64, patients: pd.Series, died_later: pd.Series | None
) -> pd.DataFrame:
    dated = record_date(Table(declared(name), "", frame))
    known = frame["USUBJID"].isin(patients).to_numpy()
    if dated is not None:
        known &= ~_after(frame, dated, day)
    kept = frame if known.all() else frame[known]
    end = f"{name}ENDTC"
    later = {end: _after(kept, end, day)} if end in kept else {}
    if name == "AE":
        later |= _fatal(kept, later.get(end), died_later)
    return _blank(kept, later)


def _fatal(
    events: pd.DataFrame, ends_later: npt.NDArray[np.bool_] | None, died_later: pd.Series | None
) -> dict[str, npt.NDArray[np.bool_]]:
    """Cells of adverse events that could not have been written before the end, or the death, that came later."""
    unwritten: dict[str, npt.NDArray[np.bool_]] = {}
    if died_later is not None and len(died_later):
        dead = events["USUBJID"].isin(died_later).to_numpy()
        unwritten = {name: dead & (events[name] == cell).to_numpy() for name, cell in _FATAL.items() if name in events}
    if ends_later is not None and "AEOUT" in events:
        unwritten["AEOUT"] = unwritten.get("AEOUT", False) | ends_later
    return unwritten


def _after(frame: pd.DataFrame, column: str, day: np.datetime64) -> npt.NDArray[np.bool_]:
    """Rows whose date cannot be on or before the day: its earliest possible day is later."""
    companion = column.removesuffix("C")
    if companion not in frame:
        return parse(frame[column]).earliest > day
    days = frame[companion].to_numpy()
    late = days > day
    partial = np.isnat(days) & frame[column].notna().to_numpy()
    if partial.any():
        late[partial] = parse(frame[column][partial]).earliest > day
    return np.asarray(late, dtype=bool)


def _blank(frame: pd.DataFrame, rows_of: Mapping[str, npt.NDArray[np.bool_]]) -> pd.DataFrame:
    """Copy a table with cells blanked; a date takes its companion and its study day with it."""
    changed = frame.copy(deep=False)
    for column, rows in rows_of.items():
        if not rows.any():
            continue
        changed[column] = blanked(frame[column], rows)
        for companion in (column.removesuffix("C"), f"{column.removesuffix('DTC')}DY"):
            if column.endswith("DTC") and companion in frame:
                changed[companion] = frame[companion].where(~rows)
    return changed
