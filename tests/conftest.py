"""What all tests share: the project's folder, the command in its own process, a browser, and third-party material."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

Command = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[1]
REPORTS = sorted(path.stem for path in (ROOT / "params").glob("*.yaml"))
QUIET = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--no-first-run", "--disable-gpu",
]  # fmt: skip
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium with nothing to talk to; where there is none the tests are skipped, but never in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("IR5NB_REQUIRE_BROWSER"):
            pytest.fail("IR5NB_REQUIRE_BROWSER is set, but there is no Chromium: install the package chromium")
        pytest.skip("no Chromium on this machine: install the package chromium")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=QUIET + root)
        yield opened
        opened.close()
