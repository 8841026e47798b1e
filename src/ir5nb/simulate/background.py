"""Who the patients are: DM, disposition (DS), baseline facts (SC), history (MH), other treatments (CM, PR)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ir5nb.simulate.course import Course
from ir5nb.simulate.days import NEVER, Days, Flags, iso
from ir5nb.simulate.exposure import Cycles
from ir5nb.simulate.observation import Observation
from ir5nb.simulate.patients import SITE_CODES, Patients
from ir5nb.simulate.records import blanked, level, table
from ir5nb.simulate.streams import stream

STUDY = "IMMUNORARE5"


def demographics(
    patients: Patients, plan: Cycles, doses: pd.DataFrame, seed: int, until: Days, partial: Flags
) -> pd.DataFrame:
    """Write DM.

    Source: SDTMIG 3.4; RFSTDTC is the inclusion, RFXSTDTC and RFXENDTC are first and last exposure.

    Parameters
    ----------
    patients
        The cohort.
    plan, doses
        The cycles, and EX as far as known (in order of start).
    seed
        Seed of the platform.
    until
        Last day known of each patient.
    partial
        Deaths of which only the month is recorded.

    Returns
    -------
    pandas.DataFrame
        One row a patient.
    """
    rng, n, cohort = stream(seed, patients.cohort.number, "baseline"), patients.size, patients.cohort
    age = np.clip(np.rint(rng.normal(*cohort.age, n)), 18, 88).astype(np.int64)
    female = rng.random(n) < cohort.female
    death = np.where(patients.death <= until, patients.death, NEVER)
    first_dose = np.where(plan.given & (plan.day <= until[:, None]), plan.day, NEVER).min(axis=1)
    final = doses.drop_duplicates("USUBJID", keep="last").set_index("USUBJID")["EXENDTC"].reindex(patients.ids)
    last_dose = blanked(final.to_numpy(dtype=object), first_dose >= NEVER)
    return table("DM", patients.ids, np.arange(n), {
        "STUDYID": STUDY, "SITEID": level(patients.site, *SITE_CODES), "AGE": age, "AGEU": "YEARS",
        "SEX": level(female, "M", "F"), "RFICDTC": iso(patients.consent), "RFSTDTC": iso(patients.inclusion),
        "RFXSTDTC": iso(first_dose), "RFXENDTC": last_dose, "DTHDTC": iso(death, partial),
        "DTHFL": level(death < NEVER, None, "Y"), "ARMCD": cohort.code, "ARM": cohort.arm,
        "ACTARMCD": level(first_dose < NEVER, "NOTTRT", cohort.code),
    }, order=[np.arange(n)], keep=patients.inclusion <= until).drop(columns="DMSEQ")  # fmt: skip


def disposition(
    patients: Patients, course: Course, seed: int, until: Days, partial: Flags, observation: Observation
) -> pd.DataFrame:
    """Write DS: consent, inclusion, end of study treatment with its reason, last contact.

    Source: spec/data.md (inclusion is DSDECOD ENROLLED).

    Parameters
    ----------
    patients, course
        The cohort and its course.
    seed
        Seed of the platform.
    until
        Last day known of each patient; the last contact, for the dead the day before the death.
    partial
        Deaths of which only the month is recorded.
    observation
        What goes wrong; only `stale_contact` counts here.

    Returns
    -------
    pandas.DataFrame
        DS.
    """
    n, rng = patients.size, stream(seed, patients.cohort.number, "dates")
    stale = np.where(rng.random(n) < observation.stale_contact, rng.integers(70, 120, n), 0)
    contact = np.maximum(np.minimum(until, patients.death - 1) - stale, patients.inclusion)
    patient, kind = np.tile(np.arange(n), 4), np.repeat(np.arange(4), n)
    day = np.concatenate([patients.consent, patients.inclusion, course.end, contact])
    fixed = [np.full(n, name, dtype=object) for name in ("INFORMED CONSENT OBTAINED", "ENROLLED", "LAST CONTACT")]
    term = np.concatenate([*fixed[:2], course.reason, fixed[2]])
    never = (kind == 2) & ~patients.treated[patient]
    month_only = (kind == 2) & (course.end == patients.death)[patient] & partial[patient]
    keep = (day <= until[patient]) & (patients.inclusion <= until)[patient]
    return table("DS", patients.ids, patient, {
        "DSCAT": level(kind, "PROTOCOL MILESTONE", "PROTOCOL MILESTONE", "DISPOSITION EVENT", "OTHER EVENT"),
        "DSSCAT": level(kind, None, None, "STUDY TREATMENT", None),
        "DSTERM": np.where(never, "NEVER TREATED: " + term, term), "DSDECOD": term, "DSSTDTC": iso(day, month_only),
    }, order=[day, kind], keep=keep)  # fmt: skip
