"""How long things took, as a specification: a bar between each two human marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts.frame import short
from analytics.charts.vega.parts import (
    BASE,
    STANDING,
    Spec,
    layer,
    mark,
    marked,
    nothing,
    number_field,
    say,
    strips,
    values_scale,
    whole,
)
from analytics.words import duration, number

if TYPE_CHECKING:
    from analytics.charts.histogram import Histogram

TOP = 34  # pixels above the highest bar, for the median's words


def spec(chart: Histogram) -> Spec:
    """Return the bins in order, the median's in the accent, each with its figure."""
    bins = chart.bins
    if not bins:
        return nothing(chart)
    rows: list[Spec] = []
    for index, each in enumerate(bins):
        here = chart.holds_median(each)
        said = f"the median, {duration(chart.median)}, is among them" if here and chart.median is not None else ""
        longest = f"one in ten took over {duration(chart.tenth)}" if chart.tenth and each.holds(chart.tenth) else ""
        rows.append(
            {
                "bin": index,
                "count": each.count,
                "words": short(each.count) if each.count else "",
                "median": here,
                "say": say(each.name, f"{number(each.count)} {chart.unit}", said, longest),
            }
        )
    edges = [bins[0].low_label or "0", *(each.high_label for each in bins)]
    axis = marked(range(len(edges)), edges, grid=False, labelOverlap=True, labelFlush=False)
    x = number_field("left", scale=values_scale(0, len(bins)), axis=axis)
    top = max(each.count for each in bins)
    y = number_field("count", scale=values_scale(0, top), axis=None, stack=None)
    bar = {"x": x, "x2": {"field": "right"}, "y": y, **BASE}
    label = {"x": number_field("middle"), "y": y, "text": {"field": "words"}}
    layers = []
    for role, weight, chosen in (("blue", 400, "!datum.median"), ("orange", 600, "datum.median")):
        if any(row["median"] == (role == "orange") for row in rows):
            layers.append(layer(mark("bar", role), bar, transform=[{"filter": chosen}]))
            layers.append(layer(mark("text", role, dy=-8, fontWeight=weight), label, transform=[{"filter": chosen}]))
    if chart.median is not None:
        told = [
            {"middle": row["bin"] + 0.5, "words": f"median {duration(chart.median)}"} for row in rows if row["median"]
        ]
        drawn = mark("text", "orange", fontWeight=600)
        layers.append(
            layer(
                drawn,
                {"x": number_field("middle"), "y": {"value": -TOP + 8}, "text": {"field": "words"}},
                data={"values": told},
            )
        )
    layers.append(strips(number_field("bin"), {"field": "next"}, STANDING))
    body = {
        "height": STANDING,
        "padding": {"left": 12, "right": 12, "top": TOP, "bottom": 5},
        "data": {"values": rows},
        "transform": [
            {"calculate": f"datum.bin + {offset}", "as": name}
            for name, offset in (("left", 0.07), ("middle", 0.5), ("right", 0.93), ("next", 1))
        ],
        "layer": layers,
    }
    return whole(chart, body)
