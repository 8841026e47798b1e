"""Without reasons the derivations decide the same: statuses and categories of every reading, on the demo data."""

import pytest
from tests.operating.worlds import STEMS

from ir5nb import analyses, source
from ir5nb.analyses.evidence import judged, shared
from ir5nb.analyses.primary import offered
from ir5nb.plan import CohortPlan

DEMO = source.read(None)


@pytest.mark.parametrize("stem", STEMS)
def test_statuses_do_not_depend_on_reasons(stem: str) -> None:
    plan = CohortPlan.load(stem, {"analysis": "final"})
    evidence = analyses.derive(DEMO.as_of(plan.cutoff), plan).evidence
    known = shared(evidence, plan)
    for reading in offered(plan):
        changed = plan.model_copy(update=reading.changes)
        told, brief = judged(evidence, changed), judged(evidence, changed, known=known, explain=False)
        columns = ["USUBJID", "LANDMARKDT", "STATUS", "CATEGORY"]
        assert brief[columns].equals(told[columns]), reading.id
        assert told["reason"].notna().all()
        assert brief["reason"].isna().all()
