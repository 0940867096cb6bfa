"""Counts per week or month as a specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import dated_text
from analytics.charts.vega.dated import Compared, dated_spec
from analytics.charts.vega.parts import Spec, nothing

if TYPE_CHECKING:
    from analytics.charts.weekly import Weekly


def spec(chart: Weekly) -> Spec:
    """Return weeks as columns with the same weeks of the year before."""
    data = chart.data
    if not any(data.known):
        return nothing(chart, f"{dated_text.nothing(data, *chart.noun)}.")
    line = Compared(chart.compared, "a year before", "muted", 1.6)
    return dated_spec(chart, data, chart.noun[0], line, marks=chart.marks, notes=chart.notes)
