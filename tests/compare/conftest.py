"""Two runs of cohort 3 at two data cuts of the demo data."""

from pathlib import Path

import pytest

CUTS = {"march": "2026-03-31", "june": "2026-06-30"}


@pytest.fixture(scope="session")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders as `ir5nb run c3` leaves them, by name."""
    from tests.compare.folders import write

    place = tmp_path_factory.mktemp("compared")
    return {name: write(place / name, "c3_tet", cutoff) for name, cutoff in CUTS.items()}
