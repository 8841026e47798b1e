"""hCG patterns in small series, one situation a line (P3, S3b, A9-A12, A14)."""

from __future__ import annotations

import pandas as pd
import pytest

from ir5nb import schema
from ir5nb.derive import assays, hcg
from ir5nb.derive.weekly import Weekly

TABLES = ("hcg.txt",)
START = pd.Timestamp("2024-01-09")
RULES = {
    "default": hcg.Rules(),
    "A9:over_first": hcg.Rules(rise="over_first"),
    "A10:fall_0_10": hcg.Rules(plateau="fall_0_10"),
    "A10:within_10": hcg.Rules(plateau="within_10"),
    "A14:any": hcg.Rules(weekly=Weekly(1, None)),
    "A14:7+-1": hcg.Rules(weekly=Weekly(6, 8)),
}
ANSWERS = {"normal": "NORM", "relapse": "RELAPSE", "rise": "RISE", "plateau": "PLATEAU"}


def laboratory(text: str, limit: float | None = 5.0) -> pd.DataFrame:
    parts = [part.split(":") for part in text.split()]
    values = [value.split("~")[0] for _, value in parts]
    methods = [value.split("~")[1] if "~" in value else None for _, value in parts]
    days = START + pd.to_timedelta([int(day) for day, _ in parts], unit="D")
    return pd.DataFrame({"USUBJID": "P", "LBTESTCD": "HCG", "LBDT": days, "LBSTRESC": values, "LBSTNRHI": limit,
                         "LBSTRESN": pd.to_numeric(pd.Series(values), errors="coerce"), "LBMETHOD": methods,
                         "LBSEQ": range(1, len(parts) + 1)})  # fmt: skip


def patient(end: str) -> pd.DataFrame:
    ended = pd.NaT if end == "-" else START + pd.Timedelta(days=int(end))
    last = START + pd.Timedelta(days=300)
    return pd.DataFrame({"USUBJID": ["P"], "TRTSDT": START, "TRTEDT": last, "EOTDT": pd.to_datetime([ended])})


def test_patterns(line: dict[str, str]) -> None:
    adsl = patient(line["end"])
    found = hcg.outcomes(adsl, assays.series(adsl, laboratory(line["hcg"])), rules=RULES[line["reading"]]).iloc[0]
    days = {answer: found[f"{name}DT"] for answer, name in ANSWERS.items()}
    got = {answer: "-" if pd.isna(day) else str((day - START).days) for answer, day in days.items()}
    assert got == {answer: line[answer] for answer in ANSWERS}
    first = min([day for day in (days["rise"], days["plateau"]) if not pd.isna(day)], default=pd.NaT)
    assert (pd.isna(found["RESISTDT"]) and pd.isna(first)) or found["RESISTDT"] == first


@pytest.mark.parametrize(
    ("hcg_values", "therapy", "normal"),
    [
        ("0:100 7:4 14:3 21:2", None, 7),
        ("0:100 7:4 14:3", None, None),  # two are too few
        ("0:100 7:4 14:9 21:4 28:4 35:4", None, 21),  # the run begins again after the value above the limit
        ("0:100 7:4 14:3 21:2", 22, 7),
        ("0:100 7:4 14:3 21:2", 21, None),  # the third is owed to the later therapy
    ],
)
def test_three_normal_values_in_a_row(hcg_values: str, therapy: int | None, normal: int | None) -> None:
    """A11 with three: the run must be whole before a subsequent therapy, and is dated on its first value."""
    later = pd.NaT if therapy is None else START + pd.Timedelta(days=therapy)
    adsl = patient("-").assign(NEWTXDT=pd.to_datetime([later]))
    series = assays.series(adsl, laboratory(hcg_values))
    day = hcg.outcomes(adsl, series, rules=hcg.Rules(consecutive_normal=3))["NORMDT"][0]
    assert (None if pd.isna(day) else (day - START).days) == normal


def test_normal_values_by_their_own_limit() -> None:
    adsl = patient("-")
    for text, limit, level in (("7:<2", 2.0, "NORMAL"), ("7:<2", 1.9, "UNDETERMINED"), ("7:<20", 5.0, "UNDETERMINED"),
                               ("7:5", 5.0, "NORMAL"), ("7:5.1", 5.0, "ABOVE"), ("7:>5", 5.0, "ABOVE"),
                               ("7:>2", 5.0, "UNDETERMINED"), ("7:3", None, "UNDETERMINED"), ("7:0", 5.0, "NORMAL"),
                               ("7:<=2", 2.0, "NORMAL"), ("7:≤2", 2.0, "NORMAL")):  # fmt: skip
        assert assays.series(adsl, laboratory(text, limit))["LEVEL"].tolist() == [level], (text, limit)


def test_same_day_repeats_are_flagged_and_said() -> None:
    adsl = patient("-")
    series = assays.series(adsl, laboratory("0:100 7:3 7:4"))
    assert series["REPEATS"].tolist() == [1, 2]
    assert hcg.outcomes(adsl, series)["reason"][0].startswith(
        "Normalised on day 7 (week 1): LB 3 (2024-01-16): 4 (high"
    )


@pytest.mark.parametrize(
    ("assayed", "said"),
    [("0:100 7:<20 14:30", True), ("0:100 7:<20 14:4", False), ("0:100 7:30", False), ("0:100 175:<20", False)],
)
def test_a_value_below_quantification_that_may_have_been_normal_is_said(assayed: str, said: bool) -> None:
    """Only up to the landmark on day 168, and only where no normal value was found."""
    adsl = patient("-")
    reason = hcg.outcomes(adsl, assays.series(adsl, laboratory(assayed)))["reason"][0]
    assert ("a value below quantification is undetermined" in reason) == said


def test_not_done_assays_and_other_tests_are_none() -> None:
    lb = laboratory("0:100 7:4 14:3").assign(LBSTAT=[None, "NOT DONE", None], LBTESTCD=["HCG", "HCG", "LDH"])
    assert assays.series(patient("-"), lb)["ADY"].tolist() == [0]


def test_impossible_values_and_rules_are_refused() -> None:
    adsl = patient("-")
    with pytest.raises(ValueError, match="hCG of -1"):
        assays.series(adsl, laboratory("0:100").assign(LBSTRESN=-1.0, LBSTRESC="-1"))
    series = assays.series(adsl, laboratory("0:100 7:120"))
    with pytest.raises(ValueError, match="a rise is read as"):
        hcg.outcomes(adsl, series, rules=hcg.Rules(rise="doubling"))
    with pytest.raises(ValueError, match="a plateau is read as"):
        hcg.outcomes(adsl, series, rules=hcg.Rules(plateau="flat"))
    with pytest.raises(ValueError, match="on_treatment is one of"):
        hcg.Rules(on_treatment="while")
    with pytest.raises(ValueError, match="weekly cannot mean"):
        Weekly(4, 3)


def test_derived_table_has_one_row_per_patient_and_parameter() -> None:
    adsl = patient("-")
    table = hcg.adhcg(hcg.outcomes(adsl, assays.series(adsl, laboratory("0:100 7:120 14:144 21:4"))))
    assert list(table.columns) == list(schema.ADHCG)
    assert table[["PARAMCD", "AVALC", "ADY"]].astype(object).where(table["ADY"].notna(), None).values.tolist() == [
        ["NORM", "Y", 21], [None, None, None], ["RISE", "Y", 14], [None, None, None], ["RESIST", "Y", 14]
    ]  # fmt: skip
    assert table["PARAMCD"].tolist() == list(hcg.PARAMETERS)
    assert table["AVALC"].tolist() == ["Y", "N", "Y", "N", "Y"]
