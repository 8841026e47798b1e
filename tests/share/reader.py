"""What a clever reader of a shared run can work out: every number that stands somewhere, and every sum that ties them.

Nothing here knows how masking chooses; the sums come from what the tables mean. Each is checked on the full edition.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

Cell = tuple[str, ...]
Sum = tuple[dict[Cell, int], float, float]  # parts with their signs, least and greatest value
GRADES = ("grade_1", "grade_2", "grade_3", "grade_4", "grade_5", "ungraded")
TERMS = ("any", "severe", "related", "related severe", "serious")
POOLED = {
    "DOMVANALIMAB + ZIMBERELIMAB": ("PM", "GTT", "TET", "ATC"), "DOMVANALIMAB + ZIMBERELIMAB + FOLFOX-4": ("NET",),
    "TOTAL": ("PM", "GTT", "TET", "ATC", "NET"),
}  # fmt: skip
LEFT = ("included, no dated dose of study treatment", "treated, disease not assessed after treatment start")
ANY = np.inf
COUNTS = {
    *GRADES, "count", "events", "total", "censored", "deaths", "steroids", "onset_n", "duration_n", "n", "successes",
    "pending", "not_evaluable", "untreated",
}  # fmt: skip


NAMES: dict[str, Callable[[str, str], Cell]] = {
    "ae_overview": lambda row, part: (part, "", "") if row == "overview" else (row, part, ""),
    "ae_incidence": lambda row, _: (row, "", ""),
    "ae_worst_grade": lambda system, term: ("any", system, term),
    "ae_special_interest": lambda row, part: (
        ("special interest", "", part) if row == "any" else ("interest", row, part)
    ),
    "time_to_event": lambda endpoint, kind: (endpoint, "", kind),
    "censoring": lambda endpoint, why: (endpoint, "why" if why else "", why),
    "ae_terms_any": lambda system, term: ("any", system, term),
    "ae_terms_severe": lambda system, term: ("severe", system, term),
    "ae_terms_related": lambda system, term: ("related", system, term),
    "ae_terms_related_severe": lambda system, term: ("related severe", system, term),
    "ae_terms_serious": lambda system, term: ("serious", system, term),
}
SAME: dict[Cell, Cell] = {  # analysis, row, part, statistic: the quantity as it is named elsewhere
    ("ae_first", "special interest", "", "events"): ("special interest", "", "", "n"),
    ("disposition", "vital status", "died", "count"): ("deaths", "deaths", "", "n"),
}


def cell(row: Cell) -> Cell | None:
    """Name the quantity that a result tells: the same name wherever the same quantity stands."""
    cohort, analysis, _, reading, endpoint, group, time, statistic = row
    if statistic not in COUNTS or time:
        return None
    if (analysis, endpoint, group, statistic) in SAME:
        return (cohort, *SAME[analysis, endpoint, group, statistic])
    if endpoint == "reason for end of treatment":
        analysis = "disposition"
    what = {"count": "n", "events": "e"}.get(statistic, statistic)
    told = () if reading == "default" else (reading,)
    named = NAMES[analysis](endpoint, group) if analysis in NAMES else (analysis, *told, endpoint, group)
    return (cohort, *named, what)


def sums(cells: set[Cell]) -> Iterator[Sum]:
    """Give every sum and every order that a reader knows of from the meaning of the tables."""
    yield from _parted(cells)
    yield from _terms(cells)
    yield from _levels(cells)
    yield from _columns(cells)
    yield from _times(cells)
    yield from _sets(cells)


def _line(cells: set[Cell], parts: list[Cell], whole: Cell, least: float = 0, greatest: float = 0) -> Iterator[Sum]:
    """Parts less their whole: 0, or between two values; nothing where the report lacks one."""
    if whole in cells and parts and all(part in cells for part in parts):
        line: dict[Cell, int] = defaultdict(int)
        for part in parts:
            line[part] += 1
        line[whole] -= 1
        yield dict(line), least, greatest


def _parted(cells: set[Cell]) -> Iterator[Sum]:
    """Blocks whose groups part the patients."""
    blocks: dict[Cell, list[Cell]] = defaultdict(list)
    for each in cells:
        if each[1] in {"disposition", "baseline", "categories", "best_response", "hormone", "laboratory", "agreement",
                       "resistance_readings", "deaths", "exposure"} and each[-1] == "n" and each[-2]:  # fmt: skip
            blocks[(*each[:-2], "")].append(each)
    for block, parts in blocks.items():
        if block[1] != "exposure" or block[-2] in {"regimen", "at least one dose delayed or changed"}:
            died = [(block[0], "deaths", "deaths", "", "n")] if block[-2] == "vital status" else []
            yield from _line(cells, parts + died, _whole(block))
    for cohort in {each[0] for each in cells}:
        status = [(cohort, "categories", name, "", "n") for name in ("SUCCESS", "FAILURE", "PENDING")]
        yield from _line(cells, status, (cohort, "categories", "", "", "total"))
        for reading in ("unconfirmed", "confirmed"):
            best = {name: (cohort, "best_response", reading, "BOR", name, "n") for name in ("CR", "PR", "SD")}
            rate = {name: (cohort, "best_response", reading, name, "", "n") for name in ("ORR", "DCR")}
            yield from _line(cells, [best["CR"], best["PR"]], rate["ORR"])
            yield from _line(cells, list(best.values()), rate["DCR"])
        fatal = [(cohort, "deaths", "cause of death", name, "n") for name in
                 ("fatal adverse event, related", "fatal adverse event, not related")]  # fmt: skip
        yield from _line(cells, fatal, (cohort, "fatal", "", "", "n"))


def _whole(block: Cell) -> Cell:
    """Name what the parts of a block add up to."""
    cohort, analysis, name = block[0], block[1], block[-2]
    if analysis == "deaths":
        return (cohort, "deaths", "deaths", "", "n")
    if name == "reason for end of treatment":
        return (cohort, "disposition", "treatment status", "treatment ended", "n")
    return (*block, "n" if analysis == "categories" else "total")


def _terms(cells: set[Cell]) -> Iterator[Sum]:
    """Terms within a class within all: events add up; patients are at least the most of a part, at most the sum."""
    inside: dict[Cell, list[Cell]] = defaultdict(list)
    for each in cells:
        if len(each) == 5 and each[1] in {*TERMS, "interest"} and each[4] in {"n", "e"}:
            cohort, kind, system, term, what = each
            if kind == "interest":
                if not term:
                    inside[cohort, "special interest", "", "", what].append(each)
                elif what == "e":
                    inside[cohort, kind, system, "", what].append(each)
            elif system:
                inside[cohort, kind, system if term else "", "", what].append(each)
            if what == "e":
                patients = (*each[:4], "n")
                yield from _line(cells, [each], patients, 0, ANY)
            if kind in TERMS[1:]:
                yield from _line(cells, [(cohort, "any", system, term, what)], each, 0, ANY)
            for wider in ("severe", "related") if kind == "related severe" else ():
                yield from _line(cells, [(cohort, wider, system, term, what)], each, 0, ANY)
    for whole, parts in inside.items():
        yield from _line(cells, parts, whole, 0, 0 if whole[4] == "e" and "interest" not in whole[1] else ANY)
        for part in parts if whole[4] == "n" else ():
            yield from _line(cells, [whole], part, 0, ANY)


def _levels(cells: set[Cell]) -> Iterator[Sum]:
    """Worst grades add up to the patients with the term, the grades 3 to 5 to those with a severe one."""
    for each in cells:
        if len(each) == 5 and each[4] == "n":
            grades = [(*each[:4], grade) for grade in GRADES]
            yield from _line(cells, grades, each)
            severe = ("severe", *each[2:]) if each[1] == "any" else ()
            if severe:
                yield from _line(cells, grades[2:5], (each[0], *severe))
            for other in ("steroids", "onset_n"):
                yield from _line(cells, [each], (*each[:4], other), 0, ANY)
        if len(each) == 5 and each[4] == "grade_1" and each[1] == "any" and each[2]:
            above = (each[0], "any", each[2] if each[3] else "", "")
            for lowest in range(1, 5):  # who has the term from some grade on has the class so too
                own, all_of = [[(*place, grade) for grade in GRADES[lowest - 1 : 5]] for place in (each[:4], above)]
                if set(own + all_of) <= cells:
                    yield {**dict.fromkeys(all_of, 1), **dict.fromkeys(own, -1)}, 0, ANY


def _columns(cells: set[Cell]) -> Iterator[Sum]:
    """Columns of the pooled report: regimens and all are sums of cohorts."""
    for each in cells:
        if each[0] in POOLED:
            yield from _line(cells, [(name, *each[1:]) for name in POOLED[each[0]]], each)


def _times(cells: set[Cell]) -> Iterator[Sum]:
    """Events, their kinds and censored patients; follow-up ends where survival has its events."""
    kinds: dict[Cell, list[Cell]] = defaultdict(list)
    for each in cells:
        if len(each) == 5 and each[1] in {"PFS", "RFS", "OS", "DOR", "FUP"} and each[4] == "n":
            kinds[each[0], each[1], each[2]].append(each)
    for (cohort, endpoint, what), parts in kinds.items():
        event, censored, total = [(cohort, endpoint, "", "", name) for name in ("e", "censored", "total")]
        yield from _line(cells, parts, censored if what == "why" else event)
        yield from _line(cells, [event, censored], total)
        if endpoint == "FUP":
            yield from _line(cells, [event], (cohort, "OS", "", "", "censored"))
        if endpoint == "PFS":
            yield from _line(cells, [(cohort, "OS", "", "", "e")], (cohort, "PFS", "", "Death", "n"), 0, ANY)
        if endpoint == "DOR":
            yield from _line(cells, [total], (cohort, "best_response", "unconfirmed", "ORR", "", "n"))


def _sets(cells: set[Cell]) -> Iterator[Sum]:
    """The sets of patients, and what a reading does with the patients who could not be judged."""
    for cohort in {each[0] for each in cells}:
        included, treated, evaluable = [(cohort, "analysis_sets", "analysis_sets", name, "n") for name in
                                        ("included", "treated", "evaluable")]  # fmt: skip
        untreated = (cohort, "headline", "primary", "", "untreated")
        unknown = (cohort, "headline", "primary", "", "not_evaluable")
        left = [(cohort, "analysis_sets", "exclusions", name, "n") for name in LEFT]
        yield from _line(cells, [treated, untreated], included)
        yield from _line(cells, [treated, left[0]], included)
        yield from _line(cells, [evaluable, left[1]], treated)
        missing = (cohort, "best_response", "unconfirmed", "BOR", "MISSING", "n")
        yield from _line(cells, [evaluable, missing], treated)
        yield from _line(cells, [(cohort, "categories", "FAILURE", "not evaluable", "n")], unknown)
        usual = {name: (cohort, "readings", "primary", "", name) for name in ("successes", "total")}
        best = (cohort, "readings", "A5:success", "primary", "", "successes")
        out = (cohort, "readings", "A5:excluded", "primary", "", "total")
        yield from _line(cells, [usual["successes"], unknown], best)
        yield from _line(cells, [out, unknown], usual["total"])


class Worlds:
    """All the numbers that agree with what is shown: each linear programme finds one more world, far from the last.

    Parameters
    ----------
    cells
        The true number of every quantity; every sum is checked on them.
    known
        The numbers that stand somewhere in the shared run.
    """

    def __init__(self, cells: dict[Cell, float], known: dict[Cell, float]) -> None:
        self.unknown = [each for each in cells if each not in known]
        self.truth = np.array([cells[each] for each in self.unknown])
        place = {each: at for at, each in enumerate(self.unknown)}
        rows, columns, factors, bounds = [], [], [], []
        for line, least, greatest in sums(set(cells)):
            true = sum(sign * cells[each] for each, sign in line.items())
            assert least <= true <= greatest, f"no sum of the full edition: {line}"
            some = [(place[each], sign) for each, sign in line.items() if each in place]
            if some:
                rows += [len(bounds)] * len(some)
                columns += [at for at, _ in some]
                factors += [sign for _, sign in some]
                fixed = sum(sign * known[each] for each, sign in line.items() if each in known)
                bounds.append((least - fixed, greatest - fixed))
        matrix = csr_matrix((factors, (rows, columns)), shape=(len(bounds), len(self.unknown)))
        low, high = np.array(bounds).T
        equal = low == high
        above = ~equal & np.isfinite(high)
        self.equal, self.sum = matrix[equal], low[equal]
        self.upper = vstack([-matrix[~equal], matrix[above]])
        self.most = np.concatenate([-low[~equal], high[above]])
        self.lowest, self.highest = self.truth.copy(), self.truth.copy()

    def look(self, goal: np.ndarray) -> None:
        """Find the world that is least by the goal."""
        found = linprog(goal, self.upper, self.most, self.equal, self.sum, bounds=(0, 5000), method="highs")
        assert found.success, found.message
        self.lowest, self.highest = np.minimum(self.lowest, found.x), np.maximum(self.highest, found.x)

    def pinned(self) -> list[tuple[Cell, float]]:
        """Give the quantities that have one value in every world."""
        chance = np.random.default_rng(1)
        for _ in range(10):
            self.look(np.where(self._still(), chance.choice([-1.0, 1.0], len(self.unknown)), 0))
        for at in np.flatnonzero(self._still()):
            if self._still()[at]:
                self.look(np.eye(1, len(self.unknown), at)[0])
                self.look(-np.eye(1, len(self.unknown), at)[0])
        return [(self.unknown[at], float(self.truth[at])) for at in np.flatnonzero(self._still())]

    def _still(self) -> np.ndarray:
        return self.highest - self.lowest < 1 - 1e-6
