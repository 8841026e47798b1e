"""The trial counted a second time, the slow obvious way: one patient, one question, one loop at a time.

Source tables are read with the csv module, plans with PyYAML. Nothing of `ir5nb` is imported, so that a mistake in its
derivations cannot come back here. Rules: registry requirements P1-P4, S1-S5 and readings A2-A6, A11, A12 at their
defaults, as the endpoint rules of the specification word them.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

Row = dict[str, str]
Event = tuple[dt.date, str]
NO_LIVING_CONTACT = ("DEATH", "LOST TO FOLLOW-UP")  # dispositions that say that nobody was met
NEWS = {
    "dm": ("RFICDTC", "RFXSTDTC", "RFXENDTC"), "ds": ("DSSTDTC",), "ex": ("EXSTDTC", "EXENDTC"), "tu": ("TUDTC",),
    "tr": ("TRDTC",), "rs": ("RSDTC",), "lb": ("LBDTC",), "ae": ("AESTDTC", "AEENDTC"), "cm": ("CMSTDTC",),
    "pr": ("PRSTDTC",), "sc": ("SCDTC",),
}  # fmt: skip


def plan_entries(path: Path) -> dict[str, Any]:
    """Read a plan; an assumed entry {value, status, why} counts as its value."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: entry["value"] if isinstance(entry, dict) else entry for name, entry in entries.items()}


def source_rows(folder: Path) -> dict[str, list[Row]]:
    """Read every table of a folder as it is written, all cells text."""
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            tables[path.stem] = list(csv.DictReader(lines))
    return tables


def whole_day(text: str) -> dt.date | None:
    """A complete date; a partial one is no day."""
    return dt.date.fromisoformat(text) if len(text) == 10 else None


@dataclass(frozen=True)
class Visit:
    """An imaging visit of the investigator: response on the day recorded, progression on the first imaging day.

    Where only the month is known, `recorded` is its first day: good for the order of visits, never for a date.
    """

    response: str
    recorded: dt.date
    first_imaged: dt.date
    dated: bool


@dataclass(frozen=True)
class Assay:
    """An hCG assay: its day, what is known of its value, and that laboratory's own limit."""

    day: dt.date
    text: str
    limit: Decimal

    @property
    def value(self) -> Decimal:
        """The number written; of "<2" the 2."""
        return Decimal(self.text.lstrip("<"))

    @property
    def normal(self) -> bool:
        """At or below the limit; "<20" with a limit of 5 is not known to be."""
        return self.value <= self.limit


@dataclass(frozen=True)
class Patient:
    """What the source tables say of one patient."""

    name: str
    included: dt.date
    start: dt.date | None
    last_dose: dt.date | None
    off_treatment: dt.date | None
    death: dt.date | None
    last_news: dt.date
    new_therapy: dt.date | None
    lack_of_efficacy: dt.date | None
    hysterectomy: dt.date | None
    deteriorations: tuple[dt.date, ...]
    visits: tuple[Visit, ...]
    assays: tuple[Assay, ...]

    @property
    def scans(self) -> list[Visit]:
        """The visits whose day is known."""
        return [visit for visit in self.visits if visit.dated]

    @property
    def radiological(self) -> dt.date | None:
        """First imaging day of the first visit with progression."""
        return min((visit.first_imaged for visit in self.scans if visit.response == "PD"), default=None)


def _first(days: Iterator[dt.date | None]) -> dt.date | None:
    return min((day for day in days if day is not None), default=None)


def _last(days: Iterator[dt.date | None]) -> dt.date | None:
    return max((day for day in days if day is not None), default=None)


def patients(tables: dict[str, list[Row]], plan: dict[str, Any]) -> list[Patient]:
    """The included patients of a cohort; at an interim look the first n1 treated, in order of treatment start."""
    members = [row["USUBJID"] for row in tables["dm"] if row[plan["member_column"]] in plan["member_values"]]
    people = [
        _patient(name, {d: [r for r in rows if r["USUBJID"] == name] for d, rows in tables.items()}) for name in members
    ]
    people = [person for person in people if person is not None]
    if plan["analysis"] == "interim":
        people = treated(people)[: plan["n1"]]
    return people


def treated(people: list[Patient]) -> list[Patient]:
    """The patients who received a dose, in order of treatment start, ties by name."""
    return sorted((one for one in people if one.start is not None), key=lambda one: (one.start, one.name))


def _patient(name: str, rows: dict[str, list[Row]]) -> Patient | None:
    inclusion = _first(whole_day(r["DSSTDTC"]) for r in rows["ds"] if r["DSDECOD"] in ("ENROLLED", "INCLUSION"))
    if inclusion is None:
        return None
    doses = [whole_day(row["EXSTDTC"]) for row in rows["ex"]]
    later = [row for row in rows["cm"] if row["CMCAT"] == "SUBSEQUENT ANTICANCER THERAPY"]
    death, last_news = _life(rows)
    return Patient(
        name=name,
        included=inclusion,
        start=_first(iter(doses)),
        last_dose=_last(iter(doses)),
        off_treatment=_last(whole_day(r["DSSTDTC"]) for r in rows["ds"] if r["DSSCAT"] == "STUDY TREATMENT"),
        death=death,
        last_news=last_news,
        new_therapy=_first(whole_day(row["CMSTDTC"]) for row in later),
        lack_of_efficacy=_first(whole_day(r["CMSTDTC"]) for r in later if r["CMINDC"] == "LACK OF EFFICACY"),
        hysterectomy=_first(whole_day(row["PRSTDTC"]) for row in rows["pr"] if row["PRTRT"] == "HYSTERECTOMY"),
        deteriorations=tuple(
            dt.date.fromisoformat(row["RSDTC"])
            for row in rows["rs"]
            if row["RSTESTCD"] == "SYMPTDTR" and row["RSSTRESC"] == "Y"
        ),
        visits=tuple(_visits(rows)),
        assays=tuple(_assays(rows["lb"])),
    )


def _life(rows: dict[str, list[Row]]) -> tuple[dt.date | None, dt.date]:
    """Death, and the last day known alive: the latest dated record of any kind.

    Of a death only the month may be known: its first day, never before the last contact.
    """
    news = []
    for domain, columns in NEWS.items():
        for row in rows[domain]:
            if row.get("DSDECOD") not in NO_LIVING_CONTACT and row.get("TRSTAT") != "NOT DONE":
                news += [day for column in columns if (day := whole_day(row[column])) is not None]
    written = rows["dm"][0]["DTHDTC"]
    if len(written) == 7:
        return max(dt.date.fromisoformat(f"{written}-01"), *news), max(news)
    return whole_day(written), max(news)


def _visits(rows: dict[str, list[Row]]) -> Iterator[Visit]:
    """Overall responses of the investigator in order of time."""
    found = []
    for row in rows["rs"]:
        if row["RSTESTCD"] != "OVRLRESP" or row["RSEVAL"] != "INVESTIGATOR":
            continue
        day = whole_day(row["RSDTC"])
        recorded = day or dt.date.fromisoformat(f"{row['RSDTC']}-01")
        imaged = [
            imaged_on
            for scan in rows["tr"]
            if scan["VISITNUM"] == row["VISITNUM"] and scan["TREVAL"] == "INVESTIGATOR" and scan["TRSTAT"] != "NOT DONE"
            if (imaged_on := whole_day(scan["TRDTC"])) is not None
        ]
        found.append(Visit(row["RSSTRESC"], recorded, min([recorded, *imaged]), day is not None))
    yield from sorted(found, key=lambda visit: visit.recorded)


def _assays(lab: list[Row]) -> Iterator[Assay]:
    """The hCG assays in order of time; of several on one day the highest value counts."""
    of_day: dict[dt.date, Assay] = {}
    for row in lab:
        if row["LBTESTCD"] == "HCG":
            found = Assay(dt.date.fromisoformat(row["LBDTC"]), row["LBSTRESC"], Decimal(row["LBSTNRHI"]))
            if found.day not in of_day or found.value > of_day[found.day].value:
                of_day[found.day] = found
    yield from (of_day[day] for day in sorted(of_day))


# Week 24 (P1-P4) ------------------------------------------------------------------------------------------------------


def week24(one: Patient, plan: dict[str, Any], cutoff: dt.date) -> str:
    """SUCCESS, FAILURE or PENDING under the default readings, rule by rule in the order of the specification."""
    landmark = one.start + dt.timedelta(days=plan["landmark_days"])
    if plan["primary"] == "hcg" and _normalised(one, plan, landmark):
        return (
            "SUCCESS"  # P3 asks that the normal value be reached: nothing later undoes it, so nobody waits for week 24
        )
    failing = {
        "progression_free": (one.death, one.radiological, one.new_therapy),
        "alive": (one.death,),
        "hcg": (one.death, one.new_therapy, one.hysterectomy, one.off_treatment),
    }[plan["primary"]]
    if plan.get("clinical_progression"):
        failing += one.deteriorations
    if any(day is not None and day <= landmark for day in failing):
        return "FAILURE"
    if cutoff < landmark + dt.timedelta(days=plan["window_days"]):
        return "PENDING"
    if plan["primary"] == "alive":
        return "SUCCESS" if _alive(one, landmark) else "FAILURE"
    return "SUCCESS" if plan["primary"] == "progression_free" and _free(one, plan, landmark) else "FAILURE"


def _free(one: Patient, plan: dict[str, Any], landmark: dt.date) -> bool:
    """A3 and A4: a scan without progression at the landmark or in its window, or a first event after the landmark."""
    clean = [visit.recorded for visit in one.scans if visit.response not in ("PD", "NE")]
    events = [one.death, one.radiological, *(one.deteriorations if plan["clinical_progression"] else ())]
    seen = any(day >= landmark - dt.timedelta(days=plan["window_days"]) for day in clean)
    return seen or any(day is not None and day > landmark for day in events)


def _alive(one: Patient, landmark: dt.date) -> bool:
    """P4: seen alive on the landmark or later, or dead later."""
    return one.last_news >= landmark or (one.death is not None and one.death > landmark)


def _normalised(one: Patient, plan: dict[str, Any], landmark: dt.date) -> bool:
    """P3: a first normal hCG by the landmark, on treatment (A12), before other therapy or hysterectomy."""
    before = [assay for assay in one.assays if assay.day <= one.start]
    if before and before[-1].normal:
        return False
    on_treatment = one.off_treatment or one.last_dose + dt.timedelta(days=plan["cycle_days"])
    others = [day for day in (one.new_therapy, one.hysterectomy) if day is not None]
    return any(
        assay.normal and one.start < assay.day <= min(landmark, on_treatment) and all(assay.day < day for day in others)
        for assay in one.assays
    )


# Response (S1) --------------------------------------------------------------------------------------------------------


def counted_visits(one: Patient) -> list[Visit]:
    """Assessments from treatment start to the first progression or other therapy, the progression included."""
    counted = []
    for visit in one.visits:
        if visit.recorded < one.start or (one.new_therapy is not None and visit.recorded > one.new_therapy):
            continue
        counted.append(visit)
        if visit.response == "PD":
            break
    return counted


def best_response(one: Patient, plan: dict[str, Any], *, confirmed: bool) -> str:
    """The best response; MISSING without assessment. Stable disease needs min_sd_days since treatment start."""
    visits = counted_visits(one)
    long_enough = one.start + dt.timedelta(days=plan["min_sd_days"])
    levels = set()
    for position, visit in enumerate(visits):
        level = visit.response
        if confirmed and level in ("CR", "PR") and not _confirmed(visits, position, plan["confirm_days"]):
            level = "SD"
        if level in ("SD", "NON-CR/NON-PD") and visit.recorded < long_enough:
            level = "NE"
        levels.add(level)
    return next((level for level in ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE") if level in levels), "MISSING")


def _confirmed(visits: list[Visit], position: int, days: int) -> bool:
    """CR by CR, PR by PR or CR, at least `days` later; between them at most one NE, and no PR after a CR."""
    first = visits[position]
    confirming = ("CR",) if first.response == "CR" else ("PR", "CR")
    for last in range(position + 1, len(visits)):
        between = [visit.response for visit in visits[position + 1 : last]]
        run = [first.response, *between, visits[last].response]
        if visits[last].response not in confirming or not (first.dated and visits[last].dated):
            continue
        if visits[last].recorded < first.recorded + dt.timedelta(days=days):
            continue
        sound = all(level in (*confirming, "NE") for level in between) and between.count("NE") <= 1
        if sound and not ("CR" in run and "PR" in run[run.index("CR") :]):
            return True
    return False


# Time to event (S2-S5): days from the origin, whether the event came, and what it was --------------------------------

Time = tuple[int, bool, str]


def pfs(one: Patient) -> Time:
    """Inclusion to radiological progression or death; else the last imaging assessment, else inclusion (0 days)."""
    return _progression_or_death(one, one.included)


def dor(one: Patient) -> Time:
    """First response (day recorded) to progression or death; else the last imaging assessment."""
    responses = [visit.recorded for visit in counted_visits(one) if visit.dated and visit.response in ("CR", "PR")]
    return _progression_or_death(one, responses[0])


def _progression_or_death(one: Patient, origin: dt.date) -> Time:
    events: list[Event] = [
        (day, kind) for day, kind in ((one.radiological, "Radiological progression"), (one.death, "Death")) if day
    ]
    if events:
        day, kind = min(events, key=lambda event: event[0])
        return (day - origin).days, True, kind
    scans = [visit.recorded for visit in one.scans]
    return (max([origin, *scans]) - origin).days, False, ""


def overall_survival(one: Patient) -> Time:
    """Inclusion to death; else last news."""
    if one.death is not None:
        return (one.death - one.included).days, True, "Death"
    return (one.last_news - one.included).days, False, ""


def rfs(one: Patient) -> Time:
    """Inclusion to the start of a subsequent treatment for lack of efficacy; else last news (A8)."""
    if one.lack_of_efficacy is not None:
        return (one.lack_of_efficacy - one.included).days, True, "Subsequent treatment for lack of efficacy"
    return ((one.death or one.last_news) - one.included).days, False, ""
