"""Draw in a fresh worker process what will be drawn, so that fonts and tables are loaded before somebody waits."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.charts.canvas import render
from analytics.metric import Scene
from analytics.metrics import all_metrics
from analytics.tables import Tables
from analytics.window import Window

WARM_WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))


def draw_once() -> None:
    """Measure every metric on empty tables and draw its pictures; nothing is kept."""
    tables = Tables.of()
    scene = Scene("almanac/warm", WARM_WINDOW, WARM_WINDOW.until)
    for metric in all_metrics().values():
        measured = metric.measure(tables, WARM_WINDOW, scene)
        for chart in metric.charts(measured, scene):
            render(chart, "light")
