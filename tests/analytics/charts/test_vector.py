"""Every chart as SVG: well formed, harmless, small, the same each time, and with the picture's own words."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from analytics.charts.canvas import drawn
from analytics.charts.chart import Chart
from analytics.charts.layout import WIDTH
from analytics.charts.theme import THEMES
from analytics.charts.vector import render_svg
from tests.analytics.charts.number_samples import NUMBERS
from tests.analytics.charts.samples import CHARTS
from tests.analytics.charts.test_vega import MANY
from tests.analytics.charts.traffic_samples import TRAFFIC

EVERY: dict[str, Chart] = {**CHARTS, **NUMBERS, **TRAFFIC, **MANY}
SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("svg", "title", "desc", "defs", "pattern", "path", "rect", "polyline", "polygon", "circle", "text")
ELEMENTS = {f"{SVG}{name}" for name in NAMES}
LARGEST = 600_000  # bytes: six curves of thousands of steps each


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_is_harmless_svg_with_the_pictures_words(name: str) -> None:
    chart = EVERY[name]
    made = render_svg(chart, "light")
    root = ET.fromstring(made)  # our own, a moment ago
    assert {element.tag for element in root.iter()} <= ELEMENTS
    attributes = {key for element in root.iter() for key in element.attrib}
    assert not [key for key in attributes if key.startswith("on") or key.endswith("href") or key == "style"]
    assert set(re.findall(r"url\((.)", made.decode())) <= {"#"}
    written = [text.text for text in drawn(chart, "light").written if text.text.strip()]
    assert len(root.findall(f"{SVG}text")) == len(written)
    assert len(made) < LARGEST
    assert made == render_svg(chart, "light")


def test_both_themes_have_their_own_ground() -> None:
    for name, theme in THEMES.items():
        first = ET.fromstring(render_svg(CHARTS["bars"], name)).find(f"{SVG}rect")
        assert first is not None
        assert (first.get("fill"), first.get("width")) == (theme.background, str(WIDTH))


def test_what_may_still_grow_is_striped() -> None:
    root = ET.fromstring(render_svg(CHARTS["bars"], "light"))
    patterns = {f"url(#{pattern.get('id')})" for pattern in root.iter(f"{SVG}pattern")}
    used = {element.get("fill") for element in root.iter(f"{SVG}rect")}
    assert patterns
    assert patterns <= used
