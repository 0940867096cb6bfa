"""Ranked dots: a value, its interval, a target; durations on a logarithmic axis."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.charts.canvas import Canvas, drawn
from analytics.charts.dots import RADIUS, Dot, Dots
from analytics.charts.theme import THEMES
from tests.analytics.charts.reading import words

ROWS = (
    Dot("amber", 1.0, "1 h", 0.5, 3.0),
    Dot("basalt", 24.0, "24 h", 12.0, None, accent=True),
    Dot("slate", 96.0, "4 d"),
)
CHART = Dots("A title", "", ROWS, "median wait", 24.0, durations=True)


def dots(chart: Dots, monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float, str]]:
    """Return where each dot stands, and its colour."""
    found = []
    draw = Canvas.dot

    def dot(canvas: Canvas, x: float, y: float, radius: float, colour: str) -> None:
        if radius == RADIUS:
            found.append((x, y, colour))
        draw(canvas, x, y, radius, colour)

    monkeypatch.setattr(Canvas, "dot", dot)
    drawn(chart, "light")
    return found


def test_rows_keep_their_order_and_the_finding_is_in_the_accent(monkeypatch: pytest.MonkeyPatch) -> None:
    found = dots(CHART, monkeypatch)
    assert [y for _, y, _ in found] == sorted(y for _, y, _ in found)
    theme = THEMES["light"]
    assert [colour for *_, colour in found] == [theme.muted, theme.blue, theme.muted]


def test_durations_stand_on_a_logarithmic_axis_with_human_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(Dot("a", hours, "") for hours in (1.0, 10.0, 100.0))
    first, second, third = (x for x, *_ in dots(Dots("", "", rows, "", durations=True), monkeypatch))
    assert second - first == pytest.approx(third - second)
    assert {"1 h", "4 h", "1 d", "4 d"} <= set(words(CHART))


def test_counts_stand_on_an_axis_from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = tuple(Dot("a", value, "") for value in (0.0, 10.0, 20.0))
    first, second, third = (x for x, *_ in dots(Dots("", "", rows, "commits"), monkeypatch))
    assert second - first == pytest.approx(third - second)
    assert "0" in words(Dots("", "", rows, "commits"))


def test_the_target_is_a_line_with_its_words_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = next(text for text in drawn(CHART, "light").written if text.text == "target 24 h")
    assert text.ink == THEMES["light"].orange
    assert (text.box.left + text.box.right) / 2 == pytest.approx(dots(CHART, monkeypatch)[1][0], abs=2)


def test_an_interval_that_is_open_on_one_side_says_so() -> None:
    assert "| `basalt` | 24 h | over 12 h | within |" in CHART.text()
    assert "| `amber` | 1 h | 30 min to 3 h | within |" in CHART.text()
    assert "| `slate` | 4 d |  | above |" in CHART.text()


def test_an_open_interval_reaches_the_edge_as_an_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    arrows = []
    monkeypatch.setattr(Canvas, "polygon", lambda canvas, points, colour: arrows.append(points))
    drawn(CHART, "light")
    drawn(replace(CHART, rows=(ROWS[0], ROWS[2])), "light")
    assert len(arrows) == 1


def test_more_than_25_rows_are_counted() -> None:
    chart = Dots("", "", tuple(Dot(f"lynx-{place}", place, str(place)) for place in range(37)), "commits")
    assert "and 12 more" in words(chart)
    assert "lynx-24" in words(chart)
    assert "lynx-25" not in words(chart)
    assert chart.text().endswith("and 13 more")  # a table has 24 rows


def test_the_alt_text_names_the_first_rows_and_how_many_miss_the_target() -> None:
    assert CHART.alt == ("A title. Median wait: amber 1 h, basalt 24 h, slate 4 d; target 24 h: 1 of 3 above it.")
