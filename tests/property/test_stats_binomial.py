"""Binomial and Poisson limits by their defining equations and by enumeration."""

import math

import numpy as np
import pytest

from ir5nb.stats.binomial import interval
from ir5nb.stats.binomial_law import mass, tail_above, tail_below
from ir5nb.stats.rates import incidence_rate
from ir5nb.stats.roots import increasing_root

METHODS = ["clopper-pearson", "mid-p", "wilson", "blaker", "jeffreys"]


def naive(k, n, p):
    return math.comb(n, k) * p**k * (1 - p) ** (n - k)


@pytest.mark.parametrize("level", [0.90, 0.95])
@pytest.mark.parametrize("method", ["clopper-pearson", "blaker"])
@pytest.mark.parametrize("n", [1, 7, 24])
def test_exact_methods_cover(method, level, n):
    limits = [interval(x, n, level, method) for x in range(n + 1)]
    for p in np.linspace(0.001, 0.999, 333):
        inside = sum(naive(x, n, p) for x in range(n + 1) if limits[x].lower <= p <= limits[x].upper)
        assert inside >= level - 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_limits_rise_and_mirror(method):
    """Both limits rise with x; those of the failures are one minus those of the successes; 90 % lies inside 95 %."""
    n = 19
    narrow = [interval(x, n, 0.90, method) for x in range(n + 1)]
    wide = [interval(x, n, 0.95, method) for x in range(n + 1)]
    for x in range(n + 1):
        assert narrow[x].lower == pytest.approx(1 - narrow[n - x].upper, abs=1e-12)
        assert wide[x].lower <= narrow[x].lower <= narrow[x].upper <= wide[x].upper
        if x:
            assert narrow[x - 1].lower < narrow[x].lower
            assert narrow[x - 1].upper < narrow[x].upper


def test_blaker_lies_inside_clopper_pearson():
    for n in (5, 12, 40):
        for x in range(n + 1):
            outer, inner = interval(x, n, 0.95), interval(x, n, 0.95, "blaker")
            assert outer.lower - 1e-12 <= inner.lower <= inner.upper <= outer.upper + 1e-12


def test_blaker_against_a_fine_grid_of_its_definition():
    """Acceptability on 2001 rates: the least and greatest rate accepted lie within a step of the limits."""
    n, alpha = 11, 0.1
    rates = np.linspace(0, 1, 2001)[1:-1]
    for x in range(n + 1):
        accepted = [p for p in rates if acceptability(x, n, p) >= alpha]
        limits = interval(x, n, 1 - alpha, "blaker")
        assert limits.lower == pytest.approx(accepted[0] if x else 0.0, abs=6e-4)
        assert limits.upper == pytest.approx(accepted[-1] if x < n else 1.0, abs=6e-4)


def acceptability(x, n, p):
    chances = mass(n, p)
    smaller = min(chances[: x + 1].sum(), chances[x:].sum())
    upward, downward = np.cumsum(chances), np.cumsum(chances[::-1])
    opposite = upward if chances[x:].sum() <= chances[: x + 1].sum() else downward
    fitting = opposite[opposite <= smaller * (1 + 1e-12)]
    return min(1.0, smaller + (fitting[-1] if len(fitting) else 0.0))


@pytest.mark.parametrize(("x", "n"), [(1, 9), (4, 15), (8, 9)])
def test_mid_p_solves_its_equations(x, n):
    """golden/stats gives mid-p to 3e-5 only (its programs stop there); the equations hold to 1e-12."""
    limits = interval(x, n, 0.90, "mid-p")
    at_lower = sum(naive(k, n, limits.lower) for k in range(x + 1, n + 1)) + naive(x, n, limits.lower) / 2
    at_upper = sum(naive(k, n, limits.upper) for k in range(x)) + naive(x, n, limits.upper) / 2
    assert (at_lower, at_upper) == pytest.approx((0.05, 0.05), abs=1e-12)


@pytest.mark.parametrize("p", [0.0, 1e-9, 0.3, 0.999, 1.0])
@pytest.mark.parametrize("n", [0, 1, 40, 1200])
def test_distribution(n, p):
    """Probabilities add to 1 and tails to each other; above n = 1000 coefficients are taken in logarithms."""
    assert mass(n, p).sum() == pytest.approx(1.0, rel=1e-9)
    np.testing.assert_allclose(tail_above(n, p)[1:] + tail_below(n, p), 1.0, rtol=1e-9)


def test_small_tails_keep_their_digits():
    assert tail_above(30, 1e-4)[20] == pytest.approx(math.comb(30, 20) * 1e-80, rel=2e-3)


def test_poisson_limits_solve_their_equations():
    for events in (1, 3, 40):
        rate = incidence_rate(events, 10.0, 0.90)
        above = 1 - sum(math.exp(-10 * rate.lower) * (10 * rate.lower) ** k / math.factorial(k) for k in range(events))
        below = sum(math.exp(-10 * rate.upper) * (10 * rate.upper) ** k / math.factorial(k) for k in range(events + 1))
        assert (above, below) == pytest.approx((0.05, 0.05), abs=1e-12)
    assert incidence_rate(0, 10.0, 0.90).lower == 0.0
    assert incidence_rate(0, 10.0, 0.90).upper == pytest.approx(-math.log(0.05) / 10)


@pytest.mark.parametrize("root", [1e-12, 0.1, 0.5, 1 - 1e-9])
@pytest.mark.parametrize("shape", [lambda d: d, lambda d: d**3, lambda d: math.copysign(1.0, d)])
def test_roots_are_found_to_the_last_bits(root, shape):
    assert increasing_root(lambda p: shape(p - root)) == pytest.approx(root, rel=1e-5 if shape(2) == 8 else 1e-15)


def test_roots_outside_the_interval():
    assert increasing_root(lambda p: p + 1.0) == 0.0
    assert increasing_root(lambda p: p - 2.0) == 1.0
