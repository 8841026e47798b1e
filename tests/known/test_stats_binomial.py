"""Binomial limits against R (golden/stats/binomial_ci) and against printed intervals (golden/published)."""

import re
from fractions import Fraction
from itertools import accumulate
from math import comb
from operator import mul
from pathlib import Path

import pandas as pd
import pytest

from ir5nb.stats.binomial import bound, interval

GOLDEN = Path(__file__).parent / "stats"
CASES = pd.read_csv(GOLDEN / "binomial_ci.csv")
PRINTED = pd.read_csv(GOLDEN / "published_intervals.csv")
CLOSED = 1e-12
WIDTH = 1e-13
EXACTCI = "exactci-1.4.5 binom.exact(central,midp,tol=1e-13)"
SOURCES = {  # method here, tolerance: how exactly that program solves
    ("clopper-pearson", "R stats::binom.test 4.2.2"): ("clopper-pearson", CLOSED),
    ("exact", "binom-1.1.1.1"): ("clopper-pearson", CLOSED),
    ("wilson", "R stats::prop.test(correct=FALSE) 4.2.2"): ("wilson", CLOSED),
    ("wilson", "binom-1.1.1.1"): ("wilson", CLOSED),
    ("wilson-cc", "R stats::prop.test(correct=TRUE) 4.2.2"): ("wilson-cc", CLOSED),
    ("jeffreys(equal-tailed raw)", "R qbeta"): ("jeffreys", CLOSED),
    ("logit", "binom-1.1.1.1"): ("logit", CLOSED),
    ("cloglog", "binom-1.1.1.1"): ("cloglog", CLOSED),
    ("agresti-coull", "binom-1.1.1.1"): ("agresti-coull", CLOSED),
    ("asymptotic", "binom-1.1.1.1"): ("wald", CLOSED),
    ("bayes", "binom-1.1.1.1"): ("jeffreys-hpd", 1e-6),
    ("mid-p", EXACTCI): ("mid-p", 3e-5),  # its root finder stops there, whatever tol says: see the brackets below
    ("mid-p", "PropCIs-0.3.0 midPci"): ("mid-p", 1e-3),
    ("blaker", "BlakerCI-1.0.6"): ("blaker", 1e-6),
    ("blaker", "exactci-1.4.5 binom.exact(blaker,tol=1e-8)"): ("blaker", 1e-6),
    ("blaker", "PropCIs-0.3.0 blakerci(tol=1e-5)"): ("blaker", 1.01e-5),
}


@pytest.mark.parametrize(("method", "source"), SOURCES)
def test_limits(method, source):
    ours, tolerance = SOURCES[method, source]
    rows = CASES[(CASES.method == method) & (CASES.source == source)]
    assert len(rows) >= 124
    for row in rows.itertuples():
        limits = interval(row.x, row.n, row.conf_level, ours)
        # Wald and Agresti-Coull of binom leave [0, 1]; a rate does not.
        assert limits.lower == pytest.approx(max(0.0, row.lower), abs=tolerance), row
        assert limits.upper == pytest.approx(min(1.0, row.upper), abs=tolerance), row


def half_tail_is_below(target, x, n, p):
    """Whether P(X > x) + P(X = x) / 2 < target at a rational rate p: a comparison of integers, nothing rounded."""
    a, b = p.numerator, p.denominator - p.numerator
    successes, failures = powers(a, n), powers(b, n)
    terms = [comb(n, k) * successes[k] * failures[n - k] for k in range(x, n + 1)]
    return (2 * sum(terms) - terms[0]) * target.denominator < 2 * p.denominator**n * target.numerator


def powers(base, n):
    return list(accumulate([1] + [base] * n, mul))


def test_mid_p_limits_lie_where_their_equations_turn():
    """Exact rationals at 1e-13 to either side of each limit bracket the tail; exactci's answer is off by up to 2e-5.

    So the tolerance of 3e-5 for exactci says how far exactci is from the solution, not how far this program is.
    """
    rows = CASES[(CASES.method == "mid-p") & (CASES.source == EXACTCI) & (CASES.n <= 1000)]  # n = 5000 takes 10 s
    bracketed = theirs_off = 0
    for row in rows.itertuples():
        tail = (1 - Fraction(str(row.conf_level))) / 2
        limits = interval(row.x, row.n, row.conf_level, "mid-p")
        for limit, target, theirs in ((limits.lower, tail, row.lower), (limits.upper, 1 - tail, row.upper)):
            if 0.0 < limit < 1.0:
                low, high = (Fraction(round((limit + step) * 2**50), 2**50) for step in (-WIDTH, WIDTH))
                assert half_tail_is_below(target, row.x, row.n, low), row
                assert not half_tail_is_below(target, row.x, row.n, high), row
                bracketed += 1
                theirs_off += abs(theirs - limit) > 1e-9
            else:
                assert (limit, row.x) in {(0.0, 0), (1.0, row.n)}
    assert bracketed > 200
    assert theirs_off > bracketed / 2


def test_every_row_of_the_golden_file_is_used():
    used = CASES.set_index(["method", "source"]).index.isin(list(SOURCES))
    assert used.all()
    assert len(CASES) == 2518


def test_printed_intervals_recomputed():
    """The exact and Wilson columns beside the 34 printed intervals."""
    assert len(PRINTED) == 34
    for row in PRINTED.itertuples():
        for method, text in (("clopper-pearson", row.exact_CP), ("wilson", row.wilson)):
            assert percentages(row, method) == pytest.approx(printed(text)[0], abs=0.0501), row


HALF_UNIT_SLIPS = {
    "AtezoBev peritoneal mesothelioma ORR": 0.1,  # 19.1-64.0 printed, exact upper limit 63.95
}


@pytest.mark.parametrize("row", list(PRINTED.itertuples()), ids=lambda row: row.source)
def test_printed_intervals(row):
    """Each paper's interval to its printed precision, by the method it used; "neither" is neither."""
    limits, half_unit = printed(row.reported_CI)
    half_unit = HALF_UNIT_SLIPS.get(row.source, half_unit)
    fits = {
        method: percentages(row, method) == pytest.approx(limits, abs=half_unit * 1.001)
        for method in ("clopper-pearson", "wilson")
    }
    if row.verdict == "neither":
        assert not any(fits.values())
    else:
        assert fits["clopper-pearson" if row.verdict == "exact" else "wilson"]


def percentages(row, method):
    limits = interval(row.x, row.n, row.level, method)
    return [100 * limits.lower, 100 * limits.upper]


def printed(text):
    """Return the two printed limits and half a unit of their last digit."""
    low, high = re.fullmatch(r"([\d.]+)-([\d.]+)", text).groups()
    decimals = max(len(part.partition(".")[2]) for part in (low, high))
    return [float(low), float(high)], 0.5 * 10.0**-decimals


def test_exact_ends():
    """At x = 0 the lower limit is 0 and the upper one 1 - (alpha/2)^(1/n); some programs leave both limits out."""
    limits = interval(0, 15)
    assert limits.lower == 0.0
    assert limits.upper == pytest.approx(1.0 - 0.025 ** (1 / 15), rel=1e-14)
    assert interval(15, 15).upper == 1.0


def test_one_sided_limits_use_one_tail():
    """A one-sided 95 % limit is the limit of the two-sided 90 % interval, not of the 95 % one."""
    assert bound(7, 40, "lower", 0.95) == pytest.approx(interval(7, 40, 0.90).lower, rel=CLOSED)
    assert bound(7, 40, "upper", 0.95, "wilson") == pytest.approx(interval(7, 40, 0.90, "wilson").upper, rel=CLOSED)
    assert bound(0, 40, "lower", 0.95) == 0.0
    with pytest.raises(ValueError, match="no one-sided limit"):
        bound(7, 40, "lower", 0.95, "blaker")
