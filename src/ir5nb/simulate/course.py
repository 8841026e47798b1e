"""How the study goes for each patient: which visits take place, when and why treatment ends, what is given next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ir5nb.simulate.days import NEVER, Days, Flags, Texts
from ir5nb.simulate.imaging import Scans
from ir5nb.simulate.observation import Observation
from ir5nb.simulate.patients import Patients
from ir5nb.simulate.reading import CR, PD, PR, SD, Codes, Reading
from ir5nb.simulate.streams import stream

TWO_YEARS = 730  # R5: longest treatment, for a complete response
_REASONS = np.array(
    ["PROGRESSIVE DISEASE", "PROGRESSIVE DISEASE", "ADVERSE EVENT", "DEATH", "LOST TO FOLLOW-UP", "COMPLETED"],
    dtype=object,
)


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to each patient, one value a patient (`kept`, `investigator`: by visit); days are absolute.

    `progression` is the first imaging day of the visit at which the investigator first read PD (GTT: the day on which
    resistance was clear), `clinical` the recorded clinical progression, `end` the end of study treatment with its
    `reason`, `therapy` the first subsequent anticancer therapy with its `indication`, `seen` the day of death or loss.
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


def investigate(reading: Reading, patients: Patients, seed: int, observation: Observation) -> Codes:
    """Let the investigator record the reading, with a few slips: PR or PD recorded as SD, SD as PR.

    Source: spec/endpoints.md (the discordance of investigator and derived response is a table of the report).

    Parameters
    ----------
    reading
        What the measurements say.
    patients
        The cohort.
    seed
        Seed of the platform.
    observation
        What goes wrong; only `slips` counts here.

    Returns
    -------
    numpy.ndarray of int
        Overall response by visit, codes of `reading.LEVELS`.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> from ir5nb.simulate.observation import PERFECT
    >>> from ir5nb.simulate.patients import accrue
    >>> codes = np.full((2, 19), SD)
    >>> people = accrue(COHORTS["TET"], 2, 1, PERFECT)
    >>> bool((investigate(Reading(codes, codes, codes), people, 1, PERFECT) == SD).all())
    True
    """
    rng = stream(seed, patients.cohort.number, "reading")
    slip = rng.random(reading.overall.shape) < observation.slips
    recorded = reading.overall.copy()
    for told, instead in ((PR, SD), (PD, SD), (SD, PR)):
        recorded[slip & (reading.overall == told) & (reading.target == told)] = instead
    return recorded


def follow(patients: Patients, scans: Scans, investigator: Codes, seed: int) -> Course:
    """Play the study forward from the truth, the visits and what the investigator reads.

    Source: R5 (treated until progression, two years in complete response, unacceptable toxicity or death). Imaging
    stops with progression, death or loss, for most with clinical progression, for half with another therapy.

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
    >>> from ir5nb.simulate.observation import PERFECT
    >>> from ir5nb.simulate.patients import accrue
    >>> people = accrue(COHORTS["TET"], 4, 1, PERFECT)
    >>> visits = schedule(people, 1, PERFECT)
    >>> bool((follow(people, visits, np.full(visits.first.shape, SD), seed=1).end >= people.inclusion).all())
    True
    """
    rng, n = stream(seed, patients.cohort.number, "disposition"), patients.size
    delay, again, stay = rng.integers(12, 75, n), rng.random(n), rng.random(n)
    limit = np.minimum(patients.death - 1, patients.lost)
    first = _first_pd(scans, investigator, limit)
    clinical = np.where((patients.clinical < first) & (patients.clinical < limit), patients.clinical, NEVER)
    limit = np.where((clinical < NEVER) & (stay < 0.7), np.minimum(limit, clinical), limit)
    off = np.minimum(clinical, patients.toxicity)
    early = np.where((off < first) & (again < 0.3), off + delay, NEVER)
    limit = np.where((early < NEVER) & (stay < 0.5), np.minimum(limit, early), limit)
    progression = _first_pd(scans, investigator, limit)
    end, reason = _end(patients, scans, investigator, progression, clinical, rng)
    failed = np.where(np.minimum(progression, clinical) < NEVER, end + delay, NEVER)
    therapy = np.where(again < 0.3, early, np.where(again < 0.72, failed, NEVER))
    therapy = np.where((therapy < np.minimum(patients.death, patients.lost)) & (therapy > end), therapy, NEVER)
    indication = np.where(np.minimum(progression, clinical) <= therapy, "LACK OF EFFICACY", "ADVERSE EVENT").astype(
        object
    )
    indication[therapy == NEVER] = None
    kept = _kept(scans, progression, limit, rng)
    gone = np.minimum(patients.death, patients.lost)
    return Course(kept, investigator, progression, clinical, end, reason, therapy, indication, gone)


def _first_pd(scans: Scans, investigator: Codes, limit: Days) -> Days:
    """First imaging day of the first visit read PD, as far as imaging goes."""
    found = (investigator == PD) & scans.done & (scans.last <= limit[:, None])
    return np.asarray(np.where(found, scans.first, NEVER).min(axis=1))


def _kept(scans: Scans, progression: Days, limit: Days, rng: np.random.Generator) -> Flags:
    """Keep the visits up to progression (one patient in seven has one more scan) and within the limit."""
    extra = np.where(rng.random(len(limit)) < 0.15, 70, 0)
    until = np.where(progression < NEVER, progression + extra, NEVER - 1)
    return scans.done & (scans.first <= until[:, None]) & (scans.last <= limit[:, None])


def _end(
    patients: Patients, scans: Scans, investigator: Codes, progression: Days, clinical: Days, rng: np.random.Generator
) -> tuple[Days, Texts]:
    """Find when treatment ends and why: the earliest of its causes."""
    n = patients.size
    complete = ((investigator == CR) & scans.done & (scans.last < progression[:, None])).any(axis=1)
    two_years = np.where(complete, patients.start + TWO_YEARS, NEVER)
    told = np.minimum(progression + rng.integers(1, 10, n), patients.death)
    told = np.where(progression < NEVER, told, NEVER)
    chance = rng.random(n)
    causes = np.stack([told, clinical, patients.toxicity, patients.death, patients.lost, two_years])
    which = causes.argmin(axis=0)
    reason = _REASONS[which]
    reason[(which == 4) & (chance < 0.4)] = "WITHDRAWAL BY SUBJECT"
    reason[(which == 2) & (chance < 0.15)] = "PHYSICIAN DECISION"
    untreated = ~patients.treated
    reason[untreated] = np.where(chance < 0.5, "WITHDRAWAL BY SUBJECT", "PHYSICIAN DECISION")[untreated]
    return np.where(untreated, patients.inclusion + 7, causes.min(axis=0)), np.asarray(reason, dtype=object)


def horizon(patients: Patients, course: Course, seed: int, cutoff: int) -> Days:
    """Draw the last day of which anything is known of each patient: death, loss, or a visit shortly before the cut.

    Source: spec/data.md (lost patients; last news is the latest contact, never beyond the cut).

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
    numpy.ndarray of int
        Days, at most the cut; nothing dated later is in any table.

    Examples
    --------
    >>> from ir5nb.simulate.cohorts import COHORTS
    >>> from ir5nb.simulate.imaging import schedule
    >>> from ir5nb.simulate.observation import PERFECT
    >>> from ir5nb.simulate.patients import accrue
    >>> people = accrue(COHORTS["TET"], 4, 1, PERFECT)
    >>> visits = schedule(people, 1, PERFECT)
    >>> course = follow(people, visits, np.full(visits.first.shape, SD), seed=1)
    >>> bool((horizon(people, course, 1, cutoff=20_634) <= 20_634).all())
    True
    """
    rng = stream(seed, patients.cohort.number, "contact")
    visit = np.maximum(cutoff - rng.integers(0, 21, patients.size), patients.inclusion)
    alive = np.minimum(np.minimum(visit, cutoff), patients.lost)
    dead = (patients.death <= cutoff) & (patients.death <= patients.lost)
    return np.where(dead, patients.death, np.minimum(alive, course.seen))
