"""Independent random streams: one for each cohort and kind of process, all from one seed.

Source: numpy's SeedSequence (O'Neill 2015); issue 8, "independent streams".
"""

from __future__ import annotations

from typing import Final

import numpy as np

# A stream is found by its place in this tuple: new kinds go at the end, so that older data stay as they were.
PROCESSES: Final = (
    "accrual", "baseline", "disease", "imaging", "lesions", "reading", "review", "hcg", "exposure", "disposition",
    "laboratory", "adverse events", "therapies", "history", "dates", "flaws", "contact",
    "procedures", "conditions", "doses", "assay reports", "modality", "surgery",
)  # fmt: skip


def stream(seed: int, cohort: int, process: str) -> np.random.Generator:
    """Open the random stream of one kind of process in one cohort.

    Source: numpy.random.SeedSequence; spawn keys make streams that do not overlap.

    Parameters
    ----------
    seed
        Seed of the platform, a whole number from 0.
    cohort
        Number of the cohort (1-5).
    process
        One of `PROCESSES`.

    Returns
    -------
    numpy.random.Generator
        The same stream for the same arguments, whatever else is simulated.

    Raises
    ------
    ValueError
        When the process is not one of `PROCESSES`.

    Examples
    --------
    >>> stream(7, 3, "disease").random() == stream(7, 3, "disease").random()
    True
    """
    if process not in PROCESSES:
        raise ValueError(f"{process!r} is not a kind of process; choose from {', '.join(PROCESSES)}")
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(cohort, PROCESSES.index(process))))


def trial_stream(seed: int, cohort: int, chunk: int, process: str) -> np.random.Generator:
    """Open the random stream of one kind of process in one chunk of whole trials.

    Source: as `stream`; the key has three numbers, so it meets no stream of the platform. The true success probability
    and what goes wrong are not part of it: they are compared on the same patients.

    Parameters
    ----------
    seed, cohort, process
        As in `stream`.
    chunk
        Number of the chunk, from 0.

    Returns
    -------
    numpy.random.Generator
        The same stream for the same arguments, whoever draws and whatever came before.

    Raises
    ------
    ValueError
        When the process is not one of `PROCESSES`.

    Examples
    --------
    >>> bool(trial_stream(7, 3, 0, "disease").random() == trial_stream(7, 3, 1, "disease").random())
    False
    """
    if process not in PROCESSES:
        raise ValueError(f"{process!r} is not a kind of process; choose from {', '.join(PROCESSES)}")
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(cohort, chunk, PROCESSES.index(process))))
