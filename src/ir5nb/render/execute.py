"""Execute a notebook by Papermill and strip what differs from run to run without being a result."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

KERNEL = "python3"
# Patient data pass between the kernel and its client: through sockets in the file system, not through open TCP ports.
_IPC = Config({"KernelManager": {"transport": "ipc"}})


class NotebookError(RuntimeError):
    """A notebook that failed: which cell, what it said, and where the executed notebook is kept."""


def run(notebook: Path, output: Path, parameters: Mapping[str, object], folder: Path, timeout: int) -> None:
    """Execute `notebook` with `parameters` and write the executed copy to `output`.

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

    Raises
    ------
    NotebookError
        When a cell raises or the kernel dies; `output` then holds what was executed so far.
    """
    try:
        papermill.execute_notebook(
            str(notebook), str(output), dict(parameters), kernel_name=KERNEL, cwd=str(folder), progress_bar=False,
            request_save_on_cell_execute=False, execution_timeout=timeout, config=_IPC,
            shutdown_kernel="immediate",
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise NotebookError(
            f"{notebook.name}: cell {error.exec_count} failed with {error.ename}: {error.evalue}"
        ) from error
    except (DeadKernelError, TimeoutError) as error:
        raise NotebookError(f"{notebook.name}: {error}") from error
    write(normalised(nbformat.read(output, as_version=4)), output)  # type: ignore[no-untyped-call]


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
