"""What a run is asked to do: the words of the command as plans, folders and jobs, checked before anything runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ir5nb.plan import KINDS, Plan, PlanError, SafetyPlan, plan_kind, read_yaml
from ir5nb.render import folder, report


@dataclass(frozen=True)
class Order:
    """A run: its reports, where their data are, and where it goes.

    Attributes
    ----------
    root
        The project's folder.
    target
        The run's folder.
    plans
        Plan of each report, by the name of its notebook; `data` is the name the notebook knows.
    changes
        Entries of the plan that the run changes, as the notebook is given them.
    sources
        Folder of each report's source tables; None is the embedded demo data.
    jobs, timeout, formats, resume, scheduler, sending
        As the command says.
    """

    root: Path
    target: Path
    plans: Mapping[str, Plan]
    changes: Mapping[str, Mapping[str, object]]
    sources: Mapping[str, Path | None]
    jobs: int
    timeout: int
    formats: tuple[str, ...] = report.FORMATS
    resume: bool = False
    scheduler: str | None = None
    sending: bool = False

    @property
    def edition(self) -> str:
        """Edition of all its reports."""
        return next(iter(self.plans.values())).edition

    @property
    def mask_below(self) -> int:
        """The strictest masking threshold of its plans."""
        return max(plan.mask_below for plan in self.plans.values())

    def project_files(self, stem: str) -> dict[str, bytes]:
        """Give the files that a report reads besides its data: the notebook without its outputs, and every plan."""
        notebook = self.root / "notebooks" / f"{stem}.ipynb"
        plans = sorted((self.root / "params").glob("*.yaml"))
        files = {f"params/{path.name}": path.read_bytes() for path in plans}
        return {f"notebooks/{notebook.name}": _without_outputs(notebook), **files}

    def plan_files(self, stem: str) -> tuple[str, ...]:
        """Name the plans that a report depends on: its own, and those of the cohorts it pools."""
        plan = self.plans[stem]
        pooled = plan.cohorts if isinstance(plan, SafetyPlan) else ()
        return tuple(f"params/{name}.yaml" for name in (stem, *pooled))


def order(
    root: Path, stems: list[str], given: Mapping[str, object], *, runs: Path | None, name: str | None,
    edition: str | None, **how: Any,
) -> Order:  # fmt: skip
    """Check everything that can be checked before anything runs.

    Parameters
    ----------
    root
        The project's folder.
    stems
        Names of the notebooks.
    given
        Entries of the plan to change in every report that has them.
    runs
        Folder of runs; outputs/ of the project where None.
    name
        Name of the run; the data cut (and the kind of analysis, where it is given) where None.
    edition
        "full" or "share"; the plan's where None.
    how
        jobs, timeout, formats, resume, scheduler, sending.

    Raises
    ------
    PlanError
        When a plan is unusable.
    ValueError
        When the name cannot be one, the reports are not of one edition, or a format is unknown.
    """
    unknown = set(how.get("formats", ())) - set(report.FORMATS)
    if unknown:
        raise ValueError(f"--formats: no format {', '.join(sorted(unknown))}. There are {', '.join(report.FORMATS)}.")
    entries = dict(given) | ({"edition": edition} if edition else {})
    changes = {stem: _of_kind(stem, entries) for stem in stems}
    plans = {stem: Plan.load(stem, changes[stem]) for stem in stems}
    sources = {stem: None if plan.data is None else (root / plan.data).resolve() for stem, plan in plans.items()}
    for stem in (stem for stem, place in sources.items() if place is not None):
        changes[stem]["data"] = report.DATA
        plans[stem] = Plan.load(stem, changes[stem])
    first = next(iter(plans.values()))
    if len({plan.edition for plan in plans.values()}) > 1:
        raise ValueError("The plans are of two editions. Give one for the run: --edition full or --edition share.")
    parts = [str(first.cutoff), *([str(given["analysis"])] if "analysis" in given else [])]
    title = folder.name(name or "-".join(parts))
    if first.edition == "share" and not title.endswith("-share"):
        title += "-share"
    return Order(root, (runs or root / "outputs").resolve() / title, plans, changes, sources, **how)


def _of_kind(stem: str, given: Mapping[str, object]) -> dict[str, object]:
    """Leave out of a pooled report what only a cohort's plan has; a name that no plan has stays, to be refused."""
    known, others = plan_kind(stem).entry_names(), {key for kind in KINDS for key in kind.entry_names()}
    return {key: value for key, value in given.items() if key in known or key not in others}


def _without_outputs(notebook: Path) -> bytes:
    """Give a notebook as it is executed: what it showed before is no part of it."""
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{notebook} cannot be read as a notebook ({error!r}). Restore it (git checkout).") from error
    return json.dumps(content, sort_keys=True).encode()


def mapping_of(entries: Mapping[str, object], path: Path | None) -> dict[str, Any] | None:
    """Give the `mapping:` block of a plan file.

    Raises
    ------
    PlanError
        When it is no block.
    """
    mapping = entries.get("mapping")
    if mapping is not None and not isinstance(mapping, dict):
        raise PlanError(str(path), ["mapping: expected `tables:`, `columns:` and `values:` blocks"])
    return mapping


def file_entries(path: Path | None) -> dict[str, object]:
    """Read the entries of a plan file; none where there is no file."""
    return read_yaml(path) if path else {}
