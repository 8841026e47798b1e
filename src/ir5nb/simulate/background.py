"""Who the patients are: DM, baseline facts (SC), history (MH), therapies before and after (CM, PR), disposition (DS)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ir5nb.simulate.course import Course
from ir5nb.simulate.days import NEVER, Days, iso
from ir5nb.simulate.patients import SITES, Patients
from ir5nb.simulate.records import known, level, table
from ir5nb.simulate.streams import stream

STUDY = "IMMUNORARE5"


def last_contact(patients: Patients, course: Course, seed: int, cutoff: int) -> Days:
    """Draw the last day each patient was known alive, as of the data cut.

    The lost are last seen on the day they are lost, the dead the day before, the others within the six weeks before the cut.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> from ir5nb.simulate.patients import accrue
    >>> people = accrue(COHORTS["TET"], 3, seed=1)
    """
    rng = stream(seed, patients.cohort.number, "dates")
    visit = np.maximum(cutoff - rng.integers(0, 43, patients.size), patients.inclusion)
    return np.minimum(
        np.minimum(visit, cutoff),
        np.minimum(course.seen, np.where(patients.death <= cutoff, patients.death - 1, NEVER)),
    )


def demographics(patients: Patients, course: Course, last_dose: Days, seed: int, cutoff: int) -> pd.DataFrame:
    """Write DM as of the data cut.

    Source: SDTMIG 3.4; RFSTDTC is the inclusion, RFXSTDTC and RFXENDTC first and last exposure.
    """
    rng, n, cohort = stream(seed, patients.cohort.number, "baseline"), patients.size, patients.cohort
    age = np.clip(np.rint(rng.normal(*cohort.age, n)), 18, 88).astype(np.int64)
    female = rng.random(n) < cohort.female
    dead = (patients.death <= cutoff) & (patients.death <= patients.lost)
    started = patients.start <= cutoff
    return table("DM", patients.ids, np.arange(n), {
        "STUDYID": STUDY, "SITEID": level(patients.site, *(f"{s:02d}" for s in range(SITES + 1))), "AGE": age,
        "AGEU": "YEARS", "SEX": level(female.astype(np.int64), "M", "F"), "RFICDTC": iso(patients.consent),
        "RFSTDTC": iso(patients.inclusion), "RFXSTDTC": known(patients.start, cutoff), "RFXENDTC": known(last_dose, cutoff),
        "DTHDTC": known(np.where(dead, patients.death, NEVER), cutoff), "DTHFL": level(dead.astype(np.int64), None, "Y"),
        "ARMCD": cohort.code, "ARM": cohort.arm,
        "ACTARMCD": level(started.astype(np.int64), "NOTTRT", cohort.code),
    }, order=[np.arange(n)], keep=patients.inclusion <= cutoff).drop(columns="DMSEQ")  # fmt: skip


def disposition(patients: Patients, course: Course, contact: Days, cutoff: int) -> pd.DataFrame:
    """Write DS as of the data cut: consent, inclusion, end of study treatment with its reason, last contact."""
    n, ended = patients.size, (course.end <= cutoff)
    untreated = ~patients.treated
    patient = np.tile(np.arange(n), 4)
    kind = np.repeat(np.arange(4), n)
    day = np.concatenate([patients.consent, patients.inclusion, course.end, contact])
    term = np.concatenate([
        np.full(n, "INFORMED CONSENT OBTAINED", dtype=object), np.full(n, "ENROLLED", dtype=object), course.reason,
        np.full(n, "LAST CONTACT", dtype=object),
    ])  # fmt: skip
    keep = np.concatenate([np.full(n, True), np.full(n, True), ended, np.full(n, True)])
    keep &= (patients.inclusion <= cutoff)[patient]
    text = np.where((kind == 2) & untreated[patient], "NEVER TREATED: " + term, term)
    return table("DS", patients.ids, patient, {
        "DSCAT": level(kind, "PROTOCOL MILESTONE", "PROTOCOL MILESTONE", "DISPOSITION EVENT", "OTHER EVENT"),
        "DSSCAT": level(kind, None, None, "STUDY TREATMENT", None), "DSTERM": text, "DSDECOD": term,
        "DSSTDTC": iso(day),
    }, order=[day, kind], keep=keep)  # fmt: skip


def characteristics(patients: Patients, seed: int, cutoff: int) -> pd.DataFrame:
    """Write SC: histology, ECOG, prior lines, and the FIGO score of trophoblastic tumours."""
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
    }, order=[kind], keep=(patients.inclusion <= cutoff)[patient])  # fmt: skip


_NEXT = {
    "PM": ("GEMCITABINE", "VINORELBINE", "PEMETREXED"), "GTT": ("METHOTREXATE", "DACTINOMYCIN", "EMA-CO"),
    "TET": ("SUNITINIB", "LENVATINIB", "GEMCITABINE"), "ATC": ("LENVATINIB", "DABRAFENIB AND TRAMETINIB", "PACLITAXEL"),
    "NET": ("EVEROLIMUS", "LUTETIUM (177LU) OXODOTREOTIDE", "CAPECITABINE AND TEMOZOLOMIDE"),
}  # fmt: skip
_BEFORE = {
    "PM": "CISPLATIN AND PEMETREXED", "GTT": "METHOTREXATE", "TET": "CARBOPLATIN AND PACLITAXEL", "ATC": "PACLITAXEL",
    "NET": "OCTREOTIDE",
}  # fmt: skip


def therapies(patients: Patients, course: Course, seed: int, cutoff: int) -> pd.DataFrame:
    """Write CM: the prior line, medication on study, and subsequent anticancer therapy with its indication.

    Source: S3, A6, A8 (CMINDC says why the therapy was started).
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
        [np.full(n, None), np.full(n, "IMMUNE-MEDIATED ADVERSE EVENT", dtype=object), course.indication]
    )
    keep = np.concatenate([np.full(n, True), steroid, np.full(n, True)]) & (start <= cutoff)
    keep &= (patients.inclusion <= cutoff)[patient]
    text = np.where(kind == 0, iso(start, 7), iso(start))
    return table("CM", patients.ids, patient, {
        "CMCAT": level(kind, "PRIOR ANTICANCER THERAPY", "CONCOMITANT MEDICATION", "SUBSEQUENT ANTICANCER THERAPY"),
        "CMTRT": treatment, "CMINDC": reason, "CMSTDTC": text,
    }, order=[start, kind], keep=keep)  # fmt: skip


def procedures(patients: Patients, course: Course, seed: int, cutoff: int) -> pd.DataFrame:
    """Write PR: earlier surgery, and hysterectomy on study in some trophoblastic tumours."""
    rng, n, gtt = stream(seed, patients.cohort.number, "history"), patients.size, patients.cohort.code == "GTT"
    surgery = patients.consent - rng.integers(60, 1500, n)
    uterus = patients.start + rng.integers(50, 120, n)
    removed = (rng.random(n) < 0.15) & gtt & patients.treated & (uterus < np.minimum(course.seen, cutoff))
    patient = np.tile(np.arange(n), 2)
    day = np.concatenate([surgery, uterus])
    keep = np.concatenate([(rng.random(n) < 0.4) & (patients.inclusion <= cutoff), removed])
    kind = np.repeat(np.arange(2), n)
    return table("PR", patients.ids, patient, {
        "PRCAT": level(kind, "PRIOR SURGERY", "ON-STUDY SURGERY"),
        "PRTRT": level(kind, "UTERINE CURETTAGE" if gtt else "TUMOUR RESECTION", "HYSTERECTOMY"),
        "PRSTDTC": iso(day),
    }, order=[day], keep=keep)  # fmt: skip


_HISTORY = ("HYPERTENSION", "TYPE 2 DIABETES MELLITUS", "HYPOTHYROIDISM", "ATRIAL FIBRILLATION", "ASTHMA", "DEPRESSION")


def history(patients: Patients, seed: int, cutoff: int) -> pd.DataFrame:
    """Write MH: diagnosis of the cancer and up to two other conditions."""
    rng, n = stream(seed, patients.cohort.number, "history"), patients.size
    since = patients.consent - rng.integers(90, 2500, n)
    other = rng.random((n, len(_HISTORY))) < 0.13
    patient, which = np.nonzero(other)
    who = np.concatenate([np.arange(n), patient])
    term = np.concatenate(
        [np.full(n, patients.cohort.arm.split(": ")[1].upper(), dtype=object), level(which, *_HISTORY)]
    )
    start = np.concatenate([iso(since, 7), np.full(len(patient), None)])
    category = level(np.repeat([0, 1], [n, len(patient)]), "PRIMARY DIAGNOSIS", "GENERAL")
    return table("MH", patients.ids, who, {
        "MHCAT": category, "MHTERM": term, "MHSTDTC": start,
    }, order=[np.repeat([0, 1], [n, len(patient)])], keep=(patients.inclusion <= cutoff)[who])  # fmt: skip
