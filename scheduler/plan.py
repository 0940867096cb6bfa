"""What is due now, from what is stored; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from reports.capture_times import begins, today

if TYPE_CHECKING:
    from reports.capture_rules import CaptureRules  # a server that only ticks need not carry it

PRUNE_EVERY = timedelta(hours=6)
DISCOVER_EVERY = timedelta(hours=6)
A_WEEK = timedelta(days=7)
AHEAD = timedelta(hours=1)
"""Two machines' clocks differ by less than that; what is dated later was written while a clock stood wrong."""
WEEKLY, OFF = "weekly", "off"


@dataclass(frozen=True)
class Due:
    """A background job that should be in the queue: its kind, and the key that makes it exist once."""

    kind: str
    key: str


class Captured(Protocol):
    """What deciding about a repository needs to know of it."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def full_name(self) -> str: ...

    @property
    def archived(self) -> bool: ...


class Run(Protocol):
    """What deciding about an installation's run needs to know of it."""

    @property
    def run(self) -> str: ...

    @property
    def day(self) -> date: ...

    @property
    def planned_at(self) -> datetime: ...


def due(now: datetime) -> tuple[Due, ...]:
    """Return the jobs of this moment; asking again, or from a second process, names the same keys."""
    return (Due("prune", turn(now, PRUNE_EVERY)), Due("discover", turn(now, DISCOVER_EVERY)))


def turn(now: datetime, every: timedelta) -> str:
    """Return the number of the span of time that `now` lies in."""
    return str(int(now.timestamp() // every.total_seconds()))


def begun(now: datetime, installation_ids: Iterable[int]) -> list[int]:
    """Return the installations whose time of day has come; late on the day that is all of them."""
    return [one for one in installation_ids if begins(one, today(now)) <= now]


def run_of(day: date) -> str:
    """Return the name of a day's run."""
    return day.isoformat()


def second_run_of(day: date) -> str:
    """Return the name of a day's run where the first name was taken days before, by a clock that stood wrong."""
    return f"{day.isoformat()}T00:00:00Z"


def is_asked(run: str, day: date) -> bool:
    """Tell a run that somebody asked for, which captures again what was captured today, from the day's own."""
    return run not in {run_of(day), second_run_of(day)}


def overtaken_by(run: Run, runs: Iterable[Run], now: datetime) -> str | None:
    """Return the name of a later day's run that takes over, so that an outage leaves one run to do and not many."""
    later = [other for other in runs if other.day > run.day and other.planned_at <= now + AHEAD]
    return max(later, key=lambda other: other.day).run if later else None


def is_from_the_future(run: Run, now: datetime) -> bool:
    """Tell whether a run was planned by a clock that stood wrong: its day comes, and is planned then."""
    return run.planned_at > now + AHEAD


def is_due(repository: Captured, rules: CaptureRules, last: date | None, day: date, *, asked: bool = False) -> bool:
    """Return whether a repository is captured on `day`.

    last: the UTC date of its last capture; one after `day` was written by a clock that stood wrong and counts as none.
    asked: somebody asked for this run, so that what was captured today, or a few days ago, is captured again.
    """
    frequency = rules.of(repository.name, repository.full_name, archived=repository.archived)
    if frequency == OFF:
        return False
    if asked or last is None or last > day:
        return True
    return day - last >= (A_WEEK if frequency == WEEKLY else timedelta(days=1))


def in_turn(
    repositories: Iterable[Captured], last: dict[int, date], day: date, first: Collection[int] = ()
) -> list[int]:
    """Return ids in the order of capture: those in `first`, then those whose last capture is the longest ago.

    Where the hourly limit never suffices for all of them, each still has its turn before GitHub forgets.
    """

    def place(repository: Captured) -> tuple[bool, date, str]:
        known = last.get(repository.id, date.min)
        return repository.id not in first, known if known <= day else date.min, repository.full_name.lower()

    return [repository.id for repository in sorted(repositories, key=place)]
