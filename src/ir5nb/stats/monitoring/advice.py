"""One look at a running design: what the plan says, and beside it what the numbers suggest."""

from __future__ import annotations

from dataclasses import dataclass

from ir5nb.stats.arguments import count, probability, require
from ir5nb.stats.monitoring.bayesian import Prior, posterior_probability, predictive_power
from ir5nb.stats.monitoring.frequentist import conditional_power
from ir5nb.stats.simon.design import SimonDesign

__all__ = ["Look", "look"]


@dataclass(frozen=True)
class Look:
    """The planned rule and, as advice beside it, conditional and predictive quantities.

    Attributes
    ----------
    enrolled, successes : counts so far.
    planned_rule : what the design says now, in words; it alone decides.
    conditional_power_p0, conditional_power_p1 : if the rate is p0 or p1 from now on.
    conditional_power_observed : if it is the observed one; None before the first subject.
    predictive_power : averaged over the posterior with `prior`.
    posterior_above_p0, posterior_above_p1 : P(rate > p0 | data), P(rate > p1 | data) with `prior`.
    futility : the limit of the conditional power at p1 that the advice uses.
    advice : a sentence; advice never replaces the rule.
    """

    enrolled: int
    successes: int
    prior: Prior
    planned_rule: str
    conditional_power_p0: float
    conditional_power_p1: float
    conditional_power_observed: float | None
    predictive_power: float
    posterior_above_p0: float
    posterior_above_p1: float
    futility: float
    advice: str

    @property
    def rows(self) -> tuple[tuple[str, float | None, str], ...]:
        """The numbers as (statistic, value, method) rows."""
        beta = f"Beta{tuple(self.prior)} prior"
        return (
            ("conditional_power_p0", self.conditional_power_p0, "rate p0 from now on"),
            ("conditional_power_p1", self.conditional_power_p1, "rate p1 from now on"),
            ("conditional_power_observed", self.conditional_power_observed, "observed rate from now on"),
            ("predictive_power", self.predictive_power, beta),
            ("posterior_above_p0", self.posterior_above_p0, beta),
            ("posterior_above_p1", self.posterior_above_p1, beta),
        )


def look(design: SimonDesign, enrolled: int, successes: int, prior: Prior, futility: float = 0.1) -> Look:
    """Return what the plan says after `successes` among `enrolled`, and the chances of rejecting H0 in the end.

    The rule is the design's (Simon 1989); beside it stand conditional power (Lan, Simon & Halperin 1982) and its mean
    over the posterior.

    Parameters
    ----------
    design : the design as planned.
    enrolled, successes : counts, 0 <= successes <= enrolled <= n.
    prior : Beta parameters; there is no default because a prior is a decision.
    futility : conditional power at p1 at or below which the advice speaks of futility, in [0, 1].

    Examples
    --------
    >>> now = look(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 8, 1, prior=(1, 1))
    >>> now.planned_rule
    'stage 1 goes on to 10 subjects'
    """
    enrolled, successes = count("enrolled", enrolled), count("successes", successes)
    futility = probability("futility", futility)
    require(enrolled <= design.n, f"enrolled <= n must hold, got {enrolled} and n = {design.n}")
    require(successes <= enrolled, f"successes <= enrolled must hold, got {successes} of {enrolled}")
    at_p1 = conditional_power(design, enrolled, successes, design.p1)
    return Look(
        enrolled=enrolled,
        successes=successes,
        prior=prior,
        planned_rule=_planned_rule(design, enrolled, successes),
        conditional_power_p0=conditional_power(design, enrolled, successes, design.p0),
        conditional_power_p1=at_p1,
        conditional_power_observed=(
            conditional_power(design, enrolled, successes, successes / enrolled) if enrolled else None
        ),
        predictive_power=predictive_power(design, enrolled, successes, prior),
        posterior_above_p0=posterior_probability(enrolled, successes, design.p0, prior),
        posterior_above_p1=posterior_probability(enrolled, successes, design.p1, prior),
        futility=futility,
        advice=_advice(design, successes, at_p1, futility),
    )


def _planned_rule(design: SimonDesign, enrolled: int, successes: int) -> str:
    if enrolled < design.n1:
        return f"stage 1 goes on to {design.n1} subjects"
    if enrolled == design.n1:
        decision = design.stage1(successes)
        return f"{decision.action}: {decision.reason}"
    if enrolled < design.n:
        return f"stage 2 goes on to {design.n} subjects"
    decision = design.final(successes)
    return f"{decision.action}: {decision.reason}"


def _advice(design: SimonDesign, successes: int, at_p1: float, futility: float) -> str:
    if at_p1 == 0.0:
        return "H0 can no longer be rejected; the planned rule decides"
    if successes > design.r:
        return "H0 will be rejected whatever follows; the planned rule decides"
    if at_p1 <= futility:
        return f"conditional power at p1 is {at_p1:.3f}, at most {futility:g}: futility may be discussed"
    return f"conditional power at p1 is {at_p1:.3f}, above {futility:g}: no reason to stop beside the planned rule"
