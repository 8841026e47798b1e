"""The results of a study looked up by conduct, truth and reading, and the words of the readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ir5nb.analyses.primary import offered
from ir5nb.plan import CohortPlan
from ir5nb.wording import percent


@dataclass(frozen=True, slots=True)
class Findings:
    """Results looked up by conduct, truth, reading and statistic.

    Examples
    --------
    >>> from ir5nb.schema import RESULTS
    >>> row = dict.fromkeys(RESULTS, "") | {"endpoint": "c", "group": "0.4", "reading": "default",
    ...                                     "statistic": "declared", "value": 0.05}
    >>> Findings.of(pd.DataFrame([row])).value("c", 0.4, "default")
    0.05
    """

    values: Mapping[tuple[str, str, str, str], float]

    @classmethod
    def of(cls, results: pd.DataFrame) -> Findings:
        """Index the rows of a results frame.

        Source: `summary.summary`.
        """
        keys = zip(*(results[name] for name in ("endpoint", "group", "reading", "statistic")), strict=True)
        return cls(dict(zip(keys, results["value"].astype(float), strict=True)))

    def value(self, conduct: str, truth: float, reading: str, statistic: str = "declared") -> float:
        """Give one number.

        Source: `summary.summary`.
        """
        return self.values[conduct, f"{truth:g}", reading, statistic]

    def told(self, conduct: str, truth: float, reading: str) -> str:
        """Write the chance to declare activity with its standard error, in percent.

        Source: issue 8 (Monte-Carlo errors stated).
        """
        error = self.value(conduct, truth, reading, "declared_error")
        return f"{percent(self.value(conduct, truth, reading))}% (± {percent(error)})"


def labels(plan: CohortPlan) -> dict[str, str]:
    """Give the words of every reading of a plan, by id.

    Parameters
    ----------
    plan
        Plan of a cohort.
    """
    return {
        reading.id: "as planned" if reading.id == "default" else f"{reading.id}: {reading.label}"
        for reading in offered(plan)
    }
