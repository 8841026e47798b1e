"""A printed reason leads a reader to the record: the demo files, read here as plain text, say what the reason says.

The reader has the reason, the patient's number and the CSV files; no code of this project reads them here. A record is
named as domain, sequence number, visit, date and what it says: "RS 2 (visit WEEK 8, 2024-08-01): PD". DM has no
sequence number: "DM 19" is the 19th patient of the file.
"""

import csv
import re
from dataclasses import dataclass
from importlib import resources

import pandas as pd
import pytest

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan

RECORD = re.compile(
    r"\b(?P<domain>[A-Z]{2}) (?P<number>\d+) "
    r"\((?:visit (?P<visit>[^,()]+), )?(?P<date>\d{4}-\d{2}-\d{2}|unknown date)\)"
    r"(?:: (?P<says>[^;,()\s]+(?: [^;,()\s]+)*))?(?P<more> \([^)]*\)|; partial date [\d-]+)?"
)
FIRST_DAY = re.compile(r"first imaging day; the visit is dated (\d{4}-\d{2}-\d{2})")
PLANS = ("c1_pm", "c2_gtt", "c3_tet", "c4_atc", "c5_net")
# what the patient is an example of | plan | table and parameter | patient | what the record says in its own columns
PATIENTS = """
clinical progression fails cohort 1          | c1_pm  | status   | IR5-01-1002 | RSTESTCD=SYMPTDTR RSSTRESC=Y
radiological progression before week 24      | c1_pm  | status   | IR5-10-1003 | RSTESTCD=OVRLRESP RSSTRESC=PD
death before week 24                         | c1_pm  | status   | IR5-01-1024 | DTHDTC=2026-03-23
progression over two days after week 24      | c1_pm  | status   | IR5-07-1008 | RSSTRESC=PD RSDTC=2025-03-30
success shown by a scan                      | c3_tet | status   | IR5-03-3001 | RSSTRESC=SD RSEVAL=INVESTIGATOR
not evaluable at week 24                     | c3_tet | status   | IR5-07-3022 | RSSTRESC=SD VISIT=WEEK_16
hCG normalised                               | c2_gtt | status   | IR5-03-2001 | LBTESTCD=HCG LBSTRESC=3.8
hCG resistant by plateau                     | c2_gtt | status   | IR5-10-2002 | LBTESTCD=HCG LBSTRESC=118
alive at week 24, died later                 | c4_atc | status   | IR5-10-4002 | DTHDTC=2025-02-10
vital status unknown at week 24              | c4_atc | status   | IR5-08-4003 | DSDECOD=LAST_CONTACT
death of which only the month is known       | c5_net | OS       | IR5-05-5003 | DTHDTC=2026-04
subsequent treatment for lack of efficacy    | c2_gtt | RFS      | IR5-06-2004 | CMINDC=LACK_OF_EFFICACY
progression-free, censored at the last scan  | c3_tet | PFS      | IR5-01-3013 | RSSTRESC=PR
never imaged, censored at inclusion          | c1_pm  | PFS      | IR5-02-1023 | DSDECOD=ENROLLED
alive at last news                           | c3_tet | OS       | IR5-01-3010 | DSDECOD=LAST_CONTACT
response not confirmed                       | c3_tet | CBOR     | first       | RSSTRESC=PR
"""
LINES = [[cell.strip() for cell in line.split("|")] for line in PATIENTS.strip().splitlines()]


def files() -> dict[str, list[dict[str, str]]]:
    with resources.as_file(resources.files("ir5nb") / "demo") as folder:
        return {
            path.stem.upper(): list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
            for path in folder.glob("*.csv")
        }


@dataclass(frozen=True)
class Reader:
    """Somebody with the CSV files and nothing else."""

    tables: dict[str, list[dict[str, str]]]
    numbered: dict[tuple[str, str, str], dict[str, str]]

    def find(self, patient: str, domain: str, number: str) -> dict[str, str]:
        if domain == "DM":
            return self.tables["DM"][int(number) - 1]
        return self.numbered[domain, patient, number]

    def check(self, patient: str, mention: re.Match[str]) -> dict[str, str]:
        """Find the record that a reason mentions and hold every word of the mention against it."""
        record = self.find(patient, mention["domain"], mention["number"])
        assert record["USUBJID"] == patient
        assert mention["visit"] in (None, record.get("VISIT"))
        self._dated(record, mention)
        self._says(record, mention)
        return record

    def _dated(self, record: dict[str, str], mention: re.Match[str]) -> None:
        days = [text[:10] for name, text in record.items() if name.endswith("DTC") and text]
        more = mention["more"] or ""
        if mention["date"] == "unknown date":
            assert all(len(text) < 10 for text in days)
            assert not more or more.removeprefix("; partial date ") in days
        elif "imputed" in more:
            assert any(len(text) < 10 and mention["date"].startswith(text) for text in days), (days, mention[0])
        elif first := FIRST_DAY.search(more):
            assert first[1] in days
            assert mention["date"] == min(self._imaging(record))
        elif mention["domain"] == "TR":  # the first record of the visit stands for all of them
            days = self._imaging(record)  # a progression is dated by the first of them, another response by the last
            assert mention["date"] == (min(days) if mention["says"] == "PD" else max(days))
        else:
            assert mention["date"] in days, (days, mention[0])

    def _imaging(self, record: dict[str, str]) -> list[str]:
        """Days on which lesions were measured at the record's visit."""
        visit = [row for row in self.tables["TR"] if row["USUBJID"] == record["USUBJID"]]
        return [row["TRDTC"] for row in visit if row["VISITNUM"] == record["VISITNUM"]]

    @staticmethod
    def _says(record: dict[str, str], mention: re.Match[str]) -> None:
        said = (mention["says"] or "").strip()
        if mention["domain"] == "RS" and said == "clinical progression":
            assert (record["RSTESTCD"], record["RSSTRESC"]) == ("SYMPTDTR", "Y")
        elif mention["domain"] == "RS" and said:
            assert record["RSSTRESC"] == said
        elif mention["domain"] == "LB":
            assert record["LBSTRESC"] == said


@pytest.fixture(scope="module")
def reader() -> Reader:
    tables = files()
    numbered = {
        (domain, row["USUBJID"], row[f"{domain}SEQ"]): row
        for domain, rows in tables.items()
        for row in rows
        if domain != "DM"
    }
    return Reader(tables, numbered)


@pytest.fixture(scope="module")
def cohorts() -> dict[str, analyses.Cohort]:
    trial = source.read(None)
    plans = {stem: CohortPlan.load(stem, {"analysis": "final"}) for stem in PLANS}
    return {stem: analyses.derive(trial.as_of(plan.cutoff), plan) for stem, plan in plans.items()}


def printed(cohort: analyses.Cohort, table: str, patient: str) -> tuple[str, str]:
    """Give the patient and the reason that the report prints."""
    if table == "CBOR":
        row = cohort.best[cohort.best["CBORREAS"].str.contains("not confirmed")].iloc[0]
        return row["USUBJID"], row["CBORREAS"]
    rows = cohort.status if table == "status" else cohort.times[cohort.times["PARAMCD"] == table]
    return patient, rows.set_index("USUBJID").loc[patient, "reason"]


@pytest.mark.parametrize("example", LINES, ids=[line[0] for line in LINES])
def test_the_reason_leads_to_the_record(
    example: list[str], reader: Reader, cohorts: dict[str, analyses.Cohort]
) -> None:
    _, plan, table, patient, says = example
    patient, reason = printed(cohorts[plan], table, patient)
    mentions = list(RECORD.finditer(reason))
    assert mentions, reason
    records = [reader.check(patient, mention) for mention in mentions]
    wanted = dict(pair.replace("_", " ").split("=") for pair in says.split())
    assert any(wanted.items() <= record.items() for record in records), (reason, records)


def test_a_patient_who_waits_for_the_landmark_is_told_when_it_is(
    reader: Reader, cohorts: dict[str, analyses.Cohort]
) -> None:
    rows = cohorts["c5_net"].status.query("STATUS == 'PENDING'")
    assert len(rows) >= 3
    for row in rows.itertuples():
        first = min(dose["EXSTDTC"] for dose in reader.tables["EX"] if dose["USUBJID"] == row.USUBJID)
        landmark = pd.Timestamp(first[:10]) + pd.Timedelta(days=168)
        assert row.reason == f"Data cut 2026-06-30 precedes the landmark {landmark:%Y-%m-%d} + 7 days"


@pytest.mark.parametrize("plan", PLANS)
def test_every_record_mentioned_in_any_derived_table_is_there(
    plan: str, reader: Reader, cohorts: dict[str, analyses.Cohort]
) -> None:
    tables = analyses.derived_tables(cohorts[plan])
    mentioned = 0
    for name in ("adrs", "adtte", "adwk24", "adhcg"):
        for patient, reason in tables[name][["USUBJID", "reason"]].drop_duplicates().itertuples(index=False):
            for mention in RECORD.finditer(reason):
                reader.check(patient, mention)
                mentioned += 1
            bare = re.findall(rf"\b(?:{'|'.join(reader.tables)}) \d+\b", reason)
            assert len(bare) == len(RECORD.findall(reason)), reason  # no record is named by its number alone
    assert mentioned >= 40
