"""OS, PFS and duration of response on the CDISC pilot with its oncology responses, against admiral's own pipeline.

The expected table counts days inclusively; AVAL is asked for in that form here (A17). Where the rules differ, the
test says how: admiral's last date alive knows the assays, adverse events and doses, ours every dated contact
(spec/endpoints.md), so it may be later by a disposition visit, never earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from ir5nb import schema
from ir5nb.derive import response, subjects, times

EXPECTED = pd.read_csv(Path(__file__).parent / "endpoints" / "adtte_expected.shared.csv", dtype=str)
SOURCES = {
    "rs_onco_recist/INVESTIGATOR": ("rs_onco_recist.csv", "INVESTIGATOR"),
    "rs_onco/INVESTIGATOR": ("rs_onco.csv.gz", "INVESTIGATOR"),
    "rs_onco/IRF-accepted": ("rs_onco.csv.gz", "INDEPENDENT ASSESSOR"),
}
FILES = {"DM": "dm.csv", "DS": "ds.csv", "EX": "ex.csv", "AE": "ae.csv", "LB": "lb.csv.gz"}
NUMBERS = ("EXDOSE", "AGE", "VISITNUM")


def load(folder: Path, name: str) -> pd.DataFrame:
    table = pd.read_csv(folder / name, dtype=str)
    table = table.astype(object).where(table.notna(), None)
    for column in [name for name in table.columns if name.endswith("DTC")]:
        whole = table[column].where(table[column].str.len() >= 10).str.slice(0, 10)
        table[column[:-1]] = pd.to_datetime(whole, format="%Y-%m-%d")
    for column in table.columns:
        if column in NUMBERS or column.endswith("SEQ"):
            table[column] = pd.to_numeric(table[column])
    return table


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "pharmaversesdtm"


@pytest.fixture(scope="module")
def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return {domain: load(folder, name) for domain, name in FILES.items()}


def patients(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    arms = ["Pbo", "Xan_Lo", "Xan_Hi"]
    return subjects.adsl(tables, cohort="pilot", column="ARMCD", values=arms, inclusion_column="RFSTDTC")


def responses_of(folder: Path, source: str) -> pd.DataFrame:
    name, evaluator = SOURCES[source]
    rs = load(folder, name)
    rs = rs[(rs["RSTESTCD"] == "OVRLRESP") & (rs["RSEVAL"] == evaluator)]
    if evaluator != "INVESTIGATOR":
        rs = rs[rs["RSACPTFL"] == "Y"]
    rs = rs[rs["RSSTRESC"].isin(schema.RESPONSES)]  # the data hold "CHECK" too, which source refuses at the door
    return pd.DataFrame(
        {
            "USUBJID": rs["USUBJID"], "EVAL": "INVESTIGATOR", "VISITNUM": rs["VISITNUM"], "VISIT": rs["VISIT"],
            "ADT": rs["RSDT"], "FIRSTDT": rs["RSDT"], "AVALC": rs["RSSTRESC"], "SRCDOM": "RS", "SRCSEQ": rs["RSSEQ"],
            "reason": "",
        }
    ).sort_values(["USUBJID", "ADT"]).reset_index(drop=True)  # fmt: skip


def beside(source: str, code: str, got: pd.DataFrame) -> pd.DataFrame:
    """Each expected row of a source and parameter with ours beside it."""
    wanted = EXPECTED[(EXPECTED["source"] == source) & (EXPECTED["PARAMCD"] == code)]
    both = wanted.merge(got, on="USUBJID", how="left", suffixes=("_R", ""))
    return both.assign(
        same=(both["ADT_R"] == both["ADT"].dt.strftime("%Y-%m-%d"))
        & (both["STARTDT_R"] == both["STARTDT"].dt.strftime("%Y-%m-%d"))
        & (both["CNSR_R"].astype(int) == both["CNSR"])
        & (both["AVAL_R"].astype(int) == both["AVAL"])
    )


@pytest.mark.parametrize("source", SOURCES)
def test_pfs_agrees_on_every_patient(source: str, folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    seen = responses_of(folder, source)
    got = times.pfs(patients(tables), seen, count_first_day=True)
    assert beside(source, "PFS", got).query("not same").empty


@pytest.mark.parametrize("source", SOURCES)
def test_duration_of_response_agrees_on_every_responder(
    source: str, folder: Path, tables: dict[str, pd.DataFrame]
) -> None:
    adsl, seen = patients(tables), responses_of(folder, source)
    start = adsl.set_index("USUBJID")["INCLDT"]
    best = response.best(seen, start, start.map({}))
    got = times.dor(adsl, seen, best, count_first_day=True)
    both = beside(source, "RSD", got)
    assert both.query("not same").empty
    known = EXPECTED[EXPECTED["source"] == source]["USUBJID"]
    assert sorted(got[got["USUBJID"].isin(known)]["USUBJID"]) == sorted(both["USUBJID"])


def test_os_agrees_when_only_admirals_contacts_are_known(tables: dict[str, pd.DataFrame]) -> None:
    without = {**tables, "DS": tables["DS"].iloc[:0]}
    got = times.os(patients(without), count_first_day=True)
    for source in SOURCES:
        assert beside(source, "OS", got).query("not same").empty


def test_os_is_later_only_by_a_dated_disposition_visit(tables: dict[str, pd.DataFrame]) -> None:
    both = beside("rs_onco/INVESTIGATOR", "OS", times.os(patients(tables), count_first_day=True))
    differ = both[~both["same"]]
    assert len(differ) == 37  # counted on the data: patients whose final visits are recorded in DS only
    assert (differ["CNSR"] == 1).all()
    assert (differ["SRCDOM"] == "DS").all()
    assert (differ["ADT"] > pd.to_datetime(differ["ADT_R"])).all()
    ds = tables["DS"].set_index(["USUBJID", "DSSEQ"])
    visits = [ds.loc[(row.USUBJID, row.SRCSEQ), "DSDECOD"] for row in differ.itertuples()]
    ended = {"ADVERSE EVENT", "PROTOCOL VIOLATION", "WITHDRAWAL BY SUBJECT"}  # the day the patient stopped
    assert set(visits) == {"FINAL RETRIEVAL VISIT"} | ended
