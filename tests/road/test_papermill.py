"""The notebook as papermill's own users run it, from the project's folder; a mistyped entry stops it."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from ir5nb.render import execute

PAPERMILL = Path(sys.executable).with_name("papermill")


def papermill(root: Path, out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(PAPERMILL), "notebooks/c3_tet.ipynb", str(out), "--no-progress-bar", *words]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600, check=False)


def texts(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return "\n".join(str(one.get("text/html", one.get("text/plain", ""))) for one in data)


def test_with_the_parameter_file(root: Path, tmp_path: Path) -> None:
    done = papermill(root, tmp_path / "out.ipynb", "-f", "params/c3_tet.yaml")
    assert done.returncode == 0, done.stderr
    assert "activity declared" in texts(tmp_path / "out.ipynb")


def test_the_stock_kernel_gives_the_outputs_that_the_forked_one_gave(root: Path, tmp_path: Path) -> None:
    """The committed outputs come from the forked kernel, as nbval compares them; papermill users have this one."""
    committed = root / "notebooks" / "c2_gtt.ipynb"
    out = tmp_path / "out.ipynb"
    command = [str(PAPERMILL), str(committed), str(out), "--no-progress-bar", "-k", "python3"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert nbformat.read(out, as_version=4).metadata.kernelspec.name == "python3"
    stock = execute.normalised(nbformat.read(out, as_version=4))
    ours = nbformat.read(committed, as_version=4)
    shown = [cell for cell in ours.cells if "nbval-ignore-output" not in cell.metadata.get("tags", [])]
    assert len(shown) > 20
    assert [cell.get("outputs") for cell in shown] == [
        cell.get("outputs") for cell in stock.cells if "nbval-ignore-output" not in cell.metadata.get("tags", [])
    ]


def test_an_earlier_cut_off_gives_the_trial_as_it_stood(root: Path, tmp_path: Path) -> None:
    done = papermill(root, tmp_path / "out.ipynb", "-p", "cutoff", "2025-06-30")
    assert done.returncode == 0, done.stderr
    text = texts(tmp_path / "out.ipynb")
    assert "not decided" in text
    assert "DRAFT" in text


@pytest.mark.parametrize("words", [("-p", "cuttoff", "2026-06-30"), ("-y", "cuttoff: 2026-06-30")])
def test_a_mistyped_entry_stops_before_anything_is_analysed(root: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = papermill(root, tmp_path / "out.ipynb", *words)
    assert done.returncode != 0
    assert "'cuttoff' is no entry of a plan; did you mean 'cutoff'?" in done.stderr
    assert "Stage 2" not in texts(tmp_path / "out.ipynb")


def test_the_command_refuses_a_mistyped_entry_before_anything_runs(ir5nb, tmp_path: Path) -> None:
    plan = tmp_path / "mine.yaml"
    plan.write_text("cuttoff: 2026-06-30\nwindow_days: many\n")
    done = ir5nb("run", "c3", "--plan", plan, "--out", tmp_path / "runs")
    assert done.returncode == 1
    assert "did you mean 'cutoff'?" in done.stderr
    assert "window_days: found 'many'" in done.stderr
    assert not (tmp_path / "runs").exists()
