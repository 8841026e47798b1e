"""What every chart shares: data limited to named columns, a title, a text alternative, and the chart of nobody."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any, Final

import altair as alt
import pandas as pd

from ir5nb import wording
from ir5nb.wording import Lang, say

Records = list[dict[str, Any]]

_DECIMALS: Final = 6  # finer than a pixel at any size; a difference between runs reads as a number
_SUBJECT_WIDTH: Final = 54  # characters of a line that fits 390 px
_FEW: Final = 12  # whole numbers that an axis names one by one
_TITLE_WIDTH: Final = 36  # and of its bold title
PERCENT_AXIS: Final = "format(datum.value * 100, '.0f')"
_Channels = Mapping[str, Callable[..., Any]]
# Written as text or as `alt.value(…)` a channel costs 7 ms: altair then hashes the schemas of all its classes anew.
_FIELDS: Final[_Channels] = {"x": alt.X, "x2": alt.X2, "y": alt.Y, "y2": alt.Y2, "text": alt.Text}
_VALUES: Final[_Channels] = {"x": alt.XValue, "y": alt.YValue}


class Chart(alt.LayerChart):
    """A finished chart, which is not checked against the schema of Vega-Lite each time it is shown.

    The check takes longer than all the rest (40 ms of 60). What the functions of this room can draw is checked by the
    tests; who changes a chart can ask for it: `chart.to_dict(validate=True)`.

    Examples
    --------
    >>> chart = nobody(title="T", subject="", lang="en")
    >>> chart.to_dict(validate=True) == chart.to_dict()
    True
    """

    def to_dict(self, validate: bool = False, **how: Any) -> dict[str, Any]:
        """Give the specification.

        Parameters
        ----------
        validate
            Whether it is checked against the schema.
        how
            As altair takes it.
        """
        return super().to_dict(validate, **how)


def fixed(name: str, place: float) -> Any:
    """Give the channel "x" or "y" at a fixed place, in px.

    Examples
    --------
    >>> fixed("y", 2).to_dict()
    {'value': 2}
    """
    return _VALUES[name](place)


def channel(name: str, given: Any) -> Any:
    """Give a channel as altair's own object where it is written as text or as a value.

    Examples
    --------
    >>> channel("text", "N:Q").to_dict()
    {'field': 'N', 'type': 'quantitative'}
    >>> channel("y", alt.value(2)).to_dict()
    {'value': 2}
    """
    if isinstance(given, str) and name in _FIELDS:
        return _FIELDS[name](given)
    if isinstance(given, dict) and given.keys() == {"value"} and name in _VALUES:
        return _VALUES[name](given["value"])
    return given


def records(frame: pd.DataFrame, columns: Sequence[str], optional: Sequence[str] = ()) -> Records:
    """Take the named columns of a frame as plain records: floats rounded, dates as text, missing as None.

    Raises
    ------
    ValueError
        When a column is absent, naming it.

    Examples
    --------
    >>> records(pd.DataFrame({"N": [1 / 3], "USUBJID": ["secret"]}), ["N"])
    [{'N': 0.333333}]
    """
    absent = [name for name in columns if name not in frame.columns]
    if absent and not frame.empty:
        raise ValueError(f"the frame of the chart lacks the columns {absent}; it has {list(frame.columns)}")
    kept = [*columns, *(name for name in optional if name in frame.columns)]
    return [{name: _plain(row.get(name)) for name in kept} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if wording.missing(value):
        return None
    if isinstance(value, pd.Timestamp) or hasattr(value, "isoformat"):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, str):
        return value
    if pd.api.types.is_bool(value):
        return bool(value)
    if pd.api.types.is_integer(value):
        return int(value)
    return float(wording.rounded(value, _DECIMALS))


def whole_numbers(most: object) -> alt.Axis:
    """Give an axis of whole numbers; a dozen or fewer are named one by one, else Vega rounds halves ("0 1 1 2 2").

    Examples
    --------
    >>> whole_numbers(2).to_dict()["values"]
    [0, 1, 2]
    >>> "values" in whole_numbers(46).to_dict()
    False
    """
    last = None if wording.missing(most) else float(str(most))
    few = last is not None and 0 <= last <= _FEW
    return alt.Axis(format="d", tickMinStep=1, values=list(range(ceil(last or 0) + 1)) if few else alt.Undefined)


def named(name: str) -> alt.NamedData:
    """Refer to one of the chart's named data sets.

    Examples
    --------
    >>> named("curve").to_dict()
    {'name': 'curve'}
    """
    return alt.NamedData(name=name)


def tooltip(columns: Mapping[str, str], lang: Lang) -> list[alt.Tooltip]:
    """Make the tooltip of a mark: fields with the titles of their labels.

    Examples
    --------
    >>> tooltip({"PATIENT": "PATIENT"}, "en")[0].to_dict()["title"]
    'Patient'
    """
    return [alt.Tooltip(f"{name}:N", title=wording.label(title, lang)) for name, title in columns.items()]


def finished(
    layers: Sequence[alt.Chart],
    data: Mapping[str, Records],
    *,
    title: str,
    subject: str,
    alternative: str,
    height: int = 300,
) -> Chart:
    """Join layers into one chart with its data sets, title, subject and text alternative.

    Examples
    --------
    >>> chart = finished([alt.Chart(named("d")).mark_point()], {"d": []}, title="T", subject="S", alternative="A")
    >>> chart.to_dict()["description"], chart.to_dict()["width"]
    ('T. S. A', 'container')
    """
    lines = textwrap.wrap(subject, _SUBJECT_WIDTH)
    heading = alt.TitleParams(text=textwrap.wrap(title, _TITLE_WIDTH, break_on_hyphens=False), subtitle=lines)
    said = ". ".join(part.rstrip(".") for part in (title, subject) if part)
    return Chart(
        layer=layers,
        width="container",
        height=height,
        title=heading,
        description=f"{said}. {alternative}".strip(),
        datasets={name: list(rows) for name, rows in data.items()},
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        usermeta={"embedOptions": {"actions": False}},
    )


def nobody(*, title: str, subject: str, lang: Lang, of: pd.DataFrame | None = None) -> Chart:
    """Draw the chart of an empty frame: it says that there is nothing to draw, or that the share edition leaves it out.

    Examples
    --------
    >>> nobody(title="T", subject="", lang="en").to_dict()["description"]
    'T. No patients: nothing to draw'
    """
    left_out = of is not None and of.attrs.get("edition") == "share"
    said = say("chart.left_out" if left_out else "chart.empty", lang)
    layer = alt.Chart(named("nobody")).mark_text(fontSize=14).encode(text=alt.Text("TEXT:N"))
    data = {"nobody": [{"TEXT": said}]}
    return finished([layer], data, title=title, subject=wording.label(subject, lang), alternative=said, height=120)


def lettering(base: alt.Chart, channels: Mapping[str, Any], **mark: Any) -> list[alt.Chart]:
    """Write text over a white halo, so that a line behind it does not cross it out.

    Examples
    --------
    >>> len(lettering(alt.Chart(named("d")), {"text": "TEXT:N"}, color="black"))
    2
    """
    halo = mark | {"color": "white", "stroke": "white", "strokeWidth": 4, "strokeJoin": "round"}
    drawn = {name: channel(name, given) for name, given in channels.items()}
    return [base.mark_text(**look).encode(**drawn) for look in (halo, mark)]


def landmark_layers(base: alt.Chart, field: str, time: float, last: float, colour: str) -> list[alt.Chart]:
    """Draw a landmark as a dotted line with its TEXT, on the side of the line that has room.

    Examples
    --------
    >>> len(landmark_layers(alt.Chart(named("d")), "WEEK", 24, 26, "black"))
    2
    """
    x = alt.X(f"{field}:Q")
    left = time > 0.7 * last
    look: dict[str, Any] = {"align": "right" if left else "left", "dx": -4 if left else 4, "baseline": "top"}
    text = base.mark_text(**look, color=colour, fontSize=11)
    rule = base.mark_rule(color=colour, strokeDash=[2, 3])
    return [rule.encode(x=x), text.encode(x=x, y=fixed("y", 2), text=alt.Text("TEXT:N"))]


def scale_of(values: Sequence[str], chosen: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """Give the domain and range of the levels that occur, in the order of the choice; an unknown level comes last.

    Examples
    --------
    >>> scale_of(["PD", "CR"], {"CR": 1, "PR": 2, "PD": 3})
    (['CR', 'PD'], [1, 3])
    """
    present = [level for level in chosen if level in values]
    unknown = [level for level in dict.fromkeys(values) if level not in chosen]
    last = list(chosen.values())[-1]
    return [*present, *unknown], [*(chosen[level] for level in present), *(last for _ in unknown)]


def label_expression(levels: Sequence[str], lang: Lang) -> str:
    """Give the legend's label expression that shows levels by their labels.

    Examples
    --------
    >>> label_expression(["PD"], "en")
    '{"PD": "Progressive disease (PD)"}[datum.label] || datum.label'
    """
    pairs = ", ".join(f"{_quoted(level)}: {_quoted(wording.label(level, lang))}" for level in levels)
    return f"{{{pairs}}}[datum.label] || datum.label"


def _quoted(text: str) -> str:
    # a level may come from the data: only characters that cannot end the string of the expression
    kept = "".join(character for character in text if character not in '"\\' and character.isprintable())
    return f'"{kept}"'
