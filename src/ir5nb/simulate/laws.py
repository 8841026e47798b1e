"""The laws of a cohort's disease, stretched in time until a given share of patients succeeds at 24 weeks.

The shapes stay those of the demo platform (`cohorts.Disease`); one factor stretches every time of the disease. So a
simulated trial at another truth is not a second model.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from ir5nb.simulate import hcg
from ir5nb.simulate.cohorts import Disease

Reals = NDArray[np.float64]
WEEK: Final = 7
_LONGEST: Final = 1e6  # a stretch beyond which nothing happens within a trial
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)  # smooth integrands: exact to 1e-12
# A share that is cured (or never normalises) cannot exceed the share that succeeds (fails); half of it is kept.
_LARGEST_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Law:
    """A disease whose success probability at the landmark is known.

    Attributes
    ----------
    disease
        Shapes and rates; `cured` as used.
    stretch
        Factor on every time of the disease (progression, death, clinical progression; of cohort 2 normalisation alone).
    never
        Share of patients whose hCG never normalises; 0 in the other cohorts.
    truth
        Probability of success at the landmark, perfectly observed.
    """

    disease: Disease
    stretch: float
    never: float
    truth: float


def progression_free(disease: Disease, truth: float, landmark_days: int, *, clinical: bool) -> Law:
    """Find the stretch at which a share `truth` is alive without progression at the landmark.

    Source: P1, P2; Weibull with a cured fraction for progression, exponential death and clinical progression.

    Parameters
    ----------
    disease
        Shapes and rates.
    truth
        Share in (0, 1).
    landmark_days
        Days from treatment start.
    clinical
        Whether clinical progression counts (cohort 1).

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> law = progression_free(COHORTS["TET"].disease, 0.5, 168, clinical=False)
    >>> round(float(_free(law.disease, 168 / law.stretch, clinical=False)), 12)
    0.5
    """
    used = _at_most(disease, truth)
    stretch = _root(lambda factor: _free(used, landmark_days / factor, clinical=clinical) - truth, truth)
    return Law(used, stretch, 0.0, truth)


def alive(disease: Disease, truth: float, landmark_days: int) -> Law:
    """Find the stretch at which a share `truth` is alive at the landmark.

    Source: P4; death without progression, or after it with an exponential delay.

    Parameters
    ----------
    disease, truth, landmark_days
        As in `progression_free`.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> alive(COHORTS["ATC"].disease, 0.6, 168).stretch > alive(COHORTS["ATC"].disease, 0.35, 168).stretch
    True
    """
    used = _at_most(disease, truth)
    stretch = _root(lambda factor: _living(used, landmark_days / factor) - truth, truth)
    return Law(used, stretch, 0.0, truth)


def normalised(disease: Disease, truth: float, landmark_days: int) -> Law:
    """Find the stretch of the time to normalisation at which a share `truth` is seen normal by the landmark.

    Source: P3; weekly assays, each on its day; normal before resistance, seen before death.

    Parameters
    ----------
    disease, truth, landmark_days
        As in `progression_free`.

    Raises
    ------
    ValueError
        When the truth cannot be reached: some resist before the first weeks are over.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> round(normalised(COHORTS["GTT"].disease, 0.5, 168).never, 2)
    0.2
    """
    never = min(hcg.NEVER_NORMAL, _LARGEST_SHARE * (1 - truth))
    day = np.arange(landmark_days // WEEK * WEEK + 1, dtype=np.float64)
    assay = np.ceil(day[1:] / WEEK) * WEEK  # on which a normal value is seen
    kept = _unprogressed(disease, day[:-1]) * np.exp(-disease.death_rate * assay)

    def reached(factor: float) -> float:
        by = (1 - never) * -np.expm1(-((day / (factor * hcg.scale())) ** hcg.SHAPE))
        return float(np.diff(by) @ kept)

    return Law(disease, _root(lambda factor: truth - reached(factor), truth), never, truth)


def _at_most(disease: Disease, truth: float) -> Disease:
    """Keep the cured fraction below the share that succeeds."""
    if not 0 < truth < 1:
        raise ValueError(f"a true success probability lies between 0 and 1, not {truth}")
    cured = min(disease.cured, _LARGEST_SHARE * truth)
    names = ("shape", "death_rate", "clinical_rate", "lost_rate", "toxicity_rate", "complete", "partial")
    kept = {name: getattr(disease, name) for name in names}
    # the scale is that of the cohort: the survival at 24 weeks moves with the cured fraction
    free = cured + (disease.free_at_24_weeks - disease.cured) / (1 - disease.cured) * (1 - cured)
    return Disease(free, cured=cured, post_progression_median=disease.post_progression_median, **kept)


def _root(distance: Callable[[float], float], truth: float) -> float:
    """Find the stretch at which the distance is 0; it grows with the stretch."""
    low, high = 1 / _LONGEST, _LONGEST
    if not distance(low) < 0 < distance(high):
        raise ValueError(f"no stretch of this cohort's disease gives a success probability of {truth}")
    found = brentq(lambda power: distance(math.exp(power)), math.log(low), math.log(high), xtol=1e-14, rtol=1e-14)
    return math.exp(found)


def _unprogressed(disease: Disease, time: Reals | float) -> Reals:
    return np.asarray(disease.cured + (1 - disease.cured) * np.exp(-((time / disease.scale) ** disease.shape)))


def _free(disease: Disease, time: float, *, clinical: bool) -> float:
    rate = disease.death_rate + (disease.clinical_rate if clinical else 0.0)
    return float(_unprogressed(disease, time) * np.exp(-rate * time))


def _living(disease: Disease, time: float) -> float:
    """Alive: no death without progression, and not yet dead of progression (integral over its quantiles)."""
    progressed = -math.expm1(-((time / disease.scale) ** disease.shape))
    share = progressed * (_NODES + 1) / 2
    when = disease.scale * (-np.log1p(-share)) ** (1 / disease.shape)
    still = np.exp(-np.log(2) / disease.post_progression_median * np.clip(time - when, 0, None))
    after = (1 - disease.cured) * progressed / 2 * float(_WEIGHTS @ still)
    return float((_unprogressed(disease, time) + after) * np.exp(-disease.death_rate * time))
