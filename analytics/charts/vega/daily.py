"""Counts per day as a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts.spans import running_median
from analytics.charts.vega.dated import Compared, dated_spec
from analytics.charts.vega.parts import Spec, nothing

if TYPE_CHECKING:
    from analytics.charts.daily import Daily


def spec(chart: Daily) -> Spec:
    """Return days as columns with the running median of seven."""
    data = chart.data
    if not any(data.known):
        return nothing(chart, f"{chart.nothing}.")
    medians: list[float | None] = [None] * len(data.starts)
    if chart.has_line:
        medians = running_median(data.counts, [not each for each in data.provisional])
    line = Compared(medians, "7-day median", "blue", 2.2)
    return dated_spec(chart, data, chart.noun, line, marks=chart.marks, notes=chart.notes)
