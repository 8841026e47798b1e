"""What the charts of the share edition draw of single patients: no day, no number that joins two figures."""

import numpy as np
import pandas as pd
import pytest

from ir5nb.analyses.share_series import drawn
from ir5nb.schema import MASKED, RESULTS, Analysis

BELOW = 3


def given(name: str, series: dict[str, pd.DataFrame], patients: pd.DataFrame | None = None) -> Analysis:
    return Analysis(name, pd.DataFrame() if patients is None else patients, pd.DataFrame(columns=list(RESULTS)), series)


def told(*rows: dict[str, object]) -> pd.DataFrame:
    usual = dict.fromkeys(RESULTS, "") | {"cohort": "X", "value": np.nan, "note": MASKED}
    return pd.DataFrame([usual | row for row in rows], columns=list(RESULTS))


@pytest.fixture
def course() -> Analysis:
    """Twelve patients; all but the last three died, three of them responded, one of these without a progression."""
    people = [f"TET-{place:02d}" for place in range(12)]
    marks = [("DEATH", people[:9]), ("PROGRESSION", [*people[1:6], people[11]]), ("RESPONSE", people[:3]),
             ("NEW THERAPY", people[8:10])]  # fmt: skip
    rows = [(one, 3.14159 + place, kind) for kind, some in marks for place, one in enumerate(some)]
    ends = [20.123456 - 1.5 * place for place in range(12)]
    bars = pd.DataFrame({"PATIENT": people[::-1], "START": 0.0, "END": ends, "ONGOING": ["Y"] * 3 + ["N"] * 9})
    return given("course", {"bars": bars, "marks": pd.DataFrame(rows, columns=["PATIENT", "TIME", "MARK"])})


def test_marks_that_count_few_patients_are_left_out(course: Analysis) -> None:
    marks = drawn(course, told(), BELOW)["marks"]
    assert set(marks["MARK"]) == {
        "DEATH",
        "PROGRESSION",
    }  # two took a new therapy; one responder died without progression


def test_one_death_without_progression_takes_the_progressions_out(course: Analysis) -> None:
    marks = course.series["marks"]
    more = [{"PATIENT": f"TET-{place:02d}", "TIME": 2.0, "MARK": "PROGRESSION"} for place in (6, 7, 8)]
    fuller = given("course", dict(course.series) | {"marks": pd.concat([marks, pd.DataFrame(more)])})
    assert "PROGRESSION" not in set(drawn(fuller, told(), BELOW)["marks"]["MARK"])


def test_clinical_progressions_that_count_few_deaths_without_one_are_left_out(course: Analysis) -> None:
    """Nine died: four without radiological progression, two of these without clinical progression either."""
    marks = course.series["marks"]
    clinical = [{"PATIENT": f"TET-{place:02d}", "TIME": 2.0, "MARK": "CLINICAL PROGRESSION"} for place in (0, 6, 1)]
    both = given("course", dict(course.series) | {"marks": pd.concat([marks, pd.DataFrame(clinical)])})
    assert set(drawn(both, told(), BELOW)["marks"]["MARK"]) == {"DEATH", "PROGRESSION"}
    alone = given("course", dict(course.series) | {"marks": pd.concat([marks, pd.DataFrame(clinical[1:])])})
    assert "CLINICAL PROGRESSION" not in set(drawn(alone, told(), BELOW)["marks"]["MARK"])  # two have it
    more = [
        *clinical,
        *({"PATIENT": f"TET-{place:02d}", "TIME": 2.0, "MARK": "CLINICAL PROGRESSION"} for place in (7, 8)),
    ]
    every = given("course", dict(course.series) | {"marks": pd.concat([marks, pd.DataFrame(more)])})
    assert "CLINICAL PROGRESSION" in set(drawn(every, told(), BELOW)["marks"]["MARK"])


def test_few_patients_on_treatment_take_the_arrows_out(course: Analysis) -> None:
    bars = course.series["bars"].assign(ONGOING=["Y"] * 2 + ["N"] * 10)
    shown = drawn(given("course", dict(course.series) | {"bars": bars}), told(), BELOW)
    assert set(shown["bars"]["ONGOING"]) == {"N"}


def test_a_figure_numbers_its_patients_by_what_it_draws(course: Analysis) -> None:
    """The same patient has another number in each figure, and the rows stand in the order of those numbers."""
    shown = drawn(course, told(), BELOW)
    assert shown["bars"]["PATIENT"].tolist() == [f"{place:02d}" for place in range(1, 13)]
    assert shown["bars"]["END"].is_monotonic_decreasing
    assert shown["marks"]["PATIENT"].is_monotonic_increasing
    changes = pd.DataFrame({"PATIENT": ["TET-01", "TET-02"], "PCHG": [-40.0, 12.0], "BOR": ["PR", "SD"]})
    visits = changes.assign(PCHG=[30.0, -10.0], MONTHS=[1.0, 2.0])
    both = drawn(given("best_response", {"waterfall": changes, "spider": visits}), told(), BELOW)
    assert [both[name]["PCHG"].tolist() for name in both] == [[12.0, -40.0], [30.0, -10.0]]
    assert [both[name]["PATIENT"].tolist() for name in both] == [["01", "02"], ["01", "02"]]


def test_few_responders_leave_no_change_of_tumours() -> None:
    """Bars at −30 % and below count the responders."""
    changes = pd.DataFrame({"PATIENT": ["ATC-01", "ATC-02"], "PCHG": [-40.0, 12.0], "BOR": ["PR", "SD"]})
    whole = given("best_response", {"waterfall": changes, "spider": changes.assign(MONTHS=1.0)})
    out = drawn(whole, told({"endpoint": "ORR", "statistic": "count", "reading": "unconfirmed"}), BELOW)
    assert all(frame.empty and frame.attrs == {"edition": "share"} for frame in out.values())


def test_no_exact_day_and_no_exact_value_is_drawn() -> None:
    day = 137
    curve = pd.DataFrame({"time": [0.0, day / 30.4375], "survival": [1.0, 0.9]})
    times = pd.DataFrame({"AVAL": [400.0] * 9 + [day], "CNSR": [0] * 10})
    risk = pd.DataFrame({"time": [0.0, 3.0], "n": [10, 10]})
    shown = drawn(given("time_to_event OS", {"curve": curve, "at_risk": risk}, times), told(), BELOW)
    assert shown["curve"]["time"].tolist() == [0.0, 4.5]
    people = ["GTT-01", "GTT-02", "GTT-03"]
    assays = pd.DataFrame({"PATIENT": people, "WEEK": day / 7, "HCG": 9633.0, "BELOW": "N"})
    marks = assays.drop(columns="BELOW").assign(MARK="RESISTANCE")
    shown = drawn(given("hormone", {"assays": assays, "marks": marks}), told(), BELOW)
    assert shown["assays"][["PATIENT", "WEEK", "HCG"]].to_numpy().tolist() == [
        [f"0{one}", 20.0, 9600.0] for one in (1, 2, 3)
    ]
    assert shown["marks"].equals(shown["assays"].drop(columns="BELOW").assign(MARK="RESISTANCE"))


@pytest.mark.parametrize(
    ("normalised", "relapsed", "ended", "left"),
    [
        (6, 3, 9, {"NORMALISATION", "RELAPSE", "END OF TREATMENT"}),
        (6, 2, 3, {"NORMALISATION", "END OF TREATMENT"}),  # two relapsed
        (5, 3, 6, {"NORMALISATION", "END OF TREATMENT"}),  # two who had normalised did not relapse
        (6, 3, 8, {"NORMALISATION", "RELAPSE"}),  # one is still treated
        (8, 8, 2, {"RELAPSE"}),  # one did not normalise; two ended their treatment
    ],
)
def test_marks_of_hormone_that_few_have_or_lack_are_left_out(
    normalised: int, relapsed: int, ended: int, left: set[str]
) -> None:
    people = [f"GTT-{place:02d}" for place in range(9)]
    assays = pd.DataFrame({"PATIENT": people, "WEEK": 1.0, "HCG": 90.0, "BELOW": "N"})
    counts = {"NORMALISATION": normalised, "RELAPSE": relapsed, "END OF TREATMENT": ended}
    rows = [(one, 1.0, 90.0, kind) for kind, count in counts.items() for one in people[:count]]
    marks = pd.DataFrame(rows, columns=["PATIENT", "WEEK", "HCG", "MARK"])
    shown = drawn(given("hormone", {"assays": assays, "marks": marks}), told(), BELOW)
    assert set(shown["marks"]["MARK"]) == left


def test_a_masked_curve_and_the_ticks_of_few_are_left_out() -> None:
    curve = pd.DataFrame({"time": [0.0, 2.0], "survival": [1.0, 0.9]})
    series = {"curve": curve, "censored": curve.copy(), "at_risk": pd.DataFrame({"time": [0.0], "n": [10]})}
    times = pd.DataFrame({"AVAL": range(100, 110), "CNSR": [1, 1] + [0] * 8})
    whole = given("time_to_event OS", series, times)
    shown = drawn(whole, told({"time": "6", "statistic": "rate", "value": 0.9, "note": ""}), BELOW)
    assert len(shown["curve"]) == 2
    assert shown["censored"].empty
    out = drawn(whole, told({"time": "6", "statistic": "rate"}), BELOW)
    assert all(frame.empty and frame.attrs == {"edition": "share"} for frame in out.values())


def test_the_numbers_of_a_masked_reading_are_not_drawn_and_its_decision_is() -> None:
    panel = pd.DataFrame({
        "READING": ["default", "A5:success"], "LABEL": ["", ""], "SUCCESSES": [34, 35], "N": [46, 46],
        "PENDING": [0, 2], "ESTIMATE": 0.7, "LOWER": 0.6, "UPPER": 0.8,
        "DECISION": "activity declared", "DEFAULT": [True, False],
    }).astype({"SUCCESSES": "Int64", "N": "Int64", "PENDING": "Int64"})  # fmt: skip
    shown = drawn(given("readings", {"panel": panel}), told({"reading": "A5:success"}), BELOW)["panel"]
    assert shown.loc[1, ["SUCCESSES", "N", "PENDING", "ESTIMATE", "LOWER", "UPPER"]].isna().all()
    assert shown["DECISION"].tolist() == ["activity declared"] * 2
    assert shown.loc[0].equals(panel.loc[0])


def test_the_flow_keeps_the_boxes_that_follow_from_its_sets() -> None:
    rows = [(0, "main", "included", 48), (0, "out", "untreated", 2), (1, "out", "other", 1)]
    boxes = pd.DataFrame(rows, columns=["LEVEL", "LANE", "LABEL", "N"])
    shown = drawn(given("analysis_sets", {"flow": boxes}), told({"group": "other", "statistic": "count"}), BELOW)
    assert shown["flow"]["LABEL"].tolist() == ["included", "untreated"]
