"""Exposure, laboratory shifts, steroids and incidence, each against numbers worked out by hand in the comment."""

from __future__ import annotations

from math import exp, factorial
from pathlib import Path

import pandas as pd
import pytest

from ir5nb import analyses, source
from ir5nb.analyses import safety, safety_outcomes, safety_special
from ir5nb.analyses.safety_counts import Groups
from ir5nb.derive.adverse_events import adae
from ir5nb.derive.ae_levels import GRADES
from ir5nb.derive.ae_steroids import treated_with_steroids
from ir5nb.derive.ae_window import window
from ir5nb.derive.exposure import by_drug
from ir5nb.derive.exposure_intensity import Planned, adex, intensity
from ir5nb.derive.laboratory import adlb
from ir5nb.plan import SafetyPlan


def patients(*names: str, last: str = "2025-06-05") -> pd.DataFrame:
    dates = {"INCLDT": "2025-01-02", "TRTSDT": "2025-01-05", "TRTEDT": last}
    frame = pd.DataFrame({"USUBJID": list(names), "SAFFL": "Y", "COHORT": "PM"})
    frame = frame.assign(**{name: pd.Timestamp(day) for name, day in dates.items()})
    return frame.assign(DTHDT=pd.NaT, NEWTXDT=pd.NaT, LSTALVDT=pd.NaT, EOTDT=pd.NaT, EOTREAS=None).astype(
        dict.fromkeys(("DTHDT", "NEWTXDT", "LSTALVDT", "EOTDT"), "datetime64[ns]")
    )


def doses(days: list[str], amounts: list[float], adjusted: list[str | None] | None = None) -> pd.DataFrame:
    day = pd.to_datetime(days)
    return pd.DataFrame({"USUBJID": "1", "EXTRT": "A", "EXDOSE": amounts, "EXDOSU": "mg", "EXSTDT": day, "EXENDT": day,
                         "EXADJ": adjusted or [None] * len(days), "EXSEQ": range(1, len(days) + 1)})  # fmt: skip


@pytest.mark.parametrize(
    ("days", "amounts", "expected"),
    [
        (["2025-01-05", "2025-01-26", "2025-02-16"], [100, 100, 100], 1.0),  # as planned: 300 mg in 63 days
        (["2025-01-05", "2025-02-02", "2025-02-23"], [100, 100, 100], 0.9),  # a week late: 300 mg in 70 days
        (["2025-01-05", "2025-01-26", "2025-02-16"], [100, 50, 100], 250 / 300),
        (["2025-01-05", "2025-01-26", "2025-02-16"], [100, 0, 100], 200 / 300),  # the second was not given
        (["2025-01-05"], [100], 1.0),
        (["2025-01-05", "2025-01-19"], [100, 100], 1.2),  # a week early: 200 mg in 35 days, planned 166.7
    ],
)  # fmt: skip
def test_relative_dose_intensity(days: list[str], amounts: list[float], expected: float) -> None:
    row = intensity(adex(doses(days, amounts), patients("1")), {"A": Planned(100, 21)}).iloc[0]
    assert row["RDI"] == pytest.approx(expected, rel=1e-12)  # a few floating operations
    assert row["OMITTED"] == amounts.count(0)
    assert row["DOSES"] == len(amounts) - amounts.count(0)


def test_each_cohort_is_held_against_the_planned_doses_of_its_own_plan(root: Path) -> None:
    """Cohort 5 gives a dose every 28 days, the others every 21; recounted from the dose records alone."""
    plan = SafetyPlan.load("pooled_safety")
    safe = analyses.pooled(source.read(None).as_of(plan.cutoff), plan)
    found = safe.intensities
    ex = pd.read_csv(root / "src/ir5nb/demo/ex.csv", parse_dates=["EXSTDTC"])
    ex = ex[ex["EXTRT"].eq("ZIMBERELIMAB") & ex["EXSTDTC"].le("2026-06-30")]
    arm = pd.read_csv(root / "src/ir5nb/demo/dm.csv").set_index("USUBJID")["ARMCD"]
    for patient, own in ex.groupby("USUBJID"):
        every = 28 if arm[patient] == "NET" else 21
        weeks = ((own["EXSTDTC"].max() - own["EXSTDTC"].min()).days + every) / 7
        row = found[found["USUBJID"].eq(patient) & found["EXTRT"].eq("ZIMBERELIMAB")]
        assert row["RDI"].item() == pytest.approx((own["EXDOSE"].sum() / weeks) / (360 * 7 / every), rel=1e-12)
    assert found.loc[~found["EXTRT"].isin(["ZIMBERELIMAB", "DOMVANALIMAB"]), "RDI"].isna().all()
    assert safety_outcomes.exposure(safe).results["method"].str.contains("ASSUMED doses").any()


def test_delays_and_reductions_are_those_recorded_and_no_plan_means_no_intensity() -> None:
    told = [None, "DOSE DELAYED: SCHEDULING", "DOSE REDUCED: ADVERSE EVENT"]
    found = intensity(adex(doses(["2025-01-05", "2025-02-02", "2025-02-23"], [100, 100, 80], told), patients("1")))
    row = found.iloc[0]
    assert (row["DELAYED"], row["REDUCED"], row["CYCLES"], row["CUMDOSE"], row["DURDAYS"]) == (1, 1, 3, 280, 49)
    assert pd.isna(row["RDI"])
    assert row["reason"] == "no planned dose given: no relative dose intensity"


def test_doses_that_were_changed_are_counted_by_drug_where_the_source_says_so() -> None:
    told = [None, "DOSE DELAYED: SCHEDULING", "DOSE REDUCED: ADVERSE EVENT"]
    given = doses(["2025-01-05", "2025-02-02", "2025-02-23"], [100, 100, 80], told)
    assert by_drug(given, pd.Series(["1"]))[["DOSES", "DELAYED"]].values.tolist() == [[3, 2]]
    assert by_drug(given.drop(columns="EXADJ"), pd.Series(["1"]))["DELAYED"].isna().all()


def test_two_units_of_a_drug_cannot_be_added() -> None:
    mixed = doses(["2025-01-05", "2025-01-26"], [100, 100]).assign(EXDOSU=["mg", "mg/m2"])
    with pytest.raises(ValueError, match="more than one unit"):
        intensity(adex(mixed, patients("1")))
    with pytest.raises(ValueError, match="must be positive"):
        intensity(adex(mixed, patients("1")), {"A": Planned(0, 21)})


def labs(rows: list[tuple[str, float]], test: str = "NEUT", unit: str = "10^9/L") -> pd.DataFrame:
    frame = pd.DataFrame({"LBDT": pd.to_datetime([day for day, _ in rows]), "LBSTRESN": [value for _, value in rows]})
    known = {"USUBJID": "1", "LBTESTCD": test, "LBSTRESU": unit, "LBSTNRLO": 1.8, "LBSTNRHI": 7.5}
    return frame.assign(**known, LBSEQ=range(1, len(rows) + 1))


def test_baseline_is_the_last_value_up_to_the_first_dose_and_late_values_do_not_count() -> None:
    who = patients("1")
    rows = [("2025-01-01", 1.0), ("2025-01-05", 4.0), ("2025-02-01", 0.9), ("2025-11-05", 0.6),
            ("2025-11-06", 0.1)]  # fmt: skip
    found = adlb(labs(rows), who, window(who))
    assert found["ABLFL"].tolist() == [None, "Y", None, None, None]
    assert found["BASE"].tolist() == [4.0] * 5
    assert found["ONTRTFL"].tolist() == [None, None, "Y", "Y", None]  # 5 June + 5 months: 5 November
    assert found["ATOXGRN"].tolist() == [2, 0, 3, 3, 4]


def test_tsh_has_no_grade_and_hcg_is_no_safety_test() -> None:
    who = patients("1")
    tsh = adlb(labs([("2025-01-01", 5.0), ("2025-02-01", 11.3)], "TSH", "mIU/L"), who, window(who))
    assert tsh["ATOXGRN"].isna().all()
    assert tsh["ANRIND"].tolist() == ["NORMAL", "HIGH"]
    assert tsh["reason"].str.contains("CTCAE v5 has no grade by value").all()
    assert adlb(labs([("2025-02-01", 11.3)], "HCG", "IU/L"), who, window(who)).empty


def gathered(ae: pd.DataFrame, who: pd.DataFrame, lab: pd.DataFrame | None = None) -> safety.Safety:
    windows = window(who)
    events = adae(ae, who, windows, terms={"SKIN": ["RASH"]})
    cm = pd.DataFrame(columns=["USUBJID", "CMTRT", "CMSTDT"])
    events = events.assign(COHORT="PM", STEROIDFL=treated_with_steroids(events, cm))
    graded = adlb(labs([("2025-01-05", 4.0)]) if lab is None else lab, who, windows)
    groups = Groups.of(who["USUBJID"], {"PM": list(who["USUBJID"])})
    empty = adex(doses(["2025-01-05"], [100]), who)
    return safety.Safety(who, windows, events, GRADES, groups, empty, empty, graded, pd.DataFrame())


def events(days: list[str], grades: list[str | None], whom: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"USUBJID": whom, "AESEQ": range(1, len(days) + 1), "AETERM": "RASH", "AETOXGR": grades,
                         "AESTDTC": days, "AESTDT": pd.to_datetime(days)})  # fmt: skip


def test_an_event_without_a_grade_has_no_number_for_it() -> None:
    who = patients("1")
    graded = adae(events(["2025-02-01", "2025-02-02"], ["3", None], ["1", "1"]), who, window(who))
    assert graded["ATOXGRN"].astype(object).where(graded["ATOXGRN"].notna(), None).tolist() == [3, None]


def test_shift_of_the_laboratory() -> None:
    lab = labs([("2025-01-05", 1.6), ("2025-02-01", 0.9), ("2025-03-01", 1.2)])
    rows = safety_outcomes.laboratory(gathered(events([], [], []), patients("1", "2"), lab)).results
    told = rows.set_index(["endpoint", "group", "statistic"])["value"].to_dict()
    term = "NEUTROPHIL COUNT DECREASED"
    assert told[term, "1 to 3", "count"] == 1
    assert told[term, "", "total"] == 1  # of the two treated, one has a value on treatment


def test_incidence_by_hand() -> None:
    """Patients 1 and 2 have a first event after 30 and 61 days; 3 none in 307 days (2 January to 5 November)."""
    ae = events(["2025-02-01", "2025-03-04", "2025-04-01"], ["1", "2", "3"], ["1", "2", "1"])
    rows = safety_special.incidence(gathered(ae, patients("1", "2", "3"))).results
    cell = rows[rows["endpoint"].eq("any")].set_index("statistic")["value"]
    months = (30 + 61 + 307) / 30.4375
    assert cell["count"] == 2
    assert cell["months"] == pytest.approx(months, rel=1e-12)
    assert cell["incidence"] == pytest.approx(200 / months, rel=1e-12)
    assert cell["event_incidence"] == pytest.approx(300 / (3 * 307 / 30.4375), rel=1e-12)
    lower, upper = (cell[f"incidence_{end}"] * months / 100 for end in ("lower", "upper"))

    def below(mean: float, count: int) -> float:
        return sum(exp(-mean) * mean**k / factorial(k) for k in range(count + 1))

    assert 1 - below(lower, 1) == pytest.approx(0.025, abs=1e-9)  # the exact limits' definition (Ulm 1990)
    assert below(upper, 2) == pytest.approx(0.025, abs=1e-9)


def test_steroids_match_by_patient_and_days() -> None:
    day = pd.to_datetime
    onset = day(["2025-02-01", "2025-04-01", "2025-02-01", None])
    found = pd.DataFrame({"USUBJID": ["1", "1", "2", "3"], "ASTDT": onset,
                          "AENDT": day(["2025-02-10", None, "2025-02-10", None])})  # fmt: skip
    drugs = ["Prednisolone", "PREDNISONE", "IBUPROFEN", "PREDNISONE"]
    cm = pd.DataFrame({"USUBJID": ["1", "1", "2", "3"], "CMTRT": drugs,
                       "CMCAT": "CONCOMITANT MEDICATION",
                       "CMSTDT": day(["2025-02-10", "2025-03-31", "2025-02-02", "2025-02-02"])})  # fmt: skip
    assert treated_with_steroids(found, cm).tolist() == ["Y", None, None, None]


def test_deaths_by_cause() -> None:
    who = patients("1", "2", "3", "4")
    who["DTHDT"] = pd.to_datetime(["2025-03-01", "2025-11-06", "2025-11-05", None])
    ae = events(["2025-02-01", "2025-02-02"], ["5", "3"], ["1", "2"]).assign(AEREL=["Y", "N"])
    found = safety_outcomes.deaths(gathered(ae, who))
    told = found.results.set_index(["endpoint", "group", "statistic"])["value"].to_dict()
    assert told["deaths", "", "count"] == 3
    assert told["time of death", "after the counted days", "count"] == 1
    assert told["cause of death", "fatal adverse event, related", "count"] == 1
    assert told["cause of death", "no fatal adverse event recorded", "count"] == 2
    assert told["deaths", "", "proportion"] == 0.75
