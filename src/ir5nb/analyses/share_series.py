"""What the charts of the share edition draw: no date, no order of inclusion, nothing that a masked number hides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.analyses.share import ALL_CENTRES, listed
from ir5nb.schema import DAYS_PER_MONTH, MASKED, Analysis

_HIDDEN: Final = ("reason", "SITEID")


def drawn(analysis: Analysis, results: pd.DataFrame, below: int) -> dict[str, pd.DataFrame]:
    """Limit the series of an analysis.

    Dates and labels of patients are left out everywhere. Accrual is given where at least `below` patients came since
    the point before; the centres are one bar; a curve ends where fewer than `below` patients are at risk; the dots and
    onsets of masked numbers, the heat map by patient and small boxes of the flow are left out; a best response whose
    number of patients is masked is not told; the bars of the swimmer plot are ordered by length.

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
    name = analysis.name
    if name == "accrual":
        series |= {
            "months": _thinned(analysis.series["months"], below),
            "centres": _one_bar(analysis.series["centres"]),
        }
    elif name == "path":
        series["path"] = series["path"].drop(columns="LABEL")
    elif name == "analysis_sets":
        boxes = series["flow"]
        series["flow"] = boxes[~(boxes["LANE"].eq("out") & boxes["N"].lt(below))]
    elif name == "best_response":
        series = {key: _untold(frame, _hidden(results, "unconfirmed")) for key, frame in series.items()}
    elif name == "course":
        bars = analysis.series["bars"].sort_values(["END", "PATIENT"], ascending=[False, True], ignore_index=True)
        series["bars"] = bars.assign(BOR=None)
    elif name == "ae_worst_grade":
        series |= {"dots": _dots(series["dots"], results), "heat": listed(series["heat"])}
    elif name == "ae_special_interest":
        series["onset"] = _onset(series["onset"], results)
    elif {"curve", "at_risk"} <= set(series):
        series = _ended(series, analysis.patients, below)
    return series


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
    return onset[pd.Series(kept, index=onset.index, dtype=bool)]


def _out(results: pd.DataFrame) -> set[tuple[str, ...]]:
    hidden = results[results["note"].eq(MASKED)]
    return set(map(tuple, hidden[["cohort", "endpoint", "group", "statistic"]].astype(str).to_numpy()))


def _statistic(level: object) -> str:
    return f"grade_{level}" if str(level) in "12345" else str(level).lower()


def _ended(series: Mapping[str, pd.DataFrame], patients: pd.DataFrame, below: int) -> dict[str, pd.DataFrame]:
    """End curves, ticks and numbers at risk where fewer than `below` patients are left."""
    days = patients["AVAL"].dropna().sort_values(ascending=False)
    last = float(days.iloc[below - 1]) / DAYS_PER_MONTH if len(days) >= below > 0 else -1.0
    return {name: frame[frame["time"].astype(float) <= last] for name, frame in series.items()}
