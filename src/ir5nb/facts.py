"""A few facts as a small table or as lines: how a plan, a trial or a result looks in a notebook and in a shell."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def table(title: str, facts: Mapping[str, object]) -> str:
    """Lay facts out as an HTML table; every text is escaped, every number stands as it is.

    Source: issue 9 (helpful reprs in JupyterLab). Nothing is rounded here: that is `wording`'s.

    Parameters
    ----------
    title
        What the facts are about.
    facts
        Names and values; a value that is None is shown as "–".

    Examples
    --------
    >>> table("Design", {"n < 30": 24})
    '<table><caption>Design</caption><tbody><tr><th scope="row">n &lt; 30</th><td>24</td></tr></tbody></table>'
    """
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_cell(value)}</td></tr>' for name, value in facts.items()
    )
    return f"<table><caption>{escape(title)}</caption><tbody>{rows}</tbody></table>"


def lines(title: str, facts: Mapping[str, object]) -> str:
    """Lay facts out as text, one a line, for a shell.

    Parameters
    ----------
    title, facts
        As in `table`.

    Examples
    --------
    >>> print(lines("Design", {"n1": 11, "r1": None}))
    Design
      n1: 11
      r1: –
    """
    return "\n".join([title, *(f"  {name}: {'–' if value is None else value}" for name, value in facts.items())])


def _cell(value: object) -> str:
    return "–" if value is None else escape(str(value))
