"""The valid period that is nearest to what somebody wrote for one: `3mo`, `Q1`, `2026-13`, `yesterday`, `30 days`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from analytics.window import BEGINNING
from reports.calendar_units import months_after, unit

# How others write lengths.
LETTERS: Mapping[str, str] = {
    "": "d", "d": "d", "day": "d", "days": "d", "w": "w", "wk": "w", "wks": "w", "week": "w", "weeks": "w", "m": "m",
    "mo": "m", "mon": "m", "mos": "m", "mth": "m", "month": "m", "months": "m", "y": "y", "yr": "y", "yrs": "y",
    "year": "y", "years": "y",
}  # fmt: skip
QUARTERS = frozenset({"q", "quarter", "quarters"})
HOURS = frozenset({"h", "hr", "hrs", "hour", "hours"})
WEEKS = 53  # of a year; most have one less, which is near then
MOST = 9_999  # of anything: longer is no length that somebody meant
SPOKEN: Mapping[str, str] = {
    "today": "1d", "day": "1d", "week": "1w", "month": "1m", "quarter": "3m", "year": "1y", "ever": "all",
    "everything": "all", "always": "all", "max": "all", "forever": "all",
}  # fmt: skip
"""Words that mean a period and are none, with the nearest one that is."""
# What the calendar has a stretch for: the one that is over, or the one that it is in now.
CALENDAR = re.compile(r"(?:the\s+)?(?P<which>last|previous|this)[\s_-]+(?P<unit>week|month|quarter|year)")
BEFORE = re.compile(r"(?:the\s+)?(?:last|past|previous|this|since|for)[\s_-]+(.+)")
LENGTH = re.compile(r"[+-]?(\d{1,9})[\s_-]*([a-z]*)(?:\s+ago)?", re.ASCII)
# A year with something smaller, in any order and with any marks between.
QUARTER = re.compile(r"(?:(\d{4})[\s/_-]*)?q([1-9])(?:[\s/_-]*(\d{4}))?", re.ASCII)
WEEK = re.compile(r"(?:(\d{4})[\s/_-]*)?(?:w|kw|cw)(\d{1,2})", re.ASCII)
DAY = re.compile(r"(\d{4})[/._-](\d{1,2})[/._-](\d{1,2})", re.ASCII)
MONTH = re.compile(r"(\d{4})[/._-](\d{1,2})", re.ASCII)
YEAR = re.compile(r"\d{4}", re.ASCII)
BEGUN_ONLY = re.compile(r"(.*[^.…‥])(?:\.{2,3}|…|‥)")


def meant(word: str, now: datetime) -> str | None:
    """Return the valid period that is nearest to a word or a few, None where none is near; in UTC, as of `now`."""
    text = " ".join(word.casefold().split())
    if text == "yesterday":
        return days(now - timedelta(days=1))
    found = open_ended(text, now) or of_calendar(text, now) or around(text, now) or length(text)
    if found is not None:
        return found
    inner = BEFORE.fullmatch(text)
    return SPOKEN.get(text) or (meant(inner[1], now) if inner else None)


def open_ended(text: str, now: datetime) -> str | None:
    """Return `2026-01-01..` up to today."""
    found = BEGUN_ONLY.fullmatch(text)
    begin = unit(found[1]) if found else None
    if found is None or begin is None or not BEGINNING <= begin.begin < now:
        return None
    return f"{found[1]}..{now:%Y-%m-%d}"


def around(text: str, now: datetime) -> str | None:
    """Return the week, month, quarter or year that `now` lies in, or the one before: `last month`, `this quarter`."""
    found = CALENDAR.fullmatch(text)
    if found is None:
        return None
    today = now.date()
    if found["unit"] == "week":
        return in_week(today if found["which"] == "this" else today - timedelta(days=7), now)
    months = {"month": 1, "quarter": 3, "year": 12}[found["unit"]]
    when = today if found["which"] == "this" else months_after(today, -months)
    forms = {"month": f"-{when.month:02}", "quarter": f"-Q{(when.month + 2) // 3}", "year": ""}
    return begun(f"{when.year:04}{forms[found['unit']]}", now)


def in_week(day: date, now: datetime) -> str | None:
    """Return the ISO week of a day."""
    year, week, _ = day.isocalendar()
    return begun(f"{year:04}-W{week:02}", now)


def begun(name: str, now: datetime) -> str | None:
    """Return a stretch of the calendar if there is such a one, it has begun, and periods reach back to it."""
    found = unit(name)
    return name if found is not None and BEGINNING <= found.begin < now else None


def of_calendar(text: str, now: datetime) -> str | None:
    """Return a year, quarter, month, week or day as it is written here, the nearest that there is and has begun."""
    if found := QUARTER.fullmatch(text):
        return nearest_begun(found[1] or found[3], "-Q{}", int(found[2]), 4, now)
    if found := WEEK.fullmatch(text):
        return nearest_begun(found[1], "-W{:02}", int(found[2]), WEEKS, now)
    if found := DAY.fullmatch(text):
        year, month, day = found.groups()
        there = next(filter(None, (unit(f"{year}-{month}-{other}") for other in (day, 30, 29, 28))), None)
        return days(there.begin) if there is not None and BEGINNING <= there.begin < now else None
    if found := MONTH.fullmatch(text):
        return nearest_begun(found[1], "-{:02}", int(found[2]), 12, now)
    if YEAR.fullmatch(text):
        return f"{now:%Y}" if int(text) > now.year else None
    return None


def nearest_begun(year: str | None, form: str, number: int, most: int, now: datetime) -> str | None:
    """Return a stretch of that year, or the newest of its name that has begun; what was left out is this year's.

    form: how it is written after its year · most: the last one that a year may have; of one that no year has, the
    newest of that year is nearest.
    """
    if year is not None and int(year) < BEGINNING.year:
        return None
    years = dict.fromkeys([int(year) if year else now.year, now.year, now.year - 1])
    near = [min(max(1, number), most), *([52] if most == WEEKS <= number else [])]
    named = [f"{other:04}{form.format(one)}" for other in years for one in near]
    if number > most:
        named = [f"{other:04}{form.format(one)}" for other in years for one in range(most, 0, -1)]
    return next((name for name in named if begun(name, now)), None)


def length(text: str) -> str | None:
    """Return a length as it is written here: `30 days`, `3mo`, `2q` and `36h` as `30d`, `3m`, `6m` and `2d`."""
    found = LENGTH.fullmatch(text)
    if found is None or int(found[1]) > MOST:
        return None
    count, letters = int(found[1]), found[2]
    if not count:
        return "1d"
    if letters in QUARTERS:
        return f"{3 * count}m" if count <= 400 else None
    if letters in HOURS:
        return f"{-(-count // 24)}d"
    letter = LETTERS.get(letters)
    if letter is None:
        return None
    return f"{count}{letter}" if count <= {"d": MOST, "w": 5_217, "m": 1_200, "y": 100}[letter] else "all"


def days(moment: datetime) -> str:
    """Return the period that is one day."""
    return f"{moment:%Y-%m-%d}..{moment:%Y-%m-%d}"
