"""A run from order to folder: reports and numbers made side by side, then everything put in its place at once."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from ir5nb import analyses, source, workers
from ir5nb.cli import glance, manifest, numbers
from ir5nb.cli.numbers import Numbers
from ir5nb.cli.orders import Order
from ir5nb.cli.progress import Watch
from ir5nb.plan import SafetyPlan
from ir5nb.render import folder, index, record, report, reuse
from ir5nb.render.kernels import ForkError, Parent, Tell
from ir5nb.render.kernels.child import portable
from ir5nb.render.kernels.crew import ATTEMPTS, News
from ir5nb.render.kernels.crew import each as crew

Task = report.Job | numbers.Task
_ROOM_BYTES = 100_000  # a disk with less left is full: a page is larger


class RunError(RuntimeError):
    """A run whose notebooks failed, by the name of the report; the others are kept for `--resume`.

    Attributes
    ----------
    problems
        What failed, by report.
    kept
        Folder with what was made and the executed notebooks of what failed.
    """

    def __init__(self, order: Order, problems: Mapping[str, str], kept: Path) -> None:
        self.problems, self.kept = dict(problems), kept
        before = "is as it was" if order.target.exists() else "was not written"
        lines = [*problems.values(), f"{len(problems)} of {len(order.plans)} reports failed. {order.target} {before}."]
        lines.append(
            f"What was made, and each failed notebook as far as it came, is in {kept}. "
            "Mend the cause and run again with --resume: only what failed or changed is executed."
        )
        super().__init__("\n".join(lines))


@dataclass
class _State:
    """What a run has so far."""

    made_of: dict[str, str] = field(default_factory=dict)
    counted_of: dict[str, str] = field(default_factory=dict)
    reused: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    uncounted: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Numbers] = field(default_factory=dict)

    @property
    def failed(self) -> dict[str, str]:
        """What failed, by report; a notebook says it better than the numbers behind it."""
        return {**self.uncounted, **self.problems}


def perform(order: Order, watch: Watch) -> tuple[str, ...]:
    """Do a run; the folder is there, whole, when this returns.

    Parameters
    ----------
    order
        What to do.
    watch
        Told how far it is.

    Returns
    -------
    tuple of str
        Names of the reports taken from an earlier run.

    Raises
    ------
    RunError
        When notebooks failed; the run's folder is as it was.
    source.DataError, OSError, ValueError
        When the tables cannot be read, the folder cannot be written, or the tables changed meanwhile.
    """
    started = time.monotonic()
    state = _State()
    with ExitStack() as stack:
        private = stack.enter_context(folder.private())
        parent = preloaded(private, stack)  # first: reading tables may start threads
        stack.enter_context(watch)
        trials = _read(order)
        part = stack.enter_context(folder.whole(order.target, sweeping=not order.resume))
        try:
            watch.said("executing")
            tasks = list(_tasks(order, trials, part, state, watch))
            folder.sweep(order.target)
            with closing(_work(order, tasks, parent, private)) as work:
                for task, news in work:
                    _note(task, news, state, watch)
            _unchanged(order, trials)
        except BaseException:
            with suppress(OSError):
                _keep(order, part)
            raise
        if state.failed:
            _room(part)
            raise RunError(order, state.failed, _keep(order, part))
        watch.said("writing the folder")
        _assemble(order, trials, part, state, started)
    shutil.rmtree(_kept(order), ignore_errors=True)
    folder.point(order.target)
    return tuple(state.reused)


def preloaded(private: Path, stack: ExitStack) -> Parent | None:
    """Fork the preloaded parent; None where a fork is not safe, and plain processes do the same.

    Parameters
    ----------
    private
        Folder of this user alone.
    stack
        Lets the parent go when it closes.
    """
    try:
        parent = Parent.of_this_process(private)
    except ForkError:
        return None
    stack.callback(parent.close)
    return parent


def _read(order: Order) -> dict[str, source.Trial]:
    """Read and check each report's source tables; reports of the same tables share them."""
    read: list[tuple[tuple[Path | None, Mapping[str, Any] | None], source.Trial]] = []
    trials: dict[str, source.Trial] = {}
    for stem, plan in order.plans.items():
        wanted = (order.sources[stem], plan.mapping)
        found = [trial for known, trial in read if known == wanted]
        if not found:
            found = [source.read(*wanted)]
            read.append((wanted, found[0]))
        trials[stem] = found[0]
    return trials


def _tasks(order: Order, trials: Mapping[str, source.Trial], part: Path, state: _State, watch: Watch) -> Iterator[Task]:
    """Give what is to be made: the reports that no earlier run has, then the numbers that none has."""
    common = {"package": reuse.package(), "versions": reuse.versions()}
    for stem, plan in order.plans.items():
        files = order.project_files(stem)
        plans = {name: hashlib.sha256(files[name]).hexdigest() for name in order.plan_files(stem)}
        counted_of = {"source": dict(trials[stem].fingerprints), "plan": plan.digest, "changes": order.changes[stem]}
        counted_of |= {"plans": plans, **common}
        state.counted_of[stem] = reuse.inputs({"kind": "numbers", **counted_of})
        notebook = hashlib.sha256(files[f"notebooks/{stem}.ipynb"]).hexdigest()
        state.made_of[stem] = reuse.inputs({"notebook": notebook, "formats": order.formats, **counted_of})
        place = part / reuse.REPORTS / stem
        if order.resume and reuse.take(order.target, stem, state.made_of[stem], place) is not None:
            state.reused.append(stem)
            watch.finished(stem, "unchanged")
            continue
        yield report.Job(
            stem, plan.title, plan.lang, plan.edition, order.changes[stem], files, formats=order.formats,
            timeout=order.timeout, place=place, **_data(order, stem, trials[stem]),
        )  # fmt: skip
    for stem, plan in order.plans.items():
        if not (order.resume and _counted(order, stem, part, state)):
            yield numbers.Task(stem, plan, order.sources[stem], part / reuse.NUMBERS / stem)


def _counted(order: Order, stem: str, part: Path, state: _State) -> bool:
    """Take the numbers of a report from an earlier run; they do not depend on its notebook, nor on the formats."""
    place = part / reuse.NUMBERS / stem
    told = reuse.take(order.target, stem, state.counted_of[stem], place, "numbers")
    found = None if told is None else Numbers.kept(place, told)
    if found is not None:
        state.numbers[stem] = found
    return found is not None


def _data(order: Order, stem: str, trial: source.Trial) -> dict[str, Any]:
    """Give a job its source tables: by their path, or as they are."""
    place = order.sources[stem]
    if place is None:
        return {}
    if order.sending:
        return {"sent": {name: (place / name).read_bytes() for name in trial.fingerprints}}
    return {"data": str(place)}


def _work(order: Order, tasks: Sequence[Task], parent: Parent | None, private: Path) -> Generator[tuple[Task, News]]:
    """Have the tasks done, by the cluster where there is one, and say what happens."""
    here: Sequence[Task] = tasks
    if order.scheduler:
        jobs, package = [task for task in tasks if isinstance(task, report.Job)], reuse.package()
        here = [task for task in tasks if not isinstance(task, report.Job)]
        sent = [replace(job, place=None, package=package) for job in jobs]
        for place, news in workers.each(_away, sent, scheduler=order.scheduler):
            yield jobs[place], news
    for news in side_by_side(parent, labour, here, order.jobs, private):
        yield here[news.place], news


def side_by_side(
    parent: Parent | None, function: Callable[[Any, Tell], Any], tasks: Sequence[Any], jobs: int, private: Path
) -> Generator[News]:
    """Do a function on every task in processes of this machine, forked where that is safe, and say what happens.

    Parameters
    ----------
    parent
        The preloaded parent; None: plain processes, which say only how a task ended.
    function
        An importable function of a task and of `tell`.
    tasks, jobs
        Arguments, and how many at a time.
    private
        Folder of this user alone.
    """
    if parent:
        yield from crew(parent, function, tasks, jobs, private)
        return
    for place, news in workers.each(partial(_caught, function), tasks, jobs=max(min(jobs, len(tasks)), 1)):
        yield replace(news, place=place)


def labour(task: Task, tell: Tell) -> Any:
    """Do one task of a run, in whichever process.

    Parameters
    ----------
    task
        A report to make or numbers to compute.
    tell
        Told how far a report is.
    """
    return report.make(task, tell) if isinstance(task, report.Job) else numbers.compute(task)


def _away(job: report.Job) -> News:
    """Make a report on another machine, where a failure must not end the others."""
    try:
        return News(0, "result", report.remote(job))
    except Exception as error:  # it is shown where the result is awaited
        return News(0, "raised", RuntimeError(f"{type(error).__name__}: {error}"))


def _caught(function: Callable[[Any, Tell], Any], task: Any) -> News:
    """Do one task where a failure must not end the others."""
    try:
        return News(0, "result", function(task, lambda _: None))
    except Exception as error:  # it is shown where the result is awaited
        return News(0, "raised", portable(error))


def _note(task: Task, news: News, state: _State, watch: Watch) -> None:
    """Take what a task said."""
    if news.kind == "told":
        watch.stepped(*news.value)
        return
    if news.kind == "raised" and isinstance(news.value, OSError):
        raise news.value
    problem = None if news.kind == "result" else _in_words(task, news)
    if isinstance(task, numbers.Task):
        if problem:
            state.uncounted[task.stem] = problem
        else:
            state.numbers[task.stem] = news.value
            reuse.stamp(task.place, state.counted_of[task.stem], news.value.told())
    else:
        _noted(task, problem or news.value, state, watch)


def _noted(job: report.Job, made: report.Made | str, state: _State, watch: Watch) -> None:
    """Take a report that was made, or what went wrong with it."""
    place = job.place
    if place is None:
        raise ValueError(f"{job.stem} has no folder")
    if isinstance(made, report.Made):
        report.unpack(made, place)
        state.seconds[job.stem] = made.seconds
    problem = made if isinstance(made, str) else made.problem
    if problem:
        state.problems[job.stem] = problem
        watch.finished(job.stem, "failed")
        return
    reuse.stamp(place, state.made_of[job.stem])
    watch.finished(job.stem, f"done in {state.seconds[job.stem]} s")


def _in_words(task: Task, news: News) -> str:
    """Say what ended a task that gave nothing."""
    if news.kind == "lost":
        return f"{task.stem}: its process was killed {ATTEMPTS} times. Give it more memory, or use fewer --jobs."
    what = "the report could not be written" if isinstance(task, report.Job) else "the results could not be computed"
    return f"{task.stem}: {what}: {type(news.value).__name__}: {news.value}"


def _unchanged(order: Order, trials: Mapping[str, source.Trial]) -> None:
    """Refuse a run whose tables were not the same from its first page to its last."""
    for stem, trial in trials.items():
        place = order.sources[stem]
        for name, digest in trial.fingerprints.items() if place else ():
            if not (place / name).is_file() or record.fingerprint(place / name) != digest:  # type: ignore[operator]
                raise ValueError(f"{name} changed while the run was reading it. Run again when the export is complete.")


def _room(part: Path) -> None:
    """Name a full disk as the cause where there is one: libraries that could not write say so in many ways."""
    if shutil.disk_usage(part).free < _ROOM_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(part.parent))


def _kept(order: Order) -> Path:
    """Name the folder that keeps what a failed run has made."""
    return order.target.with_name(order.target.name + folder.FAILED)


def _keep(order: Order, part: Path) -> Path:
    """Keep what a failed run has made: beside the run's folder, never in its place."""
    made = sorted((part / reuse.REPORTS).iterdir()) if (part / reuse.REPORTS).is_dir() else []
    if made:
        with folder.whole(_kept(order)) as aside:
            for place in made:
                place.rename(aside / place.name)
            if (part / reuse.NUMBERS).is_dir():
                (part / reuse.NUMBERS).rename(aside / reuse.NUMBERS)
    return _kept(order)


def _assemble(order: Order, trials: Mapping[str, source.Trial], part: Path, state: _State, started: float) -> None:
    """Put everything of the run in its place in the folder; the manifest last, with the fingerprint of all."""
    reports = {}
    for stem in order.plans:
        place = part / reuse.REPORTS / stem
        made_of = reuse.unstamp(place)
        reports[stem] = {"inputs": made_of, "files": record.fingerprints(place)}
        report.put(place, part)
    (part / reuse.REPORTS).rmdir()
    counted = _put_numbers(order, part, state)
    first = next(iter(order.plans))
    if order.edition == "full":
        tables = trials[first].as_of(order.plans[first].cutoff).tables
        record.write_tables(part, {"records": record.records(tables)})
    entries = manifest.entries(order, trials)
    _write_index(order, part, state, entries)
    seconds = {**state.seconds, "run": round(time.monotonic() - started, 1)}
    how = {"reports": reports, "numbers": counted, "reused": state.reused, "seconds": seconds}
    record.write_manifest(part, {**entries, **how})


def _write_index(order: Order, part: Path, state: _State, entries: Mapping[str, Any]) -> None:
    """Write the index; it says nothing of how the run went, so that a resumed run gives the same page."""
    first = next(iter(order.plans.values()))
    reports = [glance.entry(stem, plan, state.numbers[stem]) for stem, plan in order.plans.items()]
    made = f"ir5nb {entries['versions']['ir5nb']}, commit {entries['commit']['id'][:12]}"
    index.write(part, reports, cutoff=first.cutoff, edition=order.edition, lang=first.lang, made=made)


def _put_numbers(order: Order, part: Path, state: _State) -> dict[str, dict[str, Any]]:
    """Put derived tables and results in their place; what a later run needs to take them, by report.

    The results of the cohorts are in one table, a pooled report's in its own; the parts of each report are gone.
    """
    found: dict[str, list[pd.DataFrame]] = {}
    counted: dict[str, dict[str, Any]] = {}
    for stem, plan in order.plans.items():
        place, numbers_of = part / reuse.NUMBERS / stem, state.numbers[stem]
        made_of = reuse.unstamp(place)
        for path in place.glob("*.parquet"):
            path.unlink()
        name = stem if isinstance(plan, SafetyPlan) else "results"
        parts = found.setdefault(name, [])
        told = numbers_of.told(f"{name}.parquet", sum(map(len, parts)))
        counted[stem] = {"inputs": made_of, "files": record.fingerprints(place), "told": told}
        parts.append(numbers_of.results)
        report.put(place, part)
    (part / reuse.NUMBERS).rmdir()
    for name, parts in found.items():
        record.write_results(part, analyses.joined(parts), name)
    for entry in counted.values():
        entry["files"][entry["told"]["file"]] = record.fingerprint(part / entry["told"]["file"])
    return counted
