"""Where two readings of the same visits differ, and where a recorded course can be read in two ways."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from ir5nb.derive.response_assessments import after_cr, assessments
from ir5nb.derive.timepoint_visits import chronological, visit_codes

COLUMNS: Final = ("USUBJID", "VISITNUM", "VISIT", "ADT", "PRIMARY", "CHECK", "KIND", "reason")
QUERY: Final = ("USUBJID", "VISITNUM", "VISIT", "ADT", "AVALC", "SRCDOM", "SRCSEQ", "reason")


def discordance(primary: pd.DataFrame, check: pd.DataFrame) -> pd.DataFrame:
    """Set two evaluators' responses side by side, visit by visit.

    Source: spec/endpoints.md (the recorded response is primary, the derived one the check).

    Parameters
    ----------
    primary, check
        Responses of two evaluators (`recist.recorded`, `recist.derived`). Visits are matched by visit number, and by
        day where a number is missing.

    Returns
    -------
    pandas.DataFrame
        One row per patient and visit, by patient and time; PRIMARY and CHECK hold the responses (missing: no visit),
        KIND is "agree", "progression differs", "response differs", "not evaluable differs" or "only primary" / "only
        check"; `reason` names both records.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-03-04"])
    >>> rs = pd.DataFrame({"USUBJID": "P1", "EVAL": "INVESTIGATOR", "VISITNUM": [4.0], "VISIT": ["W8"], "ADT": days,
    ...                    "FIRSTDT": days, "AVALC": ["PR"], "SRCDOM": "RS", "SRCSEQ": [1], "reason": ["RS 1: PR"]})
    >>> tr = rs.assign(EVAL="DERIVED", AVALC="SD", SRCDOM="TR", reason="TR 9: SD")
    >>> discordance(rs, tr)[["PRIMARY", "CHECK", "KIND"]].values.tolist()
    [['PR', 'SD', 'response differs']]
    """
    both = pd.concat([primary.assign(side="PRIMARY"), check.assign(side="CHECK")], ignore_index=True)
    patient = pd.factorize(both["USUBJID"], sort=True)[0].astype(np.int64)
    day = both["ADT"].to_numpy("datetime64[ns]")
    code = visit_codes(patient, both["VISITNUM"].to_numpy(float), day)
    order, _ = chronological(patient, day, both["VISITNUM"].to_numpy(float))
    rows = both.assign(code=code).iloc[order].drop_duplicates(["side", "code"])
    sides = {side: rows[rows["side"] == side].set_index("code") for side in ("PRIMARY", "CHECK")}
    visits = rows.drop_duplicates("code").set_index("code")[["USUBJID", "VISITNUM", "VISIT", "ADT"]]
    for side, found in sides.items():
        visits[side] = found["AVALC"].reindex(visits.index)
    visits["KIND"] = _kinds(visits["PRIMARY"], visits["CHECK"])
    reasons = [found["reason"].reindex(visits.index).fillna("no assessment") for found in sides.values()]
    visits["reason"] = reasons[0].astype(str) + " | " + reasons[1].astype(str)
    return visits.reset_index(drop=True)[list(COLUMNS)]


def _kinds(primary: pd.Series, check: pd.Series) -> np.ndarray:
    return np.select(
        [
            check.isna(),
            primary.isna(),
            primary == check,
            (primary == "PD") | (check == "PD"),
            (primary == "NE") | (check == "NE"),
        ],
        ["only primary", "only check", "agree", "progression differs", "not evaluable differs"],
        default="response differs",
    ).astype(object)


def disease_after_complete_response(responses: pd.DataFrame) -> pd.DataFrame:
    """List the visits that show disease after a complete response, with both readings.

    Source: RECIST 1.1 table 3, note a (such a visit is PD); admiralonco keeps the recorded response; spec/endpoints.md
    asks for a query that names both.

    Parameters
    ----------
    responses
        Responses of one evaluator.

    Returns
    -------
    pandas.DataFrame
        Columns `QUERY`, one row per such visit.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-03-04", "2026-04-29"])
    >>> rs = pd.DataFrame({"USUBJID": "P1", "EVAL": "INVESTIGATOR", "VISITNUM": [4.0, 5], "VISIT": ["W8", "W16"],
    ...                    "ADT": days, "FIRSTDT": days, "AVALC": ["CR", "PR"], "SRCDOM": "RS", "SRCSEQ": [1, 2],
    ...                    "reason": ["RS 1: CR", "RS 2: PR"]})
    >>> disease_after_complete_response(rs).reason.tolist()
    ['RS 2: PR after a CR: read as recorded (PR), as PD by RECIST 1.1 table 3']
    """
    everyone = pd.Series(pd.NaT, index=pd.Index(responses["USUBJID"].unique()), dtype="datetime64[ns]")
    seen = assessments(responses, everyone)
    rows = responses.iloc[seen.row[after_cr(seen)]]
    said = " after a CR: read as recorded (" + rows["AVALC"] + "), as PD by RECIST 1.1 table 3"
    return rows.assign(reason=rows["reason"] + said).reset_index(drop=True)[list(QUERY)]
