"""What the records of the members leave doubtful, seen only when they are derived: queries for the centres."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.safety import recorded
from ir5nb.derive.ae_queries import queries as event_queries
from ir5nb.derive.conflicts import conflicts
from ir5nb.derive.response_discordance import disease_after_complete_response

Doubt = tuple[str, int | None, str | None, str | None, str, str]


def doubts(cohort: Cohort) -> list[Doubt]:
    """List contradicting dates, disease after a complete response, doubtful adverse events, and a cohort of nobody.

    Source: spec/endpoints.md (last news; a query that names both readings after a CR), issue 4, issue 6 (adverse
    events).

    Parameters
    ----------
    cohort
        Derived cohort.

    Returns
    -------
    list of tuple
        Table, line in its file (None: no single record), USUBJID (None: no patient), column (None: several), problem
        with its consequence, what to do.
    """
    dates = conflicts(cohort.subjects, cohort.tables)
    found: list[Doubt] = [
        (row.DOMAIN, _line(cohort, row.DOMAIN, row.USUBJID, row.SEQ), row.USUBJID, row.COLUMN,
         f"{row.problem}: {row.consequence}", row.action)
        for row in _rows(dates)
    ]  # fmt: skip
    return [*_nobody(cohort), *found, *_after_complete_response(cohort), *_events(cohort)]


def _nobody(cohort: Cohort) -> Iterator[Doubt]:
    if cohort.subjects.empty:
        column, values = cohort.plan.member_column, " or ".join(cohort.plan.member_values)
        yield ("DM", None, None, column, f"no patient has {values} in {column}: the cohort is empty",
               "if patients were expected, correct member_column and member_values in the plan")  # fmt: skip


def _after_complete_response(cohort: Cohort) -> Iterator[Doubt]:
    for reader, responses in cohort.responses.items():
        for row in _rows(disease_after_complete_response(responses) if reader != "DERIVED" else responses[:0]):
            yield (row.SRCDOM, _line(cohort, row.SRCDOM, row.USUBJID, row.SRCSEQ), row.USUBJID, "RSSTRESC", row.reason,
                   "ask the reader which one was meant")  # fmt: skip


def _events(cohort: Cohort) -> Iterator[Doubt]:
    """List what the adverse events leave doubtful, as the pooled report does; the problem names the columns."""
    tables = cohort.tables
    for row in _rows(event_queries(tables["AE"], recorded(cohort), cohort.subjects, tables.get("DM"))):
        yield (row.DOMAIN, _line(cohort, row.DOMAIN, row.USUBJID, row.SEQ), row.USUBJID, None,
               f"{row.problem}: {row.consequence}", "ask the centre to confirm or correct it")  # fmt: skip


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    return frame.itertuples(index=False)


def _line(cohort: Cohort, domain: str, patient: str, number: Any) -> int | None:
    """Give the line of a record in its file, as the door counts it: the heading is the first."""
    if pd.isna(number):
        return None
    table = cohort.tables[domain]
    return int(table.index[table["USUBJID"].eq(patient) & table[f"{domain}SEQ"].eq(number)][0]) + 2
