"""Commands on data: derive, check, simulate."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ir5nb import analyses, source
from ir5nb import simulate as simulated
from ir5nb.cli.orders import file_entries, mapping_of
from ir5nb.cli.shared import app, err, fail, out
from ir5nb.plan import CohortPlan, Plan, PlanError, read_yaml
from ir5nb.render import folder, record, transport

PlanFile = Annotated[Path | None, typer.Option("--plan", help="YAML file with entries that replace those of params/.")]


@app.command(epilog="Example: ir5nb derive export/2026-06-30 --plan params/c3_tet.yaml --out derived")
def derive(
    data: Annotated[Path, typer.Argument(help="Folder of SDTM tables.")],
    plan: Annotated[Path, typer.Option(help="Plan of the cohort, a YAML file.")],
    target: Annotated[Path, typer.Option("--out", help="Folder to write; replaced whole.")],
    base: Annotated[str | None, typer.Option(help="Plan in params/ that PLAN changes, e.g. c3_tet.")] = None,
    xpt: Annotated[bool, typer.Option("--xpt", help="SAS transport files, version 5, as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The files and their rows as JSON.")] = False,
) -> None:
    """Write adsl adrs adtte adwk24 adhcg adae adex as parquet, and as SAS transport files where asked."""
    try:
        entries = read_yaml(plan) | {"data": str(data.resolve())}
        cohort_plan = CohortPlan.build(plan.name, entries) if base is None else CohortPlan.load(base, entries)
        tables = analyses.derived_tables(analyses.derive(_read(cohort_plan).as_of(cohort_plan.cutoff), cohort_plan))
        with folder.whole(target.resolve()) as part:
            record.write_tables(part, tables)
            if xpt:
                transport.write_transport(part, tables)
    except (PlanError, source.DataError, OSError, ValueError) as error:
        fail(error)
    endings = ("parquet", "xpt") if xpt else ("parquet",)
    rows = {f"{target / table}.{ending}": len(frame) for table, frame in tables.items() for ending in endings}
    lines = [f"{path}: {count} rows" for path, count in rows.items()]
    out.print(json.dumps({"rows": rows}, indent=2) if as_json else "\n".join(lines))


@app.command(epilog="Example: ir5nb check export/2026-06-30 --json")
def check(
    data: Annotated[Path, typer.Argument(help="Folder of SDTM tables.")],
    plan: PlanFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Problems as JSON lines.")] = False,
) -> None:
    """Read the source tables and list every error and query; exit code 1 where there is an error."""
    try:
        trial = source.read(data, mapping_of(file_entries(plan), plan))
        problems = trial.queries
    except source.DataError as error:
        problems = error.problems
    except PlanError as error:
        fail(error)
    for problem in problems:
        out.print(json.dumps(asdict(problem), default=str) if as_json else str(problem))
    errors = sum(1 + problem.further for problem in problems if problem.severity == "error")
    queries = sum(1 + problem.further for problem in problems) - errors
    err.print(f"{errors} error{'s' * (errors != 1)}, {queries} {'query' if queries == 1 else 'queries'}")
    raise typer.Exit(1 if errors else 0)


@app.command(epilog="Example: ir5nb simulate --patients 1000 --seed 7 made")
def simulate(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write; replaced whole.")],
    patients: Annotated[int, typer.Option(min=1, help="Patients in all five cohorts.")] = 131,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Parquet: a sixth of the time, a sixteenth of the room.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The folder and its files as JSON.")] = False,
) -> None:
    """Write a synthetic platform of any size as SDTM tables, with its truth beside."""
    try:
        with err.status(f"simulating {patients} patients"), folder.whole(target.resolve()) as part:
            files = simulated.write(simulated.platform(seed, patients=patients), part, "parquet" if parquet else "csv")
    except (OSError, ValueError) as error:
        fail(error)
    names = sorted(path.relative_to(part).as_posix() for path in files)
    told = {"out": str(target), "files": names}
    out.print(json.dumps(told, indent=2) if as_json else f"{target}: {len(files)} files")


def _read(plan: Plan) -> source.Trial:
    with err.status("reading the source tables"):
        return source.read(plan.data, plan.mapping)
