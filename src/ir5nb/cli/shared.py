"""What every command shares: the application, where it prints, and how it ends when something is wrong."""

from __future__ import annotations

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
