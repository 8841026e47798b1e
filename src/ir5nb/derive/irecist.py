"""iRECIST (Seymour 2017), exploratory: a progression is unconfirmed (iUPD) until a later scan confirms it (iCPD)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import NAT
from ir5nb.derive.records import words
from ir5nb.derive.target_values import NM_PER_MM
from ir5nb.derive.timepoint import overall
from ir5nb.derive.timepoint_tables import dated
from ir5nb.derive.timepoint_visits import BoolArray, DateArray, IntArray

NAMES: Final = {"CR": "iCR", "PR": "iPR", "SD": "iSD", "NON-CR/NON-PD": "NON-iCR/NON-iUPD", "NE": "NE", "NED": "NED"}
FIVE_MM: Final = 5 * NM_PER_MM
COLUMNS: Final = (
    "USUBJID", "EVAL", "VISITNUM", "VISIT", "ADT", "FIRSTDT", "AVALC", "IUPDDT", "SRCDOM", "SRCSEQ", "reason",
)  # fmt: skip


@dataclass(slots=True)
class _Bar:
    """What progression is judged against: one element per patient, changed visit by visit."""

    pending: BoolArray  # an iUPD awaits confirmation
    confirmed: BoolArray
    by_target: BoolArray
    by_non_target: BoolArray
    by_new: BoolArray
    size: IntArray  # sum at the last iUPD, nanometres
    new: IntArray  # new lesions counted in the bar
    day: DateArray  # first day of the iUPD that awaits confirmation

    @classmethod
    def of(cls, patients: int) -> _Bar:
        """Start before any progression."""
        pending, confirmed, by_target, by_non_target, by_new = (np.zeros(patients, dtype=bool) for _ in range(5))
        size, new = (np.zeros(patients, dtype=np.int64) for _ in range(2))
        return cls(pending, confirmed, by_target, by_non_target, by_new, size, new, np.full(patients, NAT))


def responses(targets: pd.DataFrame) -> pd.DataFrame:
    """Derive the iRECIST response of every visit after treatment start.

    Source: Seymour 2017 (iRECIST), table 2; spec/endpoints.md (exploratory, bar reset after iSD, iPR, iCR). An iUPD is
    confirmed at the next evaluable assessment by a target sum 5 mm larger, a further non-target progression, another
    new lesion, or progression where there was none; new lesions are counted, not measured. With iSD, iPR or iCR
    instead, the bar is reset: a later progression is a new iUPD.

    Parameters
    ----------
    targets
        The second result of `recist.derived`.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: AVALC iCR iPR iSD NON-iCR/NON-iUPD iUPD iCPD NE NED; IUPDDT, at iCPD, the day of the iUPD it
        confirms: iRECIST's date of progression.

    Examples
    --------
    >>> from ir5nb.derive.recist import derived
    >>> days = pd.to_datetime(["2026-01-02", "2026-03-04", "2026-04-29", "2026-06-24"])
    >>> tu = pd.DataFrame({"USUBJID": ["P1"], "TULNKID": ["T01"], "TUSTRESC": ["TARGET"]})
    >>> tr = pd.DataFrame({"USUBJID": "P1", "TRLNKID": "T01", "TRTESTCD": "LDIAM", "TRSTRESN": [30.0, 40, 29, 36],
    ...                    "VISITNUM": [1.0, 2, 3, 4], "VISIT": ["BASELINE", "W8", "W16", "W24"], "TRDT": days})
    >>> responses(derived(tu, tr, pd.Series(pd.to_datetime(["2026-01-07"]), index=["P1"]))[1]).AVALC.tolist()
    ['iUPD', 'iSD', 'iUPD']
    """
    rows = targets[targets["BASEFL"] == "N"].reset_index(drop=True)
    patient, ids = pd.factorize(rows["USUBJID"])
    number = rows.groupby(patient, sort=False).cumcount().to_numpy()
    plain = _plain(rows)
    value, why, confirms = plain.copy(), np.full(len(rows), "", dtype=object), np.full(len(rows), NAT)
    bar = _Bar.of(len(ids))
    for visit in range(int(number.max(initial=-1)) + 1):  # the k-th visit of all patients at once
        at = np.flatnonzero(number == visit)
        value[at], why[at], confirms[at] = _judged(rows.iloc[at], plain[at], bar, patient[at])
    source = dated(rows, np.isin(value.astype(str), ("iUPD", "iCPD")))
    record = words(source["SRCDOM"], source["SRCSEQ"], source["DAY"].to_numpy("datetime64[ns]"), rows["VISIT"], value)
    reason = record + why + "; " + rows["reason"].to_numpy(object)
    table = rows.assign(EVAL="DERIVED", AVALC=value, IUPDDT=confirms, SRCDOM=source["SRCDOM"], SRCSEQ=source["SRCSEQ"])
    table = table.assign(reason=reason)
    return table[list(COLUMNS)]


def _plain(rows: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Give the response a visit would have without progression (a progressed part leaves the others to decide)."""
    target = rows["TRGRESP"].replace("PD", "SD").to_numpy(object)
    non_target = rows["NTRGRESP"].replace("PD", "NON-CR/NON-PD").to_numpy(object)
    found = overall(target, non_target, np.full(len(rows), "N", dtype=object))
    return np.array([NAMES[level] for level in found], dtype=object)


def _judged(
    rows: pd.DataFrame, plain: npt.NDArray[np.object_], bar: _Bar, who: IntArray
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_], DateArray]:
    """Judge one visit of each patient against the bar, and move the bar."""
    target, non_target = (rows[name].to_numpy(object) == "PD" for name in ("TRGRESP", "NTRGRESP"))
    size = np.rint(rows["SUMDIAM"].fillna(0).to_numpy() * NM_PER_MM).astype(np.int64)
    count = rows["NEWN"].to_numpy(np.int64)
    another = count > bar.new[who]
    pending, done = bar.pending[who], bar.confirmed[who]
    further = (
        (bar.by_target[who] & target & (size - bar.size[who] >= FIVE_MM))
        | (target & ~bar.by_target[who])
        | non_target  # recorded again, or for the first time
        | another
    )
    progressed = target | non_target | another
    stays = pending & ~further & (target | (bar.by_new[who] & (plain != "NE")))
    confirmed = ~done & pending & further
    fresh = ~done & ~pending & progressed
    reset = ~done & pending & ~further & ~stays & (plain != "NE")
    value = np.select([done | confirmed, fresh | (stays & ~done)], ["iCPD", "iUPD"], default=plain).astype(object)
    said = np.select(
        [confirmed, fresh, stays & ~done, reset],
        [
            ", progression confirmed",
            ", progression not yet confirmed",
            ", still progressed, no further increase",
            ", bar reset: the earlier progression was not confirmed",
        ],
        default="",
    ).astype(object)
    confirms = np.where(confirmed, bar.day[who], NAT)
    _move(bar, who, fresh, stays & ~done, reset, confirmed, (target, non_target, another), size, count, rows)
    return value, said, confirms


def _move(
    bar: _Bar, who: IntArray, fresh: BoolArray, stays: BoolArray, reset: BoolArray, confirmed: BoolArray,
    kinds: tuple[BoolArray, BoolArray, BoolArray], size: IntArray, count: IntArray, rows: pd.DataFrame,
) -> None:  # fmt: skip
    for held, now in zip((bar.by_target, bar.by_non_target, bar.by_new), kinds, strict=True):
        held[who] = np.where(reset, False, held[who] | ((fresh | stays) & now))
    bar.size[who] = np.where(fresh | stays, size, bar.size[who])
    bar.new[who] = np.maximum(bar.new[who], count)
    bar.day[who] = np.where(fresh, rows["FIRSTDT"].to_numpy("datetime64[ns]"), bar.day[who])
    bar.pending[who] = (bar.pending[who] | fresh) & ~reset & ~confirmed
    bar.confirmed[who] = bar.confirmed[who] | confirmed
