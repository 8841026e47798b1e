"""Time and memory of simulated trials: 1,000 to 100,000 whole trials of a cohort through the real derivations.

Each size runs in a process of its own, which tells its peak memory; CPU seconds count the worker processes too.

    python benchmarks/operating.py                 every cohort, 2,000 trials at p0 and at p1, one process
    python benchmarks/operating.py c3_tet 10000 2  one cohort, so many trials at p0, so many worker processes
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ir5nb.operating import AS_IN_THE_DEMO, Scenario, Study, run
from ir5nb.plan import CohortPlan

STEMS = ("c1_pm", "c2_gtt", "c3_tet", "c4_atc", "c5_net")


def measured(stem: str, rate: str, trials: int, jobs: int) -> dict[str, object]:
    plan = CohortPlan.load(stem)
    study = Study(plan, (Scenario("expected", AS_IN_THE_DEMO, (getattr(plan, rate),)),), trials)
    with tempfile.TemporaryDirectory() as place:
        started = time.monotonic()
        run(study, Path(place), jobs=jobs, report=lambda done, total: None)
        wall = time.monotonic() - started
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in (own, children))
    return {
        "cohort": stem, "rate": rate, "trials": trials, "jobs": jobs, "wall_s": round(wall, 1), "cpu_s": round(cpu, 1),
        "trials_per_cpu_s": round(trials / cpu), "peak_mb_parent": own.ru_maxrss // 1024,
        "peak_mb_largest_worker": children.ru_maxrss // 1024,
    }  # fmt: skip


def apart(*words: object) -> None:
    """Measure in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--here", *map(str, words)], capture_output=True, text=True, check=True
    )
    print(done.stdout.strip(), flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    if given[:1] == ["--here"]:
        print(json.dumps(measured(given[1], given[2], int(given[3]), int(given[4]))))
    elif given:
        apart(given[0], "p0", given[1], given[2])
    else:
        for name in STEMS:
            for at in ("p0", "p1"):
                apart(name, at, 2000, 1)
