"""Source tables of many whole trials at once, each at its own data cut: what the derivations read, nothing else.

The patients of all trials stand in one set of tables under names of their own, so that one call of the vectorised
derivations analyses them all. Each trial's calendar is moved so that its data cut falls on the same day.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from ir5nb.simulate.calendar import Calendar
from ir5nb.simulate.courses import LATER_ASSAYS, Courses, unquantified
from ir5nb.simulate.days import NEVER, Days, Flags, Wholes
from ir5nb.simulate.fates import Fates
from ir5nb.simulate.hcg import BELOW, METHODS
from ir5nb.simulate.looks import Look, Writer
from ir5nb.simulate.world import World

Tables = dict[str, pd.DataFrame]
_SUBSEQUENT: Final = "SUBSEQUENT ANTICANCER THERAPY"


def tumour_tables(world: World, calendar: Calendar, found: Fates, look: Look) -> Tables:
    """Write what is known at the cuts of trials whose tumours are measured: DM DS EX RS CM.

    Source: spec/data.md. Scans after the first that shows no progression on or after the landmark settle nothing and
    are left out.

    Parameters
    ----------
    world, calendar, found
        Of the chunk.
    look
        Trials, patients and cuts.

    Returns
    -------
    dict of pandas.DataFrame
        Tables by domain, with parsed days.
    """
    writer, rows = Writer(world, calendar, look), np.ix_(look.trials, np.arange(look.patients))
    tables = _everyone(world, writer, found.death[rows], np.zeros(writer.start.shape, dtype=np.int64))
    therapy = writer.day(writer.start, found.therapy[rows])
    tables["CM"] = _therapies(writer, therapy)
    if world.primary == "alive":
        contact = found.contact[rows]
        last = np.where(contact <= writer.known[..., None], contact, 0).max(axis=-1)
        tables["DS"] = pd.concat([tables["DS"], _contact(writer, last)], ignore_index=True)
        tables["RS"] = _responses(writer, np.full((*writer.start.shape, 0), NEVER), _EMPTY, _EMPTY)
    else:
        clinical = writer.day(writer.start, found.clinical[rows])
        scan = _settled(found.scan[rows], found.progression[rows], found.readable[rows], world.landmark_days)
        scans = _responses(writer, scan, found.progression[rows], found.readable[rows])
        tables["RS"] = pd.concat([scans, _clinical(writer, clinical)], ignore_index=True)
    return tables


_EMPTY: Final = np.empty((0, 0, 0), dtype=bool)


def _everyone(world: World, writer: Writer, death: Days, last_dose: Days) -> Tables:
    """DM, DS and EX: inclusion, first (and last) dose, death."""
    everybody = np.ones(writer.start.shape, dtype=bool)
    zero = np.zeros(writer.start.shape, dtype=np.int64)
    died = writer.day(writer.start, death)
    start = writer.day(writer.start, zero)
    dm = writer.rows("DM", everybody, {
        "ARMCD": world.cohort.code, "DTHDTC": None, "DTHDT": died,
        "DTHFL": _YES_OR_NONE[(~np.isnat(died)).astype(np.int64)],
    })  # fmt: skip
    ds = writer.rows("DS", everybody, {
        "DSCAT": "PROTOCOL MILESTONE", "DSSCAT": None, "DSDECOD": "ENROLLED", "DSSTDTC": None,
        "DSSTDT": writer.day(writer.inclusion, zero),
    })  # fmt: skip
    ex = writer.rows("EX", everybody, {"EXTRT": "ZIMBERELIMAB", "EXDOSE": 360.0, "EXSTDT": start, "EXENDT": start})
    given = np.minimum(last_dose, writer.known // 21 * 21)
    if given.any():
        day = writer.day(writer.start, given)
        later = writer.rows("EX", given > 0, {"EXTRT": "ZIMBERELIMAB", "EXDOSE": 360.0, "EXSTDT": day, "EXENDT": day})
        ex = pd.concat([ex, later.assign(EXSEQ=2)], ignore_index=True)
    return {"DM": dm, "DS": ds, "EX": ex}


_YES_OR_NONE: Final = np.array([None, "Y"], dtype=object)


def _therapies(writer: Writer, therapy: Any) -> pd.DataFrame:
    return writer.rows("CM", ~np.isnat(therapy), {
        "CMCAT": _SUBSEQUENT, "CMTRT": "OTHER", "CMINDC": "ADVERSE EVENT", "CMSTDT": therapy,
    })  # fmt: skip


def _contact(writer: Writer, last: Days) -> pd.DataFrame:
    """Write the last day on which each patient was seen alive."""
    made = writer.rows("DS", np.ones(last.shape, dtype=bool), {
        "DSCAT": "OTHER EVENT", "DSSCAT": None, "DSDECOD": "LAST CONTACT", "DSSTDTC": None,
        "DSSTDT": writer.day(writer.start, last),
    })  # fmt: skip
    return made.assign(DSSEQ=2)


def _settled(scan: Days, worse: Flags, readable: Flags, landmark_days: int) -> Days:
    """Leave out the scans after the first clean one on or after the landmark."""
    clean = readable & ~worse & (scan >= landmark_days) & (scan < NEVER)
    before: Wholes = np.cumsum(clean, axis=-1) - clean
    return np.where(before > 0, NEVER, scan)


def _responses(writer: Writer, scan: Days, worse: Flags, readable: Flags) -> pd.DataFrame:
    """Write the investigator's overall response of every scan taken."""
    day = writer.day(writer.start[..., None], scan)
    trial, patient, visit = np.nonzero(~np.isnat(day))
    at = (trial, patient, visit)
    told = np.array(["NE", "SD", "PD"], dtype=object)
    code = np.where(readable[at], np.where(worse[at], 2, 1), 0) if len(trial) else np.empty(0, dtype=np.int64)
    return pd.DataFrame(
        {
            "USUBJID": writer.names[trial, patient], "RSCAT": "RECIST 1.1", "RSTESTCD": "OVRLRESP",
            "RSSTRESC": told[code], "RSEVAL": "INVESTIGATOR", "RSDT": day[at], "VISITNUM": (visit + 1).astype(float),
            "VISIT": np.array([f"SCAN {k + 1}" for k in range(scan.shape[-1])] or [""], dtype=object)[visit],
            "RSSEQ": visit + 1,
        }
    )  # fmt: skip


def _clinical(writer: Writer, day: Any) -> pd.DataFrame:
    made = writer.rows("RS", ~np.isnat(day), {
        "RSCAT": "CLINICAL", "RSTESTCD": "SYMPTDTR", "RSSTRESC": "Y", "RSEVAL": "INVESTIGATOR", "RSDT": day,
        "VISITNUM": np.nan, "VISIT": "UNSCHEDULED",
    })  # fmt: skip
    return made.assign(RSSEQ=100)


def assay_tables(world: World, calendar: Calendar, made: Courses, look: Look) -> Tables:
    """Write what is known at the cuts of trials followed by hCG: DM DS EX LB CM PR.

    Source: spec/data.md.

    Parameters
    ----------
    world, calendar, made
        Of the chunk.
    look
        Trials, patients and cuts.

    Returns
    -------
    dict of pandas.DataFrame
        Tables by domain, with parsed days.
    """
    writer, rows = Writer(world, calendar, look), np.ix_(look.trials, np.arange(look.patients))
    tables = _everyone(world, writer, made.death[rows], made.last_dose[rows])
    ended = writer.day(writer.start, made.end[rows])
    over = writer.rows("DS", ~np.isnat(ended), {
        "DSCAT": "DISPOSITION EVENT", "DSSCAT": "STUDY TREATMENT", "DSDECOD": "COMPLETED", "DSSTDTC": None,
        "DSSTDT": ended,
    })  # fmt: skip
    tables["DS"] = pd.concat([tables["DS"], over.assign(DSSEQ=2)], ignore_index=True)
    tables["CM"] = _therapies(writer, writer.day(writer.start, made.therapy[rows]))
    operated = writer.day(writer.start, made.surgery[rows])
    tables["PR"] = writer.rows("PR", ~np.isnat(operated), {"PRTRT": "HYSTERECTOMY", "PRSTDT": operated})
    tables["LB"] = _assays(writer, made, rows)
    return tables


_METHODS: Final = np.array(METHODS, dtype=object)
_BELOW: Final = np.array(BELOW, dtype=object)


def _assays(writer: Writer, made: Courses, rows: Any) -> pd.DataFrame:
    """Write the hCG assays as the laboratories report them."""
    day = writer.day(writer.start[..., None], made.day[rows])
    at = np.nonzero(~np.isnat(day))
    laboratory, blurred = made.laboratory[rows][at], unquantified(made)[rows][at]
    text = np.where(made.diluted[rows][at], "<20", _BELOW[laboratory]).astype(object)
    text[~blurred] = None
    visits = np.array(["SCREENING", *(f"WEEK {k}" for k in range(day.shape[-1] + LATER_ASSAYS))], dtype=object)
    return pd.DataFrame(
        {
            "USUBJID": writer.names[at[0], at[1]], "LBTESTCD": "HCG", "LBSTRESC": text,
            "LBSTRESN": np.where(blurred, np.nan, made.value[rows][at]), "LBSTNRHI": made.upper[rows][at],
            "LBMETHOD": _METHODS[laboratory], "VISIT": visits[at[2]], "LBDT": day[at], "LBSEQ": at[2] + 1,
        }
    )  # fmt: skip
