"""Frames that nobody can change by accident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd


class FrozenFrames(Mapping[str, pd.DataFrame]):
    """Frames by name: each access gives its own frame over the same cells, which cannot be written.

    Source: spec/architecture.md ("frozen frames").

    Parameters
    ----------
    frames
        Frames by name; they are taken over, not copied.

    Examples
    --------
    >>> frames = FrozenFrames({"DM": pd.DataFrame({"AGE": [61.0]})})
    >>> patients = frames["DM"]
    >>> patients["NEW"] = 1
    >>> frames["DM"].columns.tolist()
    ['AGE']
    >>> patients.loc[0, "AGE"] = 16.0
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """

    __slots__ = ("_frames",)

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = {name: _read_only(frame) for name, frame in frames.items()}

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name].copy(deep=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)


def _read_only(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {name: _locked(frame[name]) for name in frame.columns}
    return pd.DataFrame(columns, index=frame.index, copy=False)


def _locked(column: pd.Series) -> pd.Series:
    if not isinstance(column.dtype, np.dtype):  # nullable integers: pandas offers no lock
        return column
    cells = column.to_numpy().view()
    cells.flags.writeable = False
    return pd.Series(cells, index=column.index, dtype=column.dtype, copy=False)
