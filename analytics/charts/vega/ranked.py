"""People or things by size, as a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts.vega.parts import (
    ROW_NAMES,
    Spec,
    at_most,
    distinct,
    exact,
    layer,
    mark,
    nothing,
    number_field,
    rows_strips,
    say,
    values_scale,
    whole,
)
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.ranked import Ranked, RankedRow

ROW = 28  # pixels
SIDE = 150  # pixels at the right for the longest bar's figure and note
MOST = 15  # bars, as many as a picture shows


def spec(chart: Ranked) -> Spec:
    """Return lying bars in the given order, each with its figure and note; the rest is said in one line."""
    if not chart.rows:
        return nothing(chart)
    shown = chart.rows[:MOST]
    names = distinct(row.label for row in shown)
    rows = [
        {
            "name": name,
            "value": exact(row.value),
            "note": _figure(row),
            "finding": index < chart.accent or not chart.accent,
            "say": say(row.label, f"{number(row.value)} {chart.unit}", row.note),
        }
        for index, (name, row) in enumerate(zip(names, shown, strict=True))
    ]
    most = max(0.0, *(row.value for row in shown)) or 1.0
    x = number_field("value", scale=values_scale(0, most), axis=None, stack=None)
    axis = {"title": None, "labelLimit": ROW_NAMES, "grid": False}
    y = {"field": "name", "type": "nominal", "sort": None, "scale": {"domain": names, "padding": 0.24}, "axis": axis}
    finding, others = [{"filter": "datum.finding"}], [{"filter": "!datum.finding"}]
    text = {"x": x, "y": y, "text": {"field": "note"}}
    right = {"align": "left", "dx": 7, "limit": at_most(SIDE - 12, 0.34)}
    layers = [
        layer(mark("bar", "blue"), {"x": x, "y": y}, transform=finding),
        layer(mark("bar", "faint"), {"x": x, "y": y}, transform=others),
        layer(mark("text", "blue", fontWeight=600, **right), text, transform=finding),
        layer(mark("text", "ink", **right), text, transform=others),
        rows_strips(y),
    ]
    noted = any(row.note for row in shown)
    body = {
        "height": ROW * len(rows),
        "padding": {"left": 5, "top": 5, "bottom": 5, "right": 5},
        "data": {"values": rows},
        "layer": layers,
    }
    rest = chart.rows[MOST:]
    more = f"and {number(len(rest))} more with {number(sum(row.value for row in rest))} {chart.unit}"
    return whole(chart, body, keys=[("", more)] if rest else [], beside=(SIDE if noted else 74) + 90)


def _figure(row: RankedRow) -> str:
    return f"{number(row.value)} \N{MIDDLE DOT} {row.note}" if row.note else number(row.value)
