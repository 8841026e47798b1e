"""A Dask scheduler with two workers on the loopback, as processes of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Cluster:
    address: str
    workers: list[subprocess.Popen]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Workers without a nanny: one that is killed stays dead."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address]
    one = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    started = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for command in (
            [*dask, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
            worker + one,
            worker + one,
        )
    ]
    yield Cluster(address, started[1:])
    for process in reversed(started):
        process.kill()
        process.wait()
