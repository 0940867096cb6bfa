"""Text that is broken into lines: between words, and never between a figure and its unit."""

from __future__ import annotations

from analytics.charts.fitting import unbroken, wrap


def test_a_figure_and_its_unit_stay_in_one_line() -> None:
    assert wrap("Half were in within 42 h", 22, len) == ["Half were in within", "42 h"]
    assert wrap("Reviewed within a day: 61 % of all", 25, len) == ["Reviewed within a day:", "61 % of all"]
    assert wrap("", 25, len) == []


def test_only_units_are_kept() -> None:
    assert unbroken("5 h 20 min of 3 days") == "5\N{NO-BREAK SPACE}h 20\N{NO-BREAK SPACE}min of 3 days"
