"""Values over time as a specification: lines that are named where they end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from analytics.charts.axis import count_marks, moment_label, value_marks
from analytics.charts.frame import apart, mark_labels, short
from analytics.charts.series import Series, unknown_runs
from analytics.charts.vega.moments import moments_axis
from analytics.charts.vega.parts import (
    LINE,
    SIDES,
    STANDING,
    ZOOM,
    Spec,
    by_role,
    exact,
    layer,
    mark,
    marked,
    nothing,
    number_field,
    say,
    side,
    strips,
    time_field,
    values_scale,
    whole,
)
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.line import Line

PARSE = {"parse": {"at": "date", "from": "date", "to": "date"}}


def spec(chart: Line) -> Spec:
    """Return the lines, broken where a value is unknown, over shaded gaps."""
    if not chart.known:
        return nothing(chart)
    shown = list(chart.shown)
    low, high = chart.ends
    steps = count_marks(high, 3) if low == 0 else value_marks(low, high, 3)
    scale = values_scale(low, high, zero=False)
    value = number_field("value", scale=scale, axis=marked([exact(step) or 0 for step in steps], mark_labels(steps)))
    detail = {"field": "series", "type": "nominal"}
    drawn = {"type": "line", "clip": True, "strokeWidth": 2.2 if len(shown) == 1 else 1.8}
    x = time_field("at", moments_axis(chart.times, None, chart.step))
    lines = layer(drawn, {"x": x, "y": value, "color": by_role(), "detail": detail}, params=[ZOOM])
    rows = _rows(chart, shown)
    layers = [*_gaps(chart), lines]
    if any(row.get("alone") for row in rows):
        dots = {"x": time_field("at"), "y": value, "color": by_role()}
        alone = [{"filter": "datum.alone"}]
        layers.append(layer({"type": "point", "size": 40, "clip": True}, dots, transform=alone))
    layers += [_ends(shown, chart, low, high)]
    layers.append(strips(time_field("from"), {"field": "to"}, STANDING, data=_strips(chart, shown)))
    body = {
        "height": STANDING,
        "padding": {"left": 5, "top": 10, "bottom": 5, "right": 5},
        "data": {"values": rows, "format": PARSE},
        "layer": layers,
    }
    return whole(chart, body, beside=side(f"{series.label} 999" for series in shown))


def _rows(chart: Line, shown: Sequence[Series]) -> list[Spec]:
    rows = []
    for place, series in enumerate(shown):
        for index, (time, value) in enumerate(zip(chart.times, series.values, strict=True)):
            around = series.values[max(0, index - 1) : index] + series.values[index + 1 : index + 2]
            alone = value is not None and all(each is None for each in around)
            row: Spec = {"at": time.isoformat(), "series": place, "role": chart.role(series), "value": exact(value)}
            rows.append(row | ({"alone": True} if alone else {}))
    return rows


def _gaps(chart: Line) -> list[Spec]:
    """Return what no line may cross: from the last known moment to the next one."""
    last = len(chart.times) - 1
    nobody = [None if all(series.values[at] is None for series in chart.series) else 0.0 for at in range(last + 1)]
    rows = [
        {
            "from": chart.times[max(0, first - 1)].isoformat(),
            "to": chart.times[min(until + 1, last)].isoformat(),
        }
        for first, until in unknown_runs(nobody)
    ]
    encoding = {"x": time_field("from"), "x2": {"field": "to"}}
    drawn = mark("rect", "gap", clip=True)
    return [layer(drawn, encoding, data={"values": rows, "format": PARSE})] if rows else []


def _ends(shown: Sequence[Series], chart: Line, low: float, high: float) -> Spec:
    """Return the names at the lines' ends, moved apart."""
    wanted = [STANDING * (high - series.known[-1]) / (high - low) for series in shown]
    spots = apart(wanted, LINE, LINE / 2, STANDING - LINE / 2)
    rows = [
        {"y": round(spot, 1), "role": chart.role(series), "words": f"{series.label} {short(series.known[-1])}"}
        for series, spot in zip(shown, spots, strict=True)
    ]
    drawn = {
        "type": "text",
        "clip": False,
        "align": "left",
        "baseline": "middle",
        "dx": 8,
        "fontWeight": 600,
        "limit": SIDES,
    }
    encoding = {
        "x": {"value": "width"},
        "y": {"field": "y", "type": "quantitative", "scale": None},
        "color": by_role(),
        "text": {"field": "words"},
    }
    return layer(drawn, encoding, data={"values": rows})


def _strips(chart: Line, shown: Sequence[Series]) -> Spec:
    """Return one strip per moment, halfway to its neighbours."""
    rows = []
    for index, time in enumerate(chart.times):
        said = []
        for series in shown:
            value = series.values[index]
            said.append(f"{series.label} {'unknown' if value is None else number(value)}")
        rows.append(
            {
                "from": _between(chart.times, index - 1, chart.step).isoformat(),
                "to": _between(chart.times, index, chart.step).isoformat(),
                "say": say(moment_label(time, chart.step), *said),
            }
        )
    return {"values": rows, "format": PARSE}


def _between(times: Sequence[datetime], index: int, step: timedelta) -> datetime:
    """Return the moment halfway between one and the next; the first and the last are not passed by the axis."""
    if index < 0:
        return times[0] if len(times) > 1 else times[0] - step / 2
    if index + 1 == len(times):
        return times[-1] if len(times) > 1 else times[-1] + step / 2
    return times[index] + (times[index + 1] - times[index]) / 2
