"""What all tests share: the project's folder, the command in its own process, a browser, and third-party material."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from ir5nb.render.kernels import Forked, Parent

Command = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[1]
FORKABLE = ROOT / "tests" / "runs"  # where what forked processes do in tests can be imported from, here and there
sys.path.append(str(FORKABLE))
REPORTS = sorted(path.stem for path in (ROOT / "params").glob("*.yaml"))
QUIET = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--no-first-run", "--disable-gpu",
]  # fmt: skip
SHARED = Path(os.environ.get("IR5NB_SHARED", ROOT.parent / "shared"))


# Files of tests that take longest, by time: they begin first, so that no worker is left alone with one at the end.
LONGEST = (
    "test_pages_of_docs", "test_page", "test_masking", "test_truth", "test_lab", "test_cluster", "test_killed",
    "test_real_data", "test_edge_pages", "test_tagged", "test_papermill", "test_same_as_the_report",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


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
def preloaded() -> Iterator[Parent]:
    """A parent that has imported the command, so that each test forks it instead of paying the imports (4 s) again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(FORKABLE), prepend=os.pathsep)
        parent = Parent.started(["forkable", "ir5nb.cli"])
    yield parent
    parent.close()


@pytest.fixture(scope="session")
def start(preloaded: Parent, root: Path) -> Callable[..., Forked]:
    """Start the command in a process of its own, with stdout and stderr in files; it can be killed."""
    import forkable

    def begin(*words: object, said: Path, cwd: Path = root, limit: int | None = None) -> Forked:
        return preloaded.fork(forkable.command, [str(word) for word in words], said, limit, folder=str(cwd))

    return begin


@pytest.fixture(scope="session")
def ir5nb(start: Callable[..., Forked]) -> Command:
    """Run the command in the project's folder; its exit code and output are the result."""

    def run(*words: object, cwd: Path = ROOT, limit: int | None = None) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryDirectory() as place:
            process = start(*words, said=Path(place), cwd=cwd, limit=limit)
            code = process.wait(600)
            process.kill()
            assert code is not None, "the command did not end in ten minutes"
            out, err = ((Path(place) / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess([*map(str, words)], code, out, err)

    return run


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Fill a folder once for all workers of pytest-xdist: the first that asks for the name fills it, others wait."""

    def filled(name: str, fill: Callable[[Path], object]) -> Path:
        place = tmp_path_factory.getbasetemp()
        if "PYTEST_XDIST_WORKER" in os.environ:
            place = place.parent  # that of all workers
        folder, done = place / name, place / f"{name}.done"
        with (place / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return filled


@pytest.fixture(scope="session")
def demo_run(ir5nb: Command, once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The output folder of `ir5nb run all` on the demo data."""

    def run(out: Path) -> None:
        done = ir5nb("run", "all", "--out", out, "--run", "demo")
        assert done.returncode == 0, done.stderr
        assert done.stdout.split() == [str(out / "demo" / f"{stem}.html") for stem in REPORTS]

    return once("demo-run", run) / "demo"


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
