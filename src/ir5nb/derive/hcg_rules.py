"""How hCG series are read: the readings of A9-A12 and A14 in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ir5nb import schema
from ir5nb.derive.weekly import Weekly

A14: Final = Weekly()
PARAMETERS: Final = ("NORM", "RELAPSE", "RISE", "PLATEAU", "RESIST")
OUTCOMES: Final = (
    "USUBJID", "READING", "TRTSDT", "LANDMARKDT", "ENDDT", "ENDREAS", "STOPDT", "STOPDOM",
    "STOPSEQ", "STOPREAS", "ASSAYS", "BASEDT", "BASESEQ", "BASELEVEL", "LASTDT", "LASTSEQ", "UNDETERMINED",
    "NORMDT", "NORMSEQ", "RELAPSEDT", "RELAPSESEQ", "RISEDT", "RISESEQ", "PLATEAUDT", "PLATEAUSEQ",
    "RESISTDT", "RESISTSEQ", "RESISTKIND", "reason",
)  # fmt: skip
ON_TREATMENT: Final = ("recorded", "last_dose", "whole")


@dataclass(frozen=True, slots=True)
class Rules:
    """How hCG series are read; the defaults are the requirements' own.

    Source: A9-A12, A14, spec/endpoints.md.

    Parameters
    ----------
    rise
        A9: "pairs" or "over_first" (`weekly.rises`).
    plateau
        A10: "no_fall", "fall_0_10" or "within_10" (`weekly.plateaus`).
    consecutive_normal
        A11: how many consecutive weekly normal values make a normalisation, dated at the first.
    on_treatment
        A12: "recorded" (to the recorded end of treatment, else last dose + one cycle), "last_dose" or "whole"
        (treatment plays no part).
    cycle_days
        Length of a cycle.
    weekly
        A14.
    landmark_days
        Days from treatment start to the landmark.

    Raises
    ------
    ValueError
        When `on_treatment` is unknown or a number impossible.

    Examples
    --------
    >>> Rules().consecutive_normal
    1
    """

    rise: str = "pairs"
    plateau: str = "no_fall"
    consecutive_normal: int = 1
    on_treatment: str = "recorded"
    cycle_days: int = 21
    weekly: Weekly = A14
    landmark_days: int = schema.LANDMARK_DAYS

    def __post_init__(self) -> None:
        if self.on_treatment not in ON_TREATMENT:
            raise ValueError(f"on_treatment is one of {ON_TREATMENT} (A12), not {self.on_treatment!r}")
        if min(self.consecutive_normal, self.cycle_days, self.landmark_days) < 1:
            raise ValueError("consecutive_normal, cycle_days and landmark_days are at least 1")


DEFAULT: Final = Rules()
