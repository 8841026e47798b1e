"""The folder of a run, read as data: manifest, results, derived tables and the list of source records."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ir5nb.schema import ADHCG, ADRS, ADSL, ADTTE, ADWK24, RESULT_KEY, RESULTS

RECORDS: Final = ("DOMAIN", "USUBJID", "SEQ", "HASH")
_RESULT_TABLES: Final = ("results", "pooled_safety")
_DERIVED: Final = {"adsl": ADSL, "adrs": ADRS, "adtte": ADTTE, "adwk24": ADWK24, "adhcg": ADHCG}
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_LARGEST_MANIFEST_BYTES: Final = 20_000_000


class RunError(ValueError):
    """A folder that is no whole run: which file, what is wrong, what to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it lies in its folder.

    Source: issue 7 (output folder, `manifest.json`).

    Parameters
    ----------
    name
        Name of the folder.
    manifest
        `manifest.json`.
    results
        Every number (columns `schema.RESULTS`) and the file it stands in (`table`).
    derived
        Derived tables by report and name; None where the run is a share edition or wrote none.
    records
        DOMAIN USUBJID SEQ HASH of every source record; None where the run is a share edition or wrote none.
    """

    name: str
    manifest: Mapping[str, Any]
    results: pd.DataFrame
    derived: Mapping[str, Mapping[str, pd.DataFrame]] | None
    records: pd.DataFrame | None

    @property
    def plans(self) -> Mapping[str, Mapping[str, Any]]:
        """The entries of the plan of each report."""
        return dict(self.manifest["plans"])

    @property
    def shared(self) -> bool:
        """Whether the folder is the edition for investigators, without rows of patients."""
        return any(plan.get("edition") == "share" for plan in self.plans.values())


def read(folder: Path) -> Run:
    """Read the folder of a run; nothing outside the folder is read.

    Source: issue 7.

    Parameters
    ----------
    folder
        Folder that `ir5nb run` wrote, or a link to it.

    Raises
    ------
    RunError
        When a file is absent, unreadable, lacks columns, holds a key twice or lies outside the folder.

    Examples
    --------
    >>> read(Path("no-such-run"))
    Traceback (most recent call last):
    ...
    ir5nb.compare.folders.RunError: no-such-run: there is no such folder
    """
    home = folder.resolve()
    if not home.is_dir():
        raise RunError(f"{folder}: there is no such folder")
    manifest = _manifest(home)
    run = Run(home.name, manifest, _results(home), None, None)
    if run.shared:
        return run
    return Run(home.name, manifest, run.results, _derived(home), _records(home))


def _manifest(home: Path) -> dict[str, Any]:
    path = _inside(home, "manifest.json")
    if not path.is_file():
        raise RunError(f"{home.name}: no manifest.json, so this is no folder that `ir5nb run` finished")
    if path.stat().st_size > _LARGEST_MANIFEST_BYTES:
        raise RunError(f"{home.name}/manifest.json: larger than {_LARGEST_MANIFEST_BYTES} bytes")
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{home.name}/manifest.json: not readable as JSON: {error}") from error
    plans = entries.get("plans") if isinstance(entries, dict) else None
    if not isinstance(plans, dict) or not all(isinstance(plan, dict) for plan in plans.values()):
        raise RunError(f"{home.name}/manifest.json: expected `plans` with the entries of each report")
    return dict(entries)


def _results(home: Path) -> pd.DataFrame:
    """Put the tables of numbers together, each row with the name of its file."""
    found = {name: _inside(home, f"{name}.parquet") for name in _RESULT_TABLES}
    parts = [_table(home, path, RESULTS).assign(table=name) for name, path in found.items() if path.is_file()]
    if not parts:
        raise RunError(f"{home.name}: neither results.parquet nor pooled_safety.parquet")
    results = pd.concat(parts, ignore_index=True)
    results[list(RESULT_KEY)] = results[list(RESULT_KEY)].fillna("").astype(str)
    doubled = results[results.duplicated(["table", *RESULT_KEY])]
    if len(doubled):
        key = "|".join(doubled.iloc[0][list(RESULT_KEY)])
        raise RunError(f"{home.name}/{doubled.iloc[0]['table']}.parquet: the key {key} stands twice")
    return results[["table", *RESULTS]].astype({"value": float})


def _derived(home: Path) -> dict[str, dict[str, pd.DataFrame]] | None:
    place = _inside(home, "derived")
    if not place.is_dir():
        return None
    reports = [path.name for path in sorted(place.iterdir()) if path.is_dir() and _NAME.fullmatch(path.name)]
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for report in reports:
        paths = {name: _inside(home, "derived", report, f"{name}.parquet") for name in _DERIVED}
        found[report] = {name: _table(home, path, _DERIVED[name]) for name, path in paths.items() if path.is_file()}
    return found


def _records(home: Path) -> pd.DataFrame | None:
    path = _inside(home, "records.parquet")
    return _table(home, path, RECORDS) if path.is_file() else None


def _table(home: Path, path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read one parquet file that must have certain columns."""
    where = path.relative_to(home)
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are of these kinds
        raise RunError(f"{home.name}/{where}: not readable as parquet: {error}") from error
    absent = [column for column in columns if column not in frame.columns]
    if absent:
        raise RunError(f"{home.name}/{where}: lacks the columns {', '.join(absent)}")
    return frame[list(columns)]


def _inside(home: Path, *parts: str) -> Path:
    """Give a path below the folder; a link that leads out of it is refused."""
    path = home.joinpath(*parts)
    if not path.resolve().is_relative_to(home):
        raise RunError(f"{home.name}/{'/'.join(parts)}: leads out of the run's folder")
    return path
