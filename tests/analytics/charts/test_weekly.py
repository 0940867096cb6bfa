"""Counts per week or month: the same weeks of the year before beside them, and true uniques that are never added up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from analytics.charts.canvas import drawn
from analytics.charts.spans import DASH
from analytics.charts.weekly import Weekly
from tests.analytics.charts.reading import words
from tests.analytics.charts.traffic_samples import FIRST, MONTHS, TRAFFIC, counts, weekly
from tests.analytics.charts.xychart import charts


def cells(chart: Weekly) -> list[list[str]]:
    """Return name, count, the year before and the weeks known of each row of a weekly table without its bars."""
    rows = [line.strip("| ").split(" | ") for line in chart.text().split("\n") if line.startswith("| ")]
    return [[row[0], row[1], *row[-2:]] for row in rows[1:]]


def test_a_year_before_is_compared_over_the_weeks_known_in_both() -> None:
    shown = weekly((10, None, 30, 20, 40), (1, 2, None, 3, 4))
    assert "in the 2 weeks known in both years 30, a year before 4" in shown.alt  # the last one may still grow
    assert "a year before" in words(shown)
    assert f"| 16{DASH}22 Mar 2026 | 30 | ████████████ | 7 | ? |" in shown.text()
    assert "a year before" not in words(weekly((10, 20), None))


def test_a_row_of_several_weeks_sets_the_same_weeks_side_by_side() -> None:
    """52 weeks of 10 and of 7 the year before, in months: the weeks unknown now are left out of both."""
    values = tuple(None if index in (1, 2, *range(9, 13)) else 10 for index in range(52))
    shown = weekly(values, (7,) * 52)
    assert [cells(shown)[row] for row in (0, 1, 2, 3, -1)] == [
        ["Mar 2026", "30", "21", "3 of 5"],
        ["Apr 2026", "40", "28", "4 of 4"],
        ["May 2026", "?", "?", "0 of 4"],
        ["Jun 2026", "50", "35", "5 of 5"],
        ["Feb 2027", "40+", "21", "4 of 4"],
    ]
    assert "a year before: only of the weeks known and settled now" in shown.text()
    assert "only of the weeks" not in weekly((10,) * 51, None).text()


def test_quarters_with_unknown_weeks_sum_up_the_same_weeks_of_the_year_before() -> None:
    values = tuple(None if index % 13 in (5, 6) else 10 for index in range(156))
    rows = cells(weekly(values, (None, *(7,) * 155)))
    assert [row[0] for row in rows[:2]] == ["Jan to Mar 2026", "Apr to Jun 2026"]
    assert rows[0][2] == "?"  # a week that is known now was not known a year before
    for _, count, before, known in rows[1:-1]:
        weeks = int(known.partition(" of ")[0])
        assert (count, before) == (str(10 * weeks), str(7 * weeks))


def test_true_uniques_of_weeks_are_never_added_up() -> None:
    written = weekly(counts(52, 900), None).text()
    assert charts(written)[0].unit == "views per month"
    assert "most uniques in a week: " in written


def test_months_are_found_by_their_distance() -> None:
    chart = TRAFFIC["months"]
    assert isinstance(chart, Weekly)
    assert chart.data.ends[1] == date(2021, 2, 28)
    assert f"no data Apr{DASH}May 2021" in words(chart)


def test_a_release_is_marked_below_the_week_or_month_it_falls_into() -> None:
    """Expected: the tick of a Sunday stands below the week that began on the Monday before; nothing outside."""
    releases = ((FIRST + timedelta(days=6), "v1.0.0"), (FIRST + timedelta(days=7), "v1.1.0"), (date(2020, 1, 1), "v0"))
    shown = replace(weekly((10,) * 30, None), marks=releases)
    assert shown.data.index_of(releases[0][0]) == 0
    assert shown.data.index_of(releases[1][0]) == 1
    assert "v1.1.0" in words(shown)
    assert "v0" not in words(shown)
    assert "marked: v1.0.0 (8 Mar 2026), v1.1.0 (9 Mar 2026)." in shown.alt
    assert "Marked: 8 Mar 2026 v1.0.0, 9 Mar 2026 v1.1.0" in shown.text()
    months = replace(TRAFFIC["months"], marks=((date(2021, 2, 28), "v1.0.0"),))  # type: ignore[type-var]
    assert isinstance(months, Weekly)
    assert months.data.index_of(date(2021, 2, 28)) == MONTHS.index(date(2021, 2, 1))


def test_of_many_releases_six_are_named_from_one_end_to_the_other() -> None:
    shown = replace(weekly((10,) * 156, None), marks=tuple((FIRST + timedelta(21 * n), f"v{n}") for n in range(52)))
    named = sorted(int(text[1:]) for text in words(shown) if text[0] == "v" and text[1:].isdigit())
    assert len(named) == 6
    assert (named[0], named[-1]) == (0, 51)
    assert max(later - earlier for earlier, later in pairwise(named)) <= 13


def test_an_unusual_day_is_named_at_its_week_with_the_weeks_own_figure() -> None:
    values = (*(10,) * 20, 90, *(10,) * 20, 60, *(10,) * 20)
    shown = replace(weekly(values, None), notes=((FIRST + timedelta(weeks=41, days=2), "50 on 16 Dec · v1.2.0"),))
    assert "60: 50 on 16 Dec · v1.2.0" in words(shown)
    assert f"90 · 20{DASH}26 Jul 2026" in words(shown)
    assert "noted: 50 on 16 Dec · v1.2.0." in shown.alt


def test_a_line_from_a_note_ends_at_the_bar_and_not_at_the_year_before(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = []
    monkeypatch.setattr("analytics.charts.pen.Pen.stem", lambda _, x, top, bottom, colour: ends.append(bottom - top))
    values = (100, *[30] * 59)
    chart = weekly(values, (*[30] * 30, 95, *[30] * 29))
    drawn(replace(chart, notes=((FIRST + timedelta(weeks=30), "8 on 28 Sep"),)), "light")
    assert len(ends) == 1
    assert ends[0] > 250  # pixels of a plot of 450; the year before is near its top


@pytest.mark.parametrize("unknown", [range(0), range(50, 54), range(70, 72), (76, 79, 82, 85)])
@pytest.mark.parametrize("highest", [0, 30, 78, 155])
def test_over_three_years_the_highest_week_is_always_named(highest: int, unknown: range) -> None:
    """Also where the words of gaps stand above it, and where the year before is higher on either side."""
    values = tuple(None if at in unknown else 999 if at == highest else 400 + at * 7919 % 90 for at in range(156))
    before = tuple(1200 - at % 7 for at in range(156))
    assert any(text.startswith("999 · ") for text in words(weekly(values, before)))


def test_words_do_not_cover_the_line_of_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[tuple[float, float, float]] = []
    monkeypatch.setattr("analytics.charts.pen.Pen.stem", lambda _, x, top, bottom, __: lines.append((x, top, bottom)))
    drawn_in_all = 0
    for start in range(20):
        values = tuple(None if at in (75, 76) else 400 + (at + start) * 7919 % 500 for at in range(156))
        notes = tuple((FIRST + timedelta(weeks=week), f"90 in {week}, in many words") for week in range(start, 156, 11))
        lines.clear()
        written = drawn(replace(weekly(values, None), notes=notes), "light").written
        drawn_in_all += len(lines)
        for x, top, bottom in lines:
            assert not [text for text in written if text.box.left < x < text.box.right and top < text.y - 4 < bottom]
    assert drawn_in_all > 30
