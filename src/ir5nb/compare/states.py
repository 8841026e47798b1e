"""What a run says of each patient, one row a statement: week-24 status, best response, events, populations, hCG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

COLUMNS: Final = ("USUBJID", "PARAMCD", "READING", "STATE", "DAY", "REASON", "SRCDOM", "SRCSEQ")
WEEK24: Final = "WEEK24"
SET: Final = "SET"
_BEST: Final = ("BOR", "CBOR")
_TEXTS: Final = ("USUBJID", "PARAMCD", "READING", "STATE", "REASON", "SRCDOM")


def states(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give every statement about a patient that can move between two runs.

    Source: issue 7 ("patients that moved between categories and why"); P1-P4, S1-S5, S3b.

    Parameters
    ----------
    tables
        Derived tables by name (columns in `schema`); one that is absent says nothing.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. PARAMCD: "WEEK24" (STATE "FAILURE: death"), "SET" (the patient's population), BOR and CBOR, the
        time-to-event parameters (STATE "event: Death" or "censored") and hCG's (STATE "Y" or "N"). DAY is the day of
        an event, missing where censored: a longer follow-up is no move.

    Examples
    --------
    >>> adwk24 = pd.DataFrame([["01", "default", None, "SUCCESS", "alive", None, "LB", 3, "Alive"]],
    ...     columns=["USUBJID", "READING", "LANDMARKDT", "STATUS", "CATEGORY", "DECDT", "SRCDOM", "SRCSEQ", "reason"])
    >>> states({"adwk24": adwk24})[["PARAMCD", "STATE"]].to_numpy().tolist()
    [['WEEK24', 'SUCCESS: alive']]
    """
    parts = [say(tables[name]) for name, say in _SAYS.items() if name in tables and len(tables[name])]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    return pd.concat([_typed(part) for part in parts], ignore_index=True)


def _typed(part: pd.DataFrame) -> pd.DataFrame:
    """Give every part the same columns and kinds; what a part does not say is missing."""
    whole = part.rename(columns={"reason": "REASON"}).reindex(columns=list(COLUMNS))
    texts = {name: whole[name].astype(object).where(whole[name].notna(), "").astype(str) for name in _TEXTS}
    number = pd.to_numeric(whole["SRCSEQ"]).astype("Int64")
    return whole.assign(**texts, DAY=pd.to_datetime(whole["DAY"]), SRCSEQ=number)


def _week24(adwk24: pd.DataFrame) -> pd.DataFrame:
    category = adwk24["CATEGORY"].fillna("")
    state = adwk24["STATUS"].str.cat(category, sep=": ").mask(category.isin(["", "pending"]), adwk24["STATUS"])
    return adwk24.assign(PARAMCD=WEEK24, STATE=state, DAY=adwk24["DECDT"])


def _best(adrs: pd.DataFrame) -> pd.DataFrame:
    best = adrs[adrs["PARAMCD"].isin(_BEST)]
    return best.assign(READING=best["EVAL"], STATE=best["AVALC"], DAY=best["ADT"])


def _events(adtte: pd.DataFrame) -> pd.DataFrame:
    adtte = adtte[adtte["PARAMCD"].ne("FUP")]  # follow-up is survival read the other way: its "event" is last news
    happened = adtte["CNSR"].eq(0)
    state = ("event: " + adtte["EVNTDESC"].fillna("")).where(happened, "censored")
    return adtte.assign(STATE=state, DAY=adtte["ADT"].where(happened))


def _courses(adhcg: pd.DataFrame) -> pd.DataFrame:
    return adhcg.assign(STATE=adhcg["AVALC"], DAY=adhcg["ADT"], SRCDOM="LB")


def _sets(adsl: pd.DataFrame) -> pd.DataFrame:
    flags = {"evaluable": adsl["EVALFL"], "treated": adsl["SAFFL"], "included": adsl["ITTFL"]}
    state = pd.Series("member", index=adsl.index)
    for name, flag in reversed(flags.items()):
        state = state.mask(flag.eq("Y"), name)
    return adsl[["USUBJID"]].assign(PARAMCD=SET, READING="", STATE=state, reason=adsl["EXCLREAS"])


_SAYS: Final = {"adwk24": _week24, "adsl": _sets, "adrs": _best, "adtte": _events, "adhcg": _courses}
