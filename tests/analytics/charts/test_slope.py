"""Slopes of two periods: a lane per measure, clear changes in the accent, verdicts in words."""

from __future__ import annotations

import itertools
import math

import pytest

from analytics.charts.canvas import Canvas, drawn
from analytics.charts.slope import LANE, Slope, SlopeLine
from analytics.charts.theme import THEMES
from tests.analytics.charts.number_samples import LINES
from tests.analytics.charts.reading import words

CHART = Slope("A title", "", ("90 days before", "last 90 days"), LINES)


def slopes(chart: Slope, monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """Return how far each line rises, in pixels, and its colour."""
    found = []
    draw = Canvas.polyline

    def polyline(canvas: Canvas, points: list[tuple[float, float]], colour: str, weight: float) -> None:
        found.append((points[0][1] - points[1][1], colour))
        draw(canvas, points, colour, weight)

    monkeypatch.setattr(Canvas, "polyline", polyline)
    drawn(chart, "light")
    return found


def line(before: float | None, now: float | None) -> SlopeLine:
    return SlopeLine("a", before, now, "1", "2")


def test_clear_changes_are_in_the_accent_and_the_others_in_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    blue = THEMES["light"].blue
    assert [colour == blue for _, colour in slopes(CHART, monkeypatch)] == [False, True, True, True]
    inks = {text.text: text.ink for text in drawn(CHART, "light").written}
    assert (inks["lower"], inks["no clear change"]) == (blue, THEMES["light"].muted)


def test_equal_ratios_have_equal_slopes_whatever_the_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    rises = [
        rise for rise, _ in slopes(Slope("", "", ("", ""), (line(10, 20), line(0.3, 0.6), line(6, 3))), monkeypatch)
    ]
    assert rises[0] == pytest.approx(rises[1])
    assert rises[0] == pytest.approx(-rises[2])
    assert rises[0] > 20


def test_small_changes_look_small(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0 < slopes(Slope("", "", ("", ""), (line(100, 103),)), monkeypatch)[0][0] < 8


def test_from_zero_is_the_steepest_and_what_is_unknown_has_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = Slope("", "", ("", ""), (line(0, 1), line(1, 0), line(None, 3), line(0, 0), line(1, 4)))
    rises = [round(rise) for rise, _ in slopes(chart, monkeypatch)]
    assert rises == [rises[3], -rises[3], 0, rises[3]]
    assert line(None, 3).rise is None
    assert line(0, 1).rise == math.inf


def test_an_unknown_side_is_a_question_mark_and_never_zero() -> None:
    assert "?" in words(CHART)
    assert "| median time to first review | ? | 3 h | too few to compare |" in CHART.text()
    assert "median time to first review" not in CHART.alt  # only clear changes are spoken


def test_labels_of_neighbours_that_meet_halfway_still_have_room() -> None:
    steep = tuple(line(1, 9) if place % 2 else line(9, 1) for place in range(12))
    texts = [text for text in drawn(Slope("", "", ("", ""), steep), "light").written if text.text == "a"]
    assert len(texts) == 12
    assert min(below.y - above.y for above, below in itertools.pairwise(texts)) > LANE / 3


def test_the_table_says_the_verdict_clear_ones_in_bold() -> None:
    assert CHART.text().split("\n")[0] == "|   | 90 days before | last 90 days |   |"
    assert "| first review within 24 h | 58 % | 38 % | **lower** |" in CHART.text()
    assert CHART.alt == (
        "A title. Last 90 days against 90 days before; closed without a merge 25 (before 5), more; first review within "
        "24 h 38 % (before 58 %), lower; stars 12 (before 0), more; 2 more without a clear change."
    )


def test_more_lines_than_fit_are_counted() -> None:
    assert "and 14 more" in words(Slope("", "", ("", ""), tuple(line(1, 2) for _ in range(30))))
