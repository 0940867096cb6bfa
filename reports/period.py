"""Periods as people write them: `30d`, `12w`, `2026-01-01..2026-03-31`, `all`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from analytics.window import BEGINNING, Window, as_utc
from analytics.words import day, number
from reports.escape import code
from reports.mistake import Mistake

DAYS = {"d": 1, "w": 7}
# How other tools abbreviate, so that the answer can say what to write instead.
ELSEWHERE = {"day": 1, "days": 1, "week": 7, "weeks": 7, "m": 30, "mo": 30, "month": 30, "months": 30,
             "q": 90, "y": 365, "yr": 365, "year": 365, "years": 365}  # fmt: skip
LONGEST_DAYS = 36_525  # a century: longer is a slip of the keyboard, not a wish for everything
EVERYTHING = "all"

LENGTH = re.compile(r"(\d+)([dw])")
OTHER_LENGTH = re.compile(r"(\d+)([a-z]*)")
# Two or three dots, and the ellipsis that phones make of them.
BETWEEN = re.compile(r"\.{2,3}|\N{HORIZONTAL ELLIPSIS}|\N{TWO DOT LEADER}")
DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


@dataclass(frozen=True, slots=True)
class Period:
    """A window, and plain sentences about how it was read."""

    window: Window
    notes: tuple[str, ...] = ()


def looks_like_period(word: str) -> bool:
    """Return whether `word` can only have been meant as a period: it begins with a digit, or is `all`, or has `..`."""
    return word == EVERYTHING or word.lstrip("+-")[:1].isdigit() or BETWEEN.search(word) is not None


def period(word: str, now: datetime, usage: str) -> Period:
    """Read one period that ends now, or has two dates of which the last day still counts; raises Mistake."""
    now = as_utc(now)
    if word == EVERYTHING:
        return Period(Window(BEGINNING, now))
    ends = BETWEEN.split(word)
    if len(ends) == 2:
        return between(ends[0], ends[1], word, now, usage)
    if DATE.fullmatch(word):
        one_day(word, word, usage)
        raise Mistake(f"{code(word)} is a day, not a period.", usage, nearest=f"{word}..{word}", word=word)
    begin, notes = counted_back(word, now, usage)
    return Period(Window(begin, now), notes)


def instant(text: str, end: datetime, now: datetime, usage: str) -> tuple[datetime, tuple[str, ...]]:
    """Read one end of a half-open window: a date (its midnight), a datetime, a length counted back from `end`, `all`.

    A moment after `now` is cut at `now`, one before BEGINNING means everything; both are said in the notes.
    """
    word = text.strip().casefold()
    if word == EVERYTHING:
        return BEGINNING, ()
    if LENGTH.fullmatch(word) or not DATE.match(word):
        return counted_back(word, end, usage)
    return clipped(moment(word, text, usage), now)


def between(first: str, last: str, word: str, now: datetime, usage: str) -> Period:
    """Return the window of `first..last`; a day as its end is included whole, a moment is not."""
    begin = moment(first, word, usage)
    end = moment(last, word, usage)
    if DATE.fullmatch(last):
        if end < begin:
            near = f"{last}..{first}" if DATE.fullmatch(first) else None
            raise Mistake(f"{code(word)} ends before it begins.", usage, nearest=near, word=word)
        end += timedelta(days=1) if end < now else timedelta()  # a later end is cut at now anyway
    if begin >= now:
        raise Mistake(f"{code(word)} has not begun yet; now it is {day(now)}.", usage, word=word)
    if end <= begin:
        raise Mistake(f"{code(word)} ends before it begins.", usage, word=word)
    begin, early = clipped(begin, now)
    end, late = clipped(end, now)
    if begin >= end:
        raise Mistake(f"{code(word)} lies before {day(BEGINNING)}; periods begin there.", usage, word=word)
    return Period(Window(begin, end), early + late)


def counted_back(word: str, end: datetime, usage: str) -> tuple[datetime, tuple[str, ...]]:
    """Return the moment that many days or weeks before `end`."""
    found = LENGTH.fullmatch(word)
    if found is None:
        raise not_a_period(word, usage)
    digits = found[1].lstrip("0")
    if not digits:
        raise Mistake(
            f"{code(word)} is no time at all; the shortest period is one day.", usage, nearest="1d", word=word
        )
    if len(digits) > 6 or int(digits) * DAYS[found[2]] > LONGEST_DAYS:
        sentence = f"{code(word)} is longer than a century; {code(EVERYTHING)} stands for the whole history."
        raise Mistake(sentence, usage, nearest=EVERYTHING, word=word)
    days = int(digits) * DAYS[found[2]]
    begin = end - timedelta(days=days)
    if begin < BEGINNING:
        return BEGINNING, (f"{number(days)} days reach back before {day(BEGINNING)}, which stands for all history",)
    return begin, ()


def clipped(when: datetime, now: datetime) -> tuple[datetime, tuple[str, ...]]:
    """Return `when`, moved to between the beginning of everything and now, and a note if that changed anything."""
    if when > now:
        return now, (f"the end was cut at now, {now:%Y-%m-%d %H:%M} UTC",)
    if when < BEGINNING:
        return BEGINNING, (f"a beginning before {day(BEGINNING)} stands for all history",)
    return when, ()


def moment(text: str, word: str, usage: str) -> datetime:
    """Read a date as its midnight, or a datetime with its offset (none means UTC)."""
    if DATE.fullmatch(text):
        return one_day(text, word, usage)
    try:
        found = datetime.fromisoformat(text.upper())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else as_utc(found)
    except (ValueError, OverflowError):
        sentence = (
            f"{code(text)} is not a date; write one as {code('2026-01-31')}."
            if text
            else (f"{code(word)} lacks one of its two dates.")
        )
        raise Mistake(sentence, usage, word=word) from None


def one_day(text: str, word: str, usage: str) -> datetime:
    """Return the midnight UTC that begins the day `text`; a day that no calendar has is a Mistake."""
    year, month, number_of_day = (int(part) for part in text.split("-"))
    try:
        return datetime.combine(date(year, month, number_of_day), time(), UTC)
    except ValueError:
        raise Mistake(f"There is no day {code(text)}.", usage, word=word) from None


def not_a_period(word: str, usage: str) -> Mistake:
    """Say that `word` is no period, and how its length would be written if it has one."""
    found = OTHER_LENGTH.fullmatch(word.lstrip("+-"))
    near = None
    if found and len(found[1]) <= 4 and int(found[1]) > 0:
        if found[2] in ELSEWHERE:
            near = f"{int(found[1]) * ELSEWHERE[found[2]]}d"
        elif found[2] in ("", *DAYS):
            near = f"{int(found[1])}{found[2] or 'd'}"
    return Mistake(f"{code(word)} is not a period.", usage, nearest=near, word=word)
