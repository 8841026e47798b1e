"""hCG endpoints against a naive twin: one series at a time, in exact decimals."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.derive import assays, hcg
from ir5nb.derive.weekly import Weekly

START = pd.Timestamp("2024-01-09")
LIMIT = Decimal(5)
CASES = settings(max_examples=25, deadline=None)


@dataclass(frozen=True)
class Series:
    """Assays as (day, text), end of treatment and subsequent therapy in days; None where not recorded."""

    assays: tuple[tuple[int, str], ...]
    end: int | None
    therapy: int | None


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Near-weekly series whose steps are often exactly +20 % or -10 %."""
    day, value = draw(st.integers(-9, 3)), Decimal(draw(st.sampled_from(["1000", "729", "100", "6", "50000", "5.5"])))
    rows = []
    for _ in range(draw(st.integers(0, 9))):
        text = draw(st.sampled_from([str(value)] * 6 + ["<2", "<20", ">1000", "", "4", "5"]))
        rows.append((day, text))
        day += draw(st.sampled_from([7, 7, 7, 7, 6, 8, 4, 3, 10, 11, 0, 14]))
        step = draw(st.sampled_from(["1.2", "0.9", "1", "1.199", "0.899", "1.1", "0.5", "0.1", "1.3"]))
        value = (value * Decimal(step)).quantize(Decimal("0.0001"))
    return Series(tuple(rows), draw(st.none() | st.integers(0, 80)), draw(st.none() | st.integers(0, 80)))


cohorts = st.lists(series(), min_size=1, max_size=8)
rules = st.builds(
    hcg.Rules, rise=st.sampled_from(["pairs", "over_first"]),
    plateau=st.sampled_from(["no_fall", "fall_0_10", "within_10"]), consecutive_normal=st.sampled_from([1, 1, 3]),
    on_treatment=st.sampled_from(hcg.ON_TREATMENT),
    weekly=st.sampled_from([Weekly(), Weekly(6, 8), Weekly(1, None)]),
    landmark_days=st.sampled_from([168, 28]),
)  # fmt: skip
LAST_DOSE = 30


def frames(cohort: list[Series]) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = [f"P{number}" for number in range(len(cohort))]

    def days(values: list[int | None]) -> pd.Series:
        stamps = [pd.NaT if day is None else START + pd.Timedelta(days=day) for day in values]
        return pd.Series(stamps, dtype="datetime64[ns]")

    milestones = {"EOTDT": days([one.end for one in cohort]), "NEWTXDT": days([one.therapy for one in cohort])}
    last = START + pd.Timedelta(days=LAST_DOSE)
    adsl = pd.DataFrame({"USUBJID": names, "TRTSDT": START, "TRTEDT": last, **milestones})
    rows = [(name, day, text) for name, one in zip(names, cohort, strict=True) for day, text in one.assays]
    lb = pd.DataFrame(rows, columns=["USUBJID", "day", "LBSTRESC"]).astype({"USUBJID": object, "day": int})
    lb = lb.assign(
        LBTESTCD="HCG", LBDT=START + pd.to_timedelta(lb["day"], unit="D"), LBSTNRHI=float(LIMIT),
        LBSTRESN=pd.to_numeric(lb["LBSTRESC"], errors="coerce").astype(float), LBSEQ=range(1, len(lb) + 1),
    )  # fmt: skip
    return adsl, lb


def is_normal(text: str) -> bool:
    return not text.startswith(">") and Decimal(text.removeprefix("<")) <= LIMIT


def is_quantified(text: str) -> bool:
    return text[0] not in "<>" and Decimal(text) > LIMIT


def naive(one: Series, rule: hcg.Rules) -> dict[str, int | None]:
    """Day of each outcome."""
    by_day: dict[int, str] = {}
    for day, text in one.assays:
        if text and (day not in by_day or rank(text) > rank(by_day[day])):
            by_day[day] = text
    days = sorted(by_day)
    recorded = one.end if one.end is not None else LAST_DOSE + rule.cycle_days
    end = {"recorded": recorded, "last_dose": LAST_DOSE, "whole": 10**6}[rule.on_treatment]
    stop = one.therapy if one.therapy is not None else 10**6
    before = [day for day in days if day <= 0]
    baseline = before[-1] if before else None
    during = [day for day in days if 0 < day <= end]
    normal = [day for day in during if is_normal(by_day[day]) and day < stop and day <= rule.landmark_days]
    if rule.consecutive_normal == 3:
        kept = thin([day for day in days if 0 < day < stop], rule.weekly)
        normal = [day for day in normal if day in kept and begins_run(kept, kept.index(day), by_day, rule.weekly)]
    if baseline is not None and is_normal(by_day[baseline]):
        normal = []
    norm = normal[0] if normal else None
    above = [day for day in days if norm is not None and day > norm and is_above(by_day[day])]
    kept = thin(([baseline] if baseline is not None else []) + during, rule.weekly)
    rise = first_pattern(kept, by_day, rule.weekly, 3, lambda values: rises(values, rule.rise))
    plateau = first_pattern(kept, by_day, rule.weekly, 4, lambda values: flat(values, rule.plateau))
    return {"NORM": norm, "RELAPSE": above[0] if above else None, "RISE": rise, "PLATEAU": plateau,
            "RESIST": min([day for day in (rise, plateau) if day is not None], default=None)}  # fmt: skip


def rank(text: str) -> tuple[Decimal, int]:
    return Decimal(text.lstrip("<>")), {"<": 0, ">": 2}.get(text[0], 1)


def is_above(text: str) -> bool:
    value = Decimal(text.lstrip("<>"))
    return value > LIMIT and text[0] != "<"


def thin(days: list[int], weekly: Weekly) -> list[int]:
    kept: list[int] = []
    for day in days:
        if not kept or day - kept[-1] >= weekly.min_days:
            kept.append(day)
    return kept


def joined(first: int, second: int, weekly: Weekly) -> bool:
    return weekly.max_days is None or second - first <= weekly.max_days


def begins_run(kept: list[int], at: int, by_day: dict[int, str], weekly: Weekly) -> bool:
    run = kept[at : at + 3]
    return (len(run) == 3 and all(is_normal(by_day[day]) for day in run)
            and all(joined(a, b, weekly) for a, b in itertools.pairwise(run)))  # fmt: skip


def first_pattern(kept: list[int], by_day: dict[int, str], weekly: Weekly, length: int, holds: Any) -> int | None:
    for at in range(length - 1, len(kept)):
        run = kept[at - length + 1 : at + 1]
        if not all(joined(a, b, weekly) for a, b in itertools.pairwise(run)):
            continue
        if all(is_quantified(by_day[day]) for day in run) and holds([Decimal(by_day[day]) for day in run]):
            return run[-1]
    return None


def rises(values: list[Decimal], reading: str) -> bool:
    first, second, third = values
    base = second if reading == "pairs" else first
    return second >= first * Decimal("1.2") and third >= base * Decimal("1.2")


def flat(values: list[Decimal], reading: str) -> bool:
    pairs = list(itertools.pairwise(values))
    low = all(later >= before * Decimal("0.9") for before, later in pairs)
    high = {"no_fall": Decimal("Infinity"), "fall_0_10": Decimal(1), "within_10": Decimal("1.1")}[reading]
    return low and all(later <= before * high for before, later in pairs)


@CASES
@given(cohorts, rules)
def test_outcomes_are_their_naive_twin(cohort: list[Series], rule: hcg.Rules) -> None:
    adsl, lb = frames(cohort)
    found = hcg.outcomes(adsl, assays.series(adsl, lb), rules=rule)
    for row, one in zip(found.to_dict("records"), cohort, strict=True):
        got = {name: None if pd.isna(row[f"{name}DT"]) else (row[f"{name}DT"] - START).days for name in hcg.PARAMETERS}
        assert got == naive(one, rule), one


@CASES
@given(cohorts, st.randoms(use_true_random=False))
def test_order_of_rows_and_patients_plays_no_part(cohort: list[Series], random: Any) -> None:
    adsl, lb = frames(cohort)
    straight = hcg.outcomes(adsl, assays.series(adsl, lb))
    people, rows = list(range(len(adsl))), list(range(len(lb)))
    random.shuffle(people)
    random.shuffle(rows)
    mixed = adsl.iloc[people].reset_index(drop=True)
    got = hcg.outcomes(mixed, assays.series(mixed, lb.iloc[rows])).sort_values("USUBJID").reset_index(drop=True)
    pd.testing.assert_frame_equal(got, straight)


@CASES
@given(cohorts, st.integers(10, 60), st.integers(1, 60))
def test_a_later_cut_never_undoes_a_pattern(cohort: list[Series], cut: int, more: int) -> None:
    """What was dated by a cut is dated the same later; treatment here has a recorded end or goes on (no last dose)."""
    adsl, lb = frames(cohort)

    def at(day: int) -> pd.DataFrame:
        limit = START + pd.Timedelta(days=day)
        then = adsl.assign(**{name: adsl[name].where(adsl[name] <= limit) for name in ("EOTDT", "NEWTXDT")})
        then = then.assign(TRTEDT=limit)
        return hcg.outcomes(then, assays.series(then, lb, cutoff=limit), cutoff=limit)

    early, later = at(cut), at(cut + more)
    for name in ("NORM", "RELAPSE", "RISE", "PLATEAU"):
        dated = early[f"{name}DT"].notna()
        assert (later.loc[dated, f"{name}DT"] == early.loc[dated, f"{name}DT"]).all(), name


@given(st.lists(st.decimals(0, 10**6, places=4), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_values_are_held_exactly(values: list[Decimal]) -> None:
    held = assays.exact(pd.Series([float(value) for value in values]).to_numpy(float))
    assert held.tolist() == [int(value * 10**6) for value in values]
