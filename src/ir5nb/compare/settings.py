"""What two runs were told and made with: plans, data files, versions, commit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from ir5nb.compare.folders import Run

COLUMNS: Final = ("SECTION", "REPORT", "KEY", "OLD", "NEW")
_NO_ENTRIES: Final = ("digest",)  # follows from the entries
_ABSENT: Final = "absent"


def differences(old: Run, new: Run) -> pd.DataFrame:
    """List every plan entry, data file, version and commit in which two runs differ.

    Source: issue 7.

    Parameters
    ----------
    old, new
        The two runs.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, SECTION: "report" (in one run only), "plan", "assumed", "data", "version" or "program". Values as
        text, "absent" where a run has none.
    """
    rows = [
        ("report", report, "", *("absent" if report not in run.plans else "present" for run in (old, new)))
        for report in sorted(old.plans.keys() ^ new.plans.keys())
    ]
    for report in sorted(old.plans.keys() & new.plans.keys()):
        rows += _between("plan", report, old.plans[report], new.plans[report])
        rows += _between("assumed", report, *(_part(_part(run.manifest, "assumed"), report) for run in (old, new)))
    for section, name in (("data", "source"), ("version", "versions"), ("program", "commit")):
        rows += _between(section, "", *(_part(run.manifest, name) for run in (old, new)))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _between(section: str, report: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, ...]]:
    keys = [key for key in dict.fromkeys((*new, *old)) if key not in _NO_ENTRIES]
    pairs = [(key, _text(old, key), _text(new, key)) for key in keys]
    return [(section, report, key, before, after) for key, before, after in pairs if before != after]


def _text(entries: Mapping[str, Any], key: str) -> str:
    if key not in entries:
        return _ABSENT
    value = entries[key]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _part(entries: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Give a block of the manifest; a run that wrote none has an empty one."""
    part = entries.get(name)
    return part if isinstance(part, Mapping) else {}
