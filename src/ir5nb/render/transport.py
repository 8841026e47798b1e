"""Derived tables as SAS transport files, version 5: the form in which statistical agencies take them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

TEXT_BYTES: Final = 200  # the longest text of a version 5 file
_SAS_EPOCH: Final = pd.Timestamp("1960-01-01")
# Where the header says when the file was made (two records of 80 bytes for the library, two for its member), and what
# it says instead: equal tables give equal files.
_MADE: Final = (1 * 80 + 64, 2 * 80, 5 * 80 + 64, 6 * 80)
_NEVER: Final = b"01JAN60:00:00:00"
_SHORT: Final = {"LANDMARKDT": "LANDMKDT"}  # names have at most eight characters
_TITLES: Final = {
    "adsl": "Subject-Level Analysis", "adrs": "Tumour Response Analysis", "adtte": "Time-to-Event Analysis",
    "adwk24": "Week-24 Status by Reading", "adhcg": "hCG Course by Reading",
    "adae": "Adverse Events Analysis", "adex": "Exposure Analysis",
}  # fmt: skip
LABELS: Final = {
    "USUBJID": "Unique Subject Identifier", "SITEID": "Study Site Identifier", "COHORT": "Cohort",
    "SUBTYPE": "Histological Subtype", "REGIMEN": "Study Treatment Regimen", "INCLDT": "Date of Inclusion",
    "TRTSDT": "Date of First Exposure to Treatment", "TRTEDT": "Date of Last Exposure to Treatment",
    "EOTDT": "Recorded End of Treatment Date", "EOTREAS": "Recorded Reason for End of Treatment",
    "LSTALVDT": "Date Last Known Alive", "DTHDT": "Date of Death", "ITTFL": "Intent-to-Treat Population Flag",
    "SAFFL": "Safety (Treated) Population Flag", "EVALFL": "Evaluable Population Flag",
    "DTHDTF": "Date of Death Imputation Flag",
    "EXCLREAS": "Reason for Exclusion from Populations", "EVAL": "Evaluator", "PARAMCD": "Parameter Code",
    "PARAM": "Parameter", "ADT": "Analysis Date", "ADY": "Days from Treatment Start", "AVAL": "Analysis Value",
    "AVALC": "Analysis Value (C)", "AVALU": "Analysis Value Unit", "AVISIT": "Analysis Visit",
    "AVISITN": "Analysis Visit (N)", "SUMDIAM": "Sum of Diameters (mm)", "NADIR": "Nadir before the Visit (mm)",
    "READING": "Reading of the Protocol", "STARTDT": "Time-to-Event Origin Date", "CNSR": "Censor",
    "EVNTDESC": "Event or Censoring Description", "CNSDTDSC": "Censor Date Description", "SRCDOM": "Source Domain",
    "SRCSEQ": "Source Sequence Number", "LANDMKDT": "Landmark Date", "STATUS": "Week-24 Status",
    "CATEGORY": "Category of the Status", "DECDT": "Date of the Deciding Record", "REASON": "Reason in Words",
    "AESEQ": "Adverse Event Sequence Number", "AETERM": "Reported Term for the Adverse Event",
    "AEDECOD": "Dictionary-Derived Term", "AEBODSYS": "Body System or Organ Class", "ASTDT": "Analysis Start Date",
    "ASTDTF": "Analysis Start Date Imputation Flag", "AENDT": "Analysis End Date",
    "ASTDY": "Analysis Start Relative Day", "ADURN": "Duration (Days from Start to End)",
    "WNDSDT": "First Day Counted", "WNDEDT": "Last Day Counted", "WINDOW": "Position in the Counted Days",
    "COUNTFL": "Counted in the Tables Flag", "PREFL": "Counted before First Dose Flag",
    "TRTEMFL": "Treatment Emergent Analysis Flag", "AFTNEWFL": "Onset after New Therapy Flag",
    "ALEVEL": "Grade, or Severity where not Graded", "ATOXGRN": "Analysis Toxicity Grade (N)",
    "AESER": "Serious Event", "SERCRFL": "Meets a Seriousness Criterion Flag", "RELFL": "Related to any Drug Flag",
    "AESICAT": "Category of Special Interest", "AESIFLAG": "Special Interest as Flagged in the CRF",
    "AESITERM": "Special Interest by the Plan's Terms", "AEACN": "Action Taken with Study Treatment",
    "AEOUT": "Outcome of Adverse Event", "FATALFL": "Fatal Event Flag",
    "AOCCIFL": "1st Max Level within Subject Flag", "AOCCSIFL": "1st Max Level within SOC Flag",
    "AOCCPIFL": "1st Max Level within PT Flag", "EXSEQ": "Exposure Sequence Number",
    "EXTRT": "Name of Actual Treatment", "EXDOSE": "Dose per Administration", "EXDOSU": "Dose Units",
    "GAPDAYS": "Days since Last Dose of the Drug", "GIVENFL": "Dose Given Flag", "DELAYFL": "Dose Delayed Flag",
    "REDUCFL": "Dose Reduced Flag", "EXADJ": "Reason for Dose Adjustment",
}  # fmt: skip
_BY_DRUG: Final = re.compile(r"REL(\w{1,3})FL")  # adae, by drug: RELDOMFL of AERELDOM


def write_transport(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write each frame as `<name>.xpt`, a SAS transport file of version 5; an empty one keeps its columns.

    Source: FDA Study Data Technical Conformance Guide (version 5, names of 8 characters, texts of 200 bytes); SDTMIG
    3.4, 4.5.3 (a longer text goes on in variables with a number, in place of the last character where the name is
    full). Nothing is cut off: a `reason` of more than 200 bytes goes on in REASON1, REASON2 …; the pieces joined by a
    blank are the whole.

    Parameters
    ----------
    folder
        Where the files are written.
    tables
        Frames by name; dates are datetimes at midnight, texts str or None, numbers any.

    Raises
    ------
    ValueError
        When a name has more than eight characters or no label, or two columns get one name.

    Examples
    --------
    >>> import tempfile
    >>> frame = pd.DataFrame({"USUBJID": ["A"], "ADT": pd.to_datetime(["2026-03-04"]), "reason": ["Death"]})
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_transport(Path(place), {"adtte": frame})
    ...     [path.name for path in Path(place).iterdir()]
    ['adtte.xpt']
    """
    import pyreadstat  # noqa: PLC0415 - loaded only where a SAS file is written

    for name, frame in tables.items():
        laid = {piece: (label, values) for piece, label, values in _columns(frame)}
        dates = frame.select_dtypes("datetime").columns.map(_name)
        pyreadstat.write_xport(
            pd.DataFrame({piece: values for piece, (_, values) in laid.items()}, index=frame.index),
            folder / f"{name}.xpt", file_format_version=5, table_name=name.upper(), file_label=_TITLES.get(name, ""),
            column_labels={piece: label for piece, (label, _) in laid.items()},
            variable_format=dict.fromkeys(dates, "DATE9"),
        )  # fmt: skip
        _timeless(folder / f"{name}.xpt")


def _timeless(path: Path) -> None:
    """Take the time of writing out of the header."""
    with path.open("r+b") as stream:
        for place in _MADE:
            stream.seek(place)
            stream.write(_NEVER)


def _columns(frame: pd.DataFrame) -> Iterator[tuple[str, str, pd.Series]]:
    """Lay the columns out as SAS knows them: numbers (dates are days since 1960) and texts of at most 200 bytes."""
    seen: set[str] = set()
    for column, values in frame.items():
        whole = _name(str(column))
        label = _label(whole)
        for number, laid in enumerate(_laid(values)):
            name = f"{whole[: 8 - len(str(number))]}{number}" if number else whole
            if name in seen or len(name) > 8:
                raise ValueError(f"column {column!r} cannot be {name!r} in a transport file: too long, or there twice")
            seen.add(name)
            yield name, f"{label[:24].rstrip()}, continued ({number})" if number else label, laid


def _laid(values: pd.Series) -> Iterator[pd.Series]:
    """Give one column as one number, or as one text or more."""
    if pd.api.types.is_datetime64_any_dtype(values):
        yield (values - _SAS_EPOCH).dt.days.astype(float)
    elif pd.api.types.is_numeric_dtype(values):
        yield values.astype(float)
    else:
        pieces = [_pieces(text) for text in values.astype(object).where(values.notna(), "").astype(str)]
        for number in range(max((len(each) for each in pieces), default=1)):
            parts = [each[number] if number < len(each) else "" for each in pieces]
            yield pd.Series(parts, index=values.index, dtype=object)


def _pieces(text: str) -> list[str]:
    """Break a text at blanks into pieces of at most 200 bytes; a longer word is broken within."""
    rest, found = text, []
    while len(rest.encode()) > TEXT_BYTES:
        fits = rest.encode()[: TEXT_BYTES + 1].decode(errors="ignore")
        head = fits.rpartition(" ")[0] or rest.encode()[:TEXT_BYTES].decode(errors="ignore")
        found.append(head)
        rest = rest[len(head) :].removeprefix(" ")
    return [*found, rest]


def _name(column: str) -> str:
    return _SHORT.get(column, column.upper())


def _label(name: str) -> str:
    """Label of a column; that of a drug's relation flag is made from its name."""
    if name in LABELS:
        return LABELS[name]
    drug = _BY_DRUG.fullmatch(name)
    if drug is None:
        raise ValueError(f"column {name!r} has no label; add it to LABELS")
    return f"Related to the Drug of AEREL{drug[1]} Flag"
