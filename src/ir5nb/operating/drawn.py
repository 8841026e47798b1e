"""What the charts of a study draw: lines of the chance to declare activity, and points at one truth."""

from __future__ import annotations

import pandas as pd

from ir5nb.operating.findings import Findings, labels
from ir5nb.operating.study import Scenario, Study
from ir5nb.operating.summary import NOMINAL


def curves(study: Study, results: pd.DataFrame) -> pd.DataFrame:
    """Give the lines to draw: LINE RATE CHANCE ERROR; readings within a standard error share one line.

    Parameters
    ----------
    study, results
        As in `sentences.sentences`.
    """
    found, main = Findings.of(results), study.scenarios[0]
    words = labels(study.plan)
    groups: list[list[str]] = []
    for name in words:
        alike = [names for names in groups if _agree(found, main, names[0], name)]
        if alike:
            alike[0].append(name)
        else:
            groups.append([name])
    rows = [
        {"LINE": "exact, nothing goes wrong", "RATE": truth, "CHANCE": found.value(main.name, truth, NOMINAL),
         "ERROR": None}
        for truth in main.truths
    ]  # fmt: skip
    for names in groups:
        line = words[names[0]] + (f" (also {', '.join(names[1:])})" if names[1:] else "")
        rows += [
            {"LINE": line, "RATE": truth, "CHANCE": found.value(main.name, truth, names[0]),
             "ERROR": found.value(main.name, truth, names[0], "declared_error")}
            for truth in main.truths
        ]  # fmt: skip
    return pd.DataFrame(rows)


def _agree(found: Findings, main: Scenario, first: str, second: str) -> bool:
    """Whether two readings differ by less than a standard error at every truth: one line then shows both."""
    return all(
        abs(found.value(main.name, truth, first) - found.value(main.name, truth, second))
        <= found.value(main.name, truth, first, "declared_error")
        for truth in main.truths
    )


def dots(study: Study, results: pd.DataFrame, truth: float) -> pd.DataFrame:
    """Give the points to draw at one truth: LABEL CONDUCT CHANCE ERROR.

    Parameters
    ----------
    study, results
        As in `sentences.sentences`.
    truth
        p0 or p1.
    """
    found = Findings.of(results)
    return pd.DataFrame(
        [
            {
                "LABEL": label, "CONDUCT": scenario.name, "CHANCE": found.value(scenario.name, truth, name),
                "ERROR": found.value(scenario.name, truth, name, "declared_error"),
            }
            for name, label in labels(study.plan).items()
            for scenario in study.scenarios
        ]
    )  # fmt: skip
