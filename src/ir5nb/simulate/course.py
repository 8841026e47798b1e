"""How the study goes for each patient: which visits take place, when and why treatment ends, what is given next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ir5nb.simulate.days import NEVER, Days, Flags, Texts
from ir5nb.simulate.imaging import Scans
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.reading import CR, PD, PR, SD, Codes, Reading
from ir5nb.simulate.streams import stream

TWO_YEARS = 730  # R5: longest treatment, for a complete response


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to each patient, one value a patient (`kept`, `investigator`: by visit); days are absolute.

    `progression` is the first imaging day of the visit at which the investigator first read PD (for GTT: the day of the
    resistant assay), `clinical` the recorded clinical progression, `end` the end of study treatment with its `reason`,
    `therapy` the first subsequent anticancer therapy with its `indication`, `seen` the last contact that could take place.
    """

    kept: Flags
    investigator: Codes
    progression: Days
    clinical: Days
    end: Days
    reason: Texts
    therapy: Days
    indication: Texts
    seen: Days


def investigate(reading: Reading, patients: Patients, seed: int) -> Codes:
    """Let the investigator record the reading, with a few deliberate slips: PR or PD recorded as SD, SD as PR.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> from ir5nb.simulate.patients import accrue
    >>> codes = np.full((2, 19), SD)
    >>> (investigate(Reading(codes, codes, codes), accrue(COHORTS["TET"], 2, seed=1), seed=1) == SD).mean() > 0.9
    np.True_
    """
    rng = stream(seed, patients.cohort.number, "reading")
    slip = rng.random(reading.overall.shape) < 0.015
    swapped = reading.overall.copy()
    for told, recorded in ((PR, SD), (PD, SD), (SD, PR)):
        swapped[slip & (reading.overall == told) & (reading.target == told)] = recorded
    return swapped


def follow(patients: Patients, scans: Scans, investigator: Codes, seed: int) -> Course:
    """Play the study forward from the truth, the visits and what the investigator reads.

    Source: R5 (treated until progression, two years in complete response, unacceptable toxicity or death).

    Parameters
    ----------
    patients, scans
        A cohort and its visits.
    investigator
        Overall response recorded by visit.
    seed
        Seed of the platform.

    Returns
    -------
    Course
        One course a patient.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> from ir5nb.simulate.imaging import schedule
    >>> from ir5nb.simulate.patients import accrue
    >>> people = accrue(COHORTS["TET"], 4, seed=1)
    >>> visits = schedule(people, seed=1)
    >>> bool((follow(people, visits, np.full(visits.first.shape, SD), seed=1).end >= people.inclusion).all())
    True
    """
    rng, n = stream(seed, patients.cohort.number, "disposition"), patients.size
    last_chance = np.minimum(patients.death - 1, patients.lost)
    first_pd = _first_pd(scans, investigator, last_chance)
    clinical = np.where((patients.clinical < first_pd) & (patients.clinical < last_chance), patients.clinical, NEVER)
    last_chance = np.where((clinical < NEVER) & (rng.random(n) < 0.7), np.minimum(last_chance, clinical), last_chance)
    off_early = np.minimum(clinical, patients.toxicity)
    delay, again = rng.integers(12, 75, n), rng.random(n)
    early = np.where((off_early < first_pd) & (again < 0.3), off_early + delay, NEVER)
    last_chance = np.where((early < NEVER) & (rng.random(n) < 0.5), np.minimum(last_chance, early), last_chance)
    progression = _first_pd(scans, investigator, last_chance)
    end, reason = _end(patients, scans, investigator, progression, clinical, rng)
    late = np.where(np.minimum(progression, clinical) < NEVER, end + delay, NEVER)
    therapy = np.where(again < 0.3, early, np.where(again < 0.72, late, NEVER))
    therapy = np.where((therapy < np.minimum(patients.death, patients.lost)) & (therapy > end), therapy, NEVER)
    kept = _kept(scans, progression, last_chance, rng)
    failed = np.minimum(progression, clinical) <= therapy
    indication = np.where(therapy == NEVER, None, np.where(failed, "LACK OF EFFICACY", "ADVERSE EVENT"))
    return Course(kept, investigator, progression, clinical, end, reason, therapy, indication.astype(object),
                  np.minimum(patients.death, patients.lost))  # fmt: skip


def _first_pd(scans: Scans, investigator: Codes, limit: Days) -> Days:
    """First imaging day of the first visit read PD, as far as imaging goes."""
    found = (investigator == PD) & scans.done & (scans.last <= limit[:, None])
    return np.where(found, scans.first, NEVER).min(axis=1)


def _kept(scans: Scans, progression: Days, limit: Days, rng: np.random.Generator) -> Flags:
    """Keep the visits up to progression (one in seven patients has one more scan) and within the limit."""
    extra = np.where(rng.random(len(limit)) < 0.15, 70, 0)
    until = np.where(progression < NEVER, progression + extra, NEVER - 1)
    return scans.done & (scans.first <= until[:, None]) & (scans.last <= limit[:, None])


def _end(
    patients: Patients, scans: Scans, investigator: Codes, progression: Days, clinical: Days, rng: np.random.Generator
) -> tuple[Days, Texts]:
    """Find when treatment ends and why: the earliest of its causes."""
    n = patients.size
    seen_cr = ((investigator == CR) & scans.done & (scans.last < progression[:, None])).any(axis=1)
    two_years = np.where(seen_cr, patients.start + TWO_YEARS, NEVER)
    gave_up = rng.random(n)
    told = np.minimum(progression + rng.integers(1, 10, n), patients.death)
    causes = np.stack([
        np.where(progression < NEVER, told, NEVER), clinical, patients.toxicity, patients.death, patients.lost, two_years,
    ])  # fmt: skip
    names = np.array(["PROGRESSIVE DISEASE", "PROGRESSIVE DISEASE", "ADVERSE EVENT", "DEATH", "LOST TO FOLLOW-UP",
                      "COMPLETED"], dtype=object)  # fmt: skip
    which = causes.argmin(axis=0)
    reason = names[which]
    reason[(which == 4) & (gave_up < 0.4)] = "WITHDRAWAL BY SUBJECT"
    reason[(which == 2) & (gave_up < 0.15)] = "PHYSICIAN DECISION"
    untreated = ~patients.treated
    reason[untreated] = np.where(gave_up < 0.5, "WITHDRAWAL BY SUBJECT", "PHYSICIAN DECISION")[untreated]
    return np.where(untreated, patients.inclusion + 7, causes.min(axis=0)), reason
