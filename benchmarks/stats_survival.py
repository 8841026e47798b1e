"""Time kaplan_meier on one million subjects beside a plain numpy sort and cumulative product, in pairs.

Run: python benchmarks/stats_survival.py. Each pair runs both on the same data in turn; the median ratio counts, so that
other work on the machine hits both alike. The plain version has no ties, no errors, no limits. "with limits" also asks
for the log-log limits at every time, which the result computes only when asked. Where Rscript and survival are
installed, survfit is timed in the same run.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from ir5nb.stats.survival import kaplan_meier

N, PAIRS, AIM = 1_000_000, 7, 2.0
R_SCRIPT = """
library(survival); a <- commandArgs(TRUE); t <- readBin(a[1], "double", 2e6); n <- length(t) / 2
cat(system.time(survfit(Surv(t[1:n], t[(n + 1):(2 * n)]) ~ 1, conf.type = "log-log"))[["elapsed"]])
"""


def simulated(whole_days):
    generator = np.random.default_rng(20240613)
    death, censoring = generator.exponential(300.0, N), generator.uniform(0.0, 800.0, N)
    time_to = np.minimum(death, censoring)
    return (np.ceil(time_to) if whole_days else time_to), death <= censoring


def plain(times, events):
    order = np.argsort(times)
    return np.cumprod(1.0 - events[order] / np.arange(len(times), 0, -1))


def seconds(work, times, events):
    start = time.perf_counter()
    work(times, events)
    return time.perf_counter() - start


def with_limits(times, events):
    return kaplan_meier(times, events).lower


def report(name, times, events):
    for label, estimate in (("", kaplan_meier), (" with limits", with_limits)):
        pairs = [(seconds(plain, times, events), seconds(estimate, times, events)) for _ in range(PAIRS)]
        ratio = statistics.median(ours / base for base, ours in pairs)
        base, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{name}{label}: plain {base:.3f} s, kaplan_meier {ours:.3f} s, ratio {ratio:.2f} (aim {AIM})")


def report_r(name, times, events):
    if shutil.which("Rscript") is None:
        print("R survival: Rscript is not installed here")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "times.bin"
        np.concatenate([times, events.astype(float)]).tofile(path)
        run = subprocess.run(["Rscript", "-e", R_SCRIPT, str(path)], capture_output=True, text=True, check=False)
    ours = min(seconds(with_limits, times, events) for _ in range(3))
    print(f"{name}: R survfit {run.stdout} s, kaplan_meier with limits {ours:.3f} s"
          if run.returncode == 0 else "R survival: not installed in this R")  # fmt: skip


def main():
    for name, whole_days in (("a million distinct times", False), ("whole days", True)):
        times, events = simulated(whole_days)
        report(name, times, events)
        report_r(name, times, events)


if __name__ == "__main__":
    main()
