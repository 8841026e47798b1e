"""The demo data: the story's seed at the story's sizes, written into the package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from ir5nb.simulate.files import write
from ir5nb.simulate.platform import platform
from ir5nb.simulate.story import SIZES

SEED: Final = 8  # story.find() returns it
FOLDER: Final = Path(__file__).parent.parent / "demo"


def tables() -> dict[str, pd.DataFrame]:
    """Make the demo tables anew.

    Examples
    --------
    >>> len(tables()["DM"])
    112
    """
    return platform(SEED, sizes=SIZES)


def rebuild(folder: Path = FOLDER) -> list[Path]:
    """Write the demo tables and their truth into a folder, by default the package's own.

    Returns
    -------
    list of Path
        The files written; the same bytes on every run.
    """
    return write(tables(), folder)
