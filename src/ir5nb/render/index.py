"""The page that is sent: the platform at a glance, every report with its decision and a link to each of its files."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from ir5nb import wording
from ir5nb.wording import Lang

Status = Literal["ok", "failed", "reused"]
_TEMPLATES: Final = Path(__file__).parent / "template"
_MANIFEST: Final = "manifest.json"  # written after this page, as it holds the page's fingerprint
_TITLE: Final = re.compile("<title>(.*?)</title>", re.DOTALL)
_FORMS: Final = {".svg": "SVG", ".png": "PNG", ".xpt": "XPT"}
_COLON: Final = {"en": ":", "fr": "\u00a0:"}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "title": "IMMUNORARE5: the platform at a glance", "cut": "Data cut", "edition": "Edition", "full": "full",
        "share": "share: no row of a patient, small numbers not shown", "included": "included", "planned": "planned",
        "treated": "treated", "successes": "successes", "pending": "pending", "stage": "stage",
        "severe": "with a severe event (grade ≥ 3)", "serious": "with a serious event",
        "estimate": "estimate (interval)", "umvue": "UMVUE (interval)",
        "page": "Page", "figures": "Figures", "files": "Numbers and provenance",
        "failed": "This report failed", "reused": "Unchanged since the run before: taken from it.",
        "failed_of": "Reports that failed: {failed} of {all}.", "notebook": "Notebook", "of": "of",
        "sets": "Data sets, one row a patient or event", "results": "every number of the cohorts' reports",
        "pooled_safety": "every number of the pooled safety report", "records": "fingerprint of each source record",
        "manifest": "what the run was made of: plans, readings, assumed values, data, versions, and all its files",
    },
    "fr": {
        "title": "IMMUNORARE5 : la plateforme en un coup d'œil", "cut": "Gel des données", "edition": "Édition",
        "full": "complète", "share": "partagée : aucune ligne de patient, petits nombres non montrés",
        "included": "inclus", "planned": "prévus", "treated": "traités", "successes": "succès",
        "pending": "en attente", "stage": "étape", "estimate": "estimation (intervalle)",
        "umvue": "UMVUE (intervalle)",
        "severe": "avec un événement sévère (grade ≥ 3)", "serious": "avec un événement grave", "page": "Page",
        "figures": "Figures", "files": "Nombres et provenance", "failed": "Ce rapport a échoué",
        "reused": "Inchangé depuis l'exécution précédente : repris de celle-ci.",
        "failed_of": "Rapports en échec : {failed} sur {all}.", "notebook": "Notebook", "of": "sur",
        "sets": "Jeux de données, une ligne par patient ou événement",
        "results": "tous les nombres des rapports de cohorte",
        "pooled_safety": "tous les nombres du rapport de tolérance commune",
        "records": "empreinte de chaque enregistrement source",
        "manifest": "ce dont l'exécution est faite : plans, interprétations, hypothèses, données, versions, fichiers",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What the index tells of one report; every text is shown as text.

    Attributes
    ----------
    stem
        Name of the report's files without their ending.
    title
        Title of the plan.
    status
        "ok"; "reused": taken from the run before; "failed".
    included, planned
        Patients included and planned; None where the report has none (pooled safety).
    facts
        Names and values to show under the decision, in order.
    decision
        The headline in one sentence, or "".
    badges
        "ASSUMED", "DRAFT" … in words.
    problem
        Of a failed report: the cell and what it said.
    """

    stem: str
    title: str
    status: Status = "ok"
    included: int | None = None
    planned: int | None = None
    facts: tuple[tuple[str, str], ...] = ()
    decision: str = ""
    badges: tuple[str, ...] = ()
    problem: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.stem):
            raise ValueError(f"{self.stem!r} cannot name files: use letters, digits, '-', '_' and '.' only")


def report(
    stem: str,
    title: str,
    *,
    lang: Lang = "en",
    status: Status = "ok",
    decision: str = "",
    included: int | None = None,
    planned: int | None = None,
    treated: int | None = None,
    stage: str = "",
    successes: int | None = None,
    evaluable: int | None = None,
    pending: int | None = None,
    estimate: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
    umvue: bool = False,
    severe: int | None = None,
    serious: int | None = None,
    assumed: bool = False,
    draft: bool = False,
    problem: str = "",
) -> Report:
    """Make the index's entry of a report from plain values; what is None or "" is left out.

    Parameters
    ----------
    stem, title, lang
        Name of the report's files, title of its plan, "en" or "fr".
    status, problem
        "ok", "reused" or "failed"; of a failed one what went wrong.
    decision
        The headline's sentence; a sentence of the package is translated.
    included, planned, treated, successes, evaluable, pending
        Numbers of patients.
    stage
        Where the cohort stands in its design, in words.
    estimate, lower, upper, umvue
        The estimate of the primary endpoint and its limits, in 0..1; whether it is the UMVUE and no share of successes.
    severe, serious
        Treated patients with such an adverse event, of a safety report.
    assumed, draft
        Whether assumed values stand behind the result, and whether it is not final.

    Examples
    --------
    >>> report("c1_pm", "Cohort 1", decision="Stop.", included=24, planned=46, estimate=0.25).facts
    (('included', '24 of 46 planned'), ('estimate (interval)', '25.0%'))
    """
    words = _WORDS[lang]
    told = {
        "included": _of(included, planned, words, words["planned"]),
        "treated": _number(treated),
        "stage": stage,
        "successes": _of(successes, evaluable, words),
        "pending": _number(pending),
        "umvue" if umvue else "estimate": _estimate(estimate, lower, upper, lang),
        "severe": _of(severe, treated, words),
        "serious": _of(serious, treated, words),
    }
    facts = tuple((words[name], value) for name, value in told.items() if value)
    badges = tuple(wording.say(kind, lang) for kind, holds in (("assumed", assumed), ("draft", draft)) if holds)
    shown, said = wording.label(title, lang), wording.told(decision, lang)
    return Report(stem, shown[:1].upper() + shown[1:], status, included, planned, facts, said, badges, problem)


def write(
    folder: Path,
    reports: Sequence[Report],
    *,
    cutoff: dt.date | str,
    edition: str = "full",
    lang: Lang = "en",
    made: str = "",
    notes: Sequence[str] = (),
) -> Path:
    """Write `index.html`: what is in the folder, report by report; only files that exist are linked.

    Source: spec/report.md, "Index page". The page holds no script, loads nothing and escapes every text.

    Parameters
    ----------
    folder
        The run's folder with everything else in it.
    reports
        Entries in the order to show.
    cutoff
        Date of the data cut.
    edition, lang
        "full" or "share"; "en" or "fr".
    made
        What made the folder ("ir5nb 0.1.0, commit 1a2b3c4"), or "".
    notes
        Sentences under the list.

    Returns
    -------
    Path
        The page.
    """
    words = _WORDS[lang]
    template = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True).get_template("index.html.j2")
    entries = [_entry(folder, each, words, lang) for each in reports]
    named = {name for entry in entries for _, name, _ in _files(folder, str(entry["stem"]), words, lang)}
    text = template.render(
        title=words["title"], words=words, lang=lang, cutoff=_day(cutoff, lang), colon=_COLON[lang],
        edition=words[edition], reports=entries, made=made, notes=notes,
        failed=sum(each.status == "failed" for each in reports),
        files=[one for one in _others(folder, words, lang) if one[1] not in named],
        style=(_TEMPLATES / "page.css").read_text(encoding="utf-8"),
    )  # fmt: skip
    path = folder / "index.html"
    path.write_text(text, encoding="utf-8")
    return path


def _entry(folder: Path, each: Report, words: Mapping[str, str], lang: Lang) -> dict[str, object]:
    links = list(_files(folder, each.stem, words, lang))
    whole = each.planned or 0
    part = None if each.included is None or not whole else min(100, round(100 * each.included / whole))
    return {
        "stem": each.stem, "title": each.title, "status": each.status, "badges": each.badges, "facts": each.facts,
        "decision": each.decision, "problem": each.problem, "links": links, "share": part,
        "included": f"{each.included} {words['of']} {each.planned}",
        "figures": list(_figures(folder, each.stem, lang)), "sets": list(_sets(folder, each.stem, lang)),
        "page": f"{each.stem}.html" if (folder / f"{each.stem}.html").is_file() else "",
    }  # fmt: skip


def _files(folder: Path, stem: str, words: Mapping[str, str], lang: Lang) -> Iterator[tuple[str, str, str]]:
    """Give name, address and size of each document of a report that exists."""
    kinds = {"html": words["page"], "pdf": "PDF", "docx": "Word", "ipynb": words["notebook"]}
    for ending, name in kinds.items():
        path = folder / f"{stem}.{ending}"
        if path.is_file():
            yield name, path.name, _size(path, lang)


def _figures(folder: Path, stem: str, lang: Lang) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Give of each figure its number and title, and name, address and size of its files."""
    for path in sorted((folder / "figures").glob(f"{stem}-*.svg")):
        number, _, name = path.stem.removeprefix(f"{stem}-").partition("-")
        title = _TITLE.search(path.read_text(encoding="utf-8"))
        yield f"{number} {html.unescape(title.group(1)) if title else name}", _forms(folder, path, ("svg", "png"), lang)


def _sets(folder: Path, stem: str, lang: Lang) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Give of each derived table its name, and name, address and size of its files."""
    for path in sorted((folder / "derived" / stem).glob("*.parquet")):
        yield path.stem.upper(), _forms(folder, path, ("parquet", "xpt"), lang)


def _forms(folder: Path, path: Path, endings: Sequence[str], lang: Lang) -> list[tuple[str, str, str]]:
    files = [path.with_suffix(f".{ending}") for ending in endings]
    there = [file for file in files if file.is_file()]
    return [
        (_FORMS.get(file.suffix, file.suffix[1:]), quote(file.relative_to(folder).as_posix()), _size(file, lang))
        for file in there
    ]


def _others(folder: Path, words: Mapping[str, str], lang: Lang) -> Iterator[tuple[str, str, str, str]]:
    """Give name, address, size and meaning of the tables of numbers, and the manifest, which every run gets."""
    for path in sorted(folder.iterdir()):
        if path.suffix in {".csv", ".parquet", ".json"} and path.is_file() and path.name != _MANIFEST:
            yield path.name, quote(path.name), _size(path, lang), words.get(path.stem, "")
    yield _MANIFEST, _MANIFEST, "", words["manifest"]


def _size(path: Path, lang: Lang) -> str:
    size = path.stat().st_size
    unit = ("kB", "MB") if lang == "en" else ("ko", "Mo")
    return (
        f"{wording.decimal(size / 1e6, 1, lang)} {unit[1]}" if size >= 1e6 else f"{max(1, round(size / 1e3))} {unit[0]}"
    )


def _day(day: dt.date | str, lang: Lang) -> str:
    return wording.date(dt.date.fromisoformat(day) if isinstance(day, str) else day, lang)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _of(value: int | None, whole: int | None, words: Mapping[str, str], kind: str = "") -> str:
    if value is None or whole is None:
        return _number(value)
    return f"{value} {words['of']} {whole} {kind}".strip()


def _estimate(value: float | None, lower: float | None, upper: float | None, lang: Lang) -> str:
    if value is None or wording.missing(value):
        return ""
    said = f"{wording.shown(value, 'percent', lang)}{wording.percent_sign(lang)}"
    if lower is None or upper is None or wording.missing(lower) or wording.missing(upper):
        return said
    limits = (wording.shown(each, "percent", lang) for each in (lower, upper))
    return f"{said} ({wording.DASH.join(limits)})"
