"""Days, weeks and months of a picture: what they are called, where they end, and that a hole in them is unknown."""

from __future__ import annotations

from datetime import date, timedelta

from analytics.charts.spans import DASH, WEEK, dated, listed, running_median, span_name
from tests.analytics.charts.traffic_samples import FIRST

DAY = timedelta(days=1)


def test_spans_are_called_as_people_do() -> None:
    assert span_name(date(2026, 6, 9), date(2026, 6, 9)) == "9 Jun"
    assert span_name(date(2026, 6, 8), date(2026, 6, 16)) == f"8{DASH}16 Jun"
    assert span_name(date(2026, 5, 28), date(2026, 6, 3), year=True) == f"28 May{DASH}3 Jun 2026"
    assert span_name(date(2025, 12, 28), date(2026, 1, 3), year=True) == f"28 Dec 2025{DASH}3 Jan 2026"
    assert span_name(date(2026, 2, 1), date(2026, 2, 28)) == "Feb"
    assert span_name(date(2025, 12, 1), date(2026, 1, 31), year=True) == f"Dec 2025{DASH}Jan 2026"
    assert (
        listed(["2 Apr", "12 Apr", f"15{DASH}17 Jun", f"28 Jun{DASH}3 Jul", "9 Jul"])
        == f"2, 12 Apr, 15{DASH}17 Jun, 28 Jun{DASH}3 Jul, 9 Jul"
    )


def test_days_that_are_left_out_are_unknown() -> None:
    data = dated((FIRST, FIRST + 3 * DAY), (5, 0), (2, 0), (False, True), DAY)
    assert data.counts == (5, None, None, 0)
    assert data.uniques == (2, None, None, 0)
    assert data.provisional == (False, False, False, True)
    assert data.gap_names() == [f"3{DASH}4 Mar"]


def test_weeks_and_months_end_where_the_next_begins() -> None:
    assert dated((FIRST,), (1,), (), (), WEEK).ends == (date(2026, 3, 8),)
    months = dated((date(2025, 12, 1), date(2026, 2, 1)), (1, 2), (), ())
    assert months.starts == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert months.ends[-1] == date(2026, 2, 28)


def test_a_median_stops_at_gaps_and_leaves_out_days_that_may_still_grow() -> None:
    values = (1, 2, 3, 4, None, 10, 20, 30, 40, 50, 60, 70, 80, 0)
    settled = [True] * 13 + [False]
    assert running_median(values, settled) == [
        *(None, None, None, 2.5, None, None, None, None),
        *(25.0, 30.0, 35.0, 40.0, 50.0, None),
    ]
