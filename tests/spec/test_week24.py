"""Week-24 status of small patients, one situation a line, per kind of cohort (P1-P4, A2-A6, A11, A12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from ir5nb.derive import assays, hcg, week24

TABLES = ("week24_pm.txt", "week24_tet_net.txt", "week24_atc.txt", "week24_gtt.txt")
READINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "A2:inclusion": {"origin": "inclusion"},
    "A3:14": {"window_days": 14},
    "A3:28": {"window_days": 28},
    "A3:after": {"evidence": "after"},
    "A4:failure": {"late_progression": "failure"},
    "A5:excluded": {"not_evaluable": "excluded"},
    "A5:success": {"not_evaluable": "success"},
    "A6:success": {"new_therapy": "success"},
    "A6:censored": {"new_therapy": "censored"},
}
HCG_RULES = {
    "A11:3": hcg.Rules(consecutive_normal=3),
    "A12:whole": hcg.Rules(on_treatment="whole"),
    "A12:last_dose": hcg.Rules(on_treatment="last_dose"),
}
START = pd.Timestamp("2024-01-09")
LIMIT = 5.0


def laboratory(text: str) -> pd.DataFrame:
    pairs = [pair.split(":") for pair in text.split()]
    values = [value for _, value in pairs]
    days = START + pd.to_timedelta([int(day) for day, _ in pairs], unit="D")
    return pd.DataFrame({"USUBJID": "P", "LBTESTCD": "HCG", "LBDT": days, "LBSTRESC": values, "LBSTNRHI": LIMIT,
                         "LBSTRESN": pd.to_numeric(pd.Series(values), errors="coerce"),
                         "LBSEQ": range(1, len(pairs) + 1)})  # fmt: skip


def judged_hcg(line: dict[str, str], patient: Any) -> pd.DataFrame:
    adsl = patient.subjects.assign(TRTEDT=patient.subjects["TRTEDT"].fillna(START + pd.Timedelta(days=300)))
    if patient.cutoff is not None:  # a dose after the cut is not known
        adsl["TRTEDT"] = adsl["TRTEDT"].clip(upper=patient.cutoff)
    series = assays.series(adsl, laboratory(line["hcg"]), cutoff=patient.cutoff)
    rules = HCG_RULES.get(line["reading"], hcg.DEFAULT)
    found = hcg.outcomes(adsl, series, surgery=patient.surgery, rules=rules, cutoff=patient.cutoff)
    options = {} if line["reading"] in HCG_RULES else READINGS[line["reading"]]
    return week24.hcg(adsl, found, cutoff=patient.cutoff, reading=line["reading"], **options)


def judged(line: dict[str, str], patient: Any) -> pd.DataFrame:
    kind = line["table"].removeprefix("week24_").removesuffix(".txt")
    if kind == "gtt":
        return judged_hcg(line, patient)
    options = {"cutoff": patient.cutoff, "reading": line["reading"], **READINGS[line["reading"]]}
    if kind == "atc":
        return week24.alive(patient.subjects, **options)
    clinical = patient.clinical if kind == "pm" else None
    return week24.progression_free(patient.subjects, patient.responses, clinical=clinical, **options)


def test_status(line: dict[str, str], written: Callable[[str], Any]) -> None:
    got = judged(line, written(line["record"]))
    if line["status"] == "excluded":
        assert got.empty
        return
    row = got.iloc[0]
    decided = "-" if pd.isna(row["DECDT"]) else str((row["DECDT"] - START).days)
    assert (row["STATUS"], row["CATEGORY"], decided) == (line["status"], line["category"], line["day"])
    assert row["READING"] == line["reading"]
    assert row["CATEGORY"] in week24.CATEGORIES
    if decided != "-":  # the reason names the day a reader looks for
        assert f"{row['DECDT']:%Y-%m-%d}" in row["reason"]


def test_unknown_reading_is_refused(written: Callable[[str], Any]) -> None:
    patient = written("SD 56")
    with pytest.raises(ValueError, match="late_progression is one of"):
        week24.progression_free(patient.subjects, patient.responses, cutoff=None, late_progression="ignored")
    with pytest.raises(ValueError, match="origin is one of"):
        week24.alive(patient.subjects, cutoff=None, origin="birth")


def test_patients_derived_with_a_later_cut_are_refused(written: Callable[[str], Any]) -> None:
    patient = written("SD 56, news 100")
    with pytest.raises(ValueError, match="LSTALVDT 2024-04-18 of patient P lies after the data cut"):
        week24.alive(patient.subjects, cutoff="2024-03-01")
