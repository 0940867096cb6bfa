"""Which run of an installation is at work, among those in the log. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Protocol

from reports.capture_times import today

AHEAD = timedelta(hours=1)
"""Two machines' clocks differ by less than that; what is dated later was written while a clock stood wrong."""
NOT_OVER = frozenset({"planned", "running"})


class Run(Protocol):
    """What deciding about an installation's run needs to know of it."""

    @property
    def run(self) -> str: ...

    @property
    def day(self) -> date: ...

    @property
    def state(self) -> str: ...

    @property
    def planned_at(self) -> datetime: ...


def overtaken_by(run: Run, runs: Iterable[Run], now: datetime) -> str | None:
    """Return the name of a later day's run that takes over, so that an outage leaves one run to do and not many."""
    later = [other for other in runs if other.day > run.day and other.planned_at <= now + AHEAD]
    return max(later, key=lambda other: other.day).run if later else None


def is_from_the_future(run: Run, now: datetime) -> bool:
    """Tell whether a run was planned by a clock that stood wrong: its day comes, and is planned then."""
    return run.planned_at > now + AHEAD


def is_under_way(run: Run, runs: Iterable[Run], now: datetime) -> bool:
    """Tell whether a run is at work or will be: not over, not overtaken, not planned by a wrong clock."""
    return run.state in NOT_OVER and not is_from_the_future(run, now) and overtaken_by(run, runs, now) is None


def any_under_way(runs: Collection[Run], now: datetime) -> bool:
    """Tell whether one of an installation's runs brings this day's traffic, or what is left of the day before."""
    return any(is_under_way(run, runs, now) for run in runs if today(now) - run.day <= timedelta(days=1))
