"""A real trial (FFCD 2000-05): target response from recorded sums of diameters, and best response, per patient."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb.derive.recist import derived
from ir5nb.derive.response import best, first_progression

HERE = Path(__file__).parent
TIMEPOINTS = pd.read_csv(HERE / "recist" / "ffcd_timepoint.shared.csv")
ENDPOINTS = pd.read_csv(HERE / "bor" / "ffcd_endpoints.shared.csv")
ORIGIN = pd.Timestamp("2001-01-01")  # the trial's days count from the first assessment; any date serves


def whole_days(years: pd.Series) -> pd.Series:
    """Read years as the days they were made from: divided by 365 or by 366, whichever gives whole days."""
    days = years * 365
    whole = (days - days.round()).abs() < 1e-3
    return days.where(whole, years * 366).round().astype(int)


@pytest.fixture(scope="module")
def found(shared: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    folder = shared / "data" / "frailtypack-ffcd2000-05"
    sums, events = pd.read_csv(folder / "sld_mm.csv"), pd.read_csv(folder / "colorectal.csv")
    new = events[events["new.lesions"] == 1]
    tr = pd.DataFrame(
        {
            "USUBJID": sums["id"].astype(str),
            "TRTESTCD": "SUMDIAM",
            "TRSTRESN": sums["sld_mm"].astype(float),
            "TRDT": ORIGIN + pd.to_timedelta(sums["day"], unit="D"),
            "VISITNUM": sums.groupby("id").cumcount().astype(float),
        }
    )
    tu = pd.DataFrame(
        {
            "USUBJID": new["id"].astype(str),
            "TULNKID": "NEW" + new.groupby("id").cumcount().astype(str),
            "TUSTRESC": "NEW",
            "TUDT": ORIGIN + pd.to_timedelta(whole_days(new["time1"]), unit="D"),
        }
    )
    start = pd.Series(ORIGIN, index=sums["id"].astype(str).unique())
    return *derived(tu, tr, start), start


def test_every_time_point(found) -> None:
    responses, targets, _ = found
    scans = targets[targets["SRCDOM"] == "TR"].merge(responses[["USUBJID", "ADT", "AVALC"]], on=["USUBJID", "ADT"])
    scans = scans.assign(id=scans["USUBJID"].astype(int), day=(scans["ADT"] - ORIGIN).dt.days)
    both = TIMEPOINTS.merge(scans, on=["id", "day"])
    assert len(both) == len(TIMEPOINTS) == 451
    assert both["TRGRESP"].tolist() == both["target_response"].tolist()
    assert both["AVALC"].tolist() == both["overall"].tolist()
    assert both["NADIR"].tolist() == both["nadir_before_mm"].tolist()
    printed = 5e-5  # golden percentages are printed with four decimals
    np.testing.assert_allclose(both["PCHG"], both["pct_from_baseline"], rtol=0, atol=printed)
    np.testing.assert_allclose(both["PCHGNADIR"], both["pct_from_nadir"], rtol=0, atol=printed)


def test_best_response_and_first_progression(found) -> None:
    responses, _, start = found
    # this file says NE for the six patients without a scan after baseline (bor golden: an option)
    table = best(responses, start, missing_as_ne=True)
    progression = first_progression(responses, start)
    table = table.assign(id=table["USUBJID"].astype(int), day=(progression["PDDT"] - ORIGIN).dt.days)
    both = ENDPOINTS.merge(table, on="id")
    assert len(both) == len(ENDPOINTS) == 90
    assert both["BOR"].tolist() == both["bor_unconfirmed"].tolist()
    assert both["CBOR"].tolist() == both["bor_confirmed28"].tolist()
    assert both["ORRFL"].tolist() == both["responder"].tolist()
    pd.testing.assert_series_equal(both["day"].astype(float), both["pd_day"], check_names=False)
