"""The whole platform: every cohort's tables one under the other, and the truth behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
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
    domains: Collection[str] = DOMAINS,
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
    domains
        Tables wanted; "HCG" instead of "LB" leaves the ten safety tests (four tenths of all rows) out of LB.

    Returns
    -------
    dict of pandas.DataFrame
        The tables wanted; "truth/patients" (one row a patient) and "truth/rates". Text columns hold str or None,
        numbers are int64 or float64.

    Raises
    ------
    ValueError
        When neither or both of `patients` and `sizes` are given, when a cohort or table is unknown, or nobody is
        included.

    Examples
    --------
    >>> tables = platform(7, sizes={"TET": 22})
    >>> len(tables["DM"]), tables["TR"]["TRTESTCD"].unique().tolist()
    (22, ['LDIAM', 'TUMSTATE', 'SAXIS'])
    """
    wanted = _sizes(patients, sizes, cohorts)
    if unknown := set(domains) - {*DOMAINS, "HCG"}:
        raise ValueError(f"unknown tables {sorted(unknown)}; the tables are {', '.join(DOMAINS)}")
    last = days.number(cutoff.isoformat())
    parts = [_cohort(cohorts[code], size, seed, last, observation, domains) for code, size in wanted.items()]
    made: Tables = {}
    for name in (*DOMAINS, "truth/patients"):
        frames = [part.pop(name) for part in parts if name in part]
        if frames:
            made[name] = pd.concat(frames, ignore_index=True)
        elif name in domains:
            made[name] = none()[name]  # a platform without imaging
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
    cohort: Cohort, size: int, seed: int, cutoff: int, observation: Observation, domains: Collection[str]
) -> Tables:
    """Simulate one cohort."""
    people = accrue(cohort, size, seed, observation)
    assays = hcg.assay(people, seed, observation) if cohort.code == "GTT" else None
    if assays is not None:
        course = hcg.follow_hcg(people, assays, seed)
        until, images = horizon(people, course, seed, cutoff), Tables()
    else:
        course, until, images = _imaged(people, seed, cutoff, observation, domains)
    plan = cycles(people, course, seed)
    normal = np.full(size, days.NEVER) if assays is None else assays.normal
    known = _Known(people, course, plan, seed, until, observation)
    return images | _laboratory(known, assays, domains) | _everyone(known, domains) | {
        "truth/patients": truth.of_patients(people, normal, course, seed),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """One cohort played to its end, and what is known of it."""

    people: Patients
    course: Course
    plan: Cycles
    seed: int
    until: days.Days
    observation: Observation


def _imaged(
    people: Patients, seed: int, cutoff: int, observation: Observation, domains: Collection[str]
) -> tuple[Course, days.Days, Tables]:
    """Play a cohort that is followed by imaging."""
    scans = schedule(people, seed, observation)
    lesions = observe(people, scans, seed, observation)
    reading = read(lesions, scans)
    course = follow(people, scans, investigate(reading, people, seed, observation), seed)
    until = horizon(people, course, seed, cutoff)
    return course, until, tumours(people, scans, lesions, reading, course, seed, until, domains)


def _laboratory(known: _Known, assays: hcg.Assays | None, domains: Collection[str]) -> Tables:
    """Write LB: safety tests, hCG, or both; "LB" asks for both, "HCG" for hCG alone."""
    parts = []
    if "LB" in domains:
        parts.append(laboratory(known.people, known.course, known.plan, known.seed, known.until))
    if assays is not None and {"LB", "HCG"} & set(domains):
        parts.append(hcg.hcg_table(known.people, assays, known.course, known.seed, known.until, known.observation))
    return {"LB": _merged(parts)} if parts else {}


def _everyone(known: _Known, domains: Collection[str]) -> Tables:
    """Write the tables that every cohort has."""
    people, course, plan, seed, until = known.people, known.course, known.plan, known.seed, known.until
    partial = stream(seed, people.cohort.number, "flaws").random(people.size) < known.observation.partial_death
    doses = exposure(people, course, plan, seed, until)
    writers: dict[str, Callable[[], pd.DataFrame]] = {
        "DM": lambda: background.demographics(people, plan, doses, seed, until, partial),
        "DS": lambda: background.disposition(people, course, seed, until, partial, known.observation),
        "EX": lambda: doses, "AE": lambda: adverse_events(people, course, seed, until, known.observation),
        "CM": lambda: treatments.therapies(people, course, seed, until),
        "PR": lambda: treatments.procedures(people, seed, until),
        "SC": lambda: baseline.characteristics(people, seed, until),
        "MH": lambda: baseline.history(people, seed, until),
    }  # fmt: skip
    return {name: write() for name, write in writers.items() if name in domains}


def _merged(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the laboratory tables of one cohort together, numbered by patient and day."""
    if len(parts) == 1:
        return parts[0]
    both = pd.concat(parts, ignore_index=True)
    place = pd.factorize(both["USUBJID"])[0]
    both = both.iloc[np.lexsort([both["LBDTC"].to_numpy(dtype=str), place])].reset_index(drop=True)
    return both.assign(LBSEQ=both.groupby("USUBJID", sort=False).cumcount() + 1)
