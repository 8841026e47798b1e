"""The source tables as this analysis needs them: columns, types, levels, ranges and keys (SDTMIG 3.4 names).

A plain declaration, not pandera models: every notebook kernel imports this module, and importing pandera adds about
0.4 s to each (measured: 0.8 s for pandas, 1.2 s with pandera), while its report of a failed check knows neither the
patient nor the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["text", "number", "integer", "date"]

# SDTM's own naming decides the type: --DTC are ISO 8601 text, these endings are numbers, everything else is text.
_NUMBER_ENDINGS: Final = ("STRESN", "STNRLO", "STNRHI", "DOSE")
_NUMBER_NAMES: Final = frozenset({"AGE", "VISITNUM", "VISITDY"})

_YES_NO: Final = ("Y", "N")
LESION_MM: Final = (0.0, 500.0)
UNITS_MM: Final = ("mm",)
# All of these are the same number: 1 mIU/mL = 1 IU/L, and hCG is expressed in U/L and IU/L alike.
UNITS_HCG: Final = ("IU/L", "U/L", "mIU/mL", "mU/mL", "mIU/ml", "mU/ml")
HCG: Final = "HCG"
HCG_IU_PER_L: Final = (0.0, 1e9)  # choriocarcinoma reaches some 10 millions
DIAMETER_TESTS: Final = ("LDIAM", "SAXIS", "LPERP", "DIAMETER")
THICKNESS_TESTS: Final = ("THKNESS", "THICK", "THICKNS")  # mRECIST: a lesion may have several, which are added
INCLUSION_TERMS: Final = ("ENROLLED", "INCLUSION")

_RECIST: Final = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "NED", "ND")  # no evidence of disease; not done
_IRECIST: Final = ("iCR", "iPR", "iSD", "iUPD", "iCPD", "NON-iCR/NON-iUPD", "NE")
# Levels by RSTESTCD; a test that is not named here is not read, so not checked.
RESPONSES: Final[Mapping[str, tuple[str, ...]]] = {
    "OVRLRESP": _RECIST,
    "TRGRESP": _RECIST,
    "NTRGRESP": _RECIST,
    "NEWLPROG": ("Y", "N", "UNEQUIVOCAL", "EQUIVOCAL", "NE"),
    "SYMPTDTR": _YES_NO,
}
IRESPONSES: Final[Mapping[str, tuple[str, ...]]] = {
    "OVRLRESP": _IRECIST,
    "TRGRESP": _IRECIST,
    "NTRGRESP": _IRECIST,
    "NEWLPROG": ("Y", "N", "UNEQUIVOCAL", "EQUIVOCAL", "NE"),
}
# How RSCAT begins (in capitals) where its responses are read; others, such as CA125, pass through unchecked.
RECIST_CRITERIA: Final = ("RECIST", "MRECIST", "MODIFIED RECIST", "CLINICAL")
IRECIST_CRITERIA: Final = ("IRECIST",)


@dataclass(frozen=True, slots=True)
class Domain:
    """One source table: what must be in it and what may stand in its columns.

    Source: spec/data.md, table of domains.

    Parameters
    ----------
    name, label
        Two-letter SDTM domain, and what one row is.
    required
        Columns without which the analysis would be wrong: absence is an error.
    expected
        Column -> what the analysis loses without it: absence is a query.
    filled
        Required columns that may not be blank in any row.
    key
        Columns that name a record: two rows with the same key are an error.
    answers, answer, contested
        Question, its answer, and which answer counts where the source has two different ones (a query).
    levels, ranges
        Values allowed in a column (blank always is).
    mandatory
        Whether the table itself must be there.
    without
        What the analysis loses when an optional table is absent; "" when nothing by default needs it.

    Examples
    --------
    >>> DOMAINS["DM"].kind("DTHDTC"), DOMAINS["TR"].kind("TRSTRESN"), DOMAINS["TR"].dates
    ('date', 'number', ('TRDTC',))
    """

    name: str
    label: str
    required: tuple[str, ...]
    expected: Mapping[str, str] = field(default_factory=dict)
    filled: tuple[str, ...] = ("USUBJID",)
    key: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answer: str = ""
    contested: str = ""
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    mandatory: bool = False
    without: str = ""

    @property
    def sequence(self) -> str:
        """Name of the sequence number (`--SEQ`)."""
        return f"{self.name}SEQ"

    @property
    def declared(self) -> tuple[str, ...]:
        """Columns required or expected."""
        return (*self.required, *self.expected)

    @property
    def dates(self) -> tuple[str, ...]:
        """Declared date columns."""
        return tuple(column for column in self.declared if self.kind(column) == "date")

    def kind(self, column: str) -> Kind:
        """Type of a column, by SDTM's naming rule."""
        if column.endswith("DTC"):
            return "date"
        if column == self.sequence:
            return "integer"
        own = column.removeprefix(self.name)
        return "number" if own in _NUMBER_ENDINGS or column in _NUMBER_NAMES else "text"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_DECLARED: Final = (
    Domain(
        "DM",
        "patient",
        _words("USUBJID SITEID AGE SEX DTHDTC"),
        {
            "RFICDTC": "the date of consent is not known",
            "RFSTDTC": "the reference start date is not known",
            "DTHFL": "deaths without a date cannot be seen",
            "ARMCD": "cohort membership by ARMCD is not possible",
        },
        filled=("USUBJID", "SITEID"),
        key=("USUBJID",),
        levels={"SEX": ("M", "F", "U", "UNDIFFERENTIATED"), "DTHFL": _YES_NO},
        ranges={"AGE": (0.0, 120.0)},
        mandatory=True,
    ),
    Domain(
        "DS",
        "disposition event",
        _words("USUBJID DSDECOD DSSTDTC"),
        {"DSCAT": "end of treatment cannot be told from other events", "DSTERM": "the reason in words is not shown"},
        mandatory=True,
    ),
    Domain(
        "EX",
        "dose",
        _words("USUBJID EXTRT EXDOSE EXSTDTC"),
        {"EXDOSU": "doses are shown without unit", "EXENDTC": "the last dose is dated by its start"},
        filled=("USUBJID", "EXTRT"),
        ranges={"EXDOSE": (0.0, 1e6)},
        mandatory=True,
    ),
    Domain(
        "TU",
        "lesion",
        _words("USUBJID TULNKID TUORRES"),
        {"TULOC": "nodes cannot be told from other lesions", "TUMETHOD": "the imaging method is not shown"},
        without="response cannot be derived from measurements",
    ),
    Domain(
        "TR",
        "lesion measurement",
        _words("USUBJID TRLNKID TRTESTCD TRSTRESN TRSTRESC VISITNUM TRDTC"),
        {"TRSTRESU": "measurements are taken as millimetres"},
        filled=("USUBJID", "TRTESTCD"),
        answers=_words("USUBJID TRLNKID TRTESTCD TREVAL TREVALID VISITNUM TRDTC"),
        answer="TRSTRESN",
        contested="the longest diameter counts; thicknesses are added",
        without="response cannot be derived from measurements",
    ),
    Domain(
        "RS",
        "response assessment",
        _words("USUBJID RSTESTCD RSSTRESC RSDTC VISITNUM"),
        {"RSEVAL": "every assessment is taken as the investigator's"},
        filled=("USUBJID", "RSTESTCD"),
        answers=_words("USUBJID RSCAT RSTESTCD RSEVAL RSEVALID VISITNUM"),
        answer="RSSTRESC",
        contested="a progression of the visit counts, otherwise the later answer",
        levels={"RSEVAL": ("INVESTIGATOR", "INDEPENDENT ASSESSOR"), "RSACPTFL": _YES_NO},
        without="no recorded response, no progression date",
    ),
    Domain(
        "LB",
        "assay",
        _words("USUBJID LBTESTCD LBSTRESN LBSTRESC LBDTC"),
        {"LBSTRESU": "units cannot be checked", "LBSTNRHI": "no assay can be called normal"},
        filled=("USUBJID", "LBTESTCD"),
        without="no hCG and no laboratory grade",
    ),
    Domain(
        "AE",
        "adverse event",
        _words("USUBJID AETERM AESTDTC AESER"),
        {
            "AEDECOD": "events are counted by their reported term",
            "AEBODSYS": "events are not grouped by system",
            "AETOXGR": "every event is ungraded",
            "AEENDTC": "durations are not shown",
            "AEREL": "relation to treatment is not known",
        },
        filled=("USUBJID", "AETERM"),
        levels={"AETOXGR": _words("1 2 3 4 5"), "AESER": _YES_NO, "AESDTH": _YES_NO},
        without="no adverse event is seen: safety tables would be empty",
    ),
    Domain(
        "CM",
        "treatment",
        _words("USUBJID CMTRT CMCAT CMSTDTC"),
        {"CMINDC": "lack of efficacy as the reason of a new treatment is not known"},
        without="no subsequent anticancer therapy is seen",
    ),
    Domain("PR", "procedure", _words("USUBJID PRTRT PRSTDTC")),
    Domain("SC", "subject characteristic", _words("USUBJID SCTESTCD SCSTRESC")),
    Domain("MH", "item of history", _words("USUBJID MHTERM")),
    Domain("QS", "question", _words("USUBJID QSTESTCD QSSTRESC")),
)
DOMAINS: Final[Mapping[str, Domain]] = {domain.name: domain for domain in _DECLARED}


def declared(name: str) -> Domain:
    """Give the declaration of a domain, or a bare one for a table that only a mapping names.

    Source: spec/data.md ("others pass through untouched").

    Examples
    --------
    >>> declared("SV").required
    ('USUBJID',)
    """
    return DOMAINS.get(name, Domain(name, "record", ("USUBJID",)))
