"""First imaging day of a visit, from the measurements, for responses that are recorded with one date only."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.dates import Dates
from ir5nb.derive.records import column, days_of, either, numbers_of

_EVALUATORS: Final = {"INDEPENDENT ASSESSOR": "INDEPENDENT"}


def _earliest(tr: pd.DataFrame) -> pd.DataFrame:
    """Give the first measured day of each patient, evaluator and visit."""
    done = (column(tr, "TRSTAT") != "NOT DONE") & ~np.isnat(days_of(tr, "TRDT")) & ~np.isnan(numbers_of(tr, "VISITNUM"))
    evaluator = pd.Series(column(tr, "TREVAL"), dtype=object).replace(_EVALUATORS)
    table = pd.DataFrame(
        {
            "USUBJID": column(tr, "USUBJID"),
            "EVAL": evaluator.where(evaluator.notna(), "INVESTIGATOR"),
            "VISITNUM": numbers_of(tr, "VISITNUM"),
            "IMAGED": days_of(tr, "TRDT"),
        }
    )
    table = table.loc[np.asarray(done, dtype=bool)]
    return table.groupby(["USUBJID", "EVAL", "VISITNUM"]).agg(IMAGED=("IMAGED", "min")).reset_index()


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
    keys = ["USUBJID", "EVAL", "VISITNUM"]
    visits = responses[keys].astype({"VISITNUM": float})
    imaged: Dates = days_of(visits.merge(_earliest(tr), on=keys, how="left"), "IMAGED")
    first = days_of(responses, "FIRSTDT")
    last = days_of(responses, "ADT")
    usable = (imaged < either(np.isnat(first), last, first)) & (last - imaged <= np.timedelta64(within_days, "D"))
    return responses.assign(FIRSTDT=either(usable, imaged, first))
