"""The assessments that count for a patient's best response, and which responses a later assessment confirms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.dates import NAT
from ir5nb.derive.timepoint_visits import BoolArray, DateArray, IntArray, chronological

# Best first. "ND" (not done) and "NA" take part only as gaps between assessments; "MISSING" is no assessment at all.
ORDER: Final = ("CR", "PR", "SD", "NON-CR/NON-PD", "NED", "PD", "NE", "ND", "NA", "MISSING")
RANK: Final = {level: rank for rank, level in enumerate(ORDER)}
CR, PR, SD, NON, NED, PD, NE, ND, NA, MISSING = range(len(ORDER))
DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Assessments:
    """The assessments that count, by patient and time: one element per assessment, `patient` indexes the roster."""

    patient: IntArray
    level: IntArray
    day: DateArray  # day of the response (progression: first imaging day); NaT where unknown
    reached: DateArray  # day by which the assessment cannot have been earlier
    row: IntArray  # row of the response table

    def where(self, kept: BoolArray) -> Assessments:
        """Keep some of them."""
        return Assessments(*(getattr(self, name)[kept] for name in ("patient", "level", "day", "reached", "row")))


def on_roster(treatment_start: pd.Series) -> pd.Series:
    """Check that each patient is on the roster once.

    Raises
    ------
    ValueError
        Naming a patient who is there twice.

    Examples
    --------
    >>> on_roster(pd.Series(["2026-01-07"], index=["P1"])).dt.year.tolist()
    [2026]
    """
    if treatment_start.index.has_duplicates:
        twice = treatment_start.index[treatment_start.index.duplicated()][0]
        raise ValueError(f"patient {twice} is on the roster (treatment_start) twice: give one row per patient")
    return treatment_start.astype("datetime64[ns]")


def response_days(responses: pd.DataFrame) -> DateArray:
    """Give the day of each response: a progression's is the first imaging day of the visit, any other's the last.

    Source: spec/endpoints.md, best overall response.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-03-04"])
    >>> seen = pd.DataFrame({"AVALC": ["PD"], "FIRSTDT": days, "ADT": days + pd.Timedelta(days=2)})
    >>> response_days(seen).astype("datetime64[D]").astype(str).tolist()
    ['2026-03-04']
    """
    first, last = (responses[name].to_numpy("datetime64[ns]") for name in ("FIRSTDT", "ADT"))
    return np.where((responses["AVALC"] == "PD").to_numpy(), first, last)


def assessments(responses: pd.DataFrame, roster: pd.Series, *, disease_after_cr_is_pd: bool = False) -> Assessments:
    """Give the responses of the roster's patients as numbers, in time.

    Source: spec/endpoints.md; RECIST 1.1 table 3, note a, for the reading that any disease after a CR is PD.

    Raises
    ------
    ValueError
        At a response that is not in `ORDER`, or at rows of several evaluators.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-03-04"])
    >>> seen = pd.DataFrame({"USUBJID": "P1", "EVAL": "INVESTIGATOR", "VISITNUM": [4.0], "ADT": day, "FIRSTDT": day,
    ...                      "AVALC": ["PR"]})
    >>> assessments(seen, pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])).level.tolist() == [PR]
    True
    """
    unknown = sorted(set(responses["AVALC"].unique()) - set(ORDER[:MISSING]))
    if unknown:
        raise ValueError(f"unknown response {unknown[0]!r}: expected one of {', '.join(ORDER[:MISSING])}")
    if responses["EVAL"].nunique() > 1:
        raise ValueError(
            f"responses of several evaluators ({', '.join(responses['EVAL'].unique())}): give one at a time"
        )
    patient = roster.index.get_indexer(pd.Index(responses["USUBJID"])).astype(np.int64)
    level = responses["AVALC"].map(RANK).to_numpy().astype(np.int64)
    day = response_days(responses)
    order, reached = chronological(patient, day, responses["VISITNUM"].to_numpy(float))
    order = order[patient[order] >= 0]
    seen = Assessments(patient[order], level[order], day[order], reached[order], order)
    return _after_cr(seen) if disease_after_cr_is_pd else seen


def after_cr(seen: Assessments) -> BoolArray:
    """Find the assessments that show disease (PR, SD, NON-CR/NON-PD) after a CR.

    Source: RECIST 1.1 table 3, note a.

    Examples
    --------
    >>> from ir5nb.derive.dates import nanoseconds
    >>> days = nanoseconds(["2026-01-01", "2026-03-01", "2026-05-01"])
    >>> rows = np.arange(3)
    >>> after_cr(Assessments(np.zeros(3, dtype=np.int64), np.array([CR, NE, PR]), days, days, rows)).tolist()
    [False, False, True]
    """
    earlier = pd.Series(seen.level == CR).groupby(seen.patient).cummax().to_numpy(bool)
    return np.asarray(earlier & np.isin(seen.level, [PR, SD, NON]))


def _after_cr(seen: Assessments) -> Assessments:
    return replace(seen, level=np.where(after_cr(seen), PD, seen.level))


def counted(
    seen: Assessments, roster: pd.Series, end: pd.Series | None, *, until_progression: bool, from_start: bool
) -> tuple[Assessments, DateArray]:
    """Keep the assessments from treatment start to the first of PD and `end`; the second result is that PD's day.

    Source: spec/endpoints.md, best overall response.

    Examples
    --------
    >>> from ir5nb.derive.dates import nanoseconds
    >>> days = nanoseconds(["2026-03-04", "2026-04-29", "2026-06-24"])
    >>> seen = Assessments(np.zeros(3, dtype=np.int64), np.array([SD, PD, PR]), days, days, np.arange(3))
    >>> roster = pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"])
    >>> window, stop = counted(seen, roster, None, until_progression=True, from_start=True)
    >>> window.level.tolist() == [SD, PD], str(stop[0])[:10]
    (True, '2026-04-29')
    """
    kept = np.ones(len(seen.patient), dtype=bool)
    if from_start:
        start = roster.to_numpy("datetime64[ns]")[seen.patient]
        kept &= ~((seen.day < start) | np.isnat(start))
    if end is not None:
        limit = end.reindex(roster.index).to_numpy("datetime64[ns]")[seen.patient]
        kept &= ~(seen.reached > limit)
    window = seen.where(kept)
    place = np.arange(len(window.patient))
    first_pd = np.full(len(roster), len(place))
    progressed = window.level == PD
    np.minimum.at(first_pd, window.patient[progressed], place[progressed])
    stop = np.append(window.day, NAT)[first_pd]
    if not until_progression:
        return window, np.full(len(roster), NAT)
    same_day = window.day == stop[window.patient]
    return window.where((place <= first_pd[window.patient]) | same_day), stop


def confirmed(seen: Assessments, confirm_days: int, max_ne: int, max_sd: int) -> BoolArray:
    """Find the CR confirmed by CR and the PR confirmed by PR or CR.

    Each response looks along the following assessments, one step for all at a time, for the first possible confirmation
    that is late enough; a gap (ND), another response or too many NE or SD on the way ends the search.

    Source: admiralonco `derive_param_confirmed_bor`; spec/endpoints.md.

    Examples
    --------
    >>> from ir5nb.derive.dates import nanoseconds
    >>> days = nanoseconds(["2026-01-01", "2026-01-20", "2026-02-01"])
    >>> seen = Assessments(np.zeros(3, dtype=np.int64), np.array([PR, NE, PR]), days, days, np.arange(3))
    >>> confirmed(seen, 28, 1, 0).tolist()
    [True, False, False]
    """
    found = np.zeros(len(seen.patient), dtype=bool)
    searching = np.flatnonzero(seen.level <= PR)
    ne, sd = np.zeros(len(searching), dtype=np.int64), np.zeros(len(searching), dtype=np.int64)
    cr_seen = np.zeros(len(searching), dtype=bool)
    step = 0
    while searching.size:
        step += 1
        there = searching + step < len(seen.patient)
        there[there] = seen.patient[searching[there] + step] == seen.patient[searching[there]]
        searching, ne, sd, cr_seen = searching[there], ne[there], sd[there], cr_seen[there]
        nxt = searching + step
        level, is_cr = seen.level[nxt], seen.level[searching] == CR
        ne, sd = ne + (level == NE), sd + (level == SD)
        same = (level == CR) | (~is_cr & (level == PR))
        late = seen.day[nxt] - seen.day[searching] >= confirm_days * DAY
        passable = same | (level == NE) | (~is_cr & (level == SD))
        fine = passable & (ne <= max_ne) & (sd <= max_sd) & ~(cr_seen & (level == PR))
        found[searching[fine & same & late]] = True
        cr_seen |= level == CR
        open_ = fine & ~(same & late)
        searching, ne, sd, cr_seen = searching[open_], ne[open_], sd[open_], cr_seen[open_]
    return found


def read_levels(
    seen: Assessments, late_enough: BoolArray, kept: BoolArray, *, sd_after_pr_any_time: bool = False
) -> IntArray:
    """Read a response that is not kept as SD, and SD before its minimum duration as NE.

    Source: spec/endpoints.md; RECIST 1.1 table 3 prints SD after an unconfirmed PR without a minimum duration.

    Parameters
    ----------
    seen
        The assessments that count.
    late_enough
        Whether an assessment is late enough for SD, NON-CR/NON-PD and NED.
    kept
        Whether a CR or PR stands (all of them unconfirmed; the confirmed ones for the confirmed best response).
    sd_after_pr_any_time
        Whether SD next after a PR needs no minimum duration.

    Examples
    --------
    >>> from ir5nb.derive.dates import nanoseconds
    >>> days = nanoseconds(["2026-01-20", "2026-03-04"])
    >>> seen = Assessments(np.zeros(2, dtype=np.int64), np.array([PR, PR]), days, days, np.arange(2))
    >>> read_levels(seen, np.array([False, True]), np.array([False, False])).tolist() == [NE, SD]
    True
    """
    level = np.where((seen.level <= PR) & ~kept, SD, seen.level)
    exempt = np.zeros(len(level), dtype=bool)
    if sd_after_pr_any_time:
        follows = (seen.patient[1:] == seen.patient[:-1]) & (seen.level[:-1] == PR)
        exempt[1:] = follows & (seen.level[1:] == SD)
    early = np.isin(level, [SD, NON, NED]) & ~late_enough & ~exempt
    return np.where(early, NE, level)
