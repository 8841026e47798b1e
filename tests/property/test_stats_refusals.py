"""Arguments that cannot be meant are refused with the condition that broke; results cannot be changed."""

import dataclasses
import math
import re

import pytest

from ir5nb.stats.binomial import bound, interval
from ir5nb.stats.monitoring import (
    conditional_power,
    curtailed,
    posterior_probability,
    predictive_power,
    predictive_probability,
    size_for_conditional_power,
)
from ir5nb.stats.rates import incidence_rate
from ir5nb.stats.simon import SimonDesign, adapt_boundaries, attained_design, search
from ir5nb.stats.survival import cumulative_incidence, kaplan_meier, one_sample_log_rank
from ir5nb.stats.two_stage import conditional_error, infer

DESIGN = SimonDesign(1, 10, 5, 29, 0.1, 0.3)
NAN = math.nan

REFUSED = [
    # design
    (lambda: SimonDesign(1, 10, 5, 29, 0.3, 0.1), ValueError, "p0 < p1 must hold"),
    (lambda: SimonDesign(1, 10, 5, 29, 0.3, 0.3), ValueError, "p0 < p1 must hold"),
    (lambda: SimonDesign(1, 10, 5, 29, 0.0, 0.3), ValueError, "0 < p0 < 1 must hold"),
    (lambda: SimonDesign(1, 10, 5, 29, NAN, 0.3), ValueError, "p0 must be a number, got NaN"),
    (lambda: SimonDesign(1, 10, 29, 29, 0.1, 0.3), ValueError, "r < n must hold"),
    (lambda: SimonDesign(5, 10, 5, 29, 0.1, 0.3), ValueError, "r1 < r must hold"),
    (lambda: SimonDesign(10, 10, 15, 29, 0.1, 0.3), ValueError, "r1 < n1 must hold"),
    (lambda: SimonDesign(1, 29, 5, 29, 0.1, 0.3), ValueError, "n1 < n must hold"),
    (lambda: SimonDesign(-1, 10, 5, 29, 0.1, 0.3), ValueError, "r1 >= 0 must hold"),
    (lambda: SimonDesign(1.0, 10, 5, 29, 0.1, 0.3), TypeError, "r1 must be an integer count"),
    (lambda: SimonDesign(True, 10, 5, 29, 0.1, 0.3), TypeError, "r1 must be an integer count"),
    (lambda: SimonDesign(1, 10, 5, 29, "0.1", 0.3), TypeError, "p0 must be a real number"),
    (lambda: DESIGN.stage1(11), ValueError, "x1 <= n1 must hold"),
    (lambda: DESIGN.final(30), ValueError, "x <= n must hold"),
    (lambda: DESIGN.final(5.0), TypeError, "x must be an integer count"),
    (lambda: DESIGN.pet(1.1), ValueError, "0 <= p <= 1 must hold"),
    (lambda: DESIGN.en(NAN), ValueError, "p must be a number"),
    # search
    (lambda: search(0.3, 0.1), ValueError, "p0 < p1 must hold"),
    (lambda: search(0.1, 0.3, alpha=0.0), ValueError, "0 < alpha < 1 must hold"),
    (lambda: search(0.1, 0.3, alpha=1.0), ValueError, "0 < alpha < 1 must hold"),
    (lambda: search(0.1, 0.3, power=1.0), ValueError, "0 < power < 1 must hold"),
    (lambda: search(0.1, 0.3, alpha=0.9, power=0.8), ValueError, "alpha < power must hold"),
    (lambda: search(0.1, 0.3, n_max=40.0), TypeError, "n_max must be an integer count"),
    (lambda: search(0.1, 0.3, n1_min=9, n1_max=8), ValueError, "n1_max >= 9 must hold"),
    # inference
    (lambda: infer(DESIGN, 30, 2), ValueError, "r1 < x <= n must hold at stage 2"),
    (lambda: infer(DESIGN, 1, 2), ValueError, "r1 < x <= n must hold at stage 2"),
    (lambda: infer(DESIGN, 2, 1), ValueError, "x <= r1 must hold for a stop at stage 1"),
    (lambda: infer(DESIGN, 6, 3), ValueError, "stage must be 1 or 2"),
    (lambda: infer(DESIGN, 6.0, 2), TypeError, "successes must be an integer count"),
    (lambda: infer(DESIGN, NAN, 2), TypeError, "successes must be an integer count"),
    (lambda: infer(DESIGN, 6, 2, level=1.0), ValueError, "0 < level < 1 must hold"),
    (lambda: infer(DESIGN, 6, 2, upper="clinfun"), ValueError, "upper must be"),
    (lambda: infer(DESIGN, 6, 2, ordering="alphabetical"), ValueError, "ordering must be"),
    (lambda: infer(DESIGN, 6, 2, attained="as if"), ValueError, "attained must be one of"),
    (lambda: infer(DESIGN, 6, 2, stage1_successes=7), ValueError, "0 <= x - x1 <= n - n1 must hold"),
    (lambda: infer(DESIGN, 25, 2, stage1_successes=5), ValueError, "0 <= x - x1 <= n - n1 must hold"),
    (lambda: infer(DESIGN, 6, 2, stage1_successes=1), ValueError, "r1 < x1 <= n1 must hold"),
    (lambda: infer(DESIGN, 6, 2, stage1_successes=11), ValueError, "r1 < x1 <= n1 must hold"),
    (lambda: infer(DESIGN, 6, 2, n=10), ValueError, "n1 < n must hold at stage 2"),
    (lambda: infer(DESIGN, 6, 2, n=25), ValueError, "stage1_successes is needed"),
    (lambda: infer(DESIGN, 1, 1, n=20), ValueError, "n = n1 must hold after a stop"),
    (lambda: conditional_error(DESIGN, 11), ValueError, "x1 <= n1 must hold"),
    (lambda: attained_design(DESIGN, n1=1), ValueError, "r1 < n1 must hold"),
    (lambda: adapt_boundaries(DESIGN, 0.05, n1=30, n=29), ValueError, "n1 < n must hold"),
    # monitoring
    (lambda: conditional_power(DESIGN, 5, 6, 0.3), ValueError, "successes <= enrolled must hold"),
    (lambda: conditional_power(DESIGN, 30, 6, 0.3), ValueError, "enrolled <= n must hold"),
    (lambda: conditional_power(DESIGN, 5, 2, 1.5), ValueError, "0 <= p <= 1 must hold"),
    (lambda: predictive_power(DESIGN, 5, 2, (0.0, 1.0)), ValueError, "Beta parameters must be > 0"),
    (lambda: predictive_power(DESIGN, 30, 2, (1.0, 1.0)), ValueError, "enrolled <= n must hold"),
    (lambda: predictive_probability(10, 2, 9, 0.1, 0.9, (1, 1)), ValueError, "n >= 10 must hold"),
    (lambda: posterior_probability(5, 2, NAN, (1, 1)), ValueError, "p must be a number"),
    (lambda: size_for_conditional_power(DESIGN, 1, 0.3), ValueError, "x1 > r1 must hold"),
    (lambda: curtailed(DESIGN, 0.1, 1.5), ValueError, "0 <= futility <= 1 must hold"),
    # binomial and rates
    (lambda: interval(6, 5), ValueError, "x <= n must hold"),
    (lambda: interval(-1, 5), ValueError, "x >= 0 must hold"),
    (lambda: interval(0, 0), ValueError, "n >= 1 must hold"),
    (lambda: interval(1.0, 5), TypeError, "x must be an integer count"),
    (lambda: interval(1, 5, 0.0), ValueError, "0 < level < 1 must hold"),
    (lambda: interval(1, 5, method="exact-ish"), ValueError, "method must be one of"),
    (lambda: bound(1, 5, "middle"), ValueError, "side must be lower or upper"),
    (lambda: incidence_rate(3, 0.0), ValueError, "0 < person_time < infinity must hold"),
    (lambda: incidence_rate(3, NAN), ValueError, "0 < person_time < infinity must hold"),
    # survival
    (lambda: kaplan_meier([], []), ValueError, "at least one entry"),
    (lambda: kaplan_meier([1, NAN], [1, 1]), ValueError, "time must be finite"),
    (lambda: kaplan_meier([1, math.inf], [1, 1]), ValueError, "time must be finite"),
    (lambda: kaplan_meier([-1, 2], [1, 1]), ValueError, "time >= 0 must hold"),
    (lambda: kaplan_meier([[1, 2]], [[1, 1]]), ValueError, "one-dimensional"),
    (lambda: kaplan_meier([1, 2], [1]), ValueError, "event must have the shape of time"),
    (lambda: kaplan_meier([1, 2], [1, 2]), ValueError, "event must be 0 or 1"),
    (lambda: kaplan_meier([1, 2], [1, NAN]), ValueError, "event must be 0 or 1"),
    (lambda: kaplan_meier([1, 2], ["1", "0"]), ValueError, "event must be boolean or 0/1"),
    (lambda: kaplan_meier([1, 2], [1, 0], conf_type="loglog"), ValueError, "conf_type must be one of"),
    (lambda: kaplan_meier([1, 2], [1, 0], level=95), ValueError, "0 < level < 1 must hold"),
    (lambda: kaplan_meier([1, 2], [1, 0]).quantile(0.0), ValueError, "0 < q < 1 must hold"),
    (lambda: kaplan_meier([1, 2], [1, 0]).at(NAN), ValueError, "0 <= t < infinity must hold"),
    (lambda: kaplan_meier([1, 2], [1, 0]).number_at_risk([-1]), ValueError, "times >= 0 must hold"),
    (lambda: kaplan_meier([1, 2], [1, 0]).rmst(3), ValueError, "0 < tau <= 2.0"),
    (lambda: cumulative_incidence([1, 2], [1, -1]), ValueError, "cause must be 0, 1, 2"),
    (lambda: cumulative_incidence([1, 2], [1, 0.5]), ValueError, "cause must be 0, 1, 2"),
    (lambda: cumulative_incidence([1, 2], [1, NAN]), ValueError, "cause must be 0, 1, 2"),
    (lambda: cumulative_incidence([1, 2], [1, 0], variance="best"), ValueError, "variance must be"),
    (lambda: one_sample_log_rank([1, 2], [1, 0], 0.0), ValueError, "0 < null_median < infinity must hold"),
]


NAMES = [f"{i}: {condition}" for i, (_, _, condition) in enumerate(REFUSED)]


@pytest.mark.parametrize(("call", "error", "condition"), REFUSED, ids=NAMES)
def test_refused(call, error, condition):
    with pytest.raises(error, match=re.escape(condition)):
        call()


RESULTS = [
    (DESIGN, "r"),
    (DESIGN.stage1(1), "passed"),
    (search(0.1, 0.3), "optimal"),
    (infer(DESIGN, 6, 2), "p_value"),
    (interval(1, 5), "lower"),
    (kaplan_meier([1, 2], [1, 0]), "survival"),
    (kaplan_meier([1, 2], [1, 0]).median, "estimate"),
    (cumulative_incidence([1, 2], [1, 0]), "incidence"),
    (curtailed(DESIGN, 0.1), "rejection"),
    (incidence_rate(1, 2.0), "estimate"),
]


@pytest.mark.parametrize(("result", "name"), RESULTS, ids=[type(result).__name__ for result, _ in RESULTS])
def test_results_are_frozen(result, name):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, name, 0)


def test_arrays_of_results_are_read_only():
    curve = kaplan_meier([1, 2, 3], [1, 0, 1])
    for column in (curve.time, curve.survival, curve.lower):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0.5


def test_a_result_that_is_wrong_cannot_exist():
    result = infer(DESIGN, 6, 2)
    with pytest.raises(ValueError, match="0 <= lower <= upper <= 1 must hold"):
        dataclasses.replace(result, lower=0.9)
    with pytest.raises(ValueError, match="0 <= p_value <= 1 must hold"):
        dataclasses.replace(result, p_value=-0.91)


def test_inputs_are_left_alone():
    import numpy as np

    time, event = np.array([3.0, 1.0, 2.0]), np.array([1, 0, 1])
    kaplan_meier(time, event)
    cumulative_incidence(time, event)
    assert time.tolist() == [3.0, 1.0, 2.0]
    assert event.tolist() == [1, 0, 1]
