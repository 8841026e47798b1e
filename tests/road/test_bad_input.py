"""Bad input through the command: what is said, and that nothing is written; and the two cases that are no error."""

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest

import ir5nb

DEMO = Path(ir5nb.__file__).parent / "demo"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A copy of the demo tables, to be spoilt."""
    folder = tmp_path / "export"
    folder.mkdir()
    for path in DEMO.glob("*.csv"):
        shutil.copy(path, folder)
    return folder


def edit(path: Path, change) -> None:
    """Rewrite a table after `change(rows)`; the header is row 0, its line in the file is 1."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def refused(ir5nb, export: Path) -> str:
    """Run on the spoilt export; what the command says. Nothing may be written."""
    out = export.parent / "runs"
    done = ir5nb("run", "c3", "--data", export, "--out", out, "--formats", "html")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not out.exists() or not any(out.iterdir())
    assert ir5nb("check", export).returncode == 1
    return done.stderr


def test_missing_file(ir5nb, export: Path) -> None:
    (export / "ex.csv").unlink()
    said = refused(ir5nb, export)
    assert "EX" in said
    assert "ex.csv" in said


def test_missing_column(ir5nb, export: Path) -> None:
    edit(export / "rs.csv", lambda rows: rows[0].__setitem__(rows[0].index("RSSTRESC"), "RESULT"))
    said = refused(ir5nb, export)
    assert "rs.csv" in said
    assert "RSSTRESC" in said


def test_duplicate_patient(ir5nb, export: Path) -> None:
    edit(export / "dm.csv", lambda rows: rows.append(rows[1]))
    said = refused(ir5nb, export)
    patient = "IR5-"
    assert "dm.csv line 114" in said
    assert patient in said
    assert "USUBJID" in said


def test_unknown_response_level(ir5nb, export: Path) -> None:
    edit(export / "rs.csv", lambda rows: rows[5].__setitem__(rows[0].index("RSSTRESC"), "STABLE"))
    said = refused(ir5nb, export)
    assert "rs.csv line 6" in said
    assert "RSSTRESC = 'STABLE'" in said


def test_event_of_an_unknown_patient(ir5nb, export: Path) -> None:
    edit(export / "ae.csv", lambda rows: rows[9].__setitem__(rows[0].index("USUBJID"), "IR5-99-9999"))
    said = refused(ir5nb, export)
    assert "ae.csv line 10" in said
    assert "IR5-99-9999" in said


def test_all_problems_come_at_once(ir5nb, export: Path) -> None:
    edit(export / "rs.csv", lambda rows: rows[5].__setitem__(rows[0].index("RSSTRESC"), "STABLE"))
    edit(export / "ae.csv", lambda rows: rows[9].__setitem__(rows[0].index("USUBJID"), "IR5-99-9999"))
    said = refused(ir5nb, export)
    assert "STABLE" in said
    assert "IR5-99-9999" in said


def keep(export: Path, patients: set[str]) -> None:
    """Leave only some patients of cohort 3 in every table; those of the other cohorts stay."""
    dm = pd.read_csv(export / "dm.csv", dtype=str)
    gone = set(dm.loc[dm["ARMCD"].eq("TET"), "USUBJID"]) - patients
    for path in export.glob("*.csv"):

        def drop(rows: list[list[str]]) -> None:
            column = rows[0].index("USUBJID")
            rows[1:] = [row for row in rows[1:] if row[column] not in gone]

        edit(path, drop)


@pytest.mark.parametrize("patients", [set(), {"one"}], ids=["no patient", "one patient"])
def test_an_empty_cohort_and_one_patient_give_a_whole_page(ir5nb, export: Path, patients: set[str]) -> None:
    if patients:
        ex = pd.read_csv(export / "ex.csv", dtype=str)
        dm = pd.read_csv(export / "dm.csv", dtype=str)
        treated = dm[dm["ARMCD"].eq("TET") & dm["USUBJID"].isin(ex["USUBJID"])]
        patients = {treated["USUBJID"].iloc[0]}
    keep(export, patients)
    done = ir5nb("run", "c3", "--data", export, "--out", export.parent / "runs", "--run", "small", "--formats", "html")
    assert done.returncode == 0, done.stderr
    page = (export.parent / "runs" / "small" / "c3_tet.html").read_text(encoding="utf-8")
    for heading in ("1. What is decided", "4. Primary endpoint", "9. Where the numbers come from"):
        assert heading in page
    results = pd.read_parquet(export.parent / "runs" / "small" / "results.parquet")
    total = results.query("analysis == 'categories' and endpoint == '' and statistic == 'total'")["value"]
    assert total.tolist() == [len(patients)]
    assert f"{len(patients)} patients" in page or "0 successes in 1 patients" in page
