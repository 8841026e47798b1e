"""What is known of the patients at inclusion: characteristics (SC) and medical history (MH)."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ir5nb.simulate.days import Days, iso
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.records import level, table
from ir5nb.simulate.streams import stream

_HISTORY: Final = (
    "HYPERTENSION",
    "TYPE 2 DIABETES MELLITUS",
    "HYPOTHYROIDISM",
    "ATRIAL FIBRILLATION",
    "ASTHMA",
    "DEPRESSION",
)


def characteristics(patients: Patients, seed: int, until: Days) -> pd.DataFrame:
    """Write SC: histology, ECOG, prior lines, and the FIGO score of trophoblastic tumours.

    Source: R2 (histological subtypes are a subgroup column); test codes HISTTYPE ECOG PRIORLN FIGOSCO.

    Parameters
    ----------
    patients
        The cohort.
    seed
        Seed of the platform.
    until
        Last day known of each patient; patients not yet included have no record.

    Returns
    -------
    pandas.DataFrame
        SC, one row a patient and test.
    """
    rng, n, cohort = stream(seed, patients.cohort.number, "history"), patients.size, patients.cohort
    names, shares = zip(*cohort.subtypes, strict=True)
    histology = level(rng.choice(len(names), n, p=np.array(shares)), *names)
    ecog = level(rng.choice(3, n, p=(0.42, 0.5, 0.08)), "0", "1", "2")
    lines = level(rng.choice(3, n, p=(0.5, 0.32, 0.18)), "1", "2", "3")
    figo = np.array([str(k) for k in range(20)], dtype=object)[rng.integers(4, 15, n)]
    facts = [("HISTTYPE", histology), ("ECOG", ecog), ("PRIORLN", lines)]
    facts += [("FIGOSCO", figo)] if cohort.code == "GTT" else []
    patient = np.tile(np.arange(n), len(facts))
    kind = np.repeat(np.arange(len(facts)), n)
    return table("SC", patients.ids, patient, {
        "SCTESTCD": level(kind, *(fact[0] for fact in facts)), "SCSTRESC": np.concatenate([fact[1] for fact in facts]),
        "SCDTC": iso(patients.consent[patient]),
    }, order=[kind], keep=(patients.inclusion <= until)[patient])  # fmt: skip


def history(patients: Patients, seed: int, until: Days) -> pd.DataFrame:
    """Write MH: diagnosis of the cancer and up to two other conditions.

    Source: SDTMIG 3.4, MH.

    Parameters
    ----------
    patients
        The cohort.
    seed
        Seed of the platform.
    until
        Last day known of each patient; patients not yet included have no record.

    Returns
    -------
    pandas.DataFrame
        MH.
    """
    rng, n = stream(seed, patients.cohort.number, "conditions"), patients.size
    since = patients.consent - rng.integers(90, 2500, n)
    other = rng.random((n, len(_HISTORY))) < 0.13
    patient, which = np.nonzero(other)
    who = np.concatenate([np.arange(n), patient])
    term = np.concatenate(
        [np.full(n, patients.cohort.arm.split(": ")[1].upper(), dtype=object), level(which, *_HISTORY)]
    )
    start = np.concatenate([iso(since, np.full(n, True)), np.full(len(patient), None)])
    category = level(np.repeat([0, 1], [n, len(patient)]), "PRIMARY DIAGNOSIS", "GENERAL")
    return table("MH", patients.ids, who, {
        "MHCAT": category, "MHTERM": term, "MHSTDTC": start,
    }, order=[np.repeat([0, 1], [n, len(patient)])], keep=(patients.inclusion <= until)[who])  # fmt: skip
