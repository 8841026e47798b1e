"""The corrections ledger amends one cell, with a guard, and is refused when it does not fit."""

from __future__ import annotations

from datetime import date

import pytest

from ir5nb.source import DataError, read

ENTRY = """
- table: LB
  record: {USUBJID: P-1, LBSEQ: 1}
  column: LBSTRESN
  expect: 1500
  value: 150
  reason: factor of ten, laboratory report of the day says 150
  told: Dr Martin, centre 007
  date: 2026-03-01
"""


def with_ledger(folder, text):
    (folder / "corrections.yaml").write_text(text, encoding="utf-8")
    return folder


def refusal(folder):
    with pytest.raises(DataError) as caught:
        read(folder)
    (problem,) = [problem for problem in caught.value.problems if problem.severity == "error"]
    return problem


def test_a_cell_is_amended_and_the_correction_is_kept(study, deliver):
    trial = read(with_ledger(deliver(study), ENTRY))
    assert trial.table("LB")["LBSTRESN"].iloc[0] == 150.0
    assert trial.table("LB")["LBSTRESC"].iloc[0] == "1500"
    (correction,) = trial.corrections
    assert (correction.expect, correction.value, correction.told) == ("1500", "150", "Dr Martin, centre 007")
    assert "corrections.yaml" in trial.fingerprints
    assert trial.as_of(date(2026, 6, 1)).corrections == (correction,)


def test_a_ledger_elsewhere_is_read_when_it_is_named(study, deliver, tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "own.yaml"
    path.write_text(ENTRY)
    assert read(deliver(study), corrections=path).table("LB")["LBSTRESN"].iloc[0] == 150.0
    with pytest.raises(DataError, match="give the path of an existing file"):
        read(deliver(study), corrections=path.with_name("absent.yaml"))


def test_a_correction_mends_what_would_have_been_refused(study, deliver):
    study["rs"][1]["RSSTRESC"] = "STABLE"
    folder = deliver(study)
    assert refusal(folder).found == "STABLE"
    entry = ENTRY.replace("LB\n", "RS\n").replace("LBSEQ", "RSSEQ").replace("P-1", "P-2")
    entry = entry.replace("LBSTRESN", "RSSTRESC").replace("1500", "STABLE").replace("150\n", "SD\n", 1)
    assert read(with_ledger(folder, entry)).table("RS")["RSSTRESC"].tolist() == ["PD", "SD"]


def test_a_blank_cell_is_expected_and_set_as_the_empty_text(study, deliver):
    entry = ENTRY.replace("P-1", "P-2").replace("expect: 1500", "expect: ''").replace("value: 150", "value: 1.5")
    assert read(with_ledger(deliver(study), entry)).table("LB")["LBSTRESN"].tolist() == [1500.0, 1.5]
    entry = ENTRY.replace("value: 150\n", "value: ''\n")
    assert read(with_ledger(deliver(study), entry)).table("LB")["LBSTRESN"].isna().all()


def test_yaml_keeps_text_as_written(study, deliver):
    study["dm"][0]["SITEID"] = "no"
    entry = """
- {table: DM, record: {USUBJID: P-1}, column: SITEID, expect: no, value: 007, reason: r, told: t, date: 2026-03-01}
"""
    assert read(with_ledger(deliver(study), entry)).table("DM")["SITEID"].tolist() == ["007", "012"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("expect: 1500", "expect: 1600", "the cell holds '1500'"),
        ("P-1", "P-9", "0 rows have {'USUBJID': 'P-9', 'LBSEQ': '1'}"),
        ("LBSTRESN", "LBSTRES", "the table has no column LBSTRES"),
        ("USUBJID: P-1, LBSEQ: 1", "LBTESTCD: HCG", "2 rows have {'LBTESTCD': 'HCG'}"),
    ],
)
def test_the_run_stops_when_the_source_no_longer_holds_the_wrong_value(study, deliver, old, new, found):
    problem = refusal(with_ledger(deliver(study), ENTRY.replace(old, new)))
    assert (problem.table, problem.file, problem.found) == ("LB", "lb.csv", found)
    assert problem.action == "remove the entry if the source was corrected, or correct the entry"


def test_a_correction_that_the_source_took_over_stops_the_run(study, deliver):
    study["lb"][0]["LBSTRESN"] = "150"
    assert refusal(with_ledger(deliver(study), ENTRY)).found == "the cell holds '150'"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ENTRY + "  value: 151\n", "the key 'value' occurs twice, line 2"),
        (ENTRY.replace("  told: Dr Martin, centre 007\n", ""), "entry 1: it has ['column', 'date', 'expect'"),
        (ENTRY + "  by: me\n", "entry 1: it has ['by', 'column'"),
        (ENTRY.replace("reason: factor of ten, laboratory report of the day says 150", "reason:"), "`reason` is empty"),
        (ENTRY.replace("2026-03-01", "2026-03"), "`date` '2026-03' is no complete date"),
        (ENTRY.replace("value: 150\n", "value: 1500\n"), "`expect` and `value` are the same"),
        (ENTRY.replace("{USUBJID: P-1, LBSEQ: 1}", "P-1"), "`record` is a table"),
        (ENTRY.replace("{USUBJID: P-1, LBSEQ: 1}", "{}"), "`record` is empty"),
        (ENTRY.replace("value: 150\n", "value: [1]\n"), "`record` is a table of columns and values, everything else"),
        ("table: LB\n", None),
        ("- [unclosed", "while parsing a flow sequence"),
        ("- &a {x: 1}\n- *a\n", "aliases (*name) are not read"),
        ("- !!python/object/apply:os.system ['true']\n", "entry 1: it has"),
        (ENTRY.replace("table: LB", "table: XX"), "XX"),
    ],
)
def test_a_ledger_that_is_not_right_is_refused(study, deliver, text, found):
    problem = refusal(with_ledger(deliver(study), text))
    assert problem.table == "corrections"
    assert (problem.found or "").find(found or "") >= 0
    assert problem.action


def test_an_empty_ledger_corrects_nothing(study, deliver):
    assert read(with_ledger(deliver(study), "# none yet\n")).corrections == ()
