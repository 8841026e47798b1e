"""Listings: one row a record, text escaped; and the tables of facts (provenance, assumed values, queries)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import pandas as pd

from ir5nb.tables.footing import NO_FOOTING, Footing
from ir5nb.tables.layout import Line, Table, build
from ir5nb.tables.markup import Markup, level, prose, text
from ir5nb.wording import Lang, entry, label, missing, say, told

_CODED: Final = frozenset({"WINDOW", "AEACN", "AEOUT"})  # CDISC codes, shown by their labels
# sentences of the code
_COMPOSED: Final = frozenset({"reason", "PROBLEM", "ACTION", "WHY", "problem", "consequence", "RULE"})


def listing(
    frame: pd.DataFrame,
    title: str,
    *,
    columns: Sequence[str] = (),
    levels: Sequence[str] = (),
    id: str = "listing",
    footing: Footing = NO_FOOTING,
    lang: Lang = "en",
    nothing: str = "nothing",
) -> Table:
    """List a frame, one row a record; the first column is the stub and every text is escaped.

    Parameters
    ----------
    frame
        Records in the order to show.
    columns
        Columns to show, where present; () shows all.
    levels
        Columns whose values are levels of the package, shown by their labels.
    title
        Title in words; one that the package knows is translated.
    nothing
        Key of the phrase that stands where there is no row; the share edition says that rows are left out.

    Examples
    --------
    >>> print(listing(pd.DataFrame({"USUBJID": ["<b>01</b>"], "STATUS": ["SUCCESS"]}), "Patients", levels=["STATUS"]))
    Patients
    Patient | Status
    <b>01</b> | Success
    """
    wanted = [name for name in columns or list(frame.columns) if name in frame.columns]
    if not wanted:
        wanted = list(columns) or ["USUBJID"]
    first, *others = wanted
    shown = partial(_shown, levels=levels, lang=lang)
    lines = [
        Line(prose(row[first], lang), tuple(shown(name, row[name]) for name in others))
        for row in frame.reindex(columns=wanted).to_dict("records")
    ]
    heads = [text(label(name, lang)) for name in others]
    notes = footing.lines(lang)
    stub = text(label(first, lang))
    name = text(label(title, lang))
    said = "left_out" if frame.attrs.get("edition") == "share" else nothing  # a marked frame: see `analyses.share`
    return build(id, name, stub, heads, lines, notes=notes, footing=footing, lang=lang, align="left", nothing=said)


def _shown(name: str, value: object, *, levels: Sequence[str], lang: Lang) -> Markup:
    if (name in levels or name in _CODED) and not missing(value):
        return level(value, lang)
    return prose(told(value, lang) if name in _COMPOSED and isinstance(value, str) else value, lang)


def week24_listing(
    patients: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "week24-listing"
) -> Table:
    """List the week-24 status of each patient with the record that decides it and the reason in words.

    Examples
    --------
    >>> print(week24_listing(pd.DataFrame({"USUBJID": ["01"], "STATUS": ["PENDING"]})))
    Week-24 status, one row a patient
    Patient | Status
    01 | Pending
    """
    columns = ("USUBJID", "TRTSDT", "LANDMARKDT", "LASTIMGDT", "STATUS", "CATEGORY", "DECDT", "reason")
    levels = ("STATUS", "CATEGORY")
    name = say("title.week24_listing", lang)
    return listing(patients, name, columns=columns, levels=levels, id=id, footing=footing, lang=lang)


def discordance(
    visits: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "discordance"
) -> Table:
    """List the visits at which the recorded response and the one derived from measurements differ.

    Examples
    --------
    >>> print(discordance(pd.DataFrame({"USUBJID": ["01"], "INVESTIGATOR": ["PR"], "DERIVED": ["SD"]})))
    Discordance between recorded and derived response
    Patient | Investigator | Derived from measurements
    01 | PR | SD
    """
    columns = ("USUBJID", "VISIT", "AVISIT", "ADT", "INVESTIGATOR", "INDEPENDENT", "DERIVED", "reason")
    return listing(visits, say("title.discordance", lang), columns=columns, id=id, footing=footing, lang=lang)


def queries(problems: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "queries") -> Table:
    """List the data-quality queries: where, what is wrong, what to do.

    Examples
    --------
    >>> print(queries(pd.DataFrame({"FILE": ["rs.csv"], "PROBLEM": ["unknown response 'XX'"]})))
    Data-quality queries
    File | What is wrong
    rs.csv | unknown response 'XX'
    """
    columns = ("FILE", "ROW", "USUBJID", "COLUMN", "PROBLEM", "ACTION")
    return listing(problems, say("title.queries", lang), columns=columns, id=id, footing=footing, lang=lang)


def corrections(
    ledger: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "corrections"
) -> Table:
    """List the corrections applied to the source, with the reason and the date of each; says so where there is none.

    Examples
    --------
    >>> print(corrections(pd.DataFrame({"FILE": ["ds.csv"], "WAS": ["2025"], "NOW": ["2026"]})))
    Corrections applied
    File | Was | Now
    ds.csv | 2025 | 2026
    """
    columns = ("FILE", "USUBJID", "COLUMN", "WAS", "NOW", "WHY", "DATE")
    name, nothing = say("title.corrections", lang), "nothing.corrections"
    return listing(ledger, name, columns=columns, id=id, footing=footing, lang=lang, nothing=nothing)


def imputed_dates(
    dates: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "imputed-dates"
) -> Table:
    """List the imputed dates: the record, the text it holds, the day used and the rule; says so where there is none.

    Parameters
    ----------
    dates
        Rows of `analyses.imputed` or `analyses.imputed_onsets`.

    Examples
    --------
    >>> print(imputed_dates(pd.DataFrame({"USUBJID": ["01"], "VARIABLE": ["AESTDTC"], "RECORDED": ["2025-04"]})))
    Imputed dates
    Patient | Variable | As recorded
    01 | AESTDTC | 2025-04
    """
    columns = ("USUBJID", "DOMAIN", "SEQ", "VARIABLE", "RECORDED", "USED", "RULE")
    name, nothing = say("title.imputed_dates", lang), "nothing.imputed_dates"
    return listing(dates, name, columns=columns, id=id, footing=footing, lang=lang, nothing=nothing)


def pending(patients: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "pending") -> Table:
    """List the patients whose week-24 assessment is not yet due or not yet there, and when it is due.

    Examples
    --------
    >>> print(pending(pd.DataFrame({"USUBJID": ["01"], "DUEDT": [pd.Timestamp("2026-07-01")]})))
    Patients whose week-24 assessment is pending
    Patient | Due
    01 | 2026-07-01
    """
    columns = ("USUBJID", "SITEID", "TRTSDT", "LANDMARKDT", "DUEDT", "reason")
    return listing(patients, say("title.pending", lang), columns=columns, id=id, footing=footing, lang=lang)


def assumed_values(
    items: pd.DataFrame, *, footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "assumed-values"
) -> Table:
    """List every assumed value of the plan with its rationale.

    Examples
    --------
    >>> print(assumed_values(pd.DataFrame({"ENTRY": ["p0"], "VALUE": ["0.40"], "WHY": ["NIVOTHYM"]})))
    Assumed values
    Entry | What it means | Value | Why
    p0 | rate of no interest | 0.40 | NIVOTHYM
    """
    columns = ("ENTRY", "MEANING", "VALUE", "WHY", "SOURCE")
    if "ENTRY" in items.columns:
        items = items.assign(MEANING=[_meaning(str(key), lang) for key in items["ENTRY"]])
    return listing(items, say("title.assumed_values", lang), columns=columns, id=id, footing=footing, lang=lang)


def _meaning(key: str, lang: Lang) -> str:
    said = entry(key, lang)
    return "" if said == key else said


def provenance(
    items: pd.DataFrame, *, title: str = "", footing: Footing = NO_FOOTING, lang: Lang = "en", id: str = "provenance"
) -> Table:
    """List where the numbers come from: data, plan, versions, readings; a bold heading for each section.

    Parameters
    ----------
    items
        SECTION, ITEM, VALUE, optional DETAIL, in the order to show.
    title
        Title in words; "" is "Provenance".

    Raises
    ------
    KeyError
        When one of the three columns is absent.

    Examples
    --------
    >>> print(provenance(pd.DataFrame({"SECTION": ["Plan"], "ITEM": ["digest"], "VALUE": ["ab12"]})))
    Provenance
    Item | Value
    Plan
    digest | ab12
    """
    lines: list[Line] = []
    wide = "DETAIL" in items.columns
    for section, part in items.groupby("SECTION", sort=False, dropna=False):
        lines.append(Line(level(section, lang), head=True))
        for row in part.to_dict("records"):
            cells = [prose(row["VALUE"], lang), *([prose(row["DETAIL"], lang)] if wide else [])]
            # The entries of a plan keep the names that they are typed by.
            item = text(row["ITEM"]) if section == "reading" else level(row["ITEM"], lang)
            lines.append(Line(item, tuple(cells), level=1))
    heads = [text(label(name, lang)) for name in (["VALUE", "DETAIL"] if wide else ["VALUE"])]
    name, stub = text(label(title, lang) if title else say("title.provenance", lang)), text(label("ITEM", lang))
    return build(id, name, stub, heads, lines, notes=footing.lines(lang), footing=footing, lang=lang, align="left")
