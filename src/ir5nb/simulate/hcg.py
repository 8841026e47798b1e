"""Weekly hCG of the trophoblastic tumours: decline to normal, resistance, laboratories with their own limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ir5nb.simulate.cohorts import LANDMARK
from ir5nb.simulate.course import Course
from ir5nb.simulate.days import NEVER, Days, iso
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.records import level, table
from ir5nb.simulate.streams import stream

# Latent time to normalisation: Weibull with a share that never normalises, by its value at 24 weeks.
NORMAL_AT_24_WEEKS, NEVER_NORMAL, SHAPE = 0.66, 0.20, 1.5
CONSOLIDATION = 63  # days of treatment after normalisation (three cycles)
ASSAYS = 80  # weekly
LABS: Final = ("LAB LYON", "LAB PARIS", "LAB WEST")
UPPER: Final = np.array([5.0, 2.0, 3.0])  # IU/L, upper limit of normal of each laboratory
QUANTIFIED: Final = np.array([2.0, 0.5, 1.0])  # IU/L, limit of quantification
_METHODS: Final = ("ELECTROCHEMILUMINESCENCE", "CHEMILUMINESCENCE", "IMMUNOFLUORESCENCE")
_MISSED, _DILUTED = 0.03, 0.006


@dataclass(frozen=True, slots=True)
class Assays:
    """hCG assays of the cohort, (patients, assays); `normal` is the true day of normalisation of each patient."""

    day: Days
    value: NDArray[np.float64]
    lab: NDArray[np.int64]
    done: NDArray[np.bool_]
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


def assay(patients: Patients, seed: int) -> Assays:
    """Draw the hCG of every week: log-linear decline that reaches the limit on the true day, then rise if resistant.

    Source: kinetics of hCG under treatment are log-linear (You 2010); spec/data.md.

    Parameters
    ----------
    patients
        The cohort; its `progression` is the true day of resistance.
    seed
        Seed of the platform.

    Returns
    -------
    Assays
        Values in IU/L before any rounding.
    """
    rng, n = stream(seed, patients.cohort.number, "hcg"), patients.size
    elapsed = scale() * rng.exponential(1, n) ** (1 / SHAPE)
    elapsed[rng.random(n) < NEVER_NORMAL] = 900.0
    elapsed = np.maximum(elapsed, 15.0)
    resist = (patients.progression - patients.start).astype(np.float64)
    resist = np.where(patients.progression >= NEVER, 1e5, resist)
    lab = np.repeat((patients.site % 3)[:, None], ASSAYS, axis=1)
    moved = (rng.random(n) < 0.08)[:, None] & (np.arange(ASSAYS) >= rng.integers(6, 20, n)[:, None])
    lab = np.where(moved, (lab + 1) % 3, lab)
    baseline = np.exp(rng.normal(np.log(4000), 1.3, n)).clip(60, 400_000)
    time = np.arange(-1, ASSAYS - 1) * 7 + np.clip(np.rint(rng.normal(0, 0.6, (n, ASSAYS))), -2, 2)
    fall = np.log(baseline / UPPER[lab[:, 0]]) / elapsed
    weekly = np.where(rng.random(n) < 0.6, rng.uniform(0.22, 0.5, n), rng.uniform(-0.03, 0.05, n))
    slope = np.minimum(time, resist[:, None]) * -fall[:, None]
    rise = np.clip(time - resist[:, None], 0, None) / 7 * np.log1p(weekly)[:, None]
    value = baseline[:, None] * np.exp(slope + rise + rng.normal(0, 0.03, time.shape))
    done = rng.random(time.shape) >= _MISSED
    done[:, 1] = True
    normal = np.where(elapsed < np.minimum(resist, 900), patients.start + np.ceil(elapsed).astype(np.int64), NEVER)
    return Assays(patients.start[:, None] + time.astype(np.int64), value, lab, done & patients.treated[:, None], normal)


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
    causes = np.stack([clear, patients.toxicity, patients.death, patients.lost, done, patients.start + 730])
    names = np.array(["PROGRESSIVE DISEASE", "ADVERSE EVENT", "DEATH", "LOST TO FOLLOW-UP", "COMPLETED", "COMPLETED"],
                     dtype=object)  # fmt: skip
    end = np.where(patients.treated, causes.min(axis=0), patients.inclusion + 7)
    reason = np.where(patients.treated, names[causes.argmin(axis=0)], "WITHDRAWAL BY SUBJECT")
    gone = np.minimum(patients.death, patients.lost)
    failed = clear < np.minimum(gone, NEVER)
    therapy = np.where(failed, np.maximum(clear, end) + rng.integers(5, 25, n), NEVER)
    switched = (end == patients.toxicity) & (patients.toxicity < assays.normal)
    therapy = np.where(switched, np.minimum(therapy, end + rng.integers(14, 50, n)), therapy)
    therapy = np.where(therapy < gone, therapy, NEVER)
    indication = np.where(therapy == NEVER, None, np.where(therapy > clear, "LACK OF EFFICACY", "ADVERSE EVENT"))
    empty = np.zeros((n, 1), dtype=bool)
    return Course(empty, empty.astype(np.int64), np.where(failed, clear, NEVER), np.full(n, NEVER), end,
                  reason.astype(object), therapy, indication.astype(object), gone)  # fmt: skip


def hcg_table(patients: Patients, assays: Assays, course: Course, seed: int, cutoff: int) -> pd.DataFrame:
    """Write the hCG rows of LB: weekly on treatment, then every four weeks for a year, none after another treatment.

    Source: spec/data.md (values below the limit of quantification keep their text).

    Parameters
    ----------
    patients, assays, course
        The cohort, its assays and its course.
    seed
        Seed of the platform.
    cutoff
        Day of the data cut.

    Returns
    -------
    pandas.DataFrame
        Rows of LB with LBTESTCD HCG.
    """
    rng = stream(seed, patients.cohort.number, "dates")
    week = np.arange(ASSAYS)
    weekly = assays.day <= (course.end + 7)[:, None]
    monthly = (assays.day <= (course.end + 365)[:, None]) & (week % 4 == 0)
    stop = np.minimum(np.minimum(course.seen, course.therapy), cutoff)
    kept = assays.done & (weekly | monthly) & (assays.day <= stop[:, None])
    patient, k = np.nonzero(kept)
    lab, value = assays.lab[patient, k], assays.value[patient, k]
    rounded = np.where(value < 100, np.round(value, 1), np.round(value))
    below = rounded < QUANTIFIED[lab]
    diluted = (value < 20) & (rng.random(len(value)) < _DILUTED)
    text = np.array([f"{x:g}" if x < 1e5 else f"{x:.0f}" for x in rounded], dtype=object)
    text = np.where(below, level(lab, "<2", "<0.5", "<1"), text)
    text = np.where(diluted, "<20", text)
    return table("LB", patients.ids, patient, {
        "LBTESTCD": "HCG", "LBSTRESC": text, "LBSTRESN": np.where(below | diluted, np.nan, rounded), "LBSTRESU": "IU/L",
        "LBSTNRLO": np.full(len(k), 0.0), "LBSTNRHI": UPPER[lab], "LBNAM": level(lab, *LABS),
        "LBMETHOD": level(lab, *_METHODS), "SITEID": level(patients.site[patient], *(f"{s:02d}" for s in range(16))),
        "VISITNUM": np.full(len(k), np.nan), "VISIT": level(k, "SCREENING", *(f"WEEK {w}" for w in range(ASSAYS))),
        "LBDTC": iso(assays.day[patient, k]),
    }, order=[assays.day[patient, k]])  # fmt: skip
