"""What holds for every public name of `ir5nb.stats`: documented, sourced, with a doctest, and free of the trial."""

import ast
import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import ir5nb.stats
from ir5nb import schema

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(ir5nb.stats.__path__, "ir5nb.stats.")
    if not module.name.rpartition(".")[2].startswith("_")
)
FOLDER = Path(ir5nb.stats.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
PUBLIC = ["binomial", "monitoring", "rates", "simon", "survival", "two_stage"]


def members(kind):
    for room in PUBLIC:
        module = importlib.import_module(f"ir5nb.stats.{room}")
        for name in module.__all__:
            value = getattr(module, name)
            if kind(value):
                yield pytest.param(value, id=f"{room}.{name}")


def methods():
    """Public methods with arguments of the public classes."""
    for parameter in members(inspect.isclass):
        for name, value in inspect.getmembers(parameter.values[0], callable):
            takes = name.startswith("_") or len(inspect.signature(value).parameters) < 2
            if not takes and (inspect.isfunction(value) or inspect.ismethod(value)):
                yield pytest.param(value, id=f"{parameter.id}.{name}")


def own_parameters(function):
    return [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]


def documented(function):
    """The docstring, with those it refers to: 'as `kaplan_meier`' means that one's parameters."""
    text = inspect.getdoc(function) or ""
    for other in re.findall(r"[Aa]s `(\w+)`|Arguments as `(\w+)`", text):
        name = next(filter(None, other))
        if name != function.__name__ and hasattr(inspect.getmodule(function), name):
            text += documented(getattr(inspect.getmodule(function), name))
        else:
            text += "".join(
                inspect.getdoc(p.values[0]) for p in members(inspect.isfunction) if p.id.endswith(f".{name}")
            )
    return text


@pytest.mark.parametrize("function", [*members(inspect.isfunction), *methods()])
def test_every_function_has_a_sentence_its_arguments_and_a_doctest(function):
    text = inspect.getdoc(function)
    assert text, "no docstring"
    assert text.split("\n\n")[0].rstrip().endswith("."), "the first paragraph is a sentence"
    found = [test for test in doctest.DocTestFinder(recurse=False).find(function, globs={}) if test.examples]
    assert found, "no doctest"
    for name in own_parameters(function):
        assert re.search(rf"\b{name}\b", documented(function)), f"{name} is not described"


@pytest.mark.parametrize("function", list(members(inspect.isfunction)))
def test_every_function_names_its_source_and_ranges(function):
    text = documented(function)
    assert re.search(r"\b(19|20)\d\d\b", text), "no paper with its year"
    assert re.search(r"shape|[<>]=? |\bin [\[(]|counts?\b|0\.\.n|\bat (least|most)\b", text), "no range or shape"


@pytest.mark.parametrize("result", list(members(dataclasses.is_dataclass)))
def test_every_result_is_frozen_and_says_what_it_holds(result):
    assert result.__dataclass_params__.frozen
    text = " ".join(inspect.getdoc(base) or "" for base in result.__mro__ if dataclasses.is_dataclass(base))
    missing = [field.name for field in dataclasses.fields(result) if not re.search(rf"\b{field.name}\b", text)]
    assert missing == [] or len(dataclasses.fields(result)) <= 8, missing


TRIAL = {
    "patient", "patients", "tumour", "tumor", "cohort", "cohorts", "progression", "thymic", "thymoma", "mesothelioma",
    "hcg", "recist", "week", "weeks", "immunorare", "usubjid", "aval", "cnsr", "paramcd", "treatment",
}  # fmt: skip


COLUMNS = {
    name
    for path in Path(schema.__file__).parent.rglob("*.py" if "__init__" in schema.__file__ else "schema.py")
    for name in re.findall(r"\b[A-Z][A-Z0-9]{2,7}\b", path.read_text("utf-8"))
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_trial_word_and_no_column_name(path):
    """Names and texts of stats/ know counts, rates and times; schema's columns and the trial's words do not occur."""
    source = path.read_text("utf-8")
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", source)}
    assert words & TRIAL == set()
    tree = ast.walk(ast.parse(source))
    used = {getattr(node, "value", None) or getattr(node, "id", None) for node in tree} & COLUMNS
    assert used == set()
    assert "pandas" not in words


def test_every_module_is_found():
    """A module without an example or a public name would escape the checks above."""
    assert len(MODULES) >= 30
    assert {"USUBJID", "AVAL", "PARAMCD"} <= COLUMNS
    for name in MODULES:
        assert importlib.import_module(name).__doc__, name
