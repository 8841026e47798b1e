"""A look at many trials, each at its own data cut, and the writer of columns as that look shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd

from ir5nb.simulate.calendar import Calendar
from ir5nb.simulate.days import Days, Flags, Texts, Wholes
from ir5nb.simulate.world import World

_DAY: Final = 86_400_000_000_000  # nanoseconds
_NAT: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Look:
    """The patients of some trials of a chunk as one data cut shows them.

    Attributes
    ----------
    trials
        Numbers of the trials within their chunk.
    patients
        How many of each trial's patients are looked at: those of stage 1, or all.
    cut
        Days from each trial's first inclusion to the data cut.
    """

    trials: Wholes
    patients: int
    cut: Days


@lru_cache(maxsize=8)
def names(trials: int, patients: int) -> Texts:
    """Name the patients of a chunk, in the order of trial and inclusion.

    Examples
    --------
    >>> names(1, 2).tolist()
    [['T0-0', 'T0-1']]
    """
    wide, long = len(str(trials)), len(str(patients))  # equal lengths: the order of names is that of numbers
    made = [[f"T{trial:0{wide}d}-{patient:0{long}d}" for patient in range(patients)] for trial in range(trials)]
    return np.array(made, dtype=object)


class Writer:
    """Writes columns of the patients looked at: names, and days moved to the common cut.

    Source: spec/data.md (tables and columns); the parsed days (`--DT`) stand without their texts.

    Parameters
    ----------
    world, calendar
        Of the chunk.
    look
        Trials, patients and cuts.

    Examples
    --------
    >>> from ir5nb.simulate.calendar import calendar
    >>> from ir5nb.simulate.world import world
    >>> here = world("TET", "progression_free", truth=0.5, n1=16, n=46, cut=20_000)
    >>> made = calendar(here, 7, 0, 2)
    >>> writer = Writer(here, made, Look(np.array([1]), 16, made.interim[[1]]))
    >>> writer.day(writer.start, np.zeros((1, 16), dtype=np.int64)).shape
    (1, 16)
    """

    def __init__(self, world: World, calendar: Calendar, look: Look) -> None:
        rows = np.ix_(look.trials, np.arange(look.patients))
        self.names = names(len(calendar.start), world.n)[rows]
        self._moved = (world.cut - look.cut)[:, None]
        self._cut = world.cut
        self.inclusion, self.start = calendar.inclusion[rows] + self._moved, calendar.start[rows] + self._moved
        self.known = self._cut - self.start  # days since treatment start on which the cut falls

    def day(self, origin: Days, elapsed: Days) -> Any:
        """Give dates; NaT for what does not happen or comes after the cut."""
        absolute = origin + elapsed
        return np.where(absolute <= self._cut, absolute * _DAY, _NAT).view("datetime64[ns]")

    def rows(self, domain: str, where: Flags, columns: Mapping[str, Any]) -> pd.DataFrame:
        """Lay out the records of the patients for whom something is recorded."""
        count = int(where.sum())
        kept = {name: value[where] if isinstance(value, np.ndarray) else value for name, value in columns.items()}
        return pd.DataFrame(
            {"USUBJID": self.names[where], **kept, f"{domain}SEQ": np.ones(count, dtype=np.int64)}
        )  # fmt: skip
