"""A trial of a batch, analysed alone by the report's own pipeline, comes to the same statuses and decisions."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from tests.operating.worlds import STEMS, task

from ir5nb import analyses, source
from ir5nb.analyses.outcome import Outcome
from ir5nb.analyses.primary import offered
from ir5nb.operating import AS_IN_THE_DEMO
from ir5nb.operating.chunk import CHUNK, EXCLUDED, SUCCEEDED, Drawn
from ir5nb.operating.rule import final, interim
from ir5nb.plan import CohortPlan
from ir5nb.simulate.calendar import calendar
from ir5nb.simulate.looks import Look

NUMBERS = 2  # trials of each cohort and analysis
WORDS = {
    "open": "not decided", "stop": "stop for futility", "continue": "continue to stage 2",
    "reject": "activity declared", "do not reject": "activity not shown",
}  # fmt: skip


@dataclass(frozen=True)
class One:
    """One trial as the report reads it: tables the simulation does not write are empty, as of a study without them."""

    cutoff: dt.date
    written: dict[str, pd.DataFrame]

    def table(self, domain: str) -> pd.DataFrame:
        return self.written.get(domain, EMPTY[domain])


DOMAINS = ("DM", "DS", "EX", "TU", "TR", "RS", "LB", "AE", "CM", "PR", "SC")
DEMO = source.read(None)
EMPTY = {domain: DEMO.table(domain).iloc[:0] for domain in DOMAINS}


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("analysis", ["interim", "final"])
def test_the_report_comes_to_the_same(stem: str, analysis: str) -> None:
    plan = CohortPlan.load(stem, {"analysis": analysis})
    asked = task(plan, plan.p1, AS_IN_THE_DEMO, CHUNK)
    made = calendar(asked.world, asked.seed, 0, CHUNK)
    drawn = Drawn(asked, made)
    chosen = np.arange(NUMBERS) * 7
    look = (
        Look(chosen, plan.n1, made.interim[chosen])
        if analysis == "interim"
        else Look(chosen, plan.n, made.final[chosen])
    )
    batch = drawn.statuses(look)
    for place, number in enumerate(chosen):
        cut = look.cut[[place]]
        tables = drawn.tables(Look(np.array([number]), look.patients, cut))
        cohort = analyses.derive(One(plan.cutoff, tables), plan)
        panel = analyses.readings(cohort)
        for reading, codes in zip(offered(plan), batch, strict=True):
            alone = panel.patients[panel.patients["READING"] == reading.id]
            counted = codes[place][codes[place] != EXCLUDED]
            assert (alone["STATUS"] == "SUCCESS").tolist() == (counted == SUCCEEDED).tolist(), reading.id
            shown, reached = (
                panel.series["panel"].set_index("READING").loc[reading.id],
                decided(plan, analysis, counted),
            )
            assert (shown["SUCCESSES"], shown["N"]) == (reached.successes, reached.total)
            passed = (reached.state, reached.stage) == ("open", 2)
            assert shown["DECISION"] == ("stage 1 passed, not decided" if passed else WORDS[reached.state])


def decided(plan: CohortPlan, analysis: str, counted: np.ndarray) -> Outcome:
    """The decision of the simulation."""
    first = counted[: plan.n1]
    if analysis == "interim":
        return interim(plan.design, int(first.sum()), len(first), plan.level)
    return final(plan.design, int(first.sum()), len(first), int(counted.sum()), len(counted), plan.level)
