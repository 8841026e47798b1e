"""Tests and regression between groups against R: survival 3.5-3 and cmprsk (golden/stats/logrank, cox, cuminc_tests).

`r_groups.csv` holds further answers of survival 3.5-3 and cmprsk 2.2-11 on `r_groups_data.csv` (three groups, two
covariates, two causes; d2, d4 and d6 in whole days with many ties), crr and coxph iterated to 1e-13 (r_groups.R).
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ir5nb.stats.survival import fine_gray, gray_test, log_rank, proportional_hazards, proportionality
from ir5nb.stats.survival.newton import maximise

GOLDEN = Path(__file__).parent / "stats"
CLOSED = 1e-12
PRINTED = 1e-9  # observed and expected are given to 12 digits
COXPH = 5e-9  # coxph stops once the likelihood moves by less than 1e-9 of itself: its last Newton step is missing
CRR = 5e-8  # crr stops once its score is below 1e-6 of the likelihood; iterated further it gives our digits (below)
ITERATED = 2e-11  # both programs at their last bits
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


@pytest.mark.parametrize("model", list(MODELS.itertuples(index=False)), ids=lambda m: f"{m.dataset}-{m.ties}")
def test_proportionality(model):
    """cox.zph's global p; a model fitted with exact ties is tested in Breslow's likelihood, as cox.zph does."""
    rows = COX[(COX[list(MODELS)] == list(model)).all(axis=1)]
    test = fitted(model, rows, proportionality)
    assert test.df == len(rows) == len(test.terms)
    assert test.p == pytest.approx(rows.zph_global_p.iloc[0], rel=1e-8)  # coxph's last Newton step is missing
    assert rows.zph_global_p.nunique() == 1


def fitted(model, rows, fit=proportional_hazards):
    if model.dataset in ("ovarian", "veteran"):
        frame = data(f"full_{model.dataset}")
        time, event = ("futime", "fustat") if model.dataset == "ovarian" else ("time", "status")
        return fit(frame[time], frame[event], {term: frame[term] for term in rows.term}, model.ties)
    frame = data(model.dataset)
    prefix = "x" if model.dataset == "aml" else "group"
    indicators = {term: (frame.group == term.removeprefix(prefix)).astype(float) for term in rows.term}
    return fit(frame.time, frame.status, indicators, model.ties)


COMPETING = pd.read_csv(GOLDEN / "cuminc_tests.csv")


@pytest.mark.parametrize("row", list(COMPETING.itertuples()), ids=lambda r: f"{r.dataset}-{r.test}-{r.cause}")
def test_competing_events_between_groups(row):
    """Gray's test, and the regression of Fine and Gray on the second group's indicator."""
    frame = data(row.dataset)
    if row.test == "gray":
        test = gray_test(frame.time, frame.status, frame.group, of=row.cause)
        assert (test.chi_square, test.p, test.df) == pytest.approx((row.stat, row.p, row.df), rel=1e-11)
        assert sum(test.scores) == pytest.approx(0.0, abs=1e-10)
        return
    second = (frame.group == sorted(frame.group.unique())[1]).astype(float)
    fit = fine_gray(frame.time, frame.status, {"second": second}, of=row.cause)
    (coefficient,) = fit.coefficients
    assert (coefficient.estimate, coefficient.std_error) == pytest.approx((row.coef, row.se), abs=CRR)
    assert fit.df == row.df
    assert fit.wald == pytest.approx(coefficient.z**2, rel=CLOSED)
    assert fit.p == pytest.approx(coefficient.p, rel=1e-11)


def test_every_comparison_of_the_golden_file_is_made():
    assert len(COMPETING) == 7
    assert set(COMPETING.test) == {"gray", "fine-gray crr"}


MADE = pd.read_csv(GOLDEN / "r_groups.csv")


@pytest.mark.parametrize("dataset", sorted(set(MADE.dataset)))
def test_groups_and_covariates_as_r(dataset):
    """Three groups, two covariates: Gray's test of both causes, crr with its errors, cox.zph for each tie handling."""
    frame = pd.read_csv(GOLDEN / "r_groups_data.csv").query("dataset == @dataset")
    covariates = {"x": frame.x, "y": frame.y}
    fit = fine_gray(frame.time, frame.cause, covariates)
    ours = {f"gray {of}": gray_test(frame.time, frame.cause, frame.group, of).chi_square for of in (1, 2)}
    for coefficient in fit.coefficients:
        ours |= {
            f"crr coef {coefficient.name}": coefficient.estimate,
            f"crr se {coefficient.name}": coefficient.std_error,
        }
    ours["crr loglik"] = fit.log_likelihood
    for ties in ("efron", "breslow", "exact"):
        test = proportionality(frame.time, frame.cause == 1, covariates, ties)
        ours |= {f"zph {ties} {term.name}": term.chi_square for term in test.terms}
        ours[f"zph {ties} GLOBAL"] = test.chi_square
    theirs = MADE[MADE.dataset == dataset].set_index("quantity").value.to_dict()
    assert ours == pytest.approx(theirs, rel=ITERATED)


def test_without_competing_events_and_censoring_the_models_agree():
    """No other cause: Fine and Gray's likelihood is Cox's with Breslow's ties, and Gray's scores are the log-rank's."""
    time, event = np.array([1, 2, 2, 4, 5, 7, 8, 9]), np.array([1, 1, 0, 1, 1, 0, 1, 1])
    x, group = {"x": [0.1, 1.2, 0.4, 2.0, 0.3, 1.1, 0.2, 0.9]}, list("abababab")
    subdistribution, cox = fine_gray(time, event, x), proportional_hazards(time, event, x, "breslow")
    assert subdistribution.coefficients[0].estimate == pytest.approx(cox.coefficients[0].estimate, rel=1e-9)
    assert subdistribution.log_likelihood == pytest.approx(cox.log_likelihood, rel=CLOSED)
    test = log_rank(time, event, group)
    assert gray_test(time, event, group).scores == pytest.approx(np.subtract(test.observed, test.expected), abs=1e-12)


SMALL = {  # R 4.2.2, cmprsk 2.2.11: cuminc(time, cause, group)$Tests["1", "stat"]
    "the pooled incidence ends at 1.5": (
        [1, 1, 1, 2, 2, 5, 7, 8, 12, 12, 13, 13, 7, 9, 10, 11, 13, 14, 19, 22],
        [1, 2, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 2, 1, 2, 2, 1, 1],
        "aaaaaaaaaaaabbbbbbcc",
        7.1664406581172,
    ),
    "it passes 1 while two groups are at risk": (
        [3, 5, 5, 5, 6, 2, 5, 7, 1, 3, 4, 4], [1] * 12, "aaaaabccdddd", 11.3091927126074,
    ),
}  # fmt: skip


@pytest.mark.parametrize("small", SMALL.values(), ids=SMALL)
def test_gray_where_the_pooled_incidence_reaches_1(small):
    time, cause, group, statistic = small
    assert gray_test(time, cause, list(group)).chi_square == pytest.approx(statistic, rel=1e-12)


def test_times_equal_up_to_floating_noise_are_one_time_here_too():
    """0.1 + 0.2 and 0.3 are one time: tied events, one risk set."""
    noisy, exact = [0.3, 0.1 + 0.2, 0.7, 0.9, 1.1, 1.3], [0.3, 0.3, 0.7, 0.9, 1.1, 1.3]
    cause, group, x = [1, 1, 2, 1, 0, 2], list("ababab"), {"x": [1.0, 0.0, 1.0, 1.0, 0.0, 0.0]}
    assert gray_test(noisy, cause, group) == gray_test(exact, cause, group)
    assert fine_gray(noisy, cause, x) == fine_gray(exact, cause, x)


def test_newton_halves_a_step_that_goes_too_far():
    """From 0 the first step on -log cosh(b - 3) leads to 100, where the likelihood is lower."""
    tried = []

    def hill(beta):
        tried.append(float(beta[0]))
        away = beta - 3.0
        return SimpleNamespace(
            log_likelihood=-float(np.log(np.cosh(away[0]))),
            score=-np.tanh(away),
            information=np.array([[1.0 / np.cosh(away[0]) ** 2]]),
        )

    assert maximise(hill, 1)[2] == pytest.approx([3.0], abs=1e-9)
    assert tried[1] > 100 > tried[2] > tried[3] > 0


def test_the_name_of_the_other_cause_does_not_matter():
    time, group = [3, 5, 6, 6, 8, 9, 11, 12], list("aabbabab")
    once = gray_test(time, [1, 2, 1, 0, 2, 1, 1, 0], group)
    assert gray_test(time, [1, 7, 1, 0, 3, 1, 1, 0], group) == once
    assert once.groups == ("a", "b")


@pytest.mark.parametrize(
    ("call", "condition"),
    [
        (lambda: gray_test([1, 2], [1, 2], ["a", "a"]), "group must hold at least two different labels"),
        (lambda: gray_test([1, 2], [1, 2], ["a", "b"], of=3), "cause 3 must occur"),
        (lambda: gray_test([1, 2], [1, 2], ["a"]), "group must have the shape of time"),
        (lambda: gray_test([1, 2], [1, 2], ["a", "b"], of=0), "of >= 1 must hold"),
        (lambda: fine_gray([1, 2, 3], [2, 2, 0], {"x": [1, 2, 3]}), "cause 1 must occur"),
        (lambda: fine_gray([1, 2, 3], [1, 2, 0.5], {"x": [1, 2, 3]}), "cause must be 0, 1, 2"),
        (lambda: fine_gray([1, 2, 3], [1, 2, 0], {"x": [1, 1, 1]}), "x must not be constant"),
        (lambda: fine_gray([1, 2, 3], [1, 2, 0], {"x": [1, 2, 3]}, level=1.0), "0 < level < 1 must hold"),
        (lambda: fine_gray([1, 2, 3, 4], [1, 1, 2, 2], {"x": [1, 1, 0, 0]}), "the likelihood must have a maximum"),
        (lambda: proportionality([1, 2], [0, 0], {"x": [1, 2]}), "at least one event must have happened"),
        (lambda: proportionality([1, 2], [1, 0], {"x": [1, 2]}, ties="none"), "ties must be one of"),
    ],
)
def test_comparisons_refuse(call, condition):
    with pytest.raises(ValueError, match=condition):
        call()


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
