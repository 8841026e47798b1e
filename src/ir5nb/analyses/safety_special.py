"""Events of special interest with onset, duration and outcome; incidence per time at risk; time to the first (S6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pandas as pd

from ir5nb.analyses.safety import Safety, chosen, statistic_of
from ir5nb.analyses.safety_counts import count, worst
from ir5nb.analyses.safety_rows import counted, joined, tidy
from ir5nb.derive.ae_first import EVENT, first_event
from ir5nb.derive.ae_levels import UNGRADED
from ir5nb.schema import DAYS_PER_MONTH, Analysis
from ir5nb.stats.rates import incidence_rate
from ir5nb.stats.survival import cumulative_incidence

_TIMES: Final = (3, 6, 9, 12)
_PER: Final = 100  # patient-months
_RATED: Final = ("any", "severe", "related", "related severe", "serious", "special interest", "fatal")


def special_interest(safety: Safety) -> Analysis:
    """Describe the events of special interest by category: patients, worst grade, onset, duration, outcome.

    Source: S6, spec/tlf.csv (AET01_AESI). Onset is counted in days from the first dose to the patient's first event
    of the category; duration of the events that have an end. Events whose day of onset is imputed have neither. By the
    CRF's flag and by the plan's terms, both counted.

    Parameters
    ----------
    safety
        Gathered frames; series `onset` has one row per patient and category whose first onset is known to the day.
    """
    events, groups, name = chosen(safety, "special interest"), safety.groups, "ae_special_interest"
    parts = [_sizes(name, safety)]
    found = count(events, groups)
    parts.append(tidy(name, found["GROUP"], {**counted(found), "events": (found["EVENTS"], "events")}, endpoint="any"))
    for column, told in (("AESIFLAG", "by the CRF"), ("AESITERM", "by the plan's terms")):
        of_kind = count(events[events[column].notna()], groups)
        parts.append(tidy(name, of_kind["GROUP"], counted(of_kind), endpoint="any", group=told))
    firsts = _firsts(safety, events)
    categories = sorted(
        events["AESICAT"].unique(),
        key=lambda text: (-events.loc[events["AESICAT"].eq(text), "USUBJID"].nunique(), text),
    )
    for category in categories:
        parts += _category(safety, str(category), events[events["AESICAT"].eq(category)], firsts)
    kept = ["USUBJID", "AESEQ", "AESICAT", "AESIFLAG", "AESITERM", "AEDECOD", "ALEVEL", "AESER", "RELFL", "ASTDT",
            "ASTDTF", "AENDT", "ADURN", "STEROIDFL", "AEACN", "AEOUT", "reason"]  # fmt: skip
    return Analysis(name, events[kept].reset_index(drop=True), joined(parts), {"onset": firsts})


def _sizes(name: str, safety: Safety) -> pd.DataFrame:
    """Give the number of treated patients of each column."""
    return tidy(name, list(safety.groups.names), {"total": (safety.groups.totals, "patients")})


def _firsts(safety: Safety, events: pd.DataFrame) -> pd.DataFrame:
    """One row per patient and category: first event, its level and day since the first dose; none if imputed."""
    ordered = events.sort_values(["ASTDT", "AESEQ"], kind="stable")
    first = ordered.drop_duplicates(["USUBJID", "AESICAT"])[
        ["USUBJID", "COHORT", "AESICAT", "AEDECOD", "ALEVEL", "ASTDT", "ASTDTF"]
    ]
    first = first[first["ASTDTF"].isna()].drop(columns="ASTDTF")
    start = safety.subjects.set_index("USUBJID")["TRTSDT"].reindex(first["USUBJID"]).to_numpy()
    days = (first["ASTDT"] - start).dt.days
    return first.assign(DAYS=days, MONTHS=days / DAYS_PER_MONTH).reset_index(drop=True)


def _category(safety: Safety, category: str, events: pd.DataFrame, firsts: pd.DataFrame) -> list[pd.DataFrame]:
    groups, name = safety.groups, "ae_special_interest"
    found, graded = count(events, groups), worst(events, groups, safety.scale)
    numbers = {**counted(found), "events": (found["EVENTS"], "events")}
    for level in (*safety.scale, UNGRADED):
        numbers |= counted(graded, level, statistic_of(level))
    numbers |= counted(count(events[events["STEROIDFL"].eq("Y")], groups), "COUNT", "steroids")
    own = firsts[firsts["AESICAT"].eq(category)]
    lasted = events["ADURN"].where(events["ASTDTF"].isna())
    numbers |= _measured(safety, own, own["DAYS"], "onset") | _measured(safety, events, lasted, "duration")
    parts = [tidy(name, found["GROUP"], numbers, endpoint=category)]
    outcome = events["AEOUT"].fillna("OUTCOME NOT RECORDED")
    for text in sorted(outcome.unique()):
        ended = count(events[outcome.eq(text)], groups)
        told = {"events": (ended["EVENTS"], "events")}
        parts.append(tidy(name, ended["GROUP"], told, endpoint=category, group=str(text)))
    return parts


def _measured(safety: Safety, rows: pd.DataFrame, days: pd.Series, name: str) -> dict[str, tuple[Any, str]]:
    """Describe days in each column of the table: how many, median, least and most."""
    place = safety.groups.patients.get_indexer(pd.Index(rows["USUBJID"]))
    values = days.astype("Float64").to_numpy(float, na_value=np.nan)
    inside = [values[member[place] & ~np.isnan(values)] for member in safety.groups.belongs.T]
    tell: dict[str, Callable[[Any], Any]] = {"median": np.median, "min": np.min, "max": np.max}
    told: dict[str, tuple[Any, str]] = {f"{name}_n": ([len(part) for part in inside], "count")}
    for statistic, measure in tell.items():
        told[f"{name}_{statistic}"] = ([float(measure(part)) if len(part) else None for part in inside], "days")
    return told


def incidence(safety: Safety, *, level: float = 0.95) -> Analysis:
    """Estimate exposure-adjusted incidence per 100 patient-months: of a first event, and of events.

    Source: spec/endpoints.md; exact Poisson limits (Ulm 1990). Of a first event, time at risk ends with it; of events,
    it runs to the end of the window, the cut or death. Events of one patient are not independent, so the second
    has no interval.

    Parameters
    ----------
    safety
        Gathered frames.
    level
        Two-sided confidence level.
    """
    name = "ae_incidence"
    parts = [_sizes(name, safety)]
    whole = safety.windows["RISKDAYS"].to_numpy(float, na_value=np.nan)
    for kind in _RATED:
        events = chosen(safety, kind)
        first = first_event(events, safety.windows, safety.subjects)
        happened, days = first["CAUSE"].eq(EVENT).to_numpy(), first["AVAL"].to_numpy(float, na_value=np.nan)
        found = count(events, safety.groups)
        cells = []
        for at, member in enumerate(_columns(safety, first["USUBJID"])):
            months = float(np.nansum(days[member])) / DAYS_PER_MONTH
            every = float(np.nansum(whole[member])) / DAYS_PER_MONTH
            cells.append(_rates(int(happened[member].sum()), months, int(found["EVENTS"].iloc[at]), every, level))
        units = {"count": "patients", "events": "events", "months": "months", "all_months": "months"}
        unit = f"per {_PER} patient-months"
        numbers = {key: ([cell[key] for cell in cells], units.get(key, unit)) for key in cells[0]} if cells else {}
        method = f"exact Poisson (Ulm 1990), {100 * level:g}%"
        parts.append(tidy(name, list(safety.groups.names), numbers, endpoint=kind, method=method))
    return Analysis(name, safety.windows, joined(parts))


def _columns(safety: Safety, patients: pd.Series) -> list[Any]:
    """Give for each group the rows of the patients that belong to it."""
    place = safety.groups.patients.get_indexer(pd.Index(patients))
    return [member[place] for member in safety.groups.belongs.T]


def _rates(patients: int, months: float, events: int, every: float, level: float) -> dict[str, float | None]:
    first = {"count": patients, "months": months, "events": events, "all_months": every}
    none = dict.fromkeys(("incidence", "incidence_lower", "incidence_upper"))
    rates: dict[str, float | None] = dict(none)
    if months > 0:
        found = incidence_rate(patients, months, level)
        rates = {"incidence": _PER * found.estimate, "incidence_lower": _PER * found.lower,
                 "incidence_upper": _PER * found.upper}  # fmt: skip
    return {**first, **rates, "event_incidence": _PER * events / every if every > 0 else None}


def time_to_first(safety: Safety, kind: str = "special interest", *, group: str = "", level: float = 0.95) -> Analysis:
    """Estimate the cumulative incidence of the first event of a kind, death competing; series draw it in months.

    Source: spec/endpoints.md (Aalen-Johansen with death as competing event); A17.

    Parameters
    ----------
    safety
        Gathered frames.
    kind
        One of `safety.KINDS`.
    group
        The column whose curve the series `curve` and `at_risk` hold; "" for the last, all patients.
    level
        Two-sided confidence level.

    Raises
    ------
    ValueError
        When the group is unknown.
    """
    drawn = group or safety.groups.names[-1]
    if drawn not in safety.groups.names:
        raise ValueError(f"no group {drawn!r}; there are {', '.join(safety.groups.names)}")
    first = first_event(chosen(safety, kind), safety.windows, safety.subjects)
    name, series = "ae_first", {"curve": _NO_CURVE, "at_risk": _NO_RISK}
    parts = [_sizes(name, safety)]
    for named, member in zip(safety.groups.names, _columns(safety, first["USUBJID"]), strict=True):
        own = first[member & first["AVAL"].notna().to_numpy()]
        cause = own["CAUSE"].to_numpy(np.int64)
        sizes = {"count": len(own), "events": int((cause == 1).sum()), "deaths": int((cause == 2).sum())}
        numbers = {key: ([value], "patients") for key, value in sizes.items()}
        parts.append(tidy(name, [named], numbers, endpoint=kind))
        if not len(own):
            continue
        curves = cumulative_incidence(own["AVAL"].to_numpy(float), cause, level)
        parts += [_at(name, named, kind, month, curves, level) for month in _TIMES]
        if named == drawn:
            series = {"curve": _drawn(curves, kind), "at_risk": _at_risk(own)}
    return Analysis(name, first, joined(parts), series)


_CAUSES: Final = {1: "event", 2: "death"}
_NO_CURVE: Final = pd.DataFrame(columns=["time", "incidence", "lower", "upper", "cause"])
_NO_RISK: Final = pd.DataFrame(columns=["time", "n"])


def _at(name: str, group: str, kind: str, month: int, curves: Any, level: float) -> pd.DataFrame:
    numbers: dict[str, tuple[Any, str]] = {}
    for cause, told in ((1, ""), (2, "death_")):
        point = curves.at(month * DAYS_PER_MONTH, cause)
        known = not point.beyond_follow_up
        limits = {"incidence": point.incidence, "lower": point.lower, "upper": point.upper}
        numbers |= {f"{told}{key}": ([value if known else None], "proportion") for key, value in limits.items()}
    method = f"Aalen-Johansen, death competing, log-log limits, {100 * level:g}%"
    return tidy(name, [group], numbers, endpoint=kind, time=str(month), method=method)


def _drawn(curves: Any, kind: str) -> pd.DataFrame:
    """One row per cause and time, from 0, in months."""
    rows = []
    for place, cause in enumerate(curves.causes):
        told = kind if cause == 1 else _CAUSES[cause]
        start = pd.DataFrame({"time": [0.0], "incidence": 0.0, "lower": 0.0, "upper": 0.0, "cause": told})
        steps = {key: getattr(curves, key)[place] for key in ("incidence", "lower", "upper")}
        rows += [start, pd.DataFrame({"time": curves.time / DAYS_PER_MONTH, **steps, "cause": told})]
    return pd.concat(rows, ignore_index=True) if rows else _NO_CURVE


def _at_risk(first: pd.DataFrame) -> pd.DataFrame:
    days = first["AVAL"].to_numpy(float)
    last = int(days.max() // DAYS_PER_MONTH) if len(days) else 0
    months = range(0, last + 1, 3)
    return pd.DataFrame({"time": list(months), "n": [int((days >= month * DAYS_PER_MONTH).sum()) for month in months]})
