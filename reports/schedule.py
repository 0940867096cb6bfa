"""When periodic reports are due, and which period each is about. Pure.

Reports are due by somebody's clock on the wall; what they count are whole weeks, months and quarters in UTC, as
everywhere here. So a report is about the last period before the one that its day lies in, and where that is not over
in UTC yet (Monday at five in Tokyo), the report waits until it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from reports.calendar_units import Unit, months_after, starting_at

Every = Literal["weekly", "monthly", "quarterly"]
Place = Literal["issue", "thread"]

EVERY: tuple[Every, ...] = get_args(Every)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
KINDS = {"weekly": "week", "monthly": "month", "quarterly": "quarter"}
MONTHS = {"monthly": 1, "quarterly": 3}
WEEK = timedelta(days=7)
AT = 9 * 60


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a report is written, about what, and where it goes.

    weekday: 0 = Monday; of a month or a quarter the first such day · day: of the month, or of the quarter's first
    month; one that it has not is its last · at: minutes after local midnight · metrics: further ones than the
    overview's figures · place: an issue of its own each time, or a comment in a thread · rolling: one issue that is
    edited each time · organisation: over all repositories · traffic: whether it may say what only people who may push
    see.
    """

    every: Every
    weekday: int | None = None
    day: int | None = None
    at: int = AT
    timezone: str = "UTC"
    metrics: tuple[str, ...] = ()
    place: Place = "issue"
    rolling: bool = False
    organisation: bool = False
    traffic: bool = False

    @property
    def slot(self) -> str:
        """What a repository has one of at a time: reports of one kind take each other's place."""
        return f"{self.every}-org" if self.organisation else self.every


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is to be written: when, in UTC, and the period that it is about."""

    at: datetime
    period: Unit

    @property
    def before(self) -> Unit:
        """The period that it is compared with."""
        return unit_before(self.period)


def next_due(schedule: Schedule, after: datetime) -> Due:
    """Return the first report that is due later than a moment."""
    begin = stretch_of(schedule, after, -1)
    while (due := due_in(schedule, begin)).at <= after:
        begin = moved(schedule.every, begin, 1)
    return due


def last_due(schedule: Schedule, now: datetime) -> Due:
    """Return the newest report that is due by now."""
    begin = stretch_of(schedule, now, 1)
    while (due := due_in(schedule, begin)).at > now:
        begin = moved(schedule.every, begin, -1)
    return due


def stretch_of(schedule: Schedule, moment: datetime, move: int) -> date:
    """Return the first day of the week, month or quarter that lies around a moment's date, moved by so many of them."""
    day = moment.astimezone(UTC).date()
    if schedule.every == "weekly":
        return moved("weekly", day - timedelta(days=day.weekday()), move)
    step = MONTHS[schedule.every]
    return moved(schedule.every, date(day.year, day.month - (day.month - 1) % step, 1), move)


def moved(every: Every, begin: date, move: int) -> date:
    """Return the first day of the stretch so many later, or, negative, earlier."""
    return begin + move * WEEK if every == "weekly" else months_after(begin, move * MONTHS[every])


def due_in(schedule: Schedule, begin: date) -> Due:
    """Return the report that is due in the local week, month or quarter which begins with a day.

    A time that a clock skips is so much later, and of one that it shows twice the first counts; so there is one a
    period, whatever clocks do.
    """
    period = unit_at(schedule.every, moved(schedule.every, begin, -1))
    wall = datetime.combine(day_in(schedule, begin), time(*divmod(schedule.at, 60)), ZoneInfo(schedule.timezone))
    return Due(max(wall.astimezone(UTC), period.end), period)


def day_in(schedule: Schedule, begin: date) -> date:
    """Return the day on which a report is due, of the stretch that begins with a day."""
    if schedule.every == "weekly":
        return begin + timedelta(days=schedule.weekday or 0)
    if schedule.weekday is not None:
        return begin + timedelta(days=(schedule.weekday - begin.weekday()) % 7)
    following = months_after(begin, 1)
    return min(begin + timedelta(days=(schedule.day or 1) - 1), following - timedelta(days=1))


def unit_at(every: Every, begin: date) -> Unit:
    """Return the week, month or quarter that begins with a day, in UTC."""
    midnight = datetime.combine(begin, time(), UTC)
    return next(unit for unit in starting_at(midnight) if unit.kind == KINDS[every])


def unit_before(unit: Unit) -> Unit:
    """Return the unit of the same kind just before."""
    every = next(every for every in EVERY if KINDS[every] == unit.kind)
    return unit_at(every, moved(every, unit.begin.date(), -1))


def unit_key(unit: Unit) -> str:
    """Return a unit as people write it: `2026-W46`, `2026-10`, `2026-Q3`."""
    day = unit.begin.date()
    if unit.kind == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day.year}-Q{day.month // 3 + 1}" if unit.kind == "quarter" else f"{day:%Y-%m}"


def unit_of(key: str) -> Unit:
    """Return the unit that `unit_key` wrote."""
    year, _, rest = key.partition("-")
    if rest.startswith("W"):
        return unit_at("weekly", date.fromisocalendar(int(year), int(rest[1:]), 1))
    if rest.startswith("Q"):
        return unit_at("quarterly", date(int(year), 3 * int(rest[1:]) - 2, 1))
    return unit_at("monthly", date(int(year), int(rest), 1))


def unit_name(unit: Unit) -> str:
    """Return a unit as a title calls it: `week 2026-W46`, `October 2026`, `Q3 2026`."""
    return f"week {unit_key(unit)}" if unit.kind == "week" else unit.name
