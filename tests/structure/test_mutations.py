"""A changed number, label and mark turn the comparison of the committed notebook red, each in the cell that shows it.

The three mutations are made together in one copy of the package that the notebook's kernel finds first: they show in
different cells, so that each is told by its own.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

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
FAILED = re.compile(r"Cell \d+: Cell outputs differ\s+Input:\s+(.*?)\s+Traceback:", re.DOTALL)


def compare_notebook(root: Path, package: Path) -> subprocess.CompletedProcess[str]:
    """Run nbval on the cohort 3 notebook with the package found at `package` first.

    `-rN`: where the variable CI is set, pytest's closing summary repeats each failure at full length.
    """
    options = ["--nbval", "notebooks/c3_tet.ipynb", "-q", "-rN", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options]
    environment = {**os.environ, "PYTHONPATH": str(package.parent), "PYTEST_ADDOPTS": ""}
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=600, check=False
    )  # fmt: skip


def test_nbval_turns_red_where_something_changed(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "ir5nb"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for file, before, after, _ in MUTATIONS.values():
        source = (copy / file).read_text(encoding="utf-8")
        assert before in source
        (copy / file).write_text(source.replace(before, after, 1), encoding="utf-8")
    done = compare_notebook(root, copy)
    assert done.returncode == 1, done.stdout
    red = FAILED.findall(re.sub(r"\x1b\[[0-9;]*m", "", done.stdout))
    told = {name: [cell for cell in red if call in cell] for name, (*_, call) in MUTATIONS.items()}
    assert {name: len(cells) for name, cells in told.items()} == dict.fromkeys(MUTATIONS, 1), red
    assert "Cell execution caused an exception" not in done.stdout
