"""What the charts of the share edition draw: no date, no order of inclusion, nothing that a masked number hides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.analyses.share import ALL_CENTRES, listed
from ir5nb.schema import DAYS_PER_MONTH, MASKED, Analysis

_HIDDEN: Final = ("reason", "SITEID")
_NUMBERS: Final = ("SUCCESSES", "N", "PENDING", "ESTIMATE", "LOWER", "UPPER")
_RANKED: Final = ("END", "PCHG", "MONTHS", "WEEK")  # by what a figure orders its patients
_DIGITS: Final = {"time": 1, "TIME": 1, "END": 1, "MONTHS": 1, "WEEK": 0, "PCHG": 0}


def drawn(analysis: Analysis, results: pd.DataFrame, below: int) -> dict[str, pd.DataFrame]:
    """Limit the series of an analysis.

    Dates and labels of patients are left out everywhere. Accrual is given where at least `below` patients came since
    the point before; the centres are one bar; a curve ends where fewer than `below` patients are at risk. Left out are
    dots, onsets, curves and boxes of masked numbers, changes of tumours where few respond, and the heat map by patient.
    A best response whose number of patients is masked is not told; the bars of the swimmer plot are ordered by length,
    and marks that few patients have, or few lack, are left out. A figure of single patients numbers them by what it
    draws, so that no row can be put together from two figures. Times, changes and hormone values are rounded.

    Source: spec/report.md, "Editions".

    Parameters
    ----------
    analysis
        The analysis as it was made.
    results
        Its results, masked.
    below
        Counts from 1 to `below` - 1 are small.
    """
    series = {name: _undated(frame) for name, frame in analysis.series.items()}
    limit = _LIMITS.get("curve" if {"curve", "at_risk"} <= set(series) else analysis.name)
    limited = limit(analysis, series, results, below) if limit else series
    return {name: _rounded(frame) for name, frame in _numbered(limited).items()}


Series = dict[str, pd.DataFrame]


def _accrual(analysis: Analysis, series: Series, _results: pd.DataFrame, below: int) -> Series:
    given = analysis.series
    return series | {"months": _thinned(given["months"], below), "centres": _one_bar(given["centres"])}


def _path(_analysis: Analysis, series: Series, _results: pd.DataFrame, _below: int) -> Series:
    return {"path": series["path"].drop(columns="LABEL")}


def _flow(_analysis: Analysis, series: Series, results: pd.DataFrame, _below: int) -> Series:
    """Leave out the boxes of masked numbers."""
    masked, boxes = {group for _, _, group, _ in _out(results)}, series["flow"]
    return {"flow": boxes[~(boxes["LANE"].eq("out") & boxes["LABEL"].isin(masked))]}


def _panel(_analysis: Analysis, series: Series, results: pd.DataFrame, _below: int) -> Series:
    """Leave out the numbers of masked readings; the decision under them stays."""
    panel = series["panel"].copy()
    panel.loc[panel["READING"].isin(results.loc[results["note"].eq(MASKED), "reading"]), list(_NUMBERS)] = None
    return {"panel": panel}


def _responses(_analysis: Analysis, series: Series, results: pd.DataFrame, _below: int) -> Series:
    """Leave out responses that are masked, and the changes where the number of responders is: −30 % tells it."""
    responders = results["endpoint"].eq("ORR") & results["statistic"].eq("count") & results["note"].eq(MASKED)
    if responders.any():
        return {key: listed(frame) for key, frame in series.items()}
    return {key: _untold(frame, _hidden(results, "unconfirmed")) for key, frame in series.items()}


def _course(_analysis: Analysis, series: Series, _results: pd.DataFrame, below: int) -> Series:
    bars = series["bars"].sort_values(["END", "PATIENT"], ascending=[False, True], ignore_index=True).assign(BOR=None)
    marks, everybody = series["marks"], set(bars["PATIENT"])
    have = _having(marks)
    out = {kind for kind, patients in have.items() if _few(patients, everybody, below)}
    out |= _telling_kinds(have, below)
    if _few(set(bars.loc[bars["ONGOING"].eq("Y"), "PATIENT"]), everybody, below):
        bars, out = bars.assign(ONGOING="N"), out | {"END OF TREATMENT"}  # who has no end of treatment goes on
    return {"bars": bars, "marks": marks[~marks["MARK"].isin(out)]}


def _hormone(_analysis: Analysis, series: Series, _results: pd.DataFrame, below: int) -> Series:
    """Leave out the marks that few patients have, or few lack; relapses are of those who had normalised."""
    marks = series["marks"]
    have, everybody = _having(marks), set(series["assays"]["PATIENT"])
    among = {"RELAPSE": have.get("NORMALISATION", everybody)}
    out = {kind for kind, patients in have.items() if _few(patients, among.get(kind, everybody), below)}
    return series | {"marks": marks[~marks["MARK"].isin(out)]}


def _having(marks: pd.DataFrame) -> dict[str, set[str]]:
    return {str(kind): set(rows["PATIENT"]) for kind, rows in marks.groupby("MARK")}


def _few(patients: set[str], everybody: set[str], below: int) -> bool:
    return 0 < len(patients) < below or 0 < len(everybody - patients) < below


def _telling_kinds(have: Mapping[str, set[str]], below: int) -> set[str]:
    """Name marks that together tell how few died before a progression, of all patients or of the responders."""
    died = have.get("DEATH", set()) - have.get("PROGRESSION", set())
    if 0 < len(died) < below:
        return {"PROGRESSION", "CLINICAL PROGRESSION"}
    out = {"RESPONSE"} if 0 < len(died & have.get("RESPONSE", set())) < below else set()
    if 0 < len(died - have.get("CLINICAL PROGRESSION", set())) < below:
        out.add("CLINICAL PROGRESSION")
    return out


def _worst(_analysis: Analysis, series: Series, results: pd.DataFrame, _below: int) -> Series:
    return series | {"dots": _dots(series["dots"], results), "heat": listed(series["heat"])}


def _of_interest(_analysis: Analysis, series: Series, results: pd.DataFrame, _below: int) -> Series:
    return series | {"onset": _onset(series["onset"], results)}


def _undated(frame: pd.DataFrame) -> pd.DataFrame:
    days = [name for name in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[name])]
    return frame.drop(columns=[*days, *(name for name in _HIDDEN if name in frame.columns)])


def _thinned(months: pd.DataFrame, below: int) -> pd.DataFrame:
    """Keep a month's count where enough patients came since the last one kept; the last count always stays."""
    counts = months["OBSERVED"].to_numpy(float)
    known = np.flatnonzero(~np.isnan(counts))
    if not len(known):
        return months
    last = counts[known[-1]]
    kept, reached = [known[0]], counts[known[0]]
    for at in known[1:]:
        come, left = counts[at] - reached, last - counts[at]
        if come == 0 or (come >= below and (left == 0 or left >= below)):
            kept.append(at)
            reached = counts[at]
    return months.assign(OBSERVED=months["OBSERVED"].where(months.index.isin(months.index[kept])))


def _one_bar(centres: pd.DataFrame) -> pd.DataFrame:
    if not len(centres):
        return centres
    bar = pd.DataFrame({"SITEID": [ALL_CENTRES], "OBSERVED": [centres["OBSERVED"].sum()]})
    bar.attrs["centres"] = len(centres)
    return bar


def _hidden(results: pd.DataFrame, reading: str) -> set[str]:
    own = results["endpoint"].eq("BOR") & results["reading"].eq(reading) & results["statistic"].eq("count")
    return set(results.loc[own & results["note"].eq(MASKED), "group"])


def _untold(frame: pd.DataFrame, hidden: set[str]) -> pd.DataFrame:
    return frame.assign(BOR=frame["BOR"].mask(frame["BOR"].isin(hidden), "NOT SHOWN"))


def _dots(dots: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Leave out the dots of masked numbers, and the terms whose number of patients is masked."""
    out = _out(results)
    kept = [
        (group, system, term, _statistic(level)) not in out and (group, system, term, "count") not in out
        for group, system, term, level in zip(
            dots["GROUP"], dots["AEBODSYS"], dots["AEDECOD"], dots["LEVEL"], strict=True
        )
    ]
    return dots[pd.Series(kept, index=dots.index, dtype=bool)]


def _onset(onset: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Leave out the points of categories and of grades whose number of patients is masked in the last column."""
    out, columns = _out(results), list(dict.fromkeys(results["cohort"]))
    last = columns[-1] if columns else ""  # all patients
    kept = [
        (last, category, "", "count") not in out and (last, category, "", _statistic(level)) not in out
        for category, level in zip(onset["AESICAT"], onset["ALEVEL"], strict=True)
    ]
    return onset[pd.Series(kept, index=onset.index, dtype=bool)] if any(kept) or not kept else listed(onset)


def _out(results: pd.DataFrame) -> set[tuple[str, ...]]:
    hidden = results[results["note"].eq(MASKED)]
    return set(map(tuple, hidden[["cohort", "endpoint", "group", "statistic"]].astype(str).to_numpy()))


def _statistic(level: object) -> str:
    return f"grade_{level}" if str(level) in "12345" else str(level).lower()


def _ended(analysis: Analysis, series: Series, results: pd.DataFrame, below: int) -> Series:
    """End curves, ticks and numbers at risk where fewer than `below` patients are left; leave out what is masked.

    A curve of few events is left out, and so are the ticks where few are censored: they can be counted.
    """
    patients = analysis.patients
    estimates = results[results["time"].ne("") & results["statistic"].isin(["rate", "incidence"])]
    last = estimates[estimates["cohort"].eq(estimates["cohort"].iloc[-1])] if len(estimates) else estimates
    if len(last) and last["note"].eq(MASKED).all():
        return {name: listed(frame) for name, frame in series.items()}
    days = patients["AVAL"].dropna().sort_values(ascending=False)
    end = float(days.iloc[below - 1]) / DAYS_PER_MONTH if len(days) >= below > 0 else -1.0
    ended = {name: frame[frame["time"].astype(float) <= end] for name, frame in series.items()}
    if "censored" in ended and 0 < int(patients["CNSR"].eq(1).sum()) < below:
        ended["censored"] = listed(ended["censored"])
    return ended


def _numbered(series: Series) -> Series:
    """Give the patients of each figure numbers of their own, the longest or greatest first."""
    drawn = {name: frame for name, frame in series.items() if "PATIENT" in frame and "STATUS" not in frame}
    one = [list(drawn)] if "marks" in drawn else [[name] for name in drawn]  # marks stand on what else is drawn
    told: Series = {}
    for names in one:
        first = drawn[names[0]]
        by = next((name for name in _RANKED if name in first), "PATIENT")
        ranked = first.groupby("PATIENT", sort=False)[by].max().sort_values(ascending=False, kind="stable").index
        new = {old: f"{place:0{max(2, len(str(len(ranked))))}d}" for place, old in enumerate(ranked, 1)}
        told |= {name: _renamed(drawn[name], new) for name in names}
    return {name: told.get(name, frame) for name, frame in series.items()}


def _renamed(frame: pd.DataFrame, new: Mapping[str, str]) -> pd.DataFrame:
    """Put new numbers in, and the rows in their order: the old order is the same in every figure."""
    named = frame.assign(PATIENT=frame["PATIENT"].map(new))
    ordered: pd.DataFrame = named.sort_values("PATIENT", kind="stable", ignore_index=True)
    return ordered


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Round to what a reader sees: months to a tenth, weeks and per cent to one, hormone values to two digits."""
    told = {name: frame[name].astype(float).round(digits) + 0.0 for name, digits in _DIGITS.items() if name in frame}
    if "HCG" in frame:
        told["HCG"] = frame["HCG"].map(lambda value: float(f"{value:.2g}"), na_action="ignore")
    rounded: pd.DataFrame = frame.assign(**told)
    rounded.attrs = dict(frame.attrs)
    return rounded


_LIMITS: Final[Mapping[str, Callable[[Analysis, Series, pd.DataFrame, int], Series]]] = {
    "accrual": _accrual, "path": _path, "analysis_sets": _flow, "readings": _panel, "best_response": _responses,
    "course": _course, "hormone": _hormone, "ae_worst_grade": _worst, "ae_special_interest": _of_interest,
    "curve": _ended,
}  # fmt: skip
