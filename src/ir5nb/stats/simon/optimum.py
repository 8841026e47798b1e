"""The search for the optimal, minimax and admissible two-stage designs, with a proof that nothing was missed."""

from __future__ import annotations

from dataclasses import dataclass

from ir5nb import facts
from ir5nb.stats.arguments import count, open_rate, require
from ir5nb.stats.simon.admissible import AdmissibleDesign, admissible_designs
from ir5nb.stats.simon.design import SimonDesign
from ir5nb.stats.simon.hunt import Certificate, Hunt

__all__ = ["DesignSearch", "search"]


@dataclass(frozen=True)
class DesignSearch:
    """What a search found.

    Attributes
    ----------
    p0, p1, alpha, power : what was asked.
    optimal : least EN(p0); minimax : least n, then least EN(p0).
    admissible : all designs best for some weight, minimax first, optimal last (Jung et al. 2004).
    certificate : the proof, or how far the search went when n_max cut it short.
    """

    p0: float
    p1: float
    alpha: float
    power: float
    optimal: SimonDesign
    minimax: SimonDesign
    admissible: tuple[AdmissibleDesign, ...]
    certificate: Certificate

    def _repr_html_(self) -> str:
        """Show the admissible designs at the end of a notebook cell."""
        named = {
            f"{row['r1']}/{row['n1']}, {row['r']}/{row['n']}": f"{row['criterion']}; EN(p0) {row['en_p0']}"
            for row in self.rows
        }
        return facts.table(f"Designs for p0 = {self.p0}, p1 = {self.p1}", named)

    @property
    def rows(self) -> tuple[dict[str, float | int | str], ...]:
        """One row a design: criterion, r1, n1, r, n, EN and PET at p0, actual alpha and power, weights."""
        return tuple(self._row(design) for design in self.admissible)

    def _row(self, design: AdmissibleDesign) -> dict[str, float | int | str]:
        names = [name for name, which in (("minimax", 0), ("optimal", -1)) if self.admissible[which] is design]
        return {
            "criterion": ", ".join(names) or "admissible",
            "r1": design.r1,
            "n1": design.n1,
            "r": design.r,
            "n": design.n,
            "en_p0": design.en(self.p0),
            "pet_p0": design.pet(self.p0),
            "alpha": design.alpha,
            "power": design.power,
            "q_low": design.q_low,
            "q_high": design.q_high,
        }


def search(
    p0: float,
    p1: float,
    alpha: float = 0.05,
    power: float = 0.80,
    n_max: int | None = None,
    *,
    n1_min: int = 1,
    n1_max: int | None = None,
) -> DesignSearch:
    """Return Simon's optimal and minimax designs and every admissible design between them.

    Simon, Controlled Clinical Trials 1989; 10: 1-10; Jung, Lee, Kim & George, Stat Med 2004; 23: 561-569. Limits are
    not strict: R(p0) <= alpha and R(p1) >= power. Ties: smaller n, then n1, then r1. No n_max is needed: the search
    ends when a lower bound of EN(p0), increasing in n, exceeds the best EN(p0) found.

    Parameters
    ----------
    p0, p1 : rates, 0 < p0 < p1 < 1.
    alpha, power : in (0, 1), alpha < power.
    n_max : largest total size to consider; where it cuts the search short, `certificate.complete` is False.
    n1_min, n1_max : bounds of the size of stage 1.

    Raises
    ------
    ValueError : a condition above that does not hold, or no design within the bounds.

    Examples
    --------
    >>> found = search(0.1, 0.3)
    >>> [(d.r1, d.n1, d.r, d.n) for d in (found.optimal, found.minimax)]
    [(1, 10, 5, 29), (1, 15, 5, 25)]
    >>> found.certificate.complete
    True
    """
    p0, p1, alpha, power = (open_rate(k, v) for k, v in (("p0", p0), ("p1", p1), ("alpha", alpha), ("power", power)))
    require(p0 < p1, f"p0 < p1 must hold, got p0 = {p0}, p1 = {p1}")
    require(alpha < power, f"alpha < power must hold, got alpha = {alpha}, power = {power}")
    n1_min = count("n1_min", n1_min, 1)
    n1_max = None if n1_max is None else count("n1_max", n1_max, n1_min)
    n_max = None if n_max is None else count("n_max", n_max, 2)
    hunt = Hunt(p0, p1, alpha, power, n1_min, n1_max)
    records, certificate = hunt.run(n_max)
    require(bool(records), f"no design with n <= {n_max} and n1 in the bounds has the error rates; n_max is too small")
    admissible = admissible_designs(records, p0, p1)
    return DesignSearch(p0, p1, alpha, power, _plain(admissible[-1]), _plain(admissible[0]), admissible, certificate)


def _plain(design: AdmissibleDesign) -> SimonDesign:
    return SimonDesign(design.r1, design.n1, design.r, design.n, design.p0, design.p1)
