"""Two periods side by side, as a specification: a lane per measure, with its name above its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import mermaid
from analytics.charts.vega.parts import LETTER, Spec, by_role, layer, mark, nothing, say, whole
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.slope import Slope

MOST = 16  # lines, as many as a picture shows
LANE = 62  # pixels
NAME = 14  # pixels from a lane's top to its name
CENTRE = 40  # pixels from a lane's top to the middle of its line
SWING = 24  # pixels that the steepest line rises or falls
TEXT = 60  # pixels of a value
MARGIN = 0.3  # on both sides of the lines for the values, where they are 1 wide
HEAD = 20  # pixels above the lanes for the names of the periods
LEAST_RISE = 0.585  # the steepest line is drawn as steep as a ratio of 1.5 at least


def spec(chart: Slope) -> Spec:
    """Return a line per measure from what it was to what it is; equal slopes are equal ratios."""
    # imported here: the chart's module imports this one
    from analytics.charts.slope import UNKNOWN, factor, steepness  # noqa: PLC0415

    if not chart.lines:
        return nothing(chart)
    shown = chart.lines[:MOST]
    steepest = steepness(shown)
    scale = max(steepest, LEAST_RISE)
    rows = []
    for place, line in enumerate(shown):
        half = SWING / 2 * max(-1.0, min(1.0, (line.rise or 0.0) / scale))
        top = HEAD + place * LANE
        before, now = line.before_text or UNKNOWN, line.now_text or UNKNOWN
        row: Spec = {"label": line.label, "beforeText": before, "nowText": now, "verdict": line.verdict}
        row |= {"role": "blue" if line.clear else "muted", "clear": line.clear}
        row |= {"top": top, "name": top + NAME, "bottom": top + LANE - 4}
        row |= {"start": round(top + CENTRE + half, 1), "end": round(top + CENTRE - half, 1)}
        row |= {} if line.before is None else {"before": line.before}
        row |= {} if line.now is None else {"now": line.now}
        row["say"] = say(line.label, f"{chart.sides[0]}: {before}", f"{chart.sides[1]}: {now}", line.verdict)
        rows.append(row)
    across = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-MARGIN, 1 + MARGIN], "nice": False, "padding": 0},
    }
    here, there = {"datum": 0, **across}, {"datum": 1, **across}

    def at(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "scale": None}

    verdicts = max(mermaid.width(line.verdict) for line in shown) * LETTER
    # what a verdict leaves, but more than half
    room = f"max(0.55 * (room - 28), room - 28 - {round(verdicts + 12)})"
    both = [{"filter": "isValid(datum.before) && isValid(datum.now)"}]
    wide = {"type": "text", "baseline": "middle"}
    text = {"x": {"value": 0}, "y": at("name"), "text": {"field": "label"}}
    verdict = {"x": {"value": "width"}, "y": at("name"), "text": {"field": "verdict"}, "color": by_role()}
    sides = [{"words": side} for side in chart.sides]
    layers = [
        layer({"type": "rule", "strokeWidth": 2.4}, {"x": here, "x2": {"datum": 1}, "y": at("start"),
              "y2": {"field": "end"}, "color": by_role()}, transform=both),
        layer({"type": "point", "size": 80}, {"x": here, "y": at("start"), "color": by_role()},
              transform=[{"filter": "isValid(datum.before)"}]),
        layer({"type": "point", "size": 80}, {"x": there, "y": at("end"), "color": by_role()},
              transform=[{"filter": "isValid(datum.now)"}]),
        layer(mark("text", "ink", align="left", baseline="middle", fontWeight=600, limit={"expr": room}),
              text),
        layer({**wide, "align": "right", "limit": {"expr": f"room - 28 - {room}"}}, verdict),
        layer(mark("text", "muted", align="right", baseline="middle", dx=-12, limit=TEXT),
              {"x": here, "y": at("start"), "text": {"field": "beforeText"}}),
        layer({**wide, "align": "left", "dx": 12, "limit": TEXT, "fontWeight": 600},
              {"x": there, "y": at("end"), "text": {"field": "nowText"}, "color": by_role()}),
        layer(mark("text", "muted", align="left", baseline="top", limit=160),
              {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "words"}}, data={"values": sides[:1]}),
        layer(mark("text", "muted", align="right", baseline="top", limit=160),
              {"x": {"value": "width"}, "y": {"value": 0}, "text": {"field": "words"}}, data={"values": sides[1:]}),
        layer(mark("rect", "strip"), {"x": {"value": 0}, "x2": {"value": "width"}, "y": at("top"),
              "y2": {"field": "bottom"}, "tooltip": {"field": "say", "type": "nominal"}}, name="strip"),
    ]  # fmt: skip
    body = {"height": HEAD + LANE * len(rows), "data": {"values": rows}, "layer": layers}
    keys = [("", f"equal slopes are equal ratios; the steepest is {factor(steepest)}")] if steepest >= 0.05 else []
    over = len(chart.lines) - len(shown)
    keys += [("", f"and {number(over)} more")] if over else []
    return whole(chart, body, keys=keys)
