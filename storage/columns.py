"""The column types that are not a database's own, the same for both: moments, days, and words of a short list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, SmallInteger
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST_DAY = date(1970, 1, 1).toordinal()
DAY_MICROS = 86_400_000_000


def to_micros(moment: datetime) -> int:
    """Return the microseconds from 1970 to an aware `moment`; a naive one raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; only aware times are stored")
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC time `micros` microseconds after 1970."""
    return EPOCH + timedelta(microseconds=micros)


def to_days(day: date) -> int:
    """Return the whole days from 1970-01-01 to `day`; a datetime raises ValueError, since it is not said which day."""
    if isinstance(day, datetime):
        raise ValueError(f"{day.isoformat()} is a moment, not a day; say the day of its UTC date")  # noqa: TRY004
    return day.toordinal() - FIRST_DAY


def from_days(days: int) -> date:
    """Return the date `days` days after 1970-01-01."""
    return date.fromordinal(days + FIRST_DAY)


class Moment(TypeDecorator[datetime]):
    """A column of times. Integers, because the two databases' own time types disagree on zones and precision."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002 - the base's names
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002 - the base's names
        return None if value is None else from_micros(value)


class Day(TypeDecorator[date]):
    """A column of UTC dates, as days since 1970: two bytes in SQLite, and arithmetic that both databases share."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Any) -> int | None:  # noqa: ARG002 - the base's names
        return None if value is None else to_days(value)

    def process_result_value(self, value: int | None, dialect: Any) -> date | None:  # noqa: ARG002 - the base's names
        return None if value is None else from_days(value)


class Word(TypeDecorator[str]):
    """A column of one of a few words, kept as its place among them; the first two take no byte in SQLite.

    Another word raises ValueError. The places are what is stored: add words at the end only.
    """

    impl = SmallInteger
    cache_ok = True

    def __init__(self, *words: str) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Any) -> int | None:  # noqa: ARG002 - the base's names
        if value is not None and value not in self.words:
            raise ValueError(f"{value!r} is other than {', '.join(self.words)}")
        return None if value is None else self.words.index(value)

    def process_result_value(self, value: int | None, dialect: Any) -> str | None:  # noqa: ARG002 - the base's names
        return None if value is None else self.words[value]
