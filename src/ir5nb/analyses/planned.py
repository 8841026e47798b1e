"""The design as planned and its exact properties, and the path of the trial through it (R4)."""

from __future__ import annotations

import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.schema import Analysis


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
