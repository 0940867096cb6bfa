"""Stretches of the calendar as people write them, in UTC: `2026`, `2026-Q1`, `2026-03`, `2026-W05`, `2026-01-31`."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

UNIT = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-?q(?P<quarter>\d)|-?w(?P<week>\d{1,2})|-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?",
    re.IGNORECASE | re.ASCII,
)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)  # of what ends where dates do


@dataclass(frozen=True, slots=True)
class Unit:
    """A year, quarter, month, ISO week or day: half-open, in aware UTC.

    kind: `year`, `quarter`, `month`, `week` or `day` · name: how a person calls it, `Q1 2026`.
    """

    kind: str
    begin: datetime
    end: datetime
    name: str


def is_unit(text: str) -> bool:
    """Tell whether `text` is written as a unit, be there such a one or not."""
    return UNIT.fullmatch(text) is not None


def unit(text: str) -> Unit | None:
    """Read one unit; None if `text` is none, or one that no calendar has (`2026-13`, `2026-Q5`, `2025-W53`)."""
    found = UNIT.fullmatch(text)
    if found is None or int(found["year"]) < 1:
        return None
    year = int(found["year"])
    given = {kind: int(value) for kind, value in found.groupdict().items() if value is not None}
    kind = next(kind for kind in MAKERS if kind in given)
    try:
        return MAKERS[kind](year, given)
    except ValueError:
        return None


def day_unit(year: int, given: Mapping[str, int]) -> Unit:
    """Return the day; ValueError if that month has none such."""
    begin = date(year, given["month"], given["day"])
    return made("day", begin, after(begin, days=1), f"{begin.day} {calendar.month_abbr[begin.month]} {year}")


def month_unit(year: int, given: Mapping[str, int]) -> Unit:
    """Return the month; ValueError if there is none such."""
    begin = date(year, given["month"], 1)
    return made("month", begin, after(begin, months=1), f"{calendar.month_name[begin.month]} {year}")


def week_unit(year: int, given: Mapping[str, int]) -> Unit:
    """Return the ISO week, from its Monday; ValueError if that year has none such."""
    begin = date.fromisocalendar(year, given["week"], 1)
    return made("week", begin, after(begin, days=7), f"week {given['week']} of {year}")


def quarter_unit(year: int, given: Mapping[str, int]) -> Unit:
    """Return the quarter; ValueError if there is none such."""
    begin = date(year, 3 * given["quarter"] - 2, 1)
    return made("quarter", begin, after(begin, months=3), f"Q{given['quarter']} {year}")


def year_unit(year: int, _given: Mapping[str, int]) -> Unit:
    """Return the year."""
    return made("year", date(year, 1, 1), after(date(year, 1, 1), months=12), str(year))


# by what only this one has; a day has a month, and everything has a year
MAKERS: Mapping[str, Callable[[int, Mapping[str, int]], Unit]] = {
    "day": day_unit, "month": month_unit, "week": week_unit, "quarter": quarter_unit, "year": year_unit,
}  # fmt: skip


def made(kind: str, begin: date, end: datetime, name: str) -> Unit:
    """Return the unit that begins with a day."""
    return Unit(kind, midnight(begin), end, name)


def after(begin: date, *, days: int = 0, months: int = 0) -> datetime:
    """Return the midnight so many days or months after the one that begins `begin`."""
    try:
        return midnight(months_after(begin, months) + timedelta(days=days))
    except (OverflowError, ValueError):
        return END_OF_TIME


def midnight(day: date) -> datetime:
    """Return the moment that begins `day`."""
    return datetime.combine(day, time(), UTC)


def months_after(day: date, months: int) -> date:
    """Return the same day of the month that many months later (or, negative, earlier), the last one where it has none.

    Before the year 1 and after 9999 there is nothing: raises ValueError.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def starting_at(begin: datetime) -> list[Unit]:
    """Return the units, days apart, that begin at this moment, the longest first; none if it is no midnight."""
    if begin.time() != time():
        return []
    day = begin.date()
    units = [year_unit(day.year, {})] if (day.month, day.day) == (1, 1) else []
    if day.day == 1 and day.month % 3 == 1:
        units.append(quarter_unit(day.year, {"quarter": day.month // 3 + 1}))
    if day.day == 1:
        units.append(month_unit(day.year, {"month": day.month}))
    if day.weekday() == 0:
        year, week, _ = day.isocalendar()
        units.append(week_unit(year, {"week": week}))
    return units
