"""A time comes back as it went in, to the microsecond, in UTC, from both databases; so do days and words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from storage.columns import Word, from_days, from_micros, to_days, to_micros
from storage.engine import Store
from storage.installations import Installation, installation, save_installation


@given(st.datetimes(timezones=st.timezones()))
def test_microseconds_keep_the_moment(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment.astimezone(UTC)
    assert from_micros(to_micros(moment)).tzinfo is UTC


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 22, 9, 30, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
)
async def test_a_stored_time_comes_back_in_utc(store: Store, moment: datetime) -> None:
    saved = Installation(1, "quartz", 42, "Organization", suspended_at=moment)
    await store.write(lambda conn: save_installation(conn, saved))
    found = await store.read(lambda conn: installation(conn, 1))
    assert found is not None
    assert found.suspended_at == moment
    assert found.suspended_at.tzinfo is UTC
    assert found.removed_at is None


async def test_a_naive_time_is_refused(store: Store) -> None:
    naive = datetime(2026, 11, 22)  # noqa: DTZ001 - what is refused
    with pytest.raises(StatementError, match="has no time zone"):
        await store.write(lambda conn: save_installation(conn, Installation(1, "quartz", 42, "User", naive)))


@given(st.dates())
def test_a_day_is_a_number_of_days(day: date) -> None:
    assert from_days(to_days(day)) == day
    assert to_days(day + timedelta(days=1) if day < date.max else day) - to_days(day) == (day < date.max)


def test_days_are_counted_from_1970() -> None:
    assert [to_days(date(1970, 1, 2)), to_days(date(1969, 12, 31)), to_days(date(2026, 11, 22))] == [1, -1, 20779]


def test_a_moment_is_no_day() -> None:
    """It would be another day in another zone."""
    with pytest.raises(ValueError, match="is a moment"):
        to_days(datetime(2026, 11, 22, tzinfo=UTC))


def test_a_word_is_its_place_among_the_words() -> None:
    word = Word("referrers", "paths")
    assert [word.process_bind_param(text, None) for text in ("referrers", "paths", None)] == [0, 1, None]
    assert [word.process_result_value(number, None) for number in (0, 1, None)] == ["referrers", "paths", None]
    with pytest.raises(ValueError, match="other"):
        word.process_bind_param("other", None)
