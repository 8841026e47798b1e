"""The same tables in every format give the same frames; text stays exactly as it was written."""

from __future__ import annotations

import gzip
import io
import json
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from ir5nb.source import DataError, read
from ir5nb.source.readers import read_raw
from ir5nb.source.unreadable import UnreadableError

NUMBERS = {"AGE", "EXDOSE", "VISITNUM", "TRSTRESN", "LBSTRESN", "LBSTNRHI"} | {
    f"{domain}SEQ" for domain in ("DS", "EX", "TU", "TR", "RS", "LB", "AE", "CM")
}


def as_frame(rows):
    """The rows as a typed format holds them: numbers as numbers, blank text as the empty text."""
    frame = pd.DataFrame(rows)
    for name in NUMBERS & set(frame):
        frame[name] = pd.to_numeric(frame[name].replace("", None))
    return frame


def semicolons(path, rows):
    lines = [";".join(rows[0])] + [";".join(row.values()) for row in rows]
    path.with_suffix(".csv").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8-sig")


def gzipped(path, rows):
    quoted = [list(rows[0]), *(list(row.values()) for row in rows)]
    text = "\n".join(",".join(f'"{cell}"' for cell in line) for line in quoted)
    path.with_name(f"{path.name.upper()}.csv.gz").write_bytes(gzip.compress(text.encode()))


def parquet(path, rows):
    as_frame(rows).replace("", None).to_parquet(path.with_suffix(".parquet"), index=False)


def dictionary_parquet(path, rows):
    frame = as_frame(rows).replace("", None)
    texts = [name for name in frame if name not in NUMBERS]
    frame.astype(dict.fromkeys(texts, "category")).to_parquet(path.with_suffix(".parquet"), index=False)


def transport_5(path, rows):
    pyreadstat.write_xport(as_frame(rows), str(path.with_suffix(".xpt")), file_format_version=5)


def transport_8(path, rows):
    pyreadstat.write_xport(as_frame(rows), str(path.with_suffix(".xpt")), file_format_version=8)


def dataset(path, rows):
    frame = as_frame(rows)
    kinds = {name: "float" if name in NUMBERS else "string" for name in frame}
    columns = [{"itemOID": f"IT.{n}", "name": n, "label": n, "dataType": kind} for n, kind in kinds.items()]
    cells = frame.astype(object).where(frame.notna(), None).values.tolist()
    return {"datasetJSONVersion": "1.1.0", "name": path.name.upper(), "records": len(cells), "columns": columns}, cells


def document(path, rows):
    head, cells = dataset(path, rows)
    path.with_suffix(".json").write_text(json.dumps({**head, "rows": cells}), encoding="utf-8")


def lines(path, rows):
    head, cells = dataset(path, rows)
    path.with_suffix(".ndjson").write_text("\n".join(map(json.dumps, [head, *cells])) + "\n", encoding="utf-8")


WRITERS = [semicolons, gzipped, parquet, dictionary_parquet, transport_5, transport_8, document, lines]


@pytest.mark.parametrize("write", WRITERS)
def test_every_format_gives_the_frames_of_the_csv(study, whole, tmp_path_factory, write):
    folder = tmp_path_factory.mktemp("other")
    for stem, rows in study.items():
        write(folder / stem, rows)
    other = read(folder)
    assert len(other.fingerprints) == len(study)
    for name, frame in whole.tables.items():
        pd.testing.assert_frame_equal(other.tables[name], frame)


def test_formats_may_differ_from_file_to_file_and_other_files_are_left_alone(study, whole, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    for (stem, rows), write in zip(study.items(), [*WRITERS, WRITERS[0]], strict=True):
        write(folder / stem, rows)
    (folder / "notes.csv").write_bytes(b"\x92 not UTF-8, and none of ours")
    (folder / "define.json").write_text("{}")
    (folder / "suppae.csv").write_text("USUBJID\n")
    mixed = read(folder)
    assert set(mixed.fingerprints) == {path.name for path in folder.iterdir()} - {
        "notes.csv", "define.json", "suppae.csv",
    }  # fmt: skip
    for name, frame in whole.tables.items():
        pd.testing.assert_frame_equal(mixed.tables[name], frame)


def test_a_sas_dataset_is_read_as_another_reader_does():
    path = Path(__file__).parent / "known" / "ae.sas7bdat"  # see known/README.md
    raw, other = read_raw(path), pd.read_sas(path, encoding="utf-8")
    assert raw["AETERM"].tolist() == other["aeterm"].tolist() == ["RASH", "Fièvre", "007"]
    assert raw["AESTDTC"].tolist() == ["2026-01-20", "2026-02", None]
    assert raw["AEENDTC"].tolist() == ["2026-02-04", None, "2026-01-31"]
    assert other["aeendtc"].dt.strftime("%Y-%m-%d").dropna().tolist() == ["2026-02-04", "2026-01-31"]
    assert raw["AETOXGR"].tolist()[:2] == other["aetoxgr"].tolist()[:2] == [2.0, 5.0]


def test_a_sas_dataset_is_a_table_of_a_study(study, deliver):
    del study["ae"]
    folder = deliver(study)
    (folder / "AE.sas7bdat").write_bytes((Path(__file__).parent / "known" / "ae.sas7bdat").read_bytes())
    events = read(folder).table("AE")
    assert events["AETOXGR"].tolist() == ["2", "5", None]
    assert events["AESTDT"].isna().tolist() == [False, True, True]


def test_an_identifier_too_long_for_a_number_keeps_its_digits(tmp_path):
    pq.write_table(pa.table({"USUBJID": pa.array([2**53 + 1, None])}), tmp_path / "mh.parquet")
    assert read_raw(tmp_path / "mh.parquet")["USUBJID"].tolist() == ["9007199254740993", None]


def test_text_is_kept_exactly_and_only_the_empty_cell_is_missing(tmp_path):
    cells = ["007", "NA", "nan", "NULL", "None", "-", ".", "<2", "1e3", "TRUE", " x ", "Ångström", '"']
    text = "USUBJID,X\n" + "".join(f'P-{i},"{cell.replace(chr(34), chr(34) * 2)}"\n' for i, cell in enumerate(cells))
    path = tmp_path / "mh.csv"
    path.write_text(text + 'Q-1,\nQ-2,""\n', encoding="utf-8")
    assert read_raw(path)["X"].tolist() == [*cells, None, None]


def test_an_empty_line_is_no_record_and_moves_no_line_number(tmp_path):
    path = tmp_path / "mh.csv"
    path.write_text("USUBJID,MHTERM\nP-1,A\n\n,\nP-2,B\n\n", encoding="utf-8")
    assert read_raw(path).index.tolist() == [0, 3]


@pytest.mark.parametrize("text", ["USUBJID,MHTERM", "USUBJID,MHTERM\n", "USUBJID;MHTERM\r\n"])
def test_a_table_without_rows_keeps_its_columns(tmp_path, text):
    path = tmp_path / "mh.csv"
    path.write_bytes(text.encode())
    assert read_raw(path).shape == (0, 2)
    assert read_raw(path).columns.tolist() == ["USUBJID", "MHTERM"]


def test_dates_and_numbers_of_typed_formats_become_the_text_they_mean(tmp_path):
    table = pa.table(
        {
            "usubjid": ["P-1", None],
            "siteid": pa.array([7, None], pa.int32()),
            "rficdtc": pa.array([date(2026, 1, 5), None]),
            "dthdtc": pa.array([datetime(2026, 1, 5, 8, 30), None]),
            "age": pa.array([61, None], pa.int8()),
        }
    )
    pq.write_table(table, tmp_path / "dm.parquet")
    raw = read_raw(tmp_path / "dm.parquet")
    assert raw["RFICDTC"].tolist() == ["2026-01-05", None]
    assert raw["DTHDTC"].tolist() == ["2026-01-05T08:30:00", None]
    assert raw["SITEID"].iloc[0] == 7.0  # text only where SDTM says text: `typed` writes it as "7"


def test_sas_dates_become_iso_text(tmp_path):
    frame = pd.DataFrame({"USUBJID": ["P-1", "P-2"], "AESTDTC": [date(2026, 1, 5), None]})
    pyreadstat.write_xport(frame, str(tmp_path / "ae.xpt"))
    assert read_raw(tmp_path / "ae.xpt")["AESTDTC"].tolist() == ["2026-01-05", None]


def test_numbers_are_the_nearest_to_the_text_as_in_python(study, deliver):
    study["tr"][0]["TRSTRESN"] = "0.30000000000000004"
    study["tr"][1]["TRSTRESN"] = "2.5e1"
    assert read(deliver(study)).table("TR")["TRSTRESN"].tolist() == [0.1 + 0.2, 25.0, 22.5]


def nested() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"USUBJID": [["P-1"]]}), stream)
    return stream.getvalue()


def latin() -> bytes:
    """A transport file whose text is in another encoding than UTF-8, which the format cannot say."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "ae.xpt")
        pyreadstat.write_xport(pd.DataFrame({"USUBJID": ["P-1"], "AETERM": ["FI#VRE"]}), str(path))
        return path.read_bytes().replace(b"FI#VRE", b"FI\xc8VRE")


NESTED, LATIN = nested(), latin()
DAMAGED = [  # file name, bytes, what is found, line
    ("ae.csv", b"", "no header row", None),
    ("ae.csv", b"\nP-1\n", "no header row", None),
    ("ae.csv", b"USUBJID,AETERM\nP-1,RASH\nP-1,FI\x92VRE\n", "bytes that are not UTF-8", 3),
    ("ae.csv", b"USUBJID,AE\x92TERM\nP-1,RASH\n", "the header is not UTF-8", 1),
    ("ae.csv", b"USUBJID,AETERM\nP-1,RASH\nP-1,RASH,EXTRA\n", "3 cells where the header has 2", 3),
    ("ae.csv", b"USUBJID,AETERM\nP-1,FI\x92VRE,EXTRA\nP-1,RASH\n", "bytes that are not UTF-8", 2),
    ("ae.csv", b"USUBJID,AETERM\r\nP-1,RASH\r\n\r\nP-1\r\n", "1 cells where the header has 2", 4),
    ("ae.csv", b'USUBJID,AETERM\nP-1,"RASH\nP-2,FEVER\n', "a quote that is never closed", 2),
    ("ae.csv", b"USUBJID,AETERM,AETERM\nP-1,RASH,X\n", "the column AETERM occurs twice", None),
    ("ae.csv", b"usubjid,USUBJID\nP-1,RASH\n", "the column USUBJID occurs twice", None),
    ("ae.csv.gz", b"USUBJID\n", "not a gzip file", None),
    ("ae.parquet", b"PAR1 no", "not a parquet file", None),
    ("ae.parquet", NESTED, "not a parquet file of plain columns", None),
    ("ae.xpt", LATIN, "not a SAS file that can be read", None),
    ("ae.xpt", b"HEADER", "not a SAS file that can be read", None),
    ("ae.sas7bdat", b"\0" * 2000, "not a SAS file that can be read", None),
    ("ae.json", b"[1, 2", "not JSON", None),
    ("ae.json", b"{}", "no Dataset-JSON", None),
    ("ae.json", b"[" * 100_000, "not JSON", None),
    ("ae.json", b'{"columns": [{"name": "A"}], "rows": [[1], [1, 2]]}', "row 2 has not one cell", None),
    (
        "ae.json",
        b'{"columns": [{"name": "A"}], "records": 3, "rows": [[1]]}',
        "1 rows where `records` promises 3",
        None,
    ),
    ("ae.json", b'{"columns": [{"label": "A"}], "rows": []}', "a column without name", None),
    ("ae.json", b'{"columns": [{"name": "A"}, {"name": "A"}], "rows": []}', "the column A occurs twice", None),
    ("ae.ndjson", b'{"columns": [{"name": "A"}]}\n[1]\n[1,\n', "a line that is not JSON", 3),
    ("ae.ndjson", b'{"columns": [{"name": "A"}]}\n[1]\n{}\n', "row 2 has not one cell", 3),
    ("ae.ndjson", b"", "an empty file", None),
    ("ae.ndjson", b"\xff\xfe", "not UTF-8", None),
]


@pytest.mark.parametrize(("name", "content", "found", "line"), DAMAGED)
def test_a_damaged_file_is_named_beside_the_other_problems(study, deliver, name, content, found, line):
    del study["ae"]
    study["dm"][0]["SEX"] = "?"
    folder = deliver(study)
    (folder / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(folder)
    damage, other = sorted((p for p in caught.value.problems if p.severity == "error"), key=lambda p: p.table)
    assert (damage.table, damage.file, damage.row) == ("AE", name, line)
    assert found in damage.found
    assert damage.action
    assert (other.table, other.column) == ("DM", "SEX")


def test_dataset_json_cells_of_other_types_are_text_as_json_writes_them(tmp_path):
    columns = [
        {"name": "A", "dataType": "boolean"},
        {"name": "B", "dataType": "decimal"},
        {"name": "C", "dataType": "integer"},
    ]
    rows = [[True, "1.10", 3], [None, "", None]]
    (tmp_path / "mh.json").write_text(json.dumps({"columns": columns, "rows": rows}))
    raw = read_raw(tmp_path / "mh.json")
    assert raw["A"].tolist() == ["true", None]
    assert raw["B"].tolist() == ["1.10", None]
    assert raw["C"].iloc[0] == 3.0


def test_a_file_that_is_unreadable_says_so_with_its_ending(tmp_path):
    (tmp_path / "ae.csv").write_bytes(b"")
    with pytest.raises(UnreadableError, match="no header row"):
        read_raw(tmp_path / "ae.csv")


def test_two_files_for_one_table_are_refused_and_a_mapping_chooses(study, deliver):
    folder = deliver(study)
    (folder / "AE.ndjson").write_text('{"columns": []}')
    with pytest.raises(DataError, match="one file for AE; remove one, or name the file to use") as caught:
        read(folder)
    assert caught.value.problems[0].found == "AE.ndjson, ae.csv"
    assert len(read(folder, {"tables": {"AE": "ae.csv"}}).table("AE")) == 3
