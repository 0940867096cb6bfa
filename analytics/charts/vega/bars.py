"""Counts per bucket as a specification: one series up, and the other down."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from analytics.charts import mermaid
from analytics.charts.axis import count_marks
from analytics.charts.frame import mark_labels
from analytics.charts.vega.moments import moments_axis
from analytics.charts.vega.parts import (
    BASE,
    STANDING,
    ZOOM,
    Spec,
    at_most,
    distinct,
    exact,
    layer,
    mark,
    marked,
    nothing,
    number_field,
    say,
    strips,
    time_field,
    values_scale,
    whole,
)
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.bars import Bars

PARSE = {"parse": {"from": "date", "to": "date"}}
SPACED = [
    {"calculate": "+datum.from + 0.1 * (datum.to - datum.from)", "as": "left"},
    {"calculate": "+datum.to - 0.1 * (datum.to - datum.from)", "as": "right"},
]


def spec(chart: Bars) -> Spec:
    """Return bars over moments, which can be zoomed, or over names."""
    if not chart.has_any:
        return nothing(chart)
    up = max((*chart.up.known, 0))
    down = max((*chart.down.known, 0)) if chart.down else 0
    steps = count_marks(max(up, down), 3)
    steps = tuple(sorted({-step for step in steps if step <= down} | {step for step in steps if step <= up}))
    dated = isinstance(chart.buckets[0], datetime)
    x, x2 = _across(chart)
    axis = marked(steps, mark_labels(steps))
    value = number_field("up", scale=values_scale(-down, up), axis=axis, stack=None)
    roles = ["faint" if role == "muted" else role for role in chart.roles]
    layers = _halves(chart, {**x, "y": value, **BASE}, roles[0], [])
    layers[-1]["params"] = [ZOOM] if dated else []
    if chart.down is not None and chart.down.known:
        below = [{"filter": "isValid(datum.down)"}, {"calculate": "-datum.down", "as": "below"}]
        layers += _halves(chart, {**x, "y": number_field("below", stack=None), **BASE}, roles[1], below)
    gaps = [layer(mark("rect", "gap", clip=True), x2, transform=[{"filter": "!isValid(datum.up)"}])]
    gaps = gaps if None in chart.up.values else []
    strip = strips(x2["x"], x2.get("x2"), STANDING)
    data: Spec = {"values": _rows(chart), **({"format": PARSE} if dated else {})}
    body = {"height": STANDING, "data": data, "layer": [*gaps, *layers, strip]}
    if dated:
        body["transform"] = SPACED
    keys = list(zip(roles, (series.label for series in chart.both), strict=True)) if chart.down else []
    keys += [("growing", "may still grow")] if chart.provisional else []
    return whole(chart, body, keys=keys)


def _halves(chart: Bars, encoding: Spec, role: str, first: list[Spec]) -> list[Spec]:
    """Return the bars that are settled, and those that may still grow."""
    halves = []
    if chart.provisional < len(chart.buckets):
        halves.append(layer(mark("bar", role, clip=True), encoding, transform=[*first, {"filter": "!datum.grows"}]))
    if chart.provisional:
        halves.append(layer(mark("bar", "growing", clip=True), encoding, transform=[*first, {"filter": "datum.grows"}]))
    return halves


def _across(chart: Bars) -> tuple[Spec, Spec]:
    """Return where a bar stands, and where its whole bucket does."""
    if isinstance(chart.buckets[0], datetime):
        return (
            {"x": time_field("left"), "x2": {"field": "right"}},
            {"x": time_field("from", moments_axis(*_moments(chart), chart.step)), "x2": {"field": "to"}},
        )
    level = mermaid.fits(chart.names)
    axis = {
        "title": None,
        "labelAngle": 0 if level else -45,
        "labelOverlap": True,
        "labelLimit": at_most(110, 0.2),
        "grid": False,
    }
    axis["labelLimit"] = at_most(110, 0.2)
    x = {"field": "name", "type": "nominal", "sort": None, "axis": axis, "scale": {"paddingInner": 0.2}}
    return {"x": x}, {"x": x}


def _moments(chart: Bars) -> tuple[list[datetime], list[datetime]]:
    """Return where each bucket begins and ends; nothing where buckets are names."""
    starts = [bucket for bucket in chart.buckets if isinstance(bucket, datetime)]
    return starts, [*starts[1:], *(start + chart.step for start in starts[-1:])]


def _rows(chart: Bars) -> list[Spec]:
    names = distinct(chart.names)
    ends = _moments(chart)[1]
    rows = []
    for index, bucket in enumerate(chart.buckets):
        up = chart.up.values[index]
        grows = index >= len(chart.buckets) - chart.provisional
        row: Spec = {"name": names[index]}
        if isinstance(bucket, datetime):
            row = {"from": bucket.isoformat(), "to": ends[index].isoformat()}
        row["up"] = exact(up)
        said = []
        for series in chart.both:
            value = series.values[index]
            said.append(f"{series.label} {'unknown' if value is None else number(value)}")
        if chart.down is not None:
            row["down"] = exact(chart.down.values[index])
        row |= {"grows": True} if grows else {}
        row["say"] = say(chart.spoken(index), *said, "may still grow" if grows else "")
        rows.append(row)
    return rows
