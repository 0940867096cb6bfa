"""Several charts in one, as a specification: each under its own heading, side by side where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics.charts.fitting import normal
from analytics.charts.vega.parts import Spec, nothing, whole

if TYPE_CHECKING:
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
    for place, (each, own) in enumerate(zip(chart.charts, whole_ones, strict=True)):
        part = {key: value for key, value in own.items() if key not in ABOUT}
        title = {"text": _lines(each.title), "subtitle": _lines(each.subtitle), "anchor": "start", "frame": "group"}
        parts.append({"title": title, "width": CELL, **_named(part, place)})
    body = {"concat": parts, "columns": 2, "spacing": 40, "autosize": {"type": "pad"},
            "resolve": {"scale": {"color": "independent"}}}  # fmt: skip
    made = whole(chart, body)
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


def _lines(text: str) -> list[str]:
    """Return a heading in lines that a narrow panel has room for."""
    lines = [""]
    for word in normal(text).split():
        if lines[-1] and len(lines[-1]) + len(word) >= LETTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:3]
