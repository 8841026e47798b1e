"""Target response from lesion measurements: 38 hand-typed trajectories, and the readings the ambiguous ones allow."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb.derive.recist import derived

LINES = (Path(__file__).parent / "recist" / "target_trajectories.shared.jsonl").read_text().splitlines()
CASES = {case["case_id"]: case for case in map(json.loads, LINES)}
START = pd.Timestamp("2026-03-02")

# Golden gives 0 mm where not one lesion was measured; here such a sum is missing (missing is not zero).
NOTHING_MEASURED = {("tr034", 84)}
# The column of the EORTC reading says SD at day 126 after two PR; by that reading (tr055, tr057) a PR continues to PD.
CONTINUES = {("tr048", 126): "PR"}
# What each alternative needs: the reading that gives it. tr054's would make a complete response a progression, which
# RECIST 1.1 4.3.1 excludes (all nodes below 10 mm is CR); its main answer is the only one derived.
READING = {
    "tr019": {"reappearance_is_progression": False},
    "tr020": {"reappearance_is_progression": False},
    "tr037": {"missing_growth": 2},
    "tr055": {"partial_response_continues": True},
    "tr057": {"partial_response_continues": True},
}


def tables(cases) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the trajectories as SDTM TU and TR: nodes by short axis, `NE` as not done, other words as results."""
    tu, tr = [], []
    for case in cases:
        node = {lesion["lesion"]: lesion["kind"].startswith("lymph") for lesion in case["lesions"]}
        tu += [(case["case_id"], name, "TARGET", "LYMPH NODE" if node[name] else "LIVER") for name in node]
        for visit in [*case["pre_baseline"], case["baseline"], *case["visits"]]:
            when = (float(visit["day"]), START + pd.Timedelta(days=visit["day"]))
            for name, value in visit["values"].items():
                number = float(value) if value.replace(".", "").isdigit() else np.nan
                status, text = ("NOT DONE", None) if value == "NE" else (None, value)
                test = "SAXIS" if node[name] else "LDIAM"
                tr.append((case["case_id"], name, "TARGET", test, number, text, status, *when))
            if not visit["values"]:  # no target disease: only a non-target lesion is looked at
                tr.append((case["case_id"], "NT01", "NON-TARGET", "TUMSTATE", np.nan, "PRESENT", None, *when))
    results = ("USUBJID", "TRLNKID", "TRGRPID", "TRTESTCD", "TRSTRESN", "TRSTRESC", "TRSTAT", "VISITNUM", "TRDT")
    return pd.DataFrame(tu, columns=["USUBJID", "TULNKID", "TUSTRESC", "TULOC"]), pd.DataFrame(tr, columns=results)


def targets(**reading) -> pd.DataFrame:
    tu, tr = tables(CASES.values())
    start = pd.Series(START, index=list(CASES))
    return derived(tu, tr, start, **reading)[1].set_index(["USUBJID", "VISITNUM"])


def written(size: float) -> str:
    return "" if pd.isna(size) else f"{size:.6f}".rstrip("0").rstrip(".")


@pytest.fixture(scope="module")
def by_default() -> pd.DataFrame:
    return targets()


@pytest.mark.parametrize("case_id", CASES)
def test_trajectory(case_id: str, by_default: pd.DataFrame) -> None:
    for expected in CASES[case_id]["expected"]:
        found = by_default.loc[(case_id, float(expected["day"]))]
        assert found["TRGRESP"] == expected["target_response"]
        assert written(found["BASE"]) == expected["baseline_sum_mm"]
        assert written(found["NADIR"]) == expected["nadir_before_mm"]
        summed = "" if (case_id, expected["day"]) in NOTHING_MEASURED else expected["sum_mm"]
        assert written(found["SUMDIAM"]) == summed
        if expected["complete"] is not None:
            assert found["COMPLETE"] == expected["complete"]


def test_a_partial_response_may_continue_until_progression() -> None:
    found = targets(partial_response_continues=True)
    wrong = {}
    for case_id, case in CASES.items():
        for expected in case["expected"]:
            wanted = CONTINUES.get((case_id, expected["day"]), expected["if_eortc_continuing_pr"])
            if found.loc[(case_id, float(expected["day"])), "TRGRESP"] != wanted:
                wrong[case_id, expected["day"]] = wanted
    assert wrong == {}


@pytest.mark.parametrize("case_id", READING)
def test_the_other_reading_of_an_ambiguous_trajectory(case_id: str) -> None:
    found = targets(**READING[case_id])
    for alternative in CASES[case_id]["alternatives"]:
        day = CASES[case_id]["visits"][alternative["visit_index"]]["day"]
        assert found.loc[(case_id, float(day)), "TRGRESP"] == alternative["target_response"], alternative["why"]


def test_every_ambiguous_trajectory_is_answered_both_ways() -> None:
    assert {case_id for case_id, case in CASES.items() if "ambiguous" in case["tags"]} <= set(READING)


def test_order_of_records_and_patients_is_irrelevant(by_default: pd.DataFrame) -> None:
    tu, tr = tables(CASES.values())
    shuffled = derived(
        tu.sample(frac=1, random_state=1), tr.sample(frac=1, random_state=2), pd.Series(START, index=list(CASES)[::-1])
    )[1]
    columns = ["TRGRESP", "SUMDIAM", "NADIR", "BASE", "COMPLETE"]
    found = shuffled.set_index(["USUBJID", "VISITNUM"])[columns].sort_index()
    pd.testing.assert_frame_equal(found, by_default[columns].sort_index())
