"""The words of the package: levels and their order, keys, units, and the columns of every derived table.

Names are CDISC's (SDTMIG 3.4, ADaM); each value listed here is the only spelling the package knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from ir5nb import facts

# RECIST 1.1 overall response, best first (Eisenhauer 2009; the order of best overall response, S1).
RESPONSES: Final = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
# At a visit also CDISC's "no evidence of disease", where none was there at baseline; outside RECIST 1.1.
ASSESSED: Final = (*RESPONSES, "NED")
RESPONDERS: Final = ("CR", "PR")

# Week-24 status (P1-P4).
STATUSES: Final = ("SUCCESS", "FAILURE", "PENDING")

DAYS_PER_MONTH: Final = 30.4375  # A17: months are days / 30.4375, for display only
LANDMARK_DAYS: Final = 168  # 24 weeks
FEW_PATIENTS: Final = 10  # spec/report.md, "Form": of fewer no quantile beyond the last event is told

# Derived tables: other programs rely on these names (spec/endpoints.md).
ADSL: Final = (
    "USUBJID", "SITEID", "COHORT", "SUBTYPE", "REGIMEN", "INCLDT", "TRTSDT", "TRTEDT", "EOTDT", "EOTREAS",
    "LSTALVDT", "DTHDT", "DTHDTF", "ITTFL", "SAFFL", "EVALFL", "EXCLREAS",
)  # fmt: skip
ADRS: Final = (
    "USUBJID", "EVAL", "PARAMCD", "ADT", "AVALC", "AVISIT", "AVISITN", "SUMDIAM", "NADIR", "SRCDOM", "SRCSEQ", "reason",
)  # fmt: skip
ADTTE: Final = (
    "USUBJID", "PARAMCD", "READING", "PARAM", "STARTDT", "ADT", "AVAL", "AVALU", "CNSR", "EVNTDESC", "CNSDTDSC",
    "SRCDOM", "SRCSEQ", "reason",
)  # fmt: skip
ADWK24: Final = ("USUBJID", "READING", "LANDMARKDT", "STATUS", "CATEGORY", "DECDT", "SRCDOM", "SRCSEQ", "reason")
ADHCG: Final = ("USUBJID", "PARAMCD", "READING", "ADT", "ADY", "AVALC", "SRCSEQ", "reason")
ADAE: Final = (  # as written, one column RELxxxFL per drug follows where the source records relation by drug
    "USUBJID", "AESEQ", "AETERM", "AEDECOD", "AEBODSYS", "ASTDT", "ASTDTF", "AENDT", "ASTDY", "ADURN", "WNDSDT",
    "WNDEDT", "WINDOW", "COUNTFL", "PREFL", "TRTEMFL", "AFTNEWFL", "ALEVEL", "ATOXGRN", "AESER", "SERCRFL", "RELFL",
    "AESICAT", "AESIFLAG", "AESITERM", "AEACN", "AEOUT", "FATALFL", "AOCCIFL", "AOCCSIFL", "AOCCPIFL", "reason",
)  # fmt: skip
ADEX: Final = (
    "USUBJID", "EXSEQ", "EXTRT", "EXDOSE", "EXDOSU", "AVISITN", "ASTDT", "AENDT", "ASTDY", "GAPDAYS", "GIVENFL",
    "DELAYFL", "REDUCFL", "EXADJ", "reason",
)  # fmt: skip

# Analysis results: one row is one number (spec/architecture.md).
RESULT_KEY: Final = (
    "cohort", "analysis", "population", "reading", "endpoint", "group", "time", "statistic",
)  # fmt: skip
RESULTS: Final = (*RESULT_KEY, "value", "unit", "method", "note")
MASKED: Final = "masked"  # note of a result that the share edition does not show


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one planned analysis found: patients with their reasons, numbers with their keys, and series to draw.

    Source: spec/architecture.md, "Data flow".

    Parameters
    ----------
    name
        Name of the analysis, the `analysis` of its results' keys.
    patients
        One row per patient (or patient and record), each with its `reason`.
    results
        Tidy numbers with the columns `RESULTS`; the key is unique.
    series
        Named frames for the charts (curves, steps, bars); empty where nothing is drawn.
    headline
        The finding in one sentence, or "".

    Raises
    ------
    ValueError
        When a column of `RESULTS` is absent or a key occurs twice.

    Examples
    --------
    >>> Analysis("empty", pd.DataFrame(), pd.DataFrame(columns=list(RESULTS))).name
    'empty'
    """

    name: str
    patients: pd.DataFrame
    results: pd.DataFrame
    series: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    headline: str = ""

    def __post_init__(self) -> None:
        absent = [column for column in RESULTS if column not in self.results.columns]
        if absent:
            raise ValueError(f"results of analysis {self.name!r} lack the columns {absent}")
        doubled = self.results.duplicated(list(RESULT_KEY))
        if doubled.any():
            keys = self.results.loc[doubled, list(RESULT_KEY)].to_dict("records")
            raise ValueError(f"results of analysis {self.name!r} have a key twice: {keys[:3]}")

    def __repr__(self) -> str:
        return facts.lines(f"Analysis {self.name}", self._told())

    def _repr_html_(self) -> str:
        """Show the finding and the size of each part at the end of a notebook cell."""
        return facts.table(f"Analysis {self.name}", self._told())

    def _told(self) -> dict[str, str]:
        sizes = {"patients": f"{len(self.patients)} rows", "results": f"{len(self.results)} numbers"}
        parts = {f"series[{name!r}]": f"{len(frame)} rows" for name, frame in self.series.items()}
        return {"headline": self.headline, **sizes, **parts}
