"""What goes wrong between the truth and the tables: one share for each kind of flaw."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Observation:
    """How well the truth is observed; every field but the first two is a share of visits, lesions, events or patients.

    Source: spec/data.md, "realistic in what goes wrong". The defaults are the demo's; `PERFECT` has no flaw at all.

    Parameters
    ----------
    jitter_days
        Standard deviation of a visit about its planned day, cut off at one week.
    noise
        Standard deviation of the logarithm of a measurement.
    missed, off_window, unreadable, two_days
        Imaging visits that do not take place, are 9 to 24 days late, show nothing assessable, or take more than a day.
    not_done
        Target lesions not measured at a visit.
    slips
        Visits at which the investigator's overall response contradicts the measurements.
    equivocal, false_alarms
        Patients whose new lesion is equivocal at first, or equivocal and never sure.
    assays_missed, assays_diluted, assays_repeated, laboratory_changed
        hCG assays not done, reported as "<20", or done twice in a day; patients who change the laboratory.
    untreated
        Patients included who never start treatment.
    partial_death, partial_visit, partial_onset
        Deaths, imaging visits and adverse events of which only the month is known.
    ungraded, unserious, unflagged, duplicated
        Adverse events with no grade, with a criterion of seriousness but AESER N, without the flag of their category,
        or entered twice.
    stale_contact, after_death
        Patients whose last contact is older than their last record; deaths after which an adverse event is dated.

    Raises
    ------
    ValueError
        When a share does not lie between 0 and 1.

    Examples
    --------
    >>> PERFECT.missed
    0.0
    """

    jitter_days: float = 3.0
    noise: float = 0.02
    missed: float = 0.04
    off_window: float = 0.05
    unreadable: float = 0.012
    two_days: float = 0.08
    not_done: float = 0.008
    slips: float = 0.015
    equivocal: float = 0.12
    false_alarms: float = 0.02
    assays_missed: float = 0.03
    assays_diluted: float = 0.01
    assays_repeated: float = 0.01
    laboratory_changed: float = 0.12
    untreated: float = 1 / 21
    partial_death: float = 0.03
    partial_visit: float = 0.004
    partial_onset: float = 0.02
    ungraded: float = 0.012
    unserious: float = 0.03
    unflagged: float = 0.03
    duplicated: float = 0.003
    stale_contact: float = 0.015
    after_death: float = 0.02

    def __post_init__(self) -> None:
        wrong = [field.name for field in fields(self) if not 0 <= getattr(self, field.name) < 1]
        wrong = [name for name in wrong if name != "jitter_days"]
        if wrong or self.jitter_days < 0:
            raise ValueError(f"a share of flaws lies between 0 and 1: {wrong or ['jitter_days']}")


PERFECT: Final = Observation(**{field.name: 0.0 for field in fields(Observation)})
