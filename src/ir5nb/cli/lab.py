"""The command that opens JupyterLab on the notebooks: the environment's own kernel, this machine only, no network."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ir5nb.cli.shared import app, err, fail, project

_KERNEL = "python3"  # the one the notebooks name
_DEEPEST = 50  # bytes, so that "/kernel-<36>.json-ipc-5" still fits behind
_SETTINGS = Path(__file__).parent / "lab_settings"  # defaults without news and update checks; the user's own win


@app.command(epilog="Example: ir5nb lab c2")
def lab(
    notebook: Annotated[str | None, typer.Argument(help="c2 …: the notebook to open; none: the list.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address only.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port; the next free one where it is taken.")] = 8888,
) -> None:
    """Open JupyterLab in the project's folder; set a value in the parameters cell of a notebook and run all cells."""
    root = project()
    address = _address(root, notebook)
    _register_kernel()
    os.chdir(root)
    from jupyterlab.labapp import main  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to import

    words = _words(root, address, port)
    main([*words, "--no-browser"] if no_browser else words)


def _address(root: Path, notebook: str | None) -> str:
    """Give the address of a notebook within JupyterLab, or of the list."""
    names = sorted(path.stem for path in (root / "notebooks").glob("*.ipynb"))
    if notebook is None:
        return "/lab"
    found = [name for name in names if notebook in {name, name.split("_")[0]}]
    if not found:
        fail(f"No notebook {notebook!r}. There are: {', '.join(names)}.", code=2)
    return f"/lab/tree/notebooks/{found[0]}.ipynb"


def _words(root: Path, address: str, port: int) -> list[str]:
    """Give JupyterLab's options: this machine only, its usual token, kernels through sockets in the file system."""
    words = [
        f"--ServerApp.root_dir={root}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--LabApp.default_url={address}",
        f"--LabApp.app_settings_dir={_SETTINGS}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=",
        "--LabApp.extension_manager=readonly",
    ]
    if os.name == "posix":
        words.append("--KernelManager.transport=ipc")  # patient data pass through no open port (docs/decisions.md, 8)
        _shorten_runtime()
        # Jupyter refuses root because a server may be open to others; this one is not, and containers know only root.
        words += ["--allow-root"] if os.geteuid() == 0 else []
    return words


def _shorten_runtime() -> None:
    """Take a folder of our own where the user's is too deep: the name of a socket has at most 107 bytes."""
    from jupyter_core.paths import jupyter_runtime_dir  # noqa: PLC0415 - only here

    if len(os.fsencode(jupyter_runtime_dir())) > _DEEPEST:
        os.environ["JUPYTER_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="ir5nb-lab-")


def _register_kernel() -> None:
    """Make sure that the kernel the notebooks name is this environment's Python, and is found before any other."""
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    specification = Path(sys.prefix) / "share" / "jupyter" / "kernels" / _KERNEL / "kernel.json"
    try:
        command = json.loads(specification.read_text(encoding="utf-8"))["argv"][0]
    except (OSError, ValueError, LookupError, TypeError):
        command = None
    if command in ("python", sys.executable):  # Jupyter runs its own Python for the bare name
        return
    from ipykernel.kernelspec import install  # noqa: PLC0415 - only where the kernel is not there

    try:
        install(prefix=sys.prefix)
    except OSError as error:
        fail(f"The kernel {_KERNEL!r} cannot be registered in {sys.prefix}: {error}")
    err.print(f"Registered the kernel {_KERNEL!r} of this environment.")
