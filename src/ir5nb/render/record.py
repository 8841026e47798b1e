"""What a run leaves besides its pages: results as parquet and CSV, derived tables, source records, the manifest."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from ir5nb.wording import csv_safe

MANIFEST: Final = "manifest.json"


def commit(folder: Path) -> dict[str, object]:
    """Give the commit of the project's folder and whether files differ from it; unknown outside a checkout."""
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S607
        dirty = subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError):
        return {"id": "unknown", "dirty": None}
    return {"id": head.stdout.strip(), "dirty": bool(dirty.stdout.strip())}


def fingerprint(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fingerprints(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of every file below a folder, by its path in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): fingerprint(path) for path in files}


def write_manifest(folder: Path, entries: Mapping[str, object]) -> None:
    """Write `manifest.json` with the given entries and the fingerprint of every other file of the folder."""
    text = json.dumps({**entries, "files": fingerprints(folder)}, indent=2, sort_keys=True, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def records(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give one row per source record, so that two data cuts can be told apart record by record.

    Parameters
    ----------
    tables
        Source tables by domain.

    Returns
    -------
    pandas.DataFrame
        DOMAIN, USUBJID (None where the table has none), SEQ (row number from 1 where it has none), HASH (16
        hexadecimal digits of the row's values; equal rows have equal hashes in every run).
    """
    parts = [_records(domain, frame) for domain, frame in sorted(tables.items())]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _records(domain: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give the records of one table; the sequence number is the record's name and not among its values."""
    number, columns = f"{domain}SEQ", sorted(str(column) for column in frame.columns)
    values = frame[[column for column in columns if column != number]]
    hashes = pd.util.hash_pandas_object(values, index=False, hash_key=_key(values))
    sequence = frame[number] if number in frame else pd.Series(frame.index + 1, index=frame.index)
    return pd.DataFrame({
        "DOMAIN": pd.Series(domain, index=frame.index, dtype=object),
        "USUBJID": frame["USUBJID"].astype(object) if "USUBJID" in frame else None,
        "SEQ": sequence.astype("int64"),
        "HASH": pd.Series([f"{number:016x}" for number in hashes], index=frame.index, dtype=object),
    })  # fmt: skip


def _key(frame: pd.DataFrame) -> str:
    """Give sixteen characters that stand for the names of the columns."""
    return hashlib.sha256("|".join(map(str, frame.columns)).encode()).hexdigest()[:16]


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write each frame as `<name>.parquet`; an empty one keeps its columns."""
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)


def write_results(folder: Path, results: pd.DataFrame, name: str = "results") -> None:
    """Write `<name>.parquet` and `<name>.csv`; no CSV cell starts a formula."""
    results.to_parquet(folder / f"{name}.parquet", index=False)
    texts = {name: results[name].map(csv_safe) for name in results.columns if results[name].dtype == object}
    results.assign(**texts).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
