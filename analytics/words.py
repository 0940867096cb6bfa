"""Numbers, durations and dates as people read them: short, exact enough, never misleading.

Within `speaking(language)` numbers and days are written as in that language; words, units and ISO dates stay.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from analytics.window import Window, as_utc

if TYPE_CHECKING:
    from analytics.formats import Formats

MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24
DAYS_PER_YEAR = 365.25
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ENGLISH = "en"

_spoken: ContextVar[Formats | None] = ContextVar("spoken", default=None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write numbers and days as in `language` from here on, in this task or thread; `en` is what holds without.

    Raises ValueError or babel.UnknownLocaleError for a language that is not known.
    """
    # an import of a few megabytes, which nobody pays for who speaks English only
    formats = None if language == ENGLISH else importlib.import_module("analytics.formats").formats(language)
    token = _spoken.set(formats)
    try:
        yield
    finally:
        _spoken.reset(token)


def speaks_english() -> bool:
    """Tell whether dates are written the English way, whose parts may be left out."""
    return _spoken.get() is None


def decimal(value: float, digits: int, *, grouped: bool = True) -> str:
    """Return a number with exactly that many decimals, thousands separated: `12,345.6`."""
    spoken = _spoken.get()
    if spoken is not None:
        return spoken.decimal(value, digits, grouped=grouped)
    return f"{value:,.{digits}f}" if grouped else f"{value:.{digits}f}"


def number(value: float) -> str:
    """Return a count with thousands separated (`12,345`); a fraction keeps one decimal below 100."""
    if float(value).is_integer() or abs(value) >= 100:
        whole = round(value)
        spoken = _spoken.get()
        return f"{whole:,}" if spoken is None else spoken.decimal(whole, 0)
    return decimal(value, 1)


def percent(share: float) -> str:
    """Return a share of 1 as `62 %`; what is neither none nor all is never rounded to 0 % or 100 %."""
    if 0 < share < 0.01:
        return f"under {percents(1)}"
    if 0.99 < share < 1:
        return f"over {percents(99)}"
    return percents(round(share * 100))


def percents(whole: int) -> str:
    """Return `62 %` for 62."""
    spoken = _spoken.get()
    return f"{whole} %" if spoken is None else spoken.percent(whole)


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return `1 pull request`, `12 pull requests`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def last_days(count: int) -> str:
    """Return `the last day`, `the last 2 days`."""
    return "the last day" if count == 1 else f"the last {plural(count, 'day')}"


def duration(hours: float) -> str:
    """Return hours in the two largest units that fit: `40 s`, `5 h 20 min`, `19 h`, `5 d 18 h`, `41 d`, `2.1 y`."""
    seconds = round(hours * 3600)
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{seconds} s"
    if minutes < 10 * MINUTES_PER_HOUR:
        return two_units(minutes, MINUTES_PER_HOUR, "h", "min")
    whole_hours = round(minutes / MINUTES_PER_HOUR)
    if whole_hours < 2 * HOURS_PER_DAY:
        return f"{whole_hours} h"
    if whole_hours < 10 * HOURS_PER_DAY:
        return two_units(whole_hours, HOURS_PER_DAY, "d", "h")
    days = round(whole_hours / HOURS_PER_DAY)
    return f"{days} d" if days < 2 * DAYS_PER_YEAR else f"{decimal(days / DAYS_PER_YEAR, 1, grouped=False)} y"


def two_units(amount: int, size: int, large: str, small: str) -> str:
    """Return `5 h 20 min` for 320 minutes; a unit of which there are none is left out."""
    whole, rest = divmod(amount, size)
    return " ".join([f"{whole} {large}"] * (whole > 0) + [f"{rest} {small}"] * (rest > 0))


def day(moment: datetime) -> str:
    """Return `19 Jun 2026`, the UTC day."""
    return date_name(as_utc(moment))


def date_name(when: date) -> str:
    """Return `19 Jun 2026`; a datetime is the day it names."""
    spoken = _spoken.get()
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}" if spoken is None else spoken.day(when)


def day_and_month(when: date) -> str:
    """Return `19 Jun`."""
    spoken = _spoken.get()
    return f"{when.day} {MONTHS[when.month - 1]}" if spoken is None else spoken.day_and_month(when)


def month_and_year(when: date) -> str:
    """Return `Jun 2026`."""
    spoken = _spoken.get()
    return f"{MONTHS[when.month - 1]} {when.year}" if spoken is None else spoken.month_and_year(when)


def month_name(when: date) -> str:
    """Return `Jun`; in a language whose letters no picture can show, month and year in figures."""
    spoken = _spoken.get()
    return MONTHS[when.month - 1] if spoken is None else spoken.month(when)


def ago(moment: datetime, now: datetime) -> str:
    """Return how long before `now` something was: `just now`, `3 min ago`, `5 h ago`, `12 d ago`."""
    passed = now - moment
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min ago"
    if passed < timedelta(days=2):
        return f"{passed // timedelta(hours=1)} h ago"
    return f"{passed // timedelta(days=1)} d ago"


def span(window: Window) -> str:
    """Return the window's first and last day, `2025-07-09 to 2026-07-09 UTC`; of a whole history only the last."""
    if window.whole:
        return f"until {last_instant(window):%Y-%m-%d} UTC"
    return f"{window.since:%Y-%m-%d} to {last_instant(window):%Y-%m-%d} UTC"


def period(window: Window, now: datetime) -> str:
    """Return how people call the window: `last 90 days`, `whole history`, or its first and last day."""
    if window.whole:
        return "whole history" if window.until == now else f"history until {day(last_instant(window))}"
    if window.until == now and window.days.is_integer():
        days = round(window.days)
        return "last day" if days == 1 else f"last {number(days)} days"
    return f"{day(window.since)} to {day(last_instant(window))}"


def during(window: Window, now: datetime) -> str:
    """Return when: `in the last 90 days`, `in the whole history`, `from 1 Jan 2026 to 31 Mar 2026`."""
    name = period(window, now)
    return f"in the {name}" if name.startswith(("last", "whole", "history")) else f"from {name}"


def last_instant(window: Window) -> datetime:
    """Return the latest moment inside the window: one that ends at midnight does not reach into the next day."""
    return window.until - timedelta(microseconds=1)


def week(moment: datetime) -> str:
    """Return the ISO week's label, `2025-W01` for 2024-12-30."""
    year, number_of_week, _ = as_utc(moment).isocalendar()
    return f"{year}-W{number_of_week:02}"


def month(moment: datetime) -> str:
    """Return the calendar month's label, `2026-03`."""
    return f"{as_utc(moment):%Y-%m}"


def shorten(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters, cut with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
