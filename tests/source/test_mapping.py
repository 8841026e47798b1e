"""The mapping block: an export under other names reads as the same study."""

from __future__ import annotations

import pandas as pd
import pytest

from ir5nb.source import DataError, read


def errors(folder, mapping):
    with pytest.raises(DataError) as caught:
        read(folder, mapping)
    return [problem for problem in caught.value.problems if problem.severity == "error"]


def test_tables_columns_and_codes_of_an_export(study, whole, tmp_path_factory, deliver):
    meaning = {"PD": "Progression", "SD": "Stable", "": ""}
    study["reponses"] = [
        {"patient": r["USUBJID"], **{k: v for k, v in r.items() if k != "USUBJID"}} for r in study.pop("rs")
    ]
    for row in study["reponses"]:
        row["avis"] = meaning[row.pop("RSSTRESC")]
    mapping = {
        "tables": {"RS": "Reponses"},
        "columns": {"rs": {"USUBJID": "PATIENT", "RSSTRESC": "avis"}},
        "codes": {"RS": {"RSSTRESC": {"Progression": "PD", "Stable": "SD"}}},
    }
    folder = tmp_path_factory.mktemp("export")
    for stem, rows in study.items():
        pd.DataFrame(rows).to_csv(folder / f"{stem}.csv", index=False)
    (folder / "rs.csv").write_text("not,the,one\n")
    renamed = read(folder, mapping)
    assert renamed.files["RS"] == "reponses.csv"
    assert "rs.csv" not in renamed.fingerprints
    expected = whole.table("RS")
    pd.testing.assert_frame_equal(renamed.table("RS")[expected.columns], expected)


def test_a_code_may_mean_blank_and_codes_that_are_not_named_stay(study, deliver):
    study["rs"][0]["RSSTRESC"] = "CHECK"
    trial = read(deliver(study), {"codes": {"RS": {"RSSTRESC": {"CHECK": None}}}})
    assert trial.table("RS")["RSSTRESC"].tolist() == [None, "SD"]


def test_a_numeric_column_is_translated_by_its_text(study, deliver, tmp_path):
    folder = deliver(study)
    (folder / "ae.csv").unlink()
    frame = pd.DataFrame(study["ae"]).replace("", None).astype({"AETOXGR": float})
    frame.to_parquet(folder / "ae.parquet")
    assert read(folder).table("AE")["AETOXGR"].tolist() == ["2", "5", "1"]
    mapping = {"codes": {"AE": {"AETOXGR": {"2": "3"}}}}
    assert read(folder, mapping).table("AE")["AETOXGR"].tolist() == ["3", "5", "1"]


def test_a_column_under_the_sdtm_name_gives_way_to_the_one_the_mapping_names(study, deliver):
    for row in study["rs"]:
        row["CENTRAL"] = "NE"
    trial = read(deliver(study), {"columns": {"RS": {"RSSTRESC": "CENTRAL"}}})
    assert trial.table("RS")["RSSTRESC"].tolist() == ["NE", "NE"]


def test_two_columns_can_be_exchanged(study, deliver):
    mapping = {"columns": {"AE": {"AETERM": "AEDECOD", "AEDECOD": "AETERM"}}}
    assert read(deliver(study), mapping).table("AE")["AETERM"].tolist() == ["Rash", "Sepsis", "Fatigue"]


def test_a_table_that_only_the_mapping_names_is_read_and_checked(study, deliver):
    study["sv"] = [{"USUBJID": "P-1", "SVSTDTC": "2026-01-12"}, {"USUBJID": "P-7", "SVSTDTC": "2026-01-13"}]
    (stranger,) = errors(deliver(study), {"tables": {"SV": "sv"}})
    assert (stranger.table, stranger.row, stranger.patient) == ("SV", 3, "P-7")
    study["sv"].pop()
    assert read(deliver(study), {"tables": {"SV": "sv"}}).table("SV")["SVSTDT"].notna().all()


@pytest.mark.parametrize(
    ("mapping", "where", "action"),
    [
        ({"table": {"RS": "x"}}, ("mapping", None, "table"), "did you mean 'tables'?"),
        ({"tables": {"RS": "recist"}}, ("RS", None, None), "add recist.csv"),
        ({"tables": {"RS": 3}}, ("mapping", None, "3 is no name"), "write the mapping in this shape"),
        ({"tables": ["RS"]}, ("mapping", None, "`tables:` is no table of names"), "write the mapping in this shape"),
        ({"columns": {"RS": "RSDTC"}}, ("mapping", None, None), "write the mapping in this shape"),
        ({"columns": {"RS": {"RSSTRESC": "RSSTRES"}}}, ("RS", "RSSTRES", None), "did you mean 'RSSTRESC'?"),
        ({"columns": {"XX": {"A": "B"}}}, ("mapping", None, "XX"), "correct the name of the table"),
        ({"codes": {"RS": {"RSSTRES": {"A": "B"}}}}, ("RS", "RSSTRES", None), "did you mean 'RSSTRESC'?"),
    ],
)
def test_a_mapping_that_fits_nothing_is_refused(study, deliver, mapping, where, action):
    problem = errors(deliver(study), mapping)[0]
    assert (problem.table, problem.column) == where[:2]
    assert where[2] is None or problem.found == where[2]
    assert problem.action.startswith(action)
