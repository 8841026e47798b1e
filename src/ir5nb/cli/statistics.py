"""Commands on numbers alone: design, inference. They know no trial and read no data."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.table import Table

from ir5nb import charts, wording
from ir5nb.cli.shared import app, fail, out
from ir5nb.render import figures
from ir5nb.stats import simon, two_stage

Json = Annotated[bool, typer.Option("--json", help="Every number unrounded, for machines.")]
P0 = Annotated[float, typer.Option(help="Rate of no interest, H0.")]
P1 = Annotated[float, typer.Option(help="Rate of interest, H1.")]


@app.command(epilog="Example: ir5nb design --p0 0.40 --p1 0.60 --plot design.html")
def design(
    p0: P0,
    p1: P1,
    alpha: Annotated[float, typer.Option(help="One-sided type I error rate.")] = 0.05,
    power: Annotated[float, typer.Option(help="Power at p1.")] = 0.80,
    n_max: Annotated[int | None, typer.Option(help="Largest n; none: the search ends with a proof.")] = None,
    n1_min: Annotated[int, typer.Option(help="Smallest size of stage 1.")] = 1,
    n1_max: Annotated[int | None, typer.Option(help="Largest size of stage 1.")] = None,
    plot: Annotated[Path | None, typer.Option(help="File to draw the optimal design in: .html, .svg or .png.")] = None,
    as_json: Json = False,
) -> None:
    """Search the optimal, minimax and all admissible Simon two-stage designs."""
    try:
        found = simon.search(p0, p1, alpha, power, n_max, n1_min=n1_min, n1_max=n1_max)
        drawn = figures.write(_drawings(found.optimal), plot) if plot else ()
    except (ValueError, TypeError, OSError) as error:
        fail(error, code=2)
    if as_json:
        points = [asdict(point) for point in simon.operating_characteristics(found.optimal)]
        answer = {"designs": found.rows, "certificate": asdict(found.certificate), "optimal_characteristics": points}
        typer.echo(json.dumps(answer, indent=2))
        return
    table = Table("design", "r1/n1", "r/n", "alpha", "power", "PET(p0)", "EN(p0)", "best for q")
    for row in found.rows:
        rates = [wording.decimal(row[name], 4) for name in ("alpha", "power", "pet_p0")]
        weights = f"{wording.decimal(row['q_low'], 3)}–{wording.decimal(row['q_high'], 3)}"
        sizes = (f"{row['r1']}/{row['n1']}", f"{row['r']}/{row['n']}")
        table.add_row(str(row["criterion"]), *sizes, *rates, wording.decimal(row["en_p0"], 2), weights)
    out.print(table)
    out.print(_certified(found))
    for rule in simon.decision_rules(found.optimal):
        out.print(f"optimal, stage {rule.stage}: {rule.fewest} to {rule.most} of {rule.observed}: {rule.action}")
    for path in drawn:
        out.print(str(path))


def _certified(found: simon.DesignSearch) -> str:
    """Say what the search proves, and what it does not."""
    proof = found.certificate
    if proof.complete:
        return f"Searched n = {proof.n_first} to {proof.n_last}; no larger n has a smaller EN(p0): certified."
    return f"Searched n = {proof.n_first} to {proof.n_last} only (--n-max): a larger n may have a smaller EN(p0)."


def _drawings(best: simon.SimonDesign) -> dict[str, charts.Chart]:
    """Draw power and early stopping, expected patients, and both boundaries."""
    points = simon.operating_characteristics(best)
    rates = pd.DataFrame(
        [{"RATE": point.p, "REJECTION": point.rejection, "PET": point.pet, "EN": point.en} for point in points]
    )
    subject = f"r1/n1 = {best.r1}/{best.n1}, r/n = {best.r}/{best.n}, p0 = {best.p0}, p1 = {best.p1}"
    nobody = pd.DataFrame(columns=["PATIENT", "SUCCESSES", "STATUS"])
    return {
        "operating": charts.operating_curve(rates, p0=best.p0, p1=best.p1, subject=subject),
        "expected": charts.expected_patients(rates, p0=best.p0, p1=best.p1, subject=subject),
        "boundary": charts.stage_plot(nobody, r1=best.r1, n1=best.n1, r=best.r, n=best.n, subject=subject),
    }


@app.command(epilog="Example: ir5nb inference --p0 0.40 --p1 0.60 --design 7/16,23/46 --successes 28")
def inference(
    p0: P0,
    p1: P1,
    planned: Annotated[str, typer.Option("--design", help="Boundaries and sizes, r1/n1,r/n.")],
    successes: Annotated[int, typer.Option(help="Successes in all.")],
    stage: Annotated[int, typer.Option(help="Stage at which the trial ended.", min=1, max=2)] = 2,
    stage1_successes: Annotated[int | None, typer.Option(help="Successes of stage 1 (attained sizes only).")] = None,
    n1: Annotated[int | None, typer.Option(help="Attained size of stage 1, where not planned.")] = None,
    n: Annotated[int | None, typer.Option(help="Attained size in all, where not planned.")] = None,
    level: Annotated[float, typer.Option(help="Two-sided confidence level.")] = 0.90,
    upper: Annotated[str, typer.Option(help="exact, koyama-chen or mid-p.")] = "exact",
    as_json: Json = False,
) -> None:
    """Estimate the rate after a two-stage trial: unbiased estimates, p-value and limits that respect both stages."""
    numbers = re.fullmatch(r"\s*(\d+)/(\d+)\s*,\s*(\d+)/(\d+)\s*", planned)
    if numbers is None:
        fail(f"--design {planned!r}: expected r1/n1,r/n, e.g. 7/16,23/46", code=2)
    r1, size1, r, size = map(int, numbers.groups())
    try:
        found = two_stage.infer(
            simon.SimonDesign(r1, size1, r, size, p0, p1), successes, stage, n1=n1, n=n,  # type: ignore[arg-type]
            stage1_successes=stage1_successes, level=level, upper=upper,  # type: ignore[arg-type]
        )  # fmt: skip
    except (ValueError, TypeError) as error:
        fail(error, code=2)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
        return
    table = Table("statistic", "value", "method")
    for name, value, method in found.rows:
        table.add_row(name, wording.decimal(value, 4) if name != "p_value" else wording.p_value(value), method)
    out.print(table)
    out.print(f"{found.reason}: H0 {'rejected' if found.rejects else 'not rejected'} ({found.level:.0%} limits).")
