"""The same numbers whoever counts the chunks, resumed or not; finished chunks are checked."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.operating.conftest import Cluster
from tests.operating.worlds import task

from ir5nb.operating import AS_IN_THE_DEMO, FLAWLESS, Scenario, Study, run, summary
from ir5nb.operating.chunk import CHUNK, COUNTS, count
from ir5nb.operating.parts import Parts
from ir5nb.plan import CohortPlan

TRUTHS = (0.3, 0.35, 0.45, 0.6)


@pytest.fixture(scope="module")
def study() -> Study:
    scenarios = (Scenario("expected", AS_IN_THE_DEMO, TRUTHS), Scenario("perfect", FLAWLESS, TRUTHS[1:2]))
    return Study(CohortPlan.load("c4_atc"), scenarios, trials=30, seed=3)


def quiet(done: int, total: int) -> None:
    assert 0 <= done <= total


@dataclass(frozen=True)
class Done:
    """The study done in one process: its rows, and a folder with its finished chunks to copy."""

    rows: dict[tuple[str, float], list[list[int]]]
    folder: Path

    def copied(self, place: Path) -> Path:
        shutil.copytree(self.folder, place, dirs_exist_ok=True)
        return place / "parts.jsonl"


@pytest.fixture(scope="module")
def undisturbed(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("alone")
    return Done(run(study, folder, report=quiet), folder)


class Ended(Exception):  # noqa: N818 - what a kill does, told apart from a failure
    pass


def test_same_numbers_on_one_two_and_cluster_workers(
    study: Study, undisturbed: Done, tmp_path: Path, cluster: Cluster
) -> None:
    alone = undisturbed.rows
    two = run(study, tmp_path / "two", jobs=2, report=quiet)
    killed = killing(cluster)
    spread = run(study, tmp_path / "spread", scheduler=cluster.address, report=killed)
    assert two == alone
    assert spread == alone
    assert cluster.workers[0].poll() is not None, "the worker was killed during the run"
    assert summary(study.plan, alone).equals(summary(study.plan, two))


def killing(cluster: Cluster) -> Callable[[int, int], None]:
    """Kill a worker when the first chunk is done."""

    def report(done: int, total: int) -> None:
        if done == 1:
            cluster.workers[0].kill()
            cluster.workers[0].wait()

    return report


def test_a_run_goes_on_where_it_ended(study: Study, undisturbed: Done, tmp_path: Path) -> None:
    def end(done: int, total: int) -> None:
        if done == 2:
            raise Ended

    with pytest.raises(Ended):
        run(study, tmp_path / "ended", report=end)
    parts = tmp_path / "ended" / "parts.jsonl"
    parts.write_text(parts.read_text() + '{"chunk": "cut sho', encoding="utf-8")
    seen: list[int] = []
    assert run(study, tmp_path / "ended", report=lambda done, _: seen.append(done)) == undisturbed.rows
    assert seen[0] == 2, "two chunks were taken over"
    told = [line for line in parts.read_text().splitlines() if line.startswith('{"chunk":"')]
    assert len(told) == 5


def test_a_chunk_that_was_changed_is_done_again(study: Study, undisturbed: Done, tmp_path: Path) -> None:
    parts = undisturbed.copied(tmp_path)
    lines = parts.read_text().splitlines()
    told = json.loads(lines[0])
    told["rows"][0][1] += 1
    parts.write_text("\n".join([json.dumps(told), *lines[1:]]) + "\n", encoding="utf-8")
    assert told["chunk"] not in Parts(parts).done
    assert run(study, tmp_path, report=quiet) == undisturbed.rows


def test_other_settings_take_nothing_over(study: Study, undisturbed: Done, tmp_path: Path) -> None:
    undisturbed.copied(tmp_path)
    other = Study(study.plan, study.scenarios, study.trials, seed=4)

    def first(done: int, _: int) -> None:
        assert done == 0, "chunks of another seed were taken over"
        raise Ended

    with pytest.raises(Ended):
        run(other, tmp_path, report=first)


def test_a_trial_does_not_depend_on_how_many_there_are() -> None:
    """The first 20 trials are the same among 20 and among 40: stages and counts of 40 hold those of 20."""
    plan = CohortPlan.load("c4_atc")
    few = tallied(count(task(plan, 0.35, AS_IN_THE_DEMO, 20)))
    more = tallied(count(task(plan, 0.35, AS_IN_THE_DEMO, 40)))
    assert all(more.get(course, 0) >= trials for course, trials in few.items())
    assert CHUNK % 20 == 0


def tallied(rows: list[list[int]]) -> dict[tuple[int, ...], int]:
    return {tuple(row[: len(COUNTS)]): row[len(COUNTS)] for row in rows}


def test_sums_of_days_are_whole(study: Study) -> None:
    rows = np.array(count(task(study.plan, 0.35, AS_IN_THE_DEMO, 10)))
    assert rows.dtype == np.int64
    assert (rows[:, len(COUNTS) + 1] > 0).all()
