"""Reading cells strictly: a cell is a value, or empty and unknown, or wrong and named by a sentence (ValueError)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from analytics.traffic import Count

# What spreadsheets, databases and pandas write where they know nothing.
UNKNOWN = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>"})
# pandas makes 3.0 of a 3 as soon as another row of the column is unknown
WHOLE = re.compile(r"([0-9]{1,10})(?:\.0*)?")
LARGEST = 2**31 - 1
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(DATE.pattern + r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
FIRST = date(2008, 1, 1)  # GitHub is not older


def unknown(text: str) -> bool:
    """Tell whether a cell says that it does not know."""
    return text.strip().lower() in UNKNOWN


def whole(name: str, text: str) -> int | None:
    """Return a count from 0 to 2,147,483,647, None if it is unknown; anything else raises ValueError."""
    if unknown(text):
        return None
    match = WHOLE.fullmatch(text.strip())
    if match is None or int(match[1]) > LARGEST:
        raise ValueError(f"{name} is {text.strip()!r}, which is not a count")
    return int(match[1])


def pair(cells: Mapping[str, str], count: str, uniques: str) -> Count | None:
    """Return the two cells as one count, None where both are unknown or the file has no such columns.

    Raises ValueError if only one of them is known, or if there are more uniques than counts: GitHub never says so, and
    such a file has its columns the wrong way round.
    """
    total, people = whole(count, cells.get(count, "")), whole(uniques, cells.get(uniques, ""))
    if total is None and people is None:
        return None
    if total is None or people is None:
        given, missing = (count, uniques) if people is None else (uniques, count)
        raise ValueError(f"{given} is given and {missing} is not; a day is known in both or in neither")
    return checked(count, uniques, total, people)


def checked(count: str, uniques: str, total: int, people: int) -> Count:
    """Return a count whose uniques are possible; others raise ValueError."""
    if people > total:
        raise ValueError(f"{uniques} ({people}) is more than {count} ({total}); are the columns in the right order?")
    return Count(total, people)


def moment(name: str, text: str) -> datetime:
    """Return `2024-11-18`, `2024-11-18 05:00`, `2024-11-18T05:00:00+02:00` and the like as an aware UTC time.

    Without a time of day it is midnight, without a zone it is UTC. Raises ValueError for anything else.
    """
    written = text.strip().removesuffix(" UTC")
    if not TIME.fullmatch(written) and not DATE.fullmatch(written):
        raise ValueError(f"{name} is {text.strip()!r}, which is not a date such as 2024-11-18 or 2024-11-18T00:00:00Z")
    try:
        read = datetime.fromisoformat(written)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name} is {text.strip()!r}, and there is no such day or time") from error


def day(name: str, text: str, today: date) -> date:
    """Return the UTC date of a cell; one before GitHub was there, or after tomorrow, raises ValueError.

    A clock may be ahead of ours, hence the tomorrow.
    """
    found = moment(name, text).date()
    if not FIRST <= found <= today + timedelta(days=1):
        raise ValueError(f"{name} is {found}, which is {'in the future' if found > today else 'before GitHub began'}")
    return found


def monday(name: str, text: str, today: date) -> date:
    """Return the Monday of a cell; another day of the week, or a week that is not over, raises ValueError.

    Weeks are kept whole, and one that is not over would stand in the store as if it were: no clock may be ahead here.
    """
    found = day(name, text, today)
    if found.weekday():
        raise ValueError(f"{name} is {found}, which is not a Monday; weeks begin on Mondays")
    if found + timedelta(days=7) > today:
        raise ValueError(f"{name} is {found}, and that week is not over; only whole weeks are kept")
    return found


def required(name: str, value: int | None) -> int:
    """Return a count that must be there; an unknown one raises ValueError."""
    if value is None:
        raise ValueError(f"{name} is empty")
    return value


def label(name: str, text: object) -> str:
    """Return a name that a list has; an empty one, or one that no database can hold, raises ValueError."""
    if not isinstance(text, str) or not text or "\0" in text:
        raise ValueError(f"{name} is {text!r}, which is not a name" if text else f"{name} is empty")
    return text
