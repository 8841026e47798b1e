"""LB: safety laboratory at baseline and before chosen cycles, in the limits of each centre's laboratory."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ir5nb.simulate.course import Course
from ir5nb.simulate.days import Days, Reals, iso
from ir5nb.simulate.exposure import Cycles
from ir5nb.simulate.hcg import LABS
from ir5nb.simulate.patients import SITE_CODES, Patients
from ir5nb.simulate.records import digits, level, table
from ir5nb.simulate.streams import stream

_SAMPLED: Final = (0, 1, 2, 4, 7, 11)  # cycles before which blood is taken (0: baseline sample)
# Test, unit, lower and upper limit, median, spread on the log scale, shares of courses that rise and that fall.
TESTS: Final = (
    ("NEUT", "10^9/L", 1.8, 7.5, 4.2, 0.25, 0.05, 0.05), ("PLAT", "10^9/L", 150, 400, 245, 0.22, 0.03, 0.07),
    ("HGB", "g/L", 120, 160, 124, 0.09, 0.0, 0.15), ("AST", "U/L", 8, 35, 23, 0.3, 0.10, 0.0),
    ("ALT", "U/L", 7, 40, 24, 0.35, 0.10, 0.0), ("BILI", "umol/L", 3, 17, 9, 0.3, 0.04, 0.0),
    ("CREAT", "umol/L", 45, 104, 76, 0.17, 0.06, 0.0), ("LIPASE", "U/L", 13, 60, 32, 0.3, 0.08, 0.0),
    ("AMYLASE", "U/L", 28, 100, 58, 0.25, 0.06, 0.0), ("TSH", "mIU/L", 0.4, 4.0, 1.8, 0.4, 0.12, 0.06),
)  # fmt: skip
_LAB_FACTOR: Final = np.array([1.0, 0.95, 1.08])  # upper limits differ between laboratories
_MISSED = 0.03


def laboratory(patients: Patients, course: Course, plan: Cycles, seed: int, until: Days) -> pd.DataFrame:
    """Write the safety rows of LB as far as anything is known.

    Source: spec/endpoints.md (CTCAE v5 grades for ten tests); SI units.

    Parameters
    ----------
    patients, course, plan
        The cohort, its course and its cycles.
    seed
        Seed of the platform.
    until
        Last day known of each patient.

    Returns
    -------
    pandas.DataFrame
        Rows of LB, ten tests a sample.
    """
    rng, n = stream(seed, patients.cohort.number, "laboratory"), patients.size
    value = _values(n, rng)
    day = plan.day[:, list(_SAMPLED)] - np.array([3, 0, 0, 0, 0, 0])
    taken = plan.given[:, list(_SAMPLED)] & (day <= np.minimum(course.seen, until)[:, None])
    patient, sample, test = np.nonzero(taken[:, :, None] & (rng.random(value.shape) >= _MISSED))
    scale = np.where(value[patient, sample, test] < 20, 10.0, 1.0)
    number = np.rint(value[patient, sample, test] * scale) / scale
    lab, upper = patients.site[patient] % 3, _column(3)[test]
    upper = np.where(test < 3, upper, np.round(upper * _LAB_FACTOR[lab], 1))
    return table("LB", patients.ids, patient, {
        "LBTESTCD": level(test, *(t[0] for t in TESTS)), "LBSTRESC": digits(number),
        "LBSTRESN": number, "LBSTRESU": level(test, *(t[1] for t in TESTS)), "LBSTNRLO": _column(2)[test],
        "LBSTNRHI": upper, "LBNAM": level(lab, *LABS), "LBMETHOD": np.full(len(test), None, dtype=object),
        "SITEID": level(patients.site[patient], *SITE_CODES),
        "VISITNUM": np.array(_SAMPLED, dtype=np.float64)[sample] + 1,
        "VISIT": level(sample, "BASELINE", *(f"CYCLE {k + 1}" for k in _SAMPLED[1:])),
        "LBDTC": iso(day[patient, sample]),
    }, order=[day[patient, sample], test])  # fmt: skip


def _column(place: int) -> Reals:
    """One column of `TESTS`."""
    return np.array([test[place] for test in TESTS], dtype=np.float64)


def _values(n: int, rng: np.random.Generator) -> Reals:
    """Draw every test at every sample, (patients, samples, tests): an own level, noise, for some a rise or a fall."""
    samples, tests = len(_SAMPLED), len(TESTS)
    own = np.log(_column(4)) + rng.normal(0, 1, (n, tests)) * _column(5) * 0.7
    rises, falls = rng.random((n, tests)) < _column(6), rng.random((n, tests)) < _column(7)
    up, down = rng.gamma(2.0, 0.55, (n, tests)), rng.gamma(2.0, 0.22, (n, tests))
    drift = np.where(rises, up, 0) - np.where(falls, down, 0)
    peak = rng.integers(1, samples, (n, tests))
    phase = np.exp(-0.6 * (np.arange(samples)[None, :, None] - peak[:, None, :]) ** 2)
    phase[:, 0] = 0
    noise = rng.normal(0, 1, (n, samples, tests)) * _column(5) * 0.5
    return np.asarray(np.exp(own[:, None, :] + drift[:, None, :] * phase + noise))
