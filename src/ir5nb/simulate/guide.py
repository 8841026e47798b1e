"""The demo's README, written from the tables so that it cannot be out of date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from ir5nb.simulate.story import COUNTS, week24

_STANDS: Final = {
    "PM": "all treated, week 24 past: negative at the end",
    "GTT": "stage 1 complete, nobody in stage 2: interim decision due, enough successes to go on",
    "TET": "all treated, week 24 past: positive at the end",
    "ATC": "stopped for futility at stage 1; follow-up goes on",
    "NET": "passed stage 1, stage 2 recruiting; the last patients are pending",
}
_HEAD: Final = """\
# Demo platform

Synthetic; no patient is real. SDTM tables (SDTMIG 3.4 names) of the five cohorts as they stood at the data cut
**2026-06-30**: nothing later is in any table, so no cut-off needs to be applied. This folder, this page included,
is written by `python -m ir5nb.simulate`: the same bytes on every run, nothing edited by hand. The seed ({seed}) is
the first one that tells the story below (`ir5nb.simulate.story.find`).

`truth/` is what an analysis cannot know: `patients.csv` (true days of progression, death, loss …; true week-24
success; what was recorded of them, before or after the cut), `rates.csv` (true rates of each cohort), `flaws.csv`
(below).

## What it shows

| cohort | included | treated | stage 1 successes | successes in all | where it stands |
|---|---|---|---|---|---|
{cohorts}

Successes are counted by plain code with the default readings A3-A6, for choosing the seed; the analysis counts its
own.

## Conventions

- `USUBJID` is `IR5-<site>-<cohort number><serial in order of inclusion>`; `DM.ARMCD` is the cohort. STUDYID is in
  DM only.
- DS: `ENROLLED` is the inclusion; `DSCAT` DISPOSITION EVENT with `DSSCAT` STUDY TREATMENT is the end of treatment
  with its reason (for a patient who never started too, with `DSTERM` NEVER TREATED …); `LAST CONTACT` is the last
  day known alive. A patient without an end of treatment is on treatment, or waits for the first dose (`ACTARMCD`
  NOTTRT, no `RFXSTDTC`).
- EX: one row an administration. FOLFOX-4 (cohort 5, cycles of 28 days, others 21) on days 1 and 15 of the first six
  cycles.
- TU/TR: `T01`-`T05` targets (`LDIAM`, nodes `SAXIS`, peritoneal thickness `THICK`, all mm), `NT01`-`NT03`
  non-targets and `NEW01` (`TUMSTATE` PRESENT, ABSENT, UNEQUIVOCAL, EQUIVOCAL; a non-target that is UNEQUIVOCAL has
  progressed). Too small: text `TOO SMALL TO MEASURE`, no number. Not assessed: `TRSTAT` NOT DONE. A visit may take
  two days: `TRDTC` is the day of each lesion, `RSDTC` the last of them. `VISITNUM` 0 is the baseline, k the visit
  of week 8 k.
- RS: the investigator's `TRGRESP NTRGRESP NEWLPROG OVRLRESP`; in cohort 3, for every second patient, two
  independent readers (`RSEVALID`; `RSACPTFL` Y is the accepted one). In cohort 1 `RSCAT` is mRECIST, and a clinical
  progression is `RSCAT` CLINICAL, `RSTESTCD` SYMPTDTR, `RSSTRESC` Y. Cohort 2 is followed by hCG alone.
- LB: ten safety tests before cycles 1, 2, 3, 5, 8 and 12; `HCG` weekly, in the laboratory's own limit (5, 2 or 3
  IU/L); below quantification the text `<2`, `<0.5`, `<1` (or `<20` after a dilution) and no number.
- AE: `AESI` is the CRF's category; `AEREL` is Y when related to any drug, `AERELDOM AERELZIM AERELFOL` by drug.
- SC: `HISTTYPE` (subtype), `ECOG`, `PRIORLN` (prior lines), `FIGOSCO` (cohort 2). CM: `CMCAT` SUBSEQUENT ANTICANCER
  THERAPY with `CMINDC` LACK OF EFFICACY or ADVERSE EVENT. PR: HYSTERECTOMY in cohort 2.

Missed, late and two-day scans, lost patients, deaths without progression, delayed and reduced doses, values below
quantification and laboratories with their own limits are everywhere and not listed.

## What is wrong on purpose

| what | where |
|---|---|
{flaws}
"""


def readme(tables: Mapping[str, pd.DataFrame], flaws: pd.DataFrame, seed: int) -> str:
    """Write the README of the demo platform.

    Source: spec/data.md, "Demo data".

    Parameters
    ----------
    tables
        The demo tables.
    flaws
        `flaws.listing` of them.
    seed
        Their seed.

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> from ir5nb.simulate.demo import SEED, with_flaws
    >>> made = with_flaws()
    >>> readme(made, made["truth/flaws"], SEED).splitlines()[0]
    '# Demo platform'
    """
    cohorts = "\n".join(_cohort(tables, code) for code in _STANDS)
    records = flaws["USUBJID"] + flaws["number"].map(lambda number: "" if pd.isna(number) else f" ({int(number)})")
    places = (flaws["domain"] + " " + records).groupby(flaws["flaw"]).agg(", ".join)
    listed = "\n".join(f"| {flaw} | {where} |" for flaw, where in places.items())
    return _HEAD.format(seed=seed, cohorts=cohorts, flaws=listed)


def _cohort(tables: Mapping[str, pd.DataFrame], code: str) -> str:
    """One row of the table of cohorts."""
    success = week24(tables, code)["success"]
    included, n1 = int(tables["DM"]["ARMCD"].eq(code).sum()), COUNTS[code][0]
    first = f"{success[:n1].sum()} of {n1}"
    return f"| {code} | {included} | {len(success)} | {first} | {success.sum()} of {len(success)} | {_STANDS[code]} |"
