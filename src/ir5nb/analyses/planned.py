"""The design as planned and its exact properties, and the path of the trial through it (R4)."""

from __future__ import annotations

import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.schema import Analysis
from ir5nb.stats.monitoring import look


def design(cohort: Cohort) -> Analysis:
    """Give the planned numbers, the exact error rates and expected sizes; series `rates` holds them by true rate.

    Source: R4; Simon 1989 (docs/methods.md).

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    plan, planned = cohort.plan, cohort.plan.design
    rows = cohort.rows("design", population="").at(method="Simon two-stage, exact binomial")
    rows.add(p0=plan.p0, p1=plan.p1, alpha=plan.alpha, power=plan.power, r1=plan.r1, n1=plan.n1, r=plan.r, n=plan.n)
    rows.add(alpha_exact=planned.alpha, power_exact=planned.power)
    for name, rate in (("p0", plan.p0), ("p1", plan.p1)):
        rows.add(**{f"pet_{name}": planned.pet(rate), f"en_{name}": planned.en(rate)})
    grid = [step / 50 for step in range(51)]
    curve = pd.DataFrame(
        {
            "RATE": grid,
            "REJECTION": [planned.rejection_probability(rate) for rate in grid],
            "PET": [planned.pet(rate) for rate in grid],
        }
    )
    return Analysis("design", pd.DataFrame(), rows.frame(), {"rates": curve})


def path(cohort: Cohort) -> Analysis:
    """Give the cumulative successes by patient in order of treatment start; series `path` draws the stage plot.

    Source: spec/tlf.csv, "Simon stage plot".

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    status = cohort.status
    steps = pd.DataFrame(
        {
            "PATIENT": range(1, len(status) + 1),
            "SUCCESSES": status["STATUS"].eq("SUCCESS").cumsum(),
            "STATUS": status["STATUS"],
            "LABEL": status["USUBJID"],
        }
    )
    rows = cohort.rows("path").add(total=len(status), successes=int(status["STATUS"].eq("SUCCESS").sum()))
    return Analysis("path", status, rows.frame(), {"path": steps})


def chances(cohort: Cohort) -> Analysis:
    """Give conditional and predictive power while the trial goes on; no rows once it has ended.

    Source: spec/statistics.md, "Monitoring" (Lan et al. 1982; Lee & Liu 2008). Advice beside the planned rule, which
    alone decides. Patients whose status is pending do not count as enrolled.

    Parameters
    ----------
    cohort
        Derived cohort; the prior is the plan's.
    """
    plan, rows = cohort.plan, cohort.rows("chances")
    known = cohort.status["STATUS"].ne("PENDING")
    enrolled, successes = int(known.sum()), int(cohort.status["STATUS"].eq("SUCCESS").sum())
    if cohort.reached.state in {"open", "continue"} and enrolled <= plan.n:
        now = look(plan.design, enrolled, successes, prior=(plan.prior_a, plan.prior_b))
        rows = rows.at(note=f"{successes} successes in {enrolled} patients with known status")
        rows.at(group="p0").add(conditional_power=now.conditional_power_p0)
        rows.at(group="p1").add(conditional_power=now.conditional_power_p1)
        rows.at(group="observed").add(conditional_power=now.conditional_power_observed)
        prior = rows.at(group=f"prior Beta({plan.prior_a:g}, {plan.prior_b:g})")
        prior.add(predictive_power=now.predictive_power)
        prior.add(posterior_p0=now.posterior_above_p0, posterior_p1=now.posterior_above_p1)
    return Analysis("chances", cohort.status, rows.frame())
