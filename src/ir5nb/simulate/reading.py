"""How the radiologist reads the visits: RECIST 1.1 on the recorded measurements, one visit of all patients at a time.

The simulator has its own reading (an investigator reads before any analysis does); `derive` is checked against it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ir5nb import schema
from ir5nb.simulate.days import Flags
from ir5nb.simulate.imaging import Scans
from ir5nb.simulate.lesions import Lesions

Codes = NDArray[np.int64]
CR, PR, SD, NON, PD, NE, NONE = range(7)  # positions in `LEVELS`
LEVELS = np.array([*schema.RESPONSES, None], dtype=object)
_NODE_MM = 10  # a node of less than 10 mm short axis is normal (Eisenhauer 2009)


@dataclass(frozen=True, slots=True)
class Reading:
    """Codes of `LEVELS` by visit, (patients, visits); the baseline column is `NONE`."""

    target: Codes
    non_target: Codes
    overall: Codes


def read(lesions: Lesions, scans: Scans) -> Reading:
    """Read every visit that took place by RECIST 1.1.

    Source: Eisenhauer 2009, sections 4.3 and tables 1 and 2. Exact on whole millimetres: +20 % is 10 (sum - nadir) >=
    2 nadir, -30 % is 10 sum <= 7 baseline.

    Parameters
    ----------
    lesions
        What the scans show.
    scans
        The visits; a missed one is `NONE`.

    Returns
    -------
    Reading
        Target, non-target and overall response.

    Examples
    --------
    >>> LEVELS[PD]
    'PD'
    """
    target = _targets(lesions, scans)
    non_target = _non_targets(lesions)
    overall = _overall(target, non_target, lesions.new & ~lesions.equivocal)
    unseen = ~scans.done
    unseen[:, 0] = True
    return Reading(*(np.where(unseen, NONE, codes) for codes in (target, non_target, overall)))


def _targets(lesions: Lesions, scans: Scans) -> Codes:
    """Target response of every visit; the nadir runs along complete visits that took place."""
    exists, has = lesions.exists[:, None, :], np.asarray(lesions.exists.any(axis=1))
    seen = lesions.measured & exists
    total = np.asarray(np.where(seen, lesions.size, 0).sum(axis=2))
    complete = np.asarray((seen | ~exists).all(axis=2))
    limit = np.where(lesions.nodal, _NODE_MM, 1)[:, None, :]
    gone = np.asarray(complete & ((lesions.size < limit) | ~exists).all(axis=2))
    nadir, base = total[:, 0].copy(), total[:, 0]
    out = np.full(total.shape, NONE)
    for k in range(1, total.shape[1]):
        growth = total[:, k] - nadir
        worse = (10 * growth >= 2 * nadir) & (growth >= 5)
        better = np.where(gone[:, k], CR, np.where(10 * total[:, k] <= 7 * base, PR, SD))
        out[:, k] = np.where(worse, PD, np.where(complete[:, k], better, NE))
        lower = complete[:, k] & scans.done[:, k] & (total[:, k] < nadir)
        nadir = np.where(lower, total[:, k], nadir)
    return np.where(has[:, None], out, NONE)


def _non_targets(lesions: Lesions) -> Codes:
    """Non-target response of every visit."""
    assessed = lesions.measured[:, :, 0]
    codes = np.where(lesions.worse, PD, np.where(lesions.gone, CR, NON))
    has = np.asarray(lesions.non_target.any(axis=1))
    return np.where(has[:, None], np.where(assessed, codes, NE), NONE)


def _overall(target: Codes, non_target: Codes, new: Flags) -> Codes:
    """Combine by RECIST 1.1 table 1 (targets) and table 2 (non-targets only)."""
    clear = (non_target == CR) | (non_target == NONE)
    with_targets = np.where((target == CR) & ~clear, PR, target)
    overall = np.where(target == NONE, non_target, with_targets)
    return np.where(new | (target == PD) | (non_target == PD), PD, overall)
