"""How long things stay open, as a specification: steps with their bands on a logarithmic axis, and counts at risk."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.charts.frame import apart
from analytics.charts.hours import EVERY, SOME, bounds
from analytics.charts.survival_text import share
from analytics.charts.vega.parts import (
    LINE,
    SIDES,
    STANDING,
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
    values_scale,
    whole,
)
from analytics.words import duration, percent

if TYPE_CHECKING:
    from analytics.charts.survival import Survival, SurvivalCurve

FINE = 400  # places across the axis of which each keeps its last step, as a picture keeps one per pixel
STOPS = 48  # durations to point at
APART = 0.13  # of the axis from one count at risk to the next, so that none touches another on a phone
BELOW = 46  # pixels below the plot where the counts at risk begin
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def spec(chart: Survival) -> Spec:
    """Return the curves with their bands, the finding's marks, and below the axis how many were still followed."""
    if not chart.shown:
        return nothing(chart)
    low, high = bounds((hours for curve in chart.shown for hours in chart.ends(curve)), beyond=False)
    ticks = [(hours, label) for hours, label in EVERY if low <= hours <= high * (1 + 1e-9)]
    if len(ticks) > 8:
        ticks = [tick for tick in ticks if tick[1] in SOME]
    axis = marked([hours for hours, _ in ticks], [label for _, label in ticks], grid=False, labelOverlap=True)
    x = number_field("h", scale=values_scale(low, high, type="log", clamp=True), axis=axis)
    shares = marked(SHARES, [percent(share) for share in SHARES], tickCount=5)
    y = number_field("s", scale=values_scale(0, 1), axis=shares)
    step = {"interpolate": "step-after", "clip": True}
    detail = {"field": "curve", "type": "nominal"}
    band = {"x": x, "y": number_field("l", stack=None), "y2": {"field": "u"}, "color": by_role(), "detail": detail}
    known = {"filter": "isValid(datum.l) && isValid(datum.u)"}
    layers = [
        layer({"type": "area", "fillOpacity": 0.16, **step}, band, transform=[_unfolded, known]),
        layer(
            {"type": "line", "strokeWidth": 2.2, **step},
            {"x": x, "y": y, "color": by_role(), "detail": detail},
            transform=[_unfolded],
        ),
        *_marks(chart),
        _ends(chart),
        *_at_risk(chart, low, high),
        strips(number_field("from"), {"field": "to"}, STANDING, data={"values": _stops(chart, low, high)}),
    ]
    names = [curve.name for curve in chart.shown] + [name for _, name, _ in chart.risk_rows]
    body = {
        "height": STANDING,
        "padding": {"left": 5, "top": 10, "bottom": 5, "right": 5},
        "data": {"values": [_curve(chart, index, low, high) for index in range(len(chart.shown))]},
        "layer": layers,
    }
    return whole(chart, body, beside=side(names))


_unfolded = {"flatten": ["h", "s", "l", "u"]}


def _curve(chart: Survival, place: int, low: float, high: float) -> Spec:
    """Return a curve as lists of hours, shares and both ends of its interval; of steps in one place the last."""
    curve = chart.shown[place]
    kept: dict[int, int] = {}
    for index, hours in enumerate(curve.hours):
        kept[round(FINE * math.log(max(hours, low) / low) / math.log(high / low))] = index
    if curve.hours[0] < low:
        kept.setdefault(-1, 0)
    indexes = [index for _, index in sorted(kept.items())]
    return {
        "curve": place,
        "name": curve.name,
        "role": chart.roles[place],
        "h": [exact(float(f"{max(curve.hours[index], low):.5g}")) for index in indexes],
        "s": [_share(curve.shares[index]) for index in indexes],
        "l": [None if curve.low is None else _share(curve.low[index]) for index in indexes],
        "u": [None if curve.high is None else _share(curve.high[index]) for index in indexes],
    }


def _share(share: float | None) -> float | None:
    return None if share is None or math.isnan(share) else exact(round(share, 4))


def _marks(chart: Survival) -> list[Spec]:
    """Return each mark as a point on the finding's curve, a line down to the axis, and its words."""
    curve, rows = chart.finding(), []
    for hours, words in chart.marks:
        index = curve.at(hours)
        if index is not None:
            before, share = curve.shares[max(0, index - 1)], curve.shares[index]
            crosses = hours == curve.hours[index] and (before - 0.5) * (share - 0.5) < 0
            rows.append({"h": hours, "s": 0.5 if crosses else share, "words": words})
    if not rows:
        return []
    x, y, data = number_field("h"), number_field("s"), {"values": rows}
    return [
        layer(mark("rule", "orange"), {"x": x, "y": y, "y2": {"datum": 0}}, data=data),
        layer(mark("point", "orange", size=60), {"x": x, "y": y}, data=data),
        layer(
            mark("text", "orange", align="left", dx=8, dy=-8, fontWeight=600),
            {"x": x, "y": y, "text": {"field": "words"}},
            data=data,
        ),
    ]


def _ends(chart: Survival) -> Spec:
    wanted = [STANDING * (1 - curve.shares[-1]) for curve in chart.shown]
    spots = apart(wanted, 2 * LINE, LINE, STANDING - LINE)
    rows = [
        {"y": round(spot, 1), "role": role, "words": [curve.name, percent(curve.shares[-1])]}
        for curve, spot, role in zip(chart.shown, spots, chart.roles, strict=True)
    ]
    encoding = {
        "x": {"value": "width"},
        "y": {"field": "y", "type": "quantitative", "scale": None},
        "color": by_role(),
        "text": {"field": "words"},
    }
    drawn = {"type": "text", "align": "left", "baseline": "middle", "dx": 8, "fontWeight": 600, "limit": SIDES}
    return layer(drawn, encoding, data={"values": rows})


def _at_risk(chart: Survival, low: float, high: float) -> list[Spec]:
    """Return the counts at risk below their durations, the name of each row at the right."""
    if not chart.at_risk:
        return []
    rows, names = [], [{"y": STANDING + BELOW, "words": "still waiting and followed"}]
    own = not chart.at_risk_names
    for line, (place, name, last) in enumerate(chart.risk_rows, start=1):
        y = STANDING + BELOW + line * LINE
        role = chart.roles[chart.places.index(place)] if own else "muted"
        names.append({"y": y, "words": name, "role": role})
        end = -math.inf
        for hours, counts in sorted(chart.at_risk):
            at = math.log(max(hours, low) / low) / math.log(high / low)
            if place < len(counts) and hours <= last and not 0 < hours < low and at >= end + APART:
                rows.append({"h": max(hours, low), "y": y, "count": counts[place], "role": role})
                end = at
    spot = {"field": "y", "type": "quantitative", "scale": None}
    plain = {"type": "text", "fontSize": 11}
    count = {"x": number_field("h"), "y": spot, "text": {"field": "count", "format": ",d"}, "color": by_role()}
    named = {"y": spot, "text": {"field": "words"}}
    return [
        layer(plain, count, data={"values": rows}),
        layer(
            {**plain, "align": "left", "dx": 8, "limit": SIDES},
            {**named, "x": {"value": "width"}, "color": by_role()},
            data={"values": names[1:]},
        ),
        layer(
            mark("text", "muted", align="left", fontSize=11), {**named, "x": {"value": 0}}, data={"values": names[:1]}
        ),
    ]


def _stops(chart: Survival, low: float, high: float) -> list[Spec]:
    """Return strips across the axis, each with every curve's share there."""
    width = math.log(high / low) / STOPS
    rows = []
    for stop in range(STOPS):
        hours = low * math.exp(width * (stop + 0.5))
        said = [f"{curve.name} {_around(curve, hours)}" for curve in chart.shown]
        rows.append(
            {
                "from": exact(low * math.exp(width * stop)),
                "to": exact(low * math.exp(width * (stop + 1))),
                "say": say(f"after {duration(hours)}: {chart.unit}", *said),
            }
        )
    return rows


def _around(curve: SurvivalCurve, hours: float) -> str:
    index = curve.at(hours)
    return "unknown" if index is None else share(curve, index)
