"""Nobody who has every number of a shared run can work out one that it hides."""

import pandas as pd

from ir5nb.analyses import share
from ir5nb.schema import MASKED, RESULT_KEY

from .reader import Cell, Worlds, cell

BELOW = 3
Pages = dict[str, pd.DataFrame]


def told(pages: Pages) -> tuple[dict[Cell, float], dict[Cell, float]]:
    """Every quantity of the full edition, and those of them that the share edition shows on any of its pages."""
    true, known = {}, {}
    for results in pages.values():
        whole, shown = share.together(results), share.shared(results, BELOW)
        keys = whole[list(RESULT_KEY)].astype(str).itertuples(index=False, name=None)
        for key, value, seen in zip(keys, whole["value"], shown["value"], strict=True):
            name = cell(key)
            if name is not None and pd.notna(value):
                assert true.setdefault(name, value) == value, f"{name} has two values"
                if pd.notna(seen):
                    known[name] = value
    return true, known


def test_no_hidden_number_can_be_worked_out_from_all_that_is_shown(pages: Pages) -> None:
    """Over all pages of a run at once: for each hidden number at least two values agree with every sum and order."""
    true, known = told(pages)
    worlds = Worlds(true, known)
    assert len(worlds.unknown) > 3000
    assert sum(0 < value < BELOW for value in worlds.truth) > 1000
    assert worlds.pinned() == []


def test_the_reader_finds_what_leaks(pages: Pages) -> None:
    """Were one hidden number shown, the reader would work out others."""
    page = {"TET": pages["TET"]}
    true, known = told(page)
    assert Worlds(true, known).pinned() == []
    one = ("TET", "best_response", "confirmed", "BOR", "CR", "n")
    other = ("TET", "best_response", "confirmed", "BOR", "PR", "n")
    assert not {one, other} & set(known)
    assert (other, true[other]) in Worlds(true, known | {one: true[one]}).pinned()


def test_readings_that_move_few_patients_keep_only_their_decision(pages: Pages) -> None:
    """A difference of 1 or 2 patients between two readings would count the patients whom the tables hide."""
    moved = 0
    for results in pages.values():
        shown = share.shared(results, BELOW)
        rows = shown[shown["analysis"].eq("readings") & shown["unit"].eq("patients")]
        numbers = rows.pivot_table("value", "reading", "statistic", dropna=False)
        for column in numbers.columns:
            values = numbers.loc[numbers["successes"].notna(), column].to_numpy(float)
            gaps = abs(values[:, None] - values[None, :])
            assert not ((gaps > 0) & (gaps < BELOW)).any()
        hidden = shown[shown["analysis"].eq("readings") & shown["note"].eq(MASKED)]
        assert "default" not in set(hidden["reading"])
        moved += hidden["reading"].nunique()
    assert moved > 8
