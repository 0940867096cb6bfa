"""Turns to ask, of an installation for which several processes speak: a place, points in advance, and the news.

A place is the right to ask `CONCURRENT` things at once; there are so many places that all of them together stay below
what GitHub bears. Points are taken ten at a time and spent within seconds. What GitHub has said to another process is
heard before a request goes out, if the last look is longer ago than `FRESH`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from github.board import Board, Said
from github.budget import EVERYTHING, Allowance, Budget
from github.credentials import Now
from github.turns import CONCURRENT

FRESH = 0.25  # seconds: about what a request to GitHub takes, so about what could be under way in any case
RENEWED = 20.0  # seconds: a place is kept for a minute, and none of GitHub's answers is waited for that long
SAID_EVERY = 5.0  # seconds between two reports of how much of an hour is left; used up or held back is told at once
TAKEN = 10  # points taken in advance
SPENT_WITHIN = 5.0  # seconds after which points that were taken are no longer spent
NO_PLACE = timedelta(seconds=0.5)  # until one is looked for again
NEVER = float("-inf")


@dataclass(slots=True)
class Taken:
    """Points taken in advance that are left, and when they were taken."""

    points: int
    at: float


@dataclass(slots=True)
class SharedTurns:
    """One process's side of it; the clock here only says how long ago something was, which a machine knows best."""

    board: Board
    budget: Budget
    now: Now
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT))
    meeting: asyncio.Lock = field(default_factory=asyncio.Lock)
    purses: dict[str, list[Taken]] = field(default_factory=dict)
    said: dict[str, Allowance] = field(default_factory=dict)
    said_at: float = NEVER
    heard_at: float = NEVER
    placed_at: float = NEVER
    crowded: bool = False
    running: int = 0

    @asynccontextmanager
    async def hold(self, resource: str, points: int) -> AsyncIterator[float]:
        async with self.places:
            self.running += 1
            try:
                async with self.meeting:
                    await self.look(resource, points)
                # what is lacking already holds requests back in the budget
                yield 0.0
            finally:
                self.running -= 1
                await self.make_room()

    async def make_room(self) -> None:
        """Give the place to somebody else where others wait for one and nothing runs here."""
        if not self.crowded:
            return
        # whoever asks for a place meanwhile comes after the one before has gone
        async with self.meeting:
            if not self.running and self.placed_at != NEVER:
                self.placed_at = NEVER
                await self.board.leave()

    async def tell(self, resource: str, until: datetime) -> None:
        rests = (until - self.now()).total_seconds()
        await self.board.meet([(resource, rests, None, None, None)], resource, 0, renew=False)

    async def look(self, resource: str, points: int) -> None:
        """Have what a request needs, or hold requests back in the budget until it may be there."""
        begun = time.monotonic()
        renew = begun - self.placed_at > RENEWED
        wanted = 0 if self.spend(resource, points, begun) else max(points, TAKEN)
        news = self.news(begun)
        if not (renew or wanted or news):
            if begun - self.heard_at > FRESH:
                self.learn(await self.board.hear(), begun)
            return
        heard, given, points_in, place, crowded = await self.board.meet(news, resource, wanted, renew=renew)
        self.learn(heard, begun)
        if renew:
            self.crowded = crowded
            self.placed_at = begun if place else NEVER
            if not place:
                self.budget.block(self.now() + NO_PLACE, EVERYTHING)
        if wanted:
            # beside what is left of those before: fewer may be given than one request needs
            self.purses[resource].append(Taken(given, begun))
            if not self.spend(resource, points, begun):
                self.budget.block(self.now() + timedelta(seconds=points_in), resource)

    def spend(self, resource: str, points: int, at: float) -> bool:
        """Spend points that were taken in advance, the oldest first, if there are as many."""
        kept = self.purses.get(resource, [])
        purse = self.purses[resource] = [one for one in kept if one.points and at - one.at <= SPENT_WITHIN]
        if sum(one.points for one in purse) < points:
            return False
        for one in purse:
            spent = min(one.points, points)
            one.points -= spent
            points -= spent
        return True

    def news(self, at: float) -> list[Said]:
        """Return how much is left of each hour, where that is to be told now."""
        changed = {name: one for name, one in self.budget.allowances.items() if self.said.get(name) != one}
        if at - self.said_at <= SAID_EVERY and all(one.remaining for one in changed.values()):
            return []
        if changed:
            self.said, self.said_at = dict(self.budget.allowances), at
        return [(name, None, one.limit, one.remaining, one.reset_at) for name, one in changed.items()]

    def learn(self, heard: Iterable[Said], at: float) -> None:
        """Take over what GitHub has said to any process."""
        self.heard_at = at
        now = self.now()
        for name, rests, hourly, remaining, reset_at in heard:
            if rests is not None:
                self.budget.block(now + timedelta(seconds=rests), name)
            if hourly is not None and remaining is not None and reset_at is not None and reset_at > now:
                known = self.budget.hear(name, Allowance(hourly, remaining, reset_at))
                self.said[name] = known
