"""Counts of days, weeks or months: columns with their uniques, gaps, a line, releases and what was noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics.charts.axis import count_marks
from analytics.charts.columns import ceiling
from analytics.charts.frame import mark_labels, short
from analytics.charts.spans import Dated, span_name
from analytics.charts.vega.moments import moments_axis
from analytics.charts.vega.parts import (
    BASE,
    SAY,
    STANDING,
    ZOOM,
    Spec,
    exact,
    layer,
    mark,
    marked,
    number_field,
    say,
    strips,
    time_field,
    values_scale,
    whole,
)
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.chart import Chart

NARROW = 20  # columns from which on one is narrower than its figure on a phone
Said = Sequence[tuple[date, str]]
PARSE = {"parse": {"from": "date", "to": "date", "day": "date"}}
DAY = timedelta(days=1)
# A column leaves a fifth of its bucket free.
SPACED = [
    {"calculate": "+datum.from + 0.1 * (datum.to - datum.from)", "as": "left"},
    {"calculate": "+datum.to - 0.1 * (datum.to - datum.from)", "as": "right"},
]
HEADROOM = 1.1  # of the highest column, for its figure above it


@dataclass(frozen=True, slots=True)
class Compared:
    """A line over the columns: one value per bucket, what it is called, and the role that it has."""

    values: Sequence[float | None]
    name: str
    role: str
    width: float


def dated_spec(chart: Chart, data: Dated, noun: str, line: Compared, *, marks: Said, notes: Said) -> Spec:
    """Return the specification of dated columns, of which at least one is above zero.

    noun: what is counted, such as "views" · marks: releases by day · notes: words about unusual days.
    """
    before = [value for value in line.values if value is not None] if line.role == "muted" else []
    most = max(ceiling(data.known), ceiling([round(value) for value in before]) if before else 0)
    rows = _rows(data, noun, line, marks, notes)
    steps = count_marks(most, 4)
    axis = marked(steps, mark_labels(steps), tickCount=len(steps))
    ends = [end + DAY for end in data.ends]
    shortest = min(end - start for start, end in zip(data.starts, ends, strict=True))
    across = {"x": time_field("left"), "x2": {"field": "right"}}
    count = {
        **across,
        "y": number_field("count", scale=values_scale(0, most * HEADROOM), axis=axis, stack=None),
        **BASE,
    }
    growing = [grows for grows, known in zip(data.provisional, data.counts, strict=True) if known is not None]
    layers = _gaps(data)
    if not all(growing):
        layers.append(layer(mark("bar", "pale", clip=True), count, transform=[{"filter": "!datum.grows"}]))
    if any(growing):
        layers.append(layer(mark("bar", "growing", clip=True), count, transform=[{"filter": "datum.grows"}]))
    layers[-1]["params"] = [ZOOM]
    if data.visitors:
        people = {**across, "y": number_field("uniques", stack=None), **BASE}
        for role, chosen in (("dark", "!datum.grows"), ("grown", "datum.grows")):
            uniques = [{"filter": f"isValid(datum.uniques) && {chosen}"}]
            layers.append(layer(mark("bar", role, clip=True), people, transform=uniques))
    if any(value is not None for value in line.values):
        middle = {"calculate": "(+datum.from + (+datum.to)) / 2", "as": "middle"}
        drawn = mark("line", line.role, strokeWidth=line.width, clip=True)
        layers.append(layer(drawn, {"x": time_field("middle"), "y": number_field("line")}, transform=[middle]))
    layers += _released(data, marks)
    layers.append(_named(data, most))
    axis = moments_axis(data.starts, ends, shortest)
    layers.append(strips(time_field("from", axis), {"field": "to"}, STANDING))
    body = {
        "height": STANDING,
        "padding": {"top": 8, "left": 5, "right": 12, "bottom": 5},
        "data": {"values": rows, "format": PARSE},
        "transform": SPACED,
        "layer": layers,
    }
    return whole(chart, body, keys=_keys(data, noun, line, marks))


def _rows(data: Dated, noun: str, line: Compared, marks: Said, notes: Said) -> list[Spec]:
    told: dict[int, list[str]] = {}
    for day, words in [*data.within(notes), *((day, f"release {name}") for day, name in data.within(marks))]:
        told.setdefault(data.index_of(day), []).append(words)
    rows = []
    for index, (start, end, count) in enumerate(zip(data.starts, data.ends, data.counts, strict=True)):
        uniques, value = data.uniques[index], line.values[index]
        row: Spec = {"from": start.isoformat(), "to": (end + DAY).isoformat(), "count": count}
        row |= {} if uniques is None else {"uniques": uniques}
        row |= {} if value is None else {"line": exact(value)}
        row |= {"grows": True} if data.provisional[index] else {}
        row["say"] = say(
            span_name(start, end, year=True),
            "no data" if count is None else f"{noun} {number(count)}",
            "" if uniques is None else f"uniques {number(uniques)}",
            "" if value is None else f"{line.name} {number(value)}",
            "may still grow" if data.provisional[index] and count is not None else "",
            *told.get(index, ()),
        )
        rows.append(row)
    return rows


def _gaps(data: Dated) -> list[Spec]:
    rows = [
        {"from": data.starts[first].isoformat(), "to": (data.ends[last] + DAY).isoformat()} for first, last in data.gaps
    ]
    encoding = {"x": time_field("from"), "x2": {"field": "to"}}
    drawn = mark("rect", "gap", clip=True)
    return [layer(drawn, encoding, data={"values": rows, "format": PARSE})] if rows else []


def _released(data: Dated, marks: Said) -> list[Spec]:
    rows = [{"day": f"{day.isoformat()}T12:00:00Z", "say": say(span_name(day, day, year=True), f"release {name}")}
            for day, name in data.within(marks)]  # fmt: skip
    if not rows:
        return []
    drawn = mark("point", "release", shape="triangle-up", size=110, clip=True)
    encoding = {"x": time_field("day"), "y": {"value": STANDING - 7}, "tooltip": SAY}
    return [layer(drawn, encoding, data={"values": rows, "format": PARSE}, name="release")]


def _named(data: Dated, most: float) -> Spec:
    """Return the figures of the highest column and of those that are cut off."""
    highest = data.counts.index(max(data.known))
    chosen = {highest, *(index for index, count in enumerate(data.counts) if (count or 0) > most)}
    rows = [
        {
            "from": data.starts[index].isoformat(),
            "to": (data.ends[index] + DAY).isoformat(),
            "at": exact(min(data.counts[index] or 0, most)),
            "words": short(data.counts[index] or 0),
        }
        for index in sorted(chosen)
    ]
    middle = {"calculate": "(+datum.from + (+datum.to)) / 2", "as": "middle"}
    encoding = {"x": time_field("middle"), "y": number_field("at"), "text": {"field": "words"}}
    # beside a column that is cut off there is room, on it there is none
    place: Spec = {"align": "left", "dx": 8} if max(data.known) > most else {"dy": -8}
    if len(data.starts) > NARROW and highest in (0, len(data.starts) - 1) and max(data.known) <= most:
        place |= {"align": "right", "dx": 3} if highest else {"align": "left", "dx": -3}  # else its edge would be cut
    drawn = mark("text", "ink", clip=True, **place)
    return layer(drawn, encoding, data={"values": rows, "format": PARSE}, transform=[middle])


def _keys(data: Dated, noun: str, line: Compared, marks: Said) -> list[tuple[str, str]]:
    keys = [("pale", noun)]
    keys += [("dark", "uniques")] if data.visitors else []
    keys += [(line.role, line.name)] if any(value is not None for value in line.values) else []
    growing = any(grows and count for grows, count in zip(data.provisional, data.counts, strict=True))
    keys += [("growing", "may still grow")] if growing else []
    keys += [("gap", "no data")] if data.gaps else []
    keys += [("violet", "▲ release")] if data.within(marks) else []
    return keys
