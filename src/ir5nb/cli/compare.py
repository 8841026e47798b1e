"""The command that compares two runs: which numbers changed, which patients moved, and what lies behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from ir5nb import compare as compared
from ir5nb import wording
from ir5nb.cli.shared import app, err, fail, out
from ir5nb.compare import Comparison, Run, RunError
from ir5nb.compare.states import WEEK24
from ir5nb.render import folder, record, sheet
from ir5nb.tables import compare as laid

_DIFFERENT = ("changed", "added", "vanished", "reworded")
_DECIDED = ("headline", "decision")


@app.command(epilog="Example: ir5nb compare 2026-03-31 2026-06-30 --out outputs/march-to-june")
def compare(
    run_a: Annotated[str, typer.Argument(help="The earlier run: its folder, or its name in outputs/.")],
    run_b: Annotated[str, typer.Argument(help="The later run, likewise; latest is the newest.")],
    target: Annotated[
        Path | None, typer.Option("--out", help="Folder for the page and the tables; replaced whole.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every difference as JSON, for machines.")] = False,
) -> None:
    """Tell what differs between two runs: numbers, patients and why they moved, records, plans, versions."""
    folders = _found(run_a), _found(run_b)
    try:
        found = compared.compare(*(compared.read(place) for place in folders))
        if target:
            with folder.whole(target.resolve()) as part, err.status("writing the page"):
                _write(found, part)
    except (RunError, OSError) as error:
        fail(error)
    if as_json:
        typer.echo(json.dumps(_machine(found), indent=2, allow_nan=False))
        return
    for line in _summary(found):
        out.print(line)
    out.print(str(target / "compare.html") if target else "--out DIR writes the page and the tables.")


def _found(name: str) -> Path:
    """Find the folder of a run, given as its path or its name, or by the pointer `latest`."""
    places = [place for place in (Path(name), Path("outputs") / name) if place.exists()]
    if not places:
        fail(f"No run {name!r}: give the folder of a run, or its name in outputs/.", code=2)
    try:
        return folder.pointed(places[0])
    except ValueError:  # not a name, or not text
        fail(f"{name!r} is a file, not the folder of a run.", code=2)


def _summary(found: Comparison) -> Iterator[str]:
    """Say in a few lines what differs."""
    counts = found.counts
    number, moved, records = counts["numbers"], counts["week24"], counts["records"]
    yield f"{found.old.name} → {found.new.name}"
    yield (
        f"Numbers: {number['changed']} changed, {number['added']} added, {number['vanished']} vanished, "
        f"{number['reworded']} in other words, {number['same'] + number['noise']} the same."
    )
    if number["masked"]:
        yield f"Masked in one of the two runs: {number['masked']} numbers."
    yield f"Week 24: {moved['moved']} patients moved, {moved['entered']} entered, {moved['left']} left."
    yield f"Records: {records['added']} added, {records['changed']} changed, {records['removed']} removed."
    yield "Settings: " + (", ".join(f"{n} of {name}" for name, n in counts["settings"].items()) or "the same") + "."
    yield from found.notes
    for row in _week24(found, "moved").to_dict("records"):
        yield f"{row['REPORT']} {row['USUBJID']}: {row['OLD']} → {row['NEW']}. {row['REASON_NEW']}"


def _week24(found: Comparison, *kinds: str) -> pd.DataFrame:
    """Patients whose week-24 status differs under the plan's own reading."""
    rows = found.patients
    default = rows["PARAMCD"].eq(WEEK24) & rows["READING"].eq("default")
    return rows[default & (rows["CHANGE"].isin(kinds) if kinds else True)]


def _tables(found: Comparison) -> dict[str, pd.DataFrame]:
    differing = found.numbers[found.numbers["change"].ne("same")].reset_index(drop=True)
    return {"numbers": differing, "patients": found.patients, "records": found.records, "settings": found.settings}


def _write(found: Comparison, place: Path) -> None:
    """Write the page, and each table as parquet and CSV."""
    for name, frame in _tables(found).items():
        record.write_results(place, frame, name)
    sheet.write(place / "compare.html", f"{found.old.name} → {found.new.name}", list(_pieces(found)))


def _pieces(found: Comparison) -> Iterator[str | sheet.Shown]:
    """Give the page, piece by piece; names and texts of the data stand in tables only, escaped."""
    yield "# What changed between two runs"
    yield laid.runs(_described(found.old), _described(found.new))
    yield laid.counts(_counted(found), found.notes)
    yield "## What is decided"
    yield laid.decided(found.numbers[found.numbers["analysis"].isin(_DECIDED)])
    yield from _people(found)
    yield "## Plans, data and versions\n\nEvery entry that differs; what does not stand here is the same in both runs."
    yield laid.settings(found.settings)
    yield "## Source records\n\nA record with the same content is the same record, also where its row moved."
    yield laid.records(found.records)
    yield from _numbers(found)


def _people(found: Comparison) -> Iterator[str | sheet.Shown]:
    yield (
        "## Patients who moved at week 24\n\nUnder the plan's own reading of the primary endpoint: the category then "
        "and now, each with its reason, and what can have moved the patient."
    )
    yield laid.patients(_week24(found, "moved", "redated"), "Moved between categories", id="week24-moved")
    yield laid.patients(_week24(found, "entered", "left"), "Judged in one run only", id="week24-entered")
    others = found.patients.drop(_week24(found).index)
    moved = others[others["CHANGE"].isin(["moved", "redated"])]
    yield "## Other moves\n\nBest response, events, populations, hCG, and week 24 under the other readings."
    for place, (report, part) in enumerate(moved.groupby("REPORT")):
        line = f"{report} ({wording.count(len(part))})"
        yield sheet.Folded(line, laid.patients(part, line, id=f"moves-{place}"))


def _numbers(found: Comparison) -> Iterator[str | sheet.Shown]:
    """Every number that differs, folded by cohort and analysis in the order of the report."""
    yield "## Numbers\n\nEvery number that differs, by cohort and analysis; `numbers.csv` holds them unrounded."
    differing = found.numbers[found.numbers["change"].isin(_DIFFERENT)]
    reports = differing.groupby(["table", "cohort", "analysis"], sort=False)
    for place, ((table, cohort, analysis), part) in enumerate(reports):
        owner = cohort if table == "results" else wording.label(table)
        line = f"{owner}: {str(wording.label(analysis)).replace('_', ' ')} ({wording.count(len(part))})"
        yield sheet.Folded(line, laid.numbers(part, line, id=f"numbers-{place}"))


def _counted(found: Comparison) -> dict[str, int]:
    """Name the counts of differences as the page shows them."""
    counts = found.counts
    words = {"changed": "changed", "added": "new", "vanished": "gone", "reworded": "the same in other words"}
    words |= {"masked": "masked in one run"} if counts["numbers"]["masked"] else {}
    shown = {f"Numbers {word}": counts["numbers"][kind] for kind, word in words.items()}
    shown["Patients who moved between categories at week 24"] = counts["week24"]["moved"]
    shown["Patients of whom anything differs"] = counts["patients"]
    shown |= {f"Source records {kind}": number for kind, number in counts["records"].items()}
    return shown | {"Settings that differ": len(found.settings)}


def _described(run: Run) -> dict[str, str]:
    """Name what a run is: folder, data cut, edition, reports, commit."""
    plans = run.plans
    cuts = sorted({str(plan.get("cutoff", "")) for plan in plans.values()})
    editions = sorted({str(plan.get("edition", "")) for plan in plans.values()})
    commit = run.manifest.get("commit")
    head = commit if isinstance(commit, dict) else {}
    dirty = " and files that differ from it" if head.get("dirty") else ""
    return {
        "Folder": run.name, "Data cut": ", ".join(cuts), "Edition": ", ".join(editions), "Reports": ", ".join(plans),
        "Program": f"commit {str(head.get('id', 'unknown'))[:10]}{dirty}",
    }  # fmt: skip


def _machine(found: Comparison) -> dict[str, Any]:
    """Give everything as plain values; missing and infinite numbers are null."""
    tables = {
        name: json.loads(frame.to_json(orient="records", date_format="iso", double_precision=15))
        for name, frame in _tables(found).items()
    }
    return {"old": found.old.name, "new": found.new.name, "counts": found.counts, "notes": found.notes, **tables}
