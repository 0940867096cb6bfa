"""How fast writes may follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from github.pace import NONE_LEFT, ROOM, Pace, Room, Urgency

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def sent_at(arrivals: Sequence[float], room: Room = NONE_LEFT) -> list[float]:
    """Return when writes that are wanted at these seconds go out."""
    pace, out = Pace(), []
    for arrival in arrivals:
        moment = pace.earliest(NOW + timedelta(seconds=arrival), room)
        pace = pace.after(moment)
        out.append((moment - NOW).total_seconds())
    return out


def test_five_at_once_and_then_one_a_second() -> None:
    assert sent_at([0] * 8) == [0, 0, 0, 0, 0, 1, 2, 3]


def test_a_pause_earns_a_new_burst() -> None:
    assert sent_at([0] * 5 + [60] * 6) == [0] * 5 + [60, 60, 60, 60, 60, 61]


def test_eighty_a_minute_are_never_passed() -> None:
    times = sent_at([0] * 200)
    assert max(sum(1 for other in times if time <= other < time + 60) for time in times) <= 80


def test_five_hundred_an_hour_are_never_passed() -> None:
    times = sent_at([0] * 520)
    assert times[499] < 3600 <= times[500] - times[0]


def test_a_less_important_write_leaves_room_for_the_comment_after_it() -> None:
    pace = Pace()
    for _ in range(3):
        pace = pace.after(NOW)
    assert pace.earliest(NOW, Room(burst=2)) == NOW + timedelta(seconds=1)
    assert pace.earliest(NOW) == NOW


def test_the_less_urgent_a_write_is_the_more_room_it_leaves() -> None:
    """In the minute and in the hour: what is left of 80 and of 500 when a kind of write stops."""
    times = {kind: sent_at([0] * 520, ROOM[kind]) for kind in Urgency}
    in_the_first_minute = [sum(time < 60 for time in times[kind]) for kind in Urgency]
    in_the_first_hour = [sum(time < 3600 for time in times[kind]) for kind in Urgency]
    assert in_the_first_hour == [500, 480, 400, 350]
    assert in_the_first_minute == sorted(in_the_first_minute, reverse=True)
    assert in_the_first_minute[-1] <= 50


arrivals = st.lists(st.tuples(st.floats(0, 9000), st.sampled_from(Urgency)), min_size=1, max_size=700)


@settings(max_examples=30, deadline=None)
@given(arrivals)
def test_whatever_is_wanted_when_no_limit_is_ever_passed(wanted: list[tuple[float, Urgency]]) -> None:
    """80 in any minute, 500 in any hour, 5 and one for each second in any stretch; nothing goes before it is wanted."""
    pace, times = Pace(), []
    for seconds, urgency in sorted(wanted):
        moment = pace.earliest(NOW + timedelta(seconds=seconds), ROOM[urgency])
        assert moment >= NOW + timedelta(seconds=seconds)
        pace = pace.after(moment)
        times.append((moment - NOW).total_seconds())
    times.sort()
    for most, span in ((80, 60), (500, 3600)):
        assert all(late - early > span - 0.001 for early, late in zip(times, times[most:], strict=False))
    for first in range(len(times)):
        for last in range(first, min(first + 60, len(times))):
            assert last - first + 1 <= 5 + (times[last] - times[first]) + 0.001


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=150))
def test_no_write_goes_before_it_is_wanted_and_no_burst_is_larger_than_five(wanted: list[float]) -> None:
    wanted.sort()
    times = sent_at(wanted)
    assert all(out >= asked - 1e-6 for out, asked in zip(times, wanted, strict=True))
    assert times == sorted(times)
    assert all(later - earlier > 0.999 for earlier, later in zip(times, times[5:], strict=False))
