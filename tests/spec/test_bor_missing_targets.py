"""Target lesions that were not measured at a visit (RECIST 1.1, 4.4.2)."""

from __future__ import annotations

import pandas as pd
import pytest

from ir5nb.derive.recist import derived

START = pd.Timestamp("2024-01-09")


def measured(visits: list[tuple[float | None, ...]]) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Write the sizes (mm, None: not measured) of T1, T2 … at baseline and every 8 weeks, as TU, TR and start."""
    lesions = [f"T{number + 1}" for number in range(len(visits[0]))]
    tu = pd.DataFrame({"USUBJID": "P", "TULNKID": lesions, "TUSTRESC": "TARGET"})
    rows = [
        {"USUBJID": "P", "TRLNKID": lesion, "TRTESTCD": "LDIAM", "TRSTRESN": size, "VISITNUM": visit + 1.0,
         "TRDT": START + pd.Timedelta(days=56 * visit - 1)}
        for visit, sizes in enumerate(visits)
        for lesion, size in zip(lesions, sizes, strict=True)
    ]  # fmt: skip
    return tu, pd.DataFrame(rows).astype({"TRSTRESN": float}), pd.Series([START], index=["P"])


@pytest.mark.parametrize(
    ("visits", "growth", "last"),
    [
        # 10 + 2 x 20 = 50 of 100 mm: -50 % even if the lesion that is missing has doubled since it was 20 mm
        ([(50, 50), (20, 20), (10, None)], 2, "PR"),
        # 30 + 2 x 20 = 70: exactly -30 %; one millimetre more is not
        ([(50, 50), (20, 20), (30, None)], 2, "PR"),
        ([(50, 50), (20, 20), (31, None)], 2, "NE"),
        ([(50, 50), (20, 20), (10, None)], None, "NE"),  # without the argument a missing lesion is not evaluable
        ([(50, 50), (20, None), (10, None)], 2, "NE"),  # 10 + 2 x 50: last seen at baseline
        ([(50, 50), (20, 20), (None, None)], 2, "NE"),  # nothing was measured
        ([(50, 50), (20, 20), (55, None)], 2, "PD"),  # +15 mm and +37.5 % over the nadir of 40 without it
    ],
)
def test_a_partial_response_although_a_lesion_is_missing(visits: list, growth: int | None, last: str) -> None:
    assert derived(*measured(visits), missing_growth=growth)[1]["TRGRESP"].iloc[-1] == last
