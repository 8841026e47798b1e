"""Where a cohort stands in its two-stage design, and what the design says there (R4).

The planned rule alone decides: X1 <= r1 stops, a total X > r declares activity. A decision is given only when it
rests on complete data, or when the patients still pending cannot change it; otherwise the sentence says what is
missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from ir5nb.stats.simon import SimonDesign
from ir5nb.stats.two_stage import TwoStageInference, infer

State = Literal["open", "stop", "continue", "reject", "do not reject"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted, what is decided and why.

    Attributes
    ----------
    state
        "open" while the stage can still go either way; else the decision of the design.
    stage
        The stage the cohort is in, or at which it ended.
    successes, total, pending
        Over the patients of the stages the decision rests on; `total` holds the pending ones.
    first, first_total, first_pending
        The same of stage 1 alone.
    beyond
        Treated patients who do not enter (recruited while stage 1 was read, after a stop).
    sentence
        The decision in one sentence, with the comparison.
    inference
        Estimates, p-value and limits where the trial has ended; None before.
    """

    state: State
    stage: Literal[1, 2]
    successes: int
    total: int
    pending: int
    first: int
    first_total: int
    first_pending: int
    beyond: int
    sentence: str
    inference: TwoStageInference | None


def outcome(
    design: SimonDesign, statuses: pd.Series, *, interim: bool, level: float, recruited: int | None = None
) -> Outcome:
    """Read the statuses of the treated patients, in order of treatment, against the design.

    Source: Simon 1989; spec/statistics.md (attained sizes by the conditional error rule; patients recruited while
    stage 1 is read do not enter x1); spec/endpoints.md (pending is never failure).

    Parameters
    ----------
    design
        The planned design.
    statuses
        SUCCESS, FAILURE or PENDING of each treated patient, in order of treatment start.
    interim
        Whether only stage 1 is looked at.
    level
        Two-sided confidence level of the limits.
    recruited
        Treated patients, those whom a reading leaves out counted too; the number of statuses where None.

    Examples
    --------
    >>> design = SimonDesign(r1=5, n1=11, r=16, n=31, p0=0.40, p1=0.65)
    >>> stopped = outcome(design, pd.Series(["SUCCESS"] * 4 + ["FAILURE"] * 7), interim=True, level=0.90)
    >>> stopped.sentence
    'Stage 1: 4 successes in 11 patients; more than r1 = 5 needed to continue: stop for futility.'
    """
    first = statuses.iloc[: design.n1]
    x1, waiting1 = _count(first, "SUCCESS"), _count(first, "PENDING")
    missing1 = design.n1 - len(first)
    counts = {"first": x1, "first_total": len(first), "first_pending": waiting1}
    stage1 = {"stage": 1, "successes": x1, "total": len(first), "pending": waiting1, **counts}
    later = len(statuses) - len(first)
    rule = f"Stage 1: {_of(x1, len(first))}; more than r1 = {design.r1} needed to continue"
    if x1 <= design.r1 and x1 + waiting1 + missing1 > design.r1:
        sentence = f"{rule}: not decided, {_waiting(waiting1, missing1)}."
        return Outcome(state="open", beyond=later, sentence=sentence, inference=None, **stage1)  # type: ignore[arg-type]
    if x1 <= design.r1:
        complete = not waiting1 and not missing1
        ended = infer(design, x1, 1, level=level) if complete else None
        sure = "" if complete else f" ({_waiting(waiting1, missing1)}, too few to change it)"
        sentence = f"{rule}: stop for futility{sure}."
        return Outcome(state="stop", beyond=later, sentence=sentence, inference=ended, **stage1)  # type: ignore[arg-type]
    if interim:
        sentence = f"{rule}: continue to stage 2."
        return Outcome(
            state="continue", beyond=later, sentence=sentence, inference=None, **stage1  # type: ignore[arg-type]
        )  # fmt: skip
    missing = max(design.n - (len(statuses) if recruited is None else recruited), 0)
    return _final(design, statuses, missing, counts, level)


def _final(design: SimonDesign, statuses: pd.Series, missing: int, counts: dict[str, int], level: float) -> Outcome:
    """Read both stages against r, with the conditional error rule where other than n patients are counted."""
    x, waiting, total = _count(statuses, "SUCCESS"), _count(statuses, "PENDING"), len(statuses)
    rule = f"Stage 2: {_of(x, total)}; more than r = {design.r} of n = {design.n} needed to declare activity"
    common = {"stage": 2, "successes": x, "total": total, "pending": waiting, "beyond": 0, **counts}
    if waiting or missing:
        sentence = f"{rule}: stage 1 was passed, not decided, {_waiting(waiting, missing)}."
        return Outcome(state="open", sentence=sentence, inference=None, **common)  # type: ignore[arg-type]
    if total <= design.n1:  # a reading left so many out that no patient of stage 2 is judged
        sentence = f"{rule}: stage 1 was passed, not decided, only {total} can be judged."
        return Outcome(state="open", sentence=sentence, inference=None, **common)  # type: ignore[arg-type]
    ended = infer(design, x, 2, n=total, stage1_successes=counts["first"], level=level)
    over = "" if total == design.n else f" (n = {total} attained; conditional error rule)"
    verdict = "activity declared (H0 rejected)" if ended.rejects else "activity not shown (H0 not rejected)"
    state: State = "reject" if ended.rejects else "do not reject"
    return Outcome(
        state=state, sentence=f"{rule}: {verdict}{over}.", inference=ended, **common  # type: ignore[arg-type]
    )  # fmt: skip


def _count(statuses: pd.Series, status: str) -> int:
    return int(statuses.eq(status).sum())


def _of(successes: int, patients: int) -> str:
    return (
        f"{successes} {'success' if successes == 1 else 'successes'} in {patients} "
        f"{'patient' if patients == 1 else 'patients'}"
    )


def _waiting(pending: int, missing: int) -> str:
    parts = [f"{pending} pending"] if pending else []
    return " and ".join(parts + ([f"{missing} not yet treated"] if missing else []))
