"""Quantiles of small groups: "below 10 in a group ... no KM median beyond the last event" (spec/report.md, "Form")."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from ir5nb import analyses, tables
from ir5nb.analyses.rows import Rows

LAST = 70


def summary(patients: int, endpoint: str = "OS") -> pd.DataFrame:
    """Half of the patients have the event by day 70, the others are censored from day 600: the curve stays at 50 %."""
    half = patients // 2
    days = [*range(LAST - 10 * (half - 1), LAST + 1, 10), *range(600, 600 + half)]
    event = [1] * half + [0] * half
    censored = [1 - one for one in event]  # of follow-up, whose events are last news, likewise
    times = pd.DataFrame(
        {"PARAMCD": endpoint, "READING": "default", "AVAL": days, "CNSR": censored, "EVNTDESC": "Death"}
    )
    plan = SimpleNamespace(edition="full", survival_level=0.95, conf_type="log-log")
    rows = lambda analysis, population: Rows(cohort="X", analysis=analysis, population=population)  # noqa: E731
    cohort = SimpleNamespace(times=times, plan=plan, rows=rows)
    return analyses.time_to_event(cohort, endpoint).results  # type: ignore[arg-type]


@pytest.mark.parametrize("endpoint", ["OS", "FUP"])
def test_a_flat_median_of_eight_is_not_reached(endpoint: str) -> None:
    found = summary(8, endpoint).set_index("statistic")["value"]
    assert pd.isna(found["median"])
    assert found["q1"] <= LAST
    assert found["median_lower"] <= LAST
    assert pd.isna(found["median_upper"])


def test_a_flat_median_of_ten_is_the_midpoint_of_its_step() -> None:
    """From ten patients on the rule of R's quantile.survfit stands."""
    assert summary(10).set_index("statistic")["value"]["median"] == (LAST + 604) / 2


def test_the_table_says_so_of_small_groups_alone() -> None:
    small, large = (repr(tables.time_to_event(summary(patients))) for patients in (8, 10))
    assert "Median, months | not reached" in small
    assert "Fewer than 10 patients: a quantile beyond the last event is not reached." in small
    assert "not reached (" not in large.partition("25th")[0]
    assert "Fewer than" not in large
    assert "Moins de 10 patients" in repr(tables.time_to_event(summary(8), lang="fr"))
