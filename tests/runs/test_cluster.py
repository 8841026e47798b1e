"""The same run over a Dask cluster on loopback: a worker killed while it executes, and the bytes of a local run."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client
from small import contents, project

import ir5nb as package

FAST = ("--formats", "html")
PATIENCE = 120.0  # seconds for a cluster to come and for a task to start


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A scheduler and two workers, as processes of their own, ended by their numbers."""
    place = tmp_path_factory.mktemp("cluster")
    told = place / "scheduler.json"
    common = ["--scheduler-file", str(told), "--no-dashboard"]
    commands = [
        ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *common],
        *[["distributed.cli.dask_worker", "--nthreads", "1", "--name", name, "--local-directory", str(place), *common]
          for name in ("one", "two")],
    ]  # fmt: skip
    with (place / "log").open("w") as log:
        processes = [subprocess.Popen([sys.executable, "-m", *words], stdout=log, stderr=log) for words in commands]
        try:
            end = time.monotonic() + PATIENCE
            while not told.exists():
                assert time.monotonic() < end, (place / "log").read_text()
                time.sleep(0.1)
            with Client(scheduler_file=str(told), set_as_default=False) as client:
                client.wait_for_workers(2, timeout=PATIENCE)
                yield client
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait()


def kill_one_at_work(client: Client) -> None:
    """Kill a worker that has a task; its nanny starts another, the scheduler hands the task out again."""
    end = time.monotonic() + PATIENCE
    while not (busy := [address for address, keys in client.processing().items() if keys]):
        assert time.monotonic() < end
        time.sleep(0.05)
    os.kill(client.run(os.getpid, workers=busy[:1])[busy[0]], signal.SIGKILL)


def test_a_worker_killed_in_mid_run_changes_nothing(start, ir5nb, cluster: Client, tmp_path: Path) -> None:
    small = project(tmp_path / "small", "c2_gtt", "c4_atc")
    demo, runs, said = tmp_path / "export", tmp_path / "runs", tmp_path / "said"
    shutil.copytree(Path(package.__file__).parent / "demo", demo)
    said.mkdir()
    words = ("run", "all", *FAST, "--data", demo, "--out", runs)
    address = cluster.scheduler.address
    process = start(
        *words, "--run", "cluster", "--scheduler", address, "--send-data", said=said, cwd=small,
    )  # fmt: skip
    kill_one_at_work(cluster)
    here = ir5nb(*words, "--run", "here", cwd=small)
    assert here.returncode == 0, here.stderr
    assert process.wait(600) == 0, (said / "err").read_text()
    local, away = contents(runs / "here"), contents(runs / "cluster")
    assert local.keys() == away.keys()
    assert {name for name in local if local[name] != away[name]} == {"manifest.json"}
    page = local["c2_gtt.html"].decode()
    assert str(tmp_path) not in page  # data are "data" to the notebook, wherever they are


def test_a_scheduler_that_is_not_there(ir5nb, tmp_path: Path) -> None:
    done = ir5nb("run", "c2", *FAST, "--out", tmp_path, "--run", "demo", "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 1
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert not (tmp_path / "demo").exists()


def test_sending_needs_a_cluster_to_send_to(ir5nb) -> None:
    done = ir5nb("run", "c2", "--send-data")
    assert done.returncode == 2
    assert "--send-data goes with --scheduler" in done.stderr
