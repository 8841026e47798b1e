"""What an analysis cannot know: true days of every patient, true rates of every cohort."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from ir5nb.simulate import hcg
from ir5nb.simulate.cohorts import LANDMARK, Cohort
from ir5nb.simulate.course import Course
from ir5nb.simulate.days import NEVER, Days, Flags, Reals, iso
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.records import blanked, yes

_GRID = (np.arange(20_000) + 0.5) / 20_000  # quantiles by which integrals over a law are taken


def of_patients(patients: Patients, normal: Days, course: Course, seed: int) -> pd.DataFrame:
    """Give the true days of each patient and what was recorded of them, known at the data cut or not.

    Source: spec/data.md ("the truth is written beside, for tests").

    Parameters
    ----------
    patients
        The cohort.
    normal
        True day of normalisation of hCG, `NEVER` elsewhere.
    course
        What was seen.
    seed
        Seed of the platform.

    Returns
    -------
    pandas.DataFrame
        USUBJID COHORT; days `inclusion start progression clinical death lost toxicity normalisation
        hysterectomy` (blank: does not
        happen); `success` (Y or N, by the cohort's primary endpoint on the true days; blank when never treated);
        `seen_progression seen_clinical end reason therapy indication` as recorded; `best_change` of the tumour burden.
    """
    days = {
        "inclusion": patients.inclusion, "start": patients.start, "progression": patients.progression,
        "clinical": patients.clinical, "death": patients.death, "lost": patients.lost, "toxicity": patients.toxicity,
        "normalisation": normal, "hysterectomy": hcg.hysterectomy(patients, seed),
    }  # fmt: skip
    success = blanked(yes(_success(patients, normal, days["hysterectomy"])), ~patients.treated)
    return pd.DataFrame({
        "USUBJID": patients.ids, "COHORT": patients.cohort.code, **{name: iso(day) for name, day in days.items()},
        "success": success, "seen_progression": iso(course.progression), "seen_clinical": iso(course.clinical),
        "end": iso(course.end), "reason": course.reason, "therapy": iso(course.therapy),
        "indication": course.indication, "best_change": patients.depth.round(4),
    })  # fmt: skip


def _success(patients: Patients, normal: Days, hysterectomy: Days) -> Flags:
    """Primary success on the true days (P1 to P4; only cohort 1 has clinical progressions)."""
    landmark = patients.start + LANDMARK
    alive = patients.death > landmark
    if patients.cohort.code == "GTT":
        stop = np.minimum(np.minimum(patients.toxicity, patients.lost), patients.death)
        return np.asarray((normal <= landmark) & (normal <= stop) & (normal < hysterectomy))
    if patients.cohort.code == "ATC":
        return np.asarray(alive)
    progression = np.minimum(patients.progression, patients.clinical)
    return np.asarray(alive & (progression > landmark))


def of_cohorts(cohorts: Iterable[Cohort]) -> pd.DataFrame:
    """Give the true rates of each cohort: what its success rate and survival curves tend to with many patients.

    Source: the laws of `cohorts.Disease`; integrals by 20,000 quantiles of the law of progression (error below 1e-4).

    Parameters
    ----------
    cohorts
        Cohort models.

    Returns
    -------
    pandas.DataFrame
        COHORT, quantity, value, unit. `success_24_weeks` is the primary endpoint on the true days,
        `progression_free_24_weeks` and `alive_24_weeks` count from treatment start, medians are in days from it.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> rates = of_cohorts(COHORTS.values()).set_index(["COHORT", "quantity"])["value"]
    >>> bool(rates["TET", "success_24_weeks"] == rates["TET", "progression_free_24_weeks"])
    True
    """
    rows = [(cohort.code, *row) for cohort in cohorts for row in _rates(cohort)]
    return pd.DataFrame(rows, columns=["COHORT", "quantity", "value", "unit"])


def _rates(cohort: Cohort) -> list[tuple[str, float, str]]:
    """Rates and medians of one cohort."""
    free, alive = _progression_free(cohort, LANDMARK), _alive(cohort, LANDMARK)
    clinical = np.exp(-cohort.disease.clinical_rate * LANDMARK)
    success = {"ATC": alive, "GTT": _normalises(cohort)}.get(cohort.code, free * clinical)
    return [
        ("success_24_weeks", round(success, 5), "share"), ("progression_free_24_weeks", round(free, 5), "share"),
        ("alive_24_weeks", round(alive, 5), "share"), ("median_pfs", _median(cohort, _progression_free), "days"),
        ("median_os", _median(cohort, _alive), "days"),
    ]  # fmt: skip


def _median(cohort: Cohort, curve: Callable[[Cohort, float], float]) -> float:
    """Day on which a falling curve reaches one half, by bisection."""
    low, high = 0.0, 20_000.0
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if curve(cohort, middle) > 0.5 else (low, middle)
    return round(high, 1)


def _no_progression(cohort: Cohort, days: Reals) -> Reals:
    """Share without radiological progression (GTT: resistance)."""
    law = cohort.disease
    return np.asarray(law.cured + (1 - law.cured) * np.exp(-((days / law.scale) ** law.shape)))


def _progression_free(cohort: Cohort, day: float) -> float:
    """Share alive without radiological progression; before progression only other deaths occur."""
    return float(_no_progression(cohort, np.array(day)) * np.exp(-cohort.disease.death_rate * day))


def _alive(cohort: Cohort, day: float) -> float:
    """Share alive: no other death, and no progression yet or still alive after it."""
    law = cohort.disease
    share = np.clip(_GRID / (1 - law.cured), 0, 1 - 1e-12)
    progression = np.where(1 - law.cured > _GRID, law.scale * (-np.log1p(-share)) ** (1 / law.shape), NEVER)
    since = np.clip(day - progression, 0, None)
    return float(np.exp(-np.log(2) / law.post_progression_median * since).mean() * np.exp(-law.death_rate * day))


def _normalises(cohort: Cohort) -> float:
    """Share whose hCG is normal by 24 weeks, before resistance, toxicity, loss, death or a hysterectomy."""
    law, time = cohort.disease, hcg.quantile(_GRID)
    stays = np.exp(-(law.toxicity_rate + law.lost_rate + law.death_rate) * np.minimum(time, NEVER))
    later = hcg.HYSTERECTOMY_FROM + hcg.HYSTERECTOMY_SPAN - 1 - np.ceil(time)  # days left on which it may be done
    uterus = 1 - hcg.HYSTERECTOMY * (1 - np.clip(later / hcg.HYSTERECTOMY_SPAN, 0, 1))
    free = _no_progression(cohort, np.minimum(time, 1e4))
    return float(np.where(time <= LANDMARK, free * stays * uterus, 0.0).mean())
