"""Small patients written as text: one situation a line, in days from treatment start, and the frames they stand for.

A record is a list of tokens, each a word and the day it happened:
`SD 56` an imaging assessment · `clinical 100` clinical progression · `death 150` · `therapy 90` a new anticancer
therapy (`therapy 90 for lack of efficacy`) · `news 200` last contact · imaging over several days
`SD 160-165` · `included -7` · `end 60` recorded end of treatment · `dose 42` last dose · `cut 170` data cut ·
`hysterectomy 50` · `nothing`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

START = pd.Timestamp("2024-01-09")  # a leap year lies ahead, as in the trial
RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED")
MILESTONES = {"death": "DTHDT", "therapy": "NEWTXDT", "news": "LSTALVDT", "included": "INCLDT", "end": "EOTDT",
              "dose": "TRTEDT"}  # fmt: skip
TOKEN = re.compile(r"^(?P<word>[A-Za-z/-]*[A-Za-z])\s+(?P<day>-?\d+)(?:-(?P<last>\d+))?(?P<more>\s+.*)?$")


def day(number: int | str) -> pd.Timestamp:
    return START + pd.Timedelta(days=int(number))


@dataclass
class Written:
    """One written patient as the frames the derivations take."""

    subjects: pd.DataFrame
    responses: pd.DataFrame
    clinical: pd.DataFrame
    surgery: pd.DataFrame
    cutoff: pd.Timestamp | None


def records(rows: list[dict[str, object]], columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(columns))
    dates = {name: "datetime64[ns]" for name in columns if name in ("ADT", "FIRSTDT")}
    return table.astype({"USUBJID": object, **dates})


def parse(text: str) -> Written:
    """Read one record."""
    milestones: dict[str, object] = {"INCLDT": day(-7), "TRTSDT": START}
    seen, clinical, surgery, cutoff = [], [], [], None
    for said in [part.strip() for part in text.split(",") if part.strip() not in ("", "nothing")]:
        if said == "never treated":
            milestones["TRTSDT"] = pd.NaT
            continue
        found = TOKEN.match(said)
        assert found, f"cannot read {said!r}"
        word, first, last = found["word"], int(found["day"]), int(found["last"] or found["day"])
        if word in RESPONSES:
            seen.append({"USUBJID": "P", "AVALC": word, "FIRSTDT": day(first), "ADT": day(last), "SRCDOM": "RS",
                         "SRCSEQ": len(seen) + 1, "VISIT": f"SCAN {len(seen) + 1}", "VISITNUM": len(seen) + 1.0,
                         "EVAL": "INVESTIGATOR", "reason": ""})  # fmt: skip
        elif word in ("clinical", "hysterectomy"):
            row = {"USUBJID": "P", "ADT": day(first), "SRCDOM": "RS" if word == "clinical" else "PR", "SRCSEQ": 1}
            (clinical if word == "clinical" else surgery).append(row)
        elif word == "cut":
            cutoff = day(first)
        else:
            milestones[MILESTONES[word]] = day(first)
            if "lack of efficacy" in (found["more"] or ""):
                milestones["LOETXDT"] = day(first)
    columns = ("USUBJID", "EVAL", "VISITNUM", "VISIT", "ADT", "FIRSTDT", "AVALC", "SRCDOM", "SRCSEQ", "reason")
    names = ("INCLDT", "TRTSDT", "TRTEDT", "EOTDT", "DTHDT", "LSTALVDT", "NEWTXDT", "LOETXDT")
    dates = {name: pd.Series([milestones.get(name, pd.NaT)], dtype="datetime64[ns]") for name in names}
    return Written(
        pd.DataFrame({"USUBJID": ["P"], **dates}),
        records(seen, columns),
        records(clinical, ("USUBJID", "ADT", "SRCDOM", "SRCSEQ")),
        records(surgery, ("USUBJID", "ADT", "SRCDOM", "SRCSEQ")),
        cutoff,
    )


def lines_of(name: str) -> list[dict[str, str]]:
    """Read a text table: columns separated by |, the first line names them, # begins a comment."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")] for line in text if line.strip() and not line.startswith("#")]
    assert all(len(row) == len(rows[0]) for row in rows), f"{name}: a line has other columns than the first"
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.fixture(scope="session")
def written() -> Callable[[str], Written]:
    return parse


@pytest.fixture(scope="session")
def decided() -> Callable[[pd.Series], tuple[str, str, str]]:
    """Read a row of a time to event as the tables write it: days, event or censored, and what decided it."""

    def read(row: pd.Series) -> tuple[str, str, str]:
        happened = row["CNSR"] == 0
        why = row["EVNTDESC"] if happened else row["CNSDTDSC"]
        return str(row["AVAL"]), "event" if happened else "censored", why

    return read


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `line` every line of the tables its module names in TABLES."""
    if "line" in metafunc.fixturenames:
        tables = metafunc.module.TABLES
        lines = [(name, line) for name in tables for line in lines_of(name)]
        assert len(lines) >= 15 * len(tables), "a table of small patients has at least 15 lines"
        metafunc.parametrize("line", [line | {"table": name} for name, line in lines],
                             ids=[f"{Path(name).stem}: {line['situation']}" for name, line in lines])  # fmt: skip
