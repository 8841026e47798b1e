"""The rooms and what may import what: imports run downhill and each library has one door."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "ir5nb"
ROOMS = {
    "facts": set(),
    "schema": {"facts"},
    "wording": {"wording"},
    "stats": {"facts", "stats"},
    "plan": {"facts", "stats"},
    "source": {"facts", "schema", "source"},
    "derive": {"schema", "derive"},
    "analyses": {"facts", "schema", "plan", "stats", "derive", "analyses"},
    "tables": {"schema", "wording", "tables"},
    "charts": {"schema", "wording", "charts"},
    "simulate": {"schema", "plan", "stats", "simulate"},
    "workers": set(),
    "operating": {"schema", "wording", "plan", "stats", "derive", "analyses", "simulate", "workers", "operating"},
    "compare": {"schema", "compare"},
    "validation": {"schema", "stats", "validation"},
    "render": {"wording", "workers", "render"},
}
DOORS = {
    "altair": {"charts"},
    "great_tables": {"tables"},
    "papermill": {"render"},
    "nbconvert": {"render"},
    "nbclient": {"render"},
    "nbformat": {"render"},
    "vl_convert": {"render"},
    "yaml": {"plan", "source"},
    "lifelines": set(),  # a second opinion in tests
    "statsmodels": set(),  # likewise
    "pyreadstat": {"source", "render"},
    "itables": {"tables"},
    "jupyterlab": {"cli"},
    "typer": {"cli"},
    "joblib": {"workers"},
    "distributed": {"workers"},
    "pypandoc": {"render"},
    "typst": {"render"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Every dotted name the module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: relative import; write it in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_run_downhill(path: Path) -> None:
    room = room_of(path)
    if room in {"cli", "__init__", "__main__"}:
        return
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("ir5nb.")}
    assert rooms <= ROOMS[room], f"{room} may not import {sorted(rooms - ROOMS[room])}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_each_library_has_one_door(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imported(path)}
    wrong = [library for library in libraries & set(DOORS) if room_of(path) not in DOORS[library]]
    assert not wrong, f"{room_of(path)} imports {wrong}; their rooms are {[sorted(DOORS[name]) for name in wrong]}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_hidden_import(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        assert name not in {"import_module", "__import__", "exec", "eval"}, f"{path.name}:{node.lineno} uses {name}"


def test_the_walk_sees_the_package() -> None:
    rooms = {room_of(path) for path in MODULES}
    assert {"schema", "plan", "stats"} <= rooms
    assert rooms - {"cli", "__init__", "__main__", "demo"} <= set(ROOMS), "a room the architecture does not know"
