"""Commands on numbers alone: design, inference. They know no trial and read no data."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import pandas as pd
import typer
from rich import box
from rich.table import Table

from ir5nb import charts, wording
from ir5nb.cli.shared import app, fail, out
from ir5nb.render import figures
from ir5nb.stats import simon, two_stage

Json = Annotated[bool, typer.Option("--json", help="Every number unrounded, for machines.")]
P0 = Annotated[float, typer.Option(help="Rate of no interest, H0.")]
P1 = Annotated[float, typer.Option(help="Rate of interest, H1.")]
NAMES = {
    "naive": "observed rate",
    "umvue": "UMVUE",
    "umvcue": "UMVCUE",
    "median_unbiased": "median unbiased",
    "median_unbiased_p_value": "median unbiased (p = 1/2)",
    "bias_adjusted": "bias adjusted",
    "bias_subtracted": "bias subtracted once",
    "p_value": "p-value, one-sided",
    "lower": "lower limit",
    "upper": "upper limit",
}


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
        refuse(error, "design")
    if as_json:
        points = [asdict(point) for point in simon.operating_characteristics(found.optimal)]
        answer = {"designs": found.rows, "certificate": asdict(found.certificate), "optimal_characteristics": points}
        typer.echo(json.dumps(answer, indent=2))
        return
    out.print(_designs(found))
    out.print(_certified(found))
    for rule in simon.decision_rules(found.optimal):
        out.print(f"optimal, stage {rule.stage}: {rule.fewest} to {rule.most} of {rule.observed}: {rule.action}")
    for path in drawn:
        out.print(str(path))


def _designs(found: simon.DesignSearch) -> Table:
    """Lay the designs out in fewer than 80 columns, so that no terminal cuts a number."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("design", "r1/n1", "r/n", "alpha", "power", "PET(p0)", "EN(p0)", "best for q"):
        table.add_column(heading, no_wrap=True)
    for row in found.rows:
        rates = [wording.decimal(row[name], 4) for name in ("alpha", "power", "pet_p0")]
        weights = f"{wording.decimal(row['q_low'], 3)}–{wording.decimal(row['q_high'], 3)}"
        sizes = (f"{row['r1']}/{row['n1']}", f"{row['r']}/{row['n']}")
        table.add_row(str(row["criterion"]), *sizes, *rates, wording.decimal(row["en_p0"], 2), weights)
    return table


def _certified(found: simon.DesignSearch) -> str:
    """Say what the search proves, and what it does not."""
    proof = found.certificate
    if proof.complete:
        return f"Searched n = {proof.n_first} to {proof.n_last}; no larger n has a smaller EN(p0): certified."
    return f"Searched n = {proof.n_first} to {proof.n_last} only (--n-max): a larger n may have a smaller EN(p0)."


def _drawings(planned: simon.SimonDesign, observed: str = "") -> dict[str, charts.Chart]:
    """Draw power and early stopping, expected patients, and both boundaries."""
    points = simon.operating_characteristics(planned)
    rates = pd.DataFrame(
        [{"RATE": point.p, "REJECTION": point.rejection, "PET": point.pet, "EN": point.en} for point in points]
    )
    sizes = f"r1/n1 = {planned.r1}/{planned.n1}, r/n = {planned.r}/{planned.n}"
    subject = f"{sizes}, p0 = {planned.p0}, p1 = {planned.p1}{observed}"
    nobody = pd.DataFrame(columns=["PATIENT", "SUCCESSES", "STATUS"])
    return {
        "operating": charts.operating_curve(rates, p0=planned.p0, p1=planned.p1, subject=subject),
        "expected": charts.expected_patients(rates, p0=planned.p0, p1=planned.p1, subject=subject),
        "boundary": charts.stage_plot(nobody, r1=planned.r1, n1=planned.n1, r=planned.r, n=planned.n, subject=subject),
    }


@app.command(epilog="Example: ir5nb inference --p0 0.40 --p1 0.60 --design 7/16,23/46 --successes 28")
def inference(
    p0: P0,
    p1: P1,
    successes: Annotated[int, typer.Option(help="Successes in all.")],
    planned: Annotated[
        str | None, typer.Option("--design", help="Boundaries and sizes r1/n1,r/n: go on if > r1.")
    ] = None,
    at_least: Annotated[str | None, typer.Option(help="The same as R1/n1,R/n: go on if >= R1, reject if >= R.")] = None,
    stage: Annotated[int, typer.Option(help="Stage at which the trial ended.", min=1, max=2)] = 2,
    stage1_successes: Annotated[int | None, typer.Option(help="Successes of stage 1 (attained sizes only).")] = None,
    n1: Annotated[int | None, typer.Option(help="Attained size of stage 1, where not planned.")] = None,
    n: Annotated[int | None, typer.Option(help="Attained size in all, where not planned.")] = None,
    level: Annotated[float, typer.Option(help="Two-sided confidence level.")] = 0.90,
    upper: Annotated[str, typer.Option(help="exact, koyama-chen or mid-p.")] = "exact",
    ordering: Annotated[str, typer.Option(help="stage-wise, umvue or mle.")] = "stage-wise",
    attained: Annotated[
        str, typer.Option(help="Rule for attained sizes: conditional-error, koyama-chen or substitute.")
    ] = "conditional-error",
    plot: Annotated[Path | None, typer.Option(help="File to draw the planned design in: .html, .svg or .png.")] = None,
    as_json: Json = False,
) -> None:
    """Estimate the rate after a two-stage trial: unbiased estimates, p-value and limits that respect both stages."""
    try:
        found = two_stage.infer(
            _planned(planned, at_least, p0, p1), successes, stage, n1=n1, n=n,  # type: ignore[arg-type]
            stage1_successes=stage1_successes, level=level, upper=upper,  # type: ignore[arg-type]
            ordering=ordering, attained=attained,  # type: ignore[arg-type]
        )  # fmt: skip
        observed = f"; observed {found.successes} of {found.n} at stage {found.stage}"
        drawn = figures.write(_drawings(found.design, observed), plot) if plot else ()
    except (ValueError, TypeError, OSError) as error:
        refuse(error, "inference")
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
        return
    out.print(_estimates(found))
    out.print(f"p-value and limits: {found.method}.")
    out.print(f"{found.reason}: H0 {'rejected' if found.rejects else 'not rejected'} ({found.level:.0%} limits).")
    for path in drawn:
        out.print(str(path))


def _planned(more_than: str | None, at_least: str | None, p0: float, p1: float) -> simon.SimonDesign:
    """Read r1/n1,r/n or R1/n1,R/n; which convention the document uses is said by the option, never guessed."""
    if (more_than is None) == (at_least is None):
        raise ValueError("one of --design r1/n1,r/n and --at-least R1/n1,R/n must be given")
    option, text = ("--design", more_than) if more_than is not None else ("--at-least", at_least)
    numbers = re.fullmatch(r"\s*(\d+)/(\d+)\s*,\s*(\d+)/(\d+)\s*", str(text))
    if numbers is None:
        raise ValueError(f"{option} {text!r}: expected r1/n1,r/n, e.g. 7/16,23/46")
    first, n1, final, n = map(int, numbers.groups())
    build = simon.SimonDesign if more_than is not None else simon.SimonDesign.at_least
    return build(first, n1, final, n, p0, p1)


def _estimates(found: two_stage.TwoStageInference) -> Table:
    """Lay out estimates, p-value and limits; what they rest on stands below, once."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("statistic", "value", "method"):
        table.add_column(heading, no_wrap=True)
    for name, value, method in found.rows:
        shown = wording.p_value(value) if name == "p_value" else wording.decimal(value, 4)
        table.add_row(NAMES[name], shown, "see below" if method == found.method else method)
    return table


ADVICE = {
    "design": "Give 0 < p0 < p1 < 1 and alpha below power, and leave --n-max out unless a limit is wanted",
    "inference": "Give the planned design, the successes of all stages, and the sizes attained where not as planned",
}


def refuse(error: Exception, command: str) -> NoReturn:
    """End with the condition that broke and, in a second sentence, what to give instead."""
    said = str(error).rstrip(".")
    fail(f"{said}. {ADVICE[command]} (example: ir5nb {command} --help).", code=2)
