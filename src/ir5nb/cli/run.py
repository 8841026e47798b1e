"""The command `run`: words in, a run's folder out."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ir5nb import source, workers
from ir5nb.cli import orders, running
from ir5nb.cli.progress import Watch
from ir5nb.cli.runs import PlanFile
from ir5nb.cli.shared import app, err, fail, out, project
from ir5nb.plan import PlanError
from ir5nb.render import report

Data = Annotated[Path | None, typer.Option(help="Folder of SDTM tables; the embedded demo data where omitted.")]
Cutoff = Annotated[str | None, typer.Option(help="Date of the data cut, e.g. 2026-06-30; the plan's where omitted.")]


@app.command(epilog="Example: ir5nb run all --data export/2026-06-30 --cutoff 2026-06-30 --jobs 2")
def run(
    cohorts: Annotated[list[str], typer.Argument(help="c1 c2 c3 c4 c5 pooled_safety, or all.")],
    data: Data = None,
    cutoff: Cutoff = None,
    analysis: Annotated[str | None, typer.Option(help="interim or final; the plan's where omitted.")] = None,
    edition: Annotated[
        Literal["full", "share"] | None, typer.Option(help="share: nothing by which a patient could be known.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or fr.")] = None,
    plan: PlanFile = None,
    name: Annotated[str | None, typer.Option("--run", help="Name of the output folder.")] = None,
    folder_of_runs: Annotated[
        Path | None, typer.Option("--out", help="Folder of runs; outputs/ where omitted.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=256, help="Reports at a time; one a core where omitted.")
    ] = None,
    formats: Annotated[
        str, typer.Option(help="What to write beside the results; html alone is the fastest.")
    ] = ",".join(report.FORMATS),
    resume: Annotated[
        bool, typer.Option("--resume", help="Take reports whose data, plan, notebook and package are unchanged.")
    ] = False,
    timeout: Annotated[int, typer.Option(min=1, help="Seconds a notebook cell may take.")] = 600,
    scheduler: Annotated[
        str | None, typer.Option(help="Dask scheduler, tcp://host:port: its workers execute the notebooks.")
    ] = None,
    send_data: Annotated[
        bool, typer.Option("--send-data", help="Send the tables to workers that do not see their folder.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What was written, or what failed, as JSON.")] = False,
) -> None:
    """Make the reports: pages, documents, figures, results and manifest in outputs/<run>/."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what is half done is cleared away
    root = project()
    options = {"data": str(data.resolve()) if data else None, "cutoff": cutoff, "analysis": analysis, "lang": lang}
    stems = _notebooks(root, cohorts)
    if send_data and not scheduler:
        fail("--send-data goes with --scheduler; on this machine the tables are read where they are.", code=2)
    try:
        given = orders.file_entries(plan) | {key: value for key, value in options.items() if value is not None}
        order = orders.order(
            root, stems, given, runs=folder_of_runs, name=name, edition=edition, jobs=jobs or cores(), timeout=timeout,
            formats=tuple(formats.split(",")), resume=resume, scheduler=scheduler, sending=send_data,
        )  # fmt: skip
        reused = running.perform(order, Watch(err, tuple(order.plans)))
    except running.RunError as error:
        if as_json:
            typer.echo(json.dumps({"failed": error.problems, "kept": str(error.kept)}, indent=2))
        fail(error)
    except OSError as error:
        fail(f"The run could not be written: {error}. Earlier outputs are as they were. {_remedy(error)}")
    except (PlanError, source.DataError, workers.WorkersError, ValueError) as error:
        fail(error)
    if as_json:
        typer.echo(json.dumps({"run": str(order.target), "reports": list(order.plans), "reused": reused}, indent=2))
        return
    for stem in stems if "html" in order.formats else ():
        out.print(str(order.target / f"{stem}.html"))


def _remedy(error: OSError) -> str:
    """Say what to do about a folder that cannot be written."""
    if error.errno == 28:
        return "Free space on that disk, or choose another with --out, and run again with --resume."
    return "Choose a folder that can be written, with --out."


def cores() -> int:
    """Count the cores that this process may use.

    Examples
    --------
    >>> cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _notebooks(root: Path, cohorts: list[str]) -> list[str]:
    """Name the notebooks meant by c3, c3_tet or all."""
    stems = sorted(path.stem for path in (root / "notebooks").glob("*.ipynb"))
    chosen = [stem for stem in stems if "all" in cohorts or stem in cohorts or stem.split("_")[0] in cohorts]
    unknown = [word for word in cohorts if word != "all" and not any(word in {s, s.split("_")[0]} for s in stems)]
    if unknown:
        fail(f"No notebook {', '.join(unknown)}. There are: {', '.join(stems)}, or all.", code=2)
    return chosen
