"""Notebooks are narrative and calls: no logic in cells, the parameters cell names every entry of the plan."""

import ast
from pathlib import Path

import nbformat
import pytest
import yaml

from ir5nb.plan import kind_of

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOGIC = (
    ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While, ast.If, ast.IfExp, ast.Try, ast.With, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.AugAssign,
    ast.JoinedStr, ast.Assert, ast.Delete, ast.Await, ast.Starred,
)  # fmt: skip


def code_cells(path: Path) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def test_there_is_a_notebook_per_plan() -> None:
    assert {path.stem for path in NOTEBOOKS} == {path.stem for path in (ROOT / "params").glob("*.yaml")} != set()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_hold_calls_only(path: Path) -> None:
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):  # a magic is a syntax error here
            assert not isinstance(node, LOGIC), f"{type(node).__name__} in:\n{cell.source}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_import_only_the_package(path: Path) -> None:
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                assert all(alias.name.split(".")[0] == "ir5nb" for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] == "ir5nb"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_parameters_cell_names_every_entry_of_the_plan(path: Path) -> None:
    cells = [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]
    assert len(cells) == 1
    statements = ast.parse(cells[0].source).body
    names = [statement.targets[0].id for statement in statements]
    assert all(statement.value.value is None for statement in statements), "None means: as in params/"
    in_yaml = yaml.safe_load((ROOT / "params" / f"{path.stem}.yaml").read_text(encoding="utf-8"))
    assert names == list(kind_of(in_yaml).entry_names())
    assert set(names) == set(in_yaml)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_committed_outputs_name_no_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    folders = [f"/{name}/" for name in ("home", "root", "tmp", "Users", "work")]
    for trace in (*folders, "site-packages", "ipykernel_", "Traceback", "Warning"):
        assert trace not in text, trace


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_code_cell_that_shows_something_has_its_output(path: Path) -> None:
    for cell in code_cells(path):
        shows = isinstance(ast.parse(cell.source).body[-1], ast.Expr)
        assert bool(cell.outputs) == shows, cell.source
