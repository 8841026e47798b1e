"""What a delivery of the same data would have held on an earlier day, written out row by row with the csv module.

Nothing of `ir5nb` is imported. A table's rows stay when they were dated by that day; what came later is unwritten: end
dates, outcomes, deaths and what only a death can have written. A date of which only the month is known may have been
written since the first day of that month.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

Row = dict[str, str]
DATED = {"ex": "EXSTDTC", "ae": "AESTDTC", "cm": "CMSTDTC", "mh": "MHSTDTC", "pr": "PRSTDTC", "ds": "DSSTDTC"}


def _later(text: str, day: dt.date) -> bool:
    """Whether a date, "2026-03" as its first day, can only be after a day; none is never later."""
    first = f"{text}-01-01" if len(text) == 4 else f"{text}-01" if len(text) == 7 else text
    return first > day.isoformat()


def _patient(row: Row, day: dt.date) -> Row:
    """The patient's own row: the end of exposure, the start of it and the death are not known before they come."""
    known = {column: "" if column.endswith("DTC") and _later(cell, day) else cell for column, cell in row.items()}
    return known if known["DTHDTC"] else known | {"DTHFL": ""}


def _event(row: Row, died_later: bool, day: dt.date) -> Row:
    """An adverse event: open while it had not ended, and not yet fatal."""
    known = dict(row)
    if _later(row["AEENDTC"], day):
        known |= {"AEENDTC": "", "AEOUT": ""}
    if died_later:
        known |= {column: "" for column, fatal in (("AESDTH", "Y"), ("AETOXGR", "5")) if row[column] == fatal}
        known["AEOUT"] = "" if row["AEOUT"] == "FATAL" else known["AEOUT"]
    return known


def known_on(tables: dict[str, list[Row]], day: dt.date) -> dict[str, list[Row]]:
    """Keep what was known on a day."""
    here = [row for row in tables["dm"] if not _later(row["RFICDTC"], day)]
    names = {row["USUBJID"] for row in here}
    died_later = {row["USUBJID"] for row in here if _later(row["DTHDTC"], day)}
    kept = {"dm": [_patient(row, day) for row in here]}
    for table, rows in tables.items():
        if table == "dm":
            continue
        column = DATED.get(table, f"{table.upper()}DTC")
        known = [row for row in rows if row["USUBJID"] in names and not _later(row[column], day)]
        if table == "ae":
            known = [_event(row, row["USUBJID"] in died_later, day) for row in known]
        if table == "ex":
            known = [row | {"EXENDTC": "" if _later(row["EXENDTC"], day) else row["EXENDTC"]} for row in known]
        kept[table] = known
    return kept


def write(tables: dict[str, list[Row]], columns_of: dict[str, list[str]], folder: Path) -> Path:
    """Write tables as CSV files; a table without rows keeps its columns."""
    folder.mkdir(parents=True)
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns_of[table])
            writer.writeheader()
            writer.writerows(rows)
    return folder
