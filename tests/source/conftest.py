"""A small study, whole and right, that each test damages in one place."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ir5nb.source import DataError, Problem, Trial, read

STUDY = {
    "dm": """
USUBJID,STUDYID,SITEID,AGE,SEX,RFICDTC,RFSTDTC,RFXSTDTC,RFXENDTC,DTHDTC,DTHFL,ARMCD,ACTARMCD
P-1,IR5,007,61,F,2026-01-05,2026-01-12,2026-01-12,2026-02-02,2026-05-20,Y,TET,TET
P-2,IR5,012,54,M,2026-02-01,2026-02-10,2026-02-10,2026-03-03,,,TET,TET
""",
    "ds": """
USUBJID,DSSEQ,DSCAT,DSDECOD,DSTERM,DSSTDTC
P-1,1,PROTOCOL MILESTONE,ENROLLED,ENROLLED,2026-01-10
P-2,1,PROTOCOL MILESTONE,ENROLLED,ENROLLED,2026-02-08
P-1,2,DISPOSITION EVENT,PROGRESSIVE DISEASE,PROGRESSION,2026-03-15
""",
    "ex": """
USUBJID,EXSEQ,EXTRT,EXDOSE,EXDOSU,EXSTDTC,EXENDTC,VISITNUM
P-1,1,DOMVANALIMAB,1200,mg,2026-01-12,2026-01-12,1
P-1,2,DOMVANALIMAB,1200,mg,2026-02-02,2026-02-02,2
P-2,1,DOMVANALIMAB,1200,mg,2026-02-10,2026-02-10,1
""",
    "tu": """
USUBJID,TUSEQ,TULNKID,TUORRES,TULOC,TUMETHOD,VISITNUM,TUDTC
P-1,1,T01,TARGET,LUNG,CT SCAN,0,2026-01-08
P-2,1,T01,TARGET,PLEURA,CT SCAN,0,2026-02-05
""",
    "tr": """
USUBJID,TRSEQ,TRLNKID,TRTESTCD,TRSTRESN,TRSTRESC,TRSTRESU,VISITNUM,TRDTC
P-1,1,T01,LDIAM,30,30,mm,0,2026-01-08
P-1,2,T01,LDIAM,36,36,mm,1,2026-03-09
P-2,1,T01,LDIAM,22.5,22.5,mm,0,2026-02-05
""",
    "rs": """
USUBJID,RSSEQ,RSCAT,RSTESTCD,RSSTRESC,RSEVAL,VISITNUM,RSDTC
P-1,1,RECIST 1.1,OVRLRESP,PD,INVESTIGATOR,1,2026-03-09
P-2,1,RECIST 1.1,OVRLRESP,SD,INVESTIGATOR,1,2026-04-07
""",
    "lb": """
USUBJID,LBSEQ,LBTESTCD,LBSTRESN,LBSTRESC,LBSTRESU,LBSTNRHI,LBDTC
P-1,1,HCG,1500,1500,IU/L,5,2026-01-12T08:30
P-2,1,HCG,,<2,IU/L,5,2026-02-10
""",
    "ae": """
USUBJID,AESEQ,AETERM,AEDECOD,AEBODSYS,AETOXGR,AESER,AEREL,AEACN,AEOUT,AESDTH,AESTDTC,AEENDTC
P-1,1,RASH,Rash,Skin,2,N,Y,DOSE NOT CHANGED,RECOVERED/RESOLVED,N,2026-01-20,2026-02-04
P-1,2,SEPSIS,Sepsis,Infections,5,Y,N,NOT APPLICABLE,FATAL,Y,2026-05-10,2026-05-20
P-2,1,FATIGUE,Fatigue,General,1,N,N,DOSE NOT CHANGED,NOT RECOVERED/NOT RESOLVED,N,2026-03,
""",
    "cm": """
USUBJID,CMSEQ,CMCAT,CMTRT,CMINDC,CMSTDTC
P-1,1,SUBSEQUENT ANTICANCER THERAPY,CARBOPLATIN,LACK OF EFFICACY,2026-04-01
""",
}  # fmt: skip

Deliver = Callable[..., Path]
Rows = list[dict[str, str]]


@pytest.fixture
def study() -> dict[str, Rows]:
    """Rows of the small study by file stem; every cell is text, "" is blank."""
    return {stem: list(csv.DictReader(text.strip().splitlines())) for stem, text in STUDY.items()}


def write_csv(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def deliver(tmp_path: Path) -> Deliver:
    """Write tables as CSV and give their folder."""

    def _deliver(tables: Mapping[str, Rows]) -> Path:
        for stem, rows in tables.items():
            write_csv(tmp_path / f"{stem}.csv", rows)
        return tmp_path

    return _deliver


@pytest.fixture
def refused(deliver: Deliver) -> Callable[..., tuple[Problem, ...]]:
    """Read tables that must be refused, and give the errors."""

    def _refused(tables: Mapping[str, Rows], **settings: object) -> tuple[Problem, ...]:
        with pytest.raises(DataError) as caught:
            read(deliver(tables), **settings)
        return tuple(problem for problem in caught.value.problems if problem.severity == "error")

    return _refused


@pytest.fixture
def whole(study: dict[str, Rows], deliver: Deliver) -> Trial:
    """The small study, read."""
    return read(deliver(study))
