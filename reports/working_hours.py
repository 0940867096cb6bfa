"""`hours:` and `targets:` of `.github/analytics.yml` as values. Pure; what is given has passed the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.terms import Hours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_DAYS = "mon-fri"
BEGIN, END = "09:00", "17:00"
HOURS_PER = {"h": 1.0, "d": 24.0, "w": 168.0}


def working_hours(section: Mapping[str, Any]) -> Hours:
    """Return `hours:`; what is not said is as on most working days: Monday to Friday, 9 to 17, UTC."""
    return Hours(
        timezone=section.get("timezone", "UTC"),
        days=working_days(section.get("days", USUAL_DAYS)),
        begin=minutes(section.get("from", BEGIN)),
        end=minutes(section.get("to", END)),
        holidays=section.get("holidays"),
        dates=tuple(sorted(set(section.get("dates", ())))),
    )


def working_days(said: str | list[str]) -> tuple[int, ...]:
    """Return days as numbers from Monday, 0; `sun-thu` goes over the week's end."""
    if isinstance(said, list):
        return tuple(sorted(DAYS.index(day) for day in said))
    first, _, last = said.partition("-")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    length = (end - begin) % len(DAYS) + 1
    return tuple(sorted((begin + day) % len(DAYS) for day in range(length)))


def minutes(time: str) -> int:
    """Return minutes after midnight: 540 for `09:00`."""
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def hours_of(length: str) -> float:
    """Return the hours of a length such as `24h`, `7 days` or `1.5w`."""
    amount = length.rstrip("abcdefghijklmnopqrstuvwxyz ")
    return float(amount) * HOURS_PER[length[len(amount) :].strip()[0]]
