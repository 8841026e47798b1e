"""How progression-free time is censored: as the record says, at adequate assessments, or by FDA's rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Censoring:
    """How progression-free time is censored; the default is the record's own rule (S2).

    Source: S2, spec/endpoints.md; the FDA column of FDA (2018), Clinical Trial Endpoints, table on PFS censoring.

    Parameters
    ----------
    at
        "any": the last imaging assessment of any result; "adequate": the last one that was evaluable.
    new_therapy
        "ignored", or "censored": nothing after the start of a new anticancer therapy counts.
    missed_assessments
        An event after so many missed assessments does not count; None switches the rule off.
    interval_days, window_days
        Planned interval between assessments and its tolerance: an assessment is missed when no adequate one lies
        in `missed_assessments * interval_days + window_days` days before the event.

    Raises
    ------
    ValueError
        When a choice is unknown or a number of days impossible.

    Examples
    --------
    >>> Censoring().at
    'any'
    """

    at: str = "any"
    new_therapy: str = "ignored"
    missed_assessments: int | None = None
    interval_days: int = 56
    window_days: int = 7

    def __post_init__(self) -> None:
        if self.at not in ("any", "adequate"):
            raise ValueError(f"censoring is at 'any' or the last 'adequate' assessment, not {self.at!r}")
        if self.new_therapy not in ("ignored", "censored"):
            raise ValueError(f"new therapy is 'ignored' or 'censored', not {self.new_therapy!r}")
        if self.missed_assessments is not None and self.missed_assessments < 1:
            raise ValueError(f"missed_assessments is at least 1 or None, not {self.missed_assessments}")
        if self.interval_days < 1 or self.window_days < 0:
            raise ValueError(f"impossible interval {self.interval_days} or window {self.window_days}")

    @property
    def tolerated_days(self) -> int | None:
        """Longest time without adequate assessment before an event that still counts."""
        if self.missed_assessments is None:
            return None
        return self.missed_assessments * self.interval_days + self.window_days


LITERAL: Final = Censoring()
ADEQUATE: Final = Censoring(at="adequate")
FDA: Final = Censoring(at="adequate", new_therapy="censored", missed_assessments=2)
