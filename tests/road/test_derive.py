"""The tables that `ir5nb derive` writes: their columns and kinds, and the same tables as SAS transport files."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from ir5nb import analyses, schema, source
from ir5nb.analyses import safety
from ir5nb.plan import CohortPlan
from ir5nb.render.transport import TEXT_BYTES, write_transport

COLUMNS = {"adsl": schema.ADSL, "adrs": schema.ADRS, "adtte": schema.ADTTE, "adwk24": schema.ADWK24,
           "adhcg": schema.ADHCG, "adae": (*schema.ADAE, "RELDOMFL", "RELZIMFL", "RELFOLFL"),
           "adex": schema.ADEX}  # fmt: skip
KEYS = {"adsl": ["USUBJID"], "adtte": ["USUBJID", "PARAMCD", "READING"], "adwk24": ["USUBJID", "READING"],
        "adhcg": ["USUBJID", "PARAMCD", "READING"], "adae": ["USUBJID", "AESEQ"],
        "adex": ["USUBJID", "EXSEQ"]}  # fmt: skip
DATES = ("INCLDT", "TRTSDT", "TRTEDT", "EOTDT", "LSTALVDT", "DTHDT", "ADT", "STARTDT", "LANDMARKDT", "DECDT", "ASTDT",
         "AENDT", "WNDSDT", "WNDEDT")  # fmt: skip
NUMBERS = ("AVAL", "CNSR", "SRCSEQ", "ADY", "AVISITN", "SUMDIAM", "NADIR", "AESEQ", "ASTDY", "ADURN", "ATOXGRN",
           "EXSEQ", "EXDOSE", "GAPDAYS")  # fmt: skip
EMPTY = {"c1_pm": {"adhcg"}, "c2_gtt": {"adrs"}}  # mesothelioma has no hCG, choriocarcinoma here no imaging


@pytest.fixture(scope="module", params=sorted(EMPTY))
def written(request, ir5nb, root: Path, tmp_path_factory) -> tuple[str, Path]:
    """The folder that one command writes from the demo data."""
    out = tmp_path_factory.mktemp(request.param) / "derived"
    demo, plan = root / "src" / "ir5nb" / "demo", root / "params" / f"{request.param}.yaml"
    done = ir5nb("derive", demo, "--plan", plan, "--out", out, "--xpt", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert rows == {str(path): len(pd.read_parquet(path.with_suffix(".parquet"))) for path in out.iterdir()}
    assert {path.name for path in out.iterdir()} >= {
        f"{table}.{kind}" for table in COLUMNS for kind in ("parquet", "xpt")
    }
    return request.param, out


def test_each_table_has_its_columns_and_kinds_also_when_it_is_empty(written: tuple[str, Path]) -> None:
    plan, folder = written
    assert {path.stem for path in folder.glob("*.parquet")} == set(COLUMNS)
    for name, columns in COLUMNS.items():
        frame = pd.read_parquet(folder / f"{name}.parquet")
        assert tuple(frame.columns) == columns
        assert frame.empty == (name in EMPTY[plan])
        for column in frame:
            assert pd.api.types.is_datetime64_any_dtype(frame[column]) == (column in DATES), (name, column)
            assert pd.api.types.is_numeric_dtype(frame[column]) == (column in NUMBERS), (name, column)


def test_keys_are_unique_and_every_row_has_its_reason(written: tuple[str, Path]) -> None:
    for name in COLUMNS:
        frame = pd.read_parquet(written[1] / f"{name}.parquet")
        assert not frame.duplicated(KEYS.get(name)).any(), name
        if "reason" in frame:
            assert frame["reason"].str.len().gt(0).all(), name


def test_transport_files_hold_the_same_values(written: tuple[str, Path]) -> None:
    for name, columns in COLUMNS.items():
        ours = pd.read_parquet(written[1] / f"{name}.parquet")
        theirs, meta = pyreadstat.read_xport(written[1] / f"{name}.xpt", disable_datetime_conversion=True)
        assert meta.table_name == name.upper()
        assert len(theirs) == len(ours)
        for column in columns:
            short = {"LANDMARKDT": "LANDMKDT"}.get(column, column.upper())
            if column in DATES:
                days = (ours[column] - pd.Timestamp("1960-01-01")).dt.days
                assert meta.original_variable_types[short] == "DATE9"
                pd.testing.assert_series_equal(theirs[short].astype(float), days.astype(float), check_names=False)
            elif column in NUMBERS:
                numbers = ours[column].astype(float)
                pd.testing.assert_series_equal(theirs[short].astype(float), numbers, check_names=False)
            else:
                parts = [part for part in theirs if part == short or (part.startswith(short) and part[-1] in "123")]
                whole = theirs[parts].astype(str).agg(" ".join, axis=1).str.rstrip() if len(ours) else theirs[short]
                assert whole.tolist() == ours[column].fillna("").tolist(), column


def test_transport_files_are_version_5_with_short_names_labels_and_texts(written: tuple[str, Path]) -> None:
    for path in written[1].glob("*.xpt"):
        assert path.read_bytes().startswith(b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!")  # version 5, not 8
        _, meta = pyreadstat.read_xport(path)
        assert all(len(column) <= 8 and column.isupper() for column in meta.column_names)
        assert all(0 < len(label) <= 40 for label in meta.column_labels), meta.column_labels
        assert max(meta.variable_storage_width.values()) <= TEXT_BYTES


def test_a_long_reason_goes_on_in_the_next_column_and_none_is_cut(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(70))
    frame = pd.DataFrame({"USUBJID": ["A", "B", "C", "D"], "reason": [words, "short", "é" * 150, None]})
    assert len(words.encode()) > 2 * TEXT_BYTES
    write_transport(tmp_path, {"adtte": frame})
    back, meta = pyreadstat.read_xport(tmp_path / "adtte.xpt")
    assert list(back) == ["USUBJID", "REASON", "REASON1", "REASON2"]
    assert meta.column_labels[2] == "Reason in Words, continued (1)"
    assert " ".join(back.loc[0, ["REASON", "REASON1", "REASON2"]]) == words
    assert back.loc[1, ["REASON", "REASON1", "REASON2"]].tolist() == ["short", "", ""]
    assert "".join(back.loc[2, ["REASON", "REASON1"]]) == "é" * 150  # 300 bytes without a blank
    assert back.loc[3, "REASON"] == ""


@pytest.mark.parametrize("column", ["A_LONG_NAME", "UNKNOWN"])
def test_a_column_without_a_short_name_or_a_label_is_refused(column: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=column):
        write_transport(tmp_path, {"adsl": pd.DataFrame({column: ["x"]})})


def test_a_term_of_ten_thousand_characters_fills_numbered_columns_and_is_whole(tmp_path: Path) -> None:
    """A name of eight characters gives its last for the number (SDTMIG 3.4, 4.5.3)."""
    text = "<script>alert(1)</script> =HYPERLINK(x) {{7*7}} " * 209
    assert len(text) > 10_000
    write_transport(tmp_path, {"adae": pd.DataFrame({"AETERM": [text.strip()], "AEBODSYS": [text.strip()]})})
    back, meta = pyreadstat.read_xport(tmp_path / "adae.xpt")
    for start in ("AETERM", "AEBODSY", "AEBODS"):
        assert any(name.startswith(start) for name in back)
    first = [name for name in back if name.startswith("AETERM")]
    rest = [name for name in back if name.startswith("AEBOD")]
    assert len(first) == len(rest) > 50
    assert " ".join(back.loc[0, first]) == " ".join(back.loc[0, rest]) == text.strip()
    assert max(map(len, meta.column_labels)) <= 40


def test_adverse_events_and_doses_are_those_of_the_treated(written: tuple[str, Path], root: Path) -> None:
    """Recount from the source files: every AE and EX record of a treated patient is there once, with its facts."""
    adsl = pd.read_parquet(written[1] / "adsl.parquet")
    treated = adsl.loc[adsl["SAFFL"].eq("Y"), "USUBJID"]
    for table, domain in (("adae", "ae"), ("adex", "ex")):
        derived = pd.read_parquet(written[1] / f"{table}.parquet")
        raw = pd.read_csv(root / "src/ir5nb/demo" / f"{domain}.csv", dtype=str)
        known = raw[raw["USUBJID"].isin(treated) & raw[f"{domain.upper()}STDTC"].fillna("").le("2026-06-30")]
        key = f"{domain.upper()}SEQ"
        assert set(zip(derived["USUBJID"], derived[key].astype(str), strict=True)) == set(
            zip(known["USUBJID"], known[key], strict=True)
        )
    adae = pd.read_parquet(written[1] / "adae.parquet").merge(adsl[["USUBJID", "INCLDT", "TRTSDT"]])
    counted = adae["COUNTFL"].eq("Y")
    assert (adae.loc[counted, "ASTDT"].dropna() <= adae.loc[counted, "WNDEDT"]).all()
    emergent = adae[adae["TRTEMFL"].eq("Y") & adae["ASTDT"].notna()]
    assert len(emergent) > 20
    assert (emergent["ASTDT"] >= emergent["TRTSDT"]).all()
    worst = adae[counted].groupby(["USUBJID", "AEDECOD"])["ATOXGRN"].max()
    flagged = adae[adae["AOCCPIFL"].eq("Y")].set_index(["USUBJID", "AEDECOD"])["ATOXGRN"]
    pd.testing.assert_series_equal(flagged.sort_index(), worst.sort_index())


def test_a_cohort_without_adverse_events_keeps_the_columns_of_adae(root: Path) -> None:
    plan = CohortPlan.load("c4_atc")
    cohort = analyses.derive(source.read(None).as_of(plan.cutoff), plan)
    nothing = {name: cohort.tables[name].iloc[:0] for name in ("AE", "EX")}
    found = safety.records(replace(cohort, tables={**cohort.tables, **nothing}))
    assert tuple(found["adae"])[: len(schema.ADAE)] == schema.ADAE
    assert tuple(found["adex"]) == schema.ADEX
    assert found["adae"].empty
    assert found["adex"].empty
