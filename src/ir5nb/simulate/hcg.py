"""Weekly hCG of the trophoblastic tumours: decline to normal, resistance, laboratories with their own limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.simulate.cohorts import LANDMARK
from ir5nb.simulate.course import TWO_YEARS, Course
from ir5nb.simulate.days import NEVER, Days, Flags, Reals, Wholes, iso
from ir5nb.simulate.observation import Observation
from ir5nb.simulate.patients import SITE_CODES, Patients
from ir5nb.simulate.records import digits, level, table
from ir5nb.simulate.streams import stream

# Latent time to normalisation: Weibull with a share that never normalises, by its value at 24 weeks.
NORMAL_AT_24_WEEKS, NEVER_NORMAL, SHAPE = 0.66, 0.20, 1.5
HYSTERECTOMY, HYSTERECTOMY_FROM, HYSTERECTOMY_SPAN = 0.15, 50, 70  # share of patients; first day and number of days
CONSOLIDATION = 63  # days of treatment after normalisation (three cycles)
ASSAYS = 80  # weekly
LABS: Final = ("LAB LYON", "LAB PARIS", "LAB WEST")
UPPER: Final = np.array([5.0, 2.0, 3.0])  # IU/L, upper limit of normal of each laboratory
QUANTIFIED: Final = np.array([2.0, 0.5, 1.0])  # IU/L, limit of quantification
BELOW: Final = tuple(f"<{limit:g}" for limit in QUANTIFIED)  # as reported
_REASONS: Final = np.array(
    ["PROGRESSIVE DISEASE", "ADVERSE EVENT", "DEATH", "LOST TO FOLLOW-UP", "COMPLETED", "COMPLETED"], dtype=object
)
METHODS: Final = ("ELECTROCHEMILUMINESCENCE", "CHEMILUMINESCENCE", "IMMUNOFLUORESCENCE")


@dataclass(frozen=True, slots=True)
class Assays:
    """hCG assays of the cohort, (patients, assays); `normal` is the true day of normalisation of each patient."""

    day: Days
    value: Reals
    lab: Wholes
    done: Flags
    normal: Days


def scale() -> float:
    """Scale in days of the latent time to normalisation.

    Examples
    --------
    >>> 100 < scale() < 130
    True
    """
    share = (1 - NORMAL_AT_24_WEEKS - NEVER_NORMAL) / (1 - NEVER_NORMAL)
    return float(LANDMARK / (-np.log(share)) ** (1 / SHAPE))


def assay(patients: Patients, seed: int, observation: Observation) -> Assays:
    """Draw the hCG of every week: log-linear decline that reaches the limit on the true day, then rise if resistant.

    Source: kinetics of hCG under treatment are log-linear (You 2010); spec/data.md.

    Parameters
    ----------
    patients
        The cohort; its `progression` is the true day of resistance.
    seed
        Seed of the platform.
    observation
        What goes wrong.

    Returns
    -------
    Assays
        Values in IU/L before any rounding.
    """
    rng, n = stream(seed, patients.cohort.number, "hcg"), patients.size
    elapsed = quantile(rng.random(n))
    resist = np.where(patients.progression < NEVER, patients.progression - patients.start, NEVER).astype(np.float64)
    lab = np.repeat((patients.site % 3)[:, None], ASSAYS, axis=1)
    moved = (rng.random(n) < observation.laboratory_changed)[:, None]
    lab = np.where(moved & (np.arange(ASSAYS) >= rng.integers(6, 20, n)[:, None]), (lab + 1) % 3, lab)
    jitter = np.clip(np.rint(rng.normal(0, 1, (n, ASSAYS)) * 0.2 * observation.jitter_days), -2, 2)
    time = np.arange(-1, ASSAYS - 1) * 7 + jitter.astype(np.int64)
    value = kinetics(time, np.minimum(elapsed, 900.0), resist, UPPER[lab[:, 0]], observation.noise, rng)
    done = (rng.random(time.shape) >= observation.assays_missed) & patients.treated[:, None]
    done[:, 1] = patients.treated
    reached = (elapsed < resist) & patients.treated
    normal = np.where(reached, patients.start + np.ceil(np.minimum(elapsed, NEVER)).astype(np.int64), NEVER)
    return Assays(patients.start[:, None] + time, value, lab, done, normal)


def quantile(u: Reals) -> Reals:
    """Days from treatment start to normalisation at the quantiles `u` of its law, `NEVER` where it does not come.

    Source: Weibull law with a share that never normalises; two weeks at least.

    Examples
    --------
    >>> quantile(np.array([0.01, 0.66, 0.9])).round().tolist()
    [15.0, 168.0, 1000000.0]
    """
    share = np.clip(u / (1 - NEVER_NORMAL), 0, 1 - 1e-12)
    return np.where(u < 1 - NEVER_NORMAL, np.maximum(scale() * (-np.log1p(-share)) ** (1 / SHAPE), 15.0), NEVER)


def kinetics(
    time: Wholes,
    elapsed: Reals,
    resist: Reals,
    upper: Reals,
    noise: float,
    rng: np.random.Generator,
    slowest: float = -0.03,
) -> Reals:
    """Fall log-linearly so that the limit is reached on the day drawn; once resistant, rise or stay level.

    Source: kinetics of hCG under treatment are log-linear (You 2010).

    Parameters
    ----------
    time
        Days since treatment start, (patients, assays).
    elapsed, resist
        Day on which the limit is reached, and of resistance, of each patient.
    upper
        Upper limit of normal of each patient's laboratory.
    noise
        Standard deviation of the logarithm of a value.
    rng
        Random stream.
    slowest
        Least change a week of a level series; at 0 nobody who resists drifts to normal.

    Returns
    -------
    numpy.ndarray of float
        IU/L, (patients, assays).

    Examples
    --------
    >>> day, one = np.array([[0, 70]]), np.array([70.0])
    >>> kinetics(day, one, np.array([900.0]), np.array([5.0]), 0.0, np.random.default_rng(1))[0, 1].round(9)
    np.float64(5.0)
    """
    n = len(elapsed)
    baseline = np.exp(rng.normal(np.log(4000), 1.3, n)).clip(60, 400_000)
    fall = np.log(baseline / upper) / elapsed
    weekly = np.where(rng.random(n) < 0.6, rng.uniform(0.22, 0.5, n), rng.uniform(slowest, 0.05, n))
    slope = np.minimum(time, resist[:, None]) * -fall[:, None]
    rise = np.clip(time - resist[:, None], 0, None) / 7 * np.log1p(weekly)[:, None]
    error = rng.normal(0, 1, time.shape) * noise
    return np.asarray(baseline[:, None] * np.exp(slope + rise + error))


def hysterectomy(patients: Patients, seed: int) -> Days:
    """Draw the day of a hysterectomy on study: some trophoblastic tumours, day 50 to 119; `NEVER` for all others.

    Source: spec/endpoints.md (normalisation counts before a hysterectomy only).

    Parameters
    ----------
    patients
        A cohort.
    seed
        Seed of the platform.

    Returns
    -------
    numpy.ndarray of int
        Days.
    """
    rng, n = stream(seed, patients.cohort.number, "procedures"), patients.size
    chosen = (rng.random(n) < HYSTERECTOMY) & patients.treated & (patients.cohort.code == "GTT")
    day = patients.start + HYSTERECTOMY_FROM + rng.integers(0, HYSTERECTOMY_SPAN, n)
    return np.where(chosen & (day < np.minimum(patients.death, patients.lost)), day, NEVER)


def follow_hcg(patients: Patients, assays: Assays, seed: int) -> Course:
    """Play the study forward for trophoblastic tumours: treatment until consolidation ends or resistance is clear.

    Source: P3, S3 (subsequent treatment for lack of efficacy), R5.

    Parameters
    ----------
    patients, assays
        The cohort and its assays.
    seed
        Seed of the platform.

    Returns
    -------
    Course
        Without imaging visits.
    """
    rng, n = stream(seed, patients.cohort.number, "disposition"), patients.size
    clear = np.where(patients.progression < NEVER, patients.progression + 28, NEVER)
    done = np.where(assays.normal < patients.progression, assays.normal + CONSOLIDATION, NEVER)
    causes = np.stack([clear, patients.toxicity, patients.death, patients.lost, done, patients.start + TWO_YEARS])
    end = np.where(patients.treated, causes.min(axis=0), patients.inclusion + 7)
    reason = np.where(patients.treated, _REASONS[causes.argmin(axis=0)], "WITHDRAWAL BY SUBJECT").astype(object)
    gone = np.minimum(patients.death, patients.lost)
    failed = (clear < gone) & patients.treated
    switched = (end == patients.toxicity) & (patients.toxicity < np.minimum(assays.normal, NEVER))
    therapy = np.where(failed, np.maximum(clear, end) + rng.integers(5, 25, n), NEVER)
    therapy = np.where(switched, np.minimum(therapy, end + rng.integers(14, 50, n)), therapy)
    therapy = np.where(therapy < gone, therapy, NEVER)
    indication = np.where(therapy > clear, "LACK OF EFFICACY", "ADVERSE EVENT").astype(object)
    indication[therapy == NEVER] = None
    none = np.zeros((n, 1), dtype=bool)
    resistance = np.where(failed, clear, NEVER)
    return Course(none, none.astype(np.int64), resistance, np.full(n, NEVER), end, reason, therapy, indication, gone)


def hcg_table(
    patients: Patients, assays: Assays, course: Course, seed: int, until: Days, observation: Observation
) -> pd.DataFrame:
    """Write the hCG rows of LB: weekly on treatment, then every four weeks for a year, none after another treatment.

    Source: spec/data.md (values below the limit of quantification keep their text).

    Parameters
    ----------
    patients, assays, course
        The cohort, its assays and its course.
    seed
        Seed of the platform.
    until
        Last day known of each patient.
    observation
        What goes wrong.

    Returns
    -------
    pandas.DataFrame
        Rows of LB with LBTESTCD HCG.
    """
    rng = stream(seed, patients.cohort.number, "assay reports")
    patient, k = _taken(assays, course, until)
    again = rng.random(len(k)) < observation.assays_repeated
    factor = np.concatenate([np.ones(len(k)), 1 + 0.08 * rng.random(int(again.sum()))])
    patient, k = np.concatenate([patient, patient[again]]), np.concatenate([k, k[again]])
    lab, value = assays.lab[patient, k], assays.value[patient, k] * factor
    rounded = np.where(value < 100, np.round(value, 1), np.round(value))
    below = rounded < QUANTIFIED[lab]
    diluted = (value < 20) & (rng.random(len(value)) < observation.assays_diluted)
    text = np.where(diluted, "<20", np.where(below, level(lab, *BELOW), digits(rounded)))
    return table("LB", patients.ids, patient, {
        "LBTESTCD": "HCG", "LBSTRESC": text.astype(object), "LBSTRESN": np.where(below | diluted, np.nan, rounded),
        "LBSTRESU": "IU/L", "LBSTNRLO": np.zeros(len(k)), "LBSTNRHI": UPPER[lab], "LBNAM": level(lab, *LABS),
        "LBMETHOD": level(lab, *METHODS), "SITEID": level(patients.site[patient], *SITE_CODES),
        "VISITNUM": np.full(len(k), np.nan), "VISIT": level(k, "SCREENING", *(f"WEEK {w}" for w in range(ASSAYS))),
        "LBDTC": iso(assays.day[patient, k]),
    }, order=[assays.day[patient, k]])  # fmt: skip


def _taken(assays: Assays, course: Course, until: Days) -> tuple[Wholes, Wholes]:
    """Patient and number of the assays that took place."""
    weekly = assays.day <= (course.end + 7)[:, None]
    monthly = (assays.day <= (course.end + 365)[:, None]) & (np.arange(ASSAYS) % 4 == 0)
    stop = np.minimum(course.therapy, until)
    patient, k = np.nonzero(assays.done & (weekly | monthly) & (assays.day <= stop[:, None]))
    return patient.astype(np.int64), k.astype(np.int64)
