"""Week-24 status of cohort 2: hCG normal within 24 weeks, while on study treatment (P3)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ir5nb.derive.assays import NORMAL
from ir5nb.derive.dates import Dates, Texts
from ir5nb.derive.records import column, days_of, either, iso, numbers_of
from ir5nb.derive.time_rows import check_cut
from ir5nb.derive.verdicts import (
    ALREADY_NORMAL,
    DAY,
    HYSTERECTOMY,
    NEW_THERAPY,
    NORMALISED,
    NOT_NORMALISED,
    STATUS,
    Verdicts,
    check_choices,
    deaths,
    fail,
    give_up,
    pend,
    treated,
)


def _record(found: pd.DataFrame, day: str, domain: str, seq: str) -> pd.DataFrame:
    return pd.DataFrame({"ADT": days_of(found, day), "SRCDOM": domain, "SRCSEQ": numbers_of(found, seq)})


def hcg(
    subjects: pd.DataFrame,
    found: pd.DataFrame,
    *,
    cutoff: date | str | None,
    window_days: int = 7,
    not_evaluable: str = "failure",
    reading: str = "default",
    explain: bool = True,
) -> pd.DataFrame:
    """Judge whether each treated patient's hCG became normal within 24 weeks, while on study treatment.

    Source: P3, A5, A6, A11, A12, spec/endpoints.md. In order: already normal before treatment (not evaluable, A5);
    normalised (at once, as nothing later undoes it); death, subsequent therapy or hysterectomy, end of treatment
    without normal value, each on or before the landmark, the earliest deciding (death where it is the same day), so
    that later data do not change a decided category; pending; no assay near the landmark or the end of treatment (A5);
    not normalised.

    Parameters
    ----------
    subjects
        One row per patient (`subjects.adsl`); those never treated have no row in the result.
    found
        `hcg.outcomes` of the same patients (brief ones with `explain=False`): the readings A9-A12, A14 and the
        landmark are chosen there.
    cutoff
        Data cut; None says that the data are final and nobody is pending.
    window_days
        Days after the landmark until a patient is judged at a data cut; and how long before the landmark, or the
        end of treatment before it, the last assay may lie for the patient to be known not to have normalised.
    not_evaluable
        "failure", "success" (best case) or "excluded" from the result (A5).
    reading
        Name of the reading.
    explain
        As in `week24.progression_free`.

    Returns
    -------
    DataFrame
        Columns `schema.ADWK24`, one row per treated patient less those the reading excludes.

    Raises
    ------
    ValueError
        When a reading is unknown, a patient has no outcome, or milestones lie after the cut.

    Examples
    --------
    >>> from ir5nb.derive.assays import series
    >>> from ir5nb.derive.hcg import outcomes
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "TRTSDT": day(["2026-01-05"]), "TRTEDT": day(["2026-01-26"])})
    >>> lb = pd.DataFrame({"USUBJID": "1", "LBTESTCD": "HCG", "LBDT": day(["2026-01-05", "2026-01-12"]),
    ...                    "LBSEQ": [1, 2], "LBSTRESN": [90.0, 5.0], "LBSTNRHI": 5.0})
    >>> hcg(adsl, outcomes(adsl, series(adsl, lb)), cutoff="2026-02-01")[["STATUS", "CATEGORY"]].values.tolist()
    [['SUCCESS', 'hCG normalised']]
    """
    check_choices(not_evaluable=not_evaluable)
    cut, patients = check_cut(subjects, cutoff), treated(subjects)
    if not found["USUBJID"].equals(patients["USUBJID"]):
        found = found.set_index("USUBJID").reindex(patients["USUBJID"]).reset_index()
    if found["LANDMARKDT"].isna().any():
        raise ValueError(f"patient {found.loc[found['LANDMARKDT'].isna(), 'USUBJID'].iloc[0]} has no hCG outcome")
    landmark, verdicts, why = (
        days_of(found, "LANDMARKDT"),
        Verdicts(len(patients), explain=explain),
        column(found, "reason"),
    )
    already = (found["BASELEVEL"] == NORMAL).to_numpy()
    verdicts.decide(already, STATUS[not_evaluable], ALREADY_NORMAL, _record(found, "BASEDT", "LB", "BASESEQ"), why)
    normalised = ~np.isnat(days_of(found, "NORMDT"))
    verdicts.decide(normalised, "SUCCESS", NORMALISED, _record(found, "NORMDT", "LB", "NORMSEQ"), why)
    _stopped(verdicts, found, patients, landmark, why)
    fail(verdicts, [deaths(patients)], patients, landmark, cut, "FAILURE")
    pend(verdicts, landmark, window_days, cut)
    end = days_of(found, "ENDDT")
    observable: Dates = either(end < landmark, end, landmark)
    followed = days_of(found, "LASTDT") >= observable - window_days * DAY
    verdicts.decide(followed, "FAILURE", NOT_NORMALISED, _record(found, "LASTDT", "LB", "LASTSEQ"), why)
    give_up(verdicts, patients, landmark, why, not_evaluable)
    return verdicts.frame(patients, landmark, reading)


def _stopped(verdicts: Verdicts, found: pd.DataFrame, patients: pd.DataFrame, landmark: Dates, why: Texts) -> None:
    """Decide those whose treatment or its sole action ended before the landmark, and death, without a normal value."""
    stop, ended, died = days_of(found, "STOPDT"), days_of(patients, "EOTDT"), days_of(patients, "DTHDT")
    ends = np.asarray((days_of(found, "ENDDT") == ended) & (ended <= landmark) & ~(ended >= died))
    by_stop = np.asarray((stop <= landmark) & ~(stop >= died)) & ~(ends & (ended < stop))
    record = pd.DataFrame({"ADT": stop, "SRCDOM": found["STOPDOM"], "SRCSEQ": numbers_of(found, "STOPSEQ")})
    stopped = column(found, "STOPREAS")
    category = either((found["STOPDOM"] == "PR").to_numpy(), HYSTERECTOMY, NEW_THERAPY)
    verdicts.decide(
        by_stop,
        "FAILURE",
        category,
        record,
        lambda rows: np.asarray("Before any normal value: " + stopped[rows], dtype=object),
    )
    record = pd.DataFrame({"ADT": ended, "SRCDOM": "DS", "SRCSEQ": np.nan})
    verdicts.decide(
        ends, "FAILURE", NOT_NORMALISED, record, lambda rows: why[rows] + "; treatment ended " + iso(ended[rows])
    )
