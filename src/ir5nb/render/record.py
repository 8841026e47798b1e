"""What a run leaves besides its pages: results as parquet and CSV, derived tables, the manifest."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ir5nb.wording import csv_safe


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
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(folder: Path, entries: Mapping[str, object]) -> None:
    """Write `manifest.json` with the given entries and the fingerprint of every file beside it."""
    files = {path.name: fingerprint(path) for path in sorted(folder.iterdir()) if path.is_file()}
    text = json.dumps({**entries, "files": files}, indent=2, sort_keys=True, default=str)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write each frame as `<name>.parquet`; an empty one keeps its columns."""
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)


def write_results(folder: Path, results: pd.DataFrame, name: str = "results") -> None:
    """Write `<name>.parquet` and `<name>.csv`; no CSV cell starts a formula."""
    results.to_parquet(folder / f"{name}.parquet", index=False)
    texts = {name: results[name].map(csv_safe) for name in results.columns if results[name].dtype == object}
    results.assign(**texts).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
