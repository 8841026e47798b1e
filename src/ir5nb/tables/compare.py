"""Tables of a comparison of two runs: what is decided, numbers, patients, records, settings; old beside new.

In English: the page is for the team that makes the runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from ir5nb import wording
from ir5nb.tables.layout import Align, Line, Table, build
from ir5nb.tables.markup import Markup, joined, prose, text, unbroken

_NAMED: Final = ("population", "reading", "endpoint", "group", "time", "statistic")
_DECIMALS: Final = {"count": 0, "percent": 1, "probability": 4, "p": 4, "rate": 2}
_NO_UNIT: Final = ("", "patients", "proportion", "count")  # said by the number's own form
_FINEST: Final = 15  # decimals of a float
_CHANGES: Final = {"added": "new key", "vanished": "key gone", "reworded": "in other words", "noise": "rounding noise"}


def runs(old: Mapping[str, str], new: Mapping[str, str], *, id: str = "runs") -> Table:
    """Show what two runs are, the earlier beside the later.

    Examples
    --------
    >>> print(runs({"Data cut": "2026-03-31"}, {"Data cut": "2026-06-30"}))
    The two runs
    Old | New
    Data cut | 2026-03-31 | 2026-06-30
    """
    lines = [Line(text(name), (prose(old[name]), prose(new[name]))) for name in old]
    return _built(id, "The two runs", "", ("Old", "New"), lines)


def counts(numbers: Mapping[str, int], notes: Sequence[str] = (), *, id: str = "counts") -> Table:
    """Count the differences; what could not be compared stands under the table.

    Examples
    --------
    >>> print(counts({"Numbers changed": 109}, ["march: no records.parquet."]))
    How much differs
    Difference | Number
    Numbers changed | 109
    march: no records.parquet.
    """
    lines = [Line(text(name), (text(wording.count(number)),)) for name, number in numbers.items()]
    return _built(id, "How much differs", "Difference", ("Number",), lines, align="right", notes=notes)


def change(value: float, form: str) -> str:
    """Write a difference with its sign, in the form of its number, and with the decimals it takes not to be zero.

    Examples
    --------
    >>> change(-1.0, "count"), change(0.125, "percent"), change(0.00004, "probability"), change(float("nan"), "count")
    ('−1', '+12.5', '+0.00004', '–')
    """
    if wording.missing(value):
        return wording.MISSING
    exact = wording.exact(value) * (100 if form == "percent" else 1)
    least = _DECIMALS.get(form, 1)
    places = next((n for n in range(least, _FINEST) if wording.rounded(exact, n)), least)
    return ("+" if exact > 0 else "") + wording.decimal(exact, places)


def numbers(frame: pd.DataFrame, title: str, *, id: str = "numbers") -> Table:
    """List numbers with the old and the new value; the key is the stub.

    Source: issue 7.

    Parameters
    ----------
    frame
        Rows of `compare.numbers.COLUMNS`.
    title
        Title, escaped.

    Examples
    --------
    >>> from ir5nb.schema import RESULT_KEY
    >>> row = dict.fromkeys(RESULT_KEY, "") | {"statistic": "successes", "unit": "patients", "change": "changed"}
    >>> row |= {"old": 4.0, "new": 5.0, "difference": 1.0, "note_old": "", "note_new": ""}
    >>> print(numbers(pd.DataFrame([row]), "Decision"))
    Decision
    Number | Old | New | Difference
    successes | 4 | 5 | +1
    """
    lines = [Line(_name(row), _values(row)) for row in frame.to_dict("records")]
    return _built(id, title, "Number", ("Old", "New", "Difference"), lines, align="right")


def _name(row: Mapping[Any, Any]) -> Markup:
    """Name a number by the parts of its key that say something."""
    parts = [_part(name, str(row[name])) for name in _NAMED if row[name] not in ("", "default", "treated")]
    unit = "" if row["unit"] in _NO_UNIT else f" ({row['unit']})"
    return prose(" · ".join(parts) + unit)


def _part(name: str, value: str) -> str:
    """Write one part of a key in words; a bare time is one of months."""
    if name == "time" and value.isdigit():
        return f"{value} months"
    return str(wording.label(value)).replace("_", " ") if name == "statistic" else str(wording.label(value))


def _values(row: Mapping[Any, Any]) -> tuple[Markup, ...]:
    """Write old, new and difference; a number in other words shows the words."""
    if row["change"] == "reworded":
        pairs = [(row.get(f"{part}_old", ""), row.get(f"{part}_new", "")) for part in ("note", "method", "unit")]
        old, new = next(pair for pair in pairs if pair[0] != pair[1])
        return (prose(old), prose(new), text(_CHANGES["reworded"]))
    form = wording.form_of(row["statistic"], row["unit"])
    old, new = (_value(row, side, form) for side in ("old", "new"))
    known = row["change"] not in ("added", "vanished")
    return (old, new, unbroken(text(change(row["difference"], form) if known else _CHANGES[row["change"]])))


def _value(row: Mapping[Any, Any], side: str, form: str) -> Markup:
    """Write one value with its sign, and the decision in words where there is one."""
    absent = {"old": "added", "new": "vanished"}[side] == row["change"]
    shown = "" if absent else wording.shown(row[side], form)
    sign = "%" if form == "percent" and not absent and not wording.missing(row[side]) else ""
    note = row[f"note_{side}"] if row["note_old"] != row["note_new"] and not absent else ""
    return joined(text(shown + sign), *([" (", text(note), ")"] if note else []))


def decided(frame: pd.DataFrame, *, id: str = "decided") -> Table:
    """Show what is decided in each cohort, old beside new, whether it changed or not.

    Source: issue 7; spec/report.md, headline card.

    Parameters
    ----------
    frame
        Rows of `compare.numbers.COLUMNS` of the analyses headline and decision.

    Examples
    --------
    >>> from ir5nb.schema import RESULT_KEY
    >>> row = dict.fromkeys(RESULT_KEY, "") | {"cohort": "TET", "analysis": "headline", "statistic": "successes"}
    >>> row |= {"unit": "patients", "change": "same", "old": 4.0, "new": 4.0, "difference": 0.0}
    >>> print(decided(pd.DataFrame([row | {"note_old": "", "note_new": ""}])))
    What is decided
    Cohort | Old | New | Difference
    TET
    Successes | 4 | 4 | 0
    """
    lines: list[Line] = []
    for cohort, part in frame.groupby("cohort", sort=False):
        rows = part.to_dict("records")
        lines += [Line(text(cohort), head=True)]
        lines += [
            Line(_short(row), (*_values(row | {"note_old": "", "note_new": ""})[:2], _moved(row)), level=1)
            for row in rows
            if row["analysis"] == "headline"
        ]
        lines += [
            Line(text(f"Decision, {row['group']}"), (prose(row["note_old"]), prose(row["note_new"])), level=1)
            for row in rows
            if row["analysis"] == "decision" and row["statistic"] == "successes"
        ]
    return _built(id, "What is decided", "Cohort", ("Old", "New", "Difference"), lines)


def _short(row: Mapping[Any, Any]) -> Markup:
    name = str(row["statistic"])
    words = _part("statistic", name)
    return text(_SHORT.get(name, words if name in _LETTERS else words[:1].upper() + words[1:]))


_LETTERS: Final = ("p0", "p1", "r1", "n1", "r", "n")  # the paper's symbols keep their size
_SHORT: Final = {
    "total": "Treated patients counted", "pending": "Pending at week 24", "estimate": "Success rate",
    "lower": "Lower limit", "upper": "Upper limit", "p_value": "p-value (one-sided)",
    "alpha_exact": "Exact type I error", "power_exact": "Exact power",
    "alpha_missed": "Planned type I error, not kept", "power_missed": "Planned power, not kept",
    "readings": "Readings that decide",
    "readings_same": "Readings with the same decision", "untreated": "Included, not treated",
}  # fmt: skip


def _moved(row: Mapping[Any, Any]) -> Markup:
    form = wording.form_of(row["statistic"], row["unit"])
    return text("0" if row["difference"] == 0 else change(row["difference"], form))


def patients(frame: pd.DataFrame, title: str, *, id: str = "patients") -> Table:
    """List patients who moved: from what to what, the reason then and now, and what can have moved them.

    Source: issue 7.

    Parameters
    ----------
    frame
        Rows of `compare.moves.COLUMNS`.
    title
        Title, escaped.

    Examples
    --------
    >>> row = {"REPORT": "c3_tet", "USUBJID": "01", "PARAMCD": "OS", "READING": "default", "CHANGE": "moved"}
    >>> row |= {"OLD": "censored"}
    >>> row |= {"NEW": "event: Death", "REASON_OLD": "Alive", "REASON_NEW": "Death: DM 1", "WHY": "New since: DM 1."}
    >>> print(patients(pd.DataFrame([row | {"DAY_OLD": None, "DAY_NEW": None}]), "Survival"))
    Survival
    Patient | What | Was | Is | Reason then | Reason now | What can have moved it
    c3_tet
    01 | Overall survival | censored | event: Death | Alive | Death: DM 1 | New since: DM 1.
    """
    heads = ("What", "Was", "Is", "Reason then", "Reason now", "What can have moved it")
    lines: list[Line] = []
    for report, part in frame.groupby("REPORT"):
        lines.append(Line(text(report), head=True))
        lines += [Line(unbroken(text(row["USUBJID"])), _move(row)) for row in part.to_dict("records")]
    return _built(id, title, "Patient", heads, lines)


def _move(row: Mapping[Any, Any]) -> tuple[Markup, ...]:
    reasons = (prose(row[name]) for name in ("REASON_OLD", "REASON_NEW", "WHY"))
    return (_what(row), _state(row, "OLD"), _state(row, "NEW"), *reasons)


def _what(row: Mapping[Any, Any]) -> Markup:
    reading = "" if row["READING"] in ("", "default") else f" ({wording.label(row['READING'])})"
    return prose(f"{_STATEMENTS.get(row['PARAMCD'], wording.label(row['PARAMCD']))}{reading}")


_STATEMENTS: Final = {"WEEK24": "Week 24", "SET": "Population", "NORM": "hCG normal", "RESIST": "hCG resistance"}


def _state(row: Mapping[Any, Any], side: str) -> Markup:
    """Write the state; of a statement that moved in time only, the day too; nothing where the patient is absent."""
    day = f", {wording.date(row[f'DAY_{side}'])}" if row["CHANGE"] == "redated" else ""
    state, *why = str(row[side]).split(": ", 1)
    return text(": ".join([wording.label(state), *why]) + day)


def records(frame: pd.DataFrame, *, id: str = "records") -> Table:
    """Count the source records that were added, changed and removed, by domain.

    Source: issue 7.

    Parameters
    ----------
    frame
        Rows of `compare.records.COLUMNS`.

    Examples
    --------
    >>> print(records(pd.DataFrame({"DOMAIN": ["RS"], "USUBJID": ["01"], "SEQ": [3], "CHANGE": ["added"]})))
    Source records
    Domain | Patients | Added | Changed | Removed
    RS | 1 | 1 | 0 | 0
    """
    lines = []
    for domain, part in frame.groupby("DOMAIN"):
        counts = [part["USUBJID"].nunique(), *(part["CHANGE"].eq(kind).sum() for kind in _KINDS)]
        lines.append(Line(text(domain), tuple(text(wording.count(int(number))) for number in counts)))
    return _built(id, "Source records", "Domain", ("Patients", "Added", "Changed", "Removed"), lines, align="right")


_KINDS: Final = ("added", "changed", "removed")


def settings(frame: pd.DataFrame, *, id: str = "settings") -> Table:
    """List what the runs were told and made with, where it differs.

    Source: issue 7.

    Parameters
    ----------
    frame
        Rows of `compare.settings.COLUMNS`.

    Examples
    --------
    >>> row = {"SECTION": "plan", "REPORT": "c3_tet", "KEY": "p0", "OLD": "0.4", "NEW": "0.35"}
    >>> print(settings(pd.DataFrame([row])))
    Plans, data and versions
    Entry | Old | New
    plan of c3_tet
    p0 | 0.4 | 0.35
    """
    lines: list[Line] = []
    for (section, report), part in frame.groupby(["SECTION", "REPORT"], sort=False):
        lines.append(Line(text(f"{section} of {report}" if report else section), head=True))
        lines += [
            Line(text(row["KEY"]), tuple(_setting(row, side) for side in ("OLD", "NEW")), level=1)
            for row in part.to_dict("records")
        ]
    return _built(id, "Plans, data and versions", "Entry", ("Old", "New"), lines)


_LONGEST: Final = 200  # characters of a setting: a mapping is a page by itself, and stands whole in settings.csv


def _setting(row: Mapping[Any, Any], side: str) -> Markup:
    value = str(row[side])
    fingerprint = row["SECTION"] == "data" or row["KEY"] == "id"
    return prose(value[:16] if fingerprint else value if len(value) <= _LONGEST else f"{value[:_LONGEST]} …")


def _built(
    id: str, title: str, stub: str, heads: Sequence[str], lines: Sequence[Line], *, align: Align = "left",
    notes: Sequence[str] = (),
) -> Table:  # fmt: skip
    said = [text(note) for note in notes]
    return build(id, text(title), text(stub), [text(head) for head in heads], lines, align=align, notes=said)
