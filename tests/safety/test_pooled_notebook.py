"""The pooled notebook itself on third-party input, as it is committed: plans of tests/plans, executed by Papermill.

Expected counts are recounted here from the third party's own files. Both data sets are known for their traps (issue 6):
each must stand in the notebook's table of queries.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from ir5nb.plan import read_yaml
from ir5nb.render import execute

Shown = dict[str, list[list[str]]]


def shown(notebook: Path, plan: Path, data: Path, folder: Path) -> Shown:
    """Execute the notebook; the rows of each table as text, by the table's title."""
    execute.run(notebook, folder / "executed.ipynb", read_yaml(plan) | {"data": str(data)}, plan.parents[2], 600)
    tables = {}
    for cell in nbformat.read(folder / "executed.ipynb", as_version=4).cells:
        for output in cell.get("outputs", []):
            title, *lines = output.get("data", {}).get("text/plain", "").splitlines() or [""]
            tables[title.removesuffix(" ASSUMED")] = [[part.strip() for part in line.split(" | ")] for line in lines]
    return tables


def queried(tables: Shown, problem: str) -> set[tuple[str, str]]:
    """Patients and record numbers of the queries whose problem contains a text."""
    return {(row[0], row[2]) for row in tables["Queries on adverse events"] if len(row) > 3 and problem in row[3]}


def keyed(rows: pd.DataFrame) -> set[tuple[str, str]]:
    return set(zip(rows["USUBJID"], rows["AESEQ"], strict=True))


@pytest.fixture(scope="module")
def pilot(root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    plan, data = root / "tests/plans/pooled_pilot.yaml", shared / "data/pharmaversesdtm"
    return shown(root / "notebooks/pooled_safety.ipynb", plan, data, tmp_path_factory.mktemp("pilot"))


@pytest.fixture(scope="module")
def random_data(root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The export holds one record of treatment a patient, in its ADSL: here it becomes one dose, first to last day.

    No public file has an event without a start date: every 400th of this copy loses its own.
    """
    folder, plan = tmp_path_factory.mktemp("random"), root / "tests/plans/pooled_random.yaml"
    shutil.copy(shared / "data/random.cdisc.data/cadsl.csv.gz", folder)
    adae = pd.read_csv(shared / "data/random.cdisc.data/cadae.csv.gz", dtype=str)
    adae.assign(ASTDTM=adae["ASTDTM"].mask(adae.index % 400 == 0)).to_csv(folder / "cadae.csv.gz", index=False)
    adsl = pd.read_csv(folder / "cadsl.csv.gz", dtype=str)
    last = adsl["TRTEDTM"].str.slice(0, 10).fillna("2026-01-01")  # still on treatment: the last dose is at the cut
    doses = {"USUBJID": adsl["USUBJID"], "EXTRT": adsl["ACTARM"], "EXDOSE": 1, "EXDOSU": "mg",
             "EXSTDTC": adsl["TRTSDTM"].str.slice(0, 10), "EXENDTC": last}  # fmt: skip
    pd.DataFrame(doses).to_csv(folder / "ex.csv", index=False)
    return shown(root / "notebooks/pooled_safety.ipynb", plan, folder, folder)


def test_pilot_severities_are_shown_as_recorded_and_no_grade_is_invented(pilot: Shown) -> None:
    head, *rows = pilot["Adverse events by worst grade: Total, N = 254"]
    assert head[1:] == ["Any", "Mild", "Moderate", "Severe", "Without a grade"]
    assert all(row[5].startswith("0 (") for row in rows if len(row) == 6)  # AESEV is always there
    assert not any("Grade 5" in part for row in rows for part in row)


def test_pilot_columns_are_the_treated_patients_of_the_plans_own_cohorts(pilot: Shown) -> None:
    head = pilot["Adverse events, overview"][0]
    assert head[1:4] == ["PLACEBO N = 86", "LOW N = 84", "HIGH N = 84"]
    assert head[-1] == "Total N = 254"


def test_pilot_partial_onsets_are_the_earliest_day_they_can_be(pilot: Shown) -> None:
    """COUGH of 01-701-1118, recorded as 2003: the first day of that year, long before inclusion."""
    late = {(row[0], row[2]): row for row in pilot["Late adverse events"] if len(row) > 7}
    assert late["01-701-1118", "COUGH"][4] == "2003-01-01"
    assert (
        late["01-701-1118", "COUGH"][7]
        == "AE 1: onset taken as 2003-01-01 (recorded 2003); before inclusion 2014-03-12"
    )


def test_pilot_traps_are_queries(pilot: Shown, shared: Path) -> None:
    ae, dm = (pd.read_csv(shared / f"data/pharmaversesdtm/{name}.csv", dtype=str) for name in ("ae", "dm"))
    criteria = ["AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG"]
    doubtful = ae[(ae[criteria] == "Y").any(axis=1) & ae["AESER"].ne("Y")]
    assert len(doubtful) == 33
    assert doubtful["AESDTH"].eq("Y").sum() == 3
    assert queried(pilot, "is Y but AESER is") == keyed(doubtful)
    assert len(queried(pilot, "AESDTH")) == 3
    treated = dm[dm["ARMCD"].isin(["Pbo", "Xan_Lo", "Xan_Hi"])]
    moved = treated[treated["ACTARMCD"].ne(treated["ARMCD"])]
    assert {patient for patient, _ in queried(pilot, "but actual arm")} == set(moved["USUBJID"])
    assert len(moved) > 0
    same = ["USUBJID", "AEDECOD", "AESEV", "AESTDTC", "AEENDTC"]
    again = ae[ae.duplicated(same)]
    assert queried(pilot, "entered before with the same term") == keyed(again)
    assert len(again) > 0


def test_random_data_counts_its_treated_patients(random_data: Shown) -> None:
    """365 of 400 patients have 1,934 events, all on treatment (safety_cells, overview); undated ones count too."""
    overview = {row[0]: row for row in random_data["Adverse events, overview"]}
    assert overview["Event"][-1] == "Total N = 400"
    assert overview["Any"][-1] == "365 ( 91.3 %) [ 1,934 ]"  # 91.25: half away from zero
    assert overview["Serious and related"][-1].startswith("221 (")


def test_random_data_traps_are_queries(random_data: Shown, shared: Path) -> None:
    data = shared / "data/random.cdisc.data"
    adsl, adae = (pd.read_csv(data / f"{name}.csv.gz", dtype=str) for name in ("cadsl", "cadae"))
    fatal = adae[adae["AETOXGR"].eq("5")]
    alive = adsl.loc[adsl["DTHDT"].isna(), "USUBJID"]
    assert queried(random_data, "fatal, but the patient has no date of death") == keyed(
        fatal[fatal["USUBJID"].isin(alive)]
    )
    several = fatal[fatal["USUBJID"].duplicated(keep=False)]
    assert queried(random_data, "one of several fatal events") == keyed(several)
    assert len(several) > 100
    undated = adae[adae.index % 400 == 0]
    assert queried(random_data, "without a date of onset") == keyed(undated)
    assert len(undated) == 5
