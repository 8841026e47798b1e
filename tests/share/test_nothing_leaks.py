"""No subject number, site, birth date, exact date or free text of the data in any file of a shared folder.

Only two days of the analysis itself may stand there: the data cut and the start of accrual that the plan assumes.
"""

import json
import re
from pathlib import Path

import pandas as pd

from .conftest import FREE, STEMS

OWN_DAYS = {"2026-06-30", "2024-01-01"}
ENDINGS = {".html", ".pdf", ".docx", ".svg", ".png", ".csv", ".parquet", ".json"}


def found(contents: dict[str, str], wanted: set[str], shape: str) -> dict[str, list[str]]:
    """Which of the wanted texts stand in which file; they have a shape, so that each file is read once."""
    form = re.compile(shape)
    assert all(form.fullmatch(one) for one in wanted), "a wanted text has another shape and would be missed"
    hits = {name: sorted(wanted & set(form.findall(text)))[:3] for name, text in contents.items()}
    return {name: some for name, some in hits.items() if some}


def column(tables: dict[str, pd.DataFrame], name: str) -> set[str]:
    return {value for table in tables.values() if name in table for value in table[name]} - {""}


def test_the_shared_folder_holds_every_form_and_nothing_else(shared_run: Path) -> None:
    names = {path.relative_to(shared_run).as_posix() for path in shared_run.rglob("*") if path.is_file()}
    assert {Path(name).suffix for name in names} == ENDINGS
    for stem in STEMS:
        assert {f"{stem}.html", f"{stem}.pdf", f"{stem}.docx"} <= names
    assert not [name for name in names if name.startswith(("derived", "records")) or name.endswith((".ipynb", ".xpt"))]


def test_no_subject_number(contents: dict[str, str], source_tables: dict[str, pd.DataFrame]) -> None:
    patients = column(source_tables, "USUBJID")
    assert len(patients) > 100
    assert found(contents, patients, r"IR5-\d\d-\d{4}") == {}
    assert not [name for name, text in contents.items() if "IR5-" in text]


def test_no_site(contents: dict[str, str], source_tables: dict[str, pd.DataFrame]) -> None:
    sites = column(source_tables, "SITEID")
    assert len(sites) > 10
    assert found(contents, sites, r"SITE\d+") == {}


def test_no_birth_date_and_no_exact_date(contents: dict[str, str], source_tables: dict[str, pd.DataFrame]) -> None:
    whole = {value[:10] for table in source_tables.values() for name in table if name.endswith("DTC")
             for value in table[name] if re.match(r"\d{4}-\d\d-\d\d", value)} - OWN_DAYS  # fmt: skip
    assert len(whole) > 800
    assert found(contents, whole, r"\d{4}-\d\d-\d\d") == {}
    assert found(contents, {"/".join(reversed(day.split("-"))) for day in whole}, r"\d\d/\d\d/\d{4}") == {}
    assert found(contents, {day.replace("-", "") for day in whole}, r"\b(?:19|20)\d{6}\b") == {}


def test_no_free_text(contents: dict[str, str], source_tables: dict[str, pd.DataFrame]) -> None:
    texts = {value for names in FREE.values() for name in names for value in column(source_tables, name)}
    assert len(texts) > 1000
    assert found(contents, texts, r"\w+ said \d+x") == {}


def test_no_record_is_named(contents: dict[str, str]) -> None:
    """A reason names its record: "RS 12 (visit WEEK 16, …)"."""
    for name, text in contents.items():
        if name.endswith((".html", ".pdf")):
            visible = re.sub(r"<script type=\"module\">.*?</script>", "", text, flags=re.DOTALL)
            assert not re.findall(r"\b(?:RS|TR|DM|DS|AE|LB|EX|CM) \d+ \(", visible), name


def test_hover_data_are_limited_to_what_is_drawn(shared_run: Path) -> None:
    fields: set[str] = set()
    for stem in STEMS:
        page = (shared_run / f"{stem}.html").read_text(encoding="utf-8")
        for inert in re.findall(r'<script type="application/json">(.*?)</script>', page):
            for rows in json.loads(inert)["datasets"].values():
                fields |= {name for row in rows for name in row}
                for row in rows:
                    assert not any(re.match(r"\d{4}-\d\d-\d\d", str(value)) for value in row.values()), row
    assert fields.isdisjoint({"USUBJID", "reason", "ADT", "TRTSDT", "INCLDT", "BRTHDTC", "AGE"})


def test_no_number_of_a_patient_joins_two_figures(contents: dict[str, str]) -> None:
    """Each figure counts its own patients; the numbers of the run (TET-07) would put a row together from several."""
    assert not [name for name, text in contents.items() if re.search(r"\b(?:TET|GTT)-\d\d\b", text)]


def test_times_of_single_patients_are_rounded(shared_run: Path) -> None:
    """A tenth of a month is three days; a whole week is seven."""
    rounded = {"time": 1, "TIME": 1, "END": 1, "MONTHS": 1, "WEEK": 0, "PCHG": 0}
    seen = set()
    for stem in STEMS:
        page = (shared_run / f"{stem}.html").read_text(encoding="utf-8")
        for inert in re.findall(r'<script type="application/json">(.*?)</script>', page):
            for rows in json.loads(inert)["datasets"].values():
                drawn = [row for row in rows if "TEXT" not in row]  # not the line of week 24
                for name in rounded.keys() & set().union(*drawn):
                    numbers = [row[name] for row in drawn if isinstance(row.get(name), float)]
                    assert numbers == [round(number, rounded[name]) for number in numbers], name
                    seen |= {name} if numbers else set()
    assert seen == set(rounded), seen


def test_listings_say_that_they_are_left_out(contents: dict[str, str]) -> None:
    page = contents["c3_tet.html"]
    assert page.count("Left out of the share edition") >= 4  # week 24, discordance, queries, pending
    late = contents["pooled_safety.html"]
    assert late.count("Left out of the share edition") >= 2


def test_the_manifest_names_no_folder(contents: dict[str, str], source_folder: Path) -> None:
    assert str(source_folder) not in contents["manifest.json"]
    assert not [name for name, text in contents.items() if str(source_folder) in text]
