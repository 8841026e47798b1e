"""A folder that is no finished run is refused by name, and by what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from tests.compare.folders import small

from ir5nb import compare
from ir5nb.compare.folders import RunError


def without_manifest(run: Path) -> None:
    (run / "manifest.json").unlink()


def of_other_entries(run: Path) -> None:
    (run / "manifest.json").write_text(json.dumps({"plans": ["c3_tet"]}), encoding="utf-8")


def not_json(run: Path) -> None:
    (run / "manifest.json").write_text("{", encoding="utf-8")


def endless(run: Path) -> None:
    (run / "manifest.json").write_bytes(b" " * 20_000_001)


def without_numbers(run: Path) -> None:
    (run / "results.parquet").unlink()


def twice(run: Path) -> None:
    frame = pd.read_parquet(run / "results.parquet")
    pd.concat([frame, frame]).to_parquet(run / "results.parquet", index=False)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (without_manifest, "so this is no folder that `ir5nb run` finished"),
        (of_other_entries, "expected `plans` with the entries of each report"),
        (not_json, "not readable as JSON"),
        (endless, "larger than"),
        (without_numbers, "neither results.parquet nor pooled_safety.parquet"),
        (twice, "results.parquet: the key .* stands twice"),
    ],
)
def test_it_is_refused(spoil: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    run = small(tmp_path / "run", {"count": 3.0})
    spoil(run)
    with pytest.raises(RunError, match=f"run.*{said}"):
        compare.read(run)
