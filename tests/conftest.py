"""What all tests share: the project's folder, the command in its own process, and third-party material beside it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[1]
REPORTS = sorted(path.stem for path in (ROOT / "params").glob("*.yaml"))
SHARED = Path(os.environ.get("IR5NB_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material; third-party data is never copied into the project, so its tests need it beside."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared material beside the project ({SHARED.name}/): third-party data is not copied into it")
    return SHARED


@pytest.fixture(scope="session")
def ir5nb(root: Path) -> Command:
    """Run the command in the project's folder; its exit code and output are the result."""

    def run(*words: object, cwd: Path = root) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("ir5nb")), *map(str, words)]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)

    return run


@pytest.fixture(scope="session")
def demo_run(ir5nb: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of `ir5nb run all` on the demo data."""
    out = tmp_path_factory.mktemp("runs")
    done = ir5nb("run", "all", "--out", out, "--run", "demo")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(out / "demo" / f"{stem}.html") for stem in REPORTS]
    return out / "demo"
