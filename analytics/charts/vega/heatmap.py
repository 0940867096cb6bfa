"""Counts of pairs as a specification: shaded cells whose figures appear where there is room for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.charts.frame import brief
from analytics.charts.grid import Grid
from analytics.charts.theme import RAMP_STEPS
from analytics.charts.vega.parts import NAME, ROW_NAMES, SAY, Spec, at_most, distinct, layer, mark, nothing, whole
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.heatmap import Heatmap

TALL, LOW = 24, 16  # pixels of a row, where there are few and where there are many
MANY = 20  # rows that are many
ROOM = 7  # pixels that a figure's character needs
WRITTEN_OUT = 1000  # from here on a figure is not its digits alone
TOTAL = 52  # pixels at the right for the rows' totals
# What a cell shows and says, put together on the page: written out for every cell it would be twice as heavy.
SAID = {
    "words": "isValid(datum.words) ? datum.words : datum.count > 0 ? '' + datum.count : ''",
    "say": "datum.rowName + ' and ' + datum.columnName + '\\n' + (isValid(datum.exact) ? datum.exact : datum.count)"
    " + (isValid(datum.meaning) ? '\\n' + datum.meaning : '')",
}
LEAST = 14  # pixels of a column, in which its name and two digits are read
SHAPES = {"high": "triangle-up", "low": "triangle-down"}


def spec(chart: Heatmap) -> Spec:
    """Return a cell for each pair that can be, in a shade by the square root of its count."""
    # imported here: the chart's module imports this one
    from analytics.charts.heatmap import MEANING, MOST  # noqa: PLC0415

    if not chart.has_any:
        return nothing(chart)
    grid = chart.grid(MOST, MOST)
    rows, columns = distinct(grid.rows), distinct(grid.columns)
    most = max(value or 0 for row in chart.values for value in row)
    tall = TALL if len(rows) <= MANY else LOW
    marked = {
        (row, column): way for row, column, way in chart.unusual if row < grid.own_rows and column < grid.own_columns
    }
    cells = _cells(grid, most)
    for cell in cells:
        way = marked.get((cell["row"], cell["column"]))
        if way:
            cell.update(way=way, meaning=MEANING[way])
    angle = 0 if max(map(len, columns)) <= 3 else -90 if len(columns) > 8 else -45
    x = {
        "field": "columnName",
        "type": "nominal",
        "sort": None,
        "scale": {"domain": columns, "padding": 0.06},
        "axis": {"orient": "top", "labelAngle": angle, "labelLimit": at_most(110, 0.17),
                 "title": chart.column_name or None, "domain": False, "labelOverlap": False},
    }  # fmt: skip
    y = {
        "field": "rowName",
        "type": "nominal",
        "scale": {"domain": rows, "padding": 0.08},
        "axis": {"labelLimit": ROW_NAMES, "title": chart.row_name or None},
    }
    shade = {"domain": list(range(RAMP_STEPS + 1))}
    fits = f"bandwidth('x') >= {ROOM} * length(datum.words)"
    inked = {
        "field": "shade", "type": "ordinal", "scale": {**shade, "range": "inks"}, "legend": None,
    }  # fmt: skip
    named = [
        {
            "lookup": "row",
            "from": {"data": {"values": _named(rows)}, "key": "at", "fields": ["name"]},
            "as": ["rowName"],
        },
        {
            "lookup": "column",
            "from": {"data": {"values": _named(columns)}, "key": "at", "fields": ["name"]},
            "as": ["columnName"],
        },
    ]
    named += [{"calculate": expression, "as": name} for name, expression in SAID.items()]
    layers = [
        layer(
            {"type": "rect"},
            {
                "x": x,
                "y": y,
                "fill": {"field": "shade", "type": "ordinal", "scale": {**shade, "range": "shades"}, "legend": None},
                "tooltip": SAY,
            },
            name="cell",
            transform=[{"filter": "!datum.sum"}],
        ),
        layer(
            {"type": "text", "fontSize": 11},
            {
                "x": x,
                "y": y,
                "text": {"field": "words"},
                "color": inked,
                "opacity": {"condition": {"test": fits, "value": 1}, "value": 0},
            },
            transform=[{"filter": "datum.count > 0 && !datum.way && !datum.sum"}],
        ),
        layer(
            mark("text", "muted", fontSize=11),
            {"x": x, "y": y, "text": {"field": "words"}, "tooltip": SAY},
            transform=[{"filter": "datum.sum"}],
        ),
        layer(
            {"type": "point", "size": 40, "filled": True},
            {
                "x": x,
                "y": y,
                "color": inked,
                "shape": {
                    "field": "way",
                    "type": "nominal",
                    "scale": {"domain": list(SHAPES), "range": list(SHAPES.values())},
                    "legend": None,
                },
            },
            transform=[{"filter": "isValid(datum.way)"}],
        ),
        layer(
            mark("text", "ink", fontSize=11, align="left", dx=6),
            {"x": {"value": "width"}, "y": y, "text": {"field": "words"}},
            data={
                "values": [
                    {"rowName": name, "words": brief(total)} for name, total in zip(rows, grid.totals, strict=True)
                ]
            },
            transform=[],
        ),
    ]
    body = {
        "height": tall * len(rows),
        "padding": {"left": 5, "top": 5, "bottom": 5, "right": 5},
        "data": {"values": cells},
        "transform": named,
        "layer": layers,
        "resolve": {"scale": {"color": "independent"}},
    }
    least = LEAST * len(columns) + min(NAME, ROOM * max(map(len, rows))) + TOTAL
    keys = [("", f"{'▲' if way == 'high' else '▼'} {MEANING[way]}") for way in SHAPES if way in marked.values()]
    return whole(chart, body, keys=keys, beside=TOTAL + 110, least=least)


def _named(names: list[str]) -> list[Spec]:
    return [{"at": at, "name": name} for at, name in enumerate(names)]


def _cells(grid: Grid, most: int) -> list[Spec]:
    cells: list[Spec] = []
    for row, values in enumerate(grid.values):
        for column, value in enumerate(values):
            if value is None:
                continue
            sums = row >= grid.own_rows or column >= grid.own_columns
            cell: Spec = {
                "row": row,
                "column": column,
                "count": value,
                "shade": step(math.sqrt(min(1.0, value / most))),
            }
            if value >= WRITTEN_OUT:
                cell |= {"words": brief(value), "exact": number(value)}
            cell |= {"sum": True} if sums else {}
            cells.append(cell)
    return cells


def step(share: float) -> int:
    """Return which of the ramp's shades stands for a share of 0..1; anything above 0 differs from 0."""
    return 0 if share <= 0 else min(RAMP_STEPS, max(2, round(share * RAMP_STEPS)))
