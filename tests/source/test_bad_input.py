"""Bad input is refused with file, line, patient, column, value found, what is expected and what to do."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from importlib import resources

import pytest

from ir5nb.source import DataError, Problem, read
from ir5nb.source.domains import DOMAINS


def where(problem):
    return problem.table, problem.file, problem.row, problem.patient, problem.column, problem.found


def test_the_small_study_itself_has_neither_error_nor_query(whole):
    assert whole.queries == ()
    assert {name: len(frame) for name, frame in whole.tables.items() if len(frame)} == {
        "DM": 2, "DS": 3, "EX": 3, "TU": 2, "TR": 3, "RS": 2, "LB": 2, "AE": 3, "CM": 1,
    }  # fmt: skip


# --- the five of issue 2 ----------------------------------------------------------------------------------------------


def test_missing_file(study, refused):
    del study["ex"]
    (problem,) = refused(study)
    assert (problem.table, problem.file) == ("EX", None)
    assert problem.expected.startswith("a file ex with one row per dose (.csv,")
    assert problem.action == "add ex.csv, or name the file in `mapping: tables: EX:`"


def test_a_file_of_another_name_is_named_as_perhaps_the_one(tmp_path):
    for name in ("rs_onco.csv", "export_dm.csv", "supprs.csv"):
        (tmp_path / name).write_text("USUBJID\nP-1\n", encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        read(tmp_path)
    actions = {problem.table: problem.action for problem in refusal.value.problems}
    assert actions["DM"].endswith("name the file in `mapping: tables: DM:` (perhaps export_dm.csv)")
    assert actions["RS"].endswith("name its file in `mapping: tables: RS:` (perhaps rs_onco.csv)")
    assert actions["EX"] == "add ex.csv, or name the file in `mapping: tables: EX:`"


def test_missing_folder(tmp_path):
    with pytest.raises(DataError, match="a folder of source tables"):
        read(tmp_path / "nowhere")


def test_missing_column(study, refused):
    for row in study["rs"]:
        del row["RSSTRESC"]
    (problem,) = refused(study)
    assert where(problem) == ("RS", "rs.csv", None, None, "RSSTRESC", None)
    assert problem.action == "export it, or name the column that holds it in `mapping: columns: RS:`"


def test_duplicate_patient(study, refused):
    study["dm"].append({**study["dm"][0], "SITEID": "999"})
    (problem,) = refused(study)
    assert where(problem) == ("DM", "dm.csv", 4, "P-1", "USUBJID", "P-1")
    assert problem.expected == "one row per USUBJID"
    assert problem.action == "remove the duplicate row, or correct its identifier"


def test_unknown_response_level(study, refused):
    study["rs"][1]["RSSTRESC"] = "STABLE"
    (problem,) = refused(study)
    assert where(problem) == ("RS", "rs.csv", 3, "P-2", "RSSTRESC", "STABLE")
    assert problem.expected == "one of CR, PR, SD, NON-CR/NON-PD, PD, NE, NED, ND"
    assert problem.action == "correct the cell, or translate it in `mapping: codes:`"


@pytest.mark.parametrize("stem", ["ds", "ex", "tu", "tr", "rs", "lb", "ae", "cm"])
def test_event_for_an_unknown_patient(study, refused, stem):
    study[stem][0]["USUBJID"] = "P-9"
    strangers = [problem for problem in refused(study) if problem.expected == "a patient of DM"]
    assert [where(problem) for problem in strangers] == [(stem.upper(), f"{stem}.csv", 2, "P-9", "USUBJID", "P-9")]


@pytest.mark.parametrize(
    ("stem", "column"), [(name.lower(), column) for name, domain in DOMAINS.items() for column in domain.declared]
)
def test_any_column_may_be_missing_and_is_then_named(study, deliver, stem, column):
    study.setdefault(stem, [dict.fromkeys(DOMAINS[stem.upper()].declared, "")])
    for row in study[stem]:
        row.setdefault("OTHER", "1")
        row.pop(column)
    needed = column in DOMAINS[stem.upper()].required
    try:
        problems = read(deliver(study)).queries
    except DataError as error:
        problems = error.problems
    named = [p for p in problems if (p.table, p.column, p.expected) == (stem.upper(), column, f"the column {column}")]
    assert [problem.severity for problem in named] == ["error" if needed else "query"]


@pytest.mark.parametrize("stem", ["dm", "ds", "ex"])
def test_the_tables_no_analysis_can_do_without(study, refused, stem):
    del study[stem]
    assert [problem.table for problem in refused(study)] == [stem.upper()]


def test_all_problems_are_shown_at_once(study, deliver):
    del study["ex"]
    study["dm"].append(dict(study["dm"][0]))
    study["ae"][0]["AETOXGR"] = "6"
    study["tr"][1]["TRSTRESN"] = "3O"
    study["lb"][0]["LBDTC"] = "12/01/2026"
    with pytest.raises(DataError) as caught:
        read(deliver(study))
    errors = {(p.table, p.column, p.found) for p in caught.value.problems if p.severity == "error"}
    assert errors == {
        ("EX", None, None), ("DM", "USUBJID", "P-1"), ("AE", "AETOXGR", "6"), ("TR", "TRSTRESN", "3O"),
        ("LB", "LBDTC", "12/01/2026"),
    }  # fmt: skip
    assert str(caught.value).startswith("The source data have 5 errors and ")


def test_nobody_included_yet_is_a_trial_of_no_patient(study, tmp_path):
    for stem, rows in study.items():
        (tmp_path / f"{stem}.csv").write_text(",".join(rows[0]) + "\n")
    trial = read(tmp_path)
    assert trial.queries == ()
    assert all(frame.empty for frame in trial.tables.values())
    assert trial.table("RS")["RSDT"].dtype == "datetime64[ns]"
    assert trial.as_of(date(2026, 1, 1)).table("DM").empty


def test_one_patient_is_a_trial(study, deliver):
    one = {stem: [row for row in rows if row["USUBJID"] == "P-1"] for stem, rows in study.items()}
    trial = read(deliver(one))
    assert trial.queries == ()
    assert len(trial.table("DM")) == 1


def test_the_demo_data_inside_the_package_are_read_and_have_no_error():
    trial = read()
    inside = resources.files("ir5nb").joinpath("demo")
    assert trial.cutoff is None
    assert {query.severity for query in trial.queries} <= {"query"}
    assert trial.fingerprints["dm.csv"] == hashlib.sha256(inside.joinpath("dm.csv").read_bytes()).hexdigest()
    with inside.joinpath("dm.csv").open(encoding="utf-8") as stream:
        assert trial.table("DM")["USUBJID"].tolist() == [row["USUBJID"] for row in csv.DictReader(stream)]


def test_a_problem_says_its_severity_and_refuses_to_be_incomplete():
    known = {"table": "DM", "file": "dm.csv", "row": 2, "patient": "P-1", "column": "SEX", "found": "X"}
    problem = Problem("query", **known, expected="M or F", action="ask", consequence="sex is not shown", further=3)
    assert str(problem) == (
        "query: DM dm.csv line 2, patient P-1, SEX = 'X': expected M or F; ask; sex is not shown (and 3 more like it)"
    )
    with pytest.raises(ValueError, match="a query says its consequence"):
        Problem("query", **known, expected="M or F", action="ask")
    with pytest.raises(ValueError, match="what is expected and what to do"):
        Problem("error", **known, expected="", action="ask")
    with pytest.raises(ValueError, match="severity must be"):
        Problem("warning", **known, expected="M or F", action="ask")


# --- one damaged cell: what stops the run -----------------------------------------------------------------------------

ERRORS = [  # stem, row, column, cell put there, what is expected
    ("dm", 0, "SEX", "FEMALE", "one of M, F, U, UNDIFFERENTIATED"),
    ("dm", 0, "AGE", "160", "a number from 0 to 120"),
    ("dm", 0, "AGE", "sixty", "a number"),
    ("dm", 1, "SITEID", "", "a value in every row"),
    ("dm", 0, "DTHDTC", "2026-02-30", "an ISO 8601 date that exists"),
    ("ds", 1, "USUBJID", "", "a value in every row"),
    ("ex", 0, "EXDOSE", "-1200", "a number from 0 to 1e+06"),
    ("ex", 0, "EXDOSE", "1,200", "a number"),
    ("ex", 1, "EXENDTC", "2026-01-31", "an end on or after the start (EXSTDTC)"),
    ("ex", 1, "EXSTDTC", "2026-05-21", "a date on or before the patient's death"),
    ("tr", 1, "TRSTRESN", "501", "a diameter from 0 to 500 mm"),
    ("tr", 1, "TRSTRESN", "-0.1", "a diameter from 0 to 500 mm"),
    ("tr", 1, "TRSTRESN", "nan", "a number"),
    ("tr", 1, "TRSTRESN", "1_0", "a number"),
    ("tr", 1, "TRSTRESN", "1e999", "a number"),
    ("tr", 1, "TRSTRESU", "cm", "a unit that needs no conversion (mm)"),
    ("tr", 1, "TRSEQ", "1.5", "a whole number"),
    ("rs", 0, "RSEVAL", "SPONSOR", "one of INVESTIGATOR, INDEPENDENT ASSESSOR"),
    ("rs", 0, "RSDTC", "0206-03-09", "an ISO 8601 date that exists"),
    ("lb", 0, "LBSTRESN", "-3", "a concentration from 0 to 1e+09 IU/L"),
    ("lb", 0, "LBSTRESN", "10000000000", "a concentration from 0 to 1e+09 IU/L"),
    ("lb", 0, "LBSTRESU", "ng/mL", "a unit that needs no conversion (IU/L"),
    ("ae", 0, "AETOXGR", "0", "one of 1, 2, 3, 4, 5"),
    ("ae", 0, "AETOXGR", "GRADE 2", "one of 1, 2, 3, 4, 5"),
    ("ae", 0, "AESER", "YES", "one of Y, N"),
]  # fmt: skip


@pytest.mark.parametrize(("stem", "row", "column", "cell", "expected"), ERRORS)
def test_one_damaged_cell_is_named(study, refused, stem, row, column, cell, expected):
    study[stem][row][column] = cell
    problems = refused(study)
    assert problems
    patient = study[stem][row]["USUBJID"] or None
    assert (stem.upper(), f"{stem}.csv", row + 2, patient, column) in {where(problem)[:5] for problem in problems}
    assert any(problem.expected.startswith(expected) for problem in problems)
    assert all(problem.found == (cell or None) for problem in problems if problem.column == column)


# --- odd but survivable: a query with its consequence -----------------------------------------------------------------

QUERIES = [  # stem, row, column, cell put there, where the query stands, consequence
    ("rs", 1, "RSDTC", "2026-04", ("RS", 3, "RSDTC"), "this assessment can neither date a progression nor a response"),
    ("rs", 0, "RSDTC", "2026-05-21", ("RS", 2, "RSDTC"), "nothing is dated after the death"),
    ("tr", 0, "TRDTC", "", ("TR", 2, "TRDTC"), "cannot be placed before or after treatment start"),
    ("tr", 0, "TRDTC", "2026-01-13", ("TU", 2, "TULNKID"), "the patient's sum has no baseline: no response"),
    ("tr", 0, "TRSTRESU", "", ("TR", 2, "TRSTRESU"), "the number is taken as millimetres"),
    ("lb", 0, "LBSTNRHI", "", ("LB", 2, "LBSTNRHI"), "the assay is never called normal"),
    ("lb", 1, "LBSTNRHI", "0", ("LB", 3, "LBSTNRHI"), "the assay is never called normal"),
    ("lb", 1, "LBSTRESC", "<0,1", ("LB", 3, "LBSTRESC"), "the assay has no value"),
    ("lb", 1, "LBSTRESC", "HAEMOLYSED", ("LB", 3, "LBSTRESC"), "the assay has no value"),
    ("ds", 1, "DSSTDTC", "2026-02", ("DM", 3, "USUBJID"), "no time from inclusion can be computed for the patient"),
    ("ds", 1, "DSDECOD", "SCREENED", ("DM", 3, "USUBJID"), "no time from inclusion can be computed for the patient"),
    ("lb", 0, "LBDTC", "2026", ("LB", 2, "LBDTC"), "this assay is in no weekly series"),
    ("ex", 0, "EXSTDTC", "2026-01-09", ("EX", 2, "EXSTDTC"), "treatment starts before inclusion"),
    ("ex", 2, "EXSTDTC", "", ("EX", 4, "EXSTDTC"), "this dose can neither start nor end treatment"),
    ("ae", 0, "AETOXGR", "", ("AE", 2, "AETOXGR"), "counted as ungraded, never as grade 0 or 1"),
    ("ae", 0, "AEENDTC", "2026-01-19", ("AE", 2, "AEENDTC"), "the duration is negative"),
    ("ae", 2, "AEOUT", "FATAL", ("AE", 4, "AEOUT"), "the patient is censored at last news"),
    ("dm", 1, "DTHFL", "Y", ("DM", 3, "DTHFL"), "the death has no date"),
    ("dm", 0, "DTHFL", "", ("DM", 2, "DTHFL"), "the date counts as a death"),
    ("ds", 1, "DSDECOD", "DEATH", ("DS", 3, "DSDECOD"), "the death has no date"),
    ("cm", 0, "CMSTDTC", "2026-06-01", ("CM", 2, "CMSTDTC"), "nothing is dated after the death"),
]  # fmt: skip


@pytest.mark.parametrize(("stem", "row", "column", "cell", "place", "consequence"), QUERIES)
def test_what_is_odd_is_listed_with_its_consequence(study, deliver, stem, row, column, cell, place, consequence):
    study[stem][row][column] = cell
    queries = {(q.table, q.row, q.column): q for q in read(deliver(study)).queries}
    assert place in queries
    assert consequence in queries[place].consequence
    assert queries[place].patient == study[stem][row]["USUBJID"]


def test_a_second_inclusion_is_queried_and_a_study_without_any_is_not(study, deliver):
    study["ds"].append({**study["ds"][0], "DSSEQ": "3", "DSDECOD": "INCLUSION", "DSSTDTC": "2026-01-11"})
    assert [(q.table, q.row, q.consequence) for q in read(deliver(study)).queries] == [
        ("DS", 5, "the earlier date counts")
    ]
    for row in study["ds"]:
        row["DSDECOD"] = "RANDOMIZED"
    assert read(deliver(study)).queries == ()


@pytest.mark.parametrize("text", ["<2", "< 2", "<=2", "≤2", ">1000", "12.5"])
def test_a_limit_is_a_result(study, deliver, text):
    study["lb"][1]["LBSTRESC"] = text
    assert read(deliver(study)).queries == ()


def test_two_answers_of_one_reader_at_one_visit_are_both_queried(study, deliver):
    study["rs"].append({**study["rs"][1], "RSSEQ": "2", "RSSTRESC": "PR"})
    found = [(q.row, q.found) for q in read(deliver(study)).queries]
    assert found == [(3, "SD"), (4, "PR")]


def test_two_readers_may_differ(study, deliver):
    study["rs"].append({**study["rs"][1], "RSSEQ": "2", "RSSTRESC": "PR", "RSEVAL": "INDEPENDENT ASSESSOR"})
    assert read(deliver(study)).queries == ()


def test_two_diameters_of_one_lesion_are_queried_and_two_thicknesses_are_not(study, deliver):
    study["tr"].append({**study["tr"][1], "TRSEQ": "3", "TRSTRESN": "31", "TRSTRESC": "31"})
    assert [q.found for q in read(deliver(study)).queries] == ["36", "31"]
    for row in study["tr"]:
        row["TRTESTCD"] = "THKNESS"
    assert read(deliver(study)).queries == ()


def test_a_record_delivered_twice_is_an_error_and_a_number_given_twice_a_query(study, deliver, refused):
    study["ae"].append(dict(study["ae"][0]))
    assert where(refused(study)[0]) == ("AE", "ae.csv", 5, "P-1", "AESEQ", "1")
    study["ae"][-1]["AETERM"] = "PRURITUS"
    assert [(q.row, q.column) for q in read(deliver(study)).queries] == [(5, "AESEQ")]


def test_responses_by_other_criteria_are_not_judged_and_irecist_ones_by_their_own_levels(study, deliver):
    study["rs"].append({**study["rs"][1], "RSSEQ": "2", "RSCAT": "CA125", "RSSTRESC": "RESPONSE"})
    study["rs"].append({**study["rs"][1], "RSSEQ": "3", "RSCAT": "iRECIST", "RSSTRESC": "iUPD"})
    study["rs"].append({**study["rs"][1], "RSSEQ": "4", "RSCAT": "iRECIST", "VISITNUM": "2", "RSSTRESC": "PR"})
    assert [(q.row, q.found) for q in read(deliver(study)).queries] == [(6, "PR")]


def test_an_absent_optional_table_is_a_query_and_an_error_where_it_is_asked_for(study, deliver, refused):
    del study["ae"]
    trial = read(deliver(study))
    assert [q.consequence for q in trial.queries] == ["no adverse event is seen: safety tables would be empty"]
    assert trial.table("AE").empty
    assert {"USUBJID", "AESTDTC", "AESTDT", "AESEQ"} <= set(trial.table("AE"))
    assert [problem.table for problem in refused(study, required=["AE"])] == ["AE"]


def test_an_expected_column_that_is_absent_is_a_query(study, deliver):
    for row in study["ae"]:
        del row["AETOXGR"]
    assert [(q.column, q.consequence) for q in read(deliver(study)).queries] == [("AETOXGR", "every event is ungraded")]


# --- the message ------------------------------------------------------------------------------------------------------


def test_a_message_stays_readable_however_much_is_wrong(study, deliver):
    study["ae"] = [{**study["ae"][0], "AESEQ": str(i), "AETOXGR": "9", "AESER": "?"} for i in range(1, 5001)]
    with pytest.raises(DataError) as caught:
        read(deliver(study))
    text = str(caught.value)
    assert text.startswith("The source data have 10000 errors")
    assert "… and 4995 more" in text
    assert len(text.splitlines()) < 30
    assert sum(1 + problem.further for problem in caught.value.problems) == 10_000


def test_text_of_the_data_cannot_forge_a_line_of_the_message(study, deliver):
    study["ae"][0]["AESER"] = "x\x1b[31m\n  DM dm.csv: all is well" + "y" * 500
    with pytest.raises(DataError) as caught:
        read(deliver(study))
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2
    assert len(str(caught.value)) < 300


def test_a_patient_identifier_cannot_forge_one_either(study, refused):
    study["ae"][0]["USUBJID"] = "P\n-9"
    assert "\n" not in str(refused(study)[0])
