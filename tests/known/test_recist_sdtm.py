"""admiralonco's sequences written as SDTM files, read at the door, give the same answers under its own parameters.

The golden trajectories take the same way, and further, in tests/road/test_golden_tables.py.
"""

import json
from pathlib import Path

import pandas as pd
import pytest

from ir5nb import source
from ir5nb.derive.recist import recorded
from ir5nb.derive.response import best

HERE = Path(__file__).parent


def cases(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


SEQUENCES = [case for case in cases("bor/admiralonco_runs.shared.jsonl") if case["params"]["max_nr_ne"] == 1]


def people(ids: list[str], start: list[str]) -> dict[str, pd.DataFrame]:
    who = {"STUDYID": "GOLDEN", "USUBJID": ids}
    return {
        "dm": pd.DataFrame(
            {**who, "SITEID": "01", "AGE": 60, "SEX": "F", "ARMCD": "TET", "RFSTDTC": start, "DTHDTC": None}
        ),
        "ds": pd.DataFrame(
            {**who, "DSCAT": "PROTOCOL MILESTONE", "DSDECOD": "ENROLLED", "DSTERM": "ENROLLED", "DSSTDTC": start}
        ),
        "ex": pd.DataFrame({**who, "EXTRT": "DRUG", "EXDOSE": 1, "EXDOSU": "mg", "EXSTDTC": start, "EXENDTC": start}),
    }


def read(folder: Path, tables: dict[str, pd.DataFrame]) -> source.Trial:
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return source.read(folder)


def first_dose(trial: source.Trial) -> pd.Series:
    return trial.table("EX").set_index("USUBJID")["EXSTDT"]


@pytest.fixture(scope="module")
def sequences(tmp_path_factory: pytest.TempPathFactory) -> source.Trial:
    rows = [
        (case["case_id"], number, f"SCAN {number}", "OVRLRESP", seen["response"], "INVESTIGATOR", seen["date"])
        for case in SEQUENCES
        for number, seen in enumerate(case["assessments"], start=1)
    ]
    rs = pd.DataFrame(rows, columns=["USUBJID", "VISITNUM", "VISIT", "RSTESTCD", "RSSTRESC", "RSEVAL", "RSDTC"])
    rs = rs.assign(RSCAT="RECIST 1.1", RSSTAT=rs["RSSTRESC"].eq("ND").map({True: "NOT DONE", False: None}))
    rs["RSSTRESC"] = rs["RSSTRESC"].where(rs["RSSTRESC"] != "ND")
    ids = [case["case_id"] for case in SEQUENCES]
    start = [case["params"]["reference_date"] for case in SEQUENCES]
    return read(tmp_path_factory.mktemp("sequences"), {**people(ids, start), "rs": rs})


@pytest.mark.parametrize("uses_pd", [True, False])
def test_sequences_read_from_files(sequences: source.Trial, uses_pd: bool) -> None:
    kept = {case["case_id"]: case for case in SEQUENCES if case["params"]["use_pd"] == uses_pd}
    settings = next(iter(kept.values()))["params"]
    responses = recorded(sequences.table("RS"), keep_not_done=True)
    start = first_dose(sequences).reindex(list(kept))
    found = best(
        responses,
        start,
        min_sd_days=settings["ref_start_window"],
        confirm_days=settings["ref_confirm"],
        accept_sd_between=settings["accept_sd"],
        until_progression=uses_pd,
        from_start=False,  # admiralonco counts a response before the first dose; the trial's own rule does not
    ).set_index("USUBJID")
    any_day = {"reference_date": ""}
    same = [case for case in kept.values() if case["params"] | any_day == settings | any_day]
    assert len(same) > 20
    wrong = {
        (case["case_id"], name): (found.loc[case["case_id"], name], case["expected"][name]["value"])
        for case in same
        for name in ("BOR", "CBOR")
        if found.loc[case["case_id"], name] != case["expected"][name]["value"]
    }
    assert wrong == {}


def test_a_response_before_the_first_dose_is_the_only_difference_by_default(sequences: source.Trial) -> None:
    """spec/endpoints.md counts assessments from treatment start; admiralonco counts every response (F0218)."""
    responses = recorded(sequences.table("RS"), keep_not_done=True)
    ids = [case["case_id"] for case in SEQUENCES if case["params"]["ref_start_window"] == 42]
    start = first_dose(sequences).reindex(ids)
    everything, own = (best(responses, start, from_start=whether)["BOR"] for whether in (False, True))
    assert [ids[place] for place in (everything != own).to_numpy().nonzero()[0]] == ["aofz-F0218"]
