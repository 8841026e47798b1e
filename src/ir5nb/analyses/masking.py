"""Which results are masked: small counts, their complements, and what else a sum would give away (cell suppression).

Source: spec/report.md, "Editions"; Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (primary and secondary
suppression). A group of parts whose sum is known is safe when nothing of it is masked, or when at least two parts are,
which together hold at least the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.analyses.masking_cells import DECIDING, Cells
from ir5nb.analyses.masking_sums import LEVELS

__all__ = ["DECIDING", "masked"]

_EXTREMES: Final = ("min", "max", "onset_min", "onset_max", "duration_min", "duration_max")
_MEASURES: Final = ("mean", "sd", "median", "q1", "q3", "geometric_mean")


def masked(results: pd.DataFrame, below: int) -> pd.Series:
    """Tell of each result whether it is masked.

    Parameters
    ----------
    results
        Every result of one report (columns `schema.RESULTS`); with a column "TOTAL" the report is a pooled one.
    below
        Counts from 1 to `below` - 1 are small.

    Returns
    -------
    pandas.Series
        bool, on the index of the results.
    """
    if below < 2 or not len(results):
        return pd.Series(False, index=results.index)
    table = Cells(results, below)
    table.close()
    hidden = pd.Series(table.hidden, index=results.index) | _dependents(results, table)
    hidden |= results["statistic"].isin(_EXTREMES) | _events_by_term(results) | _both_by_term(results)
    hidden |= _other_readings(results, below) | _few_events(results, below)
    return hidden | _follow_up(results, hidden)


def _events_by_term(results: pd.DataFrame) -> pd.Series:
    """Tell the numbers of events of classes and terms: they add up, so one shown beside a hidden one would tell it."""
    by_term = results["analysis"].str.startswith("ae_terms_") & results["endpoint"].ne("")
    return by_term & results["statistic"].eq("events") & results["value"].ne(0)


def _both_by_term(results: pd.DataFrame) -> pd.Series:
    """Tell the related severe events of classes and terms: they bound the related and the severe ones from below."""
    by_term = results["analysis"].eq("ae_terms_related_severe") & results["endpoint"].ne("")
    return by_term & results["value"].ne(0)


def _few_events(results: pd.DataFrame, below: int) -> pd.Series:
    """Tell the estimates over time that rest on few events: each step of such a curve is one patient's day."""
    own = results["analysis"].eq("time_to_event")
    few = results[own & results["statistic"].eq("events") & results["value"].between(1, below - 1)]
    pairs = pd.Series(list(zip(results["cohort"], results["endpoint"], strict=True)), index=results.index, dtype=object)
    return own & results["unit"].ne("patients") & pairs.isin(set(zip(few["cohort"], few["endpoint"], strict=True)))


def _follow_up(results: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    """Tell the estimates of follow-up where a count of survival or of it is hidden: its limits give the deaths."""
    own = results["analysis"].eq("time_to_event")
    counts = own & results["endpoint"].isin(["OS", "FUP"]) & results["unit"].eq("patients")
    cohorts = set(results.loc[counts & hidden, "cohort"])
    numbers = own & results["endpoint"].eq("FUP") & results["unit"].ne("patients")
    return numbers & results["cohort"].isin(cohorts)


def _other_readings(results: pd.DataFrame, below: int) -> pd.Series:
    """Tell the numbers of readings that differ by few patients from one that is shown: the difference counts them."""
    out: set[tuple[str, str]] = set()
    for cohort, rows in results[results["analysis"].eq("readings")].groupby("cohort", sort=False):
        numbers = rows[rows["unit"].eq("patients")].pivot_table("value", "reading", "statistic", sort=False)
        if "successes" in numbers:
            out |= {(str(cohort), reading) for reading in _moved(numbers, below)}
    pairs = pd.Series(list(zip(results["cohort"], results["reading"], strict=True)), index=results.index, dtype=object)
    return results["analysis"].eq("readings") & pairs.isin(out)


def _moved(numbers: pd.DataFrame, below: int) -> set[str]:
    """Name the readings that move few patients, and the estimates without a count that answer the same question."""
    counted = numbers[numbers["successes"].notna()]
    counted = counted.assign(failures=counted["total"] - counted["successes"] - counted["pending"])
    shown: list[np.ndarray] = []
    out: set[str] = set()
    for reading in sorted(counted.index, key=lambda name: name != "default"):
        own = counted.loc[reading].to_numpy(float)
        apart = [np.abs(own - other) for other in shown]
        if any(((gap > 0) & (gap < below)).any() for gap in apart):
            out.add(str(reading))
        else:
            shown.append(own)
    asked = {reading.partition(":")[0] for reading in out}
    rates = numbers.index.difference(counted.index)
    return out | {str(reading) for reading in rates if str(reading).partition(":")[0] in asked}


def _dependents(results: pd.DataFrame, table: Cells) -> pd.Series:
    """Tell which results would give a hidden count away: its proportion, limits, rate, and what few patients had."""
    keys = {tuple(row) for row in table.rows[table.hidden]}
    found = np.zeros(len(results), dtype=bool)
    for at, row in enumerate(table.rows):
        if row[1] not in DECIDING and row[7] != "total":
            found[at] = any(
                (*row[:6], time, cell) in keys for cell in _cells_behind(tuple(row)) for time in {row[6], ""}
            )
    return pd.Series(found, index=results.index)


def _cells_behind(row: Sequence[str]) -> tuple[str, ...]:
    """Name the counts that a statistic of the same row rests on."""
    analysis, statistic = row[1], row[7]
    if statistic.endswith("_proportion"):
        return (statistic.removesuffix("_proportion"),)
    if statistic.startswith(("onset_", "duration_")):
        return (statistic.split("_")[0] + "_n", "count")
    if statistic in _MEASURES:
        return ("total",) if row[4] == "DOR" else ("n",)
    if analysis in {"ae_first", "time_to_event"}:
        return _behind_times(row)
    if statistic in LEVELS or statistic == "steroids":
        return ()
    return ("count", "events") if statistic == "event_incidence" else ("count",)


def _behind_times(row: Sequence[str]) -> tuple[str, ...]:
    """Name the counts that an estimate over time rests on: a curve of few responders is the course of each."""
    if row[1] == "ae_first":
        return ("deaths",) if row[7].startswith("death_") else ("events",)
    return ("total",) if row[4] == "DOR" else ()
