"""The whole platform: every cohort's tables one under the other, and the truth behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.simulate import background, baseline, days, hcg, treatments, truth
from ir5nb.simulate.adverse_events import adverse_events
from ir5nb.simulate.cohorts import COHORTS, Cohort
from ir5nb.simulate.course import Course, follow, horizon, investigate
from ir5nb.simulate.exposure import Cycles, cycles, exposure
from ir5nb.simulate.imaging import schedule
from ir5nb.simulate.laboratory import laboratory
from ir5nb.simulate.lesions import observe
from ir5nb.simulate.observation import Observation
from ir5nb.simulate.patients import Patients, accrue
from ir5nb.simulate.reading import read
from ir5nb.simulate.streams import stream
from ir5nb.simulate.tumours import none, tumours

CUTOFF: Final = dt.date(2026, 6, 30)
DOMAINS: Final = ("DM", "DS", "EX", "TU", "TR", "RS", "LB", "AE", "CM", "PR", "SC", "MH")
TRUTH: Final = ("truth/patients", "truth/rates")
AS_IN_THE_DEMO: Final = Observation()

Tables = dict[str, pd.DataFrame]


def apportion(patients: int) -> dict[str, int]:
    """Share patients out over the cohorts in proportion to their planned sizes (largest remainder).

    Source: the assumed designs of requirements.md.

    Examples
    --------
    >>> apportion(146)
    {'PM': 24, 'GTT': 18, 'TET': 46, 'ATC': 27, 'NET': 31}
    """
    weights = np.array([cohort.weight for cohort in COHORTS.values()])
    exact = patients * weights / weights.sum()
    share = np.floor(exact).astype(int)
    share[np.argsort(share - exact, kind="stable")[: patients - share.sum()]] += 1
    return dict(zip(COHORTS, share.tolist(), strict=True))


def platform(
    seed: int,
    *,
    patients: int | None = None,
    sizes: Mapping[str, int] | None = None,
    cutoff: dt.date = CUTOFF,
    cohorts: Mapping[str, Cohort] = COHORTS,
    observation: Observation = AS_IN_THE_DEMO,
    safety_laboratory: bool = True,
) -> Tables:
    """Simulate the platform: SDTM tables as they stood at the data cut, and the truth.

    Source: spec/data.md, "Demo data". Every cohort and kind of process has its own random stream, so that a cohort's
    patients depend neither on the other cohorts nor on the data cut.

    Parameters
    ----------
    seed
        Any whole number from 0.
    patients
        Patients included over all cohorts, shared out by planned size; or else `sizes`.
    sizes
        Patients included in each cohort (by default one in 21 never starts treatment). A cohort left out has none.
    cutoff
        Day of the data cut; nothing later is in the tables.
    cohorts
        The models; other truths may be given.
    observation
        What goes wrong; `observation.PERFECT` is nothing.
    safety_laboratory
        Whether LB holds the ten safety tests (four tenths of all rows) beside hCG.

    Returns
    -------
    dict of pandas.DataFrame
        DM DS EX TU TR RS LB AE CM PR SC MH; "truth/patients" (one row a patient) and "truth/rates". Text columns hold
        str or None, numbers are int64 or float64.

    Raises
    ------
    ValueError
        When neither or both of `patients` and `sizes` are given, when a cohort is unknown, or nobody is included.

    Examples
    --------
    >>> tables = platform(7, sizes={"TET": 22})
    >>> len(tables["DM"]), tables["TR"]["TRTESTCD"].unique().tolist()
    (22, ['LDIAM', 'TUMSTATE', 'SAXIS'])
    """
    wanted = _sizes(patients, sizes, cohorts)
    last = days.number(cutoff.isoformat())
    parts = [_cohort(cohorts[code], size, seed, last, observation, safety_laboratory) for code, size in wanted.items()]
    made: Tables = {}
    for name in (*DOMAINS, "truth/patients"):
        frames = [part.pop(name) for part in parts if name in part]
        made[name] = pd.concat(frames, ignore_index=True) if frames else none()[name]
    return made | {"truth/rates": truth.of_cohorts([cohorts[code] for code in wanted])}


def _sizes(patients: int | None, sizes: Mapping[str, int] | None, cohorts: Mapping[str, Cohort]) -> dict[str, int]:
    """Patients by cohort, or say what is wrong with the request."""
    if (patients is None) == (sizes is None):
        raise ValueError("give either `patients` (in all) or `sizes` (by cohort)")
    wanted = apportion(patients) if patients is not None else dict(sizes or {})
    if unknown := set(wanted) - set(cohorts):
        raise ValueError(f"unknown cohorts {sorted(unknown)}; the cohorts are {', '.join(cohorts)}")
    wanted = {code: size for code, size in wanted.items() if size > 0}
    if not wanted:
        raise ValueError("nobody is included: ask for at least one patient")
    return wanted


def _cohort(
    cohort: Cohort, size: int, seed: int, cutoff: int, observation: Observation, safety_laboratory: bool
) -> Tables:
    """Simulate one cohort."""
    people = accrue(cohort, size, seed, observation)
    if cohort.code == "GTT":
        assays = hcg.assay(people, seed, observation)
        course = hcg.follow_hcg(people, assays, seed)
        until, normal = horizon(people, course, seed, cutoff), assays.normal
        images: Tables = {}
        special = [hcg.hcg_table(people, assays, course, seed, until, observation)]
    else:
        course, until, images = _imaged(people, seed, cutoff, observation)
        special, normal = [], np.full(size, days.NEVER)
    plan = cycles(people, course, seed)
    if safety_laboratory or not special:
        special = [laboratory(people, course, plan, seed, until).iloc[: None if safety_laboratory else 0], *special]
    return images | {
        "LB": _merged(special), **_everyone(people, course, plan, seed, until, observation),
        "truth/patients": truth.of_patients(people, normal, course, seed),
    }  # fmt: skip


def _imaged(people: Patients, seed: int, cutoff: int, observation: Observation) -> tuple[Course, days.Days, Tables]:
    """Play a cohort that is followed by imaging."""
    scans = schedule(people, seed, observation)
    lesions = observe(people, scans, seed, observation)
    reading = read(lesions, scans)
    course = follow(people, scans, investigate(reading, people, seed, observation), seed)
    until = horizon(people, course, seed, cutoff)
    return course, until, tumours(people, scans, lesions, reading, course, seed, until)


def _everyone(
    people: Patients, course: Course, plan: Cycles, seed: int, until: days.Days, observation: Observation
) -> Tables:
    """Write the tables that every cohort has."""
    partial = stream(seed, people.cohort.number, "flaws").random(people.size) < observation.partial_death
    doses = exposure(people, course, plan, seed, until)
    given = plan.given & (plan.day <= until[:, None])
    first = np.where(given, plan.day, days.NEVER).min(axis=1)
    final = doses.drop_duplicates("USUBJID", keep="last").set_index("USUBJID")["EXENDTC"]
    last = final.reindex(people.ids).to_numpy(dtype=object)
    last[pd.isna(last)] = None
    return {
        "DM": background.demographics(people, first, last, seed, until, partial),
        "DS": background.disposition(people, course, seed, until, partial, observation), "EX": doses,
        "AE": adverse_events(people, course, seed, until, observation),
        "CM": treatments.therapies(people, course, seed, until),
        "PR": treatments.procedures(people, seed, until),
        "SC": baseline.characteristics(people, seed, until), "MH": baseline.history(people, seed, until),
    }  # fmt: skip


def _merged(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the laboratory tables of one cohort together, numbered by patient and day."""
    if len(parts) == 1:
        return parts[0]
    both = pd.concat(parts, ignore_index=True)
    place = pd.factorize(both["USUBJID"])[0]
    both = both.iloc[np.lexsort([both["LBDTC"].to_numpy(dtype=str), place])].reset_index(drop=True)
    return both.assign(LBSEQ=both.groupby("USUBJID", sort=False).cumcount() + 1)
