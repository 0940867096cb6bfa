"""One value per day of the week."""

from __future__ import annotations

from analytics.charts.rhythm import Rhythm
from tests.analytics.charts.reading import words
from tests.analytics.charts.traffic_samples import SUBTITLE
from tests.analytics.charts.xychart import charts


def test_a_rhythm_says_every_day_and_an_unknown_one_is_not_zero() -> None:
    chart = Rhythm("Tuesdays", SUBTITLE, (3, 4.5, 0, None, 1, 1, 1), "median views")
    assert chart.alt.startswith("Tuesdays. Median views: Monday 3, Tuesday 4.5, Wednesday 0, Thursday unknown, ")
    assert {"4.5", "0", "no data", "Wednesday"} <= set(words(chart))
    assert charts(chart.text())[0].visible == ("Mon", "Tue", "Wed", "Fri", "Sat", "Sun")
    assert chart.text().endswith("left out, no data: Thu")
