"""A changed number, label or mark turns the comparison of the committed notebook red.

Each mutation is made in a copy of the package that the notebook's kernel finds first; nbval must then fail, and fail
in a cell that shows what was changed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ir5nb

PACKAGE = Path(ir5nb.__file__).parent
MUTATIONS = {
    # One day more in one row of adtte: the curve of progression-free survival moves.
    "a number in a derived table": (
        "analyses/cohort.py",
        "    return Cohort(plan, plan.cutoff,",
        "    tte.loc[tte.index[tte['PARAMCD'].eq('PFS') & tte['AVAL'].gt(200)][0], 'AVAL'] += 1\n"
        "    return Cohort(plan, plan.cutoff,",
        'analyses.time_to_event(cohort, "PFS")',
    ),
    "a label in a table": (
        "wording/phrases.py",
        "Reasons for censoring",
        "Reasons for censorship",
        "tables.censoring(",
    ),
    "a mark in a chart": ("charts/response.py", "mark_bar()", "mark_tick()", "charts.waterfall("),
}


def compare_notebook(root: Path, package: Path) -> subprocess.CompletedProcess[str]:
    """Run nbval on the cohort 3 notebook with the package found at `package` first."""
    command = [sys.executable, "-m", "pytest", "--nbval", "notebooks/c3_tet.ipynb", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=600, check=False
    )  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_nbval_turns_red(root: Path, tmp_path: Path, name: str) -> None:
    file, before, after, cell = MUTATIONS[name]
    copy = tmp_path / "ir5nb"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    source = (copy / file).read_text(encoding="utf-8")
    assert before in source
    (copy / file).write_text(source.replace(before, after, 1), encoding="utf-8")
    done = compare_notebook(root, copy)
    assert done.returncode == 1, done.stdout
    assert "Cell outputs differ" in done.stdout
    assert cell in done.stdout
    assert "Cell execution caused an exception" not in done.stdout
