"""What is true in the simulated cohorts: who comes, how the disease goes, what is given.

The numbers are the simulator's own (rates near those that ../protocol/requirements.md cites for each disease); the
analysis never reads them, tests compare with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ir5nb.simulate import days

LANDMARK = 168  # days, 24 weeks


@dataclass(frozen=True, slots=True)
class Disease:
    """Laws of the disease, in days from treatment start.

    Radiological progression (for GTT: resistance) is a Weibull law with a cured fraction, given by its survival at 24
    weeks; deaths without progression, clinical progressions, losses and toxic ends of treatment are exponential.

    Raises
    ------
    ValueError
        When `free_at_24_weeks` does not lie between the cured fraction and 1.

    Examples
    --------
    >>> round(Disease(0.5, 1.0, 0.0, 120.0).scale, 1)
    242.4
    """

    free_at_24_weeks: float
    shape: float
    cured: float
    post_progression_median: float
    death_rate: float = 0.0002
    clinical_rate: float = 0.0
    lost_rate: float = 0.0002
    toxicity_rate: float = 0.0003
    complete: float = 0.05
    partial: float = 0.30

    def __post_init__(self) -> None:
        if not 0 <= self.cured < self.free_at_24_weeks < 1:
            raise ValueError("the progression-free share at 24 weeks must lie between the cured fraction and 1")

    @property
    def scale(self) -> float:
        """Scale of the Weibull law that gives `free_at_24_weeks`."""
        share = (self.free_at_24_weeks - self.cured) / (1 - self.cured)
        return float(LANDMARK / (-math.log(share)) ** (1 / self.shape))


@dataclass(frozen=True, slots=True)
class Cohort:
    """One simulated cohort: identity, accrual, patients, regimen and disease.

    Examples
    --------
    >>> COHORTS["NET"].cycle_days
    28
    """

    code: str
    number: int
    arm: str
    weight: int
    opens: int
    closes: int
    criteria: str
    cycle_days: int
    drugs: tuple[str, ...]
    subtypes: tuple[tuple[str, float], ...]
    age: tuple[float, float]
    female: float
    organs: tuple[str, ...]
    disease: Disease


_DOUBLET = ("DOMVANALIMAB", "ZIMBERELIMAB")
_FOLFOX = ("OXALIPLATIN", "FOLINIC ACID", "FLUOROURACIL")

COHORTS: Final = {
    cohort.code: cohort
    for cohort in (
        Cohort("PM", 1, "Cohort 1: peritoneal mesothelioma", 24, days.number("2024-02-12"), days.number("2025-11-28"),
               "mRECIST", 21, _DOUBLET, (("EPITHELIOID", 0.75), ("BIPHASIC", 0.15), ("SARCOMATOID", 0.10)), (63, 9),
               0.45,
               ("PERITONEUM", "OMENTUM", "MESENTERY", "PELVIS", "DIAPHRAGM"),
               Disease(0.36, 1.2, 0.06, 150, clinical_rate=0.0016, complete=0.03, partial=0.25)),
        Cohort("GTT", 2, "Cohort 2: gestational trophoblastic tumours", 18, days.number("2024-05-20"),
               days.number("2025-12-05"), "", 21, _DOUBLET,
               (("CHORIOCARCINOMA", 0.5), ("POSTMOLAR NEOPLASIA", 0.3), ("PLACENTAL SITE TUMOUR", 0.2)), (35, 7), 1.0,
               ("LUNG",), Disease(0.60, 0.9, 0.50, 700, death_rate=0.00005, lost_rate=0.0001)),
        Cohort("TET", 3, "Cohort 3: B3 thymoma and thymic carcinoma", 46, days.number("2024-01-22"),
               days.number("2025-12-12"), "RECIST 1.1", 21, _DOUBLET,
               (("THYMIC CARCINOMA", 0.7), ("B3 THYMOMA", 0.3)), (58, 11), 0.42,
               ("MEDIASTINUM", "PLEURA", "LUNG", "LIVER", "BONE"),
               Disease(0.66, 1.1, 0.12, 330, death_rate=0.00018, complete=0.04, partial=0.38)),
        Cohort("ATC", 4, "Cohort 4: anaplastic or refractory thyroid carcinoma", 27, days.number("2024-04-02"),
               days.number("2025-06-20"), "RECIST 1.1", 21, _DOUBLET,
               (("ANAPLASTIC", 0.65), ("REFRACTORY DIFFERENTIATED", 0.35)), (68, 9), 0.55,
               ("THYROID", "LUNG", "LIVER", "BONE", "MUSCLE"),
               Disease(0.18, 1.0, 0.05, 70, death_rate=0.0020, lost_rate=0.0001, complete=0.05, partial=0.30)),
        Cohort("NET", 5, "Cohort 5: GEP-NET, thoracic carcinoid, NET of unknown primary", 31, days.number("2024-09-16"),
               days.number("2026-06-22"), "RECIST 1.1", 28, _DOUBLET + _FOLFOX,
               (("GEP-NET", 0.55), ("THORACIC CARCINOID", 0.25), ("NET OF UNKNOWN PRIMARY", 0.20)), (61, 10), 0.48,
               ("LIVER", "PANCREAS", "LUNG", "MESENTERY", "BONE"),
               Disease(0.64, 1.2, 0.05, 400, death_rate=0.00015, toxicity_rate=0.0006, complete=0.02, partial=0.28)),
    )
}  # fmt: skip
