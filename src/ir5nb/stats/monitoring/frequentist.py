"""Conditional power, and what a stage 2 of another size would do."""

from __future__ import annotations

from ir5nb.stats.arguments import count, open_rate, probability, require
from ir5nb.stats.binomial_law import tail_above
from ir5nb.stats.simon.continuation import rejection_after
from ir5nb.stats.simon.design import SimonDesign
from ir5nb.stats.two_stage.attained import fewest_to_reject

__all__ = ["conditional_power", "conditional_power_resized", "size_for_conditional_power"]


def conditional_power(design: SimonDesign, enrolled: int, successes: int, p: float) -> float:
    """Return the probability at rate p that the design, part of the way through, goes on to reject H0.

    Lan, Simon & Halperin, Sequential Analysis 1982; 1: 207-219. A stop after stage 1 that lies ahead counts.

    Parameters
    ----------
    design : the design as planned.
    enrolled, successes : counts, 0 <= successes <= enrolled <= n.
    p : rate in [0, 1] assumed for the subjects to come.

    Examples
    --------
    >>> round(conditional_power(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 10, 2, 0.3), 4)
    0.8668
    """
    return rejection_after(design, enrolled, successes, p)


def conditional_power_resized(design: SimonDesign, x1: int, n2: int, p: float) -> float:
    """Return the conditional power at rate p after x1 successes of stage 1, with n2 subjects in stage 2 instead.

    The final test is that of the conditional error (Englert & Kieser 2012), so the type I error is kept.

    Parameters
    ----------
    design : the design as planned.
    x1 : successes of stage 1, a count, 0 <= x1 <= n1.
    n2 : size of stage 2, a count.
    p : rate in [0, 1] assumed for stage 2.

    Examples
    --------
    >>> round(conditional_power_resized(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 2, 10, 0.3), 4)
    0.6172
    """
    fewest = fewest_to_reject(design, x1, n2)
    return 0.0 if fewest is None else float(tail_above(n2, probability("p", p))[fewest])


def size_for_conditional_power(
    design: SimonDesign, x1: int, p: float, power: float = 0.80, n2_max: int = 1000
) -> int | None:
    """Return the smallest n2 >= 1 whose conditional power at rate p is at least `power`; None up to n2_max.

    By `conditional_power_resized`, size by size (Englert & Kieser, Biometrics 2012; 68: 886-892).

    Parameters
    ----------
    design : the design as planned.
    x1 : successes of stage 1, a count, r1 < x1 <= n1.
    p : rate in [0, 1] assumed for stage 2.
    power : in (0, 1).
    n2_max : largest size tried, a count, at least 1.

    Examples
    --------
    >>> size_for_conditional_power(SimonDesign(1, 10, 5, 29, 0.1, 0.3), 3, 0.3)
    9
    """
    power, n2_max = open_rate("power", power), count("n2_max", n2_max, 1)
    require(x1 > design.r1, f"x1 > r1 must hold for a stage 2, got x1 = {x1}, r1 = {design.r1}")
    sizes = range(1, n2_max + 1)
    return next((n2 for n2 in sizes if conditional_power_resized(design, x1, n2, p) >= power - 1e-12), None)
