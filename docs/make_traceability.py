"""Write docs/traceability.md: requirement id -> code -> test -> plan entry -> notebook section.

Run it after a change that cites an id: `.venv/bin/python docs/make_traceability.py`. A test fails while the file is not
current, and while an id is without code or without a test. An id counts as cited where it stands in the docstring of a
module, class or function (code), in a test or in the code that a test uses, beside an entry of a plan or in the comment
over its block, or in the text of a notebook. A range ("P1-P4") cites each of its ids.
"""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "traceability.md"
_RANGE = re.compile(r"\b([RPSA])(\d{1,2})\s?[-–]\s?\1(\d{1,2})\b")
_ID = re.compile(r"\b([RPSA]\d{1,2}b?)\b(?!/)")  # "R1/N1" is a boundary and a size
_WIDE = 6  # a range of more ids than this ("A1-A18") says what a thing holds, not where an id is decided
_HEAD = """# Traceability

Requirement of the registry record → code that decides it → test → plan entry → notebook section. Made by
`docs/make_traceability.py` from docstrings, tests, plans and notebooks; never edited by hand.
Words: `docs/requirements.csv`. Code is `module.function`; the tests are files.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement and where it is cited, each place once."""

    name: str
    words: str
    code: tuple[str, ...]
    tests: tuple[str, ...]
    entries: tuple[str, ...]
    sections: tuple[str, ...]


def requirements(root: Path = ROOT) -> list[Requirement]:
    """Gather every requirement with the places that cite it."""
    with (root / "docs" / "requirements.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    places = [list(gather(root)) for gather in (_code, _tests, _entries, _sections)]
    return [
        Requirement(row["ID"], row["WORDS"], *(_citing(row["ID"], each) for each in places)) for row in rows
    ]  # fmt: skip


def page(found: list[Requirement]) -> str:
    """Give the text of docs/traceability.md."""
    parts = [_HEAD]
    for one in found:
        parts.append(f"\n## {one.name}\n\n{one.words[:1].upper()}{one.words[1:]}.\n")
        for name, places in (
            ("Code", one.code),
            ("Tests", one.tests),
            ("Plan", one.entries),
            ("Notebooks", one.sections),
        ):
            parts.append(f"- {name}: {', '.join(places) if places else '–'}")
    return "\n".join(parts) + "\n"


def cited(text: str) -> set[str]:
    """Give the ids that a text cites; a narrow range cites each of its ids."""
    found = set()
    for letter, first, last in _RANGE.findall(text):
        if int(last) - int(first) < _WIDE:
            found |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    return found | set(_ID.findall(_RANGE.sub(" ", text)))


def _citing(name: str, places: list[tuple[str, set[str]]]) -> tuple[str, ...]:
    return tuple(sorted({place for place, ids in places if name in ids}))


def _code(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Docstrings of modules, classes and functions, by dotted name."""
    package = root / "src" / "ir5nb"
    for path in sorted(package.rglob("*.py")):
        module = ".".join(path.relative_to(package).with_suffix("").parts).removesuffix(".__init__")
        yield from _documented(ast.parse(path.read_text(encoding="utf-8")), module.removeprefix("__init__") or "ir5nb")


def _documented(node: ast.AST, name: str) -> Iterator[tuple[str, set[str]]]:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
        yield f"`{name}`", cited(ast.get_docstring(node) or "")
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield from _documented(child, f"{name}.{child.name}")


def _tests(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Test files: the ids that docstrings, comments and readings ("A5:excluded") cite, and those of the code they use.

    A test uses a function where it names it through its room: `week24.progression_free`, `analyses.primary`.
    """
    decided: dict[tuple[str, str], set[str]] = {}
    for place, ids in _code(root):
        room, _, name = place.strip("`").partition(".")
        decided.setdefault((room, name.rpartition(".")[2]), set()).update(ids)
    for path in sorted((root / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        used = [decided.get(each, set()) for each in _used(ast.parse(text))]
        yield f"`{path.relative_to(root / 'tests').as_posix()}`", cited(_said(text)).union(*used)


def _said(text: str) -> str:
    """Comments, docstrings and readings of a test file; other strings may look like ids and are none."""
    tree = ast.parse(text)
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    comments = re.findall(r"#.*$", text, flags=re.MULTILINE)
    return "\n".join(
        [*(ast.get_docstring(node) or "" for node in documented), *comments, *re.findall(r"A\d+(?=:)", text)]
    )


def _used(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names of the package that a test uses, as (room, last name)."""
    rooms: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ir5nb":
            for alias in node.names:
                dotted = f"{node.module}.{alias.name}".split(".")
                rooms[alias.asname or alias.name] = dotted[1]
                yield dotted[1], dotted[-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
            yield rooms[node.value.id], node.attr


def _entries(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Plan entries, by the ids on their own line and in the comment over their block."""
    for path in sorted((root / "params").glob("*.yaml")):
        over: set[str] = set()
        for line in path.read_text(encoding="utf-8").splitlines():
            name = line.split(":", 1)[0]
            if line.startswith("#"):
                over = cited(line)
            elif not line.strip():
                over = set()
            elif re.fullmatch(r"[a-z0-9_]+", name):
                yield f"`{name}`", cited(line) | over


def _sections(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Sections of the notebooks, by their own text."""
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        heading = ""
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] != "markdown":
                continue
            heads = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
            heading = heads[-1] if heads else heading
            yield f"{path.stem} “{heading.split(' (')[0]}”", cited(text)


if __name__ == "__main__":
    TARGET.write_text(page(requirements()), encoding="utf-8")
