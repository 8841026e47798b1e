"""At the keyboard: everything public is reached from `ir5nb.<Tab>`, documented, and shows itself."""

from __future__ import annotations

import json
import subprocess
import sys
from html import unescape

import pandas as pd
import pytest

import ir5nb
from ir5nb import analyses, source
from ir5nb.plan import CohortPlan
from ir5nb.stats import simon, survival, two_stage
from ir5nb.tables.interactive import sortable

HOSTILE = "</table><script>alert(1)</script>"
WALK = """
import importlib, inspect, json, pkgutil, sys
import ir5nb

def reach(dotted):
    place = ir5nb
    for name in dotted.split(".")[1:]:
        place = getattr(place, name)
    return place

lost, silent, seen = [], [], 0
light = len([name for name in sys.modules if name.startswith("ir5nb.")])
for room in (name for name in dir(ir5nb) if name in ir5nb._rooms()):
    place = reach(f"ir5nb.{room}")
    inside = [m.name for m in pkgutil.iter_modules(getattr(place, "__path__", ())) if not m.name.startswith("_")]
    names = getattr(place, "__all__", None) or inside or [n for n in vars(place) if not n.startswith("_")]
    for name in names:
        if name not in dir(place):
            lost.append(f"{room}.{name}")
            continue
        each = getattr(place, name)
        functions = [each] if callable(each) else [f for _, f in inspect.getmembers(each, inspect.isfunction)]
        for function in functions:
            seen += 1
            own = (getattr(function, "__module__", None) or "").startswith("ir5nb")
            if own and not function.__name__.startswith("_") and not inspect.getdoc(function):
                silent.append(f"{room}.{name}.{function.__name__}")
print(json.dumps({"light": light, "lost": lost, "silent": silent, "seen": seen}))
"""
TAB = """
import json
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import ir5nb")
words = ("ir5nb.st", "ir5nb.stats.two", "ir5nb.derive.rec", "ir5nb.source.rea")
with provisionalcompleter():
    print(json.dumps([[each.text for each in shell.Completer.completions(word, len(word))] for word in words]))
"""


def alone(program: str, *options: str) -> str:
    command = [sys.executable, *options, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout.splitlines()[-1]


def test_every_room_and_its_public_names_are_reached_and_documented() -> None:
    found = json.loads(alone(WALK))
    assert found["light"] == 0, "import ir5nb loads nothing by itself"
    assert found["lost"] == []
    assert found["silent"] == []
    assert found["seen"] > 300


def test_tab_completes_the_rooms_and_what_is_in_them() -> None:
    rooms, stages, rules, doors = json.loads(alone(TAB, "-W", "ignore"))
    assert rooms == ["stats"]
    assert stages == ["two_stage"]
    assert "recist" in rules
    assert "read" in doors


def test_the_help_of_the_package_names_every_room() -> None:
    assert [room for room in ir5nb._rooms() if room not in (ir5nb.__doc__ or "")] == []
    with pytest.raises(AttributeError, match="no room 'analysis'; there are: analyses"):
        ir5nb.analysis  # noqa: B018


def test_what_one_looks_at_shows_itself() -> None:
    plan = CohortPlan.load("c4_atc")
    trial = source.read(None).as_of(plan.cutoff)
    cohort = analyses.derive(trial, plan)
    found = analyses.decision(cohort)
    inferred = two_stage.infer(plan.design, 14, 2)
    texts = [
        (plan._repr_html_(), ["landmark_days", "168", "ASSUMED: "]),
        (plan.design._repr_html_(), ["at most 3 of 9", "more than 13 of 27", repr(plan.design.alpha)]),
        (simon.search(0.4, 0.6)._repr_html_(), ["7/16, 23/46", "optimal"]),
        (inferred._repr_html_(), [repr(inferred.p_value), "rejects"]),
        (survival.kaplan_meier([1, 2, 3], [1, 0, 1])._repr_html_(), ["median", "3.0"]),
        (trial._repr_html_(), [f"{len(trial.table('DM'))} records", "dm.csv", "2026-06-30"]),
        (cohort._repr_html_(), ["Cohort ATC", cohort.reached.sentence, f"<td>{len(cohort.treated)}</td>"]),
        (found._repr_html_(), ["Analysis decision", f"{len(found.results)} numbers"]),
    ]
    for text, words in texts:
        assert text.startswith("<table><caption>")
        for word in words:
            assert word in text, word
    for thing in (plan, trial, cohort, found):  # in a shell the same facts are lines
        told = [line.partition(": ")[2] for line in repr(thing).splitlines()[1:]]
        assert all(part in unescape(thing._repr_html_()) for part in told)
        assert len(told) > 2


def test_a_text_of_the_data_stays_text() -> None:
    plan = CohortPlan.load("c4_atc", {"title": HOSTILE})
    assert HOSTILE not in plan._repr_html_()
    table = sortable(pd.DataFrame({HOSTILE: [HOSTILE]}))._repr_html_()
    assert HOSTILE not in table
    assert "&lt;script&gt;alert(1)" in table


def test_a_sortable_table_is_the_same_each_time_and_asks_nobody() -> None:
    frame = pd.DataFrame({"USUBJID": ["02", "01"], "AVAL": [3.5, None]})
    one, two = (sortable(frame)._repr_html_() for _ in range(2))
    assert one == two
    assert "unpkg.com" not in one
    assert "cdn." not in one
