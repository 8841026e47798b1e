"""Execute a notebook by Papermill and strip what differs from run to run without being a result."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbclient.exceptions import DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ir5nb.render import folder as folders

KERNEL = "python3"  # what every Jupyter knows, and the executed notebook names
FORKED = "ir5nb"  # the same kernel without its imports, where it is installed (see kernels)
_FIRST_LINE = 80  # characters of a failing cell shown in a message
# What a cell says may hold patient data: it is not kept in the history file of the user's account.
_NO_HISTORY = ["--HistoryManager.enabled=False"]


class NotebookError(RuntimeError):
    """A notebook that failed: which cell, what it said, and where the executed notebook is kept."""


def run(
    notebook: Path, output: Path, parameters: Mapping[str, object], folder: Path, timeout: int,
    tell: Callable[[int, int], object] | None = None,
) -> None:  # fmt: skip
    """Execute `notebook` with `parameters` and write the executed copy to `output`.

    Patient data pass between the kernel and this process through sockets in a private folder, not through open TCP
    ports; the folder is removed afterwards.

    Parameters
    ----------
    notebook, output
        The template and the executed copy.
    parameters
        Entries of the plan to change, by key; plain YAML values.
    folder
        Working folder of the kernel.
    timeout
        Seconds a cell may take.
    tell
        Called with the number of cells done and of all, after each.

    Raises
    ------
    NotebookError
        When a cell raises or takes too long, or the kernel dies; `output` then holds what was executed so far, with
        the error in its cell.
    """
    with folders.private() as private:
        sockets = Config({"KernelManager": {"transport": "ipc", "ip": str(private / "k")}})
        try:
            papermill.execute_notebook(
                str(notebook), str(output), dict(parameters), kernel_name=_kernel(), cwd=str(folder),
                engine_name=_Engine.name, progress_bar=False, request_save_on_cell_execute=False,
                execution_timeout=timeout, config=sockets, shutdown_kernel="immediate",
                extra_arguments=_NO_HISTORY, evidence=output, tell=tell,
            )  # fmt: skip
        except PapermillExecutionError as error:
            what = f"failed with {error.ename}: {error.evalue}"
            raise NotebookError(_said(notebook, error.exec_count, error.source, what)) from error
    write(normalised(nbformat.read(output, as_version=4)), output)  # type: ignore[no-untyped-call]


@cache
def _kernel() -> str:
    """Name the kernel to execute with: the forked one where the environment has it, else the plain one."""
    specs = KernelSpecManager()
    if FORKED not in specs.find_kernel_specs():
        return KERNEL
    known = KernelProvisionerFactory.instance().is_provisioner_available(specs.get_kernel_spec(FORKED))
    return FORKED if known else KERNEL


class _Engine(NBClientEngine):  # type: ignore[misc]
    """Papermill's engine, which tells how far it is, and keeps the notebook also when its kernel dies or hangs."""

    name = "ir5nb"

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, evidence: Path, tell: Callable[[int, int], object] | None, **kwargs: Any
    ) -> Any:
        begun: list[int] = []
        every = sum(cell.cell_type == "code" for cell in nb_man.nb.cells)

        def started(cell_index: int, **_: Any) -> None:
            begun.append(cell_index)

        def ended(**_: Any) -> None:
            if tell:
                tell(len(begun), every)

        try:
            return super().execute_managed_notebook(
                nb_man, kernel_name, on_cell_execute=started, on_cell_executed=ended, **kwargs
            )
        except (RuntimeError, TimeoutError) as error:
            said = _told(error, kwargs.get("execution_timeout"))
            cell = nb_man.nb.cells[begun[-1]] if begun else None
            if cell is not None:
                output = {"ename": type(error).__name__, "evalue": said, "traceback": [said]}
                cell.outputs.append(nbformat.v4.new_output("error", **output))  # type: ignore[no-untyped-call]
            evidence.write_text(nbformat.writes(nb_man.nb) + "\n", encoding="utf-8")  # type: ignore[no-untyped-call]
            raise NotebookError(_said(evidence, len(begun), cell.source if cell else "", said)) from error


papermill_engines.register(_Engine.name, _Engine)


def _told(error: Exception, timeout: object) -> str:
    """Say what stopped a notebook that raised nothing itself, and what to do."""
    if isinstance(error, DeadKernelError):
        return "ended its kernel (killed, or out of memory). Free memory or use fewer --jobs, and run with --resume"
    if isinstance(error, TimeoutError):
        return f"took longer than {timeout} seconds. Give it more with --timeout, and run with --resume"
    return f"could not be executed: {error}"


def _said(notebook: Path, number: int, source: str, what: str) -> str:
    """Name the notebook, the cell by its number and first line, and what happened."""
    lines = [line.strip() for line in source.splitlines() if line.strip() and not line.startswith("#")]
    return f"{notebook.stem}: cell {number}{f' `{lines[0][:_FIRST_LINE]}`' if lines else ''} {what}"


def normalised(notebook: Any) -> Any:
    """Give a copy without times, paths and the machine's versions, so that equal runs are equal.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook.
    """
    copy = nbformat.from_dict(dict(notebook))  # type: ignore[no-untyped-call]
    copy = nbformat.reads(nbformat.writes(copy), as_version=4)  # type: ignore[no-untyped-call]
    copy.metadata = nbformat.from_dict(  # type: ignore[no-untyped-call]
        {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": KERNEL},
         "language_info": {"name": "python"}}
    )  # fmt: skip
    for number, cell in enumerate(copy.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata = nbformat.from_dict(  # type: ignore[no-untyped-call]
            {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        )
    for number, cell in enumerate((cell for cell in copy.cells if cell.cell_type == "code"), start=1):
        _count(cell, number)
    return copy


def _count(cell: Any, number: int) -> None:
    """Give a code cell the number of its place: by a number nbval knows that the cell was run."""
    cell.execution_count = number
    for output in cell.outputs:
        if "execution_count" in output:
            output.execution_count = number


def write(notebook: Any, path: Path) -> None:
    """Write a notebook with sorted keys, ending in a newline.

    Parameters
    ----------
    notebook
        An nbformat 4 notebook; it is validated.
    path
        File to write.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")  # type: ignore[no-untyped-call]
