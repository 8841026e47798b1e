"""The plan of one cohort: `params/<name>.yaml` and what a notebook or command changes of it, checked before use.

Source: spec/architecture.md, "Notebook contract"; ../protocol/requirements.md for what is assumed.
"""

from __future__ import annotations

import ast
import datetime as dt
import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ir5nb import facts
from ir5nb.stats.simon import SimonDesign

_LARGEST_FILE_BYTES = 1_000_000  # a plan is a page of text; anything larger is a mistake or an attack


class PlanError(ValueError):
    """A plan that cannot be used: every problem at once, each with the key and what to do."""

    def __init__(self, where: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"The plan {where} cannot be used:\n" + "\n".join(f"  - {line}" for line in self.problems))


class Assumption(BaseModel):
    """One value that the registry record does not give, with the reason for it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    key: str
    value: Any
    why: str


_DESIGN = ("p0", "p1", "alpha", "power", "r1", "n1", "r", "n")
_ENDPOINT = (
    "primary", "criteria", "reader", "landmark_days", "window_days", "evidence", "late_progression", "not_evaluable",
    "new_therapy", "clinical_progression", "primary_origin", "normal_values", "on_treatment", "weekly_min_days",
    "weekly_max_days",
)  # fmt: skip


def _date(value: object) -> object:
    """Read the ISO text that papermill's `-p` and `-f` pass for a date."""
    if not isinstance(value, str):
        return value
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("expected a date that exists, written 2026-06-30") from None


def _number(value: object) -> object:
    """Admit a whole number where YAML has no decimal point."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _tuple(value: object) -> object:
    """Read a YAML list."""
    return tuple(value) if isinstance(value, list) else value


Day = Annotated[dt.date, BeforeValidator(_date)]
Rate = Annotated[float, BeforeValidator(_number), Field(gt=0, lt=1)]
Positive = Annotated[float, BeforeValidator(_number), Field(gt=0)]
Days = Annotated[int, Field(ge=0, le=3660)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_tuple)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,30}$")]


class PlannedDose(BaseModel):
    """The planned dose of one administration, in the unit of EXDOSU, and the days from one to the next (R5)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    dose: Positive
    every_days: Annotated[int, Field(ge=1, le=365)]


class Plan(BaseModel):
    """What every report is told: data, cut-off, language, and how long adverse events count (A15).

    Frozen; an unknown key, a wrong type or an impossible design is a `PlanError` that names the key, the value found,
    what is expected and the nearest valid key. Which kind of plan a file holds follows from its entries.

    Examples
    --------
    >>> Plan.load("pooled_safety").ae_months
    5
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)

    title: Text
    data: Text | None
    mapping: dict[str, Any] | None
    cutoff: Day
    edition: Literal["full", "share"]
    mask_below: Annotated[int, Field(ge=0, le=100)]
    lang: Literal["en", "fr"]
    # Safety (S6, A15)
    ae_months: Annotated[int, Field(ge=0, le=60)]
    aesi: dict[Text, Texts] | None

    assumed: Mapping[str, Assumption] = Field(default_factory=dict, exclude=True)

    def __repr__(self) -> str:
        return facts.lines(f"{type(self).__name__}: {self.title}", self._entries_told())

    def _repr_html_(self) -> str:
        """Show every entry at the end of a notebook cell, the assumed ones with their reason."""
        return facts.table(f"Plan: {self.title}", self._entries_told())

    def _entries_told(self) -> dict[str, str]:
        why = {key: f" (ASSUMED: {item.why})" for key, item in self.assumed.items()}
        return {key: self.value_of(key) + why.get(key, "") for key in self.entry_names()}

    @property
    def digest(self) -> str:
        """SHA-256 of every value that can change a number, so that two runs can be told apart."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def assumed_in_safety(self) -> tuple[str, ...]:
        """Names of the assumed entries behind the adverse events: how long they count, which are special."""
        return self._assumed_of(("ae_months", "aesi"))

    @property
    def assumed_in_exposure(self) -> tuple[str, ...]:
        """Names of the assumed entries behind the dose intensity."""
        return self._assumed_of(("planned_doses",))

    def _assumed_of(self, keys: Iterable[str]) -> tuple[str, ...]:
        return tuple(key for key in keys if key in self.assumed)

    def value_of(self, key: str) -> str:
        """Give the value of one entry for display: lists and lists by name in plain words, the rest as YAML has it."""
        value = self.model_dump(mode="json")[key]
        if isinstance(value, dict) and value:
            return "; ".join(f"{name}: {_listed(part)}" for name, part in value.items())
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    @classmethod
    def entry_names(cls) -> tuple[str, ...]:
        """Name every entry of a plan, in the order of the parameters cell."""
        return tuple(name for name in cls.model_fields if name != "assumed")

    @classmethod
    def build(cls, where: str, entries: Mapping[str, object], base: Mapping[str, object] | None = None) -> Self:
        """Make a plan of YAML entries, plain or as `{value, status: assumed, why}`; `primary` says of which kind.

        Parameters
        ----------
        where
            Name of the file or cell, for messages.
        entries
            Values by key; on top of `base` where that is given.
        base
            Entries of the plan that `entries` change; an assumed value stays assumed when it is changed.

        Raises
        ------
        PlanError
            With every problem found.
        """
        kind = kind_of({**(base or {}), **entries})
        known = kind.entry_names()
        problems = [_unknown(key, known) for key in entries if key not in known]
        merged = {**(base or {}), **{key: value for key, value in entries.items() if key in known}}
        values: dict[str, object] = {}
        assumed: dict[str, Assumption] = {}
        for key, entry in merged.items():
            values[key], why, problem = _unwrap(key, entry, (base or {}).get(key))
            problems += [problem] if problem else []
            if why:
                assumed[key] = Assumption(key=key, value=values[key], why=why)
        try:
            built = kind(**values, assumed=assumed)  # type: ignore[arg-type]
        except ValidationError as error:
            problems += _said(where, error.errors(include_url=False))
        if problems:
            raise PlanError(where, problems)
        if not isinstance(built, cls):
            raise PlanError(where, [f"expected a {cls.__name__}, this is a {kind.__name__}"])
        return built

    @classmethod
    def load(cls, name: str, changes: Mapping[str, object] | None = None) -> Self:
        """Load `params/<name>.yaml`, with changes on top.

        Parameters
        ----------
        name
            File name without its ending, e.g. "c3_tet".
        changes
            Entries given by a notebook, a command or a second file; None values mean "as in params/".
        """
        base = read_yaml(_params_folder() / f"{name}.yaml")
        known = kind_of(base).entry_names()
        given = {key: value for key, value in (changes or {}).items() if value is not None or key not in known}
        _refuse_another(name, given.get("cohort"))
        return cls.build(f"params/{name}.yaml" + (" with the given changes" if given else ""), given, base)

    @classmethod
    def from_notebook(cls, name: str, namespace: Mapping[str, Any]) -> Self:
        """Load `params/<name>.yaml` with what the notebook's parameters cell or papermill set.

        Parameters
        ----------
        name
            File name without its ending.
        namespace
            The notebook's `globals()`. Names assigned in the parameters cell and in papermill's injected cell are
            taken; a name there that is no entry of the plan is refused with the nearest valid one.
        """
        known = plan_kind(name).entry_names()
        set_names = _assigned(namespace.get("In", ()), known)
        named = {key: namespace[key] for key in (*known, *sorted(set_names)) if key in namespace}
        return cls.load(name, named)


class CohortPlan(Plan):
    """Everything the analysis of one cohort is told: members, design, readings, data and cut-off.

    Source: requirement ids R1, R2, R4, P1-P4, A1-A18.

    Examples
    --------
    >>> plan = CohortPlan.load("c3_tet", {"window_days": 14})
    >>> plan.design.r1, plan.design.n1, plan.window_days, plan.assumed["p0"].value
    (7, 16, 14, 0.4)
    """

    # What is analysed
    cohort: Name
    analysis: Literal["interim", "final"]
    # Who belongs (R2)
    member_column: Text
    member_values: Texts
    inclusion_column: Text | None
    subtype_code: Text | None
    regimen: Text
    # Simon's design (R4)
    p0: Rate
    p1: Rate
    alpha: Rate
    power: Rate
    r1: Count
    n1: Count
    r: Count
    n: Count
    level: Rate
    prior_a: Positive
    prior_b: Positive
    # Primary endpoint (P1-P4, A5)
    primary: Literal["progression_free", "alive", "hcg"]
    landmark_days: Days
    window_days: Days
    not_evaluable: Literal["failure", "excluded", "success"]
    # Time to event (S4, A2)
    time_origin: Literal["inclusion", "treatment"]
    survival_level: Rate
    conf_type: Literal["log-log", "log", "plain"]
    # Conduct (R5, R6)
    cycle_days: Annotated[int, Field(ge=1, le=365)]
    accrual_start: Day
    accrual_months: Annotated[int, Field(ge=1, le=240)]
    centres: Annotated[int, Field(ge=1, le=1000)]
    planned_doses: dict[Text, PlannedDose] | None

    @model_validator(mode="after")
    def _design_exists(self) -> Self:
        SimonDesign(r1=self.r1, n1=self.n1, r=self.r, n=self.n, p0=self.p0, p1=self.p1)
        return self

    @property
    def design(self) -> SimonDesign:
        """The two-stage design of the cohort (R4)."""
        return SimonDesign(r1=self.r1, n1=self.n1, r=self.r, n=self.n, p0=self.p0, p1=self.p1)

    @property
    def assumed_in_design(self) -> tuple[str, ...]:
        """Names of the assumed entries behind the design."""
        return self._assumed_of(_DESIGN)

    @property
    def assumed_in_primary(self) -> tuple[str, ...]:
        """Names of the assumed entries behind the primary result: the design and the readings of the endpoint."""
        return self.assumed_in_design + self._assumed_of(_ENDPOINT)

    @property
    def assumed_in_accrual(self) -> tuple[str, ...]:
        """Names of the assumed entries behind the planned accrual."""
        return self._assumed_of(("n", "accrual_start"))

    @property
    def landmark_months(self) -> float:
        """The landmark in months of 30.4375 days, for charts (A17)."""
        return round(self.landmark_days / 30.4375, 2)


class SafetyPlan(Plan):
    """The plan of the pooled safety report: which cohorts enter (S6).

    Source: spec/report.md, "Pooled safety notebook". A cohort is the name of a plan in `params/`, or
    `NAME: {like: c3_tet, member_values: [...]}`: the entries that differ from that plan, for a study whose cohorts have
    no plan in `params/`.
    """

    cohorts: Annotated[tuple[Name, ...] | dict[Name, dict[Text, Any]], BeforeValidator(_tuple)]

    @model_validator(mode="after")
    def _each_cohort_is_like_a_plan(self) -> Self:
        for name, entries in self._entries().items():
            if not isinstance(entries.get("like"), str) or not re.fullmatch(
                r"[A-Za-z0-9][A-Za-z0-9_-]{0,30}", entries["like"]
            ):
                raise ValueError(f"cohorts.{name}: say which plan of params/ it changes, e.g. like: c3_tet")
        return self

    def _entries(self) -> dict[str, dict[str, Any]]:
        """Give the entries of each cohort that differ from the plan it is like."""
        if isinstance(self.cohorts, tuple):
            return {name: {"like": name} for name in self.cohorts}
        return {name: {"cohort": name, **entries} for name, entries in self.cohorts.items()}

    @property
    def assumed_in_exposure(self) -> tuple[str, ...]:
        """Names of the assumed entries behind the dose intensity, of any cohort."""
        return tuple(dict.fromkeys(key for plan in self.cohort_plans for key in plan.assumed_in_exposure))

    @property
    def cohort_plans(self) -> tuple[CohortPlan, ...]:
        """The plans of the cohorts at this plan's data, mapping and data cut, always as the final analysis."""
        every = {"data": self.data, "mapping": self.mapping, "cutoff": self.cutoff.isoformat(), "analysis": "final"}
        return tuple(
            CohortPlan.load(entries["like"], {key: entry for key, entry in entries.items() if key != "like"} | every)
            for entries in self._entries().values()
        )


class TumourPlan(CohortPlan):
    """The plan of a cohort whose tumours are measured (cohorts 1, 3, 4, 5): response and progression beside it.

    Source: S1, S2, S5, A7, A13, A16. With `primary: alive` (P4) nothing else decides the primary endpoint.
    """

    criteria: Literal["RECIST 1.1", "mRECIST"]
    reader: Literal["INVESTIGATOR", "INDEPENDENT", "DERIVED"]
    primary_origin: Literal["treatment", "inclusion"]
    imaging_weeks: Annotated[int, Field(ge=1, le=52)]
    baseline_days: Days
    min_sd_days: Days
    confirm_days: Days
    pfs_clinical_progression: bool


class ProgressionPlan(TumourPlan):
    """The plan of a cohort judged alive without progression (P1, P2) and its readings A3, A4, A6."""

    evidence: Literal["window", "after"]
    late_progression: Literal["success", "failure"]
    new_therapy: Literal["failure", "success", "censored"]
    clinical_progression: bool


class HormonePlan(CohortPlan):
    """The plan of a cohort judged by hCG (cohort 2): P3, S3, and the readings A8-A12, A14."""

    rise: Literal["pairs", "over_first"]
    plateau: Literal["no_fall", "fall_0_10", "within_10"]
    normal_values: Annotated[int, Field(ge=1, le=12)]
    on_treatment: Literal["recorded", "last_dose", "whole"]
    weekly_min_days: Annotated[int, Field(ge=1, le=28)]
    weekly_max_days: Annotated[int, Field(ge=1, le=365)] | None
    rfs_resistance: bool
    rfs_death: bool

    @property
    def assumed_in_resistance(self) -> tuple[str, ...]:
        """Names of the assumed entries behind resistance."""
        return self._assumed_of(("rise", "plateau", "weekly_min_days", "weekly_max_days", "on_treatment"))


_KINDS: Mapping[object, type[Plan]] = {
    "progression_free": ProgressionPlan, "alive": TumourPlan, "hcg": HormonePlan,
}  # fmt: skip


KINDS: tuple[type[Plan], ...] = (ProgressionPlan, TumourPlan, HormonePlan, SafetyPlan)


def plan_kind(name: str) -> type[Plan]:
    """Give the kind of the plan `params/<name>.yaml`.

    Examples
    --------
    >>> plan_kind("c2_gtt").__name__
    'HormonePlan'
    """
    return kind_of(read_yaml(_params_folder() / f"{name}.yaml"))


def kind_of(entries: Mapping[str, object]) -> type[Plan]:
    """Give the kind of plan that the entries ask for: `cohorts` a pooled one, else by `primary` (progression-free).

    Examples
    --------
    >>> kind_of({"primary": "hcg"}).__name__
    'HormonePlan'
    """
    if "cohorts" in entries:
        return SafetyPlan
    primary = entries.get("primary")
    wanted = primary.get("value") if isinstance(primary, Mapping) else primary
    return _KINDS.get(wanted if isinstance(wanted, str) else None, ProgressionPlan)


def read_yaml(path: Path) -> dict[str, object]:
    """Read a YAML mapping safely: no tags, no duplicate keys, no file over a megabyte.

    Raises
    ------
    PlanError
        When the file is absent, too large, not a mapping, or holds a tag or a key twice.
    """
    if not path.is_file():
        known = sorted(file.stem for file in path.parent.glob("*.yaml"))
        raise PlanError(str(path.name), [f"the file is absent; plans beside it: {', '.join(known) or 'none'}"])
    if path.stat().st_size > _LARGEST_FILE_BYTES:
        raise PlanError(path.name, [f"the file has {path.stat().st_size} bytes; a plan has at most one megabyte"])
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PlanError(path.name, [f"not readable as YAML: {error}"]) from error
    if not isinstance(entries, dict) or not all(isinstance(key, str) for key in entries):
        raise PlanError(path.name, ["expected `key: value` lines"])
    return entries


class _StrictLoader(yaml.SafeLoader):
    """PyYAML's safe loader, but equal keys are refused (else the last wins in silence) and dates stay text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's own way)
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            # nested aliases are the one way in which a small file becomes a large one
            raise yaml.YAMLError(f"an alias (*name) is not read: write the value out{self.peek_event().start_mark}")  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"the key {key!r} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def _params_folder() -> Path:
    """Find `params/` in the working folder or above it: papermill runs at the top, JupyterLab in notebooks/."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        if (folder / "params").is_dir():
            return folder / "params"
    raise PlanError("folder", ["no folder params/ here or above; run from the project's folder"])


def _refuse_another(name: str, cohort: object) -> None:
    """Refuse the cohort of another plan: the numbers would stand under this notebook's title and narrative."""
    if cohort is None or read_yaml(_params_folder() / f"{name}.yaml").get("cohort") == cohort:
        return
    for file in sorted(_params_folder().glob("*.yaml")):
        if read_yaml(file).get("cohort") == cohort:
            advice = f"is the cohort of params/{file.name}, and {name} is another; run {file.stem} with it"
            raise PlanError(f"params/{name}.yaml with the given changes", [f"cohort: {cohort!r:.40} {advice}"])


def _listed(part: object) -> str:
    """Write a part of an entry in words, such as "dose 1200, every_days 21" or "Colitis, Autoimmune colitis"."""
    if isinstance(part, dict):
        return ", ".join(
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in part.items()
        )
    return ", ".join(map(str, part)) if isinstance(part, list) else str(part)


def _unknown(key: str, known: Iterable[str]) -> str:
    """Say that a key is unknown, and which one may be meant."""
    near = difflib.get_close_matches(str(key), list(known), n=1, cutoff=0.5)
    return f"{key!r:.80} is no entry of a plan" + (f"; did you mean {near[0]!r}?" if near else "")


_BLOCKS = ("mapping", "aesi", "cohorts", "planned_doses")  # entries that are blocks of names themselves


def _unwrap(key: str, entry: object, before: object) -> tuple[object, str | None, str | None]:
    """Split an entry into its value, the reason if it is assumed, and the problem if its form is wrong."""
    is_assumption = isinstance(entry, Mapping) and set(entry) == {"value", "status", "why"}
    if isinstance(entry, Mapping) and (is_assumption or key not in _BLOCKS):
        well_formed = set(entry) == {"value", "status", "why"} and isinstance(entry["why"], str)
        if not well_formed or entry["status"] != "assumed":
            return None, None, f"{key}: expected a value, or {{value: …, status: assumed, why: …}}"
        return entry["value"], entry["why"], None
    if isinstance(before, Mapping) and before is not entry and key not in _BLOCKS:
        return entry, f"set for this run; the plan assumes {before.get('value')}", None
    return entry, None, None


_FEW_ABSENT: Final = 5  # entries that a whole plan may lack by oversight; more is a file of changes read as a plan

_EXPECTED: Final = {  # pydantic's kind of error: what to write instead
    "float_type": "expected a number, written 0.40",
    "float_parsing": "expected a number, written 0.40",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
}


def _said(where: str, errors: Iterable[Any]) -> list[str]:
    """Pydantic's errors in words; many absent entries are one problem: the file holds changes, not a plan."""
    listed = list(errors)
    absent = [str(error["loc"][0]) for error in listed if error["type"] == "missing"]
    if len(absent) <= _FEW_ABSENT:
        return [_in_words(error) for error in listed]
    few = ", ".join(absent[:3])
    advice = f"{len(absent)} entries are absent ({few} …). If {where} holds changes only, name the plan they change"
    rest = [_in_words(error) for error in listed if error["type"] != "missing"]
    return [*rest, f'{advice}: `--base c3_tet`, or `CohortPlan.load("c3_tet", changes)`']


def _in_words(error: Any) -> str:
    """One pydantic error as: key, what was found, what is expected, what to do."""
    key = ".".join(str(part) for part in error["loc"]) or "design"
    if error["type"] == "missing":
        return f"{key}: absent; add it (see params/ of another cohort)"
    found = "" if key == "design" else f" found {error['input']!r:.80};"
    is_boolean = isinstance(error["input"], bool)
    hint = " (YAML reads yes/no/on/off as true/false: put quotes round the text)" if is_boolean else ""
    return f"{key}:{found} {_expected(error)}{hint}"


def _expected(error: Any) -> str:
    """Say what should stand there; a mistyped word gets the nearest valid one."""
    if error["type"] != "literal_error":
        return _EXPECTED.get(error["type"], str(error["msg"]).removeprefix("Value error, "))
    valid = str(error["ctx"]["expected"])
    near = difflib.get_close_matches(str(error["input"]), re.findall("'([^']*)'", valid), n=1)
    return f"expected {valid}" + (f"; did you mean {near[0]!r}?" if near else "")


def _assigned(cells: Iterable[str], keys: tuple[str, ...]) -> set[str]:
    """Names assigned in the parameters cell (the last one to set most keys) and in papermill's injected cell."""
    chosen: dict[str, set[str]] = {}
    for cell in cells:
        try:
            body = ast.parse(cell).body
        except SyntaxError:
            continue
        names = {
            target.id
            for statement in body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        if cell.startswith("# Parameters"):
            chosen["injected"] = names
        elif len(names & set(keys)) > len(keys) // 2:
            chosen["parameters"] = names
    return set().union(*chosen.values())
