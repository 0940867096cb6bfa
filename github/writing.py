"""Whose turn it is to write: everything that speaks for one installation stands in one line, the most urgent first."""

from __future__ import annotations

from bisect import insort
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol

from github.errors import Later
from github.pace import ROOM, Pace, Urgency

PACED = "writes to GitHub are paced"

Now = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


class Pacer(Protocol):
    """Gives out turns to write for one installation.

    `Line` does so for one process, `shared_line.SharedLine` where several write for an installation: nothing else knows
    how turns are given.
    """

    def earliest(self, urgency: Urgency, now: datetime) -> datetime:
        """Return when a write of this urgency would have its turn as things stand, `now` or later."""

    async def turn(self, urgency: Urgency, patience: timedelta, now: Now, sleep: Sleep) -> timedelta:
        """Return once a write may go, and how long it has waited; raises Later rather than wait past `patience`."""


@dataclass(frozen=True, slots=True, order=True)
class Ticket:
    """A place in the line: by urgency, then in the order of coming."""

    urgency: Urgency
    number: int


@dataclass(slots=True)
class Line:
    """The line of one process, and the pace of what has gone out of it."""

    pace: Pace = field(default_factory=Pace)
    waiting: list[Ticket] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)

    def earliest(self, urgency: Urgency, now: datetime) -> datetime:
        return self.moment(Ticket(urgency, next(self.numbers)), now)

    async def turn(self, urgency: Urgency, patience: timedelta, now: Now, sleep: Sleep) -> timedelta:
        ticket = Ticket(urgency, next(self.numbers))
        begun = reached = now()
        self.pace = self.pace.known_at(begun)
        insort(self.waiting, ticket)
        try:
            while True:
                moment = self.moment(ticket, reached)
                if moment <= reached:
                    self.pace = self.pace.after(moment)
                    return reached - begun
                if moment - begun > patience:
                    raise Later(moment, PACED)
                await sleep((moment - reached).total_seconds())
                # somebody more urgent may have come meanwhile; a clock that stands still has waited all the same
                reached = max(now(), moment)
        finally:
            self.waiting.remove(ticket)

    def moment(self, ticket: Ticket, now: datetime) -> datetime:
        """Return when a ticket has its turn, those before it having had theirs."""
        pace = self.pace
        for other in self.waiting:
            if other >= ticket:
                break
            pace = pace.after(pace.earliest(now, ROOM[other.urgency]))
        return pace.earliest(now, ROOM[ticket.urgency])
