"""Windows as an answer names them, and as a person would type them to ask the same again."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from analytics import words
from analytics.window import Window, iso
from reports.calendar_units import starting_at


def name(window: Window, as_of: datetime) -> str:
    """Return `last 90 days`, `whole history`, `Q1 2026`, `November 2026 so far`, or the first and the last day."""
    up_to_now = window.until == as_of
    if window.whole or (up_to_now and window.days.is_integer()):
        return words.period(window, as_of)
    units = starting_at(window.since)
    exact = [unit.name for unit in units if unit.end == window.until]
    running = [unit.name for unit in reversed(units) if up_to_now and unit.end > window.until and unit.kind != "week"]
    if exact or running:
        return exact[0] if exact else f"{running[0]} so far"
    if up_to_now or window.until.time() != time():
        return words.period(window, as_of)
    last = window.until - timedelta(days=1)
    return words.day(last) if window.days == 1 else f"{words.day(window.since)} to {words.day(last)}"


def ends(window: Window) -> str:
    """Return both ends for the completeness line; of two midnights, the first and the last day that count."""
    if window.since.time() == window.until.time() == time() and not window.whole:
        return words.span(Window(window.since, window.until - timedelta(microseconds=1)))
    return words.span(window)


def moment(at: datetime, as_of: datetime) -> str:
    """Return `now`, `30 d ago`, `end of 30 Jun 2026`, or day and time."""
    passed = as_of - at
    if not passed:
        return "now"
    if passed > timedelta(0) and not passed % timedelta(days=1):
        return f"{words.number(passed.days)} d ago"
    if at.time() == time():
        return f"end of {words.day(at - timedelta(days=1))}"
    return f"{words.day(at)} {at:%H:%M} UTC"


def typed(window: Window) -> str:
    """Return the period that means exactly this window: days where it has whole ones, else moments."""
    since, until = (f"{end:%Y-%m-%d}" if end.time() == time() else iso(end) for end in (window.since, window.until))
    if window.until.time() == time():
        until = f"{window.until - timedelta(days=1):%Y-%m-%d}"
    return f"{since}..{until}"
