"""The demo data: the story's seed at the story's sizes, written into the package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from ir5nb.simulate.files import write
from ir5nb.simulate.flaws import listing
from ir5nb.simulate.guide import readme
from ir5nb.simulate.platform import platform
from ir5nb.simulate.story import SIZES

SEED: Final = 303  # story.find() returns it
FOLDER: Final = Path(__file__).parent.parent / "demo"


def tables() -> dict[str, pd.DataFrame]:
    """Make the demo tables anew.

    Examples
    --------
    >>> len(tables()["DM"])
    112
    """
    return platform(SEED, sizes=SIZES)


def with_flaws() -> dict[str, pd.DataFrame]:
    """Make the demo tables anew, with the list of what is wrong in them on purpose ("truth/flaws").

    Examples
    --------
    >>> with_flaws()["truth/flaws"].columns.tolist()
    ['USUBJID', 'domain', 'number', 'flaw']
    """
    made = tables()
    return made | {"truth/flaws": listing(made)}


def rebuild(folder: Path = FOLDER) -> list[Path]:
    """Write the demo tables, their truth and their README into a folder, by default the package's own.

    Returns
    -------
    list of Path
        The files written; the same bytes on every run.
    """
    made = with_flaws()
    paths = write(made, folder)
    guide = folder / "README.md"
    guide.write_text(readme(made, made["truth/flaws"], SEED), encoding="utf-8", newline="\n")
    return [*paths, guide]
