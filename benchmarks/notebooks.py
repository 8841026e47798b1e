"""Six notebooks: `papermill` commands one after another, `ir5nb run all`, and the floor, on one machine in one go.

The floor is the same code in one plain process, imports included: every code cell, and what it shows turned into HTML
or a chart's specification, without a kernel, a client, a page or a file. Memory is the sum of the proportional set
sizes (PSS) of a command and all it has started, four times a second.

Run: .venv/bin/python benchmarks/notebooks.py [--rounds 3] [--jobs 2]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEMS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
BIN = Path(sys.executable).parent
FLOOR = """
import ast, json, sys
from pathlib import Path
for path in sorted(Path("notebooks").glob("*.ipynb")):
    names = {"__name__": "__main__", "In": []}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        names["In"].append(source)
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(path), "exec"), names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), str(path), "eval"), names)
            for form in ("_repr_mimebundle_", "_repr_html_"):
                if hasattr(shown, form):
                    getattr(shown, form)()
                    break
            else:
                repr(shown)
"""


def descendants(pid: int) -> list[int]:
    """Give the numbers of a process and of every process it has started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(words[1]), []).append(int(entry.name))
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found


def pss(pid: int) -> int:
    """Give the proportional set size of a process in kB; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def measured(command: list[str]) -> tuple[float, float, float]:
    """Run a command; wall seconds, CPU seconds of it and its children, and the peak of the memory in MB."""
    before, started, peak = os.times(), time.perf_counter(), 0
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while process.poll() is None:
        peak = max(peak, sum(map(pss, descendants(process.pid))))
        time.sleep(0.25)
    seconds, after = time.perf_counter() - started, os.times()
    said = process.stderr.read().decode() if process.stderr else ""
    if process.returncode:
        raise SystemExit(f"{' '.join(command)[:80]} failed:\n{said}")
    cpu = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return seconds, cpu, peak / 1024


def papermills(out: Path) -> tuple[float, float, float]:
    """Run the six commands one after another."""
    each = [
        measured([str(BIN / "papermill"), f"notebooks/{stem}.ipynb", str(out / f"{stem}.ipynb"), "--no-progress-bar",
                  "-k", "python3"])
        for stem in STEMS
    ]  # fmt: skip
    return sum(one[0] for one in each), sum(one[1] for one in each), max(one[2] for one in each)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=1)
    words.add_argument("--jobs", type=int, default=2)
    given = words.parse_args()
    found: dict[str, list[tuple[float, float, float]]] = {}
    with tempfile.TemporaryDirectory() as place:
        run = [str(BIN / "ir5nb"), "run", "all", "--jobs", str(given.jobs), "--out", place, "--run"]
        for number in range(given.rounds):
            ways = {
                "papermill, six commands": lambda: papermills(Path(place)),
                "ir5nb run all --formats html": lambda n=number: measured([*run, f"page{n}", "--formats", "html"]),
                "ir5nb run all": lambda n=number: measured([*run, f"all{n}"]),
                "ir5nb run all --resume, nothing changed": lambda n=number: measured([*run, f"all{n}", "--resume"]),
                "floor": lambda: measured([sys.executable, "-c", FLOOR]),
            }
            for name, way in ways.items():
                found.setdefault(name, []).append(way())
                print(f"{name}: {found[name][-1][0]:.1f} s", file=sys.stderr, flush=True)
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}, {given.rounds} rounds"
    )
    print("| way | wall s | CPU s | peak MB |\n|---|---|---|---|")
    for name, rounds in found.items():
        print(
            f"| {name} | "
            + " | ".join(f"{statistics.median(column):.1f}" for column in zip(*rounds, strict=True))
            + " |"
        )


if __name__ == "__main__":
    main()
