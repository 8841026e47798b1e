"""First imaging day of a visit, from the measurements, for responses that are recorded with one date only."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from ir5nb.derive.dates import NAT, Dates
from ir5nb.derive.records import column, days_of, either, numbers_of

_EVALUATORS: Final = {"INDEPENDENT ASSESSOR": "INDEPENDENT"}


def _earliest(responses: pd.DataFrame, tr: pd.DataFrame) -> Dates:
    """Give for each response the first measured day of its patient, evaluator and visit; NaT where there is none."""
    evaluator = pd.Series(column(tr, "TREVAL"), dtype=object).replace(_EVALUATORS)
    number = numbers_of(tr, "VISITNUM")
    measured: list[Any] = [column(tr, "USUBJID"), evaluator.where(evaluator.notna(), "INVESTIGATOR"), number]
    wanted: list[Any] = [responses["USUBJID"], responses["EVAL"], numbers_of(responses, "VISITNUM")]
    visit, of_tr = np.zeros(len(responses), dtype=np.int64), np.zeros(len(tr), dtype=np.int64)
    for asked, there in zip(wanted, measured, strict=True):  # one number for patient, evaluator and visit together
        known = pd.Index(pd.unique(asked))
        code = known.get_indexer(pd.Index(there)).astype(np.int64)
        of_tr = np.where((of_tr < 0) | (code < 0), -1, of_tr * len(known) + code)
        visit = visit * len(known) + known.get_indexer(pd.Index(asked)).astype(np.int64)
    codes, visits = pd.factorize(visit)
    day = days_of(tr, "TRDT")
    done = (column(tr, "TRSTAT") != "NOT DONE") & ~np.isnat(day) & ~np.isnan(number)
    place = pd.Index(visits).get_indexer(pd.Index(of_tr)).astype(np.int64)
    rows = np.flatnonzero(np.asarray(done, dtype=bool) & (place >= 0))
    first = np.full(len(visits), NAT, dtype="datetime64[ns]")
    np.fmin.at(first, place[rows], day[rows])
    return first[codes]


def dated_by_imaging(responses: pd.DataFrame, tr: pd.DataFrame, *, within_days: int = 28) -> pd.DataFrame:
    """Date each response's first imaging day by the measurements of its visit.

    Source: spec/endpoints.md (over several imaging days a response is dated on the last, a progression on the first).
    A recorded response carries one date; where lesions of the visit were measured earlier, FIRSTDT becomes that day.

    Parameters
    ----------
    responses
        One row per patient and visit of one or several evaluators, with USUBJID, EVAL, VISITNUM, ADT, FIRSTDT.
    tr
        TR with USUBJID, VISITNUM, TRDT and where kept TREVAL (without it, all is the investigator's) and TRSTAT.
    within_days
        Measurements further than this before the response are another visit's, or wrong, and are not used.

    Returns
    -------
    DataFrame
        `responses` with FIRSTDT moved to the first imaging day; nothing else changes.

    Raises
    ------
    ValueError
        When `within_days` is negative.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> seen = pd.DataFrame({"USUBJID": ["1"], "EVAL": ["INVESTIGATOR"], "VISITNUM": [3.0], "AVALC": ["PD"],
    ...                      "ADT": day(["2026-01-30"]), "FIRSTDT": day(["2026-01-30"])})
    >>> tr = pd.DataFrame({"USUBJID": "1", "VISITNUM": 3.0, "TRDT": day(["2026-01-30", "2026-01-26"])})
    >>> str(dated_by_imaging(seen, tr)["FIRSTDT"][0])[:10]
    '2026-01-26'
    """
    if within_days < 0:
        raise ValueError(f"within_days cannot be negative: {within_days}")
    imaged = _earliest(responses, tr)
    first = days_of(responses, "FIRSTDT")
    last = days_of(responses, "ADT")
    usable = (imaged < either(np.isnat(first), last, first)) & (last - imaged <= np.timedelta64(within_days, "D"))
    return responses.assign(FIRSTDT=either(usable, imaged, first))
