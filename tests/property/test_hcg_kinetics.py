"""Exploratory hCG kinetics on series whose answer is known, and against numpy's own least squares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.derive.kinetics import COLUMNS, kinetics

RATE_TOLERANCE = 1e-5  # values are rounded to millionths before the search
CLOSED = 1e-9  # closed form against closed form


def table(values: dict[str, list[float]], days: list[int]) -> pd.DataFrame:
    rows = [(name, day, round(value * 1e6)) for name, series in values.items()
            for day, value in zip(days, series, strict=False)]  # fmt: skip
    return pd.DataFrame(rows, columns=["USUBJID", "ADY", "MICRO"]).assign(QUANTIFIED=True)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(0.02, 0.5), st.floats(500, 1e5), st.floats(0, 20)), min_size=1, max_size=6))
def test_exponential_fit_finds_what_made_the_series(truth: list[tuple[float, float, float]]) -> None:
    days = [0, 4, 7, 11, 14, 21, 28]
    series = {f"P{i}": [start * np.exp(-rate * day) + rest for day in days]
              for i, (rate, start, rest) in enumerate(truth)}  # fmt: skip
    found = kinetics(table(series, days))
    assert (found["KELIM_RELATIVE_ERROR"] < 1e-4).all()
    for row, (rate, start, _) in zip(found.to_dict("records"), truth, strict=True):
        assert row["KELIM_PER_DAY"] == pytest.approx(rate, rel=5e-3)
        assert row["KELIM_START"] == pytest.approx(start, rel=5e-3)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(6, 1e6), min_size=3, max_size=8))
def test_slope_is_least_squares_of_the_logarithm(values: list[float]) -> None:
    days = [7 * k for k in range(len(values))]
    kept = np.array([round(value * 1e6) / 1e6 for value in values])
    found = kinetics(table({"P": values}, days), last_day=60).iloc[0]
    slope, intercept = np.polyfit(days, np.log(kept), 1)
    assert found["SLOPE_PER_DAY"] == pytest.approx(slope, rel=1e-7, abs=CLOSED)
    rest = np.log(kept) - slope * np.array(days) - intercept
    assert found["LOG_RESIDUAL"] == pytest.approx(np.sqrt((rest**2).sum() / (len(values) - 2)), rel=1e-6, abs=1e-7)


def test_halving_every_week_and_rising() -> None:
    found = kinetics(table({"falls": [800, 400, 200, 100], "rises": [100, 200, 400, 800]}, [0, 7, 14, 21]))
    assert found["HALF_LIFE_DAYS"].iloc[0] == pytest.approx(7)
    assert found[["HALF_LIFE_DAYS", "KELIM_PER_DAY", "KELIM_START"]].iloc[1].isna().all()
    assert found["KELIM_PER_DAY"].iloc[0] == pytest.approx(np.log(2) / 7, rel=RATE_TOLERANCE)


def test_too_few_assays_have_no_fit_and_nobody_gives_an_empty_table() -> None:
    found = kinetics(table({"P": [800, 400, 200]}, [0, 7, 14])).iloc[0]
    assert found["HALF_LIFE_DAYS"] == pytest.approx(7)
    assert np.isnan(found["KELIM_PER_DAY"])
    assert np.isnan(kinetics(table({"P": [800]}, [0])).iloc[0]["SLOPE_PER_DAY"])
    nobody = kinetics(table({}, []))
    assert nobody.empty
    assert tuple(nobody.columns) == COLUMNS


def test_unquantified_values_and_other_days_do_not_enter() -> None:
    days = [-7, 0, 7, 14, 56]
    assays = table({"P": [5000, 800, 400, 200, 5000]}, days)
    assays.loc[len(assays)] = ["P", 21, 2 * 10**6, False]
    assert kinetics(assays).iloc[0]["ASSAYS"] == 3
    with pytest.raises(ValueError, match="first_day < last_day"):
        kinetics(assays, first_day=10, last_day=10)
