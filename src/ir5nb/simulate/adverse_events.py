"""AE: what is reported, with grade, relatedness by drug, seriousness and categories of special interest."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ir5nb.simulate.course import Course
from ir5nb.simulate.days import NEVER, iso
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.records import known, level, table
from ir5nb.simulate.streams import stream

# Preferred term, system organ class, weight with the doublet, weight with FOLFOX-4, severity (0 mild, 1 medium, 2 severe),
# category of special interest or None. Names are MedDRA's.
_GI, _SKIN, _GEN = (
    "Gastrointestinal disorders",
    "Skin and subcutaneous tissue disorders",
    "General disorders and administration site conditions",
)
_INV, _BLOOD, _ENDO = "Investigations", "Blood and lymphatic system disorders", "Endocrine disorders"
_RESP, _MUSC, _NERV = (
    "Respiratory, thoracic and mediastinal disorders",
    "Musculoskeletal and connective tissue disorders",
    "Nervous system disorders",
)
_HEP, _CARD, _INF, _META = (
    "Hepatobiliary disorders",
    "Cardiac disorders",
    "Infections and infestations",
    "Metabolism and nutrition disorders",
)
_RENAL, _INJ, _VASC = (
    "Renal and urinary disorders",
    "Injury, poisoning and procedural complications",
    "Vascular disorders",
)
TERMS: Final = (
    ("Fatigue", _GEN, 14, 14, 0, None), ("Pyrexia", _GEN, 4, 4, 0, None), ("Asthenia", _GEN, 6, 8, 0, None),
    ("Oedema peripheral", _GEN, 3, 2, 0, None), ("Nausea", _GI, 6, 14, 0, None), ("Vomiting", _GI, 3, 8, 0, None),
    ("Diarrhoea", _GI, 8, 10, 0, None), ("Constipation", _GI, 5, 5, 0, None), ("Abdominal pain", _GI, 5, 5, 1, None),
    ("Stomatitis", _GI, 1, 6, 0, None), ("Pruritus", _SKIN, 8, 4, 0, None), ("Rash", _SKIN, 6, 3, 0, "SKIN"),
    ("Rash maculo-papular", _SKIN, 3, 2, 1, "SKIN"), ("Vitiligo", _SKIN, 0.6, 0.3, 0, "SKIN"),
    ("Arthralgia", _MUSC, 6, 3, 0, None), ("Myalgia", _MUSC, 3, 2, 0, None), ("Back pain", _MUSC, 4, 3, 0, None),
    ("Cough", _RESP, 5, 2, 0, None), ("Dyspnoea", _RESP, 5, 3, 1, None), ("Headache", _NERV, 3, 2, 0, None),
    ("Peripheral sensory neuropathy", _NERV, 0.5, 12, 0, None), ("Decreased appetite", _META, 5, 6, 0, None),
    ("Hyponatraemia", _META, 2, 2, 1, None), ("Anaemia", _BLOOD, 5, 8, 1, None), ("Neutropenia", _BLOOD, 0.4, 9, 2, None),
    ("Thrombocytopenia", _BLOOD, 0.4, 5, 1, None), ("Alanine aminotransferase increased", _INV, 4, 4, 1, None),
    ("Aspartate aminotransferase increased", _INV, 4, 4, 1, None), ("Lipase increased", _INV, 3, 2, 2, None),
    ("Blood creatinine increased", _INV, 2, 1, 0, None), ("Hypothyroidism", _ENDO, 5, 3, 0, "ENDOCRINE"),
    ("Hyperthyroidism", _ENDO, 3, 2, 0, "ENDOCRINE"), ("Adrenal insufficiency", _ENDO, 0.7, 0.5, 1, "ENDOCRINE"),
    ("Hypophysitis", _ENDO, 0.3, 0.2, 1, "ENDOCRINE"), ("Pneumonitis", _RESP, 1.5, 1, 2, "PNEUMONITIS"),
    ("Immune-mediated enterocolitis", _GI, 1.2, 0.8, 2, "COLITIS"),
    ("Immune-mediated hepatitis", _HEP, 1.2, 0.8, 2, "HEPATITIS"), ("Nephritis", _RENAL, 0.4, 0.3, 2, "NEPHRITIS"),
    ("Myocarditis", _CARD, 0.4, 0.1, 2, "MYOCARDITIS/MYOSITIS/MYASTHENIA"),
    ("Myositis", _MUSC, 0.5, 0.2, 2, "MYOCARDITIS/MYOSITIS/MYASTHENIA"),
    ("Myasthenia gravis", _NERV, 0.3, 0.1, 2, "MYOCARDITIS/MYOSITIS/MYASTHENIA"),
    ("Infusion related reaction", _INJ, 2.5, 3, 0, "INFUSION REACTION"), ("Pneumonia", _INF, 2, 2, 2, None),
    ("Urinary tract infection", _INF, 2.5, 2, 0, None), ("Pulmonary embolism", _VASC, 0.8, 1, 2, None),
)  # fmt: skip
_GRADES: Final = np.array([[0.62, 0.33, 0.05, 0.0, 0.0], [0.38, 0.42, 0.18, 0.02, 0.0], [0.10, 0.38, 0.40, 0.10, 0.02]])
_PER_MONTH = 0.85  # events reported a patient and month on treatment
_UNGRADED, _SLIP, _AGAIN, _PARTIAL = 0.012, 0.006, 0.12, 0.025
_WINDOW = 152  # about five months after the end of treatment


def adverse_events(patients: Patients, course: Course, seed: int, cutoff: int) -> pd.DataFrame:
    """Write AE up to the data cut.

    Source: S6; spec/data.md (events without a grade, recurrent, partial onset, late near the five-month limit).

    Parameters
    ----------
    patients, course
        The cohort and its course.
    seed
        Seed of the platform.
    cutoff
        Day of the data cut.

    Returns
    -------
    pandas.DataFrame
        AE. AEREL is Y when the event is related to any drug; AERELDOM, AERELZIM, AERELFOL by drug (None: not given).
    """
    rng = stream(seed, patients.cohort.number, "adverse events")
    patient, onset, term = _occur(patients, course, rng)
    m = len(patient)
    catalogue = np.array([entry[4] for entry in TERMS])
    grade = 1 + (rng.random(m)[:, None] > _GRADES[catalogue[term]].cumsum(axis=1)[:, :4]).sum(axis=1)
    fatal = (grade == 5) & (onset < course.seen[patient] - 3) & (patients.death[patient] < onset + 60)
    grade = np.where((grade == 5) & ~fatal, 4, grade)
    length = np.ceil(rng.gamma(1.2, 18.0, m) * (1 + grade / 3)).astype(np.int64)
    lasting = rng.random(m) < np.where(catalogue[term] == 0, 0.12, 0.05)
    gone = patients.death[patient]
    end = np.where(fatal, gone, np.where(lasting, NEVER, onset + length))
    end = np.where((end > course.seen[patient]) & ~fatal, NEVER, end)
    keep = (onset <= cutoff) & (onset < course.seen[patient])
    return _write(patients, course, rng, cutoff, patient, onset, end, term, grade, fatal, keep)


def _occur(
    patients: Patients, course: Course, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Draw who has which event when: on treatment, rarer after it, some again, a few beside the five-month limit."""
    n = patients.size
    on = np.clip(np.minimum(course.end, course.seen) - patients.inclusion, 1, 730)
    count = np.where(patients.treated, rng.poisson(_PER_MONTH * np.minimum(on, 300) / 30.44 + 0.8), 0)
    after = np.where(patients.treated, rng.poisson(0.5, n), 0)
    edge = np.where(patients.treated & (rng.random(n) < 0.08), 1, 0)
    patient = np.repeat(np.tile(np.arange(n), 3), np.concatenate([count, after, edge]))
    when = np.repeat(np.arange(3), [count.sum(), after.sum(), edge.sum()])
    u = rng.random(len(patient))
    on_day = patients.inclusion[patient] + np.floor(on[patient] * u**1.4)
    post = course.end[patient] + np.ceil(u * 120)
    limit = course.end[patient] + _WINDOW + np.rint(8 * (u - 0.5))
    onset = np.choose(when, [on_day, post, limit]).astype(np.int64)
    weight = np.array([entry[3 if "OXALIPLATIN" in patients.cohort.drugs else 2] for entry in TERMS], dtype=np.float64)
    term = rng.choice(len(TERMS), size=len(patient), p=weight / weight.sum())
    again = rng.random(len(patient)) < _AGAIN
    later = onset[again] + rng.integers(20, 90, int(again.sum()))
    return (
        np.concatenate([patient, patient[again]]),
        np.concatenate([onset, later]),
        np.concatenate([term, term[again]]),
    )


def _write(
    patients: Patients, course: Course, rng: np.random.Generator, cutoff: int, patient: NDArray[np.int64],
    onset: NDArray[np.int64], end: NDArray[np.int64], term: NDArray[np.int64], grade: NDArray[np.int64],
    fatal: NDArray[np.bool_], keep: NDArray[np.bool_],
) -> pd.DataFrame:  # fmt: skip
    """Fill the columns of AE."""
    m, folfox = len(patient), "OXALIPLATIN" in patients.cohort.drugs
    special = np.array([entry[5] is not None for entry in TERMS])[term]
    before = onset < patients.start[patient]
    related = {name: (rng.random(m) < np.where(special, 0.9, p)) & ~before for name, p in (("DOM", 0.35), ("ZIM", 0.4))}
    related["FOL"] = (rng.random(m) < 0.5) & ~special & ~before
    hospital = (
        (grade == 3) & (rng.random(m) < 0.45) | (grade == 4) & (rng.random(m) < 0.8) | fatal & (rng.random(m) < 0.7)
    )
    threat = (grade == 4) & (rng.random(m) < 0.8)
    disabling = (grade >= 3) & (rng.random(m) < 0.03)
    medical = (grade == 3) & ~hospital & (rng.random(m) < 0.1)
    serious = hospital | threat | disabling | medical | fatal
    slip = serious & (rng.random(m) < _SLIP)
    ungraded = (rng.random(m) < _UNGRADED) & ~serious
    closed = end <= cutoff
    outcome = np.where(fatal & (end <= cutoff), 3, np.where(closed, 0, np.where(rng.random(m) < 0.3, 1, 2)))
    outcome = np.where(closed & ~fatal & (rng.random(m) < 0.03), 4, outcome)
    action = np.where((grade >= 3) & (rng.random(m) < 0.45), 1, 0)
    action = np.where(
        (onset == patients.toxicity[patient]) | fatal, 2, np.where(onset >= course.end[patient], 3, action)
    )
    text = np.where(rng.random(m) < _PARTIAL, iso(onset, 7), iso(onset))
    fatal_known = fatal & (patients.death[patient] <= cutoff)
    category = np.array([entry[5] for entry in TERMS], dtype=object)[term]
    flagged = np.where(rng.random(m) < 0.03, None, category)
    any_related = related["DOM"] | related["ZIM"] | (related["FOL"] & folfox)
    yes = lambda flag: level(flag.astype(np.int64), "N", "Y")  # noqa: E731
    return table("AE", patients.ids, patient, {
        "AETERM": level(term, *(entry[0].upper() for entry in TERMS)), "AEDECOD": level(term, *(entry[0] for entry in TERMS)),
        "AEBODSYS": level(term, *(entry[1] for entry in TERMS)),
        "AETOXGR": np.where(ungraded, None, level(np.where(fatal & ~fatal_known, 3, grade - 1), "1", "2", "3", "4", "5")),
        "AESER": yes(serious & ~slip), "AESDTH": yes(fatal_known), "AESLIFE": yes(threat), "AESHOSP": yes(hospital),
        "AESDISAB": yes(disabling), "AESCONG": yes(np.zeros(m, dtype=bool)), "AESMIE": yes(medical),
        "AEREL": yes(any_related), "AERELDOM": yes(related["DOM"]), "AERELZIM": yes(related["ZIM"]),
        "AERELFOL": yes(related["FOL"]) if folfox else np.full(m, None, dtype=object),
        "AEACN": level(action, "DOSE NOT CHANGED", "DRUG INTERRUPTED", "DRUG WITHDRAWN", "NOT APPLICABLE"),
        "AEOUT": level(outcome, "RECOVERED/RESOLVED", "RECOVERING/RESOLVING", "NOT RECOVERED/NOT RESOLVED", "FATAL",
                       "RECOVERED/RESOLVED WITH SEQUELAE"),
        "AESI": flagged, "AESTDTC": text, "AEENDTC": known(end, cutoff),
        "AESPID": np.array([f"E{k:02d}" for k in range(1, m + 1)], dtype=object) if m < 1 else _sponsor_ids(patient, onset),
    }, order=[onset, term], keep=keep)  # fmt: skip


def _sponsor_ids(patient: NDArray[np.int64], onset: NDArray[np.int64]) -> NDArray[np.object_]:
    """Number the events of a patient as the CRF would: E01, E02 … in order of onset."""
    order = np.lexsort((onset, patient))
    starts = np.flatnonzero(np.diff(patient[order], prepend=-1))
    rank = np.empty(len(patient), dtype=np.int64)
    rank[order] = np.arange(len(patient)) - np.repeat(starts, np.diff(starts, append=len(patient)))
    return level(rank, *(f"E{k:02d}" for k in range(1, 2 + int(rank.max(initial=0)))))
