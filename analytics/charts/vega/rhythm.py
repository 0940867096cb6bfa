"""One value per day of the week, as a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts.frame import short
from analytics.charts.vega.parts import (
    SAY,
    Spec,
    exact,
    layer,
    mark,
    nothing,
    number_field,
    say,
    values_scale,
    whole,
)
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.rhythm import Rhythm

TALL = 190  # pixels of the plot


def spec(chart: Rhythm) -> Spec:
    """Return seven bars with a figure each, the highest in the accent; an unknown day is shaded."""
    # imported here: the chart's module imports this one
    from analytics.charts.rhythm import WEEKDAYS  # noqa: PLC0415

    if not any(chart.known):
        return nothing(chart)
    most = max(chart.known)
    rows = [
        {
            "day": day[:3],
            "value": exact(value),
            "words": "?" if value is None else short(value),
            "highest": value == most,
            "say": say(day, "no data" if value is None else f"{chart.unit} {number(value)}"),
        }
        for day, value in zip(WEEKDAYS, chart.values, strict=False)
    ]
    axis = {"title": None, "labelAngle": 0}
    days = [day[:3] for day in WEEKDAYS]
    x = {"field": "day", "type": "nominal", "sort": days, "axis": axis, "scale": {"domain": days, "padding": 0.2}}
    y = number_field("value", scale=values_scale(0, most), axis=None, stack=None)
    known, unknown = "isValid(datum.value)", {"filter": "!isValid(datum.value)"}
    text = {"x": x, "y": y, "text": {"field": "words"}}
    full = {"x": x, "y": {"value": 0}, "y2": {"value": TALL}}
    layers = [
        layer(mark("rect", "gap"), full, transform=[unknown]),
        layer(mark("bar", "pale"), {"x": x, "y": y}, transform=[{"filter": f"{known} && !datum.highest"}]),
        layer(mark("bar", "blue"), {"x": x, "y": y}, transform=[{"filter": "datum.highest"}]),
        layer(mark("text", "muted", dy=-8), text, transform=[{"filter": f"{known} && !datum.highest"}]),
        layer(mark("text", "blue", dy=-8, fontWeight=600), text, transform=[{"filter": "datum.highest"}]),
        layer(
            mark("text", "muted"), {"x": x, "y": {"value": TALL / 2}, "text": {"field": "words"}}, transform=[unknown]
        ),
        layer(mark("rect", "strip"), {**full, "tooltip": SAY}, name="strip"),
    ]
    body = {
        "height": TALL,
        "padding": {"left": 5, "right": 5, "top": 24, "bottom": 5},
        "data": {"values": rows},
        "layer": layers,
    }
    keys = [("gap", "no data")] if any(value is None for value in chart.values) else []
    return whole(chart, body, keys=keys)
