"""Gray's test: whether the cumulative incidence of one cause is the same in several groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ir5nb.stats.arguments import count, require
from ir5nb.stats.survival.observations import checked_causes, checked_labels, checked_times, distinct

__all__ = ["GrayTest", "gray_test"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GrayTest:
    """A k-sample test of equal cumulative incidence.

    Attributes
    ----------
    groups : the k group labels, sorted.
    of : the cause compared.
    scores : observed minus expected events of that cause in each group, shape (k,), sum 0.
    chi_square, df, p : statistic, k - 1, upper tail of the chi-squared distribution.
    """

    groups: tuple[str, ...]
    of: int
    scores: tuple[float, ...]
    chi_square: float
    df: int
    p: float


@dataclass(frozen=True, eq=False)
class _Curves:
    """At m event times in k groups: events, numbers at risk, event-free survival, incidence; shape (m, k)."""

    own: Floats
    other: Floats
    at_risk: Floats
    before: Floats
    after: Floats
    incidence_before: Floats

    @property
    def scaled(self) -> Floats:
        """Y / S(t-): those at risk as if nobody had had another event, shape (m, k)."""
        return np.divide(self.at_risk, self.before, out=np.zeros_like(self.before), where=self.at_risk > 0)


def gray_test(time: ArrayLike, cause: ArrayLike, group: ArrayLike, of: int = 1) -> GrayTest:
    """Return Gray's test of one cause among groups (Gray, Ann Stat 1988; 16: 1141-1154), weight 1, as cmprsk.

    Parameters
    ----------
    time, cause : as `cumulative_incidence`.
    group : shape (n,), at least two different labels.
    of : the cause compared, at least 1; it must occur.

    Raises
    ------
    TypeError, ValueError : with the condition that broke.

    Examples
    --------
    >>> test = gray_test([1, 2, 3, 4, 5, 6], [1, 1, 2, 1, 2, 0], ["a", "a", "a", "b", "b", "b"])
    >>> round(test.chi_square, 4), test.df, [round(score, 3) for score in test.scores]
    (2.4381, 1, [1.1, -1.1])
    """
    times = checked_times(time)
    causes, of = checked_causes(cause, times.size), count("of", of, 1)
    labels, member = np.unique(checked_labels("group", group, times.size), return_inverse=True)
    require(len(labels) >= 2, "group must hold at least two different labels")
    require(bool((causes == of).any()), f"cause {of} must occur")
    curves = _curves(times, causes, member, len(labels), of)
    scores, variance = _scores(curves), _variance(curves)
    chi_square = float(scores[:-1] @ np.linalg.pinv(variance[:-1, :-1]) @ scores[:-1])
    df = len(labels) - 1
    p = float(special.chdtrc(df, chi_square))
    return GrayTest(tuple(map(str, labels)), of, tuple(map(float, scores)), chi_square, df, p)


def _curves(times: Floats, causes: NDArray[np.int64], member: NDArray[np.int64], k: int, of: int) -> _Curves:
    order = np.argsort(times, kind="stable")
    start = distinct(times[order])
    in_group = (member[order][:, None] == np.arange(k)).astype(np.float64)
    at_risk = np.cumsum(in_group[::-1], axis=0)[::-1][start]
    own = np.add.reduceat(in_group * (causes[order] == of)[:, None], start)
    other = np.add.reduceat(in_group * ((causes[order] > 0) & (causes[order] != of))[:, None], start)
    happened = (own + other).sum(axis=1) > 0
    own, other, at_risk = own[happened], other[happened], at_risk[happened]
    safe = np.maximum(at_risk, 1.0)
    after = np.cumprod(1.0 - (own + other) / safe, axis=0)
    before = np.vstack((np.ones(k), after[:-1]))
    incidence = np.cumsum(before * own / safe, axis=0)
    incidence_before = np.vstack((np.zeros(k), incidence[:-1]))
    return _Curves(own, other, at_risk, before, after, incidence_before)


def _scores(c: _Curves) -> Floats:
    """Return observed minus expected: events are shared out by Y (1 - F(t-)) / S(t-), those still without the cause."""
    still_free = c.scaled * (1.0 - c.incidence_before)
    expected = c.own.sum(axis=1, keepdims=True) * still_free / still_free.sum(axis=1, keepdims=True)
    return np.asarray((c.own - expected).sum(axis=0))


def _variance(c: _Curves) -> Floats:
    """Return the covariance of the scores, shape (k, k).

    Each event in group g moves the score of group i now, by `now`, and later, through the group's survival, by
    `later`. Under H0 events of the cause happen at the pooled rate; those of the others are taken as observed.
    """
    k = c.own.shape[1]
    events, total = c.own.sum(axis=1), c.scaled.sum(axis=1)
    pooled = np.cumsum(events / total)
    pooled_before = np.concatenate(([0.0], pooled[:-1]))
    now = c.scaled[:, :, None] * (np.eye(k) - (c.scaled / total[:, None])[:, None, :])
    left_over = 1.0 - pooled_before  # 0 where the pooled incidence has reached 1: nothing is left to expect
    some = np.abs(left_over) > 1e-9
    hazard = np.divide(events, total * left_over, out=np.zeros_like(total), where=some)
    drift = np.cumsum(now * hazard[:, None, None], axis=0)
    left = (1.0 - pooled[:, None]) / np.where(c.after > 0.0, c.after, 1.0)
    later = drift[-1] - drift  # 0 for a group of whom nobody is left
    safe = np.maximum(c.at_risk, 1.0)
    rate = c.before * events[:, None] / (total[:, None] * safe)
    own = np.where(c.at_risk > 0, rate * _tied(events[:, None], total[:, None] * c.before), 0.0)
    other = np.where(c.after > 0.0, (c.before / safe) ** 2 * c.other * _tied(c.other, safe), 0.0)
    by_own = now + (1.0 - left)[:, None, :] * later
    by_other = left[:, None, :] * later
    return np.asarray(
        np.einsum("tig,tjg,tg->ij", by_own, by_own, own) + np.einsum("tig,tjg,tg->ij", by_other, by_other, other)
    )


def _tied(events: Floats, at_risk: Floats) -> Floats:
    """Return the hypergeometric factor 1 - (d - 1) / (Y - 1) of d > 1 tied events."""
    return np.where(events > 1, 1.0 - (events - 1.0) / np.where(at_risk > 1.0, at_risk - 1.0, np.inf), 1.0)
