"""A frame as a table to sort and search in JupyterLab: for looking, never part of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

_CLICKED: Final[dict[str, Any]] = {"text_in_header_can_be_selected": False}  # a click anywhere on a heading sorts


@dataclass(frozen=True, eq=False)
class Sortable:
    """A frame that a notebook shows with a search box and columns to click.

    Parameters
    ----------
    frame
        Any frame; its cells are escaped.
    id
        Name of the table in the page; two tables on one page need two.
    """

    frame: pd.DataFrame
    id: str = "sortable"

    def _repr_html_(self) -> str:
        # Loaded only where somebody looks: a report has no such table.
        from itables import options, to_html_datatable  # noqa: PLC0415
        from itables.javascript import generate_init_offline_itables_html  # noqa: PLC0415

        library = generate_init_offline_itables_html(options.dt_bundle)
        table = to_html_datatable(
            self.frame, connected=False, table_id=self.id, showIndex=False, maxBytes=0, **_CLICKED
        )
        return f"{library}{table}"

    def __repr__(self) -> str:
        """Give the frame as text."""
        return self.frame.to_string(index=False)


def sortable(frame: pd.DataFrame, *, id: str = "sortable") -> Sortable:
    """Show every row of a frame with a search box and columns to click, without network.

    Source: issue 9 ("sortable tables" in JupyterLab). The output holds every row and the script that sorts it (0.9 MB):
    use it to look, not in a notebook that is kept or sent.

    Parameters
    ----------
    frame
        Any frame, e.g. `analyses.primary(cohort).patients`.
    id
        Name of the table in the page; two tables on one page need two.

    Examples
    --------
    >>> sortable(pd.DataFrame({"USUBJID": ["02", "01"], "AVAL": [3, 5]}))
    USUBJID  AVAL
         02     3
         01     5
    """
    return Sortable(frame, id)
