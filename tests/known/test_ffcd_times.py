"""PFS, OS and DoR of a real trial (FFCD 2000-05, 150 patients): days per patient, and Kaplan-Meier figures made by R.

The day of inclusion is day 0 of the data. Responses per scan are those of the expected table; new lesions and deaths
come from the trial's own recurrence data.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from ir5nb.derive import response, times

FOLDER = Path(__file__).parent / "endpoints"
ORIGIN = pd.Timestamp("2001-01-01")
KM_TOLERANCE = 1e-12  # R prints 15 digits


def day_of(years: float) -> int:
    """Days were written as years of 365 or 366 days; one of the two is whole."""
    return next(round(years * length) for length in (365, 366) if abs(years * length - round(years * length)) < 1e-4)


@pytest.fixture(scope="module")
def trial(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "data" / "frailtypack-ffcd2000-05" / "colorectal.csv")
    return table.assign(id=table["id"].astype(str), day=table["time1"].map(day_of))


@pytest.fixture(scope="module")
def sums(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "data" / "frailtypack-ffcd2000-05" / "sld_mm.csv")
    return table.assign(id=table["id"].astype(str)).sort_values(["id", "day"])


@pytest.fixture(scope="module")
def subjects(trial: pd.DataFrame) -> pd.DataFrame:
    last = trial.sort_values(["id", "day"]).drop_duplicates("id", keep="last")
    end = ORIGIN + pd.to_timedelta(last["day"], unit="D")
    dates = {"INCLDT": ORIGIN, "TRTSDT": ORIGIN, "DTHDT": end.where(last["state"] == 1), "LSTALVDT": end}
    return pd.DataFrame({"USUBJID": last["id"], "ARM": last["treatment"], **dates}).reset_index(drop=True)


def assessments(rows: pd.DataFrame, seq: int) -> pd.DataFrame:
    day = ORIGIN + pd.to_timedelta(rows["day"], unit="D")
    return pd.DataFrame(
        {
            "USUBJID": rows["id"], "EVAL": "DERIVED", "VISITNUM": rows["day"].astype(float), "VISIT": None,
            "ADT": day, "FIRSTDT": day, "AVALC": rows["overall"], "SRCDOM": "TR",
            "SRCSEQ": range(seq, seq + len(rows)), "reason": "",
        }
    )  # fmt: skip


def new_lesions(trial: pd.DataFrame) -> pd.DataFrame:
    return assessments(trial[trial["new.lesions"] == 1].assign(overall="PD"), 10_000)


def joined(scans: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """One row per patient and day: a new lesion makes the day's assessment PD."""
    both = pd.concat([lesions, scans], ignore_index=True)
    return both.drop_duplicates(["USUBJID", "ADT"]).sort_values(["USUBJID", "ADT"]).reset_index(drop=True)


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "ffcd_endpoints.shared.csv", dtype={"id": str}).set_index("id")


@pytest.fixture(scope="module")
def responses(trial: pd.DataFrame) -> pd.DataFrame:
    scans = assessments(pd.read_csv(FOLDER / "ffcd_timepoint.shared.csv", dtype={"id": str}), 1)
    return joined(scans, new_lesions(trial))


def compare(got: pd.DataFrame, expected: pd.DataFrame, day: str, event: str) -> None:
    found = got.set_index("USUBJID").reindex(expected.index)
    assert found["AVAL"].tolist() == expected[day].tolist()
    assert (1 - found["CNSR"]).tolist() == expected[event].tolist()


def test_pfs(subjects: pd.DataFrame, responses: pd.DataFrame, expected: pd.DataFrame) -> None:
    compare(times.pfs(subjects, responses), expected, "pfs_day", "pfs_event")


def test_os(subjects: pd.DataFrame, expected: pd.DataFrame) -> None:
    compare(times.os(subjects), expected, "os_day", "os_event")


def test_dor(subjects: pd.DataFrame, responses: pd.DataFrame, expected: pd.DataFrame) -> None:
    start = subjects.set_index("USUBJID")["TRTSDT"]
    best = response.best(responses, start, start.map({}))
    got = times.dor(subjects[subjects["USUBJID"].isin(expected.index)], responses, best)
    responders = expected[expected["responder"] == "Y"]
    assert sorted(got["USUBJID"]) == sorted(responders.index)
    compare(got, responders, "dor_days", "dor_event")


def progressed(sums: pd.DataFrame, trial: pd.DataFrame) -> pd.DataFrame:
    """Every scan of all 150 patients, PD by the sum of diameters (row by row, in whole millimetres)."""
    rows = []
    for patient, scans in sums.groupby("id"):
        nadir = None
        for scan in scans.itertuples():
            pd_now = nadir is not None and 5 * (scan.sld_mm - nadir) >= nadir and scan.sld_mm - nadir >= 5
            if scan.day > 0:
                rows.append({"id": patient, "day": scan.day, "overall": "PD" if pd_now else "SD"})
            nadir = scan.sld_mm if nadir is None else min(nadir, scan.sld_mm)
    return joined(assessments(pd.DataFrame(rows), 1), new_lesions(trial))


def kaplan_meier(days: list[int], events: list[bool]) -> list[tuple[int, Fraction]]:
    """Exact product-limit steps."""
    alive, steps = Fraction(1), []
    for day in sorted({d for d, event in zip(days, events, strict=True) if event}):
        at_risk = sum(d >= day for d in days)
        died = sum(event and d == day for d, event in zip(days, events, strict=True))
        alive *= Fraction(at_risk - died, at_risk)
        steps.append((day, alive))
    return steps


@pytest.mark.parametrize("arm", ["ALL", "S"])
@pytest.mark.parametrize("endpoint", ["pfs", "os"])
def test_kaplan_meier_of_all_patients(
    endpoint: str, arm: str, subjects: pd.DataFrame, sums: pd.DataFrame, trial: pd.DataFrame
) -> None:
    chosen = subjects if arm == "ALL" else subjects[subjects["ARM"] == arm].reset_index(drop=True)
    frame = times.pfs(chosen, progressed(sums, trial)) if endpoint == "pfs" else times.os(chosen)
    steps = kaplan_meier(frame["AVAL"].tolist(), (frame["CNSR"] == 0).tolist())
    published = pd.read_csv(FOLDER / "ffcd_km.shared.csv").set_index(["endpoint", "arm"]).loc[(endpoint, arm)]
    assert (len(frame), int((frame["CNSR"] == 0).sum())) == (published["n"], published["events"])
    assert next(day for day, alive in steps if alive <= Fraction(1, 2)) == published["median"]
    at_168 = [alive for day, alive in steps if day <= 168][-1]
    assert float(at_168) == pytest.approx(published["s168"], abs=KM_TOLERANCE)
