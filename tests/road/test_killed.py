"""A run that dies leaves the earlier outputs as they were; --resume completes, and gives what would have been given.

Also: a disk that is full, a folder that cannot be written, a notebook that hangs, a kernel that dies.
"""

import json
import os
import random
import subprocess
import time
from pathlib import Path

import pytest
from small import contents, project, restore, spoil

from ir5nb.render import folder

FAST = ("--formats", "html")
EARLIER = {"c2_gtt.html": b"an earlier page", "manifest.json": b"{}"}
MOMENTS = 10
PATIENCE = 10.0  # seconds in which what a killed run has started must be gone


def lay(runs: Path) -> None:
    """Put an earlier run's outputs in place."""
    (runs / "demo").mkdir(parents=True)
    for name, content in EARLIER.items():
        (runs / "demo" / name).write_bytes(content)


def told(manifest: bytes) -> dict:
    """What a manifest says, but for how the run went."""
    return {key: value for key, value in json.loads(manifest).items() if key not in ("seconds", "reused", "commit")}


def gone(pids: set[int]) -> bool:
    """Wait until none of the private folders of these processes is left."""
    end = time.monotonic() + PATIENCE
    place = folder.temporary()
    while left := [path for pid in pids for path in place.glob(f"ir5nb-work-{pid}-*")]:
        if time.monotonic() > end:
            pytest.fail(f"left after {PATIENCE} s: {left}")
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("killed"), "c2_gtt")


@pytest.fixture(scope="module")
def undisturbed(ir5nb, small: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """The files of a run that nothing disturbs, and how long it takes."""
    out, started = tmp_path_factory.mktemp("undisturbed"), time.monotonic()
    done = ir5nb("run", "c2", *FAST, "--out", out, "--run", "demo", cwd=small)
    assert done.returncode == 0, done.stderr
    return contents(out / "demo"), time.monotonic() - started


def test_killed_at_ten_random_moments(start, ir5nb, small: Path, undisturbed, tmp_path: Path) -> None:
    files, seconds = undisturbed
    drawn, pids, ended = random.Random(2026), set(), 0  # noqa: S311
    lay(tmp_path)
    for moment in range(MOMENTS):
        process = start("run", "c2", *FAST, "--out", tmp_path, "--run", "demo", said=tmp_path, cwd=small)
        process.wait(seconds * (moment + drawn.random()) / MOMENTS)
        process.kill()
        code = process.wait(PATIENCE)
        pids.add(process.pid)
        ended += code == 0
        assert code in (0, -9)
        assert ended or contents(tmp_path / "demo") == EARLIER
    assert ended < MOMENTS / 2  # most were killed, and not too late
    assert gone(pids)
    done = ir5nb("run", "c2", *FAST, "--out", tmp_path, "--run", "demo", "--resume", cwd=small)
    assert done.returncode == 0, done.stderr
    final = contents(tmp_path / "demo")
    assert final.keys() == files.keys()
    assert {name for name in files if final[name] != files[name]} <= {"manifest.json"}
    assert told(final["manifest.json"]) == told(files["manifest.json"])
    assert {path.name for path in tmp_path.iterdir()} == {"demo", "latest", "out", "err"}
    assert not list(small.glob("kernel-ipc-*"))


def test_what_a_killed_run_had_made_is_taken(start, ir5nb, small: Path, undisturbed, tmp_path: Path) -> None:
    """A run killed after its first report: the report is found in what it left and is not executed again."""
    process = start("run", "c2", *FAST, "--out", tmp_path, "--run", "demo", said=tmp_path, cwd=small)
    end = time.monotonic() + 120
    while not list(tmp_path.glob(".demo.part-*/.reports/c2_gtt/stamp.json")):
        assert time.monotonic() < end
        assert process.poll() is None, (tmp_path / "err").read_text()
        time.sleep(0.01)
    process.kill()
    assert process.wait(PATIENCE) == -9
    done = ir5nb("run", "c2", *FAST, "--out", tmp_path, "--run", "demo", "--resume", "--json", cwd=small)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["reused"] == ["c2_gtt"]
    final = contents(tmp_path / "demo")
    assert {name for name, content in undisturbed[0].items() if final[name] != content} <= {"manifest.json"}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import time\ntime.sleep(900)",
            "cell 2 `import time` took longer than 3 seconds. Give it more with --timeout",
        ),
        ("import os\nos.kill(os.getpid(), 9)", "cell 2 `import os` ended its kernel (killed, or out of memory)"),
    ],
    ids=["hangs", "dies"],
)
def test_a_notebook_that_hangs_and_a_kernel_that_dies(ir5nb, small: Path, tmp_path: Path, code: str, said: str) -> None:
    lay(tmp_path)
    spoil(small, "c2_gtt", code)
    done = ir5nb("run", "c2", *FAST, "--timeout", 3, "--out", tmp_path, "--run", "demo", cwd=small)
    restore(small, "c2_gtt")
    assert done.returncode == 1
    assert said in done.stderr
    assert "--resume" in done.stderr
    assert contents(tmp_path / "demo") == EARLIER
    assert said.split("`")[2].strip() in (tmp_path / "demo.failed" / "c2_gtt" / "problem.txt").read_text()
    assert b'"output_type": "error"' in (tmp_path / "demo.failed" / "c2_gtt" / "c2_gtt.ipynb").read_bytes()


def test_a_disk_that_is_full(ir5nb, small: Path, tmp_path: Path) -> None:
    """A tmpfs of 64 kB where this user may mount one; else no file may have more than 20 kB (RLIMIT_FSIZE)."""
    runs = tmp_path / "runs"
    runs.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(runs)], capture_output=True, check=False
    )
    tmpfs = mounted.returncode == 0
    try:
        lay(runs)
        done = ir5nb("run", "c2", *FAST, "--out", runs, "--run", "demo", cwd=small, limit=None if tmpfs else 20_000)
        assert done.returncode == 1
        assert ("No space left on device" if tmpfs else "File too large") in done.stderr
        assert "Earlier outputs are as they were" in done.stderr
        assert "--out" in done.stderr
        assert "Traceback" not in done.stderr
        assert contents(runs / "demo") == EARLIER
        assert not list(runs.glob(".demo.part-*"))
    finally:
        if tmpfs:
            subprocess.run(["umount", str(runs)], check=True)


@pytest.mark.parametrize("place", ["a file", "a read-only disk"])
def test_outputs_that_cannot_be_written(ir5nb, small: Path, tmp_path: Path, place: str) -> None:
    """Permissions do not stop root, so: a file where the folder should be, and a disk mounted read-only."""
    runs = tmp_path / "runs"
    if place == "a file":
        runs.write_text("precious")
    else:
        runs.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", str(runs)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            runs.chmod(0o555)
            if os.geteuid() == 0:
                pytest.skip("root may write everywhere here, and may not mount a read-only disk")
    try:
        done = ir5nb("run", "c2", *FAST, "--out", runs, "--run", "demo", cwd=small)
        assert done.returncode == 1
        assert "Choose a folder that can be written, with --out." in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
        assert runs.read_text() == "precious" if place == "a file" else not list(runs.iterdir())
    finally:
        subprocess.run(["umount", str(runs)], capture_output=True, check=False)


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


def test_a_file_is_never_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("precious")

    def write() -> None:
        with folder.whole(tmp_path / "run"):
            pass

    with pytest.raises(NotADirectoryError, match="is a file"):
        write()
    assert (tmp_path / "run").read_text() == "precious"


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "", "x" * 200, "a\nb", "latest", "demo.failed"])
def test_names_stay_inside_the_output_folder(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name an output folder"):
        folder.name(name)


def test_the_pointer_names_the_newest_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        folder.point(tmp_path / name)
    assert (tmp_path / "latest").resolve() == tmp_path / "two"
    assert folder.pointed(tmp_path / "latest") == tmp_path / "latest"
    monkeypatch.setattr(Path, "symlink_to", lambda *_, **__: (_ for _ in ()).throw(OSError("no links here")))
    folder.point(tmp_path / "one")
    assert folder.pointed(tmp_path / "latest") == tmp_path / "one"
