"""Patients against a naive twin: one patient at a time, record by record, partial dates and data cut included."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ir5nb import schema
from ir5nb.derive import subjects

CASES = settings(max_examples=30, deadline=None)
FIRST = date(2024, 1, 15)
PATIENTS = ("P1", "P2", "P3")
NOT_SEEN = ("DEATH", "LOST TO FOLLOW-UP", "STUDY TERMINATED BY SPONSOR", "SCREEN FAILURE")
texts = st.builds(
    lambda day, shape: {"day": f"{day:%Y-%m-%d}", "month": f"{day:%Y-%m}", "year": f"{day:%Y}", "blank": None}[shape],
    st.integers(0, 20).map(lambda number: FIRST + timedelta(days=10 * number)),  # coarse, so that days coincide
    st.sampled_from(["day", "day", "day", "month", "year", "blank"]),
)
people = st.sampled_from(PATIENTS)
Tables = dict[str, list[dict[str, Any]]]


def rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries({"USUBJID": people, **columns}), max_size=7)


studies = st.fixed_dictionaries(
    {
        "DM": st.tuples(*(st.tuples(texts, st.sampled_from([None, "Y"])) for _ in PATIENTS)).map(
            lambda died: [{"USUBJID": name, "SITEID": "01", "ARMCD": "TET" if name != "P3" else "NET",
                           "DTHDTC": text, "DTHFL": "Y" if text else flag}
                          for name, (text, flag) in zip(PATIENTS, died, strict=True)]
        ),
        "DS": rows(DSCAT=st.sampled_from(["DISPOSITION EVENT", "PROTOCOL MILESTONE", "OTHER EVENT"]),
                   DSSCAT=st.sampled_from(["STUDY TREATMENT", "STUDY PARTICIPATION", None]),
                   DSDECOD=st.sampled_from(["ENROLLED", "INCLUSION", "LAST CONTACT", "COMPLETED", *NOT_SEEN]),
                   DSSTDTC=texts),
        "EX": rows(EXTRT=st.sampled_from(["ZIMBERELIMAB", "DOMVANALIMAB", "OXALIPLATIN", "PLACEBO"]),
                   EXDOSE=st.sampled_from([0.0, 360.0]), EXSTDTC=texts, EXENDTC=texts),
        "CM": rows(CMCAT=st.sampled_from(["SUBSEQUENT ANTICANCER THERAPY", "CONCOMITANT"]),
                   CMINDC=st.sampled_from(["LACK OF EFFICACY", "Toxicity", "Lack of efficacy", None]), CMSTDTC=texts),
        "AE": rows(AESTDTC=texts, AEENDTC=texts),
        "LB": rows(LBSTAT=st.sampled_from([None, "NOT DONE"]), LBDTC=texts),
        "RS": rows(RSTESTCD=st.sampled_from(["OVRLRESP", "TRGRESP"]), RSDTC=texts),
    }
)  # fmt: skip
cuts = st.none() | st.integers(0, 22).map(lambda number: FIRST + timedelta(days=10 * number))


def whole(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None and len(text) == 10 else None


def frames(study: Tables) -> dict[str, pd.DataFrame]:
    columns = {"DS": ["DSCAT", "DSSCAT", "DSDECOD", "DSSTDTC"], "EX": ["EXTRT", "EXDOSE", "EXSTDTC", "EXENDTC"],
               "CM": ["CMCAT", "CMINDC", "CMSTDTC"], "AE": ["AESTDTC", "AEENDTC"], "LB": ["LBSTAT", "LBDTC"],
               "RS": ["RSTESTCD", "RSDTC"], "DM": ["SITEID", "ARMCD", "DTHDTC", "DTHFL"]}  # fmt: skip
    tables = {}
    for domain, records in study.items():
        frame = pd.DataFrame(records, columns=["USUBJID", *columns[domain]]).astype(object)
        frame[f"{domain}SEQ"] = range(1, len(frame) + 1)
        for name in [name for name in frame if name.endswith("DTC")]:
            frame[name[:-1]] = pd.to_datetime(pd.Series([whole(text) for text in frame[name]], dtype=object))
        tables[domain] = frame.astype({"EXDOSE": float}) if domain == "EX" else frame
    return tables


def bounds(text: str) -> tuple[date, date]:
    if len(text) == 10:
        return date.fromisoformat(text), date.fromisoformat(text)
    year, month = int(text[:4]), int(text[5:7]) if len(text) == 7 else None
    last = calendar.monthrange(year, month or 12)[1]
    return date(year, month or 1, 1), date(year, month or 12, last)


def contacts(study: Tables, name: str) -> Iterator[date | None]:
    for domain, records in study.items():
        for row in records:
            if row["USUBJID"] != name or domain == "DM":
                continue
            if (domain == "DS" and row["DSDECOD"] in NOT_SEEN) or row.get(f"{domain}STAT") == "NOT DONE":
                continue
            yield from (whole(value) for column, value in row.items() if column.endswith("DTC"))


def naive(study: Tables, name: str, cut: date | None) -> dict[str, Any]:
    """One patient the slow way."""

    def seen(day: date | None) -> bool:
        return day is not None and (cut is None or day <= cut)

    def mine(domain: str) -> list[dict[str, Any]]:
        return [row for row in study[domain] if row["USUBJID"] == name]

    def dated(rows: list[dict[str, Any]], column: str) -> list[date]:
        return sorted(day for day in (whole(row[column]) for row in rows) if day is not None and seen(day))

    inclusion = dated([row for row in mine("DS") if row["DSDECOD"] in ("ENROLLED", "INCLUSION")], "DSSTDTC")
    doses = [row for row in mine("EX") if row["EXDOSE"] > 0 or "PLACEBO" in row["EXTRT"]]
    starts = dated(doses, "EXSTDTC")
    finishes = sorted(end if seen(end := whole(row["EXENDTC"])) else start
                      for row in doses if (start := whole(row["EXSTDTC"])) or whole(row["EXENDTC"])
                      if seen(end if seen(end := whole(row["EXENDTC"])) else start))  # fmt: skip
    sub = any(row["DSSCAT"] is not None for row in study["DS"])
    ends = dated([row for row in mine("DS") if row["DSCAT"] == "DISPOSITION EVENT"
                  and (not sub or row["DSSCAT"] == "STUDY TREATMENT")], "DSSTDTC")  # fmt: skip
    later = [row for row in mine("CM") if row["CMCAT"] == "SUBSEQUENT ANTICANCER THERAPY"]
    failed = [row for row in later if (row["CMINDC"] or "").upper() == "LACK OF EFFICACY"]
    told = mine("DM")[0]["DTHDTC"]
    if told is None:
        told = next((row["DSSTDTC"] for row in mine("DS") if row["DSDECOD"] == "DEATH" and row["DSSTDTC"]), None)
    earliest, latest = bounds(told) if told else (None, None)
    if earliest is not None and not seen(earliest):
        told, earliest, latest = None, None, None
    limit = min([day for day in (latest, cut) if day is not None], default=date(9999, 1, 1))
    alive = max([day for day in contacts(study, name) if day is not None and day <= limit], default=None)
    death = earliest
    if earliest is not None and len(told) < 10 and alive is not None:
        death = max(earliest, alive)
    treated = starts[0] if starts else None
    return {
        "INCLDT": inclusion[0] if inclusion else None, "TRTSDT": treated,
        "TRTEDT": finishes[-1] if finishes else None, "EOTDT": ends[-1] if ends and treated else None,
        "NEWTXDT": min(dated(later, "CMSTDTC"), default=None), "LOETXDT": min(dated(failed, "CMSTDTC"), default=None),
        "DTHDT": death, "LSTALVDT": alive,
        "DTHDTF": None if not told else {10: None, 7: "D", 4: "M"}[len(told)],
    }  # fmt: skip


def derived(tables: dict[str, pd.DataFrame], cut: date | None) -> pd.DataFrame:
    return subjects.adsl(tables, cohort="TET", column="ARMCD", values=["TET"], cutoff=cut)


@CASES
@given(studies, cuts)
def test_adsl_is_its_naive_twin(study: Tables, cut: date | None) -> None:
    table = derived(frames(study), cut)
    known = {name: naive(study, name, cut) for name in ("P1", "P2")}
    everything = {name: naive(study, name, None) for name in ("P1", "P2")}
    members = [name for name, answer in known.items()
               if answer["INCLDT"] or everything[name]["INCLDT"] is None]  # fmt: skip
    assert table["USUBJID"].tolist() == members
    for row in table.to_dict("records"):
        expected = known[row["USUBJID"]]
        got = {name: None if pd.isna(row[name]) else row[name] for name in expected}
        got = {name: value.date() if isinstance(value, pd.Timestamp) else value for name, value in got.items()}
        assert got == expected, study
        assert row["ITTFL"] == ("Y" if expected["INCLDT"] else "N")
        assert row["SAFFL"] == ("Y" if expected["TRTSDT"] else "N")


@CASES
@given(studies, cuts, st.randoms(use_true_random=False))
def test_order_of_rows_plays_no_part(study: Tables, cut: date | None, random: Any) -> None:
    tables = frames(study)
    mixed = {}
    for domain, frame in tables.items():
        order = list(range(len(frame)))
        random.shuffle(order)
        mixed[domain] = frame.iloc[order]
    pd.testing.assert_frame_equal(derived(mixed, cut), derived(tables, cut))


@CASES
@given(studies, cuts)
def test_no_milestone_lies_beyond_the_cut_and_last_news_not_beyond_death(study: Tables, cut: date | None) -> None:
    table = derived(frames(study), cut)
    if cut is not None:
        for name in ("INCLDT", "TRTSDT", "TRTEDT", "EOTDT", "LSTALVDT", "DTHDT", "NEWTXDT", "LOETXDT"):
            assert not (table[name] > pd.Timestamp(cut)).any(), name
    assert not (table["LSTALVDT"] > table["DTHDT"]).any()


def small(**columns: Any) -> dict[str, pd.DataFrame]:
    dm = {"USUBJID": ["P1"], "SITEID": ["01"], "ARMCD": ["TET"], "DTHDTC": [None], "DTHDT": pd.to_datetime([None])}
    return {"DM": pd.DataFrame(dm), **columns}


def test_columns_and_empty_cohort() -> None:
    table = subjects.adsl(small(), cohort="TET", column="ARMCD", values=["none"])
    assert table.empty
    assert tuple(table.columns) == (*schema.ADSL, *subjects.EXTRA)


def test_unknown_column_and_patient_twice_are_refused() -> None:
    with pytest.raises(KeyError, match="DM has no column 'COHORT'"):
        subjects.adsl(small(), cohort="TET", column="COHORT", values=["TET"])
    twice = small()["DM"]
    with pytest.raises(ValueError, match="patient P1 more than once"):
        subjects.adsl({"DM": pd.concat([twice, twice])}, cohort="TET", column="ARMCD", values=["TET"])


def test_regimen_names_the_combination_after_its_drugs() -> None:
    ex = pd.DataFrame({"USUBJID": "P1", "EXTRT": ["Oxaliplatin", "ZIMBERELIMAB", "FLUOROURACIL", "DOMVANALIMAB"],
                       "EXDOSE": [85.0, 360.0, 400.0, 0.0], "EXSTDT": pd.Timestamp("2024-02-01")})  # fmt: skip
    table = subjects.adsl(small(EX=ex), cohort="NET", column="ARMCD", values=["TET"])
    assert table["REGIMEN"].tolist() == ["ZIMBERELIMAB + FOLFOX-4"]  # a dose of 0 was not given


def test_subtype_comes_from_dm_or_from_the_characteristics() -> None:
    sc = pd.DataFrame({"USUBJID": ["P1", "P1"], "SCTESTCD": ["HISTOL", "ECOG"], "SCORRES": ["B3 THYMOMA", "1"]})
    options = {"cohort": "TET", "column": "ARMCD", "values": ["TET"]}
    assert subjects.adsl(small(SC=sc), **options, subtype_code="HISTOL")["SUBTYPE"].tolist() == ["B3 THYMOMA"]
    assert subjects.adsl(small(), **options, subtype_code="SITEID")["SUBTYPE"].tolist() == ["01"]
    assert subjects.adsl(small(), **options)["SUBTYPE"].tolist() == [None]


@pytest.mark.parametrize(("cut", "known"), [("2024-03-10", True), ("2024-03-09", False)])
def test_what_is_dated_on_the_day_of_the_cut_is_known(cut: str, known: bool) -> None:
    day = pd.to_datetime(["2024-03-10"])
    start = pd.to_datetime(["2024-02-01"])
    tables = small(
        EX=pd.DataFrame({"USUBJID": "P1", "EXTRT": "ZIMBERELIMAB", "EXDOSE": 360.0, "EXSTDT": start, "EXENDT": day}),
        DS=pd.DataFrame({"USUBJID": "P1", "DSCAT": "DISPOSITION EVENT", "DSDECOD": "COMPLETED", "DSSTDT": day}),
        CM=pd.DataFrame({"USUBJID": "P1", "CMCAT": "SUBSEQUENT ANTICANCER THERAPY", "CMSTDT": day}),
    )
    tables["DM"] = tables["DM"].assign(DTHDTC="2024-03-10", DTHDT=day, RFICDTC="2024-01-20")
    row = subjects.adsl(tables, cohort="TET", column="ARMCD", values=["TET"], cutoff=cut).iloc[0]
    assert [row[name] == day[0] for name in ("TRTEDT", "EOTDT", "NEWTXDT", "DTHDT", "LSTALVDT")] == [known] * 5
    assert row["DTHFL"] == ("Y" if known else "N")


@pytest.mark.parametrize(("consent", "members"), [("2024-03-10", 1), ("2024-03-11", 0), ("2024-03", 1), ("2024-04", 0)])
def test_a_patient_is_known_since_consent(consent: str, members: int) -> None:
    tables = small()
    tables["DM"] = tables["DM"].assign(RFICDTC=consent, RFSTDTC="2024-09-01")
    chosen = {"cohort": "TET", "column": "ARMCD", "values": ["TET"], "cutoff": "2024-03-10"}
    assert len(subjects.adsl(tables, **chosen)) == members
