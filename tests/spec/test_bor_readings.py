"""iRECIST as a table of small patients; readings set side by side; what is asked back to the centre."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb.derive import irecist
from ir5nb.derive.recist import derived, recorded
from ir5nb.derive.response import best, first_progression
from ir5nb.derive.response_discordance import discordance, disease_after_complete_response
from ir5nb.derive.timepoint_tables import TARGETS

START = pd.Timestamp("2026-01-05")
ONE = pd.Series([START], index=["P1"])
TEXT = (Path(__file__).parent / "bor_irecist.txt").read_text().splitlines()
IRECIST = [[cell.strip() for cell in line.split("|")] for line in TEXT if line and not line.startswith("#")]


def week(number: int) -> pd.Timestamp:
    return START + pd.Timedelta(weeks=number) - pd.Timedelta(days=3 if number == 0 else 0)


def tables(sizes: str, also: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    tu, tr = [("T01", "TARGET", week(0)), ("NT01", "NON-TARGET", week(0))], []
    events = [(kind, int(number)) for kind, number in (entry.split() for entry in also.split(",") if entry.strip())]
    for visit, size in enumerate(size.strip() for size in sizes.split(">")):
        known = size.isdigit()
        result = None if known or size == "-" else size
        tr.append(("T01", "LDIAM", float(size) if known else np.nan, result, float(visit), week(8 * visit)))
        gone = "ABSENT" if size == "ABS" else "PRESENT"
        state = "UNEQUIVOCAL" if ("other", 8 * visit) in events else gone
        tr.append(("NT01", "TUMSTATE", np.nan, state, float(visit), week(8 * visit)))
    tu += [(f"NEW{number}", "NEW", week(number)) for kind, number in events if kind == "new"]
    return (
        pd.DataFrame(tu, columns=["TULNKID", "TUSTRESC", "TUDT"]).assign(USUBJID="P1"),
        pd.DataFrame(tr, columns=["TRLNKID", "TRTESTCD", "TRSTRESN", "TRSTRESC", "VISITNUM", "TRDT"]).assign(
            USUBJID="P1"
        ),
    )


@pytest.mark.parametrize("row", IRECIST, ids=lambda row: row[0])
def test_irecist(row: list[str]) -> None:
    _, sizes, also, expected, confirmed = row
    found = irecist.responses(derived(*tables(sizes, also), ONE)[1])
    assert found["AVALC"].tolist() == expected.split()
    days = found["IUPDDT"].dropna().dt.date.tolist()
    assert days == ([week(int(confirmed)).date()] if confirmed else [])


def test_there_are_enough_situations() -> None:
    assert len(IRECIST) >= 15


def seen(evaluator: str, *visits: tuple[float, str, str]) -> pd.DataFrame:
    days = pd.to_datetime([day for _, day, _ in visits])
    return pd.DataFrame(
        {
            "USUBJID": "P1", "EVAL": evaluator, "VISITNUM": [number for number, _, _ in visits], "VISIT": None,
            "ADT": days, "FIRSTDT": days, "AVALC": [level for _, _, level in visits], "SRCDOM": "RS",
            "SRCSEQ": range(len(visits)), "reason": [f"{evaluator}: {level}" for _, _, level in visits],
        }
    )  # fmt: skip


def test_discordance_names_what_differs() -> None:
    investigator = seen(
        "INVESTIGATOR",
        (1, "2026-03-02", "PR"),
        (2, "2026-04-27", "PR"),
        (3, "2026-06-22", "SD"),
        (4, "2026-08-17", "NE"),
    )
    independent = seen(
        "INDEPENDENT",
        (1, "2026-03-02", "PR"),
        (2, "2026-04-28", "SD"),
        (3, "2026-06-22", "PD"),
        (5, "2026-10-12", "PD"),
    )
    found = discordance(investigator, independent)
    assert found["KIND"].tolist() == [
        "agree", "response differs", "progression differs", "only primary", "only check",
    ]  # fmt: skip
    assert found["reason"].iloc[1] == "INVESTIGATOR: PR | INDEPENDENT: SD"
    assert found["reason"].iloc[4] == "no assessment | INDEPENDENT: PD"


def test_discordance_matches_an_unnumbered_visit_by_its_day() -> None:
    numbered, unnumbered = seen("INVESTIGATOR", (1, "2026-03-02", "PR")), seen("DERIVED", (np.nan, "2026-03-02", "NE"))
    assert discordance(numbered, unnumbered)["KIND"].tolist() == ["not evaluable differs"]


def test_disease_after_a_complete_response_is_asked_back() -> None:
    course = seen("INVESTIGATOR", (1, "2026-03-02", "CR"), (2, "2026-04-27", "NE"), (3, "2026-06-22", "SD"))
    found = disease_after_complete_response(course)
    assert found["ADT"].tolist() == [pd.Timestamp("2026-06-22")]
    assert "RECIST 1.1 table 3" in found["reason"].item()
    assert disease_after_complete_response(course[:2]).empty


def test_progression_after_a_complete_response_is_no_question() -> None:
    course = seen("INVESTIGATOR", (1, "2026-03-02", "CR"), (2, "2026-04-27", "PD"))
    assert disease_after_complete_response(course).empty


def nobody() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    day = pd.Series(dtype="datetime64[ns]")
    return (
        pd.DataFrame(columns=["USUBJID", "TULNKID", "TUSTRESC", "TULOC"]),
        pd.DataFrame(columns=["USUBJID", "TRLNKID", "TRTESTCD", "TRSTRESN", "TRSTRESC"]).assign(TRDT=day),
        pd.DataFrame(columns=["USUBJID", "RSTESTCD", "RSSTRESC"]).assign(RSDT=day),
    )


@pytest.mark.parametrize("roster", [ONE, ONE[:0]], ids=["one patient", "no patient"])
def test_no_records_give_empty_tables_with_their_columns(roster: pd.Series) -> None:
    tu, tr, rs = nobody()
    responses, targets = derived(tu, tr, roster, rs=rs)
    told = recorded(rs)
    assert len(responses) == len(targets) == len(told) == 0
    assert responses.dtypes.equals(told.dtypes)
    assert targets.columns.tolist() == list(TARGETS)
    assert best(told, roster)["BOR"].tolist() == ["MISSING"] * len(roster)
    assert first_progression(told, roster)["PDFL"].tolist() == ["N"] * len(roster)
    assert irecist.responses(targets).empty
    assert discordance(told, responses).empty


def test_a_patient_never_treated_has_no_derived_response_and_no_best_one() -> None:
    never = pd.Series([pd.NaT], index=["P1"], dtype="datetime64[ns]")
    responses, targets = derived(*tables("30 > 40", ""), never)
    assert responses.empty
    assert targets.empty
    course = seen("INVESTIGATOR", (1, "2026-03-02", "PR"))
    found = best(course, never).iloc[0]
    assert found["BOR"] == "MISSING"
    assert "no treatment start" in found["reason"]


def test_rosters_and_evaluators_are_checked() -> None:
    course = seen("INVESTIGATOR", (1, "2026-03-02", "PR"))
    with pytest.raises(ValueError, match="P1 is on the roster"):
        best(course, pd.concat([ONE, ONE]))
    with pytest.raises(ValueError, match="several evaluators"):
        best(pd.concat([course, seen("DERIVED", (1, "2026-03-02", "PR"))]), ONE)


def test_other_disease_and_new_lesions_may_come_from_rs() -> None:
    """Sources that hold no tumour states in TR say so in RS: NTRGRESP and NEWLPROG."""
    tu, tr = tables("50 > 20 > 20", "")
    tr = tr[tr["TRLNKID"] == "T01"]
    rs = pd.DataFrame(
        {
            "USUBJID": "P1", "RSTESTCD": ["NTRGRESP", "NEWLPROG", "NEWLPROG"], "VISITNUM": [1.0, 1.0, 2.0],
            "RSSTRESC": ["NON-CR/NON-PD", "EQUIVOCAL", "UNEQUIVOCAL"], "RSDT": [week(8), week(8), week(16)],
        }
    )  # fmt: skip
    alone = derived(tu, tr, ONE)
    assert alone[1].loc[alone[1]["BASEFL"] == "N", "NTRGRESP"].tolist() == ["NE", "NE"]
    responses, targets = derived(tu, tr, ONE, rs=rs)
    follow_up = targets[targets["BASEFL"] == "N"]
    assert follow_up["NTRGRESP"].tolist() == ["NON-CR/NON-PD", "NE"]
    assert follow_up["NEWLES"].tolist() == ["Y", "Y"]
    assert responses["AVALC"].tolist() == ["PD", "PD"]
    assert "equivocal at first and confirmed later" in responses["reason"].iloc[0]


def test_a_split_lesion_recorded_under_two_names_adds_its_parts() -> None:
    tu, tr = tables("40 > 27", "")
    parts = tr[(tr["TRLNKID"] == "T01") & (tr["VISITNUM"] == 1)]
    first, second = (parts.assign(TRLNKID=name, TRSTRESN=size) for name, size in (("T01.1", 15.0), ("T01.2", 12.0)))
    follow_up = pd.concat([tr.drop(parts.index), first, second], ignore_index=True)
    targets = derived(tu, follow_up, ONE)[1]
    assert targets["SUMDIAM"].tolist() == [40.0, 27.0]
    lost = pd.concat([tr.drop(parts.index), first, second.assign(TRSTRESN=np.nan, TRSTAT="NOT DONE")])
    assert derived(tu, lost, ONE)[1]["TRGRESP"].tolist()[1] == "NE"


def test_measurement_over_two_days_dates_response_last_and_progression_first() -> None:
    for sizes, expected in (("50 > 20", "2026-03-04"), ("50 > 70", "2026-03-02")):
        tu, tr = tables(sizes, "")
        other = (tr["TRLNKID"] == "NT01") & (tr["VISITNUM"] == 1)
        tr = tr.assign(TRDT=tr["TRDT"].where(~other, pd.Timestamp("2026-03-04")))
        responses = derived(tu, tr, ONE)[0]
        found = best(responses, ONE).iloc[0]
        assert f"{found['BORDT']:%Y-%m-%d}" == expected


def test_a_baseline_too_long_before_treatment_is_none() -> None:
    tu, tr = tables("50 > 20", "")
    early = tr.assign(TRDT=tr["TRDT"].where(tr["VISITNUM"] > 0, START - pd.Timedelta(days=29)))
    responses, _ = derived(tu, early, ONE)
    assert responses["AVALC"].tolist() == ["NE"]
    assert "no complete baseline in time before treatment start" in responses["reason"].item()
    assert derived(tu, early, ONE, baseline_days=29)[0]["AVALC"].tolist() == ["PR"]


def test_inputs_stay_as_they_were() -> None:
    tu, tr = tables("50 > 20 > 40", "new 16")
    kept = tu.copy(deep=True), tr.copy(deep=True)
    derived(tu, tr, ONE)
    pd.testing.assert_frame_equal(tu, kept[0])
    pd.testing.assert_frame_equal(tr, kept[1])


def test_a_baseline_on_the_day_of_the_first_dose_counts() -> None:
    tu, tr = tables("50 > 20", "")
    same_day = tr.assign(TRDT=tr["TRDT"].where(tr["VISITNUM"] > 0, START))
    responses, targets = derived(tu, same_day, ONE)
    assert targets["BASEFL"].tolist() == ["Y", "N"]
    assert responses["AVALC"].tolist() == ["PR"]


def test_a_target_identified_under_treatment_is_no_baseline_disease() -> None:
    tu, tr = tables("50 > 20", "")
    later = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T02"], "TUSTRESC": ["TARGET"], "TUDT": [week(8)]})
    targets = derived(pd.concat([tu, later]), tr, ONE)[1]
    assert targets["COMPLETE"].tolist() == [True, True]


def test_the_parts_of_a_response_are_read_by_their_own_words() -> None:
    rs = pd.DataFrame(
        {
            "USUBJID": "P1", "RSTESTCD": ["TRGRESP", "NTRGRESP", "NEWLPROG", "OVRLRESP"], "VISITNUM": 4.0,
            "RSSTRESC": ["PR", "NA", "EQUIVOCAL", "PR"], "RSDT": week(8),
        }
    )  # fmt: skip
    for test, word in (("TRGRESP", "PR"), ("NTRGRESP", "NA"), ("NEWLPROG", "EQUIVOCAL"), ("OVRLRESP", "PR")):
        assert recorded(rs, test=test)["AVALC"].tolist() == [word]
    with pytest.raises(ValueError, match="RSSTRESC is 'SD'"):
        recorded(rs.assign(RSSTRESC="SD"), test="NTRGRESP")


@pytest.mark.parametrize(
    ("size", "said", "first_progression_record"),
    [(20.0, "TR 4 (visit WEEK 8, 2026-03-04): PR", None), (40.0, "TR 3 (visit WEEK 8, 2026-03-02): PD", 3)],
)
def test_the_record_named_is_one_of_the_day_named(size: float, said: str, first_progression_record: int | None) -> None:
    """Two lesions imaged two days apart: a response is dated on the last day, a progression on the first."""
    tu = pd.DataFrame({"USUBJID": "P1", "TULNKID": ["T01", "T02"], "TUSTRESC": "TARGET"})
    days = pd.to_datetime(["2026-01-02", "2026-01-02", "2026-03-02", "2026-03-04"])
    tr = pd.DataFrame({"USUBJID": "P1", "TRLNKID": ["T01", "T02"] * 2, "TRTESTCD": "LDIAM", "TRSEQ": [1, 2, 3, 4],
                       "TRSTRESN": [30.0, 30.0, size, size], "VISITNUM": [1.0, 1, 2, 2],
                       "VISIT": ["BASELINE", "BASELINE", "WEEK 8", "WEEK 8"], "TRDT": days})  # fmt: skip
    responses, targets = derived(tu, tr, ONE)
    assert responses["reason"].item().startswith(said)
    assert responses["SRCSEQ"].item() == int(said.split()[1])
    assert targets.loc[1, ["SRCSEQ", "FIRSTSEQ"]].tolist() == [4, 3]
    assert irecist.responses(targets)["SRCSEQ"].item() == responses["SRCSEQ"].item()
    found = first_progression(responses, ONE).iloc[0]
    assert (None if pd.isna(found["SRCSEQ"]) else found["SRCSEQ"]) == first_progression_record


def test_a_progression_recorded_on_two_days_names_the_record_of_the_first() -> None:
    rs = pd.DataFrame({"USUBJID": "P1", "RSSEQ": [7, 8], "RSTESTCD": "OVRLRESP", "RSSTRESC": "PD", "VISITNUM": 4.0,
                       "VISIT": "WEEK 8", "RSDT": pd.to_datetime(["2026-03-04", "2026-03-06"])})  # fmt: skip
    assert recorded(rs)["reason"].tolist() == ["RS 7 (visit WEEK 8, 2026-03-04): PD"]
    assert recorded(rs.assign(RSSTRESC="PR"))["reason"].tolist() == ["RS 8 (visit WEEK 8, 2026-03-06): PR"]


def test_an_undated_visit_follows_the_baseline_by_its_number() -> None:
    """A screening scan without a day stands before the baseline: no response; a later one gives one, without a day."""
    tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"]})
    tr = pd.DataFrame({"USUBJID": "P1", "TRLNKID": "T01", "TRTESTCD": "LDIAM", "TRSEQ": [1, 2, 3],
                       "TRSTRESN": [50.0, 30.0, 40.0], "VISITNUM": [0.0, 1.0, 2.0],
                       "VISIT": ["SCREENING", "BASELINE", "WEEK 8"],
                       "TRDT": pd.to_datetime([None, "2026-01-02", None])})  # fmt: skip
    responses, targets = derived(tu, tr, ONE)
    assert responses[["VISIT", "AVALC"]].values.tolist() == [["WEEK 8", "PD"]]
    assert responses["reason"].item().endswith("no complete imaging date, so no event date")
    assert targets["VISIT"].tolist() == ["BASELINE", "WEEK 8"]


@pytest.mark.parametrize(("place", "size", "response"), [(None, 9.0, "CR"), (None, 10.0, "PR"), ("LIVER", 9.0, "PR")])
def test_a_lesion_measured_by_its_short_axis_is_a_node_where_no_place_is_recorded(
    place: str | None, size: float, response: str
) -> None:
    """A node below 10 mm is gone (RECIST 1.1, 4.3.1); a place that is recorded has the word."""
    tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"], "TULOC": [place]})
    tr = pd.DataFrame({"USUBJID": "P1", "TRLNKID": "T01", "TRTESTCD": "SAXIS", "TRSEQ": [1, 2],
                       "TRSTRESN": [20.0, size], "VISITNUM": [1.0, 2.0], "VISIT": ["BASELINE", "WEEK 8"],
                       "TRDT": pd.to_datetime(["2026-01-02", "2026-03-02"])})  # fmt: skip
    assert derived(tu, tr, ONE)[0]["AVALC"].tolist() == [response]
