"""Time and memory of reading a platform and deriving every endpoint of its five cohorts, from 100 to 100,000 patients.

Run: python benchmarks/derive.py [SIZE ...]. Every size is simulated to parquet files in a temporary folder (all tables
the derivations read; of the laboratory hCG only) and measured in a process of its own, so that its peak memory is its
own. CPU seconds count this process alone, wall seconds also what else runs on the machine. Each derivation is timed
where the analyses call it, less what it calls of the others.
"""

from __future__ import annotations

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from functools import wraps
from pathlib import Path

import pyarrow.parquet

from ir5nb import analyses, simulate, source
from ir5nb.analyses import cohort as cohorts
from ir5nb.derive import assays, hcg, progression, recist, response, subjects, times, week24
from ir5nb.plan import CohortPlan

SIZES = (100, 1_000, 10_000, 100_000)
DOMAINS = ("DM", "DS", "EX", "TU", "TR", "RS", "HCG", "AE", "CM", "PR", "SC")
PLANS = ("c1_pm", "c2_gtt", "c3_tet", "c4_atc", "c5_net")
# what the table calls it -> the functions timed under it
PARTS = {
    "subjects": [(subjects, "adsl")],
    "recorded responses": [(recist, "recorded"), (cohorts, "dated_by_imaging")],
    "responses from measurements": [(recist, "derived")],
    "best response": [(response, "best")],
    "PFS OS DoR RFS FUP": [
        (progression, "pfs"), (times, "os"), (times, "follow_up"), (progression, "dor"), (times, "rfs"),
    ],
    "hCG": [(assays, "series"), (hcg, "outcomes")],
    "week-24 status": [(week24, "progression_free"), (week24, "alive"), (week24, "hcg")],
}  # fmt: skip
AIM_SECONDS, AIM_GB = 60, 4


class Clock:
    """CPU seconds by part, each less what other parts took inside it."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inside: list[float] = []

    def __call__(self, part, function):
        """Give the function that also counts its seconds under the part."""

        @wraps(function)
        def timed(*arguments, **settings):
            self._inside.append(0.0)
            start = time.process_time()
            try:
                return function(*arguments, **settings)
            finally:
                took = time.process_time() - start
                self.spent[part] += took - self._inside.pop()
                if self._inside:
                    self._inside[-1] += took

        return timed


def gigabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def measure(folder):
    """Read, cut once, derive the five cohorts under the default reading; then the tables, which hold every reading."""
    clock, wall = Clock(), time.perf_counter()
    started_with = gigabytes()
    trial = clock("reading", source.read)(folder)
    plans = [CohortPlan.load(stem, {"analysis": "final"}) for stem in PLANS]
    cut = clock("data cut", trial.as_of)(plans[0].cutoff)
    del trial
    after_reading, seconds_reading = gigabytes(), time.perf_counter() - wall
    for part, functions in PARTS.items():
        for module, name in functions:
            setattr(module, name, clock(part, getattr(module, name)))
    begun, cpu = time.perf_counter(), time.process_time()
    derived = [clock("putting together", analyses.derive)(cut, plan) for plan in plans]
    endpoints = {"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "gb": gigabytes()}
    spent = dict(clock.spent)
    begun, cpu = time.perf_counter(), time.process_time()
    rows = sum(len(table) for each in derived for table in analyses.derived_tables(each).values())
    tables = {"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "gb": gigabytes()}
    return {"spent": spent, "endpoints": endpoints, "tables": tables, "table rows": rows, "start gb": started_with,
            "reading gb": after_reading, "reading wall": seconds_reading}  # fmt: skip


def of_size(patients):
    """Simulate and measure one size, each in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        for task in ("simulate", "measure"):
            told = subprocess.run(
                [sys.executable, __file__, task, str(patients), place], check=True, capture_output=True, text=True
            ).stdout
        rows = sum(pyarrow.parquet.read_metadata(path).num_rows for path in Path(place).glob("*.parquet"))
    return json.loads(told) | {"patients": patients, "rows": rows}


def printed(found):
    """Print seconds per 10,000 patients by part and size, then totals and peak memory."""
    line = "{:<42}" + "{:>12}" * len(found)

    def row(name, value, form="{:.2f}"):
        print(line.format(name, *(form.format(value(each)) for each in found)))

    row("patients", lambda each: each["patients"], "{:,}")
    row("source rows", lambda each: each["rows"], "{:,}")
    print("CPU seconds per 10,000 patients")
    for part in ["reading", "data cut", *PARTS, "putting together"]:
        row(f"  {part}", lambda each, part=part: each["spent"].get(part, 0) / each["patients"] * 1e4)
    row("  every other reading, seven tables", lambda each: each["tables"]["cpu"] / each["patients"] * 1e4)
    print("in all")
    row("  reading and data cut, wall s", lambda each: each["reading wall"], "{:.1f}")
    for name, key in (("every endpoint", "endpoints"), ("every other reading, tables", "tables")):
        row(f"  {name}, CPU s", lambda each, key=key: each[key]["cpu"], "{:.1f}")
        row(f"  {name}, wall s", lambda each, key=key: each[key]["wall"], "{:.1f}")
    print("peak memory, GB, from the start of the process to the end of")
    for name, value in (("imports", "start gb"), ("reading and data cut", "reading gb")):
        row(f"  {name}", lambda each, value=value: each[value])
    for name, key in (("every endpoint", "endpoints"), ("every other reading, tables", "tables")):
        row(f"  {name}", lambda each, key=key: each[key]["gb"])
    largest = found[-1]
    if largest["patients"] == max(SIZES):
        seconds, memory = largest["endpoints"]["cpu"], largest["endpoints"]["gb"]
        print(f"aim at {max(SIZES):,}: endpoints {seconds:.0f} of {AIM_SECONDS} s CPU, {memory:.1f} of {AIM_GB} GB")


def main(words):
    match words:
        case ["simulate", patients, place]:
            made = simulate.platform(1, patients=int(patients), domains=DOMAINS)
            simulate.write({name: table for name, table in made.items() if "/" not in name}, Path(place), "parquet")
        case ["measure", _, place]:
            print(json.dumps(measure(Path(place))))
        case sizes:
            printed([of_size(size) for size in map(int, sizes or SIZES)])


if __name__ == "__main__":
    main(sys.argv[1:])
