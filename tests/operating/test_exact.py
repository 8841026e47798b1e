"""With perfect observation the simulated error rates are the exact ones ("Must show" 1).

The seed is fixed (20), so the tests do not fail by chance; the bound of four standard errors is what chance would
allow in 1 of 16,000 comparisons.
"""

import csv
import gzip
from collections.abc import Iterator
from math import comb, sqrt
from pathlib import Path

import numpy as np
import pytest
from tests.operating.worlds import STEMS, task

from ir5nb.operating import FLAWLESS
from ir5nb.operating.chunk import COUNTS, NOT_REACHED, count
from ir5nb.operating.rule import CONTINUES, final, stage1_states
from ir5nb.plan import CohortPlan
from ir5nb.stats.simon import SimonDesign

STANDARD_ERRORS = 4
TRIALS = 500
EXACT = 1e-9  # golden values are printed to ten digits
DESIGNS = Path(__file__).parents[1] / "known" / "stats" / "simon_designs.csv.gz"


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("rate", ["p0", "p1"])
def test_perfect_observation_gives_the_exact_error_rates(stem: str, rate: str) -> None:
    plan = CohortPlan.load(stem)
    truth = getattr(plan, rate)
    table = np.array(count(task(plan, truth, FLAWLESS, TRIALS, planned_only=True)))
    weight = table[:, len(COUNTS)]
    assert weight.sum() == TRIALS
    _, x1, m1, first, _, x, total = table[:, : len(COUNTS)].T
    stopped, rejected = total == NOT_REACHED, (first > plan.r1) & (x > plan.r)
    assert (m1 == plan.n1).all()
    for seen, exact in ((stopped, plan.design.pet(truth)), (rejected, plan.design.rejection_probability(truth))):
        error = sqrt(exact * (1 - exact) / TRIALS)
        assert abs(weight[seen].sum() / TRIALS - exact) <= STANDARD_ERRORS * error
    patients = TRIALS * plan.n1
    assert abs((x1 @ weight) / patients - truth) <= STANDARD_ERRORS * sqrt(truth * (1 - truth) / patients)


def golden_designs() -> Iterator[SimonDesign]:
    """Every fortieth golden design of at most 60 patients."""
    with gzip.open(DESIGNS, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["n"] not in {"", "NA"} and int(row["n"]) <= 60]
    for row in rows[::40]:
        r1, n1, r, n = (int(row[name]) for name in ("r1", "n1", "r", "n"))
        if r1 < r:
            yield SimonDesign(r1, n1, r, n, float(row["p0"]), float(row["p1"]))


def test_the_decision_of_a_trial_gives_the_golden_error_rates() -> None:
    """Count level: the probability of every count, summed where the decision function stops or declares activity."""
    designs = list(golden_designs())
    assert len(designs) >= 10
    for design in designs:
        goes_on = [x for x in range(design.n1 + 1) if stage1_states(design, 0.90)[x, design.n1] == CONTINUES]
        for rate in (design.p0, design.p1):
            stops = sum(_mass(design.n1, x, rate) for x in range(design.n1 + 1) if x not in goes_on)
            assert stops == pytest.approx(design.pet(rate), abs=EXACT)
            declared = sum(
                _mass(design.n1, x1, rate) * _mass(design.n2, x2, rate)
                for x1 in goes_on
                for x2 in range(design.n2 + 1)
                if _declares(design, x1, x2)
            )
            assert declared == pytest.approx(design.rejection_probability(rate), abs=EXACT)


def _declares(design: SimonDesign, x1: int, x2: int) -> bool:
    """Ask the decision function at the counts next to the boundary; farther away the count alone decides (Simon)."""
    if abs(x1 + x2 - design.r - 0.5) > 1 or x1 > design.r1 + 2:
        return x1 + x2 > design.r
    return final(design, x1, design.n1, x1 + x2, design.n, 0.90).state == "reject"


def _mass(n: int, x: int, rate: float) -> float:
    return comb(n, x) * rate**x * (1 - rate) ** (n - x)
