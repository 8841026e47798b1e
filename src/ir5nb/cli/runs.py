"""Commands on data: run, derive, check, simulate, notebooks."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from ir5nb import analyses, source
from ir5nb import simulate as simulated
from ir5nb.cli.shared import app, err, fail, out
from ir5nb.plan import KINDS, CohortPlan, Plan, PlanError, SafetyPlan, plan_kind, read_yaml
from ir5nb.render import execute, folder, page, record, transport

Data = Annotated[Path | None, typer.Option(help="Folder of SDTM tables; the embedded demo data where omitted.")]
Cutoff = Annotated[str | None, typer.Option(help="Date of the data cut, e.g. 2026-06-30; the plan's where omitted.")]
PlanFile = Annotated[Path | None, typer.Option("--plan", help="YAML file with entries that replace those of params/.")]


@app.command(epilog="Example: ir5nb run c3 --data export/2026-06-30 --cutoff 2026-06-30")
def run(
    cohorts: Annotated[list[str], typer.Argument(help="c3 …, or all.")],
    data: Data = None,
    cutoff: Cutoff = None,
    analysis: Annotated[str | None, typer.Option(help="interim or final; the plan's where omitted.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or fr.")] = None,
    plan: PlanFile = None,
    name: Annotated[str | None, typer.Option("--run", help="Name of the output folder.")] = None,
    folder_of_runs: Annotated[
        Path | None, typer.Option("--out", help="Folder of runs; outputs/ where omitted.")
    ] = None,
    timeout: Annotated[int, typer.Option(help="Seconds a notebook cell may take.")] = 600,
) -> None:
    """Execute cohort notebooks by Papermill and write pages, results and manifest to outputs/<run>/."""
    started = time.monotonic()
    root = _project()
    options = {"data": str(data.resolve()) if data else None, "cutoff": cutoff, "analysis": analysis, "lang": lang}
    stems = _notebooks(root, cohorts)
    try:
        given = _file_entries(plan) | {key: value for key, value in options.items() if value is not None}
        changes = {stem: _of_kind(stem, given) for stem in stems}
        plans = {stem: Plan.load(stem, changes[stem]) for stem in stems}
        first = next(iter(plans.values()))
        target = (folder_of_runs or root / "outputs") / folder.name(
            name or "-".join([str(first.cutoff), *([analysis] if analysis else [])])
        )
        trial = _read(first)
        with folder.whole(target) as part:
            _write_run(part, root, plans, changes, trial, timeout, started)
    except (PlanError, source.DataError, execute.NotebookError, OSError, ValueError) as error:
        fail(error)
    for stem in stems:
        out.print(str(target / f"{stem}.html"))


def _write_run(
    part: Path, root: Path, plans: dict[str, Plan], changes: dict[str, dict[str, object]], trial: source.Trial,
    timeout: int, started: float,
) -> None:  # fmt: skip
    """Write everything of a run into the folder that will take its place."""
    found: dict[str, list[pd.DataFrame]] = {}
    for stem, plan in plans.items():
        executed = part / f"{stem}.ipynb"
        with err.status(f"{stem}: executing the notebook"):
            execute.run(root / "notebooks" / f"{stem}.ipynb", executed, changes[stem], root, timeout)
        page.write(executed, part / f"{stem}.html", plan.title, plan.lang)
        if isinstance(plan, SafetyPlan):
            found[stem] = [analyses.safety_results(analyses.pooled(trial.as_of(plan.cutoff), plan))]
        elif isinstance(plan, CohortPlan):
            cohort = analyses.derive(trial.as_of(plan.cutoff), plan)
            found.setdefault("results", []).append(analyses.results(cohort))
    for table, parts in found.items():
        record.write_results(part, analyses.joined(parts), table)
    entries = {
        "plans": {stem: {"digest": plan.digest, **plan.model_dump(mode="json")} for stem, plan in plans.items()},
        "assumed": {stem: {key: item.why for key, item in plan.assumed.items()} for stem, plan in plans.items()},
        "source": dict(trial.fingerprints),
        "versions": analyses.versions().set_index("ITEM")["VALUE"].to_dict(),
        "commit": record.commit(root),
        "seconds": round(time.monotonic() - started, 1),
    }
    record.write_manifest(part, entries)


def _of_kind(stem: str, given: dict[str, object]) -> dict[str, object]:
    """Leave out of a pooled report what only a cohort's plan has; a name that no plan has stays, to be refused."""
    known, others = plan_kind(stem).entry_names(), {key for kind in KINDS for key in kind.entry_names()}
    return {key: value for key, value in given.items() if key in known or key not in others}


@app.command(epilog="Example: ir5nb derive export/2026-06-30 --plan params/c3_tet.yaml --out derived")
def derive(
    data: Annotated[Path, typer.Argument(help="Folder of SDTM tables.")],
    plan: Annotated[Path, typer.Option(help="Plan of the cohort, a YAML file.")],
    target: Annotated[Path, typer.Option("--out", help="Folder to write; replaced whole.")],
    base: Annotated[str | None, typer.Option(help="Plan in params/ that PLAN changes, e.g. c3_tet.")] = None,
    xpt: Annotated[bool, typer.Option("--xpt", help="SAS transport files, version 5, as well.")] = False,
) -> None:
    """Write the derived tables adsl adrs adtte adwk24 adhcg as parquet, and as SAS transport files where asked."""
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
    for table, frame in tables.items():
        out.print(f"{target / table}.parquet: {len(frame)} rows")
        if xpt:
            out.print(f"{target / table}.xpt: {len(frame)} rows")


@app.command(epilog="Example: ir5nb check export/2026-06-30 --json")
def check(
    data: Annotated[Path, typer.Argument(help="Folder of SDTM tables.")],
    plan: PlanFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Problems as JSON lines.")] = False,
) -> None:
    """Read the source tables and list every error and query; exit code 1 where there is an error."""
    try:
        trial = source.read(data, _mapping(plan))
        problems = trial.queries
    except source.DataError as error:
        problems = error.problems
    except PlanError as error:
        fail(error)
    for problem in problems:
        out.print(json.dumps(asdict(problem), default=str) if as_json else str(problem))
    errors = sum(1 + problem.further for problem in problems if problem.severity == "error")
    queries = sum(1 + problem.further for problem in problems) - errors
    err.print(f"{errors} errors, {queries} queries")
    raise typer.Exit(1 if errors else 0)


@app.command(epilog="Example: ir5nb simulate --patients 1000 --seed 7 made")
def simulate(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write; replaced whole.")],
    patients: Annotated[int, typer.Option(min=1, help="Patients in all five cohorts.")] = 131,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Parquet: a sixth of the time, a sixteenth of the room.")
    ] = False,
) -> None:
    """Write a synthetic platform of any size as SDTM tables, with its truth beside."""
    try:
        with err.status(f"simulating {patients} patients"), folder.whole(target.resolve()) as part:
            files = simulated.write(simulated.platform(seed, patients=patients), part, "parquet" if parquet else "csv")
    except (OSError, ValueError) as error:
        fail(error)
    out.print(f"{target}: {len(files)} files")


@app.command(epilog="Example: ir5nb notebooks --accept")
def notebooks(
    accept: Annotated[bool, typer.Option("--accept", help="Write the new outputs into notebooks/.")] = False,
) -> None:
    """Re-execute the committed notebooks on the demo data; with --accept their outputs are replaced."""
    root = _project()
    changed = []
    for template in sorted((root / "notebooks").glob("*.ipynb")):
        try:
            with folder.whole(root / "outputs" / ".notebooks") as part, err.status(template.name):
                execute.run(template, part / template.name, {}, root, timeout=600)
                text = (part / template.name).read_text(encoding="utf-8")
        except execute.NotebookError as error:
            fail(error)
        if text != template.read_text(encoding="utf-8"):
            changed.append(template)
            if accept:
                template.write_text(text, encoding="utf-8")
    for template in changed:
        out.print(f"{template.name}: {'outputs replaced' if accept else 'outputs differ; --accept replaces them'}")
    raise typer.Exit(1 if changed and not accept else 0)


def _project() -> Path:
    """Find the project's folder: the one with params/ and notebooks/, here or above."""
    for place in (Path.cwd(), *Path.cwd().parents):
        if (place / "params").is_dir() and (place / "notebooks").is_dir():
            return place
    return fail("No folders params/ and notebooks/ here or above. Run ir5nb from the project's folder.")


def _notebooks(root: Path, cohorts: list[str]) -> list[str]:
    """Name the notebooks meant by c3, c3_tet or all."""
    stems = sorted(path.stem for path in (root / "notebooks").glob("*.ipynb"))
    chosen = [stem for stem in stems if "all" in cohorts or stem in cohorts or stem.split("_")[0] in cohorts]
    unknown = [word for word in cohorts if word != "all" and not any(word in {s, s.split("_")[0]} for s in stems)]
    if unknown:
        err.print(f"No notebook {', '.join(unknown)}. There are: {', '.join(stems)}, or all.")
        raise typer.Exit(2)
    return chosen


def _file_entries(path: Path | None) -> dict[str, object]:
    return read_yaml(path) if path else {}


def _mapping(path: Path | None) -> dict[str, Any] | None:
    mapping = _file_entries(path).get("mapping")
    if mapping is not None and not isinstance(mapping, dict):
        raise PlanError(str(path), ["mapping: expected `tables:`, `columns:` and `values:` blocks"])
    return mapping


def _read(plan: Plan) -> source.Trial:
    with err.status("reading the source tables"):
        return source.read(plan.data, plan.mapping)
