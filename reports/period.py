"""Periods as people write them: `30d`, `12w`, `6m`, `1y`, `ytd`, `2026-Q1`, `2026-01-01..2026-03-31`, `all`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from analytics.window import BEGINNING, Window, as_utc
from analytics.words import day, plural, shorten
from reports.calendar_units import Unit, is_unit, midnight, months_after, unit
from reports.escape import code
from reports.mistake import Mistake
from reports.period_meant import length, meant

FORMS: Mapping[str, str] = {
    "30d": "days up to now", "12w": "weeks up to now", "6m": "calendar months up to now",
    "1y": "calendar years up to now", "ytd": "this year up to now", "all": "the whole history", "2026": "a year",
    "2026-Q1": "a quarter", "2026-03": "a month", "2026-W05": "an ISO week",
    "2026-01-01..2026-03-31": "from one to another, both included",
}  # fmt: skip
"""Every form of a period by an example of it; help and the documents list them."""
USAGE = f"/analytics [metric …] [{' | '.join(FORMS)}]"
NOUNS = {"d": "day", "w": "week", "m": "month", "y": "year"}
MOST = {"d": 36_525, "w": 5_217, "m": 1_200, "y": 100}  # a century: longer is a slip of the keyboard
UNIT_LETTERS = {"q": "quarter", "w": "week", "-": "month", "": "year"}
EVERYTHING = "all"
YEAR_TO_DATE = "ytd"
LONGEST_QUOTED = 60

LENGTH = re.compile(r"(\d+)([dwmy])", re.ASCII | re.IGNORECASE)
# Two or three dots, and the ellipsis that phones make of them.
BETWEEN = re.compile(r"\.{2,3}|\N{HORIZONTAL ELLIPSIS}|\N{TWO DOT LEADER}")
DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A window, and plain sentences about how it was read."""

    window: Window
    notes: tuple[str, ...] = ()


def looks_like_period(word: str) -> bool:
    """Return whether `word` can only have been meant as a period: by its first digit, its name or its `..`."""
    plain = word.casefold()
    return plain in (EVERYTHING, YEAR_TO_DATE) or word.lstrip("+-")[:1].isdigit() or BETWEEN.search(word) is not None


def period(word: str, now: datetime, usage: str = USAGE) -> Period:
    """Read one period: a length that ends now, a stretch of the calendar, or two of them and all between.

    What is not over yet ends now, and says so in the notes. Raises Mistake, for what has not begun, too.
    """
    now = as_utc(now)
    if word.casefold() == EVERYTHING:
        return Period(Window(BEGINNING, now))
    ends = BETWEEN.split(word)
    if len(ends) == 2:
        return between(ends[0], ends[1], word, now, usage)
    if is_unit(word):
        return of_unit(word, now, usage)
    begin, notes = counted_back(word, now, usage)
    if begin >= now:  # the first moment of a year
        raise Mistake(f"{quoted(word)} has not begun yet; now it is {day(now)}.", usage, nearest="1y", word=word)
    return Period(Window(begin, now), notes)


def instant(text: str, end: datetime, now: datetime, usage: str) -> tuple[datetime, tuple[str, ...]]:
    """Read one end of a half-open window: a date (its midnight), a datetime, a length counted back from `end`, `all`.

    A moment after `now` is cut at `now`, one before BEGINNING means everything; both are said in the notes.
    """
    word = text.strip().casefold()
    if word == EVERYTHING:
        return BEGINNING, ()
    found = unit(word)
    if found is not None and found.kind != "day":
        sentence = f"{quoted(text)} is a stretch of time; one end of a window is a day."
        raise Mistake(sentence, usage, nearest=f"{found.begin:%Y-%m-%d}", word=text)
    if word == YEAR_TO_DATE or LENGTH.fullmatch(word):
        return counted_back(word, end, usage)
    if not DATE.match(word):
        raise Mistake(f"{quoted(text)} is not a period.", usage, nearest=length(word), word=text)
    return clipped(moment(word, text, usage), now)


def of_unit(word: str, now: datetime, usage: str) -> Period:
    """Return the window of one year, quarter, month or week, up to now if it is not over."""
    found = unit(word)
    if found is None:
        raise no_unit(word, word, usage, nearest=meant(word, now))
    if found.kind == "day":
        raise Mistake(f"{quoted(word)} is a day, not a period.", usage, nearest=f"{word}..{word}", word=word)
    if found.begin >= now:
        sentence = f"{quoted(word)} has not begun yet; now it is {day(now)}."
        raise Mistake(sentence, usage, nearest=meant(word, now), word=word)
    return cut(found.begin, found.end, word, now, usage, name=found.name)


def between(first: str, last: str, word: str, now: datetime, usage: str) -> Period:
    """Return the window of `first..last`; a stretch of the calendar as its end is included whole, a moment is not."""
    if not (first and last):
        raise Mistake(f"{quoted(word)} lacks one of its two dates.", usage, nearest=meant(word, now), word=word)
    begin, _ = bounds(first, word, usage)
    _, end = bounds(last, word, usage)
    if begin >= now:
        raise Mistake(f"{quoted(word)} has not begun yet; now it is {day(now)}.", usage, word=word)
    if end <= begin:
        turned = f"{last}..{first}" if is_unit(first) and is_unit(last) else None
        raise Mistake(f"{quoted(word)} ends before it begins.", usage, nearest=turned, word=word)
    return cut(begin, end, word, now, usage)


def cut(begin: datetime, end: datetime, word: str, now: datetime, usage: str, *, name: str = "") -> Period:
    """Return the window from `begin` to `end` as far as it lies between the beginning of everything and now."""
    begin, early = clipped(begin, now)
    over = end <= now
    end, late = clipped(end, now)
    if name and not over:
        late = tuple(f"{name} is not over: {note}" for note in late)
    if begin >= end:
        # a year before all others may have been meant as a length
        near = f"{int(word)}d" if word.isdigit() and int(word) else None
        sentence = f"{quoted(word)} lies before {day(BEGINNING)}; periods begin there."
        raise Mistake(sentence, usage, nearest=near, word=word)
    return Period(Window(begin, end), early + late)


def counted_back(word: str, end: datetime, usage: str) -> tuple[datetime, tuple[str, ...]]:
    """Return the moment that many days, weeks, calendar months or years before `end`, for `ytd` its year's first."""
    if word.casefold() == YEAR_TO_DATE:
        return midnight(date(end.year, 1, 1)), ()
    found = LENGTH.fullmatch(word)
    if found is None:
        raise Mistake(f"{quoted(word)} is not a period.", usage, nearest=meant(word, end), word=word)
    digits, letter = found[1].lstrip("0"), found[2].lower()
    if not digits:
        sentence = f"{quoted(word)} is no time at all; the shortest period is one day."
        raise Mistake(sentence, usage, nearest="1d", word=word)
    if len(digits) > 6 or int(digits) > MOST[letter]:
        sentence = f"{quoted(word)} is longer than a century; {code(EVERYTHING)} stands for the whole history."
        raise Mistake(sentence, usage, nearest=EVERYTHING, word=word)
    count = int(digits)
    if letter in "dw":
        begin = end - timedelta(days=count * (7 if letter == "w" else 1))
    else:
        first_day = months_after(end.date(), -count * (12 if letter == "y" else 1))
        begin = datetime.combine(first_day, end.timetz())
    if begin < BEGINNING:
        reaches = "reaches" if count == 1 else "reach"
        note = f"{plural(count, NOUNS[letter])} {reaches} back before {day(BEGINNING)}, which stands for all history"
        return BEGINNING, (note,)
    return begin, ()


def clipped(when: datetime, now: datetime) -> tuple[datetime, tuple[str, ...]]:
    """Return `when`, moved to between the beginning of everything and now, and a note if that changed anything."""
    if when > now:
        return now, (f"the end was cut at now, {now:%Y-%m-%d %H:%M} UTC",)
    if when < BEGINNING:
        return BEGINNING, (f"a beginning before {day(BEGINNING)} stands for all history",)
    return when, ()


def bounds(text: str, word: str, usage: str) -> tuple[datetime, datetime]:
    """Return where a stretch of the calendar begins and ends; of a moment, itself twice."""
    if is_unit(text):
        found = existing(text, word, usage)
        return found.begin, found.end
    when = moment(text, word, usage)
    return when, when


def moment(text: str, word: str, usage: str) -> datetime:
    """Read a date as its midnight, or a datetime with its offset (none means UTC)."""
    if is_unit(text):
        return existing(text, word, usage).begin
    try:
        found = datetime.fromisoformat(text.upper())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else as_utc(found)
    except (ValueError, OverflowError):
        sentence = f"{quoted(text)} is not a date; write one as {code('2026-01-31')}."
        raise Mistake(sentence, usage, word=word) from None


def existing(text: str, word: str, usage: str) -> Unit:
    """Return the stretch of the calendar that `text` names; one that no calendar has is a Mistake."""
    found = unit(text)
    if found is None:
        raise no_unit(text, word, usage)
    return found


def no_unit(text: str, word: str, usage: str, nearest: str | None = None) -> Mistake:
    """Say that no calendar has this stretch."""
    kind = next(kind for kind in UNIT_LETTERS if kind in text.casefold())
    noun = "day" if DATE.fullmatch(text) else UNIT_LETTERS[kind]
    return Mistake(f"There is no {noun} {quoted(text)}.", usage, nearest=nearest, word=word)


def quoted(word: str) -> str:
    """Return what somebody wrote as a code span of a bearable length."""
    return code(shorten(word, LONGEST_QUOTED))
