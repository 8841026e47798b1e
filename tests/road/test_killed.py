"""A run that dies leaves the earlier output folder as it was, and the next run clears what it left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ir5nb.render import folder


def contents(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(place.iterdir())}


@pytest.mark.parametrize("seconds", [2.0, 5.0])
def test_killed_while_it_runs(root: Path, ir5nb, demo_run: Path, tmp_path: Path, seconds: float) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "demo").mkdir()
    for path in demo_run.iterdir():
        (runs / "demo" / path.name).write_bytes(path.read_bytes())
    before = contents(runs / "demo")
    command = [str(Path(sys.executable).with_name("ir5nb")), "run", "c3", "--out", str(runs), "--run", "demo"]
    process = subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() != 0
    assert contents(runs / "demo") == before
    assert ir5nb("run", "c3", "--out", runs, "--run", "demo").returncode == 0
    assert [path.name for path in runs.iterdir()] == ["demo"]
    assert contents(runs / "demo")["c3_tet.ipynb"] == before["c3_tet.ipynb"]


def test_a_failing_block_leaves_the_folder_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with folder.whole(target) as part:
        (part / "page.html").write_text("first")

    def fail() -> None:
        with folder.whole(target) as part:
            (part / "page.html").write_text("second, half-writ")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert contents(target) == {"page.html": b"first"}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_finished_block_replaces_the_folder_whole(tmp_path: Path) -> None:
    target = tmp_path / "run"
    for name in ("old.html", "new.html"):
        with folder.whole(target) as part:
            (part / name).write_text(name)
    assert list(contents(target)) == ["new.html"]


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "", "x" * 200, "a\nb"])
def test_names_stay_inside_the_output_folder(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name an output folder"):
        folder.name(name)
