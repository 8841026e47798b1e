"""The pooled analysis on real third-party input: severities shown as recorded, the traps listed as queries."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from ir5nb import source
from ir5nb.analyses import safety, safety_outcomes, safety_special
from ir5nb.analyses.cohort import derive
from ir5nb.derive.adverse_events import adae
from ir5nb.derive.ae_queries import queries
from ir5nb.derive.ae_window import window
from ir5nb.plan import CohortPlan
from ir5nb.tables import ae_worst_grade

PILOT_ARMS = ("Pbo", "Xan_Hi", "Xan_Lo")


@pytest.fixture(scope="module")
def pilot(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> safety.Safety:
    folder = tmp_path_factory.mktemp("pilot")
    for name in ("dm", "ds", "ex", "ae"):
        (folder / f"{name}.csv").write_bytes((shared / f"data/pharmaversesdtm/{name}.csv").read_bytes())
    trial = source.read(folder)
    base = CohortPlan.load("c3_tet")
    plans = [
        base.model_copy(
            update={"cohort": arm, "member_column": "ARMCD", "member_values": (arm,), "inclusion_column": "RFSTDTC"}
        )
        for arm in PILOT_ARMS
    ]
    return safety.gather([derive(trial.as_of(plan.cutoff), plan) for plan in plans])


def test_severity_stays_severity(pilot: safety.Safety) -> None:
    assert pilot.scale == ("MILD", "MODERATE", "SEVERE")
    assert pilot.events["ATOXGRN"].isna().all()
    rows = safety.worst_grade(pilot).results
    assert {"mild", "moderate", "severe", "ungraded"} <= set(rows["statistic"])
    assert not rows["statistic"].str.startswith("grade").any()
    page = str(ae_worst_grade(rows))
    assert "Grade" not in page.split("\n")[1]


def test_33_records_meet_a_criterion_and_are_not_called_serious(pilot: safety.Safety, shared: Path) -> None:
    """33 in the pilot's AE, all three deaths among them (issue 6)."""
    found = pilot.queries[pilot.queries["problem"].str.contains("is Y but AESER is")]
    ae = pd.read_csv(shared / "data/pharmaversesdtm/ae.csv", dtype=str)
    criteria = ["AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG"]
    expected = ae[(ae[criteria] == "Y").any(axis=1) & ae["AESER"].ne("Y")]
    assert len(expected) == 33
    told = set(zip(found["USUBJID"], found["SEQ"].astype(str), strict=True))
    assert told == set(zip(expected["USUBJID"], expected["AESEQ"], strict=True))
    assert found["problem"].str.contains("AESDTH").sum() == 3


def test_traps_are_queries(pilot: safety.Safety, shared: Path) -> None:
    problems = pilot.queries["problem"]
    dm = pd.read_csv(shared / "data/pharmaversesdtm/dm.csv", dtype=str)
    moved = dm[dm["ARMCD"].isin(PILOT_ARMS) & dm["ACTARMCD"].notna() & dm["ACTARMCD"].ne(dm["ARMCD"])]
    arms = pilot.queries[problems.str.startswith("planned arm")]
    assert set(arms["USUBJID"]) == set(moved["USUBJID"])
    assert len(arms) > 0
    ae = pd.read_csv(shared / "data/pharmaversesdtm/ae.csv", dtype=str)
    undated = problems.str.startswith("without a date of onset").sum()
    assert undated == ae["AESTDTC"].isna().sum()
    assert problems.str.startswith("entered before").sum() > 0


def test_every_analysis_runs_on_it(pilot: safety.Safety) -> None:
    analyses = [safety.overview(pilot), safety.by_term(pilot, "related"), safety_special.special_interest(pilot),
                safety_special.incidence(pilot), safety_special.time_to_first(pilot, "serious"),
                safety_outcomes.deaths(pilot), safety_outcomes.dose_changes(pilot), safety_outcomes.exposure(pilot),
                safety_outcomes.laboratory(pilot)]  # fmt: skip
    for analysis in analyses:
        totals = analysis.results[analysis.results["statistic"].eq("total") & analysis.results["cohort"].eq("TOTAL")]
        assert analysis.name == "laboratory" or (totals["value"] == 254).all(), analysis.name


def test_several_fatal_events_and_deaths_without_a_date_are_queries() -> None:
    day = pd.to_datetime(["2025-01-05", "2025-01-05"])
    none = pd.to_datetime([None, None])
    dates = {"INCLDT": day, "TRTSDT": day, "TRTEDT": day, "NEWTXDT": none, "LSTALVDT": none}
    dead = pd.to_datetime(["2025-02-01", None])
    subjects = pd.DataFrame({"USUBJID": ["1", "2"], "SAFFL": "Y", "DTHDT": dead} | dates)
    ae = pd.DataFrame({"USUBJID": ["1", "1", "2"], "AESEQ": [1, 2, 1], "AETERM": ["A", "B", "C"],
                       "AETOXGR": ["5", "5", "4"], "AEOUT": ["FATAL", None, "FATAL"], "AESTDTC": "2025-01-20",
                       "AESTDT": pd.to_datetime("2025-01-20")})  # fmt: skip
    found = queries(ae, adae(ae, subjects, window(subjects)), subjects)
    told = found.groupby("problem")[["USUBJID", "SEQ"]].apply(lambda rows: rows.astype(str).values.tolist()).to_dict()
    assert told["fatal, but the patient has no date of death (C)"] == [["2", "1"]]
    assert told["one of several fatal events of the patient (A)"] == [["1", "1"]]
    assert told["one of several fatal events of the patient (B)"] == [["1", "2"]]
    assert told["grade 5 without a fatal outcome (B)"] == [["1", "2"]]
    assert told["grade 4 with a fatal outcome (C)"] == [["2", "1"]]


@pytest.fixture(scope="module")
def random_data(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[safety.Safety, pd.DataFrame, pd.DataFrame]:
    """random.cdisc.data in the shape of SDTM: its file of events renamed by a mapping, patients from its ADSL."""
    folder, data = tmp_path_factory.mktemp("random"), shared / "data/random.cdisc.data"
    adsl, adae = (pd.read_csv(data / f"{name}.csv.gz", dtype=str) for name in ("cadsl", "cadae"))
    day = {name: adsl[name].str.slice(0, 10) for name in ("TRTSDTM", "TRTEDTM", "RANDDT", "DTHDT")}
    dm = adsl[["STUDYID", "USUBJID", "SITEID", "AGE", "SEX", "DTHFL", "ARMCD", "ACTARMCD"]]
    dm.assign(DTHDTC=day["DTHDT"], RFICDTC=day["RANDDT"]).to_csv(folder / "dm.csv", index=False)
    enrolled = {"USUBJID": adsl["USUBJID"], "DSCAT": "PROTOCOL MILESTONE", "DSDECOD": "ENROLLED", "DSTERM": "ENROLLED",
                "DSSTDTC": day["RANDDT"]}  # fmt: skip
    pd.DataFrame(enrolled).to_csv(folder / "ds.csv", index=False)
    last = day["TRTEDTM"].fillna("2026-01-01")  # still on treatment: the last dose is at the cut
    doses = {"USUBJID": adsl["USUBJID"], "EXTRT": adsl["ACTARM"], "EXDOSE": 1, "EXDOSU": "mg",
             "EXSTDTC": day["TRTSDTM"], "EXENDTC": last}  # fmt: skip
    pd.DataFrame(doses).to_csv(folder / "ex.csv", index=False)
    adae.to_csv(folder / "export_of_events.csv", index=False)
    mapping = {"tables": {"AE": "export_of_events"}, "columns": {"AE": {"AESTDTC": "ASTDTM", "AEENDTC": "AENDTM"}}}
    trial = source.read(folder, mapping=mapping)
    update = {"member_column": "ARMCD", "cutoff": dt.date(2026, 1, 1), "inclusion_column": None}
    base = CohortPlan.load("c3_tet").model_copy(update=update)
    plans = [
        base.model_copy(update={"cohort": arm[-1], "member_values": (arm,)}) for arm in ("ARM A", "ARM B", "ARM C")
    ]
    return safety.gather([derive(trial.as_of(plan.cutoff), plan) for plan in plans]), adsl, adae


def test_random_data_mapped_gives_the_third_partys_cells(random_data) -> None:
    """All its events start on treatment, so the counted ones are all: safety_cells, overview, TOTAL."""
    gathered, _, adae = random_data
    assert len(gathered.counted) == len(adae) == 1934
    rows = safety.overview(gathered).results
    total = rows[rows["cohort"].eq("TOTAL")].set_index(["group", "statistic"])["value"]
    assert (total["any", "count"], total["any", "events"]) == (365, 1934)
    assert total["serious related", "count"] == 221
    assert sorted(rows.loc[rows["statistic"].eq("total"), "value"])[-1] == 400


def test_random_datas_fatal_events_are_queries(random_data) -> None:
    gathered, adsl, adae = random_data
    fatal = adae[adae["AEOUT"].eq("FATAL")]
    dead = set(adsl.loc[adsl["DTHDT"].notna(), "USUBJID"])
    problems = gathered.queries["problem"]
    undated = gathered.queries[problems.str.startswith("fatal, but the patient has no date of death")]
    assert len(undated) == (~fatal["USUBJID"].isin(dead)).sum() == 300
    several = gathered.queries[problems.str.startswith("one of several fatal events")]
    assert len(several) == fatal["USUBJID"].duplicated(keep=False).sum() > 0
