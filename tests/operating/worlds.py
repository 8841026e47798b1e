"""Plans and worlds of the five cohorts, as the command builds them."""

from ir5nb.operating.chunk import Task
from ir5nb.operating.study import Scenario, Study
from ir5nb.plan import CohortPlan
from ir5nb.simulate.world import Conduct

STEMS = ("c1_pm", "c2_gtt", "c3_tet", "c4_atc", "c5_net")


def task(plan: CohortPlan, truth: float, conduct: Conduct, trials: int, *, planned_only: bool = False) -> Task:
    scenario = Scenario("tested", conduct, (truth,))
    made = Study(plan, (scenario,), trials).world(scenario, truth)
    return Task(plan, made, seed=20, chunk=0, trials=trials, planned_only=planned_only)
