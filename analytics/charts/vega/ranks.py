"""Places in a list over time, as a specification."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from analytics.charts.fitting import normal
from analytics.charts.frame import short
from analytics.charts.spans import span_name
from analytics.charts.vega.moments import moments_axis
from analytics.charts.vega.parts import (
    SAY,
    SIDE,
    ZOOM,
    Spec,
    at_most,
    by_role,
    layer,
    nothing,
    number_field,
    say,
    side,
    time_field,
    whole,
)

if TYPE_CHECKING:
    from analytics.charts.ranks import RankLine, Ranks

ROW = 28  # pixels of a place
COLOURS = ("blue", "orange", "violet")
PARSE = {"parse": {"at": "date"}}


def spec(chart: Ranks) -> Spec:
    """Return a line per name with a point on each date that is drawn; the names still listed stand at the right."""
    if not chart.shown:
        return nothing(chart)
    still = [line for line in chart.shown if line.last is not None]
    roles = {id(line): COLOURS[place] if place < len(COLOURS) else "muted" for place, line in enumerate(still)}
    rows: list[Spec] = []
    for place, line in enumerate(chart.shown):
        rows += _line(chart, line, place, roles.get(id(line), "muted"))
    axis = {"title": None, "values": list(range(1, chart.places + 1)), "format": "d"}
    scale = {"domain": [0.5, chart.places + 0.5], "reverse": True, "nice": False, "zero": False}
    x = time_field("at", moments_axis(chart.dates, None, timedelta(days=1)))
    y = number_field("rank", scale=scale, axis=axis)
    # a hole in the answers begins a new stretch, so that no line crosses what nobody knows
    detail = [{"field": "name", "type": "nominal"}, {"field": "stretch", "type": "nominal"}]
    ends = [
        {"rank": line.last, "words": _end_words(line), "role": roles[id(line)]}
        for line in still
    ]  # fmt: skip
    named = {
        "type": "text",
        "clip": False,
        "align": "left",
        "baseline": "middle",
        "dx": 12,
        "fontWeight": 600,
        "limit": at_most(SIDE, 0.36),
    }
    if any(map(_path, still)):
        named["dir"] = "rtl"  # which cuts the beginning
    drawn = {"type": "line", "interpolate": "monotone", "strokeWidth": 2.4, "clip": True}
    layers = [
        layer(drawn, {"x": x, "y": y, "color": by_role(), "detail": detail}, params=[ZOOM]),
        layer(
            {"type": "text", **named},
            {"x": {"value": "width"}, "y": y, "color": by_role(), "text": {"field": "words"}},
            data={"values": ends},
        ),
        layer(
            {"type": "point", "size": 46, "clip": True},
            {"x": x, "y": y, "color": by_role(), "tooltip": SAY},
            name="stop",
        ),
    ]
    body = {
        "height": ROW * chart.places,
        "padding": {"left": 5, "top": 5, "bottom": 5, "right": 5},
        "data": {"values": rows, "format": PARSE},
        "layer": layers,
    }
    gone = [normal(line.name) for line in chart.shown if line.last is None]
    keys = [("", f"no longer in the list: {', '.join(gone)}")] if gone else []
    keys += [("gap", f"no answer {', '.join(chart.gap_names())}")] if chart.wide else []
    return whole(chart, body, keys=keys, beside=side(map(_end_words, still)))


def _line(chart: Ranks, line: RankLine, place: int, role: str) -> list[Spec]:
    rows, stretch, before = [], 0, -1
    for step in chart.steps:
        rank = line.ranks[step]
        if rank is None or any(before <= hole < step for hole in chart.wide if before >= 0):
            stretch += 1
        before = step
        if rank is not None:
            said = say(line.name, f"place {rank}", span_name(chart.dates[step], chart.dates[step], year=True))
            row: Spec = {"at": chart.dates[step].isoformat(), "rank": rank, "name": place, "role": role, "say": said}
            rows.append(row | ({"stretch": stretch} if stretch else {}))
    return rows


def _end_words(line: RankLine) -> str:
    """Return a name and its count, what may be cut at the end of the line: paths differ at their own ends."""
    count = [] if line.last_count is None else [short(line.last_count)]
    words = [normal(line.name), *count] if _path(line) else [*count, normal(line.name)]
    return " \N{MIDDLE DOT} ".join(words)


def _path(line: RankLine) -> bool:
    return line.name.startswith("/")
