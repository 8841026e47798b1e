"""The command on whole simulated trials: what the analysis as planned does to the error rates."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ir5nb import operating
from ir5nb.charts.operating import error_rates, power_curves
from ir5nb.cli.runs import PlanFile
from ir5nb.cli.shared import app, err, fail, out
from ir5nb.plan import CohortPlan, PlanError, read_yaml
from ir5nb.render import sheet
from ir5nb.tables import Footing
from ir5nb.tables.operating import compared, simulated
from ir5nb.workers import WorkersError

_STEPS = 20  # truths stand on a grid of 1/20 = 0.05 where none are given


@app.command(
    "operating-characteristics",
    epilog="Example: ir5nb operating-characteristics c3 --trials 10000 --truth 0.4,0.5,0.6 --jobs 2",
)
def operating_characteristics(
    cohort: Annotated[str, typer.Argument(help="c1 … c5.")],
    trials: Annotated[int, typer.Option(min=1, help="Whole trials at each truth of each scenario.")] = 10_000,
    truth: Annotated[
        str | None,
        typer.Option(help="True success probabilities, e.g. 0.25,0.30; around p0 and p1 in steps of 0.05 by default."),
    ] = None,
    missed: Annotated[
        float | None, typer.Option(min=0, max=0.9, help="Share of scans, contacts and assays missed.")
    ] = None,
    dropout: Annotated[
        float | None, typer.Option(min=0, max=0.9, help="Share of patients lost to follow-up by the landmark.")
    ] = None,
    perfect: Annotated[bool, typer.Option("--perfect", help="Nothing goes wrong but what is asked for.")] = False,
    shape: Annotated[
        float | None, typer.Option(min=0.2, max=5, help="Weibull shape of time to progression; 1: exponential.")
    ] = None,
    cured: Annotated[float | None, typer.Option(min=0, max=0.9, help="Share that never progresses.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same numbers, whatever does the work.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, help="Processes of this machine.")] = 1,
    scheduler: Annotated[str | None, typer.Option(help="Dask scheduler, tcp://host:port, instead of --jobs.")] = None,
    plan: PlanFile = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder of the page; a run that was ended goes on there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every number unrounded, for machines.")] = False,
) -> None:
    """Simulate whole trials and analyse each as the real one: error rates, sizes, bias, under every reading."""
    try:
        study = _study(_plan(cohort, plan), trials, truth, missed, dropout, perfect, shape, cured, seed)
        target = folder or Path("outputs") / f"operating-{study.plan.cohort.lower()}"
        cells = _progress(study, target, jobs, scheduler)
    except (ValueError, PlanError) as error:
        fail(error, code=2)
    except (WorkersError, OSError) as error:
        fail(error)
    results = operating.summary(study.plan, cells)
    results.to_csv(target / "results.csv", index=False)
    sheet.write(
        target / "index.html", f"Operating characteristics, cohort {study.plan.cohort}", _pieces(study, results)
    )
    if as_json:
        typer.echo(json.dumps(json.loads(results.to_json(orient="records")), indent=2))
        return
    for line in operating.sentences(study, results):
        out.print(line)
    out.print(str(target / "index.html"))


def _plan(cohort: str, changes: Path | None) -> CohortPlan:
    """Find the plan of a cohort by c3 or c3_tet."""
    names = sorted(path.stem for place in (Path.cwd(), *Path.cwd().parents) for path in place.glob("params/c*.yaml"))
    found = [name for name in names if cohort in {name, name.split("_")[0]}]
    if not found:
        raise ValueError(f"No cohort {cohort!r}. There are: {', '.join(names) or 'none; run in the project folder'}.")
    return CohortPlan.load(found[0], read_yaml(changes) if changes else {})


def _study(
    plan: CohortPlan, trials: int, truth: str | None, missed: float | None, dropout: float | None, perfect: bool,
    shape: float | None, cured: float | None, seed: int,
) -> operating.Study:  # fmt: skip
    """Build the planned scenario at every truth, and the scenarios it is compared with at p0 and p1."""
    base = operating.FLAWLESS if perfect else operating.AS_IN_THE_DEMO
    if dropout is not None:
        base = replace(base, lost_rate=-log(1 - dropout) / plan.landmark_days)
    main = base if missed is None else base.missing(missed)
    compared = [("perfect observation", operating.FLAWLESS), ("expected conduct", base),
                ("10% of visits missed", base.missing(0.10))]  # fmt: skip
    name = next((name for name, conduct in compared if conduct == main), "conduct as given")
    others = [(other, conduct) for other, conduct in compared if conduct not in (main,)]
    at = operating.decisive(plan)
    scenarios = [operating.Scenario(name, main, _truths(plan, truth))]
    scenarios += [operating.Scenario(other, conduct, at) for other, conduct in others]
    return operating.Study(plan, tuple(scenarios), trials, seed, shape, cured)


def _truths(plan: CohortPlan, given: str | None) -> tuple[float, ...]:
    """Read the truths; p0 and p1 always belong to them."""
    if given is None:
        grid = range(round(plan.p0 * _STEPS) - 1, round(plan.p1 * _STEPS) + 2)
        told = [step / _STEPS for step in grid if 0 < step < _STEPS]
    else:
        if not re.fullmatch(r"\s*0?\.\d+(\s*,\s*0?\.\d+)*\s*", given):
            raise ValueError(f"--truth {given!r}: expected probabilities between 0 and 1, e.g. 0.25,0.30")
        told = [float(word) for word in given.split(",")]
    return tuple(sorted({*told, *operating.decisive(plan)}))


def _progress(
    study: operating.Study, target: Path, jobs: int, scheduler: str | None
) -> dict[tuple[str, float], list[list[int]]]:
    """Do the work under a progress bar on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task(f"{study.plan.cohort}: chunks of {operating.CHUNK} trials", total=None)
        return operating.run(
            study, target, jobs=jobs, scheduler=scheduler,
            report=lambda done, total: progress.update(bar, completed=done, total=total),
        )  # fmt: skip


def _pieces(study: operating.Study, results: pd.DataFrame) -> list[str | sheet.Drawing | sheet.Shown]:
    """Lay out the page: what was found, the curves, the error rates by reading and conduct, every number."""
    plan, main = study.plan, study.scenarios[0]
    words, conducts = operating.labels(plan), [scenario.name for scenario in study.scenarios]
    footing = Footing(assumed=tuple(key for key in plan.assumed_in_primary))
    found = "\n".join(f"- {line}" for line in operating.sentences(study, results))
    truths = {f"{plan.p0:g}": f"type I error (p0 = {plan.p0:g})", f"{plan.p1:g}": f"power (p1 = {plan.p1:g})"}
    subject = f"Cohort {plan.cohort}, {main.name}, {study.trials:,} trials at each rate"
    charted: list[str | sheet.Drawing | sheet.Shown] = [
        power_curves(operating.curves(study, results), p0=plan.p0, p1=plan.p1, alpha=plan.alpha,
                            power=plan.power, subject=subject),
        "## Type I error and power, by reading and conduct",
        error_rates(operating.dots(study, results, plan.p0), exact=plan.design.alpha, name="alpha",
                           title=f"Type I error: activity declared at a true rate of {plan.p0:g}",
                           axis="Activity declared, %", subject=f"Cohort {plan.cohort}"),
        error_rates(operating.dots(study, results, plan.p1), exact=plan.design.power, name="power_at_p1",
                           title=f"Power: activity declared at a true rate of {plan.p1:g}",
                           axis="Activity declared, %", subject=f"Cohort {plan.cohort}"),
        compared(results, words, conducts=conducts, truths=truths, footing=footing,
                        title="Chance to declare activity, %"),
        "## Every number",
    ]  # fmt: skip
    folded: list[str | sheet.Drawing | sheet.Shown] = [
        sheet.Folded(line, simulated(results, words, conduct=scenario.name, truth=f"{truth:g}", title=line,
                                            footing=footing, id=f"simulated-{place}-{step}"))
        for place, scenario in enumerate(study.scenarios)
        for step, truth in enumerate(scenario.truths)
        for line in [f"True rate {truth:g}, {scenario.name}"]
    ]  # fmt: skip
    heading = f"# What the analysis of cohort {plan.cohort} does, in {study.trials:,} simulated trials"
    return [heading, found, *charted, *folded, _method(study)]


def _method(study: operating.Study) -> str:
    """Say what was simulated and how."""
    plan, main = study.plan, study.scenarios[0].conduct.observation
    return (
        "## How it was done\n\n"
        f"{study.trials:,} whole trials at each true rate, seed {study.seed}. Patients come at random at the planned "
        f"rate ({plan.n} in {plan.accrual_months} months); recruitment is held while stage 1 is read. The laws of "
        "progression, death, hCG, loss and toxicity are those of the demo data, stretched in time until the true rate "
        "of success is the one named. The records of each trial, as they stood at its interim and at its final data "
        "cut, went through the derivations and the decision of the report. The same patients are used at every rate "
        "and under every conduct, so that differences are clearer than the errors in brackets suggest.\n\n"
        f"Expected conduct: {main.missed:.0%} of visits missed, {main.off_window:.0%} late by 9 to 23 days, the others "
        f"about their day (standard deviation {main.jitter_days:g} days), {main.unreadable:.1%} of scans not "
        f"readable, {main.slips:.1%} of progressions overlooked at a scan. Not simulated: adverse events, "
        "measurements of lesions, a second reader, patients who never start."
    )
