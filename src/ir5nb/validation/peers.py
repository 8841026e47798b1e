"""The statistics compared with R, live: `survival` (curves, log-rank, Cox) and base R (binomial, Poisson, two stages).

R makes the data and the values (`peers.R`); this module computes the same numbers from the same data.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from ir5nb.stats import binomial, rates
from ir5nb.stats.simon import SimonDesign
from ir5nb.stats.survival import kaplan_meier, log_rank, proportional_hazards
from ir5nb.stats.two_stage import infer

COLUMNS: Final = ("CASE", "STATISTIC", "R", "OURS", "DIFFERENCE", "TOLERANCE", "AGREES")
_SCRIPT: Final = Path(__file__).with_name("peers.R")
_SECONDS: Final = 300
CLOSED: Final = 1e-12  # closed forms, relative: another order of summation
ROOT: Final = 1e-8  # limits by root finding, and Newton's iterations
_CLOSED_FORM: Final = ("survfit", "survdiff", "design", "prop.test", "binom.test", "poisson.test")

Values = Mapping[str, float]


def rscript() -> str | None:
    """Find R's command for scripts, or None.

    Examples
    --------
    >>> rscript() is None or rscript().endswith(("Rscript", "Rscript.exe"))
    True
    """
    return shutil.which("Rscript")


def compared(command: str) -> tuple[pd.DataFrame, str]:
    """Run R and compare every value of it with ours.

    Source: issue 9 (validation report); spec/statistics.md for the conventions of each statistic.

    Parameters
    ----------
    command
        Path of Rscript (`rscript`).

    Returns
    -------
    (pandas.DataFrame, str)
        `COLUMNS`, one row a value; and the versions of R and of survival.

    Raises
    ------
    ValueError
        When R fails, e.g. because survival is not installed.
    """
    values = _answers(_said([command, "--vanilla", str(_SCRIPT)]))
    version = 'cat(R.version.string, "; survival ", as.character(packageVersion("survival")), sep = "")'
    rows = list(_rows(values))
    return pd.DataFrame(rows, columns=list(COLUMNS)), _said([command, "--vanilla", "-e", version]).strip()


def _said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603 - our script
    if done.returncode:
        raise ValueError(f"R failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _answers(text: str) -> dict[str, dict[str, float]]:
    """Read R's rows: case, statistic, value."""
    found: dict[str, dict[str, float]] = {}
    for line in text.splitlines():
        case, statistic, value, *_ = line.split("\t")
        found.setdefault(case, {})[statistic] = float(value) if value.strip() != "NA" else float("nan")
    return found


def _rows(values: Mapping[str, Values]) -> Iterator[tuple[object, ...]]:
    """Compare case by case; the data sets are cases of their own."""
    data = {case.removeprefix("data "): _frame(own) for case, own in values.items() if case.startswith("data ")}
    for case, theirs in values.items():
        if case.startswith("data "):
            continue
        tolerance = CLOSED if case.startswith(_CLOSED_FORM) else ROOT
        for statistic, value in theirs.items():
            ours = _ours(case, statistic, data)
            both_missing = bool(np.isnan(value) and np.isnan(ours))
            agrees = both_missing or bool(abs(ours - value) <= tolerance * max(1.0, abs(value)))
            yield case, statistic, value, ours, ours - value, tolerance, agrees


def _frame(own: Values) -> pd.DataFrame:
    """Lay the data set of R out: time, status, group."""
    cells = {name: [v for key, v in own.items() if key.startswith(name)] for name in ("time", "status", "group")}
    return pd.DataFrame(cells)


def _ours(case: str, statistic: str, data: Mapping[str, pd.DataFrame]) -> float:
    """Compute one number the way this package does."""
    kind, *words = case.split()
    if kind in ("survfit", "survdiff", "coxph"):
        return _survival(kind, words, statistic, data[words[0]])
    if kind in ("design", "after"):
        return _two_stage(words, statistic)
    if kind == "poisson.test":
        rate = rates.incidence_rate(int(words[0]), 50.0)
        return float(getattr(rate, statistic))
    method: binomial.Method = "clopper-pearson" if kind == "binom.test" else "wilson"
    limits = binomial.interval(int(words[0]), int(words[1]), float(words[2]), method)
    return float(getattr(limits, statistic))


def _survival(kind: str, words: list[str], statistic: str, frame: pd.DataFrame) -> float:
    if kind == "survdiff":
        return log_rank(frame["time"], frame["status"], frame["group"].astype(str)).chi_square
    if kind == "coxph":
        fitted = proportional_hazards(frame["time"], frame["status"], {"group": frame["group"]}).coefficients[0]
        return float(fitted.estimate if statistic == "coefficient" else fitted.std_error)
    curve = kaplan_meier(frame["time"], frame["status"], 0.95, words[1])  # type: ignore[arg-type]
    name, _, place = statistic.partition(" at ")
    if place:
        return float(getattr(curve.at(float(place)), name))
    name, _, place = statistic.partition(" of quantile ")
    return float(getattr(curve.quantile(float(place)), name))


def _two_stage(words: list[str], statistic: str) -> float:
    planned = _design(*words[:6])
    if len(words) == 6:
        return {
            "alpha": lambda: planned.rejection_probability(planned.p0),
            "power": lambda: planned.rejection_probability(planned.p1),
            "pet_p0": lambda: planned.pet(planned.p0),
            "en_p0": lambda: planned.en(planned.p0),
        }[statistic]()
    return float(getattr(infer(planned, int(words[6]), 2, level=0.90), statistic))


@cache
def _design(r1: str, n1: str, r: str, n: str, p0: str, p1: str) -> SimonDesign:
    return SimonDesign(int(r1), int(n1), int(r), int(n), float(p0), float(p1))
