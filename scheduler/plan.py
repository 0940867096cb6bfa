"""What is due now, from what is stored; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from reports.capture_times import begins, today
from reports.settings_looks import KIND as SETTINGS

if TYPE_CHECKING:
    from reports.capture_rules import CaptureRules  # a server that only ticks need not carry it

PRUNE_EVERY = timedelta(hours=6)
DISCOVER_EVERY = timedelta(hours=6)
SWEEP_EVERY = timedelta(hours=1)
REDELIVER = "redeliver"
RECONCILE = "reconcile"
SETTINGS_EVERY = timedelta(days=1)
A_WEEK = timedelta(days=7)
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


class Tried(Protocol):
    """The UTC dates of a repository's last capture that brought traffic, and of the last that brought all of it."""

    @property
    def read(self) -> date | None: ...

    @property
    def whole(self) -> date | None: ...


def due(now: datetime) -> tuple[Due, ...]:
    """Return the jobs of this moment; asking again, or from a second process, names the same keys."""
    return (
        Due("prune", turn(now, PRUNE_EVERY)),
        Due("discover", turn(now, DISCOVER_EVERY)),
        Due(SETTINGS, turn(now, SETTINGS_EVERY)),
    )


def sweep(now: datetime) -> Due:
    """Return the look for deliveries that GitHub could not make; only a server that can be reached is helped by it."""
    return Due(REDELIVER, turn(now, SWEEP_EVERY))


def compared_now(now: datetime, repository_ids: Iterable[int], *, spread: bool = True) -> list[Due]:
    """Return the comparisons with GitHub that are due of repositories not compared on this UTC date.

    Each repository has its own moment in the first six hours, late on the day it is all of them. spread: else all of
    them at once, for who is woken once a day.
    """
    day = today(now)
    moment = now if spread else datetime.max.replace(tzinfo=UTC)
    return [Due(RECONCILE, comparison_of(one, day)) for one in repository_ids if begins(one, day) <= moment]


def comparison_of(repository_id: int, day: date) -> str:
    """Return the key of a repository's comparison of one night."""
    return f"{repository_id}:{day.isoformat()}"


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


def is_due(
    repository: Captured, rules: CaptureRules, tries: Tried | None, day: date, chosen: str | None = None,
    *, asked: bool = False,
) -> bool:  # fmt: skip
    """Return whether a repository is captured on `day`: once a day; weekly ones a week after the last whole capture.

    tries: None if it was never tried. A date after `day` was written by a clock that stood wrong and counts as none.
    chosen: how often, by the word of whoever looks after it here; the owner's file counts before that · asked: somebody
    asked for this run, so that what was captured today, or a few days ago, is captured again.
    """
    frequency = rules.of(repository.name, repository.full_name, archived=repository.archived, chosen=chosen)
    if frequency == OFF:
        return False
    if asked or tries is None or tries.read is None or tries.read > day:
        return True
    if tries.read == day or frequency != WEEKLY:
        return tries.read < day
    return tries.whole is None or tries.whole > day or day - tries.whole >= A_WEEK


def in_turn(
    repositories: Iterable[Captured], last: dict[int, date], day: date, first: Collection[int] = ()
) -> list[int]:
    """Return ids in the order of capture: those in `first`, then those whose last try is the longest ago.

    last: the UTC date of each one's last try; by tries, so that one which always fails is not always the first.
    Where the hourly limit never suffices for all of them, each still has its turn before GitHub forgets.
    """

    def place(repository: Captured) -> tuple[bool, date, str]:
        known = last.get(repository.id, date.min)
        return repository.id not in first, known if known <= day else date.min, repository.full_name.lower()

    return [repository.id for repository in sorted(repositories, key=place)]


def witness(candidates: Iterable[int], read: Mapping[int, date], now: datetime) -> int | None:
    """Return a repository to ask whether GitHub shows any traffic at all; None if there is none to ask.

    One of those that were read last is the likeliest to be readable; which of them changes with the minute, so that
    one that is not is no witness for ever.
    """
    ids = sorted(candidates)
    newest = max((read.get(one, date.min) for one in ids), default=date.min)
    best = [one for one in ids if read.get(one, date.min) == newest]
    return best[int(now.timestamp() // 60) % len(best)] if best else None
