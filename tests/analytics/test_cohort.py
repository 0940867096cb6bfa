"""Cohorts: what ended what began, what is still open, and what may be compared."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from analytics.cohort import Cohort
from analytics.tables import moments
from tests.analytics.builders import MONDAY, on

UNTIL = MONDAY + timedelta(days=28)


def cohort(*rows: tuple[float | None, float | None, float | None]) -> Cohort:
    """Build a cohort of (begin, event, other end) in days."""
    begin, event, other = (
        np.asarray(moments([on(row[side]) for row in rows]), dtype="datetime64[us]") for side in range(3)
    )
    return Cohort.of(begin, event, other, UNTIL)


def test_each_thing_is_followed_to_its_end_or_to_now() -> None:
    made = cohort((0, 2, None), (1, None, 4), (27, None, None))
    assert made.hours.tolist() == [48, 72, 24]
    assert made.ended.tolist() == [1, 2, 0]
    assert made.follow_up.tolist() == [28 * 24, 27 * 24, 24]
    assert made.longest == 72


def test_the_earlier_end_counts_and_at_one_moment_the_event() -> None:
    assert cohort((0, 2, 1), (0, 1, 2), (0, 2, 2)).ended.tolist() == [2, 1, 1]


def test_what_is_not_known_by_then_has_not_happened() -> None:
    made = cohort((0, 28, None), (0, 30, 29), (0, 30, 3), (28, None, None), (None, 1, 1))
    assert made.ended.tolist() == [0, 0, 2]
    assert len(made) == 3


def test_an_end_before_the_beginning_is_left_out_and_counted() -> None:
    made = cohort((5, 4, None), (5, None, 5), (5, None, 3))
    assert (len(made), made.negative) == (1, 2)


def test_shares_at_a_horizon_count_who_was_followed_that_long() -> None:
    """Expected: of the three followed for seven days, the first was done in time."""
    made = cohort((0, 2, None), (0, 9, None), (1, None, 2), (25, 26, None))
    assert made.equal(7 * 24).tolist() == [True, False, False]
    assert made.within(7 * 24) == pytest.approx(2 / 4)  # Aalen-Johansen uses the fourth for as long as it was seen


def test_nothing_is_said_past_the_longest_follow_up() -> None:
    assert cohort((0, 2, None), (1, None, None)).within(30 * 24) is None
    assert cohort().within(24) is None


def test_where_all_ended_sooner_the_share_stays_what_it_became() -> None:
    assert cohort((0, 1, None), (1, None, 3)).within(7 * 24) == pytest.approx(1 / 2)


def test_three_readings_of_one_cohort() -> None:
    """Two merged after a day, two closed after two, four open for 28 days."""
    made = cohort(*[(0, 1, None)] * 2, *[(0, None, 2)] * 2, *[(0, None, None)] * 4)
    assert made.still_open().at(72) == pytest.approx(1 / 2)
    assert made.incidence().at(72) == pytest.approx(1 / 4)
    assert made.cause_specific().at(72) == pytest.approx(3 / 4)
    assert [made.count(kind) for kind in (0, 1, 2)] == [4, 2, 2]


def test_what_ended_at_once_does_not_speak_for_hours_that_nothing_was_observed() -> None:
    """One begun 100 h ago was done in an hour; nine begun 2 h ago are open: what comes after 2 h is unknown."""
    made = cohort((28 - 100 / 24, 28 - 99 / 24, None), *[(28 - 2 / 24, None, None)] * 9)
    assert made.within(24) is None
    assert made.within(2) == pytest.approx(1 / 10)
    assert [made.followed(hours) for hours in (2, 2.001, 24, 100)] == [True, False, False, False]


def test_past_the_longest_observation_only_where_nothing_is_left_open_there() -> None:
    both_ended = cohort((0, 4, None), (1, None, 5), (10, 11, None))
    assert both_ended.longest == 96
    assert both_ended.within(7 * 24) == pytest.approx(2 / 3)
    one_open = cohort((0, 4, None), (24, None, None))
    assert one_open.within(96) is not None
    assert one_open.within(97) is None
    assert both_ended.within(29 * 24) is None  # nothing was begun so early
