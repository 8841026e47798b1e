"""Interval-censored survival: its likelihood maximised by brute force, and what it becomes in known cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from ir5nb.stats.survival import kaplan_meier
from ir5nb.stats.survival.turnbull import turnbull

LIKELIHOOD = 1e-6  # the brute-force maximum is found by BFGS, which stops at about 1e-8


def cells_of(left, right):
    """Every time that is named, and every open gap after it: all places a mass can be told apart."""
    times = sorted({*left, *(time for time in right if math.isfinite(time))})
    return [
        cell
        for time, after in zip(times, [*times[1:], math.inf], strict=True)
        for cell in ((time, time), (time, after))
    ]


def holds(low, high, begin, end):
    """Say whether (low, high], or the exact time low = high, contains a cell."""
    if low == high:
        return begin == end == low
    return low < begin <= high if begin == end else low <= begin and end <= high


def largest_likelihood(left, right, start):
    design = np.array(
        [[holds(*ends, *cell) for cell in cells_of(left, right)] for ends in zip(left, right, strict=True)]
    )

    def minus(logits):
        mass = np.exp(logits - logits.max())
        return -np.log(np.maximum(design.astype(float) @ (mass / mass.sum()), 1e-300)).sum()

    return -min(minimize(minus, start.normal(size=design.shape[1]), method="BFGS").fun for _ in range(2))


def likelihood(curve, left, right):
    cells = list(zip(curve.left, curve.right, strict=True))
    return sum(
        math.log(sum(mass for cell, mass in zip(cells, curve.mass, strict=True) if holds(*ends, *cell)))
        for ends in zip(left, right, strict=True)
    )


@pytest.mark.parametrize("seed", range(15))
def test_no_other_curve_is_more_likely(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    left = rng.integers(0, 6, n).astype(float)
    right = np.where(rng.random(n) < 0.3, math.inf, left + rng.integers(0, 5, n))
    curve = turnbull(left, right)
    assert curve.mass.sum() == pytest.approx(1, abs=1e-12)
    assert curve.gap < 1e-8
    assert likelihood(curve, left, right) >= largest_likelihood(left, right, rng) - LIKELIHOOD


def test_exact_and_right_censored_times_give_kaplan_meier():
    time, event = [3, 5, 5, 8, 9, 12, 12], [1, 1, 0, 1, 0, 1, 0]
    curve = turnbull(time, [at if seen else math.inf for at, seen in zip(time, event, strict=True)])
    km = kaplan_meier(time, event)
    assert [curve.at(at) for at in (2, 3, 5, 8, 10)] == pytest.approx(
        [km.at(at).survival for at in (2, 3, 5, 8, 10)], abs=1e-7
    )


def test_times_known_to_the_visit_give_the_life_table():
    """Everyone assessed at 8, 16 and 24 weeks: at a visit the estimate is the share without event (no censoring)."""
    curve = turnbull([0, 0, 8, 8, 8, 16, 24, 24], [8, 8, 16, 16, 16, 24, math.inf, math.inf])
    assert [curve.at(week) for week in (8, 16, 24)] == pytest.approx([6 / 8, 3 / 8, 2 / 8], abs=1e-9)
    assert curve.bounds(12) == pytest.approx((3 / 8, 6 / 8), abs=1e-9)
    assert curve.at(12) == pytest.approx((3 / 8 + 6 / 8) / 2, abs=1e-9)


def test_order_of_the_patients_does_not_matter():
    left, right = [0, 4, 4, 8, 2], [4, 8, math.inf, math.inf, 6]
    turned = turnbull(left[::-1], right[::-1])
    assert turnbull(left, right).at(5) == pytest.approx(turned.at(5), abs=1e-12)


@pytest.mark.parametrize(
    ("left", "right", "broken"),
    [([], [], "n >= 1"), ([1, 2], [3], "equally many"), ([3], [2], "left <= right"), ([-1], [2], "0 <= left"),
     ([math.inf], [math.inf], "0 <= left")],
)  # fmt: skip
def test_impossible_intervals_are_refused(left, right, broken):
    with pytest.raises(ValueError, match=broken):
        turnbull(left, right)
