"""What each adverse event is said to be: its grade, related or not, serious, of special interest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from ir5nb.derive.dates import Texts
from ir5nb.derive.records import column, either

UNGRADED: Final = "UNGRADED"
GRADES: Final = ("1", "2", "3", "4", "5")
SEVERITIES: Final = ("MILD", "MODERATE", "SEVERE")
CRITERIA: Final = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
RELATED: Final = (
    "Y", "YES", "RELATED", "POSSIBLE", "POSSIBLY RELATED", "PROBABLE", "PROBABLY RELATED", "DEFINITE",
    "DEFINITELY RELATED", "CERTAIN",
)  # fmt: skip
UNRELATED: Final = (
    "N", "NO", "NONE", "NOT RELATED", "UNRELATED", "UNLIKELY", "UNLIKELY RELATED", "REMOTE", "DOUBTFUL",
)  # fmt: skip
_NOT_DRUGS: Final = ("AEREL", "AERELNST")

Flags = npt.NDArray[np.bool_]


def levels(ae: pd.DataFrame) -> tuple[Texts, tuple[str, ...]]:
    """Give the level of each event and the scale from mild to fatal: CTCAE grades, or severity as recorded.

    Source: S6; spec/endpoints.md (an ungraded event is its own level). A severity is never turned into a grade.

    Parameters
    ----------
    ae
        AE with AETOXGR, else AESEV; with neither, every event is UNGRADED.

    Returns
    -------
    tuple
        One level per event ("UNGRADED" where blank), and the levels of the scale in order.

    Raises
    ------
    ValueError
        When a level is not of the scale, naming the row.

    Examples
    --------
    >>> levels(pd.DataFrame({"AETOXGR": ["3", None]}))[0].tolist()
    ['3', 'UNGRADED']
    """
    name = next((name for name in ("AETOXGR", "AESEV") if name in ae.columns), "")
    scale = SEVERITIES if name == "AESEV" else GRADES
    level = _upper(ae, name)
    strange = ~np.isin(level.astype(str), ("", *scale))
    if strange.any():
        row = int(np.flatnonzero(strange)[0])
        where = f"row {ae.index[row]}, patient {ae['USUBJID'].iloc[row] if 'USUBJID' in ae else 'unknown'}"
        raise ValueError(f"AE {name} of {where} is {level[row]!r}; expected {', '.join(scale)} or blank: correct it")
    return either(level == "", UNGRADED, level).astype(object), scale


def relation(ae: pd.DataFrame, related: Sequence[str] = RELATED) -> tuple[Texts, Mapping[str, Texts]]:
    """Say whether each event is related to any study drug, and to each where that is recorded.

    Source: spec/endpoints.md (related = related to any study drug; by drug where recorded). No answer is "", never N.

    Parameters
    ----------
    ae
        AE with AEREL, and one column AEREL… per drug.
    related
        Answers that mean related; known answers of the other kind are N, anything else is refused.

    Returns
    -------
    tuple
        "Y", "N" or "" per event, and the same for each column by drug.

    Raises
    ------
    ValueError
        When an answer is neither of the related nor of the unrelated ones.

    Examples
    --------
    >>> relation(pd.DataFrame({"AEREL": ["N", None], "AERELZIM": ["Y", None]}))[0].tolist()
    ['Y', '']
    """
    drugs = [name for name in ae.columns if name.startswith("AEREL") and name not in _NOT_DRUGS]
    answers = {name: _answer(ae, name, related) for name in ("AEREL", *drugs)}
    yes = np.any([answer == "Y" for answer in answers.values()], axis=0)
    no = np.any([answer == "N" for answer in answers.values()], axis=0)
    anything = np.where(yes, "Y", np.where(no, "N", "")).astype(object)
    return anything, {name: answers[name] for name in drugs}


def _answer(ae: pd.DataFrame, name: str, related: Sequence[str]) -> Texts:
    text = _upper(ae, name)
    codes, found = pd.factorize(text)
    told = {"": ""} | dict.fromkeys(UNRELATED, "N") | dict.fromkeys((word.upper() for word in related), "Y")
    unknown = [word for word in found if word not in told]
    if unknown:
        raise ValueError(
            f"AE {name} says {unknown[:5]!r}: neither related ({', '.join(related)}) nor not ({', '.join(UNRELATED)}); "
            "translate it in the plan's mapping"
        )
    answers: Texts = np.array([*(told[word] for word in found), ""], dtype=object)[codes]
    return answers


def criteria(ae: pd.DataFrame) -> Flags:
    """Say which events meet a recorded criterion of seriousness.

    Source: ICH E2A; the columns AESDTH AESLIFE AESHOSP AESDISAB AESCONG AESMIE, those the source has.

    Examples
    --------
    >>> criteria(pd.DataFrame({"AESHOSP": ["Y", "N"], "AESDTH": [None, None]})).tolist()
    [True, False]
    """
    named = [_upper(ae, name) == "Y" for name in CRITERIA if name in ae.columns]
    return np.asarray(np.any(named, axis=0)) if named else np.zeros(len(ae), dtype=bool)


def special(ae: pd.DataFrame, terms: Mapping[str, Sequence[str]], flag: str = "AESI") -> tuple[Texts, Texts, Texts]:
    """Find the events of special interest by the CRF's flag or category, and by the list of preferred terms.

    Source: spec/endpoints.md (both counted, differences listed). Terms are compared without case and outer blanks.

    Parameters
    ----------
    ae
        AE with AEDECOD and, where the CRF has it, the flag: a category, or Y / N.
    terms
        Preferred terms of each category.
    flag
        Name of the CRF's column.

    Returns
    -------
    tuple
        Category ("" where none), category by flag, category by term; a flag Y has the category of its term.

    Raises
    ------
    ValueError
        When a term is listed under two categories.

    Examples
    --------
    >>> ae = pd.DataFrame({"AEDECOD": ["Colitis", "Rash"], "AESI": [None, "SKIN"]})
    >>> [found.tolist() for found in special(ae, {"COLITIS": ["colitis"]})]
    [['COLITIS', 'SKIN'], ['', 'SKIN'], ['COLITIS', '']]
    """
    category: dict[str, str] = {}
    for name, listed in terms.items():
        for term in listed:
            key = term.strip().upper()
            if category.setdefault(key, name) != name:
                raise ValueError(f"the term {term!r} is listed under {category[key]!r} and {name!r}: keep one")
    codes, found = pd.factorize(_upper(ae, "AEDECOD"))
    by_term: Texts = np.array([*(category.get(word, "") for word in found), ""], dtype=object)[codes]
    said = _upper(ae, flag)
    said = either(np.isin(said.astype(str), ("N", "NO")), "", said).astype(object)
    yes = np.isin(said.astype(str), ("Y", "YES"))
    by_flag = either(yes, either(by_term == "", "CATEGORY NOT RECORDED", by_term), said).astype(object)
    return either(by_flag == "", by_term, by_flag).astype(object), by_flag, by_term


def _upper(ae: pd.DataFrame, name: str) -> npt.NDArray[Any]:
    """Give a column as upper-case text without outer blanks, "" where blank or absent; numbers lose a ".0"."""
    codes, found = pd.factorize(column(ae, name))
    shown = [_text(value) for value in found]
    return np.array([*shown, ""], dtype=object)[codes]  # the code of a blank is -1: the last


def _text(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value).strip().upper()
