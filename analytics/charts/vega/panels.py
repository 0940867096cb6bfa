"""Several charts in one, as a specification: each under its own heading, side by side where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analytics.charts.fitting import normal, unbroken
from analytics.charts.vega.parts import Spec, layer, nothing, whole

if TYPE_CHECKING:
    from analytics.charts.chart import Chart
    from analytics.charts.panels import Panels

CELL = 330  # pixels of a panel, at least
LETTERS = 46  # of a heading's line in a panel
# what only a whole one has
ABOUT = ("$schema", "usermeta", "width", "params", "autosize", "description", "padding", "config")


def spec(chart: Panels) -> Spec:
    """Return the charts' specifications side by side; what each names, it names by its own place."""
    if not chart.charts:
        return nothing(chart)
    parts = []
    whole_ones: list[Spec] = [dict(each.spec()) for each in chart.charts]
    headings = _headings(chart.charts)
    for place, own in enumerate(whole_ones):
        part = {key: value for key, value in own.items() if key not in ABOUT}
        title = {**headings[place], "anchor": "start", "frame": "group"}
        if "layer" in part:
            part["layer"] = [*part["layer"], _room(max(_above(one) for one in whole_ones[place // 2 * 2 :][:2]))]
        parts.append({"title": title, "width": CELL, **_named(part, place)})
    body = {"concat": parts, "columns": 2, "spacing": 40, "autosize": {"type": "pad"},
            "resolve": {"scale": {"color": "independent"}}}  # fmt: skip
    keys = {(key.get("role", ""), key["words"]): None for own in whole_ones for key in own["usermeta"].get("keys", ())}
    made = whole(chart, body, keys=keys)
    del made["width"]
    beside = [own["usermeta"].get("beside", 0) for own in whole_ones]
    made["usermeta"]["cells"] = {"least": CELL, "most": 2, "between": 40, "beside": beside}
    return made


def _named(part: Any, place: int) -> Any:
    """Return a specification whose parameters and layers have names of their own; data is left as it is."""
    if isinstance(part, dict):
        return {
            key: f"{value}{place}"
            if key in ("name", "param") and isinstance(value, str)
            else value
            if key in ("data", "from")
            else _named(value, place)
            for key, value in part.items()
        }
    if isinstance(part, str):
        return part.replace("('x')", f"('concat_{place}_x')")
    return [_named(each, place) for each in part] if isinstance(part, list) else part


def _headings(charts: Sequence[Chart]) -> list[Spec]:
    """Return each panel's heading; of two beside one another, the shorter has empty lines below.

    Both then begin at one height.
    """
    found = [(_lines(chart.title), _lines(chart.subtitle)) for chart in charts]
    made = []
    for place, (title, subtitle) in enumerate(found):
        most = max(len(one) + len(other) for one, other in found[place // 2 * 2 :][:2])
        made.append({"text": title, "subtitle": [*subtitle, *[" "] * (most - len(title) - len(subtitle))]})
    return made


def _above(own: Spec) -> int:
    """Return the pixels above a plot in which a chart writes."""
    return int(own.get("padding", {}).get("top", 0))


def _room(above: int) -> Spec:
    """Return something that nobody sees, so far above the plot that headings of neighbours stand at one height."""
    drawn = {"type": "rect", "fill": None, "stroke": None, "clip": False}
    place = {"x": {"value": 0}, "x2": {"value": 1}, "y": {"value": -above - 1}, "y2": {"value": 0}}
    return layer(drawn, place, data={"values": [{}]})


def _lines(text: str) -> list[str]:
    """Return a heading in lines that a narrow panel has room for."""
    lines = [""]
    for word in unbroken(normal(text)).split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:3]
