"""CTCAE v5 grades that a laboratory value alone decides, as steps from the worst grade down.

Source: NCI, Common Terminology Criteria for Adverse Events v5.0 (2017), Investigations and Metabolism. What needs a
symptom or a treatment is not in a value: the grades that stay are those of admiral's published criteria
(`atoxgr_criteria_ctcv5`), so that results compare. TSH has no grade by value in v5: it is shown against its range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

Against = Literal["value", "LLN", "ULN", "BASE", "ABOVE ULN", "FALL"]


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison: the value is below (or above, or at least) a number of units or times a reference.

    Examples
    --------
    >>> Bound("above", Fraction(3), "ULN").times
    Fraction(3, 1)
    """

    sign: Literal["below", "above", "at least"]
    times: Fraction
    against: Against


Steps = tuple[tuple[int, tuple[Bound, ...]], ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """The steps of a term by unit ("" where every comparison is a ratio), for a normal and for an abnormal baseline.

    Examples
    --------
    >>> Criterion({"": ()}).abnormal is None
    True
    """

    steps: Mapping[str, Steps]
    abnormal: Steps | None = None


def _low(*numbers: str, lowest: int = 4, last: int = 1) -> Steps:
    """Give steps below numbers, worst first, then below the lower limit of normal."""
    steps = [(lowest - place, (Bound("below", Fraction(x), "value"),)) for place, x in enumerate(numbers)]
    return (*steps, (last, (Bound("below", Fraction(1), "LLN"),)))


def _high(*numbers: str, worst: int = 4, last: int = 1) -> Steps:
    """Give steps above numbers, worst first, then above the upper limit of normal."""
    steps = [(worst - place, (Bound("above", Fraction(x), "value"),)) for place, x in enumerate(numbers)]
    return (*steps, (last, (Bound("above", Fraction(1), "ULN"),)))


def _times(against: Against, *times: str, worst: int = 4, least: str = "") -> Steps:
    """Give steps above multiples of a reference, worst first; `least`: grade 1 from that multiple on."""
    steps: Steps = tuple((worst - i, (Bound("above", Fraction(x), against),)) for i, x in enumerate(times))
    return (*steps, (1, (Bound("at least", Fraction(least), against),))) if least else steps


def _only(*steps: tuple[int, str]) -> Steps:
    """Give steps above numbers alone; below the last there is no grade."""
    return tuple((grade, (Bound("above", Fraction(number), "value"),)) for grade, number in steps)


def _cells(*steps: str) -> dict[str, Steps]:
    """Give steps of counts in 10^9/L, 10^3/uL (the same number) and 10^3/mL (a thousand times it)."""
    thousand = _low(*(str(Fraction(step) * 1000) for step in steps))
    return {"10^9/l": _low(*steps), "10^3/ul": _low(*steps), "10^3/ml": thousand}


def _either(grade: int, base: str, other: str, against: Against) -> tuple[int, tuple[Bound, ...]]:
    return grade, (Bound("above", Fraction(base), "BASE"), Bound("above", Fraction(other), against))


def _fibrinogen() -> Steps:
    """Below fractions of the lower limit, or a fall from baseline where the value is below the limit."""
    fall = {grade: Bound("at least", Fraction(x), "FALL") for grade, x in ((4, "75"), (3, "50"), (2, "25"))}
    low = {grade: Bound("below", Fraction(x), "LLN") for grade, x in ((4, "0.25"), (3, "0.5"), (2, "0.75"))}
    absolute = (4, (Bound("below", Fraction("0.5"), "value"),))
    return (absolute, *((grade, (low[grade], fall[grade])) for grade in (4, 3, 2)),
            (1, (Bound("below", Fraction(1), "LLN"),)))  # fmt: skip


_ALT: Final = Criterion({"": _times("ULN", "20", "5", "3", "1")}, _times("BASE", "20", "5", "3", least="1.5"))
_ALP: Final = Criterion({"": _times("ULN", "20", "5", "2.5", "1")}, _times("BASE", "20", "5", "2.5", least="2"))
_ENZYME: Final = Criterion({"": _times("ULN", "5", "2", "1.5", "1")})
_CREATININE: Final = Criterion(
    {
        "": (
            *_times("ULN", "6"),
            _either(3, "3", "3", "ULN"),
            _either(2, "1.5", "1.5", "ULN"),
            *_times("ULN", "1", worst=1),
        )
    }
)
_INR: Final = Criterion(
    {"": (_either(3, "2.5", "2.5", "value"), _either(2, "1.5", "1.5", "value"), _either(1, "1", "1.2", "value"))}
)
_BILIRUBIN: Final = Criterion({"": _times("ULN", "10", "3", "1.5", "1")}, _times("BASE", "10", "3", "1.5", "1"))
_LYMPHOCYTES_HIGH: Final = {
    "10^9/l": _only((3, "20"), (2, "4")),
    "10^3/ul": _only((3, "20"), (2, "4")),
    "10^3/ml": _only((3, "20000"), (2, "4000")),
}
_HAEMOGLOBIN_HIGH: Final = {
    "g/l": _times("ABOVE ULN", "40", "20", "0", worst=3),
    "g/dl": _times("ABOVE ULN", "4", "2", "0", worst=3),
}

CRITERIA: Final[Mapping[str, Criterion]] = {
    "ANEMIA": Criterion({"g/l": _low("80", "100", lowest=3), "g/dl": _low("8", "10", lowest=3)}),
    "HEMOGLOBIN INCREASED": Criterion(_HAEMOGLOBIN_HIGH),
    "NEUTROPHIL COUNT DECREASED": Criterion(_cells("0.5", "1", "1.5")),
    "PLATELET COUNT DECREASED": Criterion(_cells("25", "50", "75")),
    "WHITE BLOOD CELL DECREASED": Criterion(_cells("1", "2", "3")),
    "LYMPHOCYTE COUNT DECREASED": Criterion(_cells("0.2", "0.5", "0.8")),
    "LYMPHOCYTE COUNT INCREASED": Criterion(_LYMPHOCYTES_HIGH),
    "CD4 LYMPHOCYTES DECREASED": Criterion({"10^9/l": _low("0.05", "0.2", "0.5"), "1/ul": _low("50", "200", "500")}),
    "LEUKOCYTOSIS": Criterion(
        {"10^9/l": _only((3, "100")), "10^3/ul": _only((3, "100")), "10^3/ml": _only((3, "100000"))}
    ),
    "ALANINE AMINOTRANSFERASE INCREASED": _ALT,
    "ASPARTATE AMINOTRANSFERASE INCREASED": _ALT,
    "ALKALINE PHOSPHATASE INCREASED": _ALP,
    "GGT INCREASED": _ALP,
    "BLOOD BILIRUBIN INCREASED": _BILIRUBIN,
    "CREATININE INCREASED": _CREATININE,
    "LIPASE INCREASED": _ENZYME,
    "SERUM AMYLASE INCREASED": _ENZYME,
    "CPK INCREASED": Criterion({"": _times("ULN", "10", "5", "2.5", "1")}),
    "ACTIVATED PARTIAL THROMBOPLASTIN TIME PROLONGED": Criterion({"": _times("ULN", "2.5", "1.5", "1", worst=3)}),
    "INR INCREASED": _INR,
    "FIBRINOGEN DECREASED": Criterion({"g/l": _fibrinogen()}),
    "HAPTOGLOBIN DECREASED": Criterion({"": _low()}),
    "CHOLESTEROL HIGH": Criterion({"mmol/l": _high("12.92", "10.34", "7.75"), "mg/dl": _high("500", "400", "300")}),
    "HYPERTRIGLYCERIDEMIA": Criterion(
        {
            "mmol/l": _only((4, "11.4"), (3, "5.7"), (2, "3.42"), (1, "1.71")),
            "mg/dl": _only((4, "1000"), (3, "500"), (2, "300"), (1, "150")),
        }
    ),
    "HYPERCALCEMIA": Criterion({"mmol/l": _high("3.4", "3.1", "2.9"), "mg/dl": _high("13.5", "12.5", "11.5")}),
    "HYPERCALCEMIA (IONIZED)": Criterion({"mmol/l": _high("1.8", "1.6", "1.5"), "mg/dl": _high("7.2", "6.4", "6")}),
    "HYPERKALEMIA": Criterion({"mmol/l": _high("7", "6", "5.5")}),
    "HYPERMAGNESEMIA": Criterion({"mmol/l": _high("3.3", "1.23"), "mg/dl": _high("8", "3")}),
    "HYPERNATREMIA": Criterion({"mmol/l": _high("160", "155", "150")}),
    "HYPERURICEMIA": Criterion({"umol/l": _high(last=3), "mg/dl": _high(last=3)}),
    "HYPOALBUMINEMIA": Criterion({"g/l": _low("20", "30", lowest=3), "g/dl": _low("2", "3", lowest=3)}),
    "HYPOCALCEMIA": Criterion({"mmol/l": _low("1.5", "1.75", "2"), "mg/dl": _low("6", "7", "8")}),
    "HYPOCALCEMIA (IONIZED)": Criterion({"mmol/l": _low("0.8", "0.9", "1"), "mg/dl": _low("3.2", "3.6", "4")}),
    "HYPOGLYCEMIA": Criterion({"mmol/l": _low("1.7", "2.2", "3"), "mg/dl": _low("30", "40", "55")}),
    "HYPOKALEMIA": Criterion({"mmol/l": _low("2.5", "3", last=2)}),
    "HYPOMAGNESEMIA": Criterion({"mmol/l": _low("0.3", "0.4", "0.5"), "mg/dl": _low("0.7", "0.9", "1.2")}),
    "HYPONATREMIA": Criterion({"mmol/l": _low("120", "130")}),
}

# SDTM test codes (LBTESTCD) and the terms their values decide: low and high are graded apart.
TESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "NEUT": ("NEUTROPHIL COUNT DECREASED",),
    "PLAT": ("PLATELET COUNT DECREASED",),
    "WBC": ("WHITE BLOOD CELL DECREASED", "LEUKOCYTOSIS"),
    "LYM": ("LYMPHOCYTE COUNT DECREASED", "LYMPHOCYTE COUNT INCREASED"),
    "HGB": ("ANEMIA", "HEMOGLOBIN INCREASED"),
    "AST": ("ASPARTATE AMINOTRANSFERASE INCREASED",),
    "ALT": ("ALANINE AMINOTRANSFERASE INCREASED",),
    "ALP": ("ALKALINE PHOSPHATASE INCREASED",),
    "GGT": ("GGT INCREASED",),
    "BILI": ("BLOOD BILIRUBIN INCREASED",),
    "CREAT": ("CREATININE INCREASED",),
    "LIPASE": ("LIPASE INCREASED",),
    "AMYLASE": ("SERUM AMYLASE INCREASED",),
    "ALB": ("HYPOALBUMINEMIA",),
    "CK": ("CPK INCREASED",),
    "SODIUM": ("HYPONATREMIA", "HYPERNATREMIA"),
    "K": ("HYPOKALEMIA", "HYPERKALEMIA"),
    "CA": ("HYPOCALCEMIA", "HYPERCALCEMIA"),
}
