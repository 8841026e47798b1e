"""TU, TR and RS: the lesions found, what was measured, and what the readers concluded."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from ir5nb.simulate.course import Course
from ir5nb.simulate.days import Days, Flags, Reals, Texts, Wholes, iso
from ir5nb.simulate.imaging import Scans
from ir5nb.simulate.lesions import ABSENT, EQUIVOCAL, PRESENT, UNEQUIVOCAL, Lesions
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.reading import LEVELS, NE, NONE, PD, PR, SD, Codes, Reading
from ir5nb.simulate.records import blanked, by_visit, digits, level, table
from ir5nb.simulate.streams import stream

_INVESTIGATOR, _INDEPENDENT = "INVESTIGATOR", "INDEPENDENT ASSESSOR"
_TESTS = ("TRGRESP", "NTRGRESP", "NEWLPROG", "OVRLRESP", "OVRLRESP", "OVRLRESP", "SYMPTDTR")  # 4 and 5: reviewers
_CLINICAL = 6
REVIEWED = "TET"  # the cohort with an independent review, of every second patient


_COLUMNS = {
    "TU": "TULNKID TUTESTCD TUORRES TUSTRESC TULOC TUMETHOD TUEVAL VISITNUM VISIT TUDTC",
    "TR": "TRGRPID TRLNKID TRTESTCD TRSTRESC TRSTRESN TRSTRESU TRSTAT TREVAL VISITNUM VISIT TRDTC",
    "RS": "RSCAT RSTESTCD RSSTRESC RSEVAL RSEVALID RSACPTFL VISITNUM VISIT RSDTC",
}


def none() -> dict[str, pd.DataFrame]:
    """Give the imaging tables of a platform without imaging: their columns and no row.

    Source: spec/endpoints.md ("an empty table keeps its columns").

    Examples
    --------
    >>> len(none()["TU"]), "TULNKID" in none()["TU"]
    (0, True)
    """
    return {
        name: pd.DataFrame(columns=["DOMAIN", "USUBJID", f"{name}SEQ", *columns.split()])
        for name, columns in _COLUMNS.items()
    }


def tumours(
    patients: Patients,
    scans: Scans,
    lesions: Lesions,
    reading: Reading,
    course: Course,
    seed: int,
    until: Days,
    domains: Collection[str],
) -> dict[str, pd.DataFrame]:
    """Write the imaging tables of one cohort as far as anything is known.

    Source: SDTMIG 3.4, domains TU, TR, RS; spec/data.md.

    Parameters
    ----------
    patients, scans, lesions, reading, course
        The cohort, its visits, what they show, how they were read, and which took place.
    seed
        Seed of the platform.
    until
        Last day known of each patient; a visit counts when its last imaging day is not later.
    domains
        Tables wanted, of TU, TR and RS.

    Returns
    -------
    dict of pandas.DataFrame
        The tables wanted.
    """
    kept = course.kept & (scans.last <= until[:, None])
    shown = _shown(lesions)
    day = _lesion_days(patients, scans, seed)
    clinical = np.where(course.clinical <= until, course.clinical, 0)
    made = {}
    if "TU" in domains:
        made["TU"] = _tu(patients, scans, lesions, kept)
    if "TR" in domains:
        made["TR"] = _tr(patients, scans, lesions, shown & kept[:, :, None], day)
    if "RS" in domains:
        last = np.where(shown, day, 0).max(axis=2)  # the last day on which a lesion of the visit was imaged
        made["RS"] = _rs(patients, scans, lesions, reading, course, kept, last, clinical, seed)
    return made


def _shown(lesions: Lesions) -> Flags:
    """Mark what a visit shows, (patients, visits, 9 lesion places): targets, non-targets, a new lesion."""
    shown = np.zeros((*lesions.new.shape, 9), dtype=bool)
    shown[:, :, :5], shown[:, :, 5:8] = lesions.exists[:, None, :], lesions.non_target[:, None, :]
    shown[:, :, 8] = lesions.new
    return shown


def _lesion_days(patients: Patients, scans: Scans, seed: int) -> Wholes:
    """Imaging day of each lesion place: the visit's first day; the last for the places that another machine images."""
    rng = stream(seed, patients.cohort.number, "modality")
    other_machine = rng.random((patients.size, 1, 9)) < 0.4
    other_machine[:, :, 0] = False
    return np.where(other_machine, scans.last[:, :, None], scans.first[:, :, None])


def _organ(patients: Patients, patient: Wholes, place: Wholes) -> Texts:
    """Organ of a lesion place, fixed for a patient."""
    organs = np.array(patients.cohort.organs, dtype=object)
    return np.asarray(organs[(patient + place) % len(organs)], dtype=object)


def _tu(patients: Patients, scans: Scans, lesions: Lesions, kept: Flags) -> pd.DataFrame:
    """One row a lesion, at the visit that found it."""
    target_p, target_l = np.nonzero(lesions.exists)
    other_p, other_l = np.nonzero(lesions.non_target)
    new = lesions.new & kept
    new_p = np.flatnonzero(new.any(axis=1))
    visit = np.concatenate([np.zeros(len(target_p) + len(other_p), dtype=np.int64), new[new_p].argmax(axis=1)])
    patient = np.concatenate([target_p, other_p, new_p])
    place = np.concatenate([target_l, 5 + other_l, np.full(len(new_p), 8)])
    kind = np.where(place < 5, 0, np.where(place < 8, 1, 2))
    node = np.zeros(len(patient), dtype=bool)
    node[: len(target_p)] = lesions.nodal[target_p, target_l]
    return table("TU", patients.ids, patient, {
        "TULNKID": _link(place), "TUTESTCD": "TUMIDENT", "TUORRES": level(kind, "TARGET", "NON-TARGET", "NEW"),
        "TUSTRESC": level(kind, "TARGET", "NON-TARGET", "NEW"),
        "TULOC": np.where(node, "LYMPH NODE", _organ(patients, patient, place)), "TUMETHOD": "CT SCAN",
        "TUEVAL": _INVESTIGATOR, "VISITNUM": visit, "VISIT": by_visit(visit),
        "TUDTC": iso(scans.first[patient, visit], scans.partial[patient, visit]),
    }, order=[visit, place], keep=kept[patient, visit])  # fmt: skip


def _link(place: Wholes) -> Texts:
    """Link identifiers of the lesion places: T01..T05, NT01..NT03, NEW01."""
    return level(place, *(f"T0{k}" for k in range(1, 6)), *(f"NT0{k}" for k in range(1, 4)), "NEW01")


def _tr(patients: Patients, scans: Scans, lesions: Lesions, shown: Flags, day: Wholes) -> pd.DataFrame:
    """One row a lesion and visit: sizes of targets, states of the others."""
    patient, visit, place = np.nonzero(shown)
    is_target = place < 5
    slot = np.where(is_target, place, 0)
    node = is_target & lesions.nodal[patient, slot]
    measured = np.where(is_target, lesions.measured[patient, visit, slot], lesions.measured[patient, visit, 0])
    measured |= place == 8
    size = lesions.size[patient, visit, slot]
    small = is_target & lesions.too_small[patient, visit, slot]
    state = _state(lesions, patient, visit, place)
    text = np.where(is_target, np.where(small, "TOO SMALL TO MEASURE", digits(size.astype(np.float64))), state)
    number = np.where(is_target & measured & ~small, size, np.nan).astype(np.float64)
    thick = patients.cohort.criteria == "mRECIST"
    test = np.where(is_target, np.where(node, 1, 3 if thick else 0), 2)
    return table("TR", patients.ids, patient, {
        "TRGRPID": level(np.where(is_target, 0, np.where(place < 8, 1, 2)), "TARGET", "NON-TARGET", "NEW"),
        "TRLNKID": _link(place), "TRTESTCD": level(test, "LDIAM", "SAXIS", "TUMSTATE", "THICK"),
        "TRSTRESC": blanked(np.asarray(text, dtype=object), ~measured), "TRSTRESN": number,
        "TRSTRESU": level(is_target & measured & ~small, None, "mm"),
        "TRSTAT": level(measured, "NOT DONE", None), "TREVAL": _INVESTIGATOR,
        "VISITNUM": visit, "VISIT": by_visit(visit),
        "TRDTC": iso(day[patient, visit, place], scans.partial[patient, visit]),
    }, order=[visit, place])  # fmt: skip


def _state(lesions: Lesions, patient: Wholes, visit: Wholes, place: Wholes) -> Texts:
    """State of a non-target (places 5 to 7; the first of them progresses) or new lesion (place 8)."""
    worse, gone = lesions.worse[patient, visit] & (place == 5), lesions.gone[patient, visit]
    other = np.where(worse, UNEQUIVOCAL, np.where(gone, ABSENT, PRESENT))
    new = np.where(lesions.equivocal[patient, visit], EQUIVOCAL, UNEQUIVOCAL)
    return np.where(place == 8, new, other).astype(object)


def _rs(
    patients: Patients, scans: Scans, lesions: Lesions, reading: Reading, course: Course, kept: Flags, last: Wholes,
    clinical: Wholes, seed: int,
) -> pd.DataFrame:  # fmt: skip
    """Responses by visit: investigator's four, the independent overall response, and clinical progression."""
    who, when, test, value = _responses(patients, lesions, reading, course, kept, clinical, seed)
    is_clinical, reviewed = test == _CLINICAL, (test == 4) | (test == 5)
    day = np.where(is_clinical, clinical[who], last[who, when])
    visit_name = by_visit(when)
    visit_name[is_clinical] = "UNSCHEDULED"
    return table("RS", patients.ids, who, {
        "RSCAT": level(is_clinical, patients.cohort.criteria, "CLINICAL"), "RSTESTCD": level(test, *_TESTS),
        "RSSTRESC": value, "RSEVAL": level(reviewed, _INVESTIGATOR, _INDEPENDENT),
        "RSEVALID": level(np.where(reviewed, test - 3, 0), None, "RADIOLOGIST 1", "RADIOLOGIST 2"),
        "RSACPTFL": level(test == 4, None, "Y"), "VISITNUM": np.where(is_clinical, np.nan, when), "VISIT": visit_name,
        "RSDTC": iso(day, scans.partial[who, when] & ~is_clinical),
    }, order=[day, test], keep=np.asarray(pd.notna(value)))  # fmt: skip


def _responses(
    patients: Patients, lesions: Lesions, reading: Reading, course: Course, kept: Flags, clinical: Wholes, seed: int
) -> tuple[Wholes, Wholes, Wholes, Texts]:
    """Patient, visit, place in `_TESTS` and value of every response; no value where there is nothing to say."""
    patient, visit = (axis.astype(np.int64) for axis in np.nonzero(kept[:, 1:]))
    visit = visit + 1
    new = np.where(lesions.new, np.where(lesions.equivocal, 1, 2), 0)[patient, visit]
    sick = np.flatnonzero(clinical)
    parts = [
        (patient, visit, 0, LEVELS[reading.target[patient, visit]]),
        (patient, visit, 1, LEVELS[reading.non_target[patient, visit]]),
        (patient, visit, 2, level(new, None, EQUIVOCAL, UNEQUIVOCAL)),
        (patient, visit, 3, LEVELS[course.investigator[patient, visit]]),
        *_review(patients, course, patient, visit, seed),
        (sick, np.zeros(len(sick), dtype=np.int64), _CLINICAL, np.full(len(sick), "Y", dtype=object)),
    ]
    who, when, value = (np.concatenate([part[place] for part in parts]) for place in (0, 1, 3))
    return who, when, np.repeat([part[2] for part in parts], [len(part[0]) for part in parts]), value


def _review(
    patients: Patients, course: Course, patient: Wholes, visit: Wholes, seed: int
) -> list[tuple[Wholes, Wholes, int, Texts]]:
    """Two independent readers on every second patient of one cohort; the first one's reading is accepted."""
    if patients.cohort.code != REVIEWED:
        return []
    rng = stream(seed, patients.cohort.number, "review")
    shape = course.investigator.shape
    out = []
    for reader, disagree in ((4, 0.05), (5, 0.08)):
        codes = _differ(course.investigator, rng.random(shape) < disagree, rng.random(shape))
        part = patient % 2 == 0
        out.append((patient[part], visit[part], reader, LEVELS[codes[patient[part], visit[part]]]))
    return out


def _differ(codes: Codes, where: Flags, u: Reals) -> Codes:
    """Let a reader differ where told: SD for PR, PR or NE for SD, SD for PD."""
    other = np.where(
        codes == PR, SD, np.where(codes == SD, np.where(u < 0.7, PR, NE), np.where(codes == PD, SD, codes))
    )
    return np.where(where & (codes != NONE), other, codes)
