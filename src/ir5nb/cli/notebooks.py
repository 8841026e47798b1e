"""The command that executes the committed notebooks again and compares or replaces their outputs."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ir5nb.cli import running
from ir5nb.cli.progress import Watch
from ir5nb.cli.run import cores
from ir5nb.cli.shared import app, err, fail, out, project
from ir5nb.render import execute, folder
from ir5nb.render.kernels import Tell

_SECONDS = 600  # that a cell may take


@dataclass(frozen=True)
class Task:
    """A notebook to execute, the project it belongs to, and where the executed copy goes."""

    template: Path
    root: Path
    output: Path


@app.command(epilog="Example: ir5nb notebooks --accept")
def notebooks(
    accept: Annotated[bool, typer.Option("--accept", help="Write the new outputs into notebooks/.")] = False,
) -> None:
    """Re-execute the committed notebooks on the demo data; with --accept their outputs are replaced."""
    root = project()
    templates = sorted((root / "notebooks").glob("*.ipynb"))
    with ExitStack() as stack:
        private = stack.enter_context(folder.private())
        parent = running.preloaded(private, stack)
        tasks = [Task(template, root, private / template.name) for template in templates]
        watch = stack.enter_context(Watch(err, tuple(template.stem for template in templates)))
        watch.said("executing")
        failed = []
        for news in running.side_by_side(parent, executed, tasks, cores(), private):
            if news.kind == "told":
                watch.stepped(*news.value)
                continue
            watch.finished(templates[news.place].stem, "executed" if news.kind == "result" else "failed")
            failed += [] if news.kind == "result" else [f"{templates[news.place].stem}: {news.value}"]
        if failed:
            fail("\n".join(failed))
        changed = [task for task in tasks if task.output.read_bytes() != task.template.read_bytes()]
        for task in changed if accept else ():
            task.template.write_bytes(task.output.read_bytes())
    for task in changed:
        said = "outputs replaced" if accept else "outputs differ; --accept replaces them"
        out.print(f"{task.template.name}: {said}")
    raise typer.Exit(1 if changed and not accept else 0)


def executed(task: Task, tell: Tell) -> None:
    """Execute one notebook, in whichever process.

    Parameters
    ----------
    task
        The notebook.
    tell
        Told how many cells are done.
    """

    def cell(done: int, every: int) -> None:
        tell((task.template.stem, done, every + 2))  # as in a run, where a page and documents follow

    execute.run(task.template, task.output, {}, task.root, _SECONDS, cell)
