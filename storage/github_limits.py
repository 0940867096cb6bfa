"""What GitHub allows an installation, kept by all processes on one PostgreSQL together; each call is one statement.

Times are the database's: the clocks of machines differ. So what goes in and out is seconds from now, except for
`reset_at`, which is GitHub's word and only compared with itself. The tables are described in `schema_limits`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from storage.columns import from_micros, to_micros
from storage.connection import Connection
from storage.engine import Store
from storage.github_limits_sql import FORGET, HEAR, HOURS, LEAVE, MEET, SECOND, TURN

MINUTELY = {"core": (10, 200), "graphql": (24, 400)}
"""Points a second and points at once, by kind of limit, below GitHub's 900 and 2,000 a minute.

A process may spend points up to five seconds after it took them, so 65 seconds' worth and the burst fit a minute.
"""
PLACES = 20
"""GitHub bears 100 requests at once; four for each place leave 20 for those of processes cut off from here."""
KEPT = 500  # turns: an hour's


class Limit(NamedTuple):
    """What GitHub said last of one kind of limit; rests: seconds from now until which it asked to rest."""

    kind: str
    rests: float | None = None
    hourly: int | None = None
    remaining: int | None = None
    reset_at: datetime | None = None


class Heard(NamedTuple):
    """What a process is told: the limits, how many points it was given or else after how many seconds there are any.

    place: whether its place was renewed or taken · crowded: whether the others hold half of the places or more.
    """

    limits: list[Limit]
    points: int
    points_in: float
    place: bool
    crowded: bool


class Turn(NamedTuple):
    """Whether a turn to write is taken, in how many seconds it comes, and when the bucket is full but for its burst."""

    given: bool
    seconds: float
    due: float


@dataclass(frozen=True, slots=True)
class Board:
    """One installation's limits as `holder`, a process, sees them.

    clock: None goes by the database's; where all processes follow one other clock, that one.
    """

    store: Store
    installation: int
    holder: str
    clock: Callable[[], datetime] | None = None

    async def turn(self, tokens: int, minute: int, hour: int, ahead: float, interval: float = 1.0) -> Turn:
        """Take the next turn to write if it comes within `ahead` seconds and what is left then is enough.

        tokens: how many turns, one each `interval` seconds, may have been saved up · minute, hour: how many may be
        taken within each. A turn that is not taken is told all the same.
        """
        values = {
            "tokens": tokens,
            "minute": minute,
            "hour": hour,
            "kept": KEPT,
            "ahead": micros(ahead),
            "interval": micros(interval),
        }
        ((given, turn_at, due),) = await self.ask(TURN, values)
        return Turn(given, max(0, turn_at) / SECOND, due / SECOND)

    async def hear(self) -> list[Limit]:
        """Return what GitHub has said to any process; it changes nothing."""
        return [limit(row) for row in await self.ask(HEAR, {}, writes=False)]

    async def meet(self, told: Sequence[tuple[Any, ...]], kind: str, points: int, *, renew: bool) -> Heard:
        """Tell what GitHub has said here (each a `Limit`), take `points` of a kind or as many as there are, and hear.

        renew: hold a place for another minute, or take one.
        """
        new = {one.kind: one for one in (Limit(*each) for each in told)}
        if points:
            new.setdefault(kind, Limit(kind))
        kinds = sorted(new)  # two who write the same rows wait for each other in the same order
        rates = [MINUTELY.get(each, MINUTELY["core"]) for each in kinds]
        values = {
            "kinds": kinds,
            "rests": [micros(new[each].rests) for each in kinds],
            "hourly": [new[each].hourly for each in kinds],
            "remaining": [new[each].remaining for each in kinds],
            "resets": [micros_of(new[each].reset_at) for each in kinds],
            "wants": [points if each == kind else 0 for each in kinds],
            "gaps": [SECOND // rate for rate, _ in rates],
            "bursts": [burst for _, burst in rates],
            "places": PLACES,
            "renew": renew,
        }
        rows = await self.ask(MEET, values)
        given, due = next(((row[5], row[6]) for row in rows if row[0] == kind), (0, 0))
        rate, burst = MINUTELY.get(kind, MINUTELY["core"])
        wait = max(0.0, due / SECOND - (burst - min(points, burst)) / rate)
        place, others = rows[-1][7], rows[-1][8]
        limits = [limit(row) for row in rows if row[0] is not None]
        return Heard(limits, given, wait, place > 0, 2 * others >= PLACES)

    async def leave(self) -> None:
        """Give the place back before it runs out."""
        await self.ask(LEAVE, {})

    async def ask(self, statement: str, values: dict[str, Any], *, writes: bool = True) -> list[Any]:
        now = None if self.clock is None else to_micros(self.clock())
        given = values | {"installation": self.installation, "holder": self.holder, "now": now}

        async def work(conn: Connection) -> list[Any]:
            result = await conn.exec_driver_sql(statement, given)
            return list(result.fetchall()) if result.returns_rows else []

        return await (self.store.write(work) if writes else self.store.read(work))


def limit(row: Sequence[Any]) -> Limit:
    """Return the limit that a row tells of; a rest that is over is none."""
    kind, rests, hourly, remaining, reset_at = row[:5]
    ends = None if rests is None or rests <= 0 else rests / SECOND
    return Limit(kind, ends, hourly, remaining, None if reset_at is None else from_micros(reset_at))


def micros(seconds: float | None) -> int | None:
    """Return a span in whole microseconds."""
    return None if seconds is None else round(seconds * SECOND)


def micros_of(moment: datetime | None) -> int | None:
    """Return a moment as it is stored."""
    return None if moment is None else to_micros(moment)


async def hours(conn: Connection) -> dict[int, dict[str, tuple[int, int, datetime]]]:
    """Return, by installation and kind, the hourly limit, what was left of it, and when it is full again."""
    found: dict[int, dict[str, tuple[int, int, datetime]]] = {}
    rows: list[Any] = list((await conn.exec_driver_sql(HOURS)).fetchall())
    for installation, kind, hourly, remaining, reset_at in rows:
        found.setdefault(installation, {})[kind] = (hourly, remaining, from_micros(reset_at))
    return found


async def forget(conn: Connection, gone: Sequence[int]) -> None:
    """Forget what GitHub allowed to installations that are gone."""
    for statement in FORGET:
        await conn.exec_driver_sql(statement, {"gone": list(gone)})
