"""Recorded responses gathered once more visit by visit, on random records."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb.derive.recist import recorded

START = pd.Timestamp("2026-01-05")
LEVELS = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND")
MANY = settings(max_examples=25, deadline=None)

# a record: patient, visit number, days into the visit (None: partial date), level, evaluator, category
records = st.tuples(
    st.integers(0, 3),
    st.integers(1, 5),
    st.one_of(st.none(), st.integers(0, 9)),
    st.sampled_from(LEVELS),
    st.sampled_from(["INVESTIGATOR", None, "INDEPENDENT ASSESSOR"]),
    st.sampled_from(["RECIST 1.1", "mRECIST", None, "iRECIST", "CLINICAL"]),
)


def table(drawn: list[tuple]) -> pd.DataFrame:
    rows = [
        {
            "USUBJID": f"P{who}",
            "VISITNUM": float(visit),
            "VISIT": f"V{visit}",
            "RSDT": pd.NaT if day is None else START + pd.Timedelta(days=56 * visit + day),
            "RSDTC": "2026" if day is None else "known",
            "RSSTRESC": level,
            "RSEVAL": evaluator,
            "RSCAT": category,
            "RSTESTCD": "OVRLRESP",
            "RSSEQ": number,
        }
        for number, (who, visit, day, level, evaluator, category) in enumerate(drawn)
    ]
    columns = ("USUBJID", "VISITNUM", "VISIT", "RSDT", "RSDTC", "RSSTRESC", "RSEVAL", "RSCAT", "RSTESTCD", "RSSEQ")
    return pd.DataFrame(rows, columns=columns).astype({"RSDT": "datetime64[ns]", "VISITNUM": float})


def slowly(drawn: list[tuple]) -> dict[tuple, tuple]:
    visits: dict[tuple, list[tuple]] = {}
    for number, (who, visit, day, level, evaluator, category) in enumerate(drawn):
        if evaluator == "INDEPENDENT ASSESSOR" or category in ("iRECIST", "CLINICAL") or level == "ND":
            continue
        visits.setdefault((f"P{who}", visit), []).append((level, day, number))
    told = {}
    for (who, visit), seen in visits.items():
        if any(level == "PD" for level, _, _ in seen):
            chosen = "PD"
        else:  # the last dated record; a record without day comes last
            chosen = max(seen, key=lambda record: (record[1] is None, record[1] or 0, record[2]))[0]
        days = [56 * visit + day for level, day, _ in seen if level == chosen and day is not None]
        told[who, visit] = (chosen, min(days, default=None), max(days, default=None))
    return told


def quickly(rs: pd.DataFrame) -> dict[tuple, tuple]:
    found = recorded(rs)
    return {
        (row.USUBJID, int(row.VISITNUM)): (row.AVALC, days_of(row.FIRSTDT), days_of(row.ADT))
        for row in found.itertuples()
    }


def days_of(day: pd.Timestamp) -> int | None:
    return None if pd.isna(day) else (day - START).days


@MANY
@given(st.lists(records, max_size=30))
def test_the_slow_way_gives_the_same(drawn: list[tuple]) -> None:
    assert quickly(table(drawn)) == slowly(drawn)


@MANY
@given(st.lists(records, max_size=30), st.integers(0, 99))
def test_order_of_records_is_irrelevant(drawn: list[tuple], seed: int) -> None:
    rs = table(drawn)
    pd.testing.assert_frame_equal(recorded(rs.sample(frac=1, random_state=seed)), recorded(rs))
