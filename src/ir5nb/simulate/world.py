"""What whole trials of one cohort are simulated from: design, calendar, the law of the disease, what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from ir5nb.simulate import hcg, laws
from ir5nb.simulate.cohorts import COHORTS, Cohort
from ir5nb.simulate.observation import PERFECT, Observation

Primary = Literal["progression_free", "alive", "hcg"]
CONTACT_DAYS: Final = 21  # a patient is seen every cycle


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a trial is conducted and observed.

    Attributes
    ----------
    observation
        Shares of visits, readings and assays that go wrong. Of them count here: `jitter_days`, `missed` (scans,
        contacts), `off_window`, `unreadable`, `slips`, `noise`, `assays_missed`, `assays_diluted`,
        `laboratory_changed`.
    lost_rate, toxicity_rate
        Rates a day of loss to follow-up and of the end of treatment for toxicity, of which some go on to another
        therapy; None: those of the cohort.
    surgery
        Share of patients of cohort 2 with a hysterectomy on study.

    Examples
    --------
    >>> FLAWLESS.observation.missed, FLAWLESS.lost_rate
    (0.0, 0.0)
    """

    observation: Observation
    lost_rate: float | None = None
    toxicity_rate: float | None = None
    surgery: float = hcg.HYSTERECTOMY

    def __post_init__(self) -> None:
        rates = (self.lost_rate, self.toxicity_rate, self.surgery)
        if any(rate is not None and not 0 <= rate < 1 for rate in rates):
            raise ValueError(f"rates a day and shares lie between 0 and 1, not {rates}")

    def missing(self, share: float) -> Conduct:
        """Give the same conduct with another share of scans, contacts and assays missed.

        Examples
        --------
        >>> FLAWLESS.missing(0.1).observation.missed
        0.1
        """
        return replace(self, observation=replace(self.observation, missed=share, assays_missed=share))


FLAWLESS: Final = Conduct(PERFECT, lost_rate=0.0, toxicity_rate=0.0, surgery=0.0)
AS_IN_THE_DEMO: Final = Conduct(Observation())


@dataclass(frozen=True, slots=True)
class World:
    """Everything that whole trials of one cohort are simulated from.

    Attributes
    ----------
    cohort, law, conduct
        Who the patients are, how their disease goes, what goes wrong.
    primary
        Which endpoint the truth of the law is of.
    n1, n
        Patients of stage 1, and of both.
    landmark_days, imaging_days
        Days to the landmark and between scans.
    accrual_days
        Days in which n patients come, recruitment never held.
    after_days
        Days from a stage's last landmark to its data cut.
    cut
        Day (since 1970-01-01) on which every data cut falls: each trial's calendar is moved to it.
    clinical
        Whether clinical progression is an event of the endpoint.

    Examples
    --------
    >>> world("TET", "progression_free", truth=0.5, n1=16, n=46, cut=20_000).law.truth
    0.5
    """

    cohort: Cohort
    law: laws.Law
    conduct: Conduct
    primary: Primary
    n1: int
    n: int
    landmark_days: int
    imaging_days: int
    accrual_days: float
    after_days: int
    cut: int
    clinical: bool

    @property
    def lost_rate(self) -> float:
        """Losses to follow-up a day."""
        return self.cohort.disease.lost_rate if self.conduct.lost_rate is None else self.conduct.lost_rate

    @property
    def toxicity_rate(self) -> float:
        """Ends of treatment for toxicity a day."""
        given = self.conduct.toxicity_rate
        return self.cohort.disease.toxicity_rate if given is None else given

    @property
    def clinical_rate(self) -> float:
        """Clinical progressions a day before stretching; one that is no event but ends imaging is a flaw."""
        if not self.clinical and self.conduct == FLAWLESS:
            return 0.0
        return self.law.disease.clinical_rate


def world(
    code: str,
    primary: Primary,
    *,
    truth: float,
    n1: int,
    n: int,
    cut: int,
    conduct: Conduct = AS_IN_THE_DEMO,
    landmark_days: int = 168,
    imaging_days: int = 56,
    accrual_days: float = 36 * 30.4375,
    after_days: int = 28,
    clinical: bool = False,
    shape: float | None = None,
    cured: float | None = None,
) -> World:
    """Build a world whose patients succeed with probability `truth` when they are perfectly observed.

    Source: issue 8 (event times exponential: shape 1, cured 0; Weibull; cure fraction).

    Parameters
    ----------
    code
        Cohort of `cohorts.COHORTS` whose laws are used.
    shape, cured
        Of the time to progression (GTT: to resistance) instead of the cohort's.
    primary, truth, n1, n, cut, conduct, landmark_days, imaging_days, accrual_days, after_days, clinical
        As in `World`.

    Raises
    ------
    ValueError
        When the cohort has no law, or no stretch of it gives the truth.

    Examples
    --------
    >>> world("NET", "progression_free", truth=0.4, n1=11, n=31, cut=0, shape=1, cured=0).law.disease.shape
    1
    """
    if code not in COHORTS:
        raise ValueError(f"no disease is modelled for cohort {code!r}; there are {', '.join(COHORTS)}")
    cohort = COHORTS[code]
    own = cohort.disease
    cured = own.cured if cured is None else cured
    kept = (own.free_at_24_weeks - own.cured) / (1 - own.cured)  # the uncured keep their survival at 24 weeks
    disease = replace(own, shape=own.shape if shape is None else shape, cured=cured,
                      free_at_24_weeks=cured + kept * (1 - cured))  # fmt: skip
    if primary == "hcg":
        law = laws.normalised(disease, truth, landmark_days)
    elif primary == "alive":
        law = laws.alive(disease, truth, landmark_days)
    else:
        law = laws.progression_free(disease, truth, landmark_days, clinical=clinical)
    return World(
        cohort, law, conduct, primary, n1, n, landmark_days, imaging_days, accrual_days, after_days, cut, clinical
    )
