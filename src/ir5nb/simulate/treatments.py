"""Other treatments: medication and anticancer therapy before and after (CM), procedures (PR)."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ir5nb.simulate.course import Course
from ir5nb.simulate.days import NEVER, Days, iso
from ir5nb.simulate.hcg import hysterectomy
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.records import level, table
from ir5nb.simulate.streams import stream

_NEXT: Final = {
    "PM": ("GEMCITABINE", "VINORELBINE", "PEMETREXED"), "GTT": ("METHOTREXATE", "DACTINOMYCIN", "EMA-CO"),
    "TET": ("SUNITINIB", "LENVATINIB", "GEMCITABINE"), "ATC": ("LENVATINIB", "DABRAFENIB AND TRAMETINIB", "PACLITAXEL"),
    "NET": ("EVEROLIMUS", "LUTETIUM (177LU) OXODOTREOTIDE", "CAPECITABINE AND TEMOZOLOMIDE"),
}  # fmt: skip
_BEFORE: Final = {
    "PM": "CISPLATIN AND PEMETREXED", "GTT": "METHOTREXATE", "TET": "CARBOPLATIN AND PACLITAXEL", "ATC": "PACLITAXEL",
    "NET": "OCTREOTIDE",
}  # fmt: skip


def therapies(patients: Patients, course: Course, seed: int, until: Days) -> pd.DataFrame:
    """Write CM: the prior line, medication on study, and subsequent anticancer therapy with its indication.

    Source: S3, A6, A8 (CMINDC says why the therapy was started).

    Parameters
    ----------
    patients, course
        The cohort and its course.
    seed
        Seed of the platform.
    until
        Last day known of each patient; patients not yet included have no record.

    Returns
    -------
    pandas.DataFrame
        CM.
    """
    rng, n, code = stream(seed, patients.cohort.number, "therapies"), patients.size, patients.cohort.code
    steroid = (rng.random(n) < 0.2) & patients.treated
    given = np.minimum(patients.start + rng.integers(20, 160, n), NEVER)
    steroid &= given < np.minimum(course.end, course.seen)
    prior = patients.consent - rng.integers(40, 700, n)
    patient = np.tile(np.arange(n), 3)
    kind = np.repeat(np.arange(3), n)
    start = np.concatenate([prior, given, course.therapy])
    next_line = level(rng.integers(0, 3, n), *_NEXT[code])
    treatment = np.concatenate(
        [np.full(n, _BEFORE[code], dtype=object), np.full(n, "PREDNISOLONE", dtype=object), next_line]
    )
    reason = np.concatenate(
        [np.full(n, None, dtype=object), np.full(n, "IMMUNE-MEDIATED ADVERSE EVENT", dtype=object), course.indication]
    )
    keep = np.concatenate([np.full(n, True), steroid, np.full(n, True)]) & (start <= until[patient])
    keep &= (patients.inclusion <= until)[patient]
    return table("CM", patients.ids, patient, {
        "CMCAT": level(kind, "PRIOR ANTICANCER THERAPY", "CONCOMITANT MEDICATION", "SUBSEQUENT ANTICANCER THERAPY"),
        "CMTRT": treatment, "CMINDC": reason, "CMSTDTC": iso(start, kind == 0),
    }, order=[start, kind], keep=keep)  # fmt: skip


def procedures(patients: Patients, seed: int, until: Days) -> pd.DataFrame:
    """Write PR: earlier surgery, and hysterectomy on study in some trophoblastic tumours.

    Source: spec/endpoints.md, hCG (normalisation counts before a hysterectomy only).

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
        PR.
    """
    rng, n, gtt = stream(seed, patients.cohort.number, "surgery"), patients.size, patients.cohort.code == "GTT"
    surgery = patients.consent - rng.integers(60, 1500, n)
    uterus = hysterectomy(patients, seed)
    patient = np.tile(np.arange(n), 2)
    day = np.concatenate([surgery, uterus])
    keep = np.concatenate([(rng.random(n) < 0.4) & (patients.inclusion <= until), uterus <= until])
    kind = np.repeat(np.arange(2), n)
    return table("PR", patients.ids, patient, {
        "PRCAT": level(kind, "PRIOR SURGERY", "ON-STUDY SURGERY"),
        "PRTRT": level(kind, "UTERINE CURETTAGE" if gtt else "TUMOUR RESECTION", "HYSTERECTOMY"),
        "PRSTDTC": iso(day),
    }, order=[day], keep=keep)  # fmt: skip
