"""Dates that were recorded in part and completed by a named rule: one row each, with the text and the day used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.safety import recorded
from ir5nb.derive.milestones import has_term
from ir5nb.derive.records import column, numbers_of

COLUMNS: Final = ("USUBJID", "DOMAIN", "SEQ", "VARIABLE", "RECORDED", "USED", "RULE")
# By ADaM's flag of what is missing: D the day, M month and day (spec/data.md, partial dates).
_ONSET: Final = {
    "D": "first day of the month, not before inclusion",
    "M": "first day of the year, not before inclusion",
}
_DEATH: Final = {
    "D": "first day of the month, not before last contact",
    "M": "first day of the year, not before last contact",
}
_DEATH_TEXT: Final = {"DM": "DTHDTC", "DS": "DSSTDTC"}


def imputed(cohort: Cohort) -> pd.DataFrame:
    """List the imputed dates of a cohort: deaths of its members, onsets of the treated patients' adverse events.

    Source: spec/data.md (a partial date is never completed silently), spec/report.md, 8.

    Parameters
    ----------
    cohort
        Derived cohort.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, ordered by patient, domain and number; RULE in words; SEQ is missing in DM, which has no number.
    """
    parts = [part for part in (_deaths(cohort), onsets(recorded(cohort))) if len(part)]
    found = pd.concat(parts, ignore_index=True) if parts else _table(pd.Series(dtype=object), "DM", "", {})
    return found.sort_values(["USUBJID", "DOMAIN", "SEQ"], ignore_index=True)


def onsets(events: pd.DataFrame) -> pd.DataFrame:
    """List the adverse events whose onset is imputed, counted or not.

    Parameters
    ----------
    events
        USUBJID AESEQ AESTDTC ASTDT ASTDTF (`safety.recorded`).

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, ordered by patient and number.

    Examples
    --------
    >>> events = pd.DataFrame({"USUBJID": ["1", "2"], "AESEQ": [4, 1], "AESTDTC": ["2025-04", "2025-04-02"],
    ...                        "ASTDT": pd.to_datetime(["2025-04-22", "2025-04-02"]), "ASTDTF": ["D", None]})
    >>> onsets(events)[["SEQ", "RECORDED", "RULE"]].values.tolist()
    [[4, '2025-04', 'first day of the month, not before inclusion']]
    """
    own = events[events["ASTDTF"].notna()].sort_values(["USUBJID", "AESEQ"])
    told = {"SEQ": own["AESEQ"], "RECORDED": own["AESTDTC"], "USED": own["ASTDT"], "RULE": own["ASTDTF"].map(_ONSET)}
    return _table(own["USUBJID"], "AE", "AESTDTC", told)


def _deaths(cohort: Cohort) -> pd.DataFrame:
    """List the members whose date of death is imputed; the text is that of DM, else of the disposition record."""
    dead = cohort.subjects[cohort.subjects["DTHDTF"].notna()]
    own = [_text(cohort, *row) for row in dead[["DTHDOM", "USUBJID", "DTHSEQ"]].itertuples(index=False)]
    told = {"SEQ": dead["DTHSEQ"].where(dead["DTHDOM"].ne("DM")), "RECORDED": pd.Series(own, dead.index, object)}
    told |= {"USED": dead["DTHDT"], "RULE": dead["DTHDTF"].map(_DEATH)}
    return _table(dead["USUBJID"], dead["DTHDOM"], dead["DTHDOM"].map(_DEATH_TEXT), told)


def _text(cohort: Cohort, domain: str, patient: str, number: float) -> str | None:
    """Give the text of the date of death in the record that it was read from."""
    table = cohort.tables[domain]
    own = table["USUBJID"].eq(patient).to_numpy()
    if domain == "DS":
        own &= has_term(table, "DSDECOD", ("DEATH",)) if pd.isna(number) else numbers_of(table, "DSSEQ") == number
    found: str | None = next(iter(column(table, _DEATH_TEXT[domain])[np.flatnonzero(own)]), None)
    return found


def _table(
    patients: pd.Series, domain: str | pd.Series, variable: str | pd.Series, told: Mapping[str, pd.Series]
) -> pd.DataFrame:
    rows = pd.DataFrame({"USUBJID": patients, "DOMAIN": domain, "VARIABLE": variable, **told}, index=patients.index)
    laid = rows.reindex(columns=list(COLUMNS)).astype({"SEQ": "Int64", "USED": "datetime64[ns]", "RULE": object})
    return laid.reset_index(drop=True)
