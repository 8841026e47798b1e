"""Folders of runs, written by hand: what `ir5nb run` leaves, without its pages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from ir5nb import analyses, source
from ir5nb.plan import CohortPlan
from ir5nb.render import record
from ir5nb.schema import RESULT_KEY, RESULTS


@cache
def demo() -> source.Trial:
    return source.read(None)


def write(place: Path, stem: str, cutoff: str) -> Path:
    """A run of one cohort at a data cut."""
    plan = CohortPlan.load(stem, {"cutoff": cutoff})
    trial = demo().as_of(plan.cutoff)
    cohort = analyses.derive(trial, plan)
    derived = place / "derived" / stem
    derived.mkdir(parents=True)
    for name, frame in analyses.derived_tables(cohort).items():
        frame.to_parquet(derived / f"{name}.parquet", index=False)
    analyses.results(cohort).to_parquet(place / "results.parquet", index=False)
    record.records(trial.tables).to_parquet(place / "records.parquet", index=False)
    manifest(place, {stem: plan.model_dump(mode="json")}, dict(trial.fingerprints))
    return place


def manifest(place: Path, plans: dict[str, Any], files: dict[str, str] | None = None, **more: Any) -> None:
    entries = {"plans": plans, "source": files or {}, "versions": {"numpy": "2"}, "commit": {"id": "0", "dirty": False}}
    (place / "manifest.json").write_text(json.dumps(entries | more, default=str), encoding="utf-8")


def small(place: Path, values: dict[str, float], plan: dict[str, Any] | None = None, **more: Any) -> Path:
    """A run with numbers only: one row a statistic."""
    place.mkdir(parents=True)
    rows = [
        dict.fromkeys(RESULTS, "") | {"cohort": "TET", "statistic": name, "value": value}
        for name, value in values.items()
    ]
    frame = pd.DataFrame(rows, columns=list(RESULTS)).astype({"value": float})
    assert not frame.duplicated(list(RESULT_KEY)).any()
    frame.to_parquet(place / "results.parquet", index=False)
    manifest(place, {"c3_tet": {"cohort": "TET", "edition": "full", **(plan or {})}}, **more)
    return place
