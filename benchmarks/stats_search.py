"""Time the design search over every setting of golden/stats/simon_designs and on one large setting.

Run: python benchmarks/stats_search.py. One core, no caller's n_max, each optimum certified and compared with the golden
file. CPU seconds; the best of three rounds, because other work on the machine only ever adds. Where Rscript and clinfun
are installed, ph2simon is timed in the same run at n_max = 1.2 times the largest n of each setting.
"""

from __future__ import annotations

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import shutil
import subprocess
import time
from pathlib import Path

import pandas as pd

from ir5nb.stats.simon import search

GOLDEN = Path(__file__).parents[1] / "tests" / "known" / "stats" / "simon_designs.csv.gz"
LARGE = (0.45, 0.53, 0.05, 0.90)  # the optimum has n = 396
AIM_ALL, AIM_LARGE = 3.75, 0.28  # seconds seen with plain numpy elsewhere
ROUNDS = 3
R_SCRIPT = """
library(clinfun); s <- read.csv("stdin"); t <- system.time(for (i in seq_len(nrow(s)))
  try(ph2simon(s$p0[i], s$p1[i], s$alpha[i], 1 - s$power[i], nmax = s$nmax[i]), silent = TRUE)); cat(t[["user.self"]])
"""


def cpu_seconds(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def report(rows, settings):
    expected = rows[(rows.criterion == "optimal") & (rows.degenerate_r_eq_r1 == 0)].set_index("case_id")
    rounds = [cpu_seconds(lambda: [search(*setting) for setting in settings]) for _ in range(ROUNDS)]
    seconds, found = min(rounds, key=lambda timed: timed[0])
    certified = sum(result.certificate.complete for result in found)
    cases = list(dict.fromkeys(rows.case_id))
    agreeing = sum(
        case in expected.index and expected.loc[case, "n"] == result.optimal.n
        for case, result in zip(cases, found, strict=True)
    )
    print(f"{len(settings)} settings: {seconds:.2f} s CPU (aim {AIM_ALL}); {certified} certified; "
          f"{agreeing} of {len(expected)} optima as golden")  # fmt: skip
    return seconds


def report_large():
    rounds = [cpu_seconds(lambda: search(*LARGE)) for _ in range(ROUNDS)]
    seconds, result = min(rounds, key=lambda timed: timed[0])
    print(f"{LARGE}: n = {result.optimal.n}, {seconds:.3f} s CPU (aim {AIM_LARGE}), certificate {result.certificate}")


def report_clinfun(settings, largest):
    if shutil.which("Rscript") is None:
        print("clinfun: Rscript is not installed here; known elsewhere: 219 s for 499 settings at a safe n_max")
        return
    asked = pd.DataFrame(settings, columns=["p0", "p1", "alpha", "power"])
    asked["nmax"] = [min(1000, int(1.2 * n) + 5) for n in largest]
    run = subprocess.run(["Rscript", "-e", R_SCRIPT], input=asked.to_csv(), capture_output=True, text=True, check=False)
    print(f"clinfun: {run.stdout} s" if run.returncode == 0 else "clinfun: not installed in this R")


def main():
    rows = pd.read_csv(GOLDEN)
    cases = rows.groupby("case_id", sort=False)
    settings = [
        (p0, p1, alpha, 1.0 - beta) for p0, p1, alpha, beta in cases[["p0", "p1", "alpha", "beta"]].first().values
    ]
    report(rows, settings)
    report_large()
    report_clinfun(settings, cases.n.max())


if __name__ == "__main__":
    main()
