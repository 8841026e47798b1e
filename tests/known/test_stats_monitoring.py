"""Monitoring against R enumerations, OneArmPhaseTwoStudy and ph2bayes (golden/stats/predictive, predprob_bounds)."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from ir5nb.stats.monitoring import (
    conditional_power,
    conditional_power_resized,
    curtailed,
    posterior_comparison,
    posterior_probability,
    predictive_boundary,
    predictive_power,
    predictive_probability,
    size_for_conditional_power,
)
from ir5nb.stats.simon import SimonDesign
from ir5nb.stats.two_stage import conditional_error

GOLDEN = Path(__file__).parent / "stats"
CASES = pd.read_csv(GOLDEN / "predictive.csv.gz")
CLOSED = 1e-12


def planned(row):
    return SimonDesign(int(row.r1), int(row.n1), int(row.r), int(row.n), row.p0, row.p1)


def prior(row):
    return row.prior_a, row.prior_b


def seen(row):
    return int(row.enrolled), int(row.responses)


@cache
def curtailment(design, p, futility, efficacy):
    return curtailed(design, p, futility, efficacy=efficacy)


def by_curtailment(row):
    result = curtailment(planned(row), row.p_eval, row.threshold, row.extra == "efficacy_curtail=TRUE")
    names = {"reject": "rejection", "EN": "expected_n", "PET_by_n1": "stopped_by_stage1"}
    return getattr(result, names[row.quantity.removeprefix("curtail_")])


QUANTITIES = {  # how it is computed here, tolerance by source
    "conditional_power": lambda row: conditional_power(planned(row), *seen(row), row.p_eval),
    "conditional_error": lambda row: conditional_error(planned(row), int(row.responses)),
    "conditional_power_EK_new_n2": lambda row: conditional_power_resized(
        planned(row), int(row.responses), int(row.n2_new), row.p_eval
    ),
    "n2_for_conditional_power": lambda row: size_for_conditional_power(
        planned(row), int(row.responses), row.p_eval, row.threshold
    ),
    "curtail_reject": by_curtailment,
    "curtail_EN": by_curtailment,
    "curtail_PET_by_n1": by_curtailment,
    "posterior_P(p>p0)": lambda row: posterior_probability(*seen(row), row.p_eval, prior(row)),
    "posterior_thall_simon": lambda row: posterior_comparison(
        *seen(row), prior(row), (20 * row.p0, 20 * (1 - row.p0)), row.threshold
    ),
    "predictive_power_simon_decision": lambda row: predictive_power(planned(row), *seen(row), prior(row)),
    "predictive_probability_lee_liu": lambda row: predictive_probability(
        *seen(row), int(row.n), row.p0, row.threshold, prior(row)
    ),
}
TOLERANCES = {
    "OneArmPhaseTwoStudy-1.0.3 getConditionalPower": 3e-7,  # it sums in single precision
    "ph2bayes-0.0.2 postprob delta=0, historic Beta(20p0,20(1-p0)), exp Beta(.6,.4)": 1e-6,  # numerical integration
}


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_quantity(quantity):
    rows = CASES[CASES.quantity == quantity]
    assert len(rows) >= 32
    for row in rows.itertuples():
        if stopped_already(row):
            assert QUANTITIES[quantity](row) == 0.0
            continue
        tolerance = TOLERANCES.get(row.source, CLOSED)
        assert QUANTITIES[quantity](row) == pytest.approx(row.value, abs=tolerance, rel=CLOSED), row


def stopped_already(row):
    """Whether the plan has stopped (x1 <= r1, conditional error 0) yet getCP of OneArmPhaseTwoStudy gives a power > 0.

    There 1 - pbinom underflows to 0 and "0 <= 0" rejects. A trial that has stopped cannot reject.
    """
    return row.quantity == "conditional_power_EK_new_n2" and row.responses <= row.r1 and row.value > 0


def test_every_row_is_used():
    assert set(CASES.quantity) == set(QUANTITIES)
    assert len(CASES) == 3709
    assert sum(stopped_already(row) for row in CASES.itertuples()) == 5


def test_worked_value_of_lee_and_liu():
    """Lee & Liu 2008, page 97: 16 of 23, n = 40, p0 = .6, theta_T = .9, prior (.6, .4): .5656."""
    assert round(predictive_probability(23, 16, 40, 0.6, 0.9, (0.6, 0.4)), 4) == 0.5656


def test_predictive_boundaries():
    """The file is a sample of the sizes at which ph2bayes' futility boundary changes; None: no stop yet."""
    rows = pd.read_csv(GOLDEN / "predprob_bounds.csv")
    assert len(rows) == 37
    for row in rows.itertuples():
        bound = predictive_boundary(row.n, row.nmax, row.p0, row.theta_t, row.theta_l, (row.a, row.b))
        assert bound == (None if row.bound != row.bound else int(row.bound)), row
        if row.n > 1:
            earlier = predictive_boundary(row.n - 1, row.nmax, row.p0, row.theta_t, row.theta_l, (row.a, row.b))
            assert earlier != bound, row


def test_a_predictive_probability_at_its_limit_is_met():
    """Lee & Liu stop for PP < theta_L and count P(p > p0 | data) >= theta_T: equality does not stop, and it counts."""
    setting = {"n": 20, "p0": 0.3, "threshold": 0.9, "prior": (0.3, 0.7)}
    at_limit = predictive_probability(10, 3, **setting)
    assert predictive_boundary(10, futility=at_limit, **setting) == 2
    assert predictive_boundary(10, futility=at_limit * 1.0001, **setting) == 3
    reached = posterior_probability(20, 9, 0.3, (0.3, 0.7))  # of the least total that convinces, taken as threshold
    exactly = predictive_probability(10, 3, 20, 0.3, reached, (0.3, 0.7))
    assert exactly > predictive_probability(10, 3, 20, 0.3, reached * 1.0001, (0.3, 0.7))
