"""The projection of accrual: when n patients are treated at the recent pace."""

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan


def test_the_projection_goes_on_until_n_are_treated() -> None:
    """Cohort 5: 22 included, 21 treated, 31 wanted, 0.5 a month: 10 more in 20 months from June 2026."""
    plan = CohortPlan.load("c5_net")
    rows = analyses.accrual(analyses.derive(source.read().as_of(plan.cutoff), plan)).results
    row = rows[rows["statistic"].eq("months_to_complete")].iloc[0]
    assert (row["value"], row["note"]) == (20, "2028-02")
