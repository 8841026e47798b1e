"""Safety of a cohort, or of all together: what happened to how many of the treated patients (S6).

Every analysis takes the frames that `gather` makes once, and gives one column per cohort, then per regimen, then all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.analyses.cohort import Cohort, Members
from ir5nb.analyses.safety_counts import Groups, count, worst
from ir5nb.analyses.safety_rows import counted, joined, tidy
from ir5nb.analyses.share import listed
from ir5nb.derive.adverse_events import adae
from ir5nb.derive.ae_levels import GRADES, SEVERITIES, UNGRADED
from ir5nb.derive.ae_queries import queries as ae_queries
from ir5nb.derive.ae_steroids import treated_with_steroids
from ir5nb.derive.ae_window import window
from ir5nb.derive.exposure_intensity import adex, intensity
from ir5nb.derive.laboratory import adlb
from ir5nb.derive.records import column as texts
from ir5nb.schema import ADAE, ADEX, Analysis

TOTAL: Final = "TOTAL"
_BY: Final = ("AEBODSYS", "AEDECOD")
_BY_DRUG: Final = "RELFL_AEREL"  # RELFL_AERELDOM: related to the drug of AERELDOM


@dataclass(frozen=True, eq=False)
class Safety:
    """The frames all safety analyses read.

    Attributes
    ----------
    subjects
        The treated patients of the cohorts (columns ADSL and more).
    windows
        Counted days and time at risk of each (`derive.ae_window`).
    events
        Their adverse events, counted or not (`derive.adverse_events`), with the onset as recorded (AESTDTC).
    scale
        Levels from mild to worst: CTCAE grades, or severity where the source has no grade.
    groups
        The columns: cohorts in the order given, regimens, all; one cohort alone has one column.
    doses, intensities, laboratory
        Dose records (`adex`), their summary by patient and drug against the cohort's own planned doses (`intensity`),
        and graded laboratory values (`adlb`).
    queries
        What the records leave doubtful.
    planned_assumed
        Whether the planned doses of a cohort are assumed.
    drawn
        The columns that charts draw: the cohorts, also those without a patient, and all where there are several.
    below
        In the share edition, the count below which patients are masked; None in the full edition.
    alone
        The cohort, where it is one: its safety tables are masked together with the rest of its report.
    """

    subjects: pd.DataFrame
    windows: pd.DataFrame
    events: pd.DataFrame
    scale: tuple[str, ...]
    groups: Groups
    doses: pd.DataFrame
    intensities: pd.DataFrame
    laboratory: pd.DataFrame
    queries: pd.DataFrame
    planned_assumed: bool = False
    drawn: tuple[str, ...] = ()
    below: int | None = None
    alone: Cohort | None = None

    @property
    def counted(self) -> pd.DataFrame:
        """The events that enter the tables."""
        return self.events[self.events["COUNTFL"].eq("Y")]

    @property
    def severe(self) -> tuple[str, ...]:
        """Levels of grade 3 or more; of a severity, the worst."""
        return self.scale[2:]


def gather(
    cohorts: Sequence[Cohort | Members] | Cohort,
    *,
    terms: Mapping[str, Sequence[str]] | None = None,
    months: int = 5,
    days: int | None = None,
    flag: str = "AESI",
    regimens: bool = True,
) -> Safety:
    """Derive what the safety analyses need, of one cohort or of several together.

    Source: S6, A15, R3 (the regimen is read from exposure), spec/report.md (pooled safety). Where one cohort is of the
    share edition, so is what is gathered; it has no queries.

    Parameters
    ----------
    cohorts
        Derived cohorts, or their members alone; each keeps its own data cut.
    terms, flag
        Preferred terms of special interest by category, and the CRF's column.
    months, days
        Length of the window after the last dose.
    regimens
        Whether several cohorts also have a column per regimen.

    Raises
    ------
    ValueError
        When there is no cohort, a patient is in two, or some cohorts have CTCAE grades and others severities.
    """
    several = [cohorts] if isinstance(cohorts, Cohort) else list(cohorts)
    if not several:
        raise ValueError("no cohort: give at least one")
    parts = [_one(cohort, terms or {}, months, days, flag) for cohort in several]
    scales = {scale for _, _, scale in parts if scale}
    if len(scales) > 1:
        raise ValueError("some cohorts record CTCAE grades and others severities: they cannot share a table")
    treated = _stacked([cohort.treated for cohort in several])
    if treated["USUBJID"].duplicated().any():
        twice = treated.loc[treated["USUBJID"].duplicated(), "USUBJID"].iloc[0]
        raise ValueError(f"patient {twice} is in two cohorts: each patient has one")
    frames = {name: _stacked([part[0][name] for part in parts]) for name in parts[0][0]}
    groups = _groups(several, treated, regimens)
    drawn = (*(cohort.plan.cohort for cohort in several), *([TOTAL] if len(several) > 1 else []))
    assumed = any("planned_doses" in cohort.plan.assumed for cohort in several)
    below = max((cohort.plan.mask_below for cohort in several if cohort.plan.edition == "share"), default=None)
    if below is not None:
        frames["queries"] = listed(frames["queries"])
    return Safety(treated, _stacked([windows for _, windows, _ in parts]), scale=next(iter(scales), GRADES),
                  groups=groups, planned_assumed=assumed, drawn=drawn, below=below,
                  alone=_alone(several), **frames)  # fmt: skip


def _alone(cohorts: Sequence[Cohort | Members]) -> Cohort | None:
    return cohorts[0] if len(cohorts) == 1 and isinstance(cohorts[0], Cohort) else None


def _one(
    cohort: Cohort | Members, terms: Mapping[str, Sequence[str]], months: int, days: int | None, flag: str
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, tuple[str, ...]]:
    """Derive one cohort's frames; its scale is () where it has no adverse event."""
    tables, subjects = cohort.tables, cohort.subjects
    windows, events = _events(cohort, terms, months, days, flag)
    doses = adex(tables["EX"], subjects)
    frames = {
        "events": events.assign(COHORT=cohort.plan.cohort, STEROIDFL=treated_with_steroids(events, tables["CM"])),
        "doses": doses,
        "intensities": intensity(doses, cohort.planned_doses),
        "laboratory": adlb(tables["LB"], subjects, windows),
        "queries": ae_queries(tables["AE"], events, subjects, tables.get("DM")),
    }
    graded = "AETOXGR" in tables["AE"].columns or "AESEV" not in tables["AE"].columns
    scale = GRADES if graded else SEVERITIES
    return frames, windows, scale if len(events) else ()


def _events(
    cohort: Cohort | Members, terms: Mapping[str, Sequence[str]], months: int, days: int | None, flag: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the counted days of each treated patient of a cohort, and the adverse events judged by them."""
    windows, ae = window(cohort.subjects, cutoff=cohort.cutoff, months=months, days=days), cohort.tables["AE"]
    events = adae(ae, cohort.subjects, windows, terms=terms, flag=flag)
    return windows, events.assign(AESTDTC=texts(ae.loc[events.index], "AESTDTC"))


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    kept = [frame for frame in frames if len(frame)]
    return pd.concat(kept, ignore_index=True) if kept else frames[0].reset_index(drop=True)


def _groups(cohorts: Sequence[Cohort | Members], treated: pd.DataFrame, regimens: bool) -> Groups:
    members = {cohort.plan.cohort: list(cohort.treated["USUBJID"]) for cohort in cohorts}
    if len(cohorts) == 1:
        return Groups.of(treated["USUBJID"], members)
    if regimens:
        drugs = treated["REGIMEN"].fillna("REGIMEN NOT RECORDED")
        members |= {str(name): list(part) for name, part in treated["USUBJID"].groupby(drugs, sort=True)}
    return Groups.of(treated["USUBJID"], members | {TOTAL: list(treated["USUBJID"])})


Choice = Callable[[Safety, pd.DataFrame], pd.Series]


def _related(_: Safety, events: pd.DataFrame) -> pd.Series:
    return events["RELFL"].eq("Y")


def _severe(safety: Safety, events: pd.DataFrame) -> pd.Series:
    return events["ALEVEL"].isin(safety.severe)


def _serious(_: Safety, events: pd.DataFrame) -> pd.Series:
    return events["AESER"].eq("Y")


def _action(*words: str) -> Choice:
    return lambda _, events: events["AEACN"].isin(words)


# Kinds of events counted; the order is that of the overview.
KINDS: Final[Mapping[str, Choice]] = {
    "any": lambda _, events: events["USUBJID"].notna(),
    "severe": _severe,
    "related": _related,
    "related severe": lambda safety, events: _related(safety, events) & _severe(safety, events),
    "serious": _serious,
    "serious related": lambda safety, events: _serious(safety, events) & _related(safety, events),
    "special interest": lambda _, events: events["AESICAT"].notna(),
    "dose delayed or interrupted": _action("DRUG INTERRUPTED", "DOSE DELAYED", "DRUG DELAYED"),
    "dose reduction": _action("DOSE REDUCED"),
    "drug withdrawn": _action("DRUG WITHDRAWN"),
    "fatal": lambda _, events: events["FATALFL"].eq("Y"),
    "ungraded": lambda _, events: events["ALEVEL"].eq(UNGRADED),
    "before first dose": lambda _, events: events["PREFL"].eq("Y") & events["ASTDTF"].isna(),
    "after new therapy": lambda _, events: events["AFTNEWFL"].eq("Y"),
}


def chosen(safety: Safety, kind: str) -> pd.DataFrame:
    """Give the counted events of a kind (`KINDS`).

    Raises
    ------
    ValueError
        When there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of events {kind!r}; there are {', '.join(KINDS)}")
    events = safety.counted
    return events[KINDS[kind](safety, events)]


def overview(safety: Safety) -> Analysis:
    """Count the patients with any event of each kind, related by drug where recorded, with the events beside.

    Source: S6, spec/tlf.csv (AET01).

    Parameters
    ----------
    safety
        Gathered frames.
    """
    parts = [_totals("ae_overview", safety.groups)]
    for kind in KINDS:
        parts.append(_kind("ae_overview", "overview", kind, count(chosen(safety, kind), safety.groups)))
    events = safety.counted
    for column in [name for name in events.columns if name.startswith("RELFL_")]:
        of_drug = count(events[events[column].eq("Y")], safety.groups)
        parts.append(_kind("ae_overview", "related by drug", column.removeprefix("RELFL_"), of_drug))
    return Analysis("ae_overview", safety.events, joined(parts), {}, _said(safety))


def _kind(analysis: str, endpoint: str, group: str, found: pd.DataFrame) -> pd.DataFrame:
    numbers = {**counted(found), "events": (found["EVENTS"], "events")}
    return tidy(analysis, found["GROUP"], numbers, endpoint=endpoint, group=group)


def _totals(analysis: str, groups: Groups) -> pd.DataFrame:
    return tidy(analysis, list(groups.names), {"total": (groups.totals, "patients")})


def _said(safety: Safety) -> str:
    """Say how many treated patients had an event, one of grade 3 or more, and a serious one."""
    total = len(safety.subjects)
    any_, severe, serious = (chosen(safety, kind)["USUBJID"].nunique() for kind in ("any", "severe", "serious"))
    worse = "of grade 3 or more" if safety.scale == GRADES else "severe"
    return f"{any_} of {total} treated patients had an adverse event, {severe} {worse}, {serious} serious."


def by_term(safety: Safety, kind: str = "any", *, order: str = "frequency", by: str = "") -> Analysis:
    """Count patients and events of a kind by system organ class and preferred term.

    Source: S6, spec/tlf.csv (AET02); issue 6 (sorted by the total count of patients, ties by name).

    Parameters
    ----------
    safety
        Gathered frames.
    kind
        One of `KINDS`.
    order
        "frequency", or "alphabetical" systems with terms by frequency.
    by
        Group whose count sorts the rows; "" for the last column, all patients.

    Raises
    ------
    ValueError
        When the kind, the order or the group is unknown.
    """
    events = chosen(safety, kind)
    rows = sorted_rows(term_rows(events, safety.groups), order=order, by=by or safety.groups.names[-1])
    analysis = f"ae_terms_{kind}".replace(" ", "_")
    numbers = {**counted(rows), "events": (rows["EVENTS"], "events")}
    found = tidy(analysis, rows["GROUP"], numbers, endpoint=rows["AEBODSYS"], group=rows["AEDECOD"])
    return Analysis(analysis, events, joined([_totals(analysis, safety.groups), found]))


def term_rows(events: pd.DataFrame, groups: Groups) -> pd.DataFrame:
    """Count events over all ("", ""), by system (system, "") and by system and term.

    Source: spec/tlf.csv (AET02).

    Examples
    --------
    >>> groups = Groups.of(pd.Series(["1"]), {"PM": ["1"]})
    >>> events = pd.DataFrame({"USUBJID": ["1"], "AEBODSYS": ["Skin"], "AEDECOD": ["Rash"]})
    >>> term_rows(events, groups)[["AEBODSYS", "AEDECOD", "COUNT"]].values.tolist()
    [['', '', 1], ['Skin', '', 1], ['Skin', 'Rash', 1]]
    """
    parts = [count(events, groups, _BY[:depth]) for depth in (0, 1, 2)]
    return pd.concat([part.reindex(columns=[*_BY, *parts[0].columns]) for part in parts]).fillna(
        dict.fromkeys(_BY, "")
    ).reset_index(drop=True)  # fmt: skip


def sorted_rows(rows: pd.DataFrame, *, order: str, by: str, total: str = "COUNT") -> pd.DataFrame:
    """Sort rows by system and term: by the count of patients of a group, most first, ties by name; totals first.

    Source: issue 6.

    Raises
    ------
    ValueError
        When the order or the group is unknown.

    Examples
    --------
    >>> rows = pd.DataFrame({"AEBODSYS": ["b", "a", "b"], "AEDECOD": ["x", "", ""], "GROUP": "T", "COUNT": [2, 1, 2]})
    >>> sorted_rows(rows, order="frequency", by="T")["AEBODSYS"].tolist()
    ['b', 'b', 'a']
    """
    if order not in ("frequency", "alphabetical"):
        raise ValueError(f"no order {order!r}; there are frequency and alphabetical")
    if len(rows) and by not in set(rows["GROUP"]):
        raise ValueError(f"no group {by!r} to sort by; there are {', '.join(rows['GROUP'].unique())}")
    own = rows[rows["GROUP"].eq(by)]
    size = pd.Series(own[total].to_numpy(), index=pd.MultiIndex.from_frame(own[list(_BY)]))
    of_system = size[size.index.get_level_values(1) == ""].droplevel(1)
    place = pd.MultiIndex.from_frame(rows[list(_BY)])
    keys = rows.assign(
        _system=0 if order == "alphabetical" else -of_system.reindex(rows["AEBODSYS"]).to_numpy(),
        _first=rows["AEBODSYS"].ne("").to_numpy(), _own=rows["AEDECOD"].ne("").to_numpy(),
        _term=-size.reindex(place).to_numpy(),
    )  # fmt: skip
    names = ["_first", "_system", "AEBODSYS", "_own", "_term", "AEDECOD"]
    return rows.loc[keys.sort_values(names, kind="stable").index].reset_index(drop=True)


def worst_grade(safety: Safety, *, least: int = 0) -> Analysis:
    """Count the patients of each system and term by the worst level of their events; ungraded is its own column.

    Source: S6, spec/endpoints.md, spec/tlf.csv (AET04); a severity recorded instead of a grade stays a severity.

    Parameters
    ----------
    safety
        Gathered frames.
    least
        Terms of fewer patients over all columns are left out of the rows (never out of their system's count).
    """
    events, groups = safety.counted, safety.groups
    parts = [worst(events, groups, safety.scale, _BY[:depth]) for depth in (0, 1, 2)]
    rows = pd.concat([part.reindex(columns=[*_BY, *parts[0].columns]) for part in parts], ignore_index=True)
    rows = rows.fillna(dict.fromkeys(_BY, ""))
    levels = [*safety.scale, UNGRADED]
    rows = rows.assign(COUNT=rows[levels].sum(axis=1))
    rows = sorted_rows(rows, order="frequency", by=groups.names[-1])
    if least:
        size = rows[rows["GROUP"].eq(groups.names[-1])].set_index(list(_BY))["COUNT"]
        rows = rows[
            (size.reindex(pd.MultiIndex.from_frame(rows[list(_BY)])) >= least).to_numpy() | rows["AEDECOD"].eq("")
        ]
    numbers = {name: pair for level in levels for name, pair in counted(rows, level, statistic_of(level)).items()}
    numbers |= counted(rows)
    found = tidy("ae_worst_grade", rows["GROUP"], numbers, endpoint=rows["AEBODSYS"], group=rows["AEDECOD"])
    series = {"dots": _dots(safety, rows, levels), "heat": _heat(events, groups, safety.scale)}
    return Analysis("ae_worst_grade", events, joined([_totals("ae_worst_grade", groups), found]), series)


def statistic_of(level: str) -> str:
    """Name the statistic of a level: "grade_3", "severe", "ungraded".

    Examples
    --------
    >>> statistic_of("3"), statistic_of("UNGRADED")
    ('grade_3', 'ungraded')
    """
    return f"grade_{level}" if level in GRADES else level.lower()


def _dots(safety: Safety, rows: pd.DataFrame, levels: Sequence[str]) -> pd.DataFrame:
    """One row per term, cohort (and all) and level with the patients whose worst it was, and their share."""
    columns = list(safety.drawn or safety.groups.names)
    terms = rows[rows["AEDECOD"].ne("") & rows["GROUP"].isin(columns)]
    long = terms.melt(["AEBODSYS", "AEDECOD", "GROUP", "TOTAL", "COUNT"], list(levels), "LEVEL", "N")
    place = long["GROUP"].map({name: at for at, name in enumerate(columns)})
    long = long.assign(SHARE=long["N"] / long["TOTAL"].where(long["TOTAL"] > 0), _place=place)
    return long[long["N"] > 0].sort_values("_place", kind="stable", ignore_index=True).drop(columns="_place")


def _heat(events: pd.DataFrame, groups: Groups, scale: Sequence[str]) -> pd.DataFrame:
    """One row per treated patient and term with the worst level, for the heat map; first column of the patient."""
    own = events[events["AOCCPIFL"].eq("Y")][["USUBJID", "AEDECOD", "ALEVEL"]]
    place = groups.patients.get_indexer(pd.Index(own["USUBJID"]))
    column = np.array(groups.names, dtype=object)[groups.belongs.argmax(axis=1)] if len(groups.patients) else []
    rank = {level: at for at, level in enumerate((UNGRADED, *scale))}
    heat = own.assign(GROUP=np.asarray(column, dtype=object)[place], RANK=own["ALEVEL"].map(rank))
    heat = heat.sort_values("RANK", kind="stable").drop_duplicates(["USUBJID", "AEDECOD"], keep="last")
    return heat.sort_values(["GROUP", "USUBJID", "AEDECOD"], ignore_index=True).drop(columns="RANK")


def late(safety: Safety) -> pd.DataFrame:
    """List the events outside the counted days: before inclusion and after the window, with the reason.

    Source: spec/endpoints.md (later ones listed outside the tables).
    """
    outside = safety.events[safety.events["COUNTFL"].ne("Y")]
    kept = ["USUBJID", "AESEQ", "AEDECOD", "ALEVEL", "ASTDT", "WNDEDT", "WINDOW", "reason"]
    return outside[kept].sort_values(["USUBJID", "ASTDT", "AESEQ"], ignore_index=True)


def recorded(cohort: Cohort) -> pd.DataFrame:
    """Give the adverse events of a cohort's treated patients, counted or not, as its plan judges them.

    Parameters
    ----------
    cohort
        Derived cohort; the plan's terms of special interest and months of the window apply.

    Returns
    -------
    pandas.DataFrame
        Columns ADAE and more, AESTDTC as recorded; the index is that of AE.
    """
    return _events(cohort, cohort.plan.aesi or {}, cohort.plan.ae_months, None, "AESI")[1]


def records(cohort: Cohort) -> dict[str, pd.DataFrame]:
    """Give the derived tables adae and adex of a cohort, as `ir5nb derive` writes them.

    Source: spec/endpoints.md, "Derived tables". The relation to one drug, recorded as AERELDOM, is RELDOMFL: a name of
    a SAS transport file has at most eight characters.

    Parameters
    ----------
    cohort
        Derived cohort; the plan's terms of special interest and months of the window apply.
    """
    events = recorded(cohort)
    drugs = {name: f"REL{name.removeprefix(_BY_DRUG)}FL" for name in events.columns if name.startswith(_BY_DRUG)}
    return {
        "adae": events[[*ADAE, *drugs]].rename(columns=drugs).reset_index(drop=True),
        "adex": adex(cohort.tables["EX"], cohort.subjects)[list(ADEX)].reset_index(drop=True),
    }
