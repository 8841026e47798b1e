"""`derive` against the simulator, which share no code: target responses and week-24 successes of 5 x 150 patients."""

import pandas as pd
import pytest

from ir5nb import source
from ir5nb.derive import assays, clinical, hcg, recist, subjects, week24, week24_hcg
from ir5nb.simulate import platform, story, write
from ir5nb.simulate.platform import CUTOFF

SIZE = 150
IMAGED = ("PM", "TET", "ATC", "NET")


@pytest.fixture(scope="module")
def simulated():
    return platform(21, sizes=dict.fromkeys((*IMAGED, "GTT"), SIZE))


@pytest.fixture(scope="module")
def trial(simulated, tmp_path_factory):
    folder = tmp_path_factory.mktemp("platform")
    write({name: table for name, table in simulated.items() if not name.startswith("truth")}, folder, "parquet")
    return source.read(folder)


def _members(trial, code):
    patients = subjects.adsl(trial.tables, cohort=code, column="ARMCD", values=[code], cutoff=CUTOFF)
    return patients, {name: table[table["USUBJID"].isin(patients["USUBJID"])] for name, table in trial.tables.items()}


@pytest.mark.parametrize("code", IMAGED)
def test_target_responses_from_measurements_are_those_the_simulated_radiologist_read(trial, code):
    patients, tables = _members(trial, code)
    _, targets = recist.derived(tables["TU"], tables["TR"], patients.set_index("USUBJID")["TRTSDT"], rs=tables["RS"])
    recorded = tables["RS"][tables["RS"]["RSTESTCD"].eq("TRGRESP")]
    both = recorded.merge(targets, on=["USUBJID", "VISITNUM"], how="left")
    assert len(both) > 200
    assert (
        both.loc[both["RSSTRESC"] != both["TRGRESP"], ["USUBJID", "VISITNUM", "RSSTRESC", "TRGRESP"]].values.tolist()
        == []
    )


def _two_days_about_the_landmark(tables, start):
    """Patients with a visit that begins by the landmark and ends after it: the day of a progression there is a rule."""
    visits = tables["TR"].groupby(["USUBJID", "VISITNUM"])["TRDTC"].agg(["min", "max"]).reset_index()
    landmark = visits["USUBJID"].map((start + pd.Timedelta(days=168)).dt.strftime("%Y-%m-%d"))
    return set(visits.loc[(visits["min"] <= landmark) & (landmark < visits["max"]), "USUBJID"])


@pytest.mark.parametrize("code", IMAGED)
def test_week_24_successes_are_those_counted_plainly(simulated, trial, code):
    patients, tables = _members(trial, code)
    if code == "ATC":
        status = week24.alive(patients, cutoff=CUTOFF)
    else:
        symptoms = clinical.progressions(tables["RS"]) if code == "PM" else None
        status = week24.progression_free(patients, recist.recorded(tables["RS"]), cutoff=CUTOFF, clinical=symptoms)
    plain = story.week24(simulated, code).set_index("USUBJID")
    derived = status.set_index("USUBJID")["STATUS"].eq("SUCCESS").reindex(plain.index)
    differ = set(plain.index[derived != plain["success"]])
    assert len(plain) > 130
    assert 20 < derived.sum() < 120
    assert differ <= _two_days_about_the_landmark(tables, plain["start"])


def test_hcg_successes_are_those_counted_plainly(simulated, trial):
    patients, tables = _members(trial, "GTT")
    series = assays.series(patients, tables["LB"][tables["LB"]["LBTESTCD"].eq("HCG")])
    found = hcg.outcomes(patients, series, surgery=hcg.hysterectomies(tables["PR"]), cutoff=CUTOFF)
    status = week24_hcg.hcg(patients, found, cutoff=CUTOFF).set_index("USUBJID")["STATUS"]
    plain = story.week24(simulated, "GTT").set_index("USUBJID")["success"]
    assert plain.sum() > 30
    assert (status.reindex(plain.index).eq("SUCCESS") == plain).all()
