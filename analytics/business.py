"""The second clock: how much of the time between two moments were hours in which a team works."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from analytics.lazy import lazy
from analytics.terms import Hours

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.moments import Moments
else:
    np = lazy("numpy")

A_DAY = timedelta(days=1)
MICROSECONDS = 3_600_000_000  # in an hour


def business_hours(begin: Moments, end: Moments, hours: Hours) -> NDArray[np.float64]:
    """Return the working hours between each begin and its end, NaN where either is unknown or the end comes first.

    begin, end: arrays of the same length, datetime64[us] in UTC. A working day lasts from its local `begin` to its
    local `end`; one on which clocks are changed in between is as much longer or shorter as it really was.
    """
    known = ~(np.isnat(begin) | np.isnat(end))
    spent = np.full(len(begin), np.nan)
    if not known.any():
        return spent
    opens, closes = shifts(day_of(begin[known].min()), day_of(end[known].max()), hours)
    worked = until(end[known], opens, closes) - until(begin[known], opens, closes)
    spent[known] = np.where(end[known] < begin[known], np.nan, worked / MICROSECONDS)
    return spent


def until(moments: Moments, opens: NDArray[np.int64], closes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the microseconds worked before each moment, counted from the first shift."""
    at = moments.astype("datetime64[us]").astype("int64")
    before = np.concatenate([[0], np.cumsum(closes - opens)])
    begun = np.searchsorted(opens, at, side="right")  # shifts that have begun
    overtime = np.zeros(len(at), dtype="int64")
    running = begun > 0
    overtime[running] = np.maximum(0, closes[begun[running] - 1] - at[running])
    worked: NDArray[np.int64] = before[begun] - overtime
    return worked


def shifts(first: date, last: date, hours: Hours) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when work began and ended on each working day that may touch `first` to `last`, microseconds UTC."""
    zone = ZoneInfo(hours.timezone)
    off = days_off(first, last, hours)
    opens, closes = [], []
    day = first - A_DAY  # a local day may begin a day before or after the one of UTC
    while day <= last + A_DAY:
        if day.weekday() in hours.days and day not in off:
            opens.append(micros(day, hours.begin, zone))
            closes.append(micros(day, hours.end, zone))
        day += A_DAY
    return np.array(opens, dtype="int64"), np.array(closes, dtype="int64")


def days_off(first: date, last: date, hours: Hours) -> frozenset[date]:
    """Return the holidays and the further days off around a span; an unknown country raises NotImplementedError."""
    own = frozenset(date.fromisoformat(text) for text in hours.dates)
    if hours.holidays is None:
        return own
    from holidays import country_holidays  # noqa: PLC0415 - one of a hundred calendars, seldom asked for

    country, _, subdivision = hours.holidays.partition("-")
    years = range(first.year - 1, last.year + 2)
    return own | frozenset(country_holidays(country, subdiv=subdivision or None, years=years))


def micros(day: date, minutes: int, zone: ZoneInfo) -> int:
    """Return a local time of day, in minutes after midnight, as microseconds since 1970 UTC; 24:00 is midnight."""
    local = datetime.combine(day + timedelta(days=minutes // 1440), time(minutes % 1440 // 60, minutes % 60), zone)
    return (local.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def day_of(moment: np.datetime64) -> date:
    """Return the UTC day of a moment."""
    day: date = moment.astype("datetime64[D]").astype(object)
    return day
