"""The README and the tutorials do what they say: their files are written, their commands run, in order.

A page's blocks share one copy of the project. `console` lines run as they stand, `yaml` blocks that start with
`# file: …` are written, `python` blocks run. Not run: `make test` (it is what runs this) and `ir5nb lab` (a server that
waits for the reader; tests/lab drives it).
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(console|yaml|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_RUN = ("make test", ".venv/bin/ir5nb lab")


def steps(page: Path) -> list[tuple[str, str]]:
    """The blocks of a page that do something, in order."""
    blocks = [(kind, text) for kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))]
    return [(kind, text) for kind, text in blocks if kind != "yaml" or text.startswith("# file: ")]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that shares the environment."""
    for folder in ("params", "notebooks", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy2(ROOT / file, tmp_path / file)
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if steps(page)], ids=lambda page: page.stem)
def test_every_command_works(page: Path, project: Path) -> None:
    for kind, text in steps(page):
        if kind == "yaml":
            name = text.splitlines()[0].removeprefix("# file: ")
            (project / name).write_text(text, encoding="utf-8")
            continue
        lines = [text] if kind == "python" else [line for line in text.splitlines() if not line.startswith(NOT_RUN)]
        for line in lines:
            command = [sys.executable, "-c", line] if kind == "python" else ["bash", "-euo", "pipefail", "-c", line]
            done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=600, check=False)
            assert done.returncode == 0, f"{page.name}: {line}\n{done.stdout}\n{done.stderr}"


def test_the_pages_have_commands() -> None:
    found = "".join(text for page in PAGES for _, text in steps(page))
    for command in (
        "run",
        "check",
        "derive",
        "simulate",
        "design",
        "inference",
        "compare",
        "operating-characteristics",
    ):
        assert f".venv/bin/ir5nb {command}" in found, command
