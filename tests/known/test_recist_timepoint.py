"""Overall time-point response: RECIST 1.1 tables 1 and 2, from the golden table and from the paper's rows."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ir5nb.derive.timepoint import overall

TABLE = pd.read_csv(Path(__file__).parent / "recist" / "timepoint_table.shared.csv", keep_default_na=False)
TARGET = ("CR", "PR", "SD", "PD", "NE", "NA")
NON_TARGET = ("CR", "NON-CR/NON-PD", "PD", "NE", "NA")
NEW = ("Y", "N", "EQUIVOCAL")


def one(target: str, non_target: str, new: str) -> str:
    arrays = (np.array([word], dtype=object) for word in (target, non_target, new))
    return str(overall(*arrays)[0])


@pytest.mark.parametrize("row", list(TABLE.itertuples()), ids=lambda row: row.case_id)
def test_golden_table(row) -> None:
    assert one(row.target, row.non_target, row.new_lesion) == row.overall, row.source


def by_the_paper(target: str, non_target: str, new: str) -> str:
    """The rows of tables 1 and 2 in the order they are printed; "not all evaluated" is NE."""
    if new == "Y" or non_target == "PD" or target == "PD":
        return "PD"
    if target == "NA":  # table 2
        return "NED" if non_target == "NA" else non_target
    rows = {
        ("CR", "CR"): "CR", ("CR", "NA"): "CR", ("CR", "NON-CR/NON-PD"): "PR", ("CR", "NE"): "PR",
    }  # fmt: skip
    return rows.get((target, non_target), {"PR": "PR", "SD": "SD", "NE": "NE"}.get(target, "?"))


def test_every_combination_follows_the_printed_rows() -> None:
    combinations = list(product(TARGET, NON_TARGET, NEW))
    columns = (np.array(column, dtype=object) for column in zip(*combinations, strict=True))
    assert overall(*columns).tolist() == [by_the_paper(*combination) for combination in combinations]


@pytest.mark.parametrize(
    ("words", "named"), [(("iCR", "CR", "N"), "target"), (("CR", "SD", "N"), "non-target"), (("CR", "CR", "?"), "new")]
)
def test_an_unknown_word_is_refused_by_name(words: tuple[str, str, str], named: str) -> None:
    with pytest.raises(ValueError, match=f"unknown {named}"):
        one(*words)
