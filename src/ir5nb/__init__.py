"""Analysis of IMMUNORARE5: five single-arm two-stage phase II trials in rare cancers.

Each cohort is one trial: one plan, one notebook, one decision; none borrows from another (R1). The rooms, each loaded
when it is first touched, so that `import ir5nb` costs nothing:

plan       what a cohort is told: `plan.CohortPlan.load("c3_tet")`
source     files to checked tables: `source.read(folder).as_of(date)`
derive     one row per patient, each with its reason: subjects, recist, response, times, week24, hcg, adverse_events
analyses   planned analyses: `analyses.derive(trial, plan)`, then `analyses.primary(cohort)`, …
stats      numbers alone: simon, two_stage, binomial, survival, monitoring, rates
tables     great-tables of results; charts: Altair charts of them
simulate   synthetic platforms with known truth; operating: whole analyses on thousands of them
compare    two runs compared; validation: the package against known values and R
render     pages, documents, folders of a run; wording: the only rounding; schema: the words
workers    work in many processes; facts: a few facts as a small table
"""

import pkgutil as _pkgutil
from types import ModuleType as _ModuleType

_HIDDEN = ("cli", "demo")  # the command, and data


def __getattr__(name: str) -> _ModuleType:
    """Load a room when it is first touched; one that exports no names itself, with its modules: Tab shows them."""
    if name not in _rooms():
        raise AttributeError(f"ir5nb has no room {name!r}; there are: {', '.join(_rooms())}")
    room: _ModuleType = _pkgutil.resolve_name(f"{__name__}.{name}")
    for module in _pkgutil.iter_modules(() if hasattr(room, "__all__") else getattr(room, "__path__", ())):
        if not module.name.startswith("_"):
            _pkgutil.resolve_name(f"{room.__name__}.{module.name}")
    return room


def __dir__() -> list[str]:
    """Name the rooms."""
    return sorted({*globals(), *_rooms()})


def _rooms() -> list[str]:
    """Find the rooms in the package's own folder: no list to keep."""
    return [module.name for module in _pkgutil.iter_modules(__path__) if module.name not in _HIDDEN]
