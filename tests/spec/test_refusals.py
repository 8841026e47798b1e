"""What cannot be is refused in words that name it: derivations, analyses, simulation and the result itself."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ir5nb import analyses, schema, wording
from ir5nb.analyses import safety
from ir5nb.analyses.output import joined
from ir5nb.analyses.safety_counts import Groups, count
from ir5nb.derive import adverse_events, ae_levels, imaging_days, response, subjects, times
from ir5nb.simulate.cohorts import Disease
from ir5nb.simulate.platform import AS_IN_THE_DEMO
from ir5nb.simulate.world import Conduct, world
from ir5nb.source.trial import Trial

DAY = pd.Timestamp("2026-01-07")
NOBODY = pd.DataFrame({"USUBJID": []})
TWICE = pd.DataFrame({"USUBJID": ["1", "1"]})
ROW = dict.fromkeys(schema.RESULTS, "") | {"value": 1.0}
RESULTS = pd.DataFrame([ROW, ROW])
SEEN = pd.DataFrame({"USUBJID": ["P1"], "EVAL": "INVESTIGATOR", "VISITNUM": [1.0], "ADT": DAY, "FIRSTDT": DAY,
                     "AVALC": ["BETTER"]})  # fmt: skip
TREATED = pd.Series([DAY], index=["P1"])
TRIAL: dict[str, Any] = {"fingerprints": {}, "files": {}}
EVENTS = pd.DataFrame({"USUBJID": ["1"], "AEDECOD": ["RASH"]})
GROUPS = Groups.of(pd.Series(["1"]), {"PM": ["1"]})
COHORT = SimpleNamespace(plan=SimpleNamespace(cohort="PM"))
MADE = {"truth": 0.5, "n1": 16, "n": 46, "cut": 0}

REFUSED: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "two windows of a patient": (
        lambda: adverse_events.adae(EVENTS, NOBODY, TWICE), ValueError, "a patient has two windows: 1"),
    "a grade of no scale": (
        lambda: ae_levels.levels(pd.DataFrame({"USUBJID": ["7"], "AETOXGR": ["6"]})), ValueError,
        "AE AETOXGR of row 0, patient 7 is '6'; expected 1, 2, 3, 4, 5 or blank"),
    "a term of two categories": (
        lambda: ae_levels.special(EVENTS, {"SKIN": ["Rash"], "EYE": ["rash "]}), ValueError,
        "the term 'rash ' is listed under 'SKIN' and 'EYE'"),
    "imaging before it was taken": (
        lambda: imaging_days.dated_by_imaging(SEEN, SEEN, within_days=-1), ValueError, "cannot be negative: -1"),
    "a response of no level": (
        lambda: response.best(SEEN, TREATED, TREATED), ValueError, "unknown response 'BETTER': expected one of"),
    "patients assessed by nothing": (
        lambda: subjects.adsl({}, cohort="PM", column="ARMCD", values=[], assessed_by="luck"), ValueError,
        "assessed_by is 'tumour' or 'hcg', not 'luck'"),
    "a patient twice": (lambda: times.os(TWICE), ValueError, "patient 1 occurs twice"),
    "a patient twice in the groups": (
        lambda: Groups(pd.Index(["1", "1"]), ("PM",), np.ones((2, 1), dtype=bool)), ValueError,
        "a patient is there twice: 1"),
    "a group twice": (
        lambda: Groups(pd.Index(["1"]), ("PM", "PM"), np.ones((1, 2), dtype=bool)), ValueError, "group is named twice"),
    "a membership of another shape": (
        lambda: Groups(pd.Index(["1"]), ("PM",), np.ones((2, 1), dtype=bool)), ValueError, r"the shape \(2, 1\)"),
    "a term outside the vocabulary": (
        lambda: count(EVENTS, GROUPS, ["AEDECOD"], pd.DataFrame({"AEDECOD": ["NAUSEA"]})), ValueError,
        "a term that the vocabulary lacks"),
    "safety of no cohort": (lambda: safety.gather([]), ValueError, "no cohort: give at least one"),
    "an endpoint that is none": (lambda: analyses.time_to_event(COHORT, "TTP"), ValueError, "no endpoint 'TTP'"),
    "hCG of a cohort without": (lambda: analyses.resistance_readings(COHORT), TypeError, "PM is not judged by hCG"),
    "a number twice in an analysis": (
        lambda: schema.Analysis("twice", NOBODY, RESULTS), ValueError, "'twice' have a key twice"),
    "a number without its key": (
        lambda: schema.Analysis("bare", NOBODY, RESULTS.drop(columns="unit")), ValueError, "lack the columns"),
    "a number twice in the results": (lambda: joined([RESULTS[:1], RESULTS[1:]]), ValueError, "the same key"),
    "a p-value above 1": (lambda: wording.p_value(1.2), ValueError, "between 0 and 1, not 1.2"),
    "an infinite number": (lambda: wording.decimal(float("inf"), 1), ValueError, "inf has no decimal value"),
    "a trial of nobody": (lambda: Trial({}, **TRIAL), ValueError, "a trial has a table DM"),
    "more cured than free": (
        lambda: Disease(0.2, 1.0, 0.3, 120.0), ValueError, "must lie between the cured fraction and 1"),
    "a rate above 1": (
        lambda: Conduct(AS_IN_THE_DEMO, lost_rate=1.5), ValueError, "rates a day and shares lie between"),
    "a disease that is none": (
        lambda: world("FLU", "alive", **MADE), ValueError, "no disease is modelled for cohort 'FLU'"),
    "a truth that is certain": (
        lambda: world("NET", "alive", **MADE | {"truth": 1.0}), ValueError, "success probability"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused(what: str) -> None:
    attempt, kind, said = REFUSED[what]
    with pytest.raises(kind, match=said):
        attempt()
