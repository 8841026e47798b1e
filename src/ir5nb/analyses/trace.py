"""Where the numbers come from: data-quality queries, pending patients, assumed values, sources and readings."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Protocol

import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.doubts import doubts
from ir5nb.plan import Plan


def assumed(plan: Plan) -> pd.DataFrame:
    """List the values that the registry record does not give, with the reason for each.

    Parameters
    ----------
    plan
        Plan of the cohort.

    Returns
    -------
    pandas.DataFrame
        ENTRY VALUE WHY, in the order of the plan.
    """
    entries = [(item.key, plan.value_of(item.key), item.why) for item in plan.assumed.values()]
    return pd.DataFrame(entries, columns=["ENTRY", "VALUE", "WHY"])


def pending(cohort: Cohort) -> pd.DataFrame:
    """List the patients whose week-24 status is not yet known, with the day it is due.

    Parameters
    ----------
    cohort
        Derived cohort.

    Returns
    -------
    pandas.DataFrame
        USUBJID TRTSDT LANDMARKDT DUEDT reason; DUEDT is the landmark.
    """
    waiting = cohort.status[cohort.status["STATUS"].eq("PENDING")]
    due = waiting.assign(DUEDT=waiting["LANDMARKDT"])
    return due[["USUBJID", "TRTSDT", "LANDMARKDT", "DUEDT", "reason"]].reset_index(drop=True)


class Query(Protocol):
    """What the data-quality section needs of a problem found at the door."""

    file: str | None
    row: int | None
    patient: str | None
    column: str | None
    found: object
    expected: str
    action: str
    consequence: str


def queries(cohort: Cohort, problems: Sequence[Query]) -> pd.DataFrame:
    """List the queries about members of the cohort, and those about no patient, with their consequence.

    Those of the door come first; then what the members' records leave doubtful (`doubts`), where the table stands for
    the file.

    Parameters
    ----------
    cohort
        Derived cohort.
    problems
        Queries of the source (`Trial.queries`).

    Returns
    -------
    pandas.DataFrame
        FILE ROW USUBJID COLUMN PROBLEM ACTION.
    """
    members = set(cohort.subjects["USUBJID"])
    rows = [
        (item.file, item.row, item.patient, item.column, _problem(item), item.action)
        for item in problems
        if item.patient is None or item.patient in members
    ]
    return pd.DataFrame([*rows, *doubts(cohort)], columns=["FILE", "ROW", "USUBJID", "COLUMN", "PROBLEM", "ACTION"])


def _problem(item: Query) -> str:
    found = f"found {item.found!r}; " if item.found is not None else ""
    return f"{found}expected {item.expected}: {item.consequence}"


class Amended(Protocol):
    """What the data-quality section needs of a correction of the source."""

    @property
    def table(self) -> str:
        """Domain."""

    @property
    def record(self) -> Mapping[str, str]:
        """Columns and values that name the row."""

    @property
    def column(self) -> str:
        """Variable that was amended."""

    @property
    def expect(self) -> str:
        """Value that the source holds."""

    @property
    def value(self) -> str:
        """Value that the analysis reads instead."""

    @property
    def reason(self) -> str:
        """Why."""

    @property
    def date(self) -> str:
        """When it was decided."""


def corrections(cohort: Cohort, amended: Sequence[Amended]) -> pd.DataFrame:
    """List the corrections of records of the cohort's members, and those that name no patient.

    Source: spec/data.md, "corrections ledger"; spec/report.md, 8.

    Parameters
    ----------
    cohort
        Derived cohort.
    amended
        Corrections applied to the source (`Trial.corrections`).

    Returns
    -------
    pandas.DataFrame
        FILE USUBJID COLUMN WAS NOW WHY DATE, in the order of the ledger; FILE is the table.
    """
    members = set(cohort.subjects["USUBJID"])
    rows = [
        (item.table, item.record.get("USUBJID"), item.column, item.expect, item.value, item.reason, item.date)
        for item in amended
        if item.record.get("USUBJID") in {None, *members}
    ]
    return pd.DataFrame(rows, columns=["FILE", "USUBJID", "COLUMN", "WAS", "NOW", "WHY", "DATE"])


def provenance(plan: Plan, fingerprints: Mapping[str, str]) -> pd.DataFrame:
    """List the cut-off, the readings, the plan's digest and the sources' fingerprints.

    Parameters
    ----------
    plan
        Plan of the report.
    fingerprints
        SHA-256 by source file.

    Returns
    -------
    pandas.DataFrame
        SECTION ITEM VALUE.
    """
    items = [("analysis", "data cut", plan.cutoff.isoformat()), ("analysis", "plan (SHA-256)", plan.digest[:16])]
    items += [("reading", key, plan.value_of(key)) for key in _READINGS if key in plan.entry_names()]
    items += [("source (SHA-256)", name, digest[:16]) for name, digest in sorted(fingerprints.items())]
    return pd.DataFrame(items, columns=["SECTION", "ITEM", "VALUE"])


_READINGS = (
    "analysis", "cohorts", "ae_months", "reader", "landmark_days", "primary_origin", "window_days",
    "evidence", "late_progression", "not_evaluable",
    "new_therapy", "clinical_progression", "time_origin", "pfs_clinical_progression", "min_sd_days", "confirm_days",
    "rise", "plateau", "normal_values", "on_treatment", "weekly_min_days", "weekly_max_days", "rfs_resistance",
    "rfs_death",
)  # fmt: skip
_LIBRARIES = ("ir5nb", "altair", "great-tables", "lifelines", "numpy", "pandas", "papermill", "scipy", "statsmodels")


def versions() -> pd.DataFrame:
    """List the versions of Python, the package and the libraries behind the numbers.

    Returns
    -------
    pandas.DataFrame
        SECTION ITEM VALUE.
    """
    items = [("version", "python", platform.python_version())]
    items += [("version", name, metadata.version(name)) for name in _LIBRARIES]
    return pd.DataFrame(items, columns=["SECTION", "ITEM", "VALUE"])
