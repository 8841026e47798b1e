"""Wording: expected texts worked out by hand or printed in the papers the docstrings name."""

from __future__ import annotations

import ast
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ir5nb import wording
from ir5nb.wording.levels import LEVELS

SOURCE = Path(wording.__file__).parents[1]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.285, 2, "0.29"),  # binary 0.285 is a little less: a float rounding gives 0.28
        (12.5, 0, "13"),  # Python's round gives 12
        (-12.5, 0, "−13"),
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (0.5, 0, "1"),
        (-0.04, 1, "0.0"),  # no sign on zero
        (1e-7, 2, "0.00"),
        (1234567.5, 0, "1,234,568"),
        (np.float64(0.285), 2, "0.29"),
        (np.int64(3), 1, "3.0"),
        (Fraction(1, 8), 2, "0.13"),
        (Decimal("0.125"), 2, "0.13"),
    ],
)
def test_half_away_from_zero(value, decimals, text):
    assert wording.decimal(value, decimals) == text


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 6))
def test_rounding_is_that_of_the_decimal_a_reader_sees(value, decimals):
    twin = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert wording.rounded(value, decimals) == twin


@given(st.integers(0, 400), st.integers(1, 400))
def test_percent_of_a_count_is_exact(count, total):
    share = Fraction(min(count, total), total)
    tenths = math.floor(share * 1000 + Fraction(1, 2))
    assert wording.percent(share) == f"{tenths // 10}.{tenths % 10}"
    assert wording.percent(min(count, total) / total) == wording.percent(share)


@pytest.mark.parametrize("value", ["0.5", True, None, float("inf"), float("nan"), "<script>"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        wording.exact(value)


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.04714, "0.0471"),
        (0.00005, "<0.0001"),
        (0.0001, "0.0001"),
        (0, "<0.0001"),
        (1, "1.0000"),
        (0.99996, ">0.9999"),
    ],
)
def test_p_values(p, text):
    assert wording.p_value(p) == text


def test_p_value_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        wording.p_value(-0.91)


def test_trophimmun_interval_as_printed():
    # golden: 15 patients, 4 events, none censored: 73.3 % (43.6-89.0) (spec/statistics.md)
    assert wording.estimate(11 / 15, 0.43618, 0.89049) == "73.3% (43.6–89.0)"
    assert wording.estimate(11 / 15, 0.43618, 0.89049, "fr") == "73,3\u202f% (43,6–89,0)"


def test_counts():
    assert wording.x_of_n(4, 11) == "4/11 (36.4%)"
    assert wording.n_percent(0, 0) == "0 (–)"
    with pytest.raises(ValueError, match="part of a whole"):
        wording.n_percent(5, 4)
    with pytest.raises(ValueError, match="whole number"):
        wording.count(2.5)


def test_times():
    assert wording.months(30.4375) == "1.0"
    assert wording.months_interval(180, 90, float("inf")) == "5.9 months (3.0–not reached)"
    assert wording.reached(np.nan, "fr") == "non atteinte"
    assert wording.date(pd.NaT) == "–"
    assert wording.date("2026-03", "fr") == "2026-03"


def test_missing_is_a_dash_in_every_form():
    for form in wording.FORMS:
        assert wording.shown(None, form) == ("not reached" if form == "reached" else "–")


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1", "|calc"]
)
def test_formula_cells_are_neutralised(cell):
    assert wording.csv_safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1.5", "+3", "1e-5", "-.5", "SD", "", "<0.0001", 4, -4, 0.5, None])
def test_numbers_and_plain_text_stay(cell):
    assert wording.csv_safe(cell) == cell


def test_unknown_phrase_names_the_nearest():
    with pytest.raises(KeyError, match=r"title\.baseline"):
        wording.say("title.basline")
    with pytest.raises(ValueError, match="no language"):
        wording.say("months", "de")


def test_every_phrase_has_both_languages_with_the_same_names():
    for key, (english, french) in (*wording.PHRASES.items(), *LEVELS.items()):
        assert min(len(english), len(french)) > 0, key
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", french)), key


def test_every_plural_has_both_numbers():
    singles = {key.removesuffix(".one") for key in wording.PHRASES if key.endswith(".one")}
    assert singles == {key.removesuffix(".many") for key in wording.PHRASES if key.endswith(".many")}


def _phrases_said() -> set[str]:
    calls = [
        node
        for room in ("tables", "charts", "wording")
        for path in (SOURCE / room).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    ]
    named = {"say", "phrase"}
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in named
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_phrase_that_is_said_exists():
    said = _phrases_said()
    assert len(said) > 40
    assert said <= set(wording.PHRASES)
