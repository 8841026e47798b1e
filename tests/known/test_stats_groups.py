"""Tests and regression between groups against R survival 3.5-3 (golden/stats/logrank, cox)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb.stats.survival import log_rank, proportional_hazards

GOLDEN = Path(__file__).parent / "stats"
CLOSED = 1e-12
PRINTED = 1e-9  # observed and expected are given to 12 digits
COXPH = 5e-9  # coxph stops once the likelihood moves by less than 1e-9 of itself: its last Newton step is missing
COX = pd.read_csv(GOLDEN / "cox.csv")
MODELS = COX[["dataset", "model", "ties"]].drop_duplicates()


def data(name):
    return pd.read_csv(GOLDEN / "datasets" / f"{name}.csv")


@pytest.mark.parametrize(
    "row", list(pd.read_csv(GOLDEN / "logrank.csv").itertuples()), ids=lambda r: f"{r.dataset}-{r.test}"
)
def test_log_rank(row):
    if row.strata == row.strata:
        frame = data(f"full_{row.dataset}")
        test = log_rank(frame.time, frame.status, frame.trt, frame[row.strata])
    else:
        frame = data(row.dataset)
        test = log_rank(frame.time, frame.status, frame.group, rho=float(row.test.removeprefix("G-rho rho=")))
    assert test.df == row.df
    assert test.chi_square == pytest.approx(row.chisq, rel=1e-11)
    assert test.p == pytest.approx(row.p, rel=1e-11)
    for got, text in ((test.observed, row.observed), (test.expected, row.expected)):
        np.testing.assert_allclose(got, [float(part) for part in text.split(";")], atol=PRINTED)


@pytest.mark.parametrize("model", list(MODELS.itertuples(index=False)), ids=lambda m: f"{m.dataset}-{m.ties}")
def test_proportional_hazards(model):
    rows = COX[(COX[list(MODELS)] == list(model)).all(axis=1)]
    fit = fitted(model, rows)
    for row, coefficient in zip(rows.itertuples(), fit.coefficients, strict=True):
        assert coefficient.name == row.term
        assert coefficient.estimate == pytest.approx(row.coef, abs=COXPH)
        assert coefficient.std_error == pytest.approx(row.se, abs=COXPH)
        assert coefficient.z == pytest.approx(row.z, abs=5 * COXPH)
        assert coefficient.p == pytest.approx(row.p, abs=COXPH)
        assert (coefficient.hr_lower, coefficient.hr_upper) == pytest.approx((row.hr_lower, row.hr_upper), abs=COXPH)
    first = rows.iloc[0]
    assert fit.log_likelihood_null == pytest.approx(first.loglik0, rel=CLOSED)
    assert fit.log_likelihood == pytest.approx(first.loglik1, rel=CLOSED)
    assert fit.score_test == pytest.approx(first.score_test, rel=CLOSED)
    assert fit.likelihood_ratio == pytest.approx(first.lrt, rel=1e-11)
    assert fit.wald == pytest.approx(first.wald, abs=0.00501)  # printed with two decimals
    assert fit.concordance == pytest.approx(first.concordance, rel=CLOSED)


def fitted(model, rows):
    if model.dataset in ("ovarian", "veteran"):
        frame = data(f"full_{model.dataset}")
        time, event = ("futime", "fustat") if model.dataset == "ovarian" else ("time", "status")
        return proportional_hazards(frame[time], frame[event], {term: frame[term] for term in rows.term}, model.ties)
    frame = data(model.dataset)
    prefix = "x" if model.dataset == "aml" else "group"
    indicators = {term: (frame.group == term.removeprefix(prefix)).astype(float) for term in rows.term}
    return proportional_hazards(frame.time, frame.status, indicators, model.ties)


def test_score_test_without_ties_is_the_log_rank_test():
    """Two groups, no ties: one formula by two routes."""
    generator = np.random.default_rng(5)
    time, event = generator.exponential(10.0, 40), generator.uniform(size=40) < 0.7
    group = np.arange(40) % 2
    fit = proportional_hazards(time, event, {"group": group})
    assert fit.score_test == pytest.approx(log_rank(time, event, group).chi_square, rel=1e-10)


@pytest.mark.parametrize(
    ("covariates", "condition"),
    [
        ({}, "at least one covariate"),
        ({"x": [1, 1, 1, 1]}, "x must not be constant"),
        ({"x": [1, 2, np.nan, 4]}, "x must be finite"),
        ({"x": [1, 2, 3]}, "x must have the shape of time"),
        ({"x": [1, 0, 1, 0], "y": [2, 0, 2, 0]}, "covariates must not be linearly dependent"),
        ({"x": [1, 1, 0, 0]}, "the likelihood must have a maximum"),
    ],
)
def test_regression_refuses(covariates, condition):
    with pytest.raises(ValueError, match=condition):
        proportional_hazards([1, 2, 3, 4], [1, 1, 1, 1], covariates)


def test_log_rank_refuses():
    with pytest.raises(ValueError, match="at least two different labels"):
        log_rank([1, 2], [1, 1], ["a", "a"])
    with pytest.raises(ValueError, match="group must have the shape of time"):
        log_rank([1, 2], [1, 1], ["a"])
