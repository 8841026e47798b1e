"""A small project for tests of the road: the plans as they are, and notebooks of a few cells."""

import shutil
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]


def project(place: Path, *stems: str) -> Path:
    """Make a project with short notebooks: title, parameters, set-up, and the first result."""
    (place / "params").mkdir(parents=True)
    (place / "notebooks").mkdir()
    for plan in (ROOT / "params").glob("*.yaml"):
        shutil.copy(plan, place / "params")
    for stem in stems:
        restore(place, stem)
    return place


def restore(place: Path, stem: str) -> None:
    """Write the short notebook of a report, as it should be."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)
    code = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    notebook.cells = notebook.cells[: code[2] + 1]
    nbformat.write(notebook, place / "notebooks" / f"{stem}.ipynb")


def spoil(place: Path, stem: str, code: str) -> None:
    """Let the notebook of a report do something before its set-up cell."""
    path = place / "notebooks" / f"{stem}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    first = next(number for number, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    notebook.cells.insert(first + 1, nbformat.v4.new_code_cell(code, id="spoilt"))
    nbformat.write(notebook, path)


def contents(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder by its path in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
