"""Responses on the pharmaverse example tables: best response as its template derives it, and strict RECIST from TR."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb.derive.recist import derived, recorded
from ir5nb.derive.response import best, first_progression

HERE = Path(__file__).parent
EXPECTED = pd.read_csv(HERE / "bor" / "adrs_expected.shared.csv", keep_default_na=False)
STRICT = pd.read_csv(HERE / "recist" / "strict_timepoint_from_TR.shared.csv", keep_default_na=False)
FILES = {"rs_onco": "rs_onco.csv.gz", "rs_onco_recist": "rs_onco_recist.csv"}
# The golden sums follow visit numbers; RECIST's nadir is the smallest sum so far, in time (golden tr052 says so too).
# 1153: visit 9.3 (2013-12-30) took place before visit 9.2 (2014-01-08).
# 1143: the two scans both numbered 9.2 (2013-06-22, 2013-09-22) are two visits; the first (41 mm) is a nadir.
OUT_OF_NUMBER = {
    ("01-701-1153", "INVESTIGATOR", "", "2013-12-30"): {"TRGRESP": "SD", "AVALC": "SD", "NADIR": 50.0},
    ("01-711-1143", "INVESTIGATOR", "", "2013-09-22"): {"NADIR": 41.0},
    ("01-701-1153", "INDEPENDENT ASSESSOR", "RADIOLOGIST 1", "2014-01-08"): {"NADIR": 39.0},
    ("01-701-1153", "INDEPENDENT ASSESSOR", "RADIOLOGIST 2", "2013-12-30"): {"NADIR": 42.0},
}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "pharmaversesdtm"


def read(path: Path, domain: str) -> pd.DataFrame:
    """Read one table with its parsed days (a partial date has none)."""
    table = pd.read_csv(path)
    column = f"{domain}DTC"
    if column not in table:
        return table
    day = pd.to_datetime(table[column].where(table[column].str.len() == len("2014-01-02")))
    return table.assign(**{f"{domain}DT": day})


@pytest.fixture(scope="module")
def treatment_start(folder: Path) -> pd.Series:
    dm = pd.read_csv(folder / "dm.csv").set_index("USUBJID")
    return pd.to_datetime(dm["RFXSTDTC"].str.slice(0, 10))


@pytest.mark.parametrize("source", sorted(set(EXPECTED["source"])))
def test_best_response_as_the_template_derives_it(source: str, folder: Path, treatment_start: pd.Series) -> None:
    name, evaluator = source.split("/")
    rs = read(folder / FILES[name], "RS")
    # one visit of 01-711-1143 says CHECK: read as not evaluable, as a corrections ledger would
    rs = rs.assign(RSSTRESC=rs["RSSTRESC"].replace("CHECK", "NE"))
    responses = recorded(rs, "INVESTIGATOR" if evaluator == "INVESTIGATOR" else "INDEPENDENT")
    golden = EXPECTED[EXPECTED["source"] == source]
    roster = treatment_start.reindex(golden["USUBJID"].unique())
    found = best(responses, roster).merge(first_progression(responses, roster)[["USUBJID", "PDDT"]], on="USUBJID")
    for parameter in ("BOR", "CBOR", "RSP", "CRSP", "CB", "CCB", "PD"):
        expected = golden[golden["PARAMCD"] == parameter].set_index("USUBJID").reindex(found["USUBJID"])
        day = found[f"{parameter}DT"]
        value = found[parameter] if parameter.endswith("BOR") else day.notna().map({True: "Y", False: "N"})
        assert value.tolist() == expected["AVALC"].tolist(), parameter
        assert day.dt.strftime("%Y-%m-%d").fillna("").tolist() == expected["ADT"].tolist(), parameter


def test_unknown_level_of_the_real_table_names_row_and_patient(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"row \d+ \(patient 01-711-1143\): RSSTRESC is 'CHECK'"):
        recorded(read(folder / FILES["rs_onco"], "RS"))


def strict(folder: Path, treatment_start: pd.Series, source: str, evaluator: str, reader: str) -> pd.DataFrame:
    ending = "_recist.csv" if source.endswith("_recist") else ".csv.gz"
    tu, tr = (read(folder / f"{domain}_onco{ending}", domain.upper()) for domain in ("tu", "tr"))
    responses, targets = derived(tu, tr, treatment_start, evaluator=evaluator, reader=reader or None)
    key = ["USUBJID", "VISITNUM", "ADT"]
    return targets[targets["BASEFL"] == "N"].merge(responses[[*key, "AVALC"]], on=key)


READINGS = sorted(set(zip(STRICT["source"], STRICT["evaluator"], STRICT["evaluator_id"], strict=True)))


@pytest.mark.parametrize(("source", "evaluator", "reader"), READINGS)
def test_strict_recist_from_measurements(
    source: str, evaluator: str, reader: str, folder: Path, treatment_start: pd.Series
) -> None:
    kept = (STRICT["source"] == source) & (STRICT["evaluator"] == evaluator) & (STRICT["evaluator_id"] == reader)
    golden = STRICT[kept].astype({"VISITNUM": float})
    found = strict(folder, treatment_start, source, evaluator, reader)
    both = golden.merge(found, on=["USUBJID", "VISITNUM"])
    both = both[(both["date"].str.len() < 10) | (both["date"] == both["ADT"].dt.strftime("%Y-%m-%d"))]
    assert len(both) == len(golden)
    differences = {}
    for _, row in both.iterrows():
        expected = {
            "TRGRESP": row["strict_target"],
            "NTRGRESP": row["strict_non_target"],
            "NEWLES": row["new_lesion"],
            "AVALC": row["strict_overall"],
            "BASE": number(row["baseline_sum_mm"]),
            "NADIR": number(row["nadir_before_mm"]),
            "SUMDIAM": summed(row),
        }
        wrong = {name: row[name] for name, value in expected.items() if not same(row[name], value)}
        if wrong:
            differences[row["USUBJID"], evaluator, reader, row["date"]] = wrong
    of_reading = {key: value for key, value in OUT_OF_NUMBER.items() if key[1:3] == (evaluator, reader)}
    assert differences == (of_reading if source == "tr_onco" else {})


def summed(row: pd.Series) -> float:
    """Golden gives 0 mm where not one target was measured; here such a sum is missing (missing is not zero)."""
    value = number(row["sum_measured_mm"])
    return np.nan if value == 0 and row["all_targets_measured"] == "N" else value


def number(text: str) -> float:
    return float(text) if text else np.nan


def same(found: object, expected: object) -> bool:
    return found == expected or (pd.isna(found) and pd.isna(expected))


def test_every_golden_visit_is_compared() -> None:
    assert len(STRICT) == 1224
    assert len(READINGS) == 6
