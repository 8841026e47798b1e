"""Doubtful dates of one patient, each told with its consequence."""

from __future__ import annotations

import pandas as pd
import pytest

from ir5nb.derive import conflicts, subjects


def frame(domain: str, **columns: list[object]) -> pd.DataFrame:
    table = pd.DataFrame({"USUBJID": "P1", **columns})
    table[f"{domain}SEQ"] = range(1, len(table) + 1)
    for name in [name for name in table if name.endswith("DTC")]:
        table[name[:-1]] = pd.to_datetime(table[name], format="%Y-%m-%d", errors="coerce")
    return table


INCLUDED = {"DSDECOD": ["ENROLLED"], "DSSTDTC": ["2026-01-05"], "DSCAT": ["PROTOCOL MILESTONE"]}
DOSE = frame("EX", EXTRT=["ZIMBERELIMAB"], EXDOSE=[360.0], EXSTDTC=["2026-01-12"])
SCAN = {"RSTESTCD": ["OVRLRESP"], "RSDTC": ["2026-06-25"]}
THERAPY = {"CMCAT": ["SUBSEQUENT ANTICANCER THERAPY"], "CMINDC": [None]}
CASES = {
    "nothing doubtful": ({}, []),
    "last contact older than the last scan": (
        {"DS": frame("DS", DSDECOD=["ENROLLED", "LAST CONTACT"], DSSTDTC=["2026-01-05", "2026-06-07"],
                     DSCAT=["PROTOCOL MILESTONE", "OTHER EVENT"]), "RS": frame("RS", **SCAN)},
        [("DS", 2, "last contact 2026-06-07 is older than RS 1 (2026-06-25)")]),
    "later therapy without a date": (
        {"CM": frame("CM", **THERAPY, CMSTDTC=[None])}, [("CM", 1, "subsequent anticancer therapy without a date")]),
    "later therapy before the first dose": (
        {"CM": frame("CM", **THERAPY, CMSTDTC=["2026-01-10"])},
        [("CM", None, "subsequent therapy 2026-01-10 before the first dose 2026-01-12")]),
    "treatment ended before the last dose": (
        {"DS": frame("DS", DSDECOD=["ENROLLED", "ADVERSE EVENT"], DSSTDTC=["2026-01-05", "2026-01-10"],
                     DSCAT=["PROTOCOL MILESTONE", "DISPOSITION EVENT"])},
        [("DS", None, "end of treatment 2026-01-10 before the last dose 2026-01-12")]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_conflicts(name: str) -> None:
    changed, expected = CASES[name]
    dm = pd.DataFrame({"USUBJID": ["P1"], "ARMCD": ["TET"]})
    tables = {"DM": dm, "DS": frame("DS", **INCLUDED), "EX": DOSE, **changed}
    adsl = subjects.adsl(tables, cohort="TET", column="ARMCD", values=["TET"])
    found = conflicts.conflicts(adsl, tables)
    got = [(row.DOMAIN, None if pd.isna(row.SEQ) else int(row.SEQ), row.problem) for row in found.itertuples()]
    assert got == expected
    assert found["consequence"].str.len().gt(0).all()
