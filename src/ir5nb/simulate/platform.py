"""The whole platform: every cohort's tables side by side, and the truth behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.simulate import background, days, hcg, tumours
from ir5nb.simulate.adverse_events import adverse_events
from ir5nb.simulate.cohorts import COHORTS, Cohort
from ir5nb.simulate.course import follow, investigate
from ir5nb.simulate.exposure import cycles, exposure
from ir5nb.simulate.imaging import schedule
from ir5nb.simulate.laboratory import laboratory
from ir5nb.simulate.lesions import observe
from ir5nb.simulate.patients import Patients, accrue
from ir5nb.simulate.reading import read

CUTOFF: Final = dt.date(2026, 6, 30)
DOMAINS: Final = ("DM", "DS", "EX", "TU", "TR", "RS", "LB", "AE", "CM", "PR", "SC", "MH")


def apportion(patients: int) -> dict[str, int]:
    """Share patients out over the cohorts in proportion to their planned sizes (largest remainder).

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
) -> dict[str, pd.DataFrame]:
    """Simulate the platform: SDTM tables as they stood at the data cut, and the truth.

    Source: spec/data.md, "Demo data". Every cohort and kind of process has its own random stream, so that a cohort's
    patients do not depend on the other cohorts' sizes.

    Parameters
    ----------
    seed
        Any whole number from 0.
    patients
        Patients included over all cohorts, shared out by planned size; or else `sizes`.
    sizes
        Patients included in each cohort (one in 21 never starts treatment). A cohort left out has none.
    cutoff
        Day of the data cut; nothing later is known.
    cohorts
        The models; other truths may be given.

    Returns
    -------
    dict of pandas.DataFrame
        DM DS EX TU TR RS LB AE CM PR SC MH; "truth/patients" (one row a patient: true days of events, `NEVER` is blank)
        and "truth/rates" (true rates of each cohort).

    Raises
    ------
    ValueError
        When neither or both of `patients` and `sizes` are given, or a cohort is unknown.

    Examples
    --------
    >>> tables = platform(7, sizes={"TET": 22})
    >>> len(tables["DM"])
    22
    """
    if (patients is None) == (sizes is None):
        raise ValueError("give either `patients` (in all) or `sizes` (by cohort)")
    wanted = apportion(patients) if patients is not None else dict(sizes or {})
    if unknown := set(wanted) - set(cohorts):
        raise ValueError(f"unknown cohorts {sorted(unknown)}; the cohorts are {', '.join(cohorts)}")
    last = days.number(cutoff.isoformat())
    parts = [_cohort(cohorts[code], size, seed, last) for code, size in wanted.items() if size]
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: pd.concat([part[name] for part in parts if name in part], ignore_index=True) for name in names}


def _cohort(cohort: Cohort, size: int, seed: int, cutoff: int) -> dict[str, pd.DataFrame]:
    """Simulate one cohort."""
    people = accrue(cohort, size, seed)
    if cohort.code == "GTT":
        assays = hcg.assay(people, seed)
        course = hcg.follow_hcg(people, assays, seed)
        images: dict[str, pd.DataFrame] = {}
        normal = assays.normal
    else:
        scans = schedule(people, seed)
        lesions = observe(people, scans, seed)
        reading = read(lesions, scans)
        course = follow(people, scans, investigate(reading, people, seed), seed)
        images = tumours.tumours(people, scans, lesions, reading, course, seed, cutoff)
        normal = np.full(size, days.NEVER)
    plan = cycles(people, course, seed)
    last_dose = np.where(plan.given & (plan.day <= cutoff), plan.day, 0).max(axis=1)
    last_dose = np.where(last_dose > 0, last_dose, days.NEVER)
    contact = background.last_contact(people, course, seed, cutoff)
    lab = [laboratory(people, course, plan, seed, cutoff)]
    lab += [hcg.hcg_table(people, assays, course, seed, cutoff)] if cohort.code == "GTT" else []
    return {
        "DM": background.demographics(people, course, last_dose, seed, cutoff),
        "DS": background.disposition(people, course, contact, cutoff),
        "EX": exposure(people, course, plan, seed, cutoff), **images, "LB": _merged(lab),
        "AE": adverse_events(people, course, seed, cutoff), "CM": background.therapies(people, course, seed, cutoff),
        "PR": background.procedures(people, course, seed, cutoff),
        "SC": background.characteristics(people, seed, cutoff), "MH": background.history(people, seed, cutoff),
        "truth/patients": _truth(people, normal),
    }  # fmt: skip


def _merged(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the laboratory tables of one cohort together, numbered by patient and day."""
    if len(parts) == 1:
        return parts[0]
    table = pd.concat(parts, ignore_index=True)
    place = table["USUBJID"].str[-4:] + table["LBDTC"]
    table = table.loc[place.sort_values(kind="stable").index].reset_index(drop=True)
    return table.assign(LBSEQ=table.groupby("USUBJID").cumcount() + 1)


def _truth(people: Patients, normal: days.Days) -> pd.DataFrame:
    """One row a patient: the true days, known or not at the data cut."""
    columns = {"progression": people.progression, "clinical": people.clinical, "death": people.death, "lost": people.lost,
               "toxicity": people.toxicity, "normalisation": normal}  # fmt: skip
    return pd.DataFrame({
        "USUBJID": people.ids, "COHORT": people.cohort.code, "inclusion": days.iso(people.inclusion),
        "start": days.iso(people.start), **{name: days.iso(value) for name, value in columns.items()},
        "best_change": people.depth.round(4),
    })  # fmt: skip
