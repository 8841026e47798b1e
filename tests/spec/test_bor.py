"""Response rules as small patients in text tables: one situation a line (bor.txt, bor_targets.txt, bor_visits.txt)."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb.derive.recist import derived, recorded
from ir5nb.derive.response import best

HERE = Path(__file__).parent
START = pd.Timestamp("2026-01-05")


def lines(name: str) -> list[list[str]]:
    kept = [line for line in (HERE / name).read_text().splitlines() if line.strip() and not line.startswith("#")]
    return [[cell.strip() for cell in line.split("|")] for line in kept]


BEST, TARGETS, VISITS = lines("bor.txt"), lines("bor_targets.txt"), lines("bor_visits.txt")


def test_the_tables_are_long_enough() -> None:
    assert min(len(BEST), len(TARGETS), len(VISITS)) >= 15


def after(day: str) -> pd.Timestamp:
    return pd.NaT if day == "d?" else START + pd.Timedelta(days=int(day.removeprefix("d")))


@pytest.mark.parametrize("row", BEST, ids=lambda row: row[0])
def test_best_response(row: list[str]) -> None:
    _, assessments, end, bor, confirmed, first, first_confirmed = row
    seen = [entry.split() for entry in assessments.split(",") if entry.strip()]
    days = pd.DatetimeIndex([after(day) for day, _ in seen])
    table = pd.DataFrame(
        {
            "USUBJID": "P1",
            "EVAL": "INVESTIGATOR",
            "VISITNUM": np.arange(len(seen), dtype=float),
            "VISIT": [day for day, _ in seen],
            "ADT": days,
            "FIRSTDT": days,
            "AVALC": [level for _, level in seen],
            "SRCDOM": "RS",
            "SRCSEQ": np.arange(len(seen)),
            "reason": [f"RS ({day}): {level}" for day, level in seen],
        }
    )
    limit = pd.Series([after(end) if end else pd.NaT], index=["P1"], dtype="datetime64[ns]")
    found = best(table, pd.Series([START], index=["P1"]), limit).iloc[0]
    assert [found["BOR"], found["CBOR"]] == [bor, confirmed]
    assert [since(found["RSPDT"]), since(found["CRSPDT"])] == [first, first_confirmed]
    assert found["ORRFL"] == ("Y" if bor in ("CR", "PR") else "N")
    assert found["CDCRFL"] == ("Y" if confirmed in ("CR", "PR", "SD") else "N")


def since(day: pd.Timestamp) -> str:
    return "-" if pd.isna(day) else str((day - START).days)


def sizes_of(visit: str) -> list[tuple[str, str, str]]:
    """Read "20+node 18" as [(test, place, size), ...]."""
    kinds = {"node": ("SAXIS", "LYMPH NODE"), "thick": ("THICK", "PLEURA"), "": ("LDIAM", "LIVER")}
    parsed = []
    for part in filter(None, visit.strip().split("+")):
        kind, _, size = part.strip().rpartition(" ")
        parsed.append((*kinds[kind], size))
    return parsed


def measured(sizes: str, others: str, new: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    tu, tr = [], []
    steps = sizes.split(">") if sizes else [""] * len(others.split(">"))
    for number, visit in enumerate(steps):
        when = (float(number), START + pd.Timedelta(weeks=8 * number) - pd.Timedelta(days=3 if number == 0 else 0))
        for place, (test, location, size) in enumerate(sizes_of(visit), start=1):
            name = f"T{place:02d}"
            tu += [(name, "TARGET", location, when[1])] if number == 0 else []
            known = size.replace(".", "").isdigit()
            status = "NOT DONE" if size == "-" else None
            tr.append((name, test, float(size) if known else np.nan, None if size == "-" else size, status, *when))
        if others:
            state = others.split(">")[number].strip()
            tu += [("NT01", "NON-TARGET", "BONE", when[1])] if number == 0 else []
            tr.append(("NT01", "TUMSTATE", np.nan, state, None, *when))
        for week, state in (entry.split() for entry in new.split(",") if entry.strip()):
            if int(week) == 8 * number:
                tu.append(("NEW01", "NEW", "LUNG", when[1]))
                tr += [("NEW01", "TUMSTATE", np.nan, state, None, *when)] if state != "NEW" else []
    results = ["TRLNKID", "TRTESTCD", "TRSTRESN", "TRSTRESC", "TRSTAT", "VISITNUM", "TRDT"]
    lesions = pd.DataFrame(tu, columns=["TULNKID", "TUSTRESC", "TULOC", "TUDT"])
    return lesions.assign(USUBJID="P1"), pd.DataFrame(tr, columns=results).assign(USUBJID="P1")


@pytest.mark.parametrize("row", TARGETS, ids=lambda row: row[0])
def test_target_and_overall_response(row: list[str]) -> None:
    _, sizes, others, new, target, overall = row
    responses, targets = derived(*measured(sizes, others, new), pd.Series([START], index=["P1"]))
    assert targets.loc[targets["BASEFL"] == "N", "TRGRESP"].tolist() == target.split()
    assert responses["AVALC"].tolist() == overall.split()
    assert responses["reason"].str.startswith("T").all()


RECORD = re.compile(
    r"v(?P<visit>\S+) (?P<day>\S+)(?: (?P<level>[A-Za-z/-]+))?"
    r"(?: (?P<reader>R\d)(?P<accepted>\*)?)?(?: \[(?P<note>.+)\])?"
)


def rs_records(text: str) -> pd.DataFrame:
    rows = []
    for entry in text.split(","):
        found = RECORD.fullmatch(entry.strip())
        assert found, entry
        note, reader = found["note"], found["reader"]
        rows.append(
            {
                "VISITNUM": np.nan if found["visit"] == "-" else float(found["visit"]),
                "RSDTC": found["day"],
                "RSDT": pd.to_datetime(found["day"]) if len(found["day"]) == 10 else pd.NaT,
                "RSSTRESC": found["level"],
                "RSSTAT": note if note == "NOT DONE" else None,
                "RSCAT": note if note and note != "NOT DONE" else "RECIST 1.1",
                "RSEVAL": "INDEPENDENT ASSESSOR" if reader else "INVESTIGATOR",
                "RSEVALID": reader,
                "RSACPTFL": "Y" if found["accepted"] else None,
            }
        )
    return pd.DataFrame(rows).assign(USUBJID="P1", RSTESTCD="OVRLRESP", VISIT=None)


@pytest.mark.parametrize("row", VISITS, ids=lambda row: row[0])
def test_recorded_visits(row: list[str]) -> None:
    _, records, evaluator, expected = row
    found = recorded(rs_records(records), evaluator)
    told = [
        f"{'-' if pd.isna(number) else f'{number:g}'} {level} {'unknown' if pd.isna(day) else f'{day:%Y-%m-%d}'}"
        for number, level, day in zip(
            found["VISITNUM"], found["AVALC"], found["FIRSTDT"].where(found["AVALC"] == "PD", found["ADT"]), strict=True
        )
    ]
    assert told == [visit.strip() for visit in expected.split(";") if visit.strip()]


def test_several_readers_without_an_accepted_one_are_refused() -> None:
    with pytest.raises(ValueError, match=r"several readers \(R1, R2\)"):
        recorded(rs_records("v4 2026-03-04 PR R1, v4 2026-03-04 SD R2"), "INDEPENDENT")


def test_a_reader_can_be_named() -> None:
    found = recorded(rs_records("v4 2026-03-04 PR R1, v4 2026-03-04 SD R2*"), "INDEPENDENT", reader="R1")
    assert found["AVALC"].tolist() == ["PR"]


def test_a_partial_date_is_said_in_the_reason() -> None:
    found = recorded(rs_records("v4 2026-03 PR"))
    assert found["reason"].item() == ("RS 1 (unknown date): PR; partial date 2026-03 is not used as an event date")


def test_reasons_name_the_record_and_the_rule() -> None:
    responses = recorded(rs_records("v4 2026-03-04 PR, v5 2026-04-29 SD, v6 2026-06-24 PD"))
    found = best(responses, pd.Series([START], index=["P1"])).iloc[0]
    assert found["reason"] == "RS 1 (2026-03-04): PR; 3 assessments counted, up to the first PD (2026-06-24)"
    assert found["CBORREAS"] == (
        "RS 1 (2026-03-04): PR, read as SD: not confirmed 28 days or more later; "
        "3 assessments counted, up to the first PD (2026-06-24)"
    )
