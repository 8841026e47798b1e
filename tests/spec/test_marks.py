"""Marks of the hCG curves and of the swimmer plot: the end of treatment, and clinical progression."""

from __future__ import annotations

import json
from functools import cache

import pandas as pd
import pytest

from ir5nb import analyses, charts, source
from ir5nb.analyses.cohort import Cohort
from ir5nb.charts.theme import MARK_SHAPES
from ir5nb.plan import CohortPlan

END, CLINICAL = "END OF TREATMENT", "CLINICAL PROGRESSION"


@cache
def cohort(name: str, cutoff: str = "2026-06-30") -> Cohort:
    plan = CohortPlan.load(name, {"cutoff": cutoff})
    return analyses.derive(source.read(None).as_of(plan.cutoff), plan)


@pytest.mark.parametrize("cutoff", ["2026-06-30", "2025-10-15"])
def test_each_end_of_treatment_up_to_the_cut_is_marked_on_its_curve(cutoff: str) -> None:
    own = cohort("c2_gtt", cutoff)
    made = analyses.hormone(own)
    marks, assays = made.series["marks"].query("MARK == @END").set_index("PATIENT"), made.series["assays"]
    ends = own.treated.set_index("USUBJID")["EOTDT"].dropna()
    started = own.treated.set_index("USUBJID")["TRTSDT"]
    recorded = (ends - started[ends.index]).dt.days / 7
    assert len(recorded) >= 4
    assert marks.loc[recorded.index, "WEEK"].to_dict() == recorded.to_dict()
    for patient, mark in marks.iterrows():
        curve = assays[assays["PATIENT"].eq(patient)].sort_values("WEEK")
        before, after = curve[curve["WEEK"].le(mark["WEEK"])], curve[curve["WEEK"].ge(mark["WEEK"])]
        beside = [before["HCG"].iloc[-1], *after["HCG"].head(1)]
        assert min(beside) * (1 - 1e-9) <= mark["HCG"] <= max(beside) * (1 + 1e-9)


def test_who_is_still_treated_has_no_end() -> None:
    own = cohort("c2_gtt", "2025-10-15")
    marks = analyses.hormone(own).series["marks"].query("MARK == @END")
    started = own.treated.set_index("USUBJID")["TRTSDT"]
    assert 0 < marks["PATIENT"].nunique() < len(own.treated)
    assert (marks["WEEK"] <= (pd.Timestamp("2025-10-15") - marks["PATIENT"].map(started)).dt.days / 7).all()


@pytest.mark.parametrize(("lang", "told"), [("en", "End of treatment 1"), ("fr", "Fin de traitement 1")])
def test_the_end_of_treatment_is_drawn_without_a_value(lang: str, told: str) -> None:
    assays = pd.DataFrame({"PATIENT": "1", "WEEK": [0.0, 4.0], "HCG": [900.0, 9.0], "BELOW": "N"})
    marks = pd.DataFrame({"PATIENT": "1", "WEEK": [2.0], "HCG": [90.0], "MARK": [END]})
    made = charts.hcg_curves(assays, pd.DataFrame({"LIMIT": [5.0]}), marks, lang=lang).to_dict()
    assert told in made["description"]
    assert told.removesuffix(" 1") in json.dumps(made["layer"], ensure_ascii=False)  # the legend
    assert [row["VALUE"] for row in made["datasets"]["hcg_marks"]] == ["–"]


def test_clinical_progressions_of_the_records_are_marked_once() -> None:
    own = cohort("c1_pm")
    marks = analyses.course(own).series["marks"].query("MARK == @CLINICAL")
    rs = own.tables["RS"].query("RSTESTCD == 'SYMPTDTR' or RSCAT == 'CLINICAL'")
    started = own.treated.set_index("USUBJID")["TRTSDT"]
    first = rs[rs["RSSTRESC"].eq("Y")].groupby("USUBJID")["RSDT"].min()
    months = ((first - started[first.index]).dt.days / 30.4375).round(9)
    assert len(months) >= 3
    assert marks.set_index("PATIENT")["TIME"].round(9).to_dict() == months.to_dict()


def test_a_cohort_without_clinical_progressions_has_no_such_mark() -> None:
    assert CLINICAL not in set(analyses.course(cohort("c3_tet")).series["marks"]["MARK"])


@pytest.mark.parametrize(("lang", "told"), [("en", "Clinical progression 1"), ("fr", "Progression clinique 1")])
def test_clinical_progression_is_told_apart_without_colour(lang: str, told: str) -> None:
    bars = pd.DataFrame({"PATIENT": ["1"], "START": [0], "END": [7.5], "ONGOING": ["N"]})
    marks = pd.DataFrame({"PATIENT": "1", "TIME": [2.0, 3.0], "MARK": [CLINICAL, "PROGRESSION"]})
    made = charts.swimmer(bars, marks, lang=lang).to_dict()
    assert told in made["description"]
    assert told.removesuffix(" 1") in [row["WHAT"] for row in made["datasets"]["swimmer_marks"]]
    swimmers = ("RESPONSE", "PROGRESSION", CLINICAL, "NEW THERAPY", END, "DEATH", "ONGOING")
    assert len({MARK_SHAPES[mark] for mark in swimmers}) == len(swimmers)
