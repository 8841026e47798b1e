"""Published two-stage trials and documented examples (golden/published/simon_trials): 41 entries."""

import re
from pathlib import Path

import pandas as pd
import pytest

from ir5nb.stats.binomial import interval
from ir5nb.stats.simon import SimonDesign, search

TRIALS = pd.read_csv(Path(__file__).parent / "stats" / "published_simon_trials.csv")
RATES = TRIALS[TRIALS.recomputed_exact_CI.notna()]
DESIGNS = TRIALS[TRIALS[["n1", "r1", "n", "r", "p0"]].notna().all(axis=1)]
STATED = r"alpha (\.\d+)[^.]* power (\.\d+)"
NAMED = {"minimax", "admissible", "optimal"}
NOT_OPTIMAL = {  # the entry's recheck_note doubts it
    "minimax (eps .005 tolerance!)": "its alpha .0511 is above .05; with both limits kept it is 1/15, 5/25",
}


def boundaries(design):
    return design.r1, design.n1, design.r, design.n


def planned(row):
    p1 = row.p1 if row.p1 == row.p1 else (1.0 + row.p0) / 2.0  # p1 is not printed and not used below
    return SimonDesign(int(row.r1), int(row.n1), int(row.r), int(row.n), row.p0, p1)


def test_every_entry_is_a_rate_a_design_or_silent():
    silent = TRIALS.index.difference(RATES.index.union(DESIGNS.index))
    assert (len(TRIALS), len(RATES), len(DESIGNS), len(silent)) == (41, 34, 13, 2)
    # a survival landmark, and a boundary that the recheck finds to be no .05 design
    assert TRIALS.source[silent].str.contains("KM|A221805").all()


@pytest.mark.parametrize("row", list(RATES.itertuples()), ids=lambda row: row.source[:40])
def test_exact_interval(row):
    """The exact interval of x / n, to the printed decimal."""
    x, n = map(int, row.observed_x_n.split("/"))
    limits = interval(x, n, row.CI_level)
    low, high = map(float, row.recomputed_exact_CI.split("-"))
    assert (100 * limits.lower, 100 * limits.upper) == pytest.approx((low, high), abs=0.0501)


@pytest.mark.parametrize("row", list(DESIGNS.itertuples()), ids=lambda row: row.source[:40])
def test_design(row):
    """What a note states about alpha and power holds; a design called optimal, minimax or admissible is found."""
    design = planned(row)
    stated = re.search(STATED, str(row.recheck_note))
    if stated:
        assert design.alpha == pytest.approx(float(stated[1]), abs=5.01e-5 if len(stated[1]) == 5 else 5.01e-4)
        if row.p1 == row.p1:
            assert design.power == pytest.approx(float(stated[2]), abs=5.01e-5 if len(stated[2]) == 5 else 5.01e-4)
    named = NAMED & set(row.type.replace("Simon", "").split())
    if named and row.beta == row.beta:
        found = search(row.p0, row.p1, row.alpha, 1.0 - row.beta)
        is_found = boundaries(design) in {boundaries(each) for each in found.admissible}
        assert is_found != (row.type in NOT_OPTIMAL), NOT_OPTIMAL.get(row.type)
