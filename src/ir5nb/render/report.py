"""One report of a run: its notebook executed in a folder of its own, and every file made of it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from ir5nb.render import documents, execute, page, reuse
from ir5nb.render import folder as folders
from ir5nb.wording import Lang

DATA: Final = "data"  # the source folder as the notebook knows it, wherever it is: so pages name no machine
FORMATS: Final = ("html", "pdf", "docx", "figures")
_SAID: Final = "problem.txt"
_ONE: Final = threading.Lock()


@dataclass(frozen=True)
class Job:
    """What one report needs; it can be sent to another machine.

    Attributes
    ----------
    stem
        Name of the notebook without its ending.
    title, lang, edition
        Of the report, as the plan says.
    parameters
        Entries of the plan that the run changes.
    project
        The files of params/ and notebooks/ that it reads, by their path in the project.
    data
        Folder of the source tables, on a path that the worker sees; None: the embedded demo data, or `sent`.
    sent
        The source files themselves, by name, where they travel with the job.
    formats
        Which of `FORMATS` are written.
    timeout
        Seconds a cell may take.
    place
        Folder to write the files to; None: they come back in `Made.files`.
    package
        Fingerprint of the package that sends the job; another one may not make the report.
    """

    stem: str
    title: str
    lang: Lang
    edition: str
    parameters: Mapping[str, object]
    project: Mapping[str, bytes] = field(repr=False)
    data: str | None = None
    sent: Mapping[str, bytes] | None = field(default=None, repr=False)
    formats: tuple[str, ...] = FORMATS
    timeout: int = 600
    place: Path | None = None
    package: str = ""


@dataclass(frozen=True)
class Made:
    """A report that was made, or why it was not.

    Attributes
    ----------
    stem
        Name of the report.
    problem
        None, or the failing cell and what it said.
    seconds
        How long it took.
    files
        The files by their path in the run's folder, where the job named no place for them.
    """

    stem: str
    problem: str | None
    seconds: float
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def make(job: Job, tell: Callable[[tuple[str, int, int]], object] | None = None) -> Made:
    """Execute the notebook and write its page, documents and figures.

    Parameters
    ----------
    job
        The report.
    tell
        Called with the report's name, the steps done and the steps in all: one for each code cell, one for the page,
        one for the documents.

    Returns
    -------
    Made
        With the problem where the notebook failed; what it had executed is then among its files.
    """
    started = time.monotonic()
    with folders.private() as private:
        target = job.place or private / "made"
        shutil.rmtree(target, ignore_errors=True)  # what a worker that was killed has begun
        target.mkdir(parents=True)
        problem = _written(job, _laid_out(job, private / "project"), target, tell)
        files = {} if job.place else _bytes(target)
    return Made(job.stem, problem, round(time.monotonic() - started, 1), files)


def remote(job: Job) -> Made:
    """Make a report where the run's folder is not: the files come back as bytes.

    One at a time in a process, as Papermill changes the working folder of all its threads.

    Parameters
    ----------
    job
        The report; where it would write here does not matter.

    Raises
    ------
    ValueError
        When this process has another version of the package.
    """
    if reuse.package() != job.package:
        raise ValueError("the worker runs another version of ir5nb. Install the same one on every worker.")
    with _ONE:
        return make(replace(job, place=None))


def unpack(made: Made, place: Path) -> None:
    """Write the files that came back.

    Parameters
    ----------
    made
        A report made elsewhere.
    place
        Folder of the report.

    Raises
    ------
    ValueError
        When a path leads out of the folder.
    """
    for name, content in made.files.items():
        path = place / name
        if not path.resolve().is_relative_to(place.resolve()):
            raise ValueError(f"{name!r} leads out of the folder of the report")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _laid_out(job: Job, project: Path) -> Path:
    """Lay out the folder that the kernel works in: params/, notebooks/, and the data under one name."""
    for name, content in job.project.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(content)
    if job.data is not None:
        (project / DATA).symlink_to(job.data, target_is_directory=True)
    elif job.sent is not None:
        (project / DATA).mkdir()
        for name, content in job.sent.items():
            (project / DATA / name).write_bytes(content)
    return project


def _written(
    job: Job, project: Path, target: Path, tell: Callable[[tuple[str, int, int]], object] | None
) -> str | None:
    """Write every file of the report; the problem where the notebook fails."""

    def step(done: int, every: int) -> None:
        if tell:
            tell((job.stem, done, every + 2))

    executed, last = target / f"{job.stem}.ipynb", [0]

    def cell(done: int, every: int) -> None:
        last[0] = every
        step(done, every)

    try:
        execute.run(project / "notebooks" / executed.name, executed, job.parameters, project, job.timeout, cell)
    except execute.NotebookError as error:
        (target / _SAID).write_text(f"{error}\n", encoding="utf-8")
        return str(error)
    if "html" in job.formats:
        page.write(executed, target / f"{job.stem}.html", job.title, job.lang)
    step(last[0] + 1, last[0])
    _document(job, executed, target)
    step(last[0] + 2, last[0])
    if job.edition == "share":
        executed.unlink()
    return None


def _document(job: Job, executed: Path, target: Path) -> None:
    """Write the documents and figures; those that are not wanted are by-products and go."""
    if set(job.formats) <= {"html"}:
        return
    for path in documents.write(executed, target, job.title, job.lang):
        if path.suffix.removeprefix(".") not in job.formats and not (
            "figures" in job.formats and path.parent != target
        ):
            path.unlink()
    if "figures" not in job.formats:
        (target / "figures").rmdir()


def _bytes(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def put(place: Path, run: Path) -> None:
    """Move the files of a report, or of its numbers, into the run's folder.

    Parameters
    ----------
    place
        Folder of the report or the numbers, which is gone afterwards.
    run
        Folder of the run.
    """
    for path in sorted(path for path in place.rglob("*") if path.is_file()):
        into = run / path.relative_to(place)
        into.parent.mkdir(parents=True, exist_ok=True)
        path.rename(into)
    shutil.rmtree(place)
