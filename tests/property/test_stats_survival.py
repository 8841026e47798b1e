"""Survival estimates against slow twins, written from the definitions, and against lifelines where it agrees."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.stats.survival import cumulative_incidence, kaplan_meier, one_sample_log_rank, reverse_kaplan_meier

ROUNDING = 1e-12
quick = settings(max_examples=60, deadline=None, derandomize=True)
patients = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25)
competing = st.lists(st.tuples(st.integers(1, 10), st.integers(0, 2)), min_size=2, max_size=20)


def columns(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def naive_survival(rows, t):
    """The product over event times up to t of one minus deaths over those still there, in exact fractions."""
    product = Fraction(1)
    for s in sorted({time for time, event in rows if event and time <= t}):
        at_risk = sum(time >= s for time, _ in rows)
        deaths = sum(event and time == s for time, event in rows)
        product *= 1 - Fraction(deaths, at_risk)
    return product


def naive_log_variance(rows, t):
    total = Fraction(0)
    for s in sorted({time for time, event in rows if event and time <= t}):
        at_risk = sum(time >= s for time, _ in rows)
        deaths = sum(event and time == s for time, event in rows)
        total += Fraction(deaths, at_risk * (at_risk - deaths))
    return total


@quick
@given(patients)
def test_survival_error_and_numbers(rows):
    time, event = columns(rows)
    curve = kaplan_meier(time, event)
    for t in range(14):
        point, exact = curve.at(t), naive_survival(rows, t)
        assert point.survival == pytest.approx(float(exact), abs=ROUNDING)
        assert point.at_risk == curve.number_at_risk([t])[0] == sum(s >= t for s in time)
        if 0 < exact < 1:
            greenwood = float(exact) * float(naive_log_variance(rows, t)) ** 0.5
            assert point.std_error == pytest.approx(greenwood, rel=1e-10)
            assert 0.0 <= point.lower < point.survival < point.upper <= 1.0
    assert curve.events.sum() + curve.censored.sum() == curve.n == len(rows)


@quick
@given(patients)
def test_median(rows):
    """The first time at which S <= 1/2; where S is exactly 1/2 for a while, the middle of that while."""
    time, event = columns(rows)
    median = kaplan_meier(time, event).median.estimate
    half = [t for t in sorted(set(time)) if naive_survival(rows, t) <= Fraction(1, 2)]
    if not half:
        assert np.isnan(median)
        return
    if naive_survival(rows, half[0]) < Fraction(1, 2):
        assert median == half[0]
        return
    below = [t for t in half if naive_survival(rows, t) < Fraction(1, 2)]
    assert median == (half[0] + (below[0] if below else max(time))) / 2


@quick
@given(patients)
def test_restricted_mean_is_the_area(rows):
    time, event = columns(rows)
    last = max(time)
    if last == 0:
        return
    area = sum(naive_survival(rows, t) for t in range(last))  # times are whole: one step a unit
    assert kaplan_meier(time, event).rmst(last).estimate == pytest.approx(float(area), abs=1e-10)


def test_limits_of_the_restricted_mean_lie_as_far_above_as_below():
    time = np.arange(1, 21)
    mean = kaplan_meier(time, time % 3 > 0, level=0.9).rmst(18)
    half = 1.6448536269514722 * mean.std_error
    assert (mean.lower, mean.upper) == pytest.approx((mean.estimate - half, mean.estimate + half), rel=1e-12)
    whole = kaplan_meier([1, 2], [1, 1], level=0.99999).rmst(2)
    assert (whole.lower, whole.upper) == (0.0, 2.0)  # no mean lies outside


@quick
@given(patients)
def test_reverse_curve(rows):
    """Censorings as events among those who are still there after the deaths of the same time."""
    time, event = columns(rows)
    curve = reverse_kaplan_meier(time, event)
    product = Fraction(1)
    for index, s in enumerate(sorted(set(time))):
        there = sum(t > s or (t == s and not e) for t, e in rows)
        left = sum(t == s and not e for t, e in rows)
        product *= 1 - Fraction(left, there) if there else 1
        assert curve.survival[index] == pytest.approx(float(product), abs=ROUNDING)


@quick
@given(patients, st.randoms(use_true_random=False))
def test_order_and_small_noise_do_not_matter(rows, random):
    """Shuffled, with noise far below a day, and -0.0 for 0."""
    time, event = columns(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    moved, events = columns(shuffled)
    noisy = np.array([t * (1 + random.choice([-1, 0, 1]) * 2e-16) if t else -0.0 for t in moved])
    first, second = kaplan_meier(time, event), kaplan_meier(noisy, events)
    np.testing.assert_allclose(first.time, second.time, atol=1e-12)
    np.testing.assert_array_equal(first.survival, second.survival)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(patients)
def test_lifelines_agrees_where_it_should(rows):
    """Same survival at whole times; its median on flats, limits at S = 0 and float ties differ and are not compared."""
    lifelines = pytest.importorskip("lifelines")
    time, event = columns(rows)
    fitted = lifelines.KaplanMeierFitter().fit(time, event)
    curve = kaplan_meier(time, event)
    for t in sorted(set(time)):
        assert curve.at(t).survival == pytest.approx(float(fitted.predict(t)), abs=1e-10)


@quick
@given(competing)
def test_incidences_and_survival_add_up(rows):
    time, cause = columns(rows)
    curves = cumulative_incidence(time, cause)
    total = curves.survival + curves.incidence.sum(axis=0)
    np.testing.assert_allclose(total, 1.0, atol=ROUNDING)
    any_event = kaplan_meier(time, [c > 0 for c in cause])
    np.testing.assert_allclose(curves.survival, any_event.survival, atol=ROUNDING)


@quick
@given(competing)
def test_jackknife_variance_is_the_sum_of_squared_derivatives(rows):
    """Each subject's weight moved by a little, the incidence recomputed from the definition."""
    time, cause = columns(rows)
    if 1 not in cause:
        return
    curves = cumulative_incidence(time, cause, variance="jackknife")
    step = 1e-6
    for t in (3, 10):
        slopes = []
        for i in range(len(rows)):
            up, down = np.ones(len(rows)), np.ones(len(rows))
            up[i], down[i] = 1 + step, 1 - step
            slopes.append((weighted_incidence(rows, up, t) - weighted_incidence(rows, down, t)) / (2 * step))
        assert curves.at(t).std_error == pytest.approx(np.sqrt(np.sum(np.square(slopes))), abs=1e-8)


def weighted_incidence(rows, weights, t):
    survival, incidence = 1.0, 0.0
    for s in sorted({time for time, cause in rows if cause and time <= t}):
        at_risk = sum(w for (time, _), w in zip(rows, weights, strict=True) if time >= s)
        own = sum(w for (time, cause), w in zip(rows, weights, strict=True) if time == s and cause == 1)
        any_cause = sum(w for (time, cause), w in zip(rows, weights, strict=True) if time == s and cause)
        incidence += survival * own / at_risk
        survival *= 1 - any_cause / at_risk
    return incidence


@quick
@given(patients)
def test_aalen_variance_without_competing_events_is_close_to_greenwood(rows):
    """One cause and no ties: Aalen's variance of F is Greenwood's with d / Y^2 in place of d / (Y (Y - d))."""
    time, event = columns([(10 * t + i / 100, e) for i, (t, e) in enumerate(rows)])
    curves = cumulative_incidence(time, [int(e) for e in event])
    if not curves.causes:
        return
    survival, before, aalen = 1.0, 1.0, 0.0
    for index, (d, y) in enumerate(zip(curves.events[0], curves.at_risk, strict=True)):
        before, survival = survival, survival * (1 - d / y)
        if survival > 0.0:
            aalen += (before / survival) ** 2 * d / y**2
            assert curves.std_error[0, index] == pytest.approx(survival * aalen**0.5, abs=1e-9)


def test_limits_cover_in_a_small_exact_experiment():
    """Without censoring S(t) is a binomial rate: the log-log 95 % interval covers 0.92 or more at n = 15, S = 0.6."""
    n, p = 15, 0.6
    covered = 0.0
    for dead in range(n + 1):
        chance = float(binomial(dead, n, 1 - p))
        point = kaplan_meier([1] * dead + [2] * (n - dead), [1] * dead + [0] * (n - dead)).at(1)
        covered += chance * (point.lower <= p <= point.upper)
    assert 0.92 <= covered <= 0.99


def binomial(k, n, p):
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def test_one_sample_test_turns_with_the_null():
    time, event = [5, 8, 12, 20], [1, 1, 0, 1]
    short, long = one_sample_log_rank(time, event, 2.0), one_sample_log_rank(time, event, 200.0)
    assert short.z < 0 < long.z
    assert short.p_one_sided < 0.5 < long.p_one_sided


@quick
@given(patients)
def test_the_number_at_risk_of_follow_up_counts_everyone_who_was_still_there(rows):
    """A reverse curve takes tied deaths out of its risk set; those under a chart are still all with time >= t."""
    time, event = columns(rows)
    wanted = [sum(s >= t for s in time) for t in range(14)]
    assert reverse_kaplan_meier(time, event).number_at_risk(range(14)).tolist() == wanted
