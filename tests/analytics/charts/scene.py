"""What the page's library draws of a specification: its marks with their items, places in pixels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import vl_convert

from analytics.charts.vega.themes import chart_themes
from dashboard.chart_script import VEGA_LITE

WIDTH = 700


def scene(spec: Mapping[str, Any], width: int = WIDTH) -> Iterator[dict[str, Any]]:
    """Draw a chart that is so wide; yield its marks."""
    drawn = json.loads(json.dumps(spec)) | {"width": width, "params": [{"name": "room", "value": width}]}
    drawn["config"] = chart_themes()["light"]
    yield from _marks(vl_convert.vegalite_to_scenegraph(drawn, VEGA_LITE)["scenegraph"])


def _marks(part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "marktype" in part:
        yield dict(part)
    for each in part.get("items", []):
        yield from _marks(each)
