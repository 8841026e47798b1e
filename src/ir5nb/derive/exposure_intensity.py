"""Exposure by patient and drug: cycles, delays, reductions, cumulative dose, relative dose intensity (R5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import Texts
from ir5nb.derive.milestones import is_dose
from ir5nb.derive.records import column, days_of, either, iso, numbers_of, present
from ir5nb.schema import ADEX

INTENSITY: Final = (
    "USUBJID", "EXTRT", "DOSES", "CYCLES", "FIRSTDT", "LASTDT", "DURDAYS", "CUMDOSE", "EXDOSU", "DELAYED", "REDUCED",
    "OMITTED", "RDI", "reason",
)  # fmt: skip


class Planned(NamedTuple):
    """The planned dose of one administration, in the unit of EXDOSU, and the days from one to the next."""

    dose: float
    every_days: int


def adex(ex: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Give the dose records of the treated patients, each with its gap to the last dose of the drug and its changes.

    Source: R5, spec/data.md (EX, EXADJ). A record counts as given when `milestones.is_dose` says so; a delay or a
    reduction is one that EXADJ names: a gap alone is shown, never called a delay.

    Parameters
    ----------
    ex
        EX with USUBJID EXTRT EXDOSE EXSTDT EXENDT and, where recorded, EXDOSU EXADJ VISITNUM EXSEQ.
    subjects
        Patients with USUBJID SAFFL TRTSDT.

    Returns
    -------
    pandas.DataFrame
        Columns `schema.ADEX`, in order of patient, drug, day; GAPDAYS is missing for a first dose.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-05", "2026-01-27"])
    >>> ex = pd.DataFrame({"USUBJID": "1", "EXTRT": "ZIMBERELIMAB", "EXDOSE": 360.0, "EXSTDT": day, "EXENDT": day})
    >>> treated = pd.DataFrame({"USUBJID": ["1"], "SAFFL": ["Y"], "TRTSDT": day[:1]})
    >>> adex(ex, treated)["GAPDAYS"].tolist()
    [<NA>, 22]
    """
    treated = subjects[subjects["SAFFL"].eq("Y")]
    ex = ex[ex["USUBJID"].isin(treated["USUBJID"])]
    first = pd.Series(days_of(treated, "TRTSDT"), index=treated["USUBJID"]).reindex(ex["USUBJID"]).to_numpy()
    start, given = days_of(ex, "EXSTDT"), np.asarray(is_dose(ex))
    end = np.where(np.isnat(days_of(ex, "EXENDT")), start, days_of(ex, "EXENDT"))
    said = pd.Series(present(column(ex, "EXADJ")), dtype=object).str.upper()
    elapsed = (start - first) / np.timedelta64(1, "D")
    frame = pd.DataFrame(
        {
            **{name: column(ex, name) for name in ("USUBJID", "EXTRT", "EXDOSU", "EXADJ")},
            "EXSEQ": _whole(numbers_of(ex, "EXSEQ")), "EXDOSE": numbers_of(ex, "EXDOSE"),
            "AVISITN": numbers_of(ex, "VISITNUM"), "ASTDT": start, "AENDT": end,
            "ASTDY": _whole(elapsed + (elapsed >= 0)), "GIVENFL": _yes(given),
            "DELAYFL": _yes(said.str.contains("DELAY").to_numpy(bool)),
            "REDUCFL": _yes(said.str.contains("REDUC").to_numpy(bool)),
        },
        index=ex.index,
    ).sort_values(["USUBJID", "EXTRT", "ASTDT", "EXSEQ"], kind="stable")  # fmt: skip
    doses = frame[frame["GIVENFL"].eq("Y")]
    gap = doses["ASTDT"] - doses.groupby(["USUBJID", "EXTRT"], sort=False)["ASTDT"].shift()
    frame = frame.assign(GAPDAYS=_whole(np.asarray(gap.dt.days.reindex(frame.index), dtype=np.float64)))
    return frame.assign(reason=_told(frame))[list(ADEX)]


def intensity(doses: pd.DataFrame, planned: Mapping[str, Planned] | None = None) -> pd.DataFrame:
    """Summarise the doses of each patient and drug: cycles, cumulative dose, delays, relative dose intensity.

    Source: Hryniuk & Goodyear, J Clin Oncol 1990 (relative dose intensity = dose given per week / dose planned per
    week); R5. The time of n doses is first to last day plus one planned interval: the last dose has its interval too.

    Parameters
    ----------
    doses
        Dose records (`adex`); those not given count as omitted.
    planned
        Planned dose and interval by EXTRT; the intensity of a drug without them is missing, never assumed.

    Returns
    -------
    pandas.DataFrame
        Columns INTENSITY, one row per patient and drug; RDI is a proportion, 1 = as planned. CYCLES counts the
        visits with a dose, or the days where the source has no visit. DURDAYS runs from first to last dose.

    Raises
    ------
    ValueError
        When a drug is recorded in two units, or a planned dose or interval is not positive.

    Examples
    --------
    >>> day = pd.to_datetime(["2026-01-05", "2026-02-02"])
    >>> ex = pd.DataFrame({"USUBJID": "1", "EXTRT": "ZIMBERELIMAB", "EXDOSE": 360.0, "EXSTDT": day, "EXENDT": day})
    >>> treated = pd.DataFrame({"USUBJID": ["1"], "SAFFL": ["Y"], "TRTSDT": day[:1]})
    >>> rdi = intensity(adex(ex, treated), {"ZIMBERELIMAB": Planned(360, 21)})["RDI"].item()
    >>> round(rdi, 4)  # 720 mg in 28 + 21 days; planned were 360 * 49 / 21 = 840 mg
    0.8571
    """
    planned = dict(planned or {})
    wrong = [drug for drug, plan in planned.items() if plan.dose <= 0 or plan.every_days <= 0]
    if wrong:
        raise ValueError(f"the planned dose and interval of {wrong} must be positive")
    units = doses.dropna(subset=["EXDOSU"]).groupby("EXTRT")["EXDOSU"].nunique()
    if (units > 1).any():
        raise ValueError(f"EX records {list(units[units > 1].index)} in more than one unit: doses cannot be added")
    given = doses["GIVENFL"].eq("Y")
    cycle = doses["AVISITN"].where(doses["AVISITN"].notna(), doses["ASTDT"].astype("int64").astype(float))
    counted = doses.assign(
        _cycle=cycle.where(given), _dose=doses["EXDOSE"].where(given), _first=doses["ASTDT"].where(given),
        _given=given.astype(int), _omitted=(~given).astype(int), _delay=doses["DELAYFL"].eq("Y").astype(int),
        _reduced=doses["REDUCFL"].eq("Y").astype(int),
    )  # fmt: skip
    table = (
        counted.groupby(["USUBJID", "EXTRT"], sort=True)
        .agg(
            DOSES=("_given", "sum"), CYCLES=("_cycle", "nunique"), FIRSTDT=("_first", "min"), LASTDT=("_first", "max"),
            CUMDOSE=("_dose", "sum"), EXDOSU=("EXDOSU", "first"), DELAYED=("_delay", "sum"),
            REDUCED=("_reduced", "sum"), OMITTED=("_omitted", "sum"),
        )
        .reset_index()
    )  # fmt: skip
    length = np.asarray((table["LASTDT"] - table["FIRSTDT"]).dt.days, dtype=np.float64)
    target = np.array([planned[drug].dose if drug in planned else np.nan for drug in table["EXTRT"]], dtype=float)
    every = np.array([planned[drug].every_days if drug in planned else np.nan for drug in table["EXTRT"]], dtype=float)
    rdi = table["CUMDOSE"].to_numpy(float) * every / (target * (length + every))
    reason = _why(target, every, length)
    return table.assign(DURDAYS=_whole(length), RDI=rdi, reason=reason)[list(INTENSITY)]


def _why(target: npt.NDArray[np.float64], every: npt.NDArray[np.float64], length: npt.NDArray[np.float64]) -> Texts:
    plan = [
        f"given over {days + gap:.0f} days against {dose:g} every {gap:.0f} days" if dose > 0 else ""
        for dose, gap, days in zip(target, every, length, strict=True)
    ]
    return np.array([text or "no planned dose given: no relative dose intensity" for text in plan], dtype=object)


def _told(frame: pd.DataFrame) -> Texts:
    number = present(frame["EXSEQ"].astype("string"))
    told = "EX " + number + " (" + iso(days_of(frame, "ASTDT")) + "): "
    given = either(frame["GIVENFL"].eq("Y"), "given", "not given")
    adjusted = present(frame["EXADJ"])
    return np.asarray(told + given.astype(object) + either(adjusted == "", "", "; " + adjusted), dtype=object)


def _whole(values: npt.NDArray[np.float64]) -> Any:
    return pd.array(values, dtype="Float64").astype("Int64")


def _yes(flags: npt.NDArray[np.bool_]) -> Texts:
    return either(flags, "Y", None).astype(object)
