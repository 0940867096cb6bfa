"""The logarithmic axis of hours: where durations stand and which marks are written."""

from __future__ import annotations

import itertools

import pytest

from analytics.charts.hours import HourAxis, bounds


def wide(label: str) -> float:
    return 14.0 * len(label)


def test_equal_ratios_are_equally_far_apart() -> None:
    axis = HourAxis(1, 1000, 0, 300)
    assert [axis.across(hours) for hours in (1, 10, 100, 1000)] == pytest.approx([0, 100, 200, 300])


def test_what_is_beyond_the_axis_stands_at_its_end() -> None:
    axis = HourAxis(1, 1000, 50, 350)
    assert axis.across(0) == axis.across(0.5) == 50
    assert axis.across(1e9) == 350


@pytest.mark.parametrize("room", [200, 400, 700, 1400])
def test_marks_never_touch_and_a_narrow_axis_keeps_the_coarse_ones(room: float) -> None:
    axis = HourAxis(5 / 60, 8766, 0, room)
    marks = axis.marks(wide, (-40, room + 40))
    assert len(marks) >= 3
    for (x, label), (following, other) in itertools.pairwise(marks):
        assert following - x >= (wide(label) + wide(other)) / 2 + 12


def test_a_middling_axis_has_the_marks_people_think_in() -> None:
    labels = [label for _, label in HourAxis(5 / 60, 900, 0, 900).marks(wide, (-40, 940))]
    assert labels == ["5 m", "1 h", "1 d", "1 w", "1 mo"]


def test_an_axis_ends_at_the_longest_duration_or_at_the_next_mark() -> None:
    assert bounds((1.0, 100.0), beyond=False) == (1.0, 100.0)
    assert bounds((1.0, 100.0), beyond=True) == (1.0, 168.0)


@pytest.mark.parametrize("hours", [(), (0.0,), (0.001,), (5.0,), (5.0, 5.0), (1e9,)])
def test_few_durations_still_make_an_axis(hours: tuple[float, ...]) -> None:
    for beyond in (False, True):
        low, high = bounds(hours, beyond=beyond)
        assert 0 < low < high
