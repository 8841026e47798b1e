"""Endpoints of the demo platform against the truth its simulator wrote beside it, where the truth is observable.

Observable: when progression was seen by the investigator and clinically, death (by the month where its day was not
recorded), treatment start, subsequent therapy, and week-24 success of patients without anything missing near the
landmark. Not observable, and not compared: progression between scans, the fate of lost patients.
"""

from __future__ import annotations

import datetime as dt
from importlib import resources

import pandas as pd
import pytest

from ir5nb import source
from ir5nb.derive import assays, clinical, hcg, recist, response, subjects, times, week24
from ir5nb.derive.imaging_days import dated_by_imaging

CUT = "2026-06-30"
COHORTS = ("PM", "GTT", "TET", "ATC", "NET")
RADIOLOGICAL = ("PM", "TET", "ATC", "NET")


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return dict(source.read(None).tables)


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    with resources.as_file(resources.files("ir5nb") / "demo" / "truth" / "patients.csv") as path:
        table = pd.read_csv(path)
    dates = ["inclusion", "start", "death", "seen_progression", "seen_clinical", "therapy", "lost"]
    known = {name: pd.to_datetime(table[name]) for name in dates}
    table = table.assign(**{name: day.where(day <= CUT) for name, day in known.items()}).set_index("USUBJID")
    # nobody tells a trial of the death of a patient it has lost
    return table.assign(death=table["death"].where(~(table["death"] > table["lost"])))


def adsl(tables: dict[str, pd.DataFrame], cohort: str) -> pd.DataFrame:
    return subjects.adsl(tables, cohort=cohort, column="ARMCD", values=[cohort], cutoff=CUT)


def investigator(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return dated_by_imaging(recist.recorded(tables["RS"], "INVESTIGATOR"), tables["TR"])


def same(got: pd.Series, expected: pd.Series) -> pd.Series:
    return got.eq(expected) | (got.isna() & expected.isna())


@pytest.mark.parametrize("cohort", COHORTS)
def test_inclusion_start_and_death(cohort: str, tables: dict[str, pd.DataFrame], truth: pd.DataFrame) -> None:
    got = adsl(tables, cohort).set_index("USUBJID")
    known = truth.loc[got.index]
    assert same(got["INCLDT"], known["inclusion"]).all()
    assert same(got["TRTSDT"], known["start"]).all()
    imputed = got["DTHDTF"].notna()
    assert same(got["DTHDT"], known["death"])[~imputed].all()
    assert (got["DTHDT"].dt.to_period("M") == known["death"].dt.to_period("M"))[imputed].all()


@pytest.mark.parametrize("cohort", RADIOLOGICAL)
def test_pfs_event_is_the_first_seen_progression_or_death(
    cohort: str, tables: dict[str, pd.DataFrame], truth: pd.DataFrame
) -> None:
    people = adsl(tables, cohort)
    got = times.pfs(people, investigator(tables), cutoff=CUT).set_index("USUBJID")
    death = people.set_index("USUBJID")["DTHDT"]
    first = pd.concat([truth.loc[got.index, "seen_progression"], death], axis=1).min(axis=1)
    event = got["CNSR"] == 0
    assert (event == first.notna()).all()
    assert (got.loc[event, "ADT"] == first[event]).all()


@pytest.mark.parametrize("cohort", COHORTS)
def test_os_counts_and_times_are_the_true_deaths(
    cohort: str, tables: dict[str, pd.DataFrame], truth: pd.DataFrame
) -> None:
    people = adsl(tables, cohort)
    got = times.os(people, cutoff=CUT).set_index("USUBJID")
    death = truth.loc[got.index, "death"]
    assert ((got["CNSR"] == 0) == death.notna()).all()
    exact = death.notna() & people.set_index("USUBJID")["DTHDTF"].isna()
    days = (death - truth.loc[got.index, "inclusion"]).dt.days
    assert (got.loc[exact, "AVAL"] == days[exact]).all()


@pytest.mark.parametrize("cohort", ["PM", "TET", "NET"])
def test_week_24_success_is_the_true_one_where_it_can_be_seen(
    cohort: str, tables: dict[str, pd.DataFrame], truth: pd.DataFrame
) -> None:
    told = clinical.progressions(tables["RS"]) if cohort == "PM" else None
    got = week24.progression_free(adsl(tables, cohort), investigator(tables), cutoff=CUT, clinical=told).set_index(
        "USUBJID"
    )
    # A failure by a recorded event, and a success shown by a scan in or after the window, are what truly happened,
    # except a progression that truly came before day 168 and was seen at the scan after it (A4).
    failed = got["CATEGORY"].isin(["radiological progression", "clinical progression", "death"])
    assert (truth.loc[got.index[failed], "success"] == "N").all()
    shown = (got["CATEGORY"] == "progression-free with evidence") & (got["DECDT"] >= got["LANDMARKDT"])
    assert shown.any()
    assert (truth.loc[got.index[shown], "success"] == "Y").all()


def dates_of(tables: dict[str, pd.DataFrame], domain: str) -> dict[tuple[str, int], set[str]]:
    """Every complete date written in each record."""
    frame, number = tables[domain], f"{domain}SEQ"
    texts = [name for name in frame if name.endswith("DTC")]
    return {(row["USUBJID"], int(row[number])): {str(row[name])[:10] for name in texts if row[name]}
            for row in frame.to_dict("records")}  # fmt: skip


def decided(tables: dict[str, pd.DataFrame], cohort: str) -> pd.DataFrame:
    """Every derived row of a cohort that names a record: patient, record, day, reason."""
    people = adsl(tables, cohort)
    frames = [times.os(people, cutoff=CUT), times.follow_up(people, cutoff=CUT)]
    if cohort == "GTT":
        found = hcg.outcomes(people, assays.series(people, tables["LB"], cutoff=CUT), cutoff=CUT)
        frames += [
            times.rfs(people, cutoff=CUT, resistance=hcg.resistance(found)),
            week24.hcg(people, found, cutoff=CUT),
        ]
    else:
        seen = investigator(tables)
        start = people.set_index("USUBJID")["TRTSDT"]
        best = response.best(seen, start, people.set_index("USUBJID")["NEWTXDT"])
        frames += [times.pfs(people, seen, cutoff=CUT), times.dor(people, seen, best, cutoff=CUT),
                   week24.progression_free(people, seen, cutoff=CUT, clinical=clinical.progressions(tables["RS"])),
                   week24.alive(people, cutoff=CUT)]  # fmt: skip
    rows = pd.concat([frame.rename(columns={"DECDT": "ADT"}) for frame in frames], ignore_index=True)
    return rows[rows["SRCSEQ"].notna()]


@pytest.mark.parametrize("cohort", COHORTS)
def test_every_reason_names_a_record_a_reader_finds(cohort: str, tables: dict[str, pd.DataFrame]) -> None:
    rows = decided(tables, cohort)
    known = {domain: dates_of(tables, domain) for domain in rows["SRCDOM"].unique()}
    assert len(rows) >= 4 * (rows["USUBJID"].nunique() - 2)
    for row in rows.itertuples():
        written = known[row.SRCDOM][(row.USUBJID, row.SRCSEQ)]
        assert f"{row.SRCDOM} {row.SRCSEQ} (" in row.reason, row.reason
        named = any(f"{day}" in row.reason for day in written)
        assert named or "imputed" in row.reason, (row.reason, written)


@pytest.mark.parametrize("cut", [dt.date(2025, 3, 1), dt.date(2025, 9, 15), dt.date(2026, 1, 31)])
def test_patients_of_cut_data_are_the_patients_derived_with_that_cut(cut: dt.date) -> None:
    """Two rooms cut independently: `Trial.as_of` drops records, `adsl(cutoff=)` ignores them."""
    trial = source.read(None)
    for cohort in COHORTS:
        chosen = {"cohort": cohort, "column": "ARMCD", "values": [cohort], "cutoff": cut}
        of_cut_data = subjects.adsl(trial.as_of(cut).tables, **chosen)
        pd.testing.assert_frame_equal(of_cut_data, subjects.adsl(trial.tables, **chosen))
