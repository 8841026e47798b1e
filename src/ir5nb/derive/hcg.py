"""hCG endpoints of cohort 2: normalisation (P3), relapse, rise, plateau and resistance (S3b)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.assays import ABOVE, NORMAL, UNDETERMINED
from ir5nb.derive.candidates import Chosen, choose, of_records, of_subjects
from ir5nb.derive.dates import NAT, Dates, Texts
from ir5nb.derive.hcg_rules import DEFAULT, ON_TREATMENT, OUTCOMES, PARAMETERS, Rules
from ir5nb.derive.hcg_tables import adhcg, resistance
from ir5nb.derive.records import Rows, at, column, days_of, either, numbers_of, pick, present, words
from ir5nb.derive.surgery import hysterectomies
from ir5nb.derive.time_rows import check_cut
from ir5nb.derive.verdicts import treated
from ir5nb.derive.weekly import Flags, normal_runs, plateaus, rises, thinned

__all__ = [
    "DEFAULT", "ON_TREATMENT", "OUTCOMES", "PARAMETERS", "Rules", "adhcg", "hysterectomies", "outcomes",
    "resistance",
]  # fmt: skip

_DAY: Final = np.timedelta64(1, "D")


def _treatment_end(begun: pd.DataFrame, rules: Rules) -> tuple[Dates, Texts]:
    """Last day on study treatment (A12), and what it is in words."""
    ended, last = days_of(begun, "EOTDT"), days_of(begun, "TRTEDT")
    cycle = last + rules.cycle_days * _DAY
    if rules.on_treatment == "whole":
        return np.full(len(begun), NAT, dtype="datetime64[ns]"), np.full(len(begun), "", dtype=object)
    if rules.on_treatment == "last_dose":
        return last, np.full(len(begun), "last dose", dtype=object)
    recorded = ~np.isnat(ended)
    why = either(recorded, "recorded end of treatment", f"last dose + {rules.cycle_days} days (no end recorded)")
    return either(recorded, ended, cycle), np.asarray(why, dtype=object)


def _stop(begun: pd.DataFrame, surgery: pd.DataFrame | None) -> Chosen:
    """First subsequent therapy or hysterectomy: from then on a normal value is not the study treatment's."""
    sources = [of_subjects(begun, "new anticancer therapy ", "NEWTXDT", "CM", "NEWTXSEQ")]
    if surgery is not None:
        sources.append(of_records(pd.Index(begun["USUBJID"]), surgery, "hysterectomy "))
    return choose(len(begun), sources, NAT)


def _why_stopped(stop: Chosen) -> Texts:
    record = present(stop["KIND"]) + words(stop["SRCDOM"], stop["SRCSEQ"], stop["ADT"])
    return either(stop.known, record, "")


@dataclass(frozen=True, slots=True)
class _Series:
    """Assays of the treated patients with, per assay, whose it is and how it stands to treatment."""

    assays: pd.DataFrame
    owner: Rows
    day: Rows
    adt: Dates
    on_treatment: Flags
    before_stop: Flags
    baseline: Rows

    def earliest(self, patients: int, usable: npt.NDArray[np.bool_]) -> Rows:
        """Find each patient's first usable assay."""
        return pick(patients, self.owner, self.day, usable)


def _gathered(begun: pd.DataFrame, assays: pd.DataFrame, end: Dates, stop: Dates) -> _Series:
    owner = pd.Index(begun["USUBJID"]).get_indexer(pd.Index(assays["USUBJID"])).astype(np.int64)
    if (owner < 0).any():
        assays, owner = assays[owner >= 0].reset_index(drop=True), owner[owner >= 0]
    if (np.diff(owner) < 0).any() or not _in_time(owner, days_of(assays, "ADT")):
        order = np.lexsort((assays["ADT"].to_numpy(), owner))
        assays, owner = assays.iloc[order].reset_index(drop=True), owner[order]
    adt, day = days_of(assays, "ADT"), assays["ADY"].to_numpy(np.int64)
    on_treatment = (day > 0) & (np.isnat(end)[owner] | (adt <= end[owner]))
    before_stop = np.isnat(stop)[owner] | (adt < stop[owner])
    baseline = pick(len(begun), owner, day, day <= 0, last=True)
    return _Series(assays, owner, day, adt, on_treatment, before_stop, baseline)


def _in_time(owner: Rows, day: Dates) -> bool:
    """Whether the assays of each patient stand in order of time."""
    return bool(((np.diff(owner) != 0) | (day[1:] >= day[:-1])).all())


def _patterns(found: _Series, patients: int, rules: Rules) -> tuple[Rows, Rows]:
    """First assay that completes a rise, and a plateau, in the retained series: baseline, then on treatment."""
    kept = found.on_treatment.copy()
    kept[found.baseline[found.baseline >= 0]] = True
    rows = np.flatnonzero(kept)
    rows = rows[thinned(found.owner[rows], found.day[rows], rules.weekly.min_days)]
    table, owner = found.assays.iloc[rows], found.owner[rows]
    done = []
    for flags in (rises(table, owner, rules.weekly, rules.rise), plateaus(table, owner, rules.weekly, rules.plateau)):
        hit = np.zeros(len(found.day), dtype=bool)
        hit[rows[flags]] = True
        done.append(found.earliest(patients, hit))
    return done[0], done[1]


def _normalised(found: _Series, landmark: Dates, rules: Rules) -> npt.NDArray[np.bool_]:
    """Assays that are a normalisation in time: normal (or the first of a run), on treatment, up to the landmark."""
    begins = (found.assays["LEVEL"] == NORMAL).to_numpy(bool)
    if rules.consecutive_normal > 1:
        rows = np.flatnonzero(found.before_stop & (found.day > 0))
        rows = rows[thinned(found.owner[rows], found.day[rows], rules.weekly.min_days)]
        runs = normal_runs(found.assays.iloc[rows], found.owner[rows], rules.weekly, rules.consecutive_normal)
        begins = np.zeros(len(found.day), dtype=bool)
        begins[rows[runs]] = True
    return np.asarray(begins & found.on_treatment & found.before_stop & (found.adt <= landmark[found.owner]))


def outcomes(
    subjects: pd.DataFrame,
    assays: pd.DataFrame,
    *,
    surgery: pd.DataFrame | None = None,
    rules: Rules = DEFAULT,
    cutoff: date | str | None = None,
    reading: str = "default",
    brief: bool = False,
) -> pd.DataFrame:
    """Judge each treated patient's hCG series: normalisation, relapse after it, rise, plateau and resistance.

    Source: P3, S3b, A9-A12, A14, spec/endpoints.md. Normalisation is the first normal value after day 0, on study
    treatment, up to the landmark, before subsequent therapy or hysterectomy; a patient whose last assay on or before
    day 0 is normal cannot normalise. Relapse is the first value above its limit after that. Rise and plateau are dated
    at the assay that completes them; resistance is the first of the two.

    Parameters
    ----------
    subjects
        One row per patient: USUBJID, TRTSDT, TRTEDT, EOTDT, NEWTXDT (`subjects.adsl`).
    assays
        The patients' hCG assays (`assays.series`).
    surgery
        Hysterectomies (`hysterectomies`), or None.
    rules
        How series are read.
    cutoff
        Data cut: later assays do not count.
    reading
        Name of the reading.
    brief
        True: only what the status at 24 weeks is judged on (P3), without numbers of records and reasons; relapse,
        rise and plateau are not looked for. For simulations.

    Returns
    -------
    DataFrame
        `OUTCOMES` (brief: some of them), one row per treated patient; dates NaT where it did not happen.

    Raises
    ------
    ValueError
        When a patient's milestones lie after the cut.

    Examples
    --------
    >>> from ir5nb.derive.assays import series
    >>> day = pd.to_datetime
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "TRTSDT": day(["2026-01-05"]), "TRTEDT": day(["2026-01-26"])})
    >>> lb = pd.DataFrame({"USUBJID": "1", "LBTESTCD": "HCG", "LBDT": day(["2026-01-05", "2026-01-12"]),
    ...                    "LBSEQ": [1, 2], "LBSTRESN": [90.0, 5.0], "LBSTNRHI": 5.0})
    >>> outcomes(adsl, series(adsl, lb))["reason"][0]
    'Normalised on day 7 (week 1): LB 2 (2026-01-12): 5; no resistance'
    """
    cut, begun = check_cut(subjects, cutoff), treated(subjects)
    n, landmark = len(begun), days_of(begun, "TRTSDT") + rules.landmark_days * _DAY
    (end, end_why), stop = _treatment_end(begun, rules), _stop(begun, surgery)
    late = days_of(assays, "ADT") > cut
    found = _gathered(begun, assays[~late] if late.any() else assays, end, stop["ADT"])
    normal_before = at(column(found.assays, "LEVEL"), found.baseline, None)
    norm = found.earliest(n, _normalised(found, landmark, rules) & (normal_before != NORMAL)[found.owner])
    window = found.on_treatment & found.before_stop & (found.adt <= landmark[found.owner])
    last = pick(n, found.owner, found.day, window, last=True)
    if brief:
        days = {"BASEDT": found.baseline, "LASTDT": last, "NORMDT": norm}
        return pd.DataFrame(
            {
                "USUBJID": begun["USUBJID"], "LANDMARKDT": landmark, "ENDDT": end, "STOPDT": stop["ADT"],
                "STOPDOM": stop["SRCDOM"], "BASELEVEL": normal_before,
                **{name: at(found.adt, rows, NAT) for name, rows in days.items()},
            }
        )  # fmt: skip
    norm_day = at(found.adt, norm, NAT)
    relapse = found.earliest(n, (found.assays["LEVEL"] == ABOVE).to_numpy(bool) & (found.adt > norm_day[found.owner]))
    rise, plateau = _patterns(found, n, rules)
    rise_day, plateau_day = at(found.adt, rise, NAT), at(found.adt, plateau, NAT)
    rose = ~np.isnat(rise_day) & ~(plateau_day < rise_day)
    resist = np.where(rose, rise, plateau)
    doubtful = np.zeros(n, dtype=bool)
    doubtful[found.owner[window & (found.assays["LEVEL"] == UNDETERMINED).to_numpy(bool)]] = True
    table = pd.DataFrame(
        {
            "USUBJID": begun["USUBJID"], "READING": reading, "TRTSDT": days_of(begun, "TRTSDT"),
            "LANDMARKDT": landmark, "ENDDT": end, "ENDREAS": end_why, "STOPDT": stop["ADT"],
            "STOPDOM": stop["SRCDOM"], "STOPSEQ": _whole(stop["SRCSEQ"]), "STOPREAS": _why_stopped(stop),
            "ASSAYS": np.bincount(found.owner, minlength=n), "BASEDT": at(found.adt, found.baseline, NAT),
            "BASESEQ": _whole(at(numbers_of(found.assays, "SRCSEQ"), found.baseline, np.nan)),
            "LASTSEQ": _whole(at(numbers_of(found.assays, "SRCSEQ"), last, np.nan)),
            "BASELEVEL": normal_before, "LASTDT": at(found.adt, last, NAT), "UNDETERMINED": doubtful,
            "RESISTKIND": either(resist < 0, None, either(rose, "RISE", "PLATEAU")),
        }
    )  # fmt: skip
    return _completed(table, found, dict(zip(PARAMETERS, (norm, relapse, rise, plateau, resist), strict=True)), last)


def _whole(numbers: Any) -> pd.Series[int]:
    return pd.Series(numbers, dtype="Float64").astype("Int64")


def _completed(table: pd.DataFrame, found: _Series, rows: dict[str, Rows], last: Rows) -> pd.DataFrame:
    """Add to each patient the deciding assay of every parameter, and the reason."""
    number = numbers_of(found.assays, "SRCSEQ")
    for name, row in rows.items():
        table[f"{name}DT"] = at(found.adt, row, NAT)
        table[f"{name}SEQ"] = _whole(at(number, row, np.nan))
    told = {name: _told(found, row) for name, row in (rows | {"LAST": last}).items()}
    return table.assign(reason=_reasons(table, told, _told(found, found.baseline)))[list(OUTCOMES)]


def _told(found: _Series, rows: Rows) -> Texts:
    """Name the assays at the rows in words, and say where a day had several."""
    table = found.assays
    repeated = at(table["REPEATS"].to_numpy(np.int64), rows, 1) > 1
    record = words(
        at(column(table, "SRCDOM"), rows, None),
        at(numbers_of(table, "SRCSEQ"), rows, np.nan),
        at(found.adt, rows, NAT),
        at(column(table, "VISIT"), rows, None),
        at(column(table, "VALUE"), rows, None),
    )
    return np.asarray(record + either(repeated, " (highest of the day)", ""), dtype=object)


def _reasons(table: pd.DataFrame, told: dict[str, Texts], baseline: Texts) -> Texts:
    """Say what was found in each series, in words."""
    start = days_of(table, "TRTSDT")
    days = (days_of(table, "NORMDT") - start) / _DAY
    since = pd.Series(days).map(lambda d: "" if np.isnan(d) else f"day {int(d)} (week {int(d) // 7})").to_numpy(object)
    none = "No normal value on study treatment up to the landmark, "
    ending = either(table["LASTDT"].isna(), "no assay on study treatment", "last assay " + told["LAST"])
    missing = either(table["ASSAYS"] == 0, "No hCG assay", none + ending)
    norm = either(
        (table["BASELEVEL"] == NORMAL).to_numpy(),
        "hCG already normal before treatment, not evaluable for normalisation: " + baseline,
        either(table["NORMDT"].notna(), "Normalised on " + since + ": " + told["NORM"], missing),
    )
    doubt = either(table["UNDETERMINED"] & table["NORMDT"].isna(), "; a value below quantification is undetermined", "")
    relapse = either(table["RELAPSEDT"].notna(), "; above the limit again: " + told["RELAPSE"], "")
    kind = present(table["RESISTKIND"].map({"RISE": "rise", "PLATEAU": "plateau"}))
    resist = either(kind == "", "; no resistance", "; resistance by " + kind + " completed by " + told["RESIST"])
    return np.asarray(norm + doubt + relapse + resist, dtype=object)
