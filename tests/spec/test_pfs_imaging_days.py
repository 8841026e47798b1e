"""The day of a progression that was imaged over several days but recorded with one date."""

from __future__ import annotations

import pandas as pd
import pytest

from ir5nb.derive.imaging_days import dated_by_imaging

START = pd.Timestamp("2024-01-09")


def day(number: int) -> pd.Timestamp:
    return START + pd.Timedelta(days=number)


def seen(evaluator: str = "INVESTIGATOR") -> pd.DataFrame:
    dates = {"ADT": [day(170)], "FIRSTDT": [day(170)]}
    return pd.DataFrame({"USUBJID": ["P"], "EVAL": evaluator, "VISITNUM": [3.0], "AVALC": ["PD"], **dates})


# situation: measurements as (visit, day, evaluator, status) -> first day
CASES = {
    "measured on the day recorded": ([(3, 170, None, None)], 170),
    "measured over three days": ([(3, 168, None, None), (3, 169, None, None), (3, 170, None, None)], 168),
    "a lesion not measured does not count": ([(3, 160, None, "NOT DONE"), (3, 169, None, None)], 169),
    "another visit's measurements do not": ([(2, 165, None, None), (3, 170, None, None)], 170),
    "another reader's measurements do not": ([(3, 165, "INDEPENDENT ASSESSOR", None), (3, 170, None, None)], 170),
    "28 days before is still the visit's": ([(3, 142, None, None)], 142),
    "29 days before is not": ([(3, 141, None, None)], 170),
    "measured after the day recorded": ([(3, 172, None, None)], 170),
    "nothing measured": ([], 170),
}


def measured(rows: list[tuple[int, int, str | None, str | None]]) -> pd.DataFrame:
    table = pd.DataFrame(
        [("P", float(visit), day(number), evaluator, status) for visit, number, evaluator, status in rows],
        columns=["USUBJID", "VISITNUM", "TRDT", "TREVAL", "TRSTAT"],
    )
    return table.astype({"USUBJID": object, "VISITNUM": float, "TRDT": "datetime64[ns]", "TREVAL": object})


@pytest.mark.parametrize("situation", CASES)
def test_first_imaging_day(situation: str) -> None:
    rows, expected = CASES[situation]
    got = dated_by_imaging(seen(), measured(rows)).iloc[0]
    assert got["FIRSTDT"] == day(expected)
    assert got["ADT"] == day(170)


def test_each_reader_by_their_own_measurements() -> None:
    rows = measured([(3, 165, "INDEPENDENT ASSESSOR", None), (3, 169, "INVESTIGATOR", None)])
    assert dated_by_imaging(seen("INDEPENDENT"), rows)["FIRSTDT"].tolist() == [day(165)]
    assert dated_by_imaging(seen(), rows)["FIRSTDT"].tolist() == [day(169)]


def test_negative_window_is_refused() -> None:
    with pytest.raises(ValueError, match="within_days"):
        dated_by_imaging(seen(), measured([]), within_days=-1)
