"""Best overall response against admiralonco: its unit tests and 267 generated sequences, run through our functions."""

import json
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from ir5nb.derive.response import BENEFIT, best
from ir5nb.derive.response_assessments import assessments, counted

FOLDER = Path(__file__).parent / "bor"


def read(name: str) -> list[dict]:
    return [json.loads(line) for line in (FOLDER / name).read_text().splitlines()]


RUNS = read("admiralonco_runs.shared.jsonl")
UNIT = [case for case in read("admiralonco_unit_tests.shared.jsonl") if case["endpoint"] != "FILTER_PD"]
FILTERED = [case for case in read("admiralonco_unit_tests.shared.jsonl") if case["endpoint"] == "FILTER_PD"]
NEVER = "1900-01-01"  # a reference date before everything, for endpoints that have none


def responses(cases: list[dict]) -> pd.DataFrame:
    rows = [
        (case["case_id"], float(number), seen["date"], seen["response"])
        for case in cases
        for number, seen in enumerate(case["assessments"], start=1)
    ]
    table = pd.DataFrame(rows, columns=["USUBJID", "VISITNUM", "ADT", "AVALC"])
    days = pd.to_datetime(table["ADT"])
    return table.assign(
        EVAL="INVESTIGATOR",
        VISIT="V",
        ADT=days,
        FIRSTDT=days,
        SRCDOM="RS",
        SRCSEQ=range(1, len(table) + 1),
        reason="RS",
    )


def found(cases: list[dict]) -> pd.DataFrame:
    """Run cases of the same parameters together, so that patients beside a patient are shown not to matter."""
    settings = cases[0]["params"]
    ids = [case["case_id"] for case in cases]
    start = pd.Series(pd.to_datetime([case["params"]["reference_date"] or NEVER for case in cases]), index=ids)
    given = [case["params"].get("pd_date") for case in cases]
    end = pd.Series(pd.to_datetime([None if day in (None, "NOT_USED") else day for day in given]), index=ids)
    return best(
        responses(cases),
        start,
        end,
        min_sd_days=settings.get("ref_start_window", 0),
        confirm_days=settings.get("ref_confirm", 28),
        max_ne_between=settings.get("max_nr_ne", 1),
        accept_sd_between=bool(settings.get("accept_sd")),
        missing_as_ne=bool(settings.get("missing_as_ne")),
        until_progression=bool(settings.get("use_pd")),
        from_start=False,  # admiralonco counts a response before the reference date too
        benefit=settings.get("clinben_vals") or BENEFIT,
    ).set_index("USUBJID")


def answer(row: pd.Series, endpoint: str) -> dict[str, str | None]:
    day = row[f"{endpoint}DT"]
    value = row[endpoint] if endpoint in ("BOR", "CBOR") else ("N" if pd.isna(day) else "Y")
    return {"value": value, "date": None if pd.isna(day) else f"{day:%Y-%m-%d}"}


def grouped(cases: list[dict]) -> list[list[dict]]:
    groups = defaultdict(list)
    for case in cases:
        settings = {key: value for key, value in case["params"].items() if not key.endswith("_date")}
        groups[json.dumps(settings, sort_keys=True)].append(case)
    return list(groups.values())


@pytest.mark.parametrize("cases", grouped(RUNS), ids=lambda cases: f"{cases[0]['case_id']}-and-{len(cases) - 1}")
def test_generated_sequences(cases: list[dict]) -> None:
    table = found(cases)
    wrong = [
        (case["case_id"], endpoint, expected, answer(table.loc[case["case_id"]], endpoint))
        for case in cases
        for endpoint, expected in case["expected"].items()
        if answer(table.loc[case["case_id"]], endpoint) != expected
    ]
    assert wrong == []


@pytest.mark.parametrize("case", UNIT, ids=lambda case: case["case_id"])
def test_unit_tests_of_admiralonco(case: dict) -> None:
    row = found([case]).loc[case["case_id"]]
    assert answer(row, case["endpoint"]) == case["expected"], case["source"]["test"]


@pytest.mark.parametrize("case", FILTERED, ids=lambda case: case["case_id"])
def test_assessments_are_kept_up_to_the_first_progression(case: dict) -> None:
    table = responses([case])
    roster = pd.Series(pd.to_datetime([NEVER]), index=[case["case_id"]])
    window, stop = counted(assessments(table, roster), roster, None, until_progression=True, from_start=True)
    assert table["AVALC"].iloc[window.row].tolist() == case["expected"]["kept_responses"]
    day = case["params"]["pd_date"]
    assert pd.isna(stop[0]) if day is None else stop[0] == pd.Timestamp(day)


def test_the_number_of_answers_compared() -> None:
    """Five endpoints of 267 sequences and 50 unit tests: no case was lost on the way."""
    assert sum(len(case["expected"]) for case in RUNS) + len(UNIT) == 1385


@pytest.mark.parametrize(
    "case", [case for case in RUNS if case["strict_recist11_confirmed_bor"]], ids=lambda c: c["case_id"]
)
def test_table_3_to_the_letter(case: dict) -> None:
    start = pd.Series(pd.to_datetime([case["params"]["reference_date"]]), index=[case["case_id"]])
    row = best(responses([case]), start, table_3=True).iloc[0]
    assert row["CBOR"] == case["strict_recist11_confirmed_bor"], row["CBORREAS"]


def two_scans(first: str, second: str, first_day: int, second_day: int) -> pd.DataFrame:
    origin = pd.Timestamp("2024-01-01")
    days = [f"{origin + pd.Timedelta(days=day):%Y-%m-%d}" for day in (first_day, second_day)]
    seen = [{"date": day, "response": level} for day, level in zip(days, (first, second), strict=True)]
    return responses([{"case_id": "P", "assessments": seen}])


@pytest.mark.parametrize(
    "row", list(pd.read_csv(FOLDER / "strict_vs_admiralonco.csv").itertuples()), ids=lambda row: row.sequence
)
def test_where_admiralonco_parts_from_table_3(row) -> None:
    table = two_scans(*row.sequence.split("-"), row.first_day, row.second_day)
    start = pd.Series(pd.to_datetime(["2024-01-01"]), index=["P"])
    assert best(table, start)["CBOR"].item() == row.admiralonco_CBOR
    assert best(table, start, table_3=True)["CBOR"].item() == row.strict_RECIST11_CBOR


TABLE_3 = pd.read_csv(FOLDER.parent / "recist" / "table3_bor_reference.csv", keep_default_na=False)


@pytest.mark.parametrize("row", list(TABLE_3.itertuples()), ids=lambda row: f"{row.first}-{row.subsequent}")
def test_printed_table_3(row) -> None:
    start = pd.Series(pd.to_datetime(["2024-01-01"]), index=["P"])
    late = best(two_scans(row.first, row.subsequent, 56, 112), start, table_3=True)["CBOR"].item()
    assert late == row.bor_if_min_SD_duration_met
    early = best(two_scans(row.first, row.subsequent, 7, 35), start, table_3=True)["CBOR"].item()
    assert early == row.bor_if_not_met


@pytest.mark.parametrize("level", ["iCR", "CHECK", "PR "])
def test_an_unknown_response_is_refused(level: str) -> None:
    """As admiralonco does (bor/error_cases.json: "invalid values were found: iCR")."""
    with pytest.raises(ValueError, match="unknown response"):
        best(two_scans(level, "CR", 10, 20), pd.Series(pd.to_datetime(["2024-01-01"]), index=["P"]))


def test_refused_levels_are_those_the_peer_refuses() -> None:
    errors = json.loads((FOLDER / "error_cases.json").read_text())
    refused = [case for case in errors if case["fn"].startswith("derive_param_confirmed")]
    assert len(refused) == 2
    for case in refused:
        table = responses(
            [
                {
                    "case_id": "P",
                    "assessments": [{"date": "2024-02-01", "response": r} for r in case["responses_present"]],
                }
            ]
        )
        with pytest.raises(ValueError, match="iCR"):
            best(table, pd.Series(pd.to_datetime(["2024-01-01"]), index=["P"]))
