"""Real SDTM and ADaM files that nobody on the project wrote are read, cell by cell as their own tools read them."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb.source import DataError, read
from ir5nb.source.readers import read_raw

RECIST = {"tables": {"RS": "rs_onco_recist", "TU": "tu_onco_recist", "TR": "tr_onco_recist"}}
LARGE = {"tables": {"RS": "rs_onco", "TU": "tu_onco", "TR": "tr_onco"}}
CHECK_IS_NE = {**LARGE, "codes": {"RS": {"RSSTRESC": {"CHECK": "NE"}}}}


# pandas reads the zero of a mainframe number as 16**-65: nothing in these tables is near it.
ZERO_OF_PANDAS = 1e-70


@pytest.fixture
def third_party(shared: Path) -> Path:
    return shared / "data"


def plain(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


# Rows as the data's own README counts them.
ROWS = {"DM": 306, "EX": 591, "DS": 850, "AE": 1191, "LB": 59580}


@pytest.mark.parametrize(
    ("mapping", "rows"),
    [(RECIST, {"RS": 66, "TU": 75, "TR": 546}), (CHECK_IS_NE, {"RS": 5808, "TU": 7734, "TR": 55995})],
)
def test_the_oncology_sets_of_pharmaverse(third_party, mapping, rows):
    trial = read(third_party / "pharmaversesdtm", mapping)
    assert {name: len(trial.table(name)) for name in ROWS | rows} == ROWS | rows
    assert len(trial.fingerprints) == 8


@pytest.mark.parametrize("name", ["DM", "EX", "DS", "AE", "RS", "TU", "TR"])
def test_every_cell_is_the_one_in_the_file(third_party, name):
    trial = read(third_party / "pharmaversesdtm", CHECK_IS_NE)
    rows = plain(third_party / "pharmaversesdtm" / trial.files[name])
    frame = trial.table(name)
    assert len(frame) == len(rows) > 0
    for column in rows[0]:
        cells = [row[column] or None for row in rows]
        if name == "RS" and column == "RSSTRESC":
            cells = ["NE" if cell == "CHECK" else cell for cell in cells]
        found = frame[column].astype(object).where(frame[column].notna(), None).tolist()
        if frame[column].dtype == object:
            assert found == cells
        else:
            assert found == [None if cell is None else float(cell) for cell in cells]


def test_the_responses_that_are_none_stop_the_run(third_party):
    with pytest.raises(DataError) as caught:
        read(third_party / "pharmaversesdtm", LARGE)
    errors = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert [(p.row, p.patient, p.column, p.found) for p in errors] == [
        (line, "01-711-1143", "RSSTRESC", "CHECK") for line in (4067, 4069, 4071)
    ]


def test_partial_imaging_dates_are_queries_and_not_completed(third_party):
    trial = read(third_party / "pharmaversesdtm", RECIST)
    partial = [query for query in trial.queries if query.column == "RSDTC"]
    assert {query.found for query in partial} == {"2014-02"}
    responses = trial.table("RS")
    assert responses.loc[[query.row - 2 for query in partial], "RSDT"].isna().all()
    assert len(partial) == int((responses["RSDTC"].notna() & responses["RSDT"].isna()).sum()) == 3


@pytest.mark.parametrize(("name", "shape"), [("adsl", (254, 49)), ("adae", (1191, 55)), ("adtte", (254, 26))])
def test_sas_transport_files_agree_with_another_reader(third_party, name, shape):
    path = third_party / "phuse-tdf" / f"{name}.xpt"
    raw, other = read_raw(path), pd.read_sas(path, encoding="utf-8")
    assert raw.shape == other.shape == shape
    for column in raw:
        if raw[column].dtype == float:
            numbers = other[column].to_numpy(float)
            expected = np.where(np.abs(numbers) < ZERO_OF_PANDAS, 0.0, numbers)
            np.testing.assert_array_equal(raw[column].to_numpy(), expected)
        elif pd.api.types.is_numeric_dtype(other[column]) or pd.api.types.is_datetime64_any_dtype(other[column]):
            epoch = pd.Timestamp("1960-01-01")  # SAS counts days from here
            days = [None if np.isnan(day) else str((epoch + pd.Timedelta(days=day)).date()) for day in other[column]]
            assert raw[column].tolist() == days
        else:
            assert raw[column].tolist() == other[column].replace("", None).where(other[column].notna(), None).tolist()


def test_transport_files_are_read_as_tables_of_a_study(third_party, tmp_path, study, deliver):
    """The pilot's ADAE stands in for AE: its patients are strangers to the small study, and only that is refused."""
    folder = deliver({stem: rows for stem, rows in study.items() if stem != "ae"})
    (folder / "adae.xpt").symlink_to(third_party / "phuse-tdf" / "adae.xpt")
    with pytest.raises(DataError) as caught:
        read(folder, {"tables": {"AE": "adae"}, "columns": {"AE": {"AESTDTC": "ASTDT", "AEENDTC": "AENDT"}}})
    errors = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert {(problem.table, problem.column, problem.expected) for problem in errors} == {
        ("AE", "USUBJID", "a patient of DM")
    }
    assert sum(1 + problem.further for problem in errors) == 1191
