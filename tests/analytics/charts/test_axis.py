"""Marks stand where people expect them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analytics.charts.axis import (
    bucket_name,
    count_marks,
    fitting_marks,
    fitting_names,
    spread,
    time_marks,
    value_marks,
)
from analytics.charts.frame import apart, brief, mark_labels, short
from analytics.charts.palette import SIZE, palette
from analytics.charts.series import Series, unknown_runs
from analytics.charts.theme import LEGIBLE, RAMP_STEPS, THEMES, contrast, legible


@given(st.integers(1, 10**9))
def test_counts_have_whole_marks_from_zero(most: int) -> None:
    marks = count_marks(float(most))
    assert marks[0] == 0
    assert marks[-1] <= most
    assert all(mark.is_integer() for mark in marks)
    assert 2 <= len(marks) <= 5


def test_round_steps() -> None:
    assert count_marks(10.0) == (0, 5, 10)
    assert count_marks(70.0, 3) == (0, 25, 50)
    assert mark_labels(value_marks(0.96, 1.04)) == ["0.96", "0.98", "1.00", "1.02", "1.04"]
    assert mark_labels((1_000_000.0, 1_000_010.0)) == ["1,000,000", "1,000,010"]


def test_a_year_is_named_where_it_begins_else_at_the_first_mark() -> None:
    since, until = datetime(2025, 11, 3, tzinfo=UTC), datetime(2026, 2, 20, tzinfo=UTC)
    assert [label for _, label in time_marks(since, until, "month", 1)] == ["Dec", "2026", "Feb"]
    assert [label for _, label in time_marks(since, datetime(2025, 11, 20, tzinfo=UTC), "day", 7)] == [
        "3 Nov 2025",
        "10 Nov",
        "17 Nov",
    ]


@given(st.integers(0, 5000), st.integers(300, 1400))
def test_labels_of_time_never_touch(days: int, room: int) -> None:
    since = datetime(2024, 2, 29, tzinfo=UTC)
    until = since + timedelta(days=days)

    def place(moment: datetime) -> float:
        return room * ((moment - since) / ((until - since) or timedelta(days=1)))

    def width(label: str) -> float:
        return 14.0 * len(label)

    marks = fitting_marks(since, until, timedelta(days=1), place=place, width=width, ends=(0, room))
    assert marks
    ends = [(x - width(label) / 2, x + width(label) / 2) for x, label in marks]
    assert all(right < left for (_, right), (left, _) in pairwise(ends))
    assert ends[0][0] >= 0


def test_names_are_thinned_out_until_they_fit() -> None:
    names = [f"name {index}" for index in range(20)]
    shown = fitting_names(names, [index * 30.0 for index in range(20)], lambda name: 60.0, (0, 600))
    assert [label for _, label in shown] == names[::4]
    assert spread([0, 10], [30, 30], (0, 100)) is None


def test_a_week_is_called_by_its_monday() -> None:
    assert bucket_name(datetime(2025, 5, 26, tzinfo=UTC), timedelta(days=7)) == "week of 26 May 2025"
    assert bucket_name(datetime(2025, 5, 1, tzinfo=UTC), timedelta(days=31)) == "May 2025"


def test_large_counts_are_short() -> None:
    assert [short(value) for value in (999, 1234, 12_345, 1_000_000, 1_230_000)] == [
        "999",
        "1,234",
        "12k",
        "1M",
        "1.2M",
    ]
    assert brief(1234) == "1.2k"


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5))
def test_direct_labels_are_pushed_apart_in_their_order(wanted: list[float]) -> None:
    placed = apart(wanted, 20, 0, 100)
    ordered = [placed[index] for index in sorted(range(len(wanted)), key=lambda index: wanted[index])]
    assert all(b - a >= 20 - 1e-6 for a, b in pairwise(ordered))
    assert min(placed) >= -1e-6
    assert max(placed) <= 100 + 1e-6


def test_unknown_runs_are_found_and_unknown_is_not_zero() -> None:
    series = Series("views", (None, 1.0, None, None, 0.0))
    assert unknown_runs(series.values) == [(0, 0), (2, 3)]
    assert (series.known, series.total) == ((1.0, 0.0), 1.0)


def test_inks_on_every_shade_of_both_ramps_are_legible() -> None:
    for theme in THEMES.values():
        for step in range(RAMP_STEPS + 1):
            shade = theme.shade(step / RAMP_STEPS)
            assert contrast(legible((theme.ink, theme.background), shade), shade) >= LEGIBLE


def test_words_in_every_colour_of_the_theme_are_legible() -> None:
    for theme in THEMES.values():
        for ink in (theme.ink, theme.muted, theme.blue, theme.orange, theme.violet):
            assert contrast(ink, theme.background) >= LEGIBLE
        assert contrast(theme.muted, theme.gap) >= LEGIBLE


@given(st.lists(st.tuples(st.sampled_from(["#000000", "#ffffff", "#0969da"]), st.integers(0, 0xFFFFFF)), max_size=90))
def test_a_palette_holds_every_solid_colour_and_no_more_than_its_size(edges: list[tuple[str, int]]) -> None:
    pairs = [(ink, f"#{ground:06x}") for ink, ground in edges]
    solids = dict.fromkeys(ground for _, ground in pairs)
    chosen = palette(tuple(solids), pairs, "#ffffff")
    assert set(solids) <= set(chosen)
    assert len(chosen) == len(set(chosen)) <= max(SIZE, len(solids))
