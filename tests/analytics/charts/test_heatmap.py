"""Heatmaps of up to 40 by 40: names that are told apart, figures that can be read, and marks that need no colour."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from analytics.charts.canvas import Canvas, drawn, render
from analytics.charts.heatmap import Heatmap
from analytics.charts.theme import LEGIBLE, THEMES, ThemeName, contrast
from tests.analytics.charts.number_samples import PEOPLE, few_each
from tests.analytics.charts.reading import words
from tests.analytics.charts.samples import grid


def people(size: int, **more: object) -> Heatmap:
    names = PEOPLE[:size]
    return replace(Heatmap("Pairs", "", names, names, few_each(size), None, "reviewer", "author"), **more)  # type: ignore[arg-type]


def triangles(chart: Heatmap, monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, str]]:
    """Return for each triangle whether it points up, and its colour."""
    found = []

    def polygon(canvas: Canvas, points: list[tuple[float, float]], colour: str) -> None:
        found.append((points[0][1] < points[1][1], colour))

    monkeypatch.setattr(Canvas, "polygon", polygon)
    drawn(chart, "light")
    return found


def test_forty_by_forty_people_are_all_named_on_both_sides() -> None:
    written = words(people(40))
    assert all(written.count(name) == 2 for name in PEOPLE)
    assert not any("others" in text for text in written)


@pytest.mark.parametrize("size", [9, 20, 30, 33, 40])
def test_columns_names_turn_upwards_where_they_would_touch(size: int) -> None:
    angles = {text.angle for text in drawn(people(size), "light").written if text.text in PEOPLE}
    assert angles == ({0, 45} if size <= 20 else {0, 90})


def test_more_than_forty_are_added_up() -> None:
    names = tuple(f"n{place}" for place in range(45))
    written = words(Heatmap("", "", names, names, grid(45, 45, 9)))
    assert written.count("5 others") == 2
    assert "n39" in written
    assert "n40" not in written


@pytest.mark.parametrize("theme", THEMES)
def test_a_figure_can_be_read_on_the_shade_of_its_cell(theme: ThemeName) -> None:
    figures = [text for text in drawn(people(20), theme).written if text.ground != THEMES[theme].background]
    assert len({text.ink for text in figures}) == 2
    assert all(contrast(text.ink, text.ground) >= LEGIBLE for text in figures)


def test_unusual_cells_are_marked_by_shape_and_the_note_says_what_it_means(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = people(9, unusual=((0, 1, "high"), (2, 3, "low"), (3, 3, "low")))
    written = words(chart)
    assert {"more than expected", "fewer than expected"} <= set(written)
    ups = [up for up, _ in triangles(chart, monkeypatch)]
    assert sorted(ups) == [False, False, False, True, True]  # three cells, and one of each in the note


def test_only_what_occurs_is_explained() -> None:
    assert "fewer than expected" not in words(people(9, unusual=((0, 1, "high"),)))
    assert "more than expected" not in words(people(9))


def test_a_mark_in_a_small_cell_takes_the_place_of_its_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = triangles(people(40, unusual=((0, 1, "high"),)), monkeypatch)
    assert len(marks) == 2
    most = max((value or 0, row, column) for row, line in enumerate(few_each(40)) for column, value in enumerate(line))
    written = words(people(40))
    assert (
        words(people(40, unusual=((most[1], most[2], "high"),))).count(str(most[0])) == written.count(str(most[0])) - 1
    )


def test_a_cell_that_was_added_up_with_others_carries_no_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    names = tuple(f"n{place}" for place in range(45))
    chart = Heatmap("", "", names, names, grid(45, 45, 9), unusual=((44, 3, "low"),))
    assert triangles(chart, monkeypatch) == []


def test_the_words_name_unusual_pairs() -> None:
    chart = people(9, unusual=((0, 1, "high"), (2, 3, "low")))
    assert "more than expected: quartz-otter and quartz-heron; fewer than expected: quartz-lynx and" in chart.alt
    assert f"{few_each(9)[0][1]} ▲ |" in chart.text()
    assert chart.text().endswith("▲ more than expected; ▼ fewer than expected")


def test_the_note_says_what_cells_without_a_figure_hold() -> None:
    """Expected: among forty columns three digits do not fit; two do, down to where there would be too many of them."""
    many = [[None if row == column else 3 for column in range(40)] for row in range(40)]
    many[0][1:4] = [250, 1300, 64]
    assert "shaded cells without a figure: 1 to 63, the darkest 250 or more" in words(people(40, values=many))
    few = [[64 if (row, column) == (0, 3) else None for column in range(40)] for row in range(40)]
    assert not any("without a figure" in text for text in words(people(40, values=few)))
    few[0][1] = 250
    assert "shaded cells without a figure: 250" in words(people(40, values=few))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [20, 40])
def test_a_heatmap_of_people_is_light(size: int, theme: ThemeName) -> None:
    assert len(render(people(size), theme)) < 60_000


def test_twenty_by_twenty_are_drawn_in_the_blink_of_an_eye() -> None:
    render(people(20), "light")  # fonts are read once
    spent = []
    for _ in range(5):
        begin = time.process_time()
        render(people(20), "dark")
        spent.append(time.process_time() - begin)
    assert min(spent) < 0.150
