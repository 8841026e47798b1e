"""Forked processes: their own session, random numbers and folder; gone with their client; plain ones where unsafe."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import forkable
import nbformat
import pytest

from ir5nb.render import execute, folder
from ir5nb.render.kernels import Forked, ForkError, Parent, crew, parent, server

PATIENCE = 20.0  # seconds


@pytest.fixture
def private() -> Iterator[Path]:
    with folder.private() as place:
        yield place


def ended(pid: int) -> bool:
    """Wait until a process is gone."""
    end = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def first_word(process: Forked) -> object:
    """Wait until a forked process has told something."""
    end = time.monotonic() + PATIENCE
    while not process.told and time.monotonic() < end:
        assert process.poll() is None
        time.sleep(0.01)
    return process.told.pop(0)


def news(*args) -> dict[int, list]:
    found: dict[int, list] = {}
    for item in crew.each(*args):
        found.setdefault(item.place, []).append((item.kind, item.value))
    return found


def test_a_crew_does_every_task_and_says_how_far_it_is(preloaded: Parent, private: Path) -> None:
    found = news(preloaded, forkable.double, [3, 4, 5], 2, private)
    assert found == {
        place: [("told", f"doubling {number}"), ("result", 2 * number)] for place, number in enumerate([3, 4, 5])
    }


def test_what_a_task_raises_comes_back_and_the_others_go_on(preloaded: Parent, private: Path) -> None:
    found = news(preloaded, forkable.refuse, ["one", "two"], 1, private)
    assert {kind for events in found.values() for kind, _ in events} == {"raised"}
    assert all(isinstance(value, ValueError) and str(value) == "no" for events in found.values() for _, value in events)


def test_the_task_of_a_dead_worker_is_done_again_at_most_three_times(preloaded: Parent, private: Path) -> None:
    marks = [str(private / "one"), str(private / "two")]
    assert news(preloaded, forkable.die_once, marks, 2, private) == {
        0: [("result", "done")],
        1: [("result", "done")],
    }
    assert news(preloaded, forkable.die, ["always"], 2, private) == {0: [("lost", -signal.SIGKILL)]}


def test_forked_processes_draw_other_numbers_and_lead_their_sessions(preloaded: Parent, private: Path) -> None:
    processes = [preloaded.fork(forkable.drawn, "task") for _ in range(3)]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0, 0]
    drawn = [process.outcome[1] for process in processes if process.outcome]
    assert len({one for one, _, _ in drawn}) == len({other for _, other, _ in drawn}) == 3
    assert [session for _, _, session in drawn] == [process.pid for process in processes]


def test_a_forked_process_has_the_folder_and_environment_it_is_given(preloaded: Parent, private: Path) -> None:
    process = preloaded.fork(forkable.here, "task", folder=str(private), environment={"ONLY_HERE": "yes"})
    process.wait(PATIENCE)
    assert process.outcome == ("result", (str(private), "yes"))


def test_a_forked_process_is_killed_when_its_holder_lets_go(preloaded: Parent) -> None:
    process = preloaded.fork(forkable.sleep, "task")
    assert first_word(process) == process.pid
    process.line.close()
    assert ended(process.pid)


def test_everything_is_gone_when_the_client_is_killed(tmp_path: Path) -> None:
    """SIGKILL to the client leaves neither the parent, nor its children, nor its folder."""
    code = f"""
        import os, sys, time
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        sys.path.insert(0, {str(Path(forkable.__file__).parent)!r})
        import forkable
        from ir5nb.render import folder
        from ir5nb.render.kernels import Parent
        with folder.private() as private:
            parent = Parent.of_this_process(private)
            process = parent.fork(forkable.sleep, "task")
            while not process.told:
                process.poll()
            print(process.pid, private, flush=True)
            time.sleep(600)
    """
    client = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    pid, private = client.stdout.readline().split()
    client.kill()
    client.wait()
    client.stdout.close()
    assert ended(int(pid))
    end = time.monotonic() + PATIENCE
    while Path(private).exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not Path(private).exists()


def test_a_process_with_a_second_thread_is_not_forked(private: Path) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert "threads" in str(server.unsafe())
        with pytest.raises(ForkError, match="threads, and a fork would copy one of them"):
            Parent.of_this_process(private)
    finally:
        stop.set()
        thread.join()


def test_only_names_of_modules_are_imported() -> None:
    with pytest.raises(ValueError, match="is no name of a module"):
        Parent.started(["os; print(1)"])


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook that says which process it is, and shows numbers, text and an interrupt's reach."""
    path = tmp_path / "asked.ipynb"
    cells = ["import os, sys\nos.getppid()", "sys.modules['__main__'].__name__, 'numpy' in sys.modules", "1 / 3"]
    kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(
        nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell, id=f"c{number}") for number, cell in enumerate(cells)],
            metadata={"kernelspec": kernelspec},
        ),
        path,
    )
    return path


def shown(path: Path) -> list[str]:
    return [cell.outputs[0].data["text/plain"] for cell in nbformat.read(path, as_version=4).cells]


def test_the_kernel_is_forked_and_its_notebook_names_the_stock_one(notebook: Path, tmp_path: Path) -> None:
    """The parent of the kernel's process is the preloaded one, which this process started; numpy is there already."""
    assert execute._kernel() == "ir5nb"
    execute.run(notebook, tmp_path / "one.ipynb", {}, tmp_path, 60)
    execute.run(notebook, tmp_path / "two.ipynb", {}, tmp_path, 60)
    one, two = shown(tmp_path / "one.ipynb"), shown(tmp_path / "two.ipynb")
    assert one == two
    assert int(one[0]) != os.getpid()
    assert one[1:] == ["('__main__', True)", "0.3333333333333333"]
    assert nbformat.read(tmp_path / "one.ipynb", as_version=4).metadata.kernelspec.name == "python3"


def test_where_no_fork_is_safe_a_plain_kernel_does_the_same(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ForkError("not today")

    monkeypatch.setattr(parent.Parent, "fork", refuse)
    execute.run(notebook, tmp_path / "plain.ipynb", {}, tmp_path, 60)
    assert shown(tmp_path / "plain.ipynb")[1:] == ["('__main__', False)", "0.3333333333333333"]
    assert int(shown(tmp_path / "plain.ipynb")[0]) == os.getpid()
