"""The overall response at a time point: the RECIST 1.1 tables as one rule over target, non-target and new lesions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Levels = npt.NDArray[np.object_]


def overall(target: Levels, non_target: Levels, new_lesion: Levels) -> Levels:
    """Combine target response, non-target response and new lesions into the overall time-point response.

    Source: RECIST 1.1 (Eisenhauer 2009), table 1 (target disease), table 2 (non-target disease only); NED, no disease
    at baseline, is CDISC's term and outside the paper.

    Parameters
    ----------
    target
        CR PR SD PD NE, or NA where there was no target disease at baseline; shape (n,).
    non_target
        CR NON-CR/NON-PD PD NE, or NA where there was none at baseline; shape (n,).
    new_lesion
        Y, N, or EQUIVOCAL (not yet confirmed: no progression); shape (n,).

    Returns
    -------
    numpy.ndarray
        CR PR SD NON-CR/NON-PD PD NE NED, shape (n,).

    Raises
    ------
    ValueError
        At a level that is none of those above.

    Examples
    --------
    >>> overall(np.array(["CR", "NA"], dtype=object), np.array(["NE", "CR"], dtype=object),
    ...         np.array(["N", "N"], dtype=object)).tolist()
    ['PR', 'CR']
    """
    _check("target", target, ("CR", "PR", "SD", "PD", "NE", "NA"))
    _check("non-target", non_target, ("CR", "NON-CR/NON-PD", "PD", "NE", "NA"))
    _check("new lesion", new_lesion, ("Y", "N", "EQUIVOCAL"))
    progressed = (target == "PD") | (non_target == "PD") | (new_lesion == "Y")
    none_left = (non_target == "CR") | (non_target == "NA")
    without_target = target == "NA"
    return np.select(
        [
            progressed,
            without_target & (non_target == "NA"),
            without_target,
            (target == "CR") & ~none_left,  # target gone, non-target persists or was not seen
        ],
        ["PD", "NED", non_target, "PR"],
        default=target,
    )


def _check(name: str, levels: Levels, known: tuple[str, ...]) -> None:
    unknown = sorted({str(level) for level in pd.unique(levels)} - set(known))
    if unknown:
        raise ValueError(f"unknown {name} response {unknown[0]!r}: expected one of {', '.join(known)}")
