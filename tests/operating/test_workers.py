"""The same results whoever does the tasks, also when a worker is killed (issue 8, "Must show" 2 and 4)."""

import os
import signal

import pytest
from tests.operating import labour
from tests.operating.conftest import Cluster

from ir5nb import workers

TASKS = list(range(12))
SQUARES = [(place, number * number) for place, number in enumerate(TASKS)]


def test_one_process_works_in_order() -> None:
    assert list(workers.each(labour.square, TASKS)) == SQUARES


def test_two_processes_give_the_same_after_one_is_killed() -> None:
    done, killed = [], None
    for place, (result, pid) in workers.each(labour.square_and_place, TASKS, jobs=2):
        assert pid != os.getpid()
        if killed is None:
            killed = pid
            os.kill(pid, signal.SIGKILL)
        done.append((place, result))
    assert killed is not None
    assert sorted(done) == SQUARES


def test_a_cluster_gives_the_same_after_a_worker_is_killed(cluster: Cluster) -> None:
    done, pids = [], set()
    for place, (result, pid) in workers.each(labour.square_and_place, range(40), scheduler=cluster.address):
        if not pids:
            cluster.workers[0].kill()
        pids.add(pid)
        done.append((place, result))
    assert sorted(done) == [(number, number * number) for number in range(40)]
    assert cluster.workers[1].pid in pids


def test_a_task_that_kills_every_worker_ends_the_run() -> None:
    with pytest.raises(workers.WorkersError, match=r"task 3 died 4 times|died 4 times"):
        list(workers.each(labour.deadly, range(4), jobs=2))


def test_what_a_task_raises_is_raised() -> None:
    with pytest.raises(ArithmeticError, match="two is not liked"):
        list(workers.each(labour.failing, range(4), jobs=2))


def test_few_tasks_are_handed_out_ahead() -> None:
    taken = []

    def tasks() -> object:
        for number in range(100):
            taken.append(number)
            yield number

    working = workers.each(labour.square, tasks(), jobs=2)
    next(working)
    working.close()
    assert len(taken) <= 6, "memory grows with the tasks handed out"


@pytest.mark.parametrize("address", ["localhost:8786", "http://host:1", "tcp://host", "tcp://a b:1"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="tcp://host:8786"):
        list(workers.each(abs, [1], scheduler=address))


def test_no_job_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        list(workers.each(abs, [1], jobs=0))
