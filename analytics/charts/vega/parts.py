"""What specifications share: the outer form, axes with our own words, strips to point at, and names told apart.

A specification is plain JSON without a colour: marks name a role, and `analytics.charts.vega.themes` says how it
looks on a light and on a dark page. Whatever people named is a value in the data, never a field or an expression.
`say` is what a row says when it is pointed at: lines of text in the language of its owners.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from analytics.charts import mermaid
from analytics.charts.fitting import normal, printable, unbroken
from analytics.words import month_name, speaks_english

if TYPE_CHECKING:
    from analytics.charts.chart import Chart

Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
ROLES = ("blue", "orange", "violet", "muted", "pale", "dark", "faint", "ink")
STANDING = 240  # pixels of a plot's height
LINE = 15  # pixels of a line of text
SIDE = 120  # pixels of a label at the end of a line, where there is no more room
NAME = 120  # pixels of a row's name, where there is no more room
ROOM = 740  # pixels that a chart has across: a page says how many it has there, and draws with that
LETTER = 0.82  # of a letter's width at Mermaid's size, at ours
NOWHERE = "\N{ZERO WIDTH SPACE}"
DASH = "-"
# Without a key the wheel scrolls the page; `charts.js` says so.
WHEEL = "wheel![event.ctrlKey || event.metaKey || event.shiftKey]"


# How moments are called by what begins with them: `2026`, `Mar`, `8 Mar`; within a day only where a chart is of hours.
NAMES = {"year": "%Y", "quarter": "%b", "month": "%b", "week": "%-d %b", "date": "%-d %b", "day": "%-d %b",
         "hours": "%H:%M", "minutes": "%H:%M"}  # fmt: skip


def whole(
    chart: Chart, body: Mapping[str, Any], *, keys: Iterable[tuple[str, str]] = (), beside: int = 0, least: int = 0
) -> Spec:
    """Return a specification that fits its container's width; title and keys stand beside it, where text can wrap.

    body: a layered view with its height · keys: (role, words) of what the reader must tell apart;
    without a role they are a note · beside: pixels that names and figures take at the plot's sides, more than an axis
    of counts · least: pixels that it needs in all; where the page has fewer it scrolls.
    """
    about: Spec = {"title": unbroken(normal(chart.title)), "subtitle": unbroken(normal(chart.subtitle))}
    said = [{"role": role, "words": words} if role else {"words": words} for role, words in keys]
    about |= {"beside": beside} if beside else {}
    about |= {"least": least} if least else {}
    spoken = locale()
    return {
        "$schema": SCHEMA,
        **({"config": {"locale": spoken}} if spoken else {}),
        "description": normal(chart.alt),
        "usermeta": about | ({"keys": said} if said else {}),
        "width": "container",
        "params": [{"name": "room", "value": ROOM}],
        "autosize": {"type": "fit-x", "contains": "padding"},
        **body,
    }


def locale() -> Spec | None:
    """Return how axes write months in the language that is spoken; None in English, which the page's library speaks."""
    if speaks_english():
        return None
    months = [month_name(date(2001, month, 1)) for month in range(1, 13)]
    names = [str(at) if any(map(str.isdigit, name)) else name for at, name in enumerate(months, start=1)]
    week = ["", "", "", "", "", "", ""]
    return {
        "time": {"dateTime": "%x, %X", "date": "%x", "time": "%X", "periods": ["AM", "PM"], "days": week,
                 "shortDays": week, "months": names, "shortMonths": names}
    }  # fmt: skip


def nothing(chart: Chart, words: str = "Nothing in this window.") -> Spec:
    """Return the specification of a chart that has nothing to show, and says so."""
    shown = {"type": "text", "style": "muted", "fontSize": 13}
    body = {
        "height": 60,
        "data": {"values": [{"say": words}]},
        "mark": shown,
        "encoding": {"text": {"field": "say"}, "tooltip": SAY},
    }
    return whole(chart, body)


SAY: Spec = {"field": "say", "type": "nominal"}


def mark(kind: str, style: str, **more: Any) -> Spec:
    """Return a mark that looks as its role."""
    return {"type": kind, "style": style, **more}


def layer(drawn: Spec, encoding: Spec, **more: Any) -> Spec:
    """Return one layer."""
    return {"mark": drawn, "encoding": encoding, **more}


def number_field(field: str, **more: Any) -> Spec:
    """Return the encoding of a number."""
    return {"field": field, "type": "quantitative", **more}


def time_field(field: str, axis: Spec | None = None) -> Spec:
    """Return the encoding of a moment in UTC; axis: its marks, which the first layer of a chart brings for all."""
    scale = {"type": "utc", "nice": False, "padding": 0}
    return {"field": field, "type": "temporal", "scale": scale, "axis": axis or {"title": None}}


def values_scale(low: float, high: float, **more: Any) -> Spec:
    """Return a scale that reaches from edge to edge of the plot."""
    return {"domain": [exact(low), exact(high)], "nice": False, "padding": 0, **more}


APART = 6  # pixels at least from one word to the next


def marked(values: Sequence[float], labels: Sequence[str], **more: Any) -> Spec:
    """Return an axis with our own words at these values; `labels` are ours, since they become an expression."""
    spoken = f"{json.dumps(list(labels))}[indexof({json.dumps(list(values))}, datum.value)]"
    return {"title": None, "values": list(values), "labelExpr": spoken, "labelSeparation": APART, **more}


def at_most(least: int, share: float, less: int = 0) -> Spec:
    """Return how long names may be, in pixels: `least`, or more where the chart has room for them."""
    return {"expr": f"max({least}, {share} * room - {less})"}


SIDES = at_most(SIDE, 0.26)
ROW_NAMES = at_most(NAME, 0.62, 190)


def by_role(field: str = "role") -> Spec:
    """Return the colour of rows that name their role."""
    return {"field": field, "type": "nominal", "scale": {"domain": list(ROLES), "range": "roles"}, "legend": None}


def strips(x: Spec, x2: Spec | None, height: float, **more: Any) -> Spec:
    """Return the invisible strips that are pointed at: a row's whole height, so that nobody must hit a thin bar."""
    encoding = {"x": x, **({"x2": x2} if x2 else {}), "y": {"value": 0}, "y2": {"value": height}, "tooltip": SAY}
    return layer(mark("rect", "strip"), encoding, name="strip", **more)


def rows_strips(y: Spec, **more: Any) -> Spec:
    """Return strips that lie: the whole width of a row."""
    encoding = {"y": y, "x": {"value": 0}, "x2": {"value": "width"}, "tooltip": SAY}
    return layer(mark("rect", "strip"), encoding, name="strip", **more)


BASE: Spec = {"y2": {"datum": 0}}
ZOOM: Spec = {
    "name": "zoom",
    "select": {"type": "interval", "encodings": ["x"], "zoom": WHEEL},
    "bind": "scales",
}


def say(*lines: str) -> str:
    """Return what a row says: one line each, empty ones left out."""
    return "\n".join(line for line in map(normal, lines) if line)


def exact(value: float | None) -> float | None:
    """Return a number as short as JSON can write it; unknown stays unknown."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(f"{value:.6g}")


def distinct(names: Iterable[str]) -> list[str]:
    """Return the names, equal ones told apart by something that cannot be seen, empty ones by a dash."""
    found: set[str] = set()
    told = []
    for name in names:
        own = printable(normal(name)).strip() or DASH
        while own in found:
            own += NOWHERE
        found.add(own)
        told.append(own)
    return told


def side(labels: Iterable[str]) -> int:
    """Return the pixels that labels at the ends of lines need, at most SIDE."""
    return round(min(SIDE, max((mermaid.width(label) * LETTER for label in labels), default=0)) + 14)
