"""The choice between events and censoring dates, on admiral's own unit tests and on runs of admiral (R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ir5nb.derive.candidates import COLUMNS, decide, one_each
from ir5nb.derive.dates import NAT
from ir5nb.derive.time_rows import Kind, rows_of

LINES = (Path(__file__).parent / "tte" / "admiral_derive_param_tte.shared.jsonl").read_text().splitlines()
CASES = [json.loads(line) for line in LINES]


def candidates(case: dict[str, Any], role: str) -> list[pd.DataFrame]:
    """The case's candidates of a role, one frame per source, in the order the call lists the sources."""
    found = [candidate for candidate in case["candidates"] if candidate["role"] == role]
    frames = []
    for priority in sorted({candidate["priority"] for candidate in found}) or [1]:
        rows = [candidate for candidate in found if candidate["priority"] == priority]
        frame = pd.DataFrame({name: [None] * len(rows) for name in COLUMNS}, dtype=object)
        frame["patient"] = np.zeros(len(rows), dtype=np.int64)
        frame["ADT"] = pd.to_datetime([row["date"][:10] for row in rows]).to_numpy("datetime64[ns]")
        frame["KIND"] = [row["desc"] for row in rows]
        frame["SRCSEQ"] = [row.get("source_seq") for row in rows]
        frames.append(frame)
    return frames


def answer(case: dict[str, Any]) -> dict[str, Any]:
    event = one_each(1, candidates(case, "event"), NAT)
    chosen = decide(event, one_each(1, candidates(case, "censor"), NAT, last=True))
    # Where admiral is given no start date, any day not after the candidates leaves the date as it is.
    start = np.array([case["params"]["start_date"] or "1970-01-01"], "datetime64[D]").astype("datetime64[ns]")
    kinds = {candidate["desc"]: Kind(candidate["desc"], "") for candidate in case["candidates"]}
    rows = rows_of(
        pd.DataFrame({"USUBJID": ["1"]}), chosen, start, paramcd="TTE", param="", kinds=kinds, cut=NAT,
        count_first_day=True, reading="default",
    )  # fmt: skip
    if rows.empty:
        return {"record": False}
    row = rows.iloc[0]
    return {
        "record": True,
        "date": f"{row['ADT']:%Y-%m-%d}",
        "cnsr": int(row["CNSR"]),
        "desc": row["EVNTDESC"] if row["CNSR"] == 0 else row["CNSDTDSC"],
        "source_seq": None if pd.isna(row["SRCSEQ"]) else int(row["SRCSEQ"]),
        "aval_days_inclusive": int(row["AVAL"]),
    }


@pytest.mark.parametrize("case", CASES, ids=[case["case_id"] for case in CASES])
def test_same_choice_as_admiral(case: dict[str, Any]) -> None:
    expected = dict(case["expected"])
    if "date" in expected:
        expected["date"] = expected["date"][:10]  # this package keeps days, not times of day
    got = answer(case)
    assert {name: got[name] for name in expected} == expected


def test_on_one_day_the_first_event_source_and_the_last_censoring_source_win() -> None:
    # admiral 1.4.2, filter_date_sources: filter_extreme(order = date, source number, mode = "first" or "last")
    both = [{"role": role, "priority": number, "date": "2024-05-05", "desc": f"{role} {number}"}
            for role in ("event", "censor") for number in (1, 2)]  # fmt: skip
    params = {"start_date": "2024-01-01", "datetime": False}
    assert answer({"params": params, "candidates": both})["desc"] == "event 1"
    assert answer({"params": params, "candidates": both[2:]})["desc"] == "censor 2"
