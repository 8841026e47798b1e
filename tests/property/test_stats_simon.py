"""The design search against brute force, and a design's properties by enumeration."""

from functools import cache
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.stats.monitoring import conditional_power, curtailed, look, predictive_power
from ir5nb.stats.simon import SimonDesign, decision_rules, green_dahlberg, hunt, operating_characteristics, search

LIMIT = 1e-12
N = 22


def naive_designs(p0, p1, alpha, power, n_max):
    """Every (r1, n1, r, n) tried one by one, with sums over x1; returns the feasible ones with EN(p0)."""

    @cache
    def pmf(n, p):
        return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]

    @cache
    def above(n, p):
        return [sum(pmf(n, p)[k:]) for k in range(n + 2)]

    def rejects(r1, n1, r, n, p):
        tail = above(n - n1, p)
        return sum(pmf(n1, p)[x1] * tail[min(max(r + 1 - x1, 0), n - n1 + 1)] for x1 in range(r1 + 1, n1 + 1))

    for n in range(2, n_max + 1):
        for n1 in range(1, n):
            for r1 in range(n1):
                if sum(pmf(n1, p1)[: r1 + 1]) > 1 - power + LIMIT:
                    break
                for r in range(r1 + 1, n):
                    if rejects(r1, n1, r, n, p1) < power - LIMIT:
                        break
                    if rejects(r1, n1, r, n, p0) <= alpha + LIMIT:
                        en = n1 + above(n1, p0)[r1 + 1] * (n - n1)
                        yield en, n, n1, r1, r


def best(candidates, key):
    """The least by key; ties by n, n1, r1."""
    candidates = list(candidates)
    least = min(key(c) for c in candidates)
    return min(c[1:4] for c in candidates if key(c) <= least + 1e-11 * max(1.0, abs(least)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    p0=st.integers(2, 75).map(lambda k: k / 100),
    gap=st.integers(18, 60).map(lambda k: k / 100),
    alpha=st.sampled_from([0.01, 0.025, 0.05, 0.1, 0.2]),
    power=st.sampled_from([0.7, 0.8, 0.9]),
)
def test_search_is_exhaustive(p0, gap, alpha, power):
    p1 = min(0.98, round(p0 + gap, 2))
    naive = list(naive_designs(p0, p1, alpha, power, N))
    if not naive:
        with pytest.raises(ValueError, match="no design with n <="):
            search(p0, p1, alpha, power, n_max=N)
        return
    found = search(p0, p1, alpha, power, n_max=N)
    optimal, minimax = found.optimal, found.minimax
    assert (optimal.n, optimal.n1, optimal.r1) == best(naive, lambda c: c[0])
    least_n = min(c[1] for c in naive)
    assert (minimax.n, minimax.n1, minimax.r1) == best([c for c in naive if c[1] == least_n], lambda c: c[0])
    assert (optimal.en(p0), optimal.n, optimal.n1, optimal.r1) == pytest.approx(
        (min(c[0] for c in naive), optimal.n, optimal.n1, optimal.r1), rel=1e-11
    )
    for design in found.admissible:
        assert_admissible(design, p0, naive)


def assert_admissible(design, p0, naive):
    """For weights inside its range no feasible design costs less."""
    for share in (0.0, 0.5, 1.0):
        q = design.q_low + share * (design.q_high - design.q_low)
        cost = q * design.n + (1 - q) * design.en(p0)
        assert cost <= min(q * c[1] + (1 - q) * c[0] for c in naive) + 1e-9


@pytest.mark.parametrize("setting", [(0.2, 0.5, 0.05, 0.8), (0.5, 0.8, 0.1, 0.8), (0.05, 0.4, 0.05, 0.8)])
def test_certificate_is_a_proof(setting):
    """Brute force to half as many subjects again finds nothing better, and nothing feasible before n_first."""
    found = search(*setting)
    certificate = found.certificate
    assert certificate.complete
    assert certificate.bound >= found.optimal.en(setting[0])
    naive = list(naive_designs(*setting, certificate.n_last + certificate.n_last // 2))
    assert min(c[0] for c in naive) >= found.optimal.en(setting[0]) - LIMIT
    assert min(c[1] for c in naive) == found.minimax.n >= certificate.n_first


def randomised_power(n, p0, p1, alpha):
    """Power of the most powerful level-alpha test of n subjects: reject above k, sometimes at k (Neyman-Pearson)."""
    null = [comb(n, k) * p0**k * (1 - p0) ** (n - k) for k in range(n + 1)]
    alternative = [comb(n, k) * p1**k * (1 - p1) ** (n - k) for k in range(n + 1)]
    level = power = 0.0
    for k in range(n, -1, -1):
        if level + null[k] > alpha:
            return power + (alpha - level) / null[k] * alternative[k]
        level, power = level + null[k], power + alternative[k]
    return power


@pytest.mark.parametrize("setting", [(0.1, 0.3, 0.05, 0.8), (0.4, 0.6, 0.05, 0.9), (0.7, 0.9, 0.1, 0.8)])
def test_the_search_begins_where_a_randomised_test_first_has_the_power(setting):
    p0, p1, alpha, power = setting
    first = search(*setting).certificate.n_first
    enough = [n for n in range(1, first + 5) if randomised_power(n, p0, p1, alpha) >= power]
    assert enough[0] == first


@pytest.mark.parametrize("setting", [(0.001, 0.035, 0.01, 0.5), (0.2, 0.5, 0.05, 0.8), (0.7, 0.9, 0.1, 0.8)])
def test_the_search_does_not_depend_on_its_first_table(setting, monkeypatch):
    """With the first setting the guessed table holds no n that can have the power; with the others it does."""
    found = search(*setting)
    for size in (2, 7, 400):
        monkeypatch.setattr(hunt, "_likely_size", lambda *_, size=size: size)
        assert search(*setting) == found


@pytest.mark.parametrize("setting", [(0.2, 0.5, 0.1, 0.8), (0.5, 0.8, 0.2, 0.8), (0.3, 0.65, 0.1, 0.7)])
def test_no_admissible_design_is_left_out(setting):
    """For every weight the best of the listed designs costs no more than the best of all, tried one by one."""
    found = search(*setting)
    naive = list(naive_designs(*setting, found.certificate.n_last))
    for q in np.linspace(0.0, 1.0, 201):
        listed = min(q * design.n + (1 - q) * design.en(setting[0]) for design in found.admissible)
        assert listed == pytest.approx(min(q * c[1] + (1 - q) * c[0] for c in naive), rel=1e-11)


def test_weights_cover_the_unit_interval():
    found = search(0.25, 0.45, 0.1, 0.9)
    ranges = [(design.q_low, design.q_high) for design in found.admissible]
    assert ranges[0][1] == 1.0
    assert ranges[-1][0] == 0.0
    assert all(a[0] == b[1] for a, b in pairwise(ranges))
    published = [(d.r1, d.n1, d.r, d.n) for d in found.admissible]
    assert published == [(5, 23, 13, 39), (3, 15, 13, 40), (3, 14, 14, 44)]  # clinfun's documented example


def test_designs_on_an_edge_of_the_hull_are_admissible():
    """(.50, .65; .10, .10): 16/33 43/76 lies exactly between its neighbours; it is best for q = 1/3 alone."""
    found = search(0.50, 0.65, 0.1, 0.9)
    edge = next(design for design in found.admissible if design.n == 76)
    assert edge.q_low == pytest.approx(1 / 3)
    assert edge.q_high == pytest.approx(1 / 3)


def test_clinfun_example_of_the_specification():
    design = search(0.2, 0.4).optimal
    assert (design.r1, design.n1, design.r, design.n) == (3, 13, 12, 43)


DESIGN = SimonDesign(3, 13, 12, 43, 0.2, 0.4)


def test_rejection_rises_with_the_rate_and_ends_at_0_and_1():
    values = [DESIGN.rejection_probability(p) for p in np.linspace(0, 1, 101)]
    assert values[0] == 0.0
    assert values[-1] == pytest.approx(1.0, abs=LIMIT)
    assert values == sorted(values)


def test_decisions_and_reasons():
    assert [DESIGN.stage1(x).passed for x in range(14)] == [x > 3 for x in range(14)]
    assert [DESIGN.final(x).passed for x in range(44)] == [x > 12 for x in range(44)]
    assert DESIGN.stage1(3).reason == "3 of 13 is not more than r1 = 3"
    assert DESIGN.final(13).reason == "13 of 43 is more than r = 12"


@pytest.mark.parametrize("p", [0.1, 0.2, 0.4, 0.9])
def test_conditional_power_is_a_martingale(p):
    """The mean over the next subject is the present value, except where stage 1 ends and the stop takes effect."""
    for enrolled in range(DESIGN.n):
        for successes in range(enrolled + 1):
            now = conditional_power(DESIGN, enrolled, successes, p)
            if enrolled == DESIGN.n1 and successes <= DESIGN.r1:
                assert now == 0.0
                continue
            won = conditional_power(DESIGN, enrolled + 1, successes + 1, p)
            lost = conditional_power(DESIGN, enrolled + 1, successes, p)
            assert now == pytest.approx(p * won + (1 - p) * lost, abs=LIMIT)
    assert conditional_power(DESIGN, 0, 0, p) == pytest.approx(DESIGN.rejection_probability(p), abs=LIMIT)


def test_predictive_power_is_the_posterior_mean_of_conditional_power():
    """Gauss-Legendre quadrature over the posterior Beta(1 + s, 1 + m - s), a polynomial here, so exact."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    rates, weights = (nodes + 1) / 2, weights / 2
    for enrolled, successes in ((0, 0), (5, 2), (13, 4), (20, 6), (43, 13)):
        a, b = 1 + successes, 1 + enrolled - successes
        density = rates ** (a - 1) * (1 - rates) ** (b - 1)
        powers = [conditional_power(DESIGN, enrolled, successes, float(p)) for p in rates]
        mean = np.dot(weights * density, powers) / np.dot(weights, density)
        assert predictive_power(DESIGN, enrolled, successes, (1, 1)) == pytest.approx(mean, abs=1e-11)


@pytest.mark.parametrize("p", [0.2, 0.4])
def test_curtailment_without_risk_changes_only_the_size(p):
    """Stopping when the decision is certain keeps R(p) and costs no more subjects than planned."""
    result = curtailed(DESIGN, p, 0.0)
    assert result.rejection == pytest.approx(DESIGN.rejection_probability(p), abs=LIMIT)
    assert result.expected_n < DESIGN.en(p)
    assert curtailed(DESIGN, p, 0.2).rejection < result.rejection


def test_rows_of_a_search():
    rows = search(0.1, 0.3).rows
    assert [row["criterion"] for row in rows][:: len(rows) - 1] == ["minimax", "optimal"]
    assert rows[-1]["en_p0"] == min(row["en_p0"] for row in rows)
    one = search(0.5, 0.75, 0.125, 0.75).rows
    assert [row["criterion"] for row in one] == ["minimax, optimal"]


def test_decision_rules_cover_every_outcome_once():
    rules = decision_rules(DESIGN)
    for stage, first, last in ((1, 0, DESIGN.n1), (2, DESIGN.r1 + 1, DESIGN.n)):
        covered = [x for rule in rules if rule.stage == stage for x in range(rule.fewest, rule.most + 1)]
        assert covered == list(range(first, last + 1))


def test_operating_characteristics_include_p0_and_p1():
    points = operating_characteristics(SimonDesign(1, 10, 5, 29, 0.105, 0.333))
    assert {0.0, 0.105, 0.333, 1.0} <= {point.p for point in points}
    assert all(point.row["pet"] == DESIGN.pet(point.p) for point in operating_characteristics(DESIGN, [0.2, 0.4]))


@pytest.mark.parametrize(
    ("enrolled", "successes", "rule", "advice"),
    [
        (8, 2, "stage 1 goes on to 13 subjects", "no reason to stop"),
        (8, 0, "stage 1 goes on to 13 subjects", "futility may be discussed"),
        (13, 3, "stop for futility: 3 of 13 is not more than r1 = 3", "can no longer be rejected"),
        (13, 4, "continue to stage 2: 4 of 13 is more than r1 = 3", "no reason to stop"),
        (30, 13, "stage 2 goes on to 43 subjects", "will be rejected whatever follows"),
        (43, 12, "do not reject H0: 12 of 43 is not more than r = 12", "can no longer be rejected"),
    ],
)
def test_a_look_says_the_rule_first(enrolled, successes, rule, advice):
    now = look(DESIGN, enrolled, successes, prior=(1, 1), futility=0.2)
    assert now.planned_rule == rule
    assert advice in now.advice
    assert now.conditional_power_p1 == conditional_power(DESIGN, enrolled, successes, 0.4)
    assert [value for _, value, _ in now.rows][3] == now.predictive_power


@pytest.mark.parametrize("sizes", [(10, 29), (14, 40), (7, 26), (21, 45)])
def test_green_and_dahlberg_are_two_binomial_tests(sizes):
    """Stage 1 stops where P(X1 <= x | p1) <= 0.02, H0 is rejected where P(X >= x | p0) <= 0.055, each counted out."""
    n1, n = sizes
    design = SimonDesign(1, 10, 5, 29, 0.1, 0.3)

    def chances(n, p):
        return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]

    stops = [x for x in range(n1 + 1) if sum(chances(n1, 0.3)[: x + 1]) <= 0.02]
    rejects = [x for x in range(n + 1) if sum(chances(n, 0.1)[x:]) <= 0.055]
    found = green_dahlberg(design, n1, n)
    assert (found.r1, found.r) == (max(stops, default=-1), rejects[0] - 1)
    assert (found.n1, found.n) == sizes
