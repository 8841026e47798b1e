"""The known-value and property tests, run by pytest in a process of their own, and read back as a table."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pandas as pd

FOLDERS: Final = ("tests/known", "tests/property")
# Binomial limits of R and of papers, RECIST's tables, lesions and hCG by hand, CTCAE grades: seconds each.
QUICK: Final = (
    "tests/known/test_stats_binomial.py", "tests/known/test_recist_timepoint.py",
    "tests/known/test_recist_targets.py", "tests/known/test_ctcae.py", "tests/known/test_hcg.py",
)  # fmt: skip
FILES: Final = ("FILE", "WHAT", "PASSED", "FAILED", "SKIPPED", "SECONDS")
NOT_PASSED: Final = ("FILE", "TEST", "OUTCOME", "SAID")
_LONGEST: Final = 500  # characters of a message; junit.xml holds it whole


@dataclass(frozen=True, slots=True)
class Record:
    """What the tests said.

    Attributes
    ----------
    files
        One row a test file (columns `FILES`); WHAT is the file's own first sentence: what is checked, against what.
    not_passed
        One row a test that failed or was skipped (columns `NOT_PASSED`), with its message.
    """

    files: pd.DataFrame
    not_passed: pd.DataFrame

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return int(self.files["FAILED"].sum())


def run(root: Path, junit: Path, paths: Sequence[str] = FOLDERS) -> Record:
    """Run test files of the project and give the record; `junit` keeps pytest's own report.

    Source: issue 9 (validation report).

    Parameters
    ----------
    root
        The project's folder, with tests/.
    junit
        File for pytest's report, XML.
    paths
        Test files or folders, below the root.

    Raises
    ------
    ValueError
        When there are no tests below the root, pytest is not installed, or it could not finish.
    """
    absent = [path for path in paths if not (root / path).exists()]
    if absent:
        raise ValueError(f"{absent[0]} is not here: validation runs in the project's folder, with its tests")
    command = [sys.executable, "-m", "pytest", *paths, "-q", "-p", "no:cacheprovider", f"--junitxml={junit}"]
    command += ["-o", "junit_family=xunit1", "-o", "console_output_style=classic"]  # xunit1 names the file of a test
    # The tests decide by themselves what warnings mean, not the caller's shell.
    own = {name: value for name, value in os.environ.items() if name not in ("PYTEST_ADDOPTS", "PYTHONWARNINGS")}
    done = subprocess.run(command, cwd=root, env=own, capture_output=True, text=True, check=False)  # noqa: S603
    if not junit.is_file() or done.returncode not in (0, 1):
        raise ValueError(f"the tests could not be run: {(done.stderr or done.stdout).strip()[-_LONGEST:]}")
    return record(root, junit)


def record(root: Path, junit: Path) -> Record:
    """Read pytest's report.

    Parameters
    ----------
    root, junit
        As in `run`.
    """
    cases = [_case(root, each) for each in ElementTree.parse(junit).getroot().iter("testcase")]  # noqa: S314 - our own file
    table = pd.DataFrame(cases, columns=["FILE", "TEST", "OUTCOME", "SAID", "SECONDS"])
    counts = {
        name.upper(): table["OUTCOME"].eq(name).groupby(table["FILE"]).sum() for name in ("passed", "failed", "skipped")
    }
    files = pd.DataFrame({**counts, "SECONDS": table.groupby("FILE")["SECONDS"].sum()}).reset_index(names="FILE")
    files["WHAT"] = [_what(root / name) for name in files["FILE"]]
    not_passed = table[table["OUTCOME"].ne("passed")].reset_index(drop=True)
    return Record(files[list(FILES)], not_passed[list(NOT_PASSED)])


def _case(root: Path, case: ElementTree.Element) -> tuple[str, str, str, str, float]:
    """Give file, test, outcome, message and seconds of one test."""
    file = case.get("file") or f"{case.get('classname', '').replace('.', '/')}.py"
    troubles = [each for each in case if each.tag in ("failure", "error", "skipped")]
    kind = {"skipped": "skipped"}.get(troubles[0].tag, "failed") if troubles else "passed"
    said = (troubles[0].get("message") or troubles[0].text or "").replace(str(root), ".") if troubles else ""
    return (file, case.get("name", ""), kind, said[:_LONGEST], float(case.get("time", "0")))


def _what(path: Path) -> str:
    """Give the first paragraph of a test file's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else None
    return " ".join((text or "").split("\n\n")[0].split())
