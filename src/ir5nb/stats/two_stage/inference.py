"""Inference after a two-stage design, from the outcome and the stage at which it was reached."""

from __future__ import annotations

from typing import Literal, get_args

from ir5nb.stats.arguments import count, open_rate, require
from ir5nb.stats.simon.design import SimonDesign
from ir5nb.stats.two_stage.attained import AttainedRule, AttainedTails, conditional_error, fewest_to_reject
from ir5nb.stats.two_stage.estimates import bias_adjusted, bias_subtracted, conditional_mle, umvcue, umvue
from ir5nb.stats.two_stage.limits import Tails, UpperLimit, interval, lower_limit, median_unbiased
from ir5nb.stats.two_stage.ordering import Ordering, OutcomeTails
from ir5nb.stats.two_stage.outcomes import SampleSpace
from ir5nb.stats.two_stage.result import TwoStageInference

__all__ = ["infer"]


def infer(
    design: SimonDesign,
    successes: int,
    stage: Literal[1, 2],
    n1: int | None = None,
    n: int | None = None,
    stage1_successes: int | None = None,
    level: float = 0.90,
    upper: UpperLimit = "exact",
    *,
    ordering: Ordering = "stage-wise",
    attained: AttainedRule = "conditional-error",
) -> TwoStageInference:
    """Return estimates, p-value and limits for the rate after a two-stage design.

    Ordering by stage (Jennison & Turnbull, Technometrics 1983; 25: 49-58), UMVUE (Jung & Kim 2004) or observed rate.
    The two-sided interval at 1 - 2 alpha agrees with the one-sided test at alpha: lower > p0 exactly when p < alpha.

    Parameters
    ----------
    design : the design as planned.
    successes : total successes over the stages observed, a count.
    stage : 1 after a stop for futility, 2 after stage 2.
    n1, n : subjects attained at stage 1 and in all; the planned sizes where omitted.
    stage1_successes : successes of stage 1; needed at stage 2 when the attained size of a stage is not the planned one.
    level : two-sided confidence level in (0, 1).
    upper : "exact", "koyama-chen" or "mid-p".
    ordering : "stage-wise", "umvue" or "mle".
    attained : rule for attained sizes: "conditional-error", "koyama-chen" or "substitute".

    Raises
    ------
    TypeError, ValueError : an argument that is no count or rate, an impossible outcome; with the condition it breaks.

    Examples
    --------
    >>> result = infer(SimonDesign(1, 10, 5, 29, 0.1, 0.3), successes=6, stage=2)
    >>> round(result.p_value, 4), round(result.umvue, 4), round(result.lower, 4), round(result.upper, 4)
    (0.0471, 0.2613, 0.1015, 0.4127)
    >>> result.rejects, result.reason
    (True, '6 of 29 is more than r = 5')
    """
    n1 = design.n1 if n1 is None else count("n1", n1, 1)
    successes, level = count("successes", successes), open_rate("level", level)
    require(stage in (1, 2), f"stage must be 1 or 2, got {stage!r}")
    n = _attained_total(design, stage, n1, n)
    space = SampleSpace(design.r1, n1, n if stage == 2 else max(n, n1 + 1))
    observed = space.position(stage, successes)
    first = _stage1_successes(space, stage, successes, stage1_successes)
    rule = _rule(design, stage, n1, n, attained)
    rejects, reason = _decision(design, space, stage, successes, first, rule)
    tails = _tails(design, space, observed, first, rule, ordering)
    lower, upper_limit = interval(tails, (1.0 - level) / 2.0, upper)
    rate = float(space.rate[observed])
    return TwoStageInference(
        design=design,
        stage=stage,
        successes=successes,
        n1=n1,
        n=n if stage == 2 else n1,
        stage1_successes=first,
        level=level,
        naive=rate,
        umvue=umvue(space, stage, successes),
        umvcue=umvcue(space, successes) if stage == 2 else None,
        conditional_mle=conditional_mle(space, successes) if stage == 2 else None,
        median_unbiased=median_unbiased(tails),
        median_unbiased_p_value=lower_limit(tails, 0.5),
        bias_adjusted=bias_adjusted(space, rate),
        bias_subtracted=bias_subtracted(space, rate),
        p_value=min(1.0, tails.at_least(design.p0)),
        rejects=rejects,
        lower=lower,
        upper=upper_limit,
        method=_method(tails, rule, ordering, upper),
        reason=reason,
    )


def _rule(design: SimonDesign, stage: int, n1: int, n: int, attained: AttainedRule) -> AttainedRule | None:
    """Return the rule that applies: none at planned sizes, unless Koyama-Chen's order, another one, is asked for."""
    require(
        attained in get_args(AttainedRule),
        f"attained must be one of {', '.join(get_args(AttainedRule))}; got {attained!r}",
    )
    planned = (n1, n) == (design.n1, design.n) and attained != "koyama-chen"
    return None if stage == 1 or planned else attained


def _attained_total(design: SimonDesign, stage: int, n1: int, n: int | None) -> int:
    """Return the total attained; after a stop the planned total describes the rest of the sample space."""
    if n is None:
        total = design.n if stage == 1 else n1 + design.n2
    else:
        total = count("n", n, 1)
        require(stage == 2 or total in (n1, design.n), f"n = n1 must hold after a stop at stage 1, got n = {n}")
        total = total if stage == 2 else design.n
    require(stage == 1 or n1 < total, f"n1 < n must hold at stage 2, got n1 = {n1}, n = {total}")
    return total


def _stage1_successes(space: SampleSpace, stage: int, successes: int, given: int | None) -> int | None:
    """Return the successes of stage 1 after checking that the total could follow from them."""
    if stage == 1:
        require(given is None or given == successes, f"x1 = x must hold at stage 1, got {given} and {successes}")
        return successes
    if given is None:
        return None
    x1 = count("stage1_successes", given)
    require(
        space.r1 < x1 <= space.n1,
        f"r1 < x1 <= n1 must hold to reach stage 2, got x1 = {x1}, r1 = {space.r1}, n1 = {space.n1}",
    )
    rest, n2 = successes - x1, space.n - space.n1
    require(0 <= rest <= n2, f"0 <= x - x1 <= n - n1 must hold, got x - x1 = {rest}, n - n1 = {n2}")
    return x1


def _decision(
    design: SimonDesign,
    space: SampleSpace,
    stage: int,
    successes: int,
    first: int | None,
    rule: AttainedRule | None,
) -> tuple[bool, str]:
    """Return whether H0 is rejected and the comparison that says so."""
    if stage == 1:
        return False, f"{successes} of {space.n1} is not more than r1 = {design.r1}"
    if rule is None or rule == "substitute":
        passed = successes > design.r
        return passed, f"{successes} of {space.n} is {'more' if passed else 'not more'} than r = {design.r}"
    if first is None:
        raise ValueError("stage1_successes is needed where an attained size differs from the plan")
    n2 = space.n - space.n1
    allowed = conditional_error(design, first, space.n1)
    fewest = fewest_to_reject(design, first, n2, space.n1)
    passed = fewest is not None and successes - first >= fewest
    needs = "no number" if fewest is None else f"at least {fewest}"
    return passed, (
        f"after {first} of {space.n1} the plan allows a conditional error of {allowed:.6g}: "
        f"{needs} of {n2} in stage 2 rejects, {successes - first} observed"
    )


def _tails(
    design: SimonDesign,
    space: SampleSpace,
    observed: int,
    first: int | None,
    rule: AttainedRule | None,
    ordering: Ordering,
) -> Tails:
    """Return the tails of the observed outcome; beyond the planned stage 1 the attained sizes are taken as planned."""
    if rule is None or rule == "substitute" or first is None or space.n1 > design.n1:
        return OutcomeTails(space, observed, ordering)
    require(ordering != "mle", "ordering must be stage-wise or umvue where an attained size differs from the plan")
    return AttainedTails(design, space.n1, space.n - space.n1, first, observed - first, rule == "koyama-chen")


def _method(tails: Tails, rule: AttainedRule | None, ordering: Ordering, upper: UpperLimit) -> str:
    """Return ordering, kind of limits and rule for attained sizes in words."""
    order = "Koyama-Chen ordering" if isinstance(tails, AttainedTails) else f"{ordering} ordering"
    limits = {
        "exact": "exact limits (Jennison-Turnbull)",
        "koyama-chen": "upper limit of Koyama-Chen",
        "mid-p": "mid-p limits",
    }[upper]
    sizes = "planned sizes" if rule is None else f"attained sizes by {rule}"
    if rule == "conditional-error" and not isinstance(tails, AttainedTails):
        sizes += " (decision only: p-value and limits take the attained sizes as planned)"
    return f"{order}, {limits}, {sizes}"
