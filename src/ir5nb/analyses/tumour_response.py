"""Best overall response, response and control rates, depth and course of response, agreement of readers (S1, A13)."""

from __future__ import annotations

import pandas as pd

from ir5nb.analyses.cohort import Cohort
from ir5nb.analyses.rows import Rows, exact_limits, share
from ir5nb.derive import clinical
from ir5nb.derive.response_discordance import discordance
from ir5nb.schema import DAYS_PER_MONTH, RESPONDERS, RESPONSES, Analysis


def best_response(cohort: Cohort) -> Analysis:
    """Count best overall responses, unconfirmed and confirmed, with response and control rates.

    Source: S1, A13; Clopper-Pearson limits at the plan's survival level over the treated patients. Series
    `waterfall` holds the best change in the sum of diameters before progression and new therapy, `spider` every change.

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    best = cohort.best
    rows = cohort.rows("best_response")
    for reading, prefix in (("unconfirmed", ""), ("confirmed", "C")):
        _rates(rows.at(reading=reading), best, prefix, cohort.plan.survival_level)
    changes = _changes(cohort)
    counted = _until_progression(cohort, changes)
    deepest = counted.loc[counted.groupby("USUBJID")["PCHG"].idxmin()]
    waterfall = deepest[["USUBJID", "PCHG", "BOR", "NEWLES"]].rename(columns={"USUBJID": "PATIENT"})
    start = changes.drop_duplicates("USUBJID").assign(MONTHS=0.0, PCHG=0.0, NEWLES="N")
    lines = pd.concat([start, changes]).sort_values(["USUBJID", "MONTHS"], kind="stable")
    spider = lines[["USUBJID", "MONTHS", "PCHG", "BOR", "NEWLES"]].rename(columns={"USUBJID": "PATIENT"})
    return Analysis("best_response", best, rows.frame(), {"waterfall": waterfall, "spider": spider})


def _rates(rows: Rows, best: pd.DataFrame, prefix: str, level: float) -> None:
    """Best responses by level, then response (CR, PR) and control (and SD) rates with exact limits."""
    total = len(best)
    bor = rows.at(endpoint="BOR").add(total=total)
    seen = ("NED",) if best[f"{prefix}BOR"].eq("NED").any() else ()  # no disease at baseline: rare, no row without
    for name in (*RESPONSES, *seen, "MISSING"):
        count = int(best[f"{prefix}BOR"].eq(name).sum())
        bor.at(group=name).add(count=count, proportion=share(count, total))
    for endpoint in ("ORR", "DCR"):
        count = int(best[f"{prefix}{endpoint}FL"].eq("Y").sum())
        exact = rows.at(endpoint=endpoint, method=f"Clopper-Pearson, {level:.0%}")
        exact.add(count=count, total=total, proportion=share(count, total), **exact_limits(count, total, level))


def _changes(cohort: Cohort) -> pd.DataFrame:
    """Percent change of complete sums from baseline at each visit on treatment or after, and new lesions."""
    patients = cohort.treated.set_index("USUBJID")[["TRTSDT"]].join(cohort.best.set_index("USUBJID")["BOR"])
    visits = cohort.targets[cohort.targets["COMPLETE"] & cohort.targets["PCHG"].notna()].join(patients, on="USUBJID")
    after = visits[visits["ADT"] > visits["TRTSDT"]].reset_index(drop=True)
    return after.assign(MONTHS=_months(after["ADT"], after["TRTSDT"]))


def _until_progression(cohort: Cohort, changes: pd.DataFrame) -> pd.DataFrame:
    """Leave out what was measured after the first progression or after a new anticancer therapy began."""
    pfs = cohort.times[cohort.times["PARAMCD"].eq("PFS") & cohort.times["CNSR"].eq(0)]
    progressed = changes["USUBJID"].map(pfs.set_index("USUBJID")["ADT"])
    treated_anew = changes["USUBJID"].map(cohort.treated.set_index("USUBJID")["NEWTXDT"])
    return changes[~(changes["ADT"] > progressed) & ~(changes["ADT"] >= treated_anew)]


def course(cohort: Cohort) -> Analysis:
    """Give each patient's course for the swimmer plot: series `bars` and `marks`, in months from treatment start.

    Source: spec/tlf.csv, "Swimmer plot". Radiological and clinical progressions are marked apart.

    Parameters
    ----------
    cohort
        Derived cohort; treated patients.
    """
    treated = cohort.treated.merge(cohort.best[["USUBJID", "BOR", "BORDT"]], on="USUBJID", how="left")
    last = treated["DTHDT"].fillna(treated["LSTALVDT"]).fillna(treated["TRTSDT"])
    bars = pd.DataFrame(
        {
            "PATIENT": treated["USUBJID"],
            "START": 0.0,
            "END": _months(last, treated["TRTSDT"]),
            "ONGOING": (treated["DTHDT"].isna() & treated["EOTDT"].isna()).map({True: "Y", False: "N"}),
            "BOR": treated["BOR"],
        }
    )
    times = cohort.times[cohort.times["PARAMCD"].eq("PFS") & cohort.times["READING"].eq("default")]
    progressed = times[times["CNSR"].eq(0) & times["SRCDOM"].eq("RS")]
    dates = {
        "RESPONSE": treated["BORDT"].where(treated["BOR"].isin(RESPONDERS)),
        "PROGRESSION": treated["USUBJID"].map(progressed.set_index("USUBJID")["ADT"]),
        "CLINICAL PROGRESSION": treated["USUBJID"].map(_clinical(cohort)),
        "NEW THERAPY": treated["NEWTXDT"],
        "END OF TREATMENT": treated["EOTDT"],
        "DEATH": treated["DTHDT"],
    }
    marks = [
        pd.DataFrame({"PATIENT": treated["USUBJID"], "TIME": _months(day, treated["TRTSDT"]), "MARK": name}).dropna()
        for name, day in dates.items()
    ]
    rows = cohort.rows("course").add(total=len(treated))
    return Analysis("course", treated, rows.frame(), {"bars": bars, "marks": pd.concat(marks, ignore_index=True)})


def _clinical(cohort: Cohort) -> pd.Series:
    """First clinical progression of each treated patient since treatment start, whether or not it counts (P1)."""
    found = clinical.progressions(cohort.tables["RS"])
    started = found["USUBJID"].map(cohort.treated.set_index("USUBJID")["TRTSDT"])
    return found[found["ADT"] >= started].groupby("USUBJID")["ADT"].min()


def _months(day: pd.Series, start: pd.Series) -> pd.Series:
    return (day - start).dt.days / DAYS_PER_MONTH


def agreement(cohort: Cohort) -> Analysis:
    """Count visits at which the recorded and the derived overall response agree; patients: the visits that do not.

    Source: spec/endpoints.md, "Investigator versus derived".

    Parameters
    ----------
    cohort
        Derived cohort.
    """
    pairs = discordance(cohort.responses["INVESTIGATOR"], cohort.responses["DERIVED"])
    pairs = pairs.rename(columns={"PRIMARY": "INVESTIGATOR", "CHECK": "DERIVED"})
    pairs = pairs[pairs["INVESTIGATOR"].notna() & pairs["DERIVED"].notna()]
    rows = cohort.rows("agreement").at(endpoint="visits")
    differ = pairs["KIND"].ne("agree")
    total = len(pairs)
    rows.add(total=total)
    rows.at(group="agree").add(count=total - int(differ.sum()), proportion=share(total - int(differ.sum()), total))
    rows.at(group="differ").add(count=int(differ.sum()), proportion=share(int(differ.sum()), total))
    return Analysis("agreement", pairs[differ].reset_index(drop=True), rows.frame())
