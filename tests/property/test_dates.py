"""Partial dates against the calendar, and the named imputation rules against their words."""

from __future__ import annotations

import calendar
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir5nb.derive import dates

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
shapes = st.sampled_from(["year", "month", "day", "time", "blank", "year--", "month-"])


def written(day: date, shape: str) -> str | None:
    text = {"year": f"{day:%Y}", "month": f"{day:%Y-%m}", "day": f"{day:%Y-%m-%d}", "time": f"{day:%Y-%m-%d}T08:30",
            "blank": None, "year--": f"{day:%Y}----", "month-": f"{day:%Y-%m}--"}  # fmt: skip
    return text[shape]


def naive_bounds(day: date, shape: str) -> tuple[date | None, date | None, str | None]:
    if shape == "blank":
        return None, None, None
    if shape.startswith("year"):
        return date(day.year, 1, 1), date(day.year, 12, 31), "M"
    if shape.startswith("month"):
        return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]), "D"
    return day, day, None


def plain(values: np.ndarray) -> list[date | None]:
    return [None if np.isnat(value) else value.astype("datetime64[D]").item() for value in values]


@given(st.lists(st.tuples(days, shapes), min_size=1, max_size=12))
def test_bounds_are_the_calendars(cases: list[tuple[date, str]]) -> None:
    earliest, latest, flag = dates.bounds([written(*case) for case in cases])
    expected = [naive_bounds(*case) for case in cases]
    assert list(zip(plain(earliest), plain(latest), flag.tolist(), strict=True)) == expected


@given(st.lists(st.tuples(days, shapes, days | st.none()), min_size=1, max_size=12))
def test_onset_is_the_earliest_possible_day_not_before_inclusion(cases: list[tuple[date, str, date | None]]) -> None:
    text = [written(day, shape) for day, shape, _ in cases]
    complete = [day if shape in ("day", "time") else None for day, shape, _ in cases]
    got, flag = dates.onset(text, pd.to_datetime(pd.Series(complete)), pd.to_datetime(pd.Series([c[2] for c in cases])))
    for (day, shape, inclusion), onset, flagged in zip(cases, plain(got), flag, strict=True):
        earliest, latest, missing = naive_bounds(day, shape)
        if earliest is not None and latest is not None and inclusion is not None and earliest < inclusion <= latest:
            earliest = inclusion if missing else earliest
        assert (onset, flagged) == (earliest, missing)


@pytest.mark.parametrize(
    ("text", "contact", "expected"),
    [("2026-03", "2026-03-07", "2026-03-07"), ("2026-03", "2026-02-10", "2026-03-01"), ("2026-03", None, "2026-03-01"),
     ("2026", "2026-03-07", "2026-03-07"), ("2026", "2025-12-31", "2026-01-01"),
     ("2024-02", "2024-02-29", "2024-02-29"),
     ("2026-03-15", "2026-03-20", "2026-03-15"), (None, "2026-03-07", None), ("unknown", "2026-03-07", None)],
)  # fmt: skip
def test_death_is_the_first_day_of_the_known_month_never_before_last_contact(
    text: str | None, contact: str | None, expected: str | None
) -> None:
    whole = text if text is not None and len(text) == 10 else None
    got, flag = dates.death([text], pd.to_datetime(pd.Series([whole])), pd.to_datetime(pd.Series([contact])))
    assert plain(got) == [None if expected is None else date.fromisoformat(expected)]
    assert (flag[0] is not None) == (expected is not None and whole is None)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2025-09-30", "2026-02-28"), ("2023-09-30", "2024-02-29"), ("2025-07-31", "2025-12-31"),
     ("2025-01-15", "2025-06-15"), ("2025-08-31", "2026-01-31"), ("2024-06-30", "2024-11-30")],
)  # fmt: skip
def test_five_calendar_months(start: str, end: str) -> None:
    assert plain(dates.window_end([start], 5)) == [date.fromisoformat(end)]
