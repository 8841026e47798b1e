"""Many tasks on one machine (joblib's loky processes) or a cluster (Dask): the same results, whoever does them.

The only door of joblib and distributed. A worker that is killed loses nothing but time: its tasks are done again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

ATTEMPTS: Final = 4  # the first and three more: a task that kills every worker it meets must end the run
_AHEAD: Final = 2  # tasks handed out per worker, so that none waits and memory stays bounded
_PATIENCE_SECONDS: Final = 60  # how long a cluster may be without any worker
_ANSWER_SECONDS: Final = 15  # how long a scheduler may take to answer
_ADDRESS: Final = re.compile(r"(tcp|tls)://[^\s/]+:\d+")
# A process is one worker: libraries that start threads of their own would only compete with the other workers.
_ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "ARROW_NUM_THREADS"), "1"
)


class WorkersError(RuntimeError):
    """Work that cannot go on: no cluster, no worker, or a task whose workers die every time."""


class _Pool(Protocol):
    """What takes tasks and gives results back as they finish."""

    @property
    def slots(self) -> int:
        """How many tasks can run at a time."""

    @property
    def died(self) -> tuple[type[BaseException], ...]:
        """What a task raises whose worker died."""

    def submit(self, function: Callable[[Any], Any], task: Any) -> Any:
        """Hand a task out."""

    def finished(self, futures: Iterable[Any]) -> Iterable[Any]:
        """Wait until at least one is done, and give those done."""

    def renew(self) -> None:
        """Make the pool usable again after a worker's death."""

    def close(self) -> None:
        """End the workers that this pool started."""


def each(
    function: Callable[[Task], Result], tasks: Iterable[Task], *, jobs: int = 1, scheduler: str | None = None
) -> Iterator[tuple[int, Result]]:
    """Do a function on every task and yield the place of the task with its result, as they finish.

    Source: issue 8 (joblib on one machine, the same code on Dask). At most twice as many tasks as there are workers
    are handed out at a time, so memory does not grow with the number of tasks.

    Parameters
    ----------
    function
        A function of one argument that other processes can import.
    tasks
        Arguments; they travel to the workers, as the results travel back.
    jobs
        1: in this process, in order; more: so many processes of this machine.
    scheduler
        Address of a Dask scheduler ("tcp://host:port"), whose workers are used instead. Scheduler and workers run
        what they are sent and must be trusted; they need the same version of this package.

    Yields
    ------
    tuple
        Place of the task (from 0) and its result; in no particular order.

    Raises
    ------
    ValueError
        When jobs is less than 1 or the address is none.
    WorkersError
        When there is no cluster at the address or no support for it installed, when a cluster stays without workers,
        or when a task has lost its worker four times.
    Exception
        What the function raises; the remaining tasks are given up.

    Examples
    --------
    >>> list(each(abs, [-1, 2]))
    [(0, 1), (1, 2)]
    """
    if jobs < 1:
        raise ValueError(f"jobs is 1 or more, not {jobs}")
    if scheduler is not None and not _ADDRESS.fullmatch(scheduler):
        raise ValueError(f"a scheduler's address looks like tcp://host:8786, not {scheduler!r}")
    return _each(function, tasks, jobs, scheduler)


def _each(
    function: Callable[[Task], Result], tasks: Iterable[Task], jobs: int, scheduler: str | None
) -> Iterator[tuple[int, Result]]:
    if scheduler is None and jobs == 1:
        yield from ((place, function(task)) for place, task in enumerate(tasks))
        return
    pool: _Pool = _Processes(jobs) if scheduler is None else _Cluster(scheduler)
    try:
        yield from _spread(function, tasks, pool)
    finally:
        pool.close()


def _spread(function: Callable[[Task], Result], tasks: Iterable[Task], pool: _Pool) -> Iterator[tuple[int, Result]]:
    """Keep every worker busy; hand the tasks of a dead worker out again."""
    waiting, again, tried = enumerate(tasks), list[tuple[int, Any]](), dict[int, int]()
    running: dict[Any, tuple[int, Any]] = {}
    while True:
        for item in [*again, *islice(waiting, max(_AHEAD * pool.slots - len(running) - len(again), 0))]:
            running[pool.submit(function, item[1])] = item
        again.clear()
        if not running:
            return
        for future in pool.finished(running):
            place, task = running.pop(future)
            try:
                result = future.result()
            except pool.died as error:
                tried[place] = tried.get(place, 0) + 1
                if tried[place] >= ATTEMPTS:
                    raise WorkersError(
                        f"The worker of task {place + 1} died {ATTEMPTS} times; it may need more memory than there is. "
                        "Use fewer jobs, or run with one to see the error."
                    ) from error
                again.append((place, task))
            else:
                yield place, result
        if again:
            again.sort(key=lambda item: item[0])
            pool.renew()


class _Processes:
    """Worker processes on this machine: joblib's loky, which survives libraries that cannot be forked."""

    def __init__(self, jobs: int) -> None:
        from joblib.externals import loky  # noqa: PLC0415 - 0.1 s at import, only where processes are wanted

        self.slots, self._loky, self.died = jobs, loky, (loky.BrokenProcessPool,)
        self._start()

    def _start(self) -> None:
        self._executor = self._loky.ProcessPoolExecutor(max_workers=self.slots, timeout=None, env=_ONE_THREAD)

    def submit(self, function: Callable[[Any], Any], task: Any) -> Any:
        try:
            return self._executor.submit(function, task)
        except self.died:  # found dead only now
            self.renew()
            return self._executor.submit(function, task)

    def finished(self, futures: Iterable[Any]) -> Iterable[Any]:
        return list(self._loky.wait(list(futures), return_when=self._loky.FIRST_COMPLETED).done)

    def renew(self) -> None:
        self._executor.shutdown(wait=True, kill_workers=True)
        self._start()

    def close(self) -> None:
        self._executor.shutdown(wait=True, kill_workers=True)


class _Cluster:
    """Workers of a Dask cluster, which repeats a dead worker's tasks itself and gives up after three deaths."""

    def __init__(self, scheduler: str) -> None:
        try:
            import distributed  # noqa: PLC0415 - an extra, and a second at import
        except ImportError as error:
            raise WorkersError(
                "A scheduler is given, but the package distributed is not installed. Install ir5nb with its extra "
                '"cluster" (pip install "ir5nb[cluster]"), here and on the workers.'
            ) from error
        self._distributed: Any = distributed
        self.died: tuple[type[BaseException], ...] = (distributed.KilledWorker,)
        try:
            self._client: Any = self._distributed.Client(scheduler, timeout=_ANSWER_SECONDS, set_as_default=False)
        except OSError as error:
            raise WorkersError(
                f"No Dask scheduler answers at {scheduler}. Start one (dask scheduler, dask worker) or leave the "
                "option out to work on this machine."
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE_SECONDS)
        except TimeoutError as error:
            self._client.close()
            raise WorkersError(f"The scheduler at {scheduler} has no worker. Start some (dask worker).") from error

    @property
    def slots(self) -> int:  # workers may join while tasks wait
        return max(sum(map(int, self._client.nthreads().values())), 1)

    def submit(self, function: Callable[[Any], Any], task: Any) -> Any:
        return self._client.submit(function, task, pure=False)

    def finished(self, futures: Iterable[Any]) -> Iterable[Any]:
        while True:
            try:
                with self._client.as_current():
                    found = self._distributed.wait(
                        list(futures), timeout=_PATIENCE_SECONDS, return_when="FIRST_COMPLETED"
                    )
            except TimeoutError as error:
                if not self._client.nthreads():
                    raise WorkersError(f"The cluster has had no worker for {_PATIENCE_SECONDS} seconds.") from error
            else:
                return list(found.done)

    def renew(self) -> None:
        """Leave the repair to the cluster: its nanny starts another worker."""

    def close(self) -> None:
        self._client.close()
