"""How fast writes may follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from github.pace import Pace

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def sent_at(arrivals: Sequence[float], keep: int = 0) -> list[float]:
    """Return when writes that are wanted at these seconds go out."""
    pace, out = Pace(), []
    for arrival in arrivals:
        moment = pace.earliest(NOW + timedelta(seconds=arrival), keep=keep)
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
    assert pace.earliest(NOW, keep=2) == NOW + timedelta(seconds=1)
    assert pace.earliest(NOW) == NOW


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=150))
def test_no_write_goes_before_it_is_wanted_and_no_burst_is_larger_than_five(wanted: list[float]) -> None:
    wanted.sort()
    times = sent_at(wanted)
    assert all(out >= asked - 1e-6 for out, asked in zip(times, wanted, strict=True))
    assert times == sorted(times)
    assert all(later - earlier > 0.999 for earlier, later in zip(times, times[5:], strict=False))
