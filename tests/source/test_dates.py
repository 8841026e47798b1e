"""Dates: one text a line, then every calendar day and random texts against a slow twin."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir5nb.source.dates import parse

SPEC = [  # text, day, earliest day it allows; None = unknown; "bad" = refused
    ("2014-01-02", "2014-01-02", "2014-01-02"),
    ("2014-01-02T11:45", "2014-01-02", "2014-01-02"),
    ("2014-01-02T11:45:30.250Z", "2014-01-02", "2014-01-02"),
    ("2014-01-02T24:00+01:00", "2014-01-02", "2014-01-02"),
    ("2016-02-29", "2016-02-29", "2016-02-29"),
    ("2014-02", None, "2014-02-01"),
    ("2014", None, "2014-01-01"),
    ("2014---03", None, "2014-01-03"),
    ("2014-05--", None, "2014-05-01"),
    ("2014-05-03T-:15", "2014-05-03", "2014-05-03"),
    ("--05-12", None, "1800-01-01"),
    ("---05-12", "bad", "bad"),
    ("-----12", "bad", "bad"),
    ("-", "bad", "bad"),
    ("2015-02-29", "bad", "bad"),
    ("2014-13-01", "bad", "bad"),
    ("2014-00-10", "bad", "bad"),
    ("2014-1-2", "bad", "bad"),
    ("20140102", "bad", "bad"),
    ("02/01/2014", "bad", "bad"),
    ("2014-01-02 11:45", "bad", "bad"),
    ("2014-01-02T25:00", "bad", "bad"),
    ("2014-01-02T11:75", "bad", "bad"),
    (" 2014-01-02", "bad", "bad"),
    ("2014-01-02\n", "bad", "bad"),
    ("UNKNOWN", "bad", "bad"),
    ("1899-12-31", "bad", "bad"),
    ("2101-01-01", "bad", "bad"),
    ("２０１４-01-02", "bad", "bad"),
    (None, None, None),
]  # fmt: skip


def iso(value: np.datetime64) -> str | None:
    return None if np.isnat(value) else str(value.astype("datetime64[D]"))


@pytest.mark.parametrize(("text", "day", "earliest"), SPEC)
def test_one_text(text, day, earliest):
    read = parse(pd.Series([text], dtype=object))
    assert read.malformed.tolist() == [day == "bad"]
    assert iso(read.day[0]) == (None if day == "bad" else day)
    assert iso(read.earliest[0]) == (None if earliest == "bad" else earliest)


def test_every_day_from_1900_to_2100_is_read_and_no_other():
    first, last = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
    days = [(first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    texts = [f"{year}-{month:02d}-{day:02d}" for year in range(1900, 2101) for month in range(14) for day in range(33)]
    read = parse(pd.Series(texts, dtype=object))
    exists = np.isin(texts, days)
    assert (read.malformed == ~exists).all()
    assert [iso(day) for day in read.day[exists]] == days
    assert (read.day[exists] == read.earliest[exists]).all()


def slow(text: str | None) -> tuple[str | None, str | None]:
    """Day and earliest day of a text with parts missing at the right, by the standard library alone."""
    for form, known in (("%Y-%m-%d", True), ("%Y-%m", False), ("%Y", False)):
        try:
            day = dt.datetime.strptime(text or "", form).date().isoformat()
        except ValueError:
            continue
        return (day if known else None), day
    return None, None


PARTS = st.tuples(st.integers(1900, 2100), st.integers(1, 12), st.integers(1, 28))
TEXTS = st.one_of(
    st.none(),
    PARTS.map(lambda p: f"{p[0]}-{p[1]:02d}-{p[2]:02d}"),
    PARTS.map(lambda p: f"{p[0]}-{p[1]:02d}"),
    PARTS.map(lambda p: f"{p[0]}"),
)


@given(st.lists(TEXTS, max_size=30))
def test_a_column_is_read_as_each_text_by_itself(texts):
    read = parse(pd.Series(texts, dtype=object))
    assert [(iso(day), iso(first)) for day, first in zip(read.day, read.earliest, strict=True)] == [*map(slow, texts)]
    assert not read.malformed.any()


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_and_never_both(text):
    read = parse(pd.Series([text], dtype=object))
    assert bool(read.malformed[0]) == bool(np.isnat(read.earliest[0]))
    assert np.isnat(read.day[0]) or read.day[0] == read.earliest[0]
