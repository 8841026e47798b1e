"""Best overall response derived once more by admiralonco's definitions, one patient after the other."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.derive.response import best, first_progression

START = pd.Timestamp("2026-01-05")
LEVELS = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND")
ORDER = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND", "MISSING")
MANY = settings(max_examples=25, deadline=None)  # many patients per example: calls, not patients, take the time

courses = st.lists(
    st.tuples(st.integers(-20, 300), st.sampled_from(LEVELS)), max_size=8, unique_by=lambda seen: seen[0]
)
rules = st.fixed_dictionaries(
    {
        "min_sd_days": st.sampled_from([0, 28, 42]),
        "confirm_days": st.sampled_from([0, 14, 28]),
        "max_ne_between": st.integers(0, 2),
        "accept_sd_between": st.booleans(),
        "missing_as_ne": st.booleans(),
        "until_progression": st.booleans(),
    }
)
limits = st.one_of(st.none(), st.integers(0, 300))


def responses(drawn: list[list[tuple[int, str]]]) -> pd.DataFrame:
    rows = [(f"P{who}", day, level) for who, course in enumerate(drawn) for day, level in course]
    table = pd.DataFrame(rows, columns=["USUBJID", "day", "AVALC"])
    days = START + pd.to_timedelta(table["day"], unit="D")
    return table.assign(
        EVAL="INVESTIGATOR", VISITNUM=table["day"].astype(float), VISIT="V", ADT=days, FIRSTDT=days, SRCDOM="RS",
        SRCSEQ=range(len(table)), reason=table["AVALC"],
    )  # fmt: skip


class Slow:
    """admiralonco's definitions, read aloud."""

    def __init__(self, course: list[tuple[int, str]], limit: int | None, rule: dict) -> None:
        seen = sorted((day, level) for day, level in course if day >= 0 and (limit is None or day <= limit))
        first_pd = min((day for day, level in seen if level == "PD"), default=None)
        if rule["until_progression"] and first_pd is not None:
            seen = [(day, level) for day, level in seen if day <= first_pd]
        self.seen, self.rule = seen, rule

    def confirmed(self, place: int) -> bool:
        day, level = self.seen[place]
        confirming = ("CR",) if level == "CR" else ("CR", "PR")
        for later in range(place + 1, len(self.seen)):
            if self.seen[later][1] in confirming and self.seen[later][0] >= day + self.rule["confirm_days"]:
                period = [seen for _, seen in self.seen[place + 1 : later + 1]]
                allowed = {"CR", "NE"} if level == "CR" else {"CR", "PR", "SD", "NE"}
                pr_after_cr = "CR" in period and "PR" in period[period.index("CR") :]
                return (
                    set(period) <= allowed
                    and period.count("NE") <= self.rule["max_ne_between"]
                    and period.count("SD") <= int(self.rule["accept_sd_between"])
                    and not (level == "PR" and pr_after_cr)
                )
        return False

    def best(self, confirmation: bool) -> tuple[str, int | None]:
        found = []
        for place, (day, level) in enumerate(self.seen):
            if level == "ND" and not confirmation:
                continue
            unconfirmed = confirmation and level in ("CR", "PR") and not self.confirmed(place)
            read = "SD" if unconfirmed else level
            if read in ("SD", "NON-CR/NON-PD") and day < self.rule["min_sd_days"]:
                read = "NE"
            found.append((ORDER.index(read), day))
        if not found:
            return ("NE" if self.rule["missing_as_ne"] else "MISSING"), None
        rank, day = min(found)
        return ORDER[rank], day

    def first_response(self, confirmation: bool) -> int | None:
        days = [
            day
            for place, (day, level) in enumerate(self.seen)
            if level in ("CR", "PR") and (not confirmation or self.confirmed(place))
        ]
        return min(days, default=None)

    def answer(self) -> list:
        return [*self.best(False), *self.best(True), self.first_response(False), self.first_response(True)]


def fast(drawn: list, limit: list[int | None], rule: dict, shuffle: int | None = None) -> list[list]:
    ids = [f"P{who}" for who in range(len(drawn))]
    table = responses(drawn)
    if shuffle is not None:
        table = table.sample(frac=1, random_state=shuffle)
    end = pd.Series([pd.NaT if day is None else START + pd.Timedelta(days=day) for day in limit], index=ids)
    found = best(table, pd.Series(START, index=ids), end.astype("datetime64[ns]"), **rule)
    days = {
        name: [None if pd.isna(day) else (day - START).days for day in found[name]]
        for name in ("BORDT", "CBORDT", "RSPDT", "CRSPDT")
    }
    return [
        list(row)
        for row in zip(
            found["BOR"], days["BORDT"], found["CBOR"], days["CBORDT"], days["RSPDT"], days["CRSPDT"], strict=True
        )
    ]


@MANY
@given(st.lists(st.tuples(courses, limits), min_size=1, max_size=20), rules)
def test_the_slow_way_gives_the_same(drawn: list, rule: dict) -> None:
    found = fast([course for course, _ in drawn], [limit for _, limit in drawn], rule)
    assert found == [Slow(course, limit, rule).answer() for course, limit in drawn]


@MANY
@given(st.lists(courses, min_size=1, max_size=20), rules, st.integers(0, 99))
def test_order_of_rows_is_irrelevant(drawn: list, rule: dict, seed: int) -> None:
    none = [None] * len(drawn)
    assert fast(drawn, none, rule, shuffle=seed) == fast(drawn, none, rule)


@MANY
@given(st.lists(courses, min_size=1, max_size=20), st.integers(0, 300))
def test_confirmation_never_improves_a_best_response(drawn: list, limit: int) -> None:
    for bor, _, cbor, _, first, first_confirmed in fast(drawn, [limit] * len(drawn), {"missing_as_ne": False}):
        assert ORDER.index(cbor) >= ORDER.index(bor) or (bor, cbor) == ("MISSING", "ND")
        assert first_confirmed is None or first is not None
        assert first_confirmed is None or first <= first_confirmed
        assert (first is not None) == (bor in ("CR", "PR"))


@MANY
@given(st.lists(courses, min_size=1, max_size=20), st.integers(0, 300), st.integers(0, 300))
def test_a_later_cut_never_worsens_a_best_response(drawn: list, one: int, other: int) -> None:
    rule = {"missing_as_ne": False}
    early, late = (fast(drawn, [limit] * len(drawn), rule) for limit in sorted((one, other)))
    for before, after in zip(early, late, strict=True):
        assert ORDER.index(after[0]) <= ORDER.index(before[0])
        assert ORDER.index(after[2]) <= ORDER.index(before[2])


@MANY
@given(st.lists(courses, min_size=1, max_size=20))
def test_first_progression_is_the_first_pd(drawn: list) -> None:
    ids = [f"P{who}" for who in range(len(drawn))]
    found = first_progression(responses(drawn), pd.Series(START, index=ids))
    expected = [min((day for day, level in course if level == "PD" and day >= 0), default=None) for course in drawn]
    assert [None if pd.isna(day) else (day - START).days for day in found["PDDT"]] == expected
    assert found["PDFL"].tolist() == ["N" if day is None else "Y" for day in expected]
