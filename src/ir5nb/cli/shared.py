"""What every command shares: the application, where it prints, and how it ends when something is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console

app = typer.Typer(
    help="Analysis of IMMUNORARE5. Exit codes: 0 done, 1 the data or a notebook failed, 2 usage.",
    no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip
out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)


def fail(error: object, code: int = 1) -> NoReturn:
    """End the command with a message on stderr."""
    err.print(str(error))
    raise typer.Exit(code)


def project() -> Path:
    """Find the project's folder: the one with params/ and notebooks/, here or above; else end the command."""
    for place in (Path.cwd(), *Path.cwd().parents):
        if (place / "params").is_dir() and (place / "notebooks").is_dir():
            return place
    return fail("No folders params/ and notebooks/ here or above. Run ir5nb from the project's folder.")
