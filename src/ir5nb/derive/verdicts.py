"""How week-24 statuses are decided: the categories, the rules that hold for every endpoint, and the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.candidates import Chosen, choose, of_subjects
from ir5nb.derive.dates import NAT, Dates, Texts
from ir5nb.derive.records import Rows, column, days_of, either, iso, numbers_of, present, words
from ir5nb.derive.time_rows import imputed_death

WITH_EVIDENCE: Final = "progression-free with evidence"
LATE_PROGRESSION: Final = "first progression after the landmark"
LATE_DEATH: Final = "death after the landmark"
ALIVE: Final = "alive at the landmark"
RADIOLOGICAL: Final = "radiological progression"
CLINICAL: Final = "clinical progression"
DEATH: Final = "death"
NEW_THERAPY: Final = "new therapy"
HYSTERECTOMY: Final = "hysterectomy"
NOT_EVALUABLE: Final = "not evaluable"
PENDING: Final = "pending"
NORMALISED: Final = "hCG normalised"
NOT_NORMALISED: Final = "hCG not normalised"
ALREADY_NORMAL: Final = "hCG already normal at baseline"
CATEGORIES: Final = (
    WITH_EVIDENCE, LATE_PROGRESSION, LATE_DEATH, ALIVE, NORMALISED, RADIOLOGICAL, CLINICAL, DEATH, NEW_THERAPY,
    HYSTERECTOMY, NOT_NORMALISED, ALREADY_NORMAL, NOT_EVALUABLE, PENDING,
)  # fmt: skip
"""Every category a week-24 status can have, in plain words."""

DAY: Final = np.timedelta64(1, "D")
_CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "evidence": ("window", "after"),
    "late_progression": ("success", "failure"),
    "not_evaluable": ("failure", "excluded", "success"),
    "new_therapy": ("failure", "success", "censored"),
}
_EXCLUDED: Final = "EXCLUDED"
STATUS: Final = {"success": "SUCCESS", "failure": "FAILURE", "excluded": _EXCLUDED, "censored": _EXCLUDED}
FAILING: Final = {"PD": RADIOLOGICAL, "CLINICAL": CLINICAL, "DEATH": DEATH, "NEW THERAPY": NEW_THERAPY}


Told = Callable[[Rows], Texts]
"""Words for some of the patients, found only for those whom a rule decides."""


class Verdicts:
    """Statuses as they are decided, rule by rule: a patient once decided stays so.

    Source: spec/endpoints.md, "Order of rules".

    Parameters
    ----------
    patients
        How many patients are judged.
    explain
        Whether each status gets its deciding record and reason; simulations that only count do without.

    Examples
    --------
    >>> verdicts = Verdicts(2)
    >>> verdicts.decide(np.array([True, False]), "FAILURE", DEATH, None, np.array(["died", "died"], dtype=object))
    >>> verdicts.open.tolist()
    [False, True]
    """

    def __init__(self, patients: int, *, explain: bool = True) -> None:
        self.explain = explain
        self.open = np.ones(patients, dtype=bool)  # which patients no rule has decided yet
        self.status: Texts = np.full(patients, None, dtype=object)
        self.category: Texts = np.full(patients, None, dtype=object)
        self.reason: Texts = np.full(patients, None, dtype=object)
        self.day: Dates = np.full(patients, NAT, dtype="datetime64[ns]")
        self.domain: Texts = np.full(patients, None, dtype=object)
        self.number = np.full(patients, np.nan)

    def decide(
        self,
        holds: npt.NDArray[np.bool_],
        status: Any,
        category: Any,
        record: Chosen | pd.DataFrame | None,
        reason: Texts | Told,
    ) -> None:
        """Decide the open patients for whom the rule holds, by the record named."""
        rows = np.flatnonzero(self.open & holds)
        if not len(rows):
            return
        self.open[rows] = False
        self.status[rows] = status[rows] if isinstance(status, np.ndarray) else status
        if callable(category):
            category = category(rows)
        elif isinstance(category, np.ndarray):
            category = category[rows]
        self.category[rows] = category
        if not self.explain:
            return
        self.reason[rows] = reason(rows) if callable(reason) else reason[rows]
        if record is not None:
            part = record.taken(rows) if isinstance(record, Chosen) else record.iloc[rows]
            self.day[rows], self.domain[rows] = days_of(part, "ADT"), column(part, "SRCDOM")
            self.number[rows] = numbers_of(part, "SRCSEQ")

    def frame(self, subjects: pd.DataFrame, landmark: Dates, reading: str) -> pd.DataFrame:
        """Lay out the rows (`schema.ADWK24`), less the patients a reading leaves out."""
        numbers = pd.arrays.IntegerArray(np.nan_to_num(self.number).astype(np.int64), np.isnan(self.number))
        rows: pd.DataFrame = pd.DataFrame(
            {
                "USUBJID": subjects["USUBJID"].to_numpy(object),
                "READING": reading,
                "LANDMARKDT": landmark,
                "STATUS": self.status,
                "CATEGORY": self.category,
                "DECDT": self.day,
                "SRCDOM": self.domain,
                "SRCSEQ": numbers,
                "reason": self.reason,
            },
            copy=False,
        )
        kept = self.status != _EXCLUDED
        return rows if kept.all() else rows[pd.Series(kept)].reset_index(drop=True)


def check_choices(**chosen: str) -> None:
    """Refuse a reading this package does not know.

    Source: A3-A6.

    Raises
    ------
    ValueError
        Naming the argument, what was given and what is known.

    Examples
    --------
    >>> check_choices(evidence="window")
    """
    for name, value in chosen.items():
        if value not in _CHOICES[name]:
            raise ValueError(f"{name} is one of {tuple(_CHOICES[name])}, not {value!r}")


def told(record: pd.DataFrame) -> Texts:
    """Name records in words (`records.words`), one per patient.

    Source: spec/endpoints.md.

    Examples
    --------
    >>> told(pd.DataFrame({"SRCDOM": ["RS"], "SRCSEQ": [3], "VISIT": ["WEEK 8"], "VALUE": ["SD"],
    ...                    "ADT": pd.to_datetime(["2026-03-04"])}))[0]
    'RS 3 (visit WEEK 8, 2026-03-04): SD'
    """
    return words(record["SRCDOM"], record["SRCSEQ"], days_of(record, "ADT"), record["VISIT"], record["VALUE"])


def pend(verdicts: Verdicts, landmark: Dates, window_days: int, cut: np.datetime64) -> None:
    """Leave open patients pending while the data cut precedes the landmark and its window.

    Source: spec/endpoints.md (pending is never counted as failure).

    Examples
    --------
    >>> from ir5nb.derive.candidates import cut_day
    >>> verdicts = Verdicts(1)
    >>> pend(verdicts, np.array(["2026-06-30"], "datetime64[ns]"), 7, cut_day("2026-07-01"))
    >>> verdicts.reason[0]
    'Data cut 2026-07-01 precedes the landmark 2026-06-30 + 7 days'
    """
    early = np.asarray(cut < landmark + window_days * DAY)
    opening = f"Data cut {iso(np.array([cut]))[0]} precedes the landmark "
    verdicts.decide(
        early, "PENDING", PENDING, None, lambda rows: opening + iso(landmark[rows]) + f" + {window_days} days"
    )


def give_up(verdicts: Verdicts, subjects: pd.DataFrame, landmark: Dates, why: Texts | Told, not_evaluable: str) -> None:
    """Decide the patients no rule could decide by the reading of A5; the last news is the record.

    Source: A5.

    Examples
    --------
    >>> verdicts = Verdicts(1)
    >>> adsl = pd.DataFrame({"USUBJID": ["1"], "LSTALVDT": pd.to_datetime(["2026-03-04"]), "LSTALVDOM": ["LB"]})
    >>> give_up(verdicts, adsl, np.array(["2026-06-30"], "datetime64[ns]"), np.array(["No scan"], dtype=object),
    ...         "failure")
    >>> verdicts.reason[0]
    'No scan; last news before the landmark 2026-06-30: LB (2026-03-04)'
    """
    if not verdicts.explain:
        verdicts.decide(verdicts.open, STATUS[not_evaluable], NOT_EVALUABLE, None, _no_words)
        return
    domain = "LSTALVDOM" if "LSTALVDOM" in subjects else ""
    known = [deaths(subjects), of_subjects(subjects, "NEWS", "LSTALVDT", domain, "LSTALVSEQ")]
    news = choose(len(subjects), known, NAT, last=True)

    def reason(rows: Rows) -> Texts:
        part, day = news.taken(rows), landmark[rows]
        lost = days_of(part, "ADT") < day
        text = either(lost, "; last news before the landmark " + iso(day) + ": ", "; last news ") + told(part)
        opening = why(rows) if callable(why) else why[rows]
        return np.asarray(opening + either(~news.known[rows], "; no news of the patient", text), dtype=object)

    verdicts.decide(verdicts.open, STATUS[not_evaluable], NOT_EVALUABLE, news, reason)


def _no_words(rows: Rows) -> Texts:
    return np.full(len(rows), None, dtype=object)


def treated(subjects: pd.DataFrame) -> pd.DataFrame:
    """Keep the treated patients: those with a known treatment start.

    Source: spec/endpoints.md (one row per treated patient).

    Examples
    --------
    >>> len(treated(pd.DataFrame({"TRTSDT": pd.to_datetime(["2026-03-04", None])})))
    1
    """
    return subjects.loc[~np.isnat(days_of(subjects, "TRTSDT"))].reset_index(drop=True)


def deaths(subjects: pd.DataFrame) -> pd.DataFrame:
    """Make candidates of the patients' deaths.

    Source: S4.

    Examples
    --------
    >>> deaths(pd.DataFrame({"DTHDT": pd.to_datetime(["2026-03-04"])}))["KIND"].tolist()
    ['DEATH']
    """
    return of_subjects(subjects, "DEATH", "DTHDT", "DTHDOM" if "DTHDOM" in subjects else "DM", "DTHSEQ")


def fail(
    verdicts: Verdicts, events: Sequence[pd.DataFrame], subjects: pd.DataFrame, landmark: Dates, cut: Any, status: str
) -> None:
    """Decide patients with a failing event on or before the landmark and the cut, by the earliest one.

    Source: spec/endpoints.md, "Order of rules".

    Examples
    --------
    >>> verdicts, adsl = Verdicts(1), pd.DataFrame({"DTHDT": pd.to_datetime(["2026-03-04"])})
    >>> landmark = np.array(["2026-06-30"], "datetime64[ns]")
    >>> fail(verdicts, [deaths(adsl)], adsl, landmark, NAT, "FAILURE")
    >>> verdicts.reason[0]
    'Death on or before the landmark 2026-06-30: DM (2026-03-04)'
    """
    first = choose(len(subjects), events, either(landmark > cut, cut, landmark))

    def category(rows: Rows) -> Texts:
        return np.array([FAILING[kind] for kind in first.of("KIND", first.rows[rows])], dtype=object)

    def reason(rows: Rows) -> Texts:
        opening = present(pd.Series(category(rows), dtype=object).str.capitalize()) + " on or before the landmark "
        imputed = imputed_death(subjects.iloc[rows], first.of("KIND", first.rows[rows]))
        return np.asarray(opening + iso(landmark[rows]) + ": " + told(first.taken(rows)) + imputed, dtype=object)

    verdicts.decide(first.known, status, category, first, reason)
