"""A wrong plan is mended by its message alone: the key, what was found, what to write instead."""

import pytest

from ir5nb.plan import CohortPlan, PlanError

MISTAKES = {
    "a mistyped key": ({"windw_days": 28}, "'windw_days' is no entry of a plan; did you mean 'window_days'?"),
    "p0 above p1": ({"p0": 0.7}, "design: p0 < p1 must hold, got p0 = 0.7, p1 = 0.6"),
    "a date of another country": (
        {"cutoff": "30/06/2026"},
        "cutoff: found '30/06/2026'; expected a date that exists, written 2026-06-30",
    ),
    "a day that is not": (
        {"cutoff": "2026-06-31"},
        "cutoff: found '2026-06-31'; expected a date that exists, written 2026-06-30",
    ),
    "a mistyped word": (
        {"evidence": "windw"},
        "evidence: found 'windw'; expected 'window' or 'after'; did you mean 'window'?",
    ),
    "a number with a letter": ({"p0": "0.4o"}, "p0: found '0.4o'; expected a number, written 0.40"),
    "half a day": ({"window_days": "7.5"}, "window_days: found '7.5'; expected a whole number"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_is_one_line_that_says_what_to_write(mistake: str) -> None:
    changes, said = MISTAKES[mistake]
    with pytest.raises(PlanError) as refusal:
        CohortPlan.load("c3_tet", changes)
    assert refusal.value.problems == (said,)


def test_a_file_of_changes_read_as_a_plan_is_one_line_not_forty() -> None:
    with pytest.raises(PlanError) as refusal:
        CohortPlan.build("mine.yaml", {"window_days": 28})
    (line,) = refusal.value.problems
    assert "If mine.yaml holds changes only, name the plan they change: `--base c3_tet`" in line


def test_the_plan_of_another_cohort_is_refused_by_name() -> None:
    with pytest.raises(PlanError) as refusal:
        CohortPlan.load("c3_tet", {"cohort": "PM"})
    assert refusal.value.problems == (
        "cohort: 'PM' is the cohort of params/c1_pm.yaml, and c3_tet is another; run c1_pm with it",
    )
    assert CohortPlan.load("c3_tet", {"cohort": "PILOT"}).cohort == "PILOT"
