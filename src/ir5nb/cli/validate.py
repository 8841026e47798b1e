"""The command that runs the known-value and property tests, and R beside it, and writes a page that can be filed."""

from __future__ import annotations

import datetime as dt
import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from ir5nb import analyses, tables, validation
from ir5nb.cli.shared import app, err, fail, out, project
from ir5nb.render import folder, record, sheet
from ir5nb.validation import Record
from ir5nb.validation.suite import FOLDERS, QUICK

_NO_R = "Rscript is not installed, so nothing was compared with R live (Debian: r-base-core and r-cran-survival)."


@app.command(epilog="Example: ir5nb validate --out outputs/validation")
def validate(
    target: Annotated[
        Path | None, typer.Option("--out", help="Folder to write; replaced whole. outputs/validation where omitted.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A part of the known values only, in under a minute.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The counts as JSON, for machines.")] = False,
) -> None:
    """Check the package against published values and, where R is installed, against R; write a dated page."""
    root = project()
    place = (target or root / "outputs" / "validation").resolve()
    if not quick:
        err.print("All known-value and property tests take about three minutes; --quick runs a part in less than one.")
    try:
        with folder.whole(place) as part:
            with err.status("running the tests" + (" (a part)" if quick else "")):
                found = validation.run(root, part / "junit.xml", QUICK if quick else FOLDERS)
            with err.status("asking R"):
                peers, version = _peers()
            facts = _facts(root, quick, version)
            _write(part, found, peers, facts, root)
    except (ValueError, OSError) as error:
        fail(error)
    counts = _counts(found, peers)
    out.print(json.dumps(facts | counts, indent=2) if as_json else _told(counts, place))
    raise typer.Exit(1 if counts["failed"] or counts["r_disagree"] else 0)


def _peers() -> tuple[pd.DataFrame, str]:
    """Compare with R; without R there are no rows."""
    command = validation.rscript()
    if command is None:
        return pd.DataFrame(columns=list(validation.COLUMNS), dtype=object), ""
    return validation.compared(command)


def _facts(root: Path, quick: bool, version: str) -> dict[str, str]:
    """Say when, where and of what the validation was."""
    head = record.commit(root)
    dirty = {True: ", with files that differ from it", False: ""}.get(head["dirty"], "")  # type: ignore[call-overload]
    scope = f"a part of the known values ({len(QUICK)} files)" if quick else "all known-value and property tests"
    return {
        "Date (UTC)": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M"),
        "Scope": scope,
        "Program": f"commit {head['id']}{dirty}",
        "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "R": version or _NO_R,
    }


def _counts(found: Record, peers: pd.DataFrame) -> dict[str, int]:
    counts = {name.lower(): int(found.files[name].sum()) for name in ("PASSED", "FAILED", "SKIPPED")}
    agree = int(peers["AGREES"].sum()) if len(peers) else 0
    return counts | {"r_agree": agree, "r_disagree": len(peers) - agree}


def _told(counts: dict[str, int], place: Path) -> str:
    return (
        f"Tests: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped.\n"
        f"R: {counts['r_agree']} values agree, {counts['r_disagree']} do not.\n{place / 'validation.html'}"
    )


def _write(place: Path, found: Record, peers: pd.DataFrame, facts: dict[str, str], root: Path) -> None:
    """Write the page, the tables behind it and the manifest with their fingerprints."""
    (place / "junit.xml").write_text(
        (place / "junit.xml").read_text(encoding="utf-8").replace(str(root), "."), encoding="utf-8"
    )
    known = _reference_values(root)
    for name, frame in {"tests": found.files, "peers": peers, "reference_values": known}.items():
        record.write_results(place, frame, name)
    sheet.write(place / "validation.html", "Validation report", list(_pieces(found, peers, facts, known)))
    entries = {"facts": facts, "counts": _counts(found, peers), "versions": _versions()}
    record.write_manifest(place, entries)


def _versions() -> dict[str, Any]:
    table = analyses.versions()
    return dict(zip(table["ITEM"], table["VALUE"], strict=True))


def _reference_values(root: Path) -> pd.DataFrame:
    """List the files of expected values with their fingerprints, so that a filed report says against what."""
    files = [path for path in sorted((root / "tests" / "known").rglob("*")) if path.is_file()]
    kept = [path for path in files if path.suffix not in {".py", ".pyc"}]
    rows = [(path.relative_to(root).as_posix(), path.stat().st_size, record.fingerprint(path)) for path in kept]
    return pd.DataFrame(rows, columns=["FILE", "BYTES", "SHA256"])


def _pieces(
    found: Record, peers: pd.DataFrame, facts: dict[str, str], known: pd.DataFrame
) -> Iterator[str | sheet.Shown]:
    """Give the page, piece by piece; texts of tests and of R stand in tables only, escaped."""
    yield (
        "# Validation report\n\nThe numbers of this package against values that other programs, papers and hands made. "
        "Each line names what was checked and against what; a skipped test says why."
    )
    yield tables.provenance(_listed(facts | _versions(), found, peers), title="What was run", id="run")
    yield "## Tests"
    yield tables.listing(_headed(found.files.drop(columns="SECONDS")), "Known values and properties", id="tests")
    yield tables.listing(_headed(found.not_passed), "Tests that failed or were skipped", id="not-passed")
    yield "## R, live\n\nThe same statistics by R in this very run, on R's own data sets and on the cohorts' designs."
    yield tables.listing(_by_kind(peers), "Values of R", id="peers")
    wrong = peers[~peers["AGREES"].astype(bool)] if len(peers) else peers
    yield tables.listing(_headed(wrong.astype(str)), "Values that differ", id="differ")
    yield "## Reference values"
    yield sheet.Folded(f"Files of expected values ({len(known)})", tables.listing(known, "Files", id="known"))


def _headed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns headings in words."""
    words = {"WHAT": "What, and against what", "SAID": "Message", "OURS": "ir5nb", "R": "R"}
    return frame.rename(columns={name: words.get(name, name.capitalize()) for name in frame.columns})


def _listed(facts: dict[str, Any], found: Record, peers: pd.DataFrame) -> pd.DataFrame:
    rows = [("Result", _RESULTS[name], str(number)) for name, number in _counts(found, peers).items()]
    rows += [("Made with", name, value) for name, value in facts.items()]
    return pd.DataFrame(rows, columns=["SECTION", "ITEM", "VALUE"])


_RESULTS = {
    "passed": "Tests passed", "failed": "Tests failed", "skipped": "Tests skipped",
    "r_agree": "Values of R that agree", "r_disagree": "Values of R that differ",
}  # fmt: skip


def _by_kind(peers: pd.DataFrame) -> pd.DataFrame:
    """Count the values of each function of R, with the largest difference seen and the one allowed."""
    rows = []
    for kind, part in peers.groupby(peers["CASE"].astype(str).str.split().str[0], sort=False):
        largest, allowed = part["DIFFERENCE"].abs().max(), part["TOLERANCE"].max()
        rows.append((kind, len(part), int(part["AGREES"].sum()), f"{largest:.0e}", f"{allowed:.0e}"))
    return pd.DataFrame(rows, columns=["Function", "Values", "Agree", "Largest difference", "Allowed (relative)"])
