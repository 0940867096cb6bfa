"""What one installation may still ask of GitHub: its hourly limits, standing orders to wait, and the pace of writes.

One value per installation, shared by everything that speaks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gidgethub import sansio

from github.turns import OwnTurns, Turns
from github.writing import Line, Pacer

CORE = "core"
GRAPHQL = "graphql"
EVERYTHING = "everything"
LEAST_LIMIT = 5_000  # points or requests an hour, what every installation has at least
NEVER = datetime.min.replace(tzinfo=UTC)
SET_BACK = timedelta(minutes=5)  # more than anybody looks ahead
BACKGROUND_SHARE = 0.5  # background work leaves this share of each hourly limit to people's questions


@dataclass(frozen=True, slots=True)
class Allowance:
    """One of GitHub's hourly limits, in requests (core) or points (graphql)."""

    limit: int
    remaining: int
    reset_at: datetime


@dataclass(slots=True)
class Budget:
    """What is known of the limits; nothing known means nothing forbidden (Enterprise Server may have no limits)."""

    allowances: dict[str, Allowance] = field(default_factory=dict)
    blocks: dict[str, datetime] = field(default_factory=dict)
    writers: Pacer = field(default_factory=Line)
    turns: Turns = field(default_factory=OwnTurns)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    looked_at: datetime = NEVER

    def learn(self, resource: str, headers: Mapping[str, str]) -> Allowance | None:
        """Take over `x-ratelimit-*` of an answer and return it, None if there is none."""
        try:
            said = sansio.RateLimit.from_http(headers)
        except ValueError:
            return None
        if said is None:
            return None
        name = headers.get("x-ratelimit-resource", resource)
        return self._keep(name, Allowance(said.limit, said.remaining, said.reset_datetime.astimezone(UTC)))

    def learn_points(self, remaining: int, reset_at: datetime) -> Allowance:
        """Take over `rateLimit` of a GraphQL answer that came without the headers."""
        known = self.allowances.get(GRAPHQL)
        return self._keep(GRAPHQL, Allowance(known.limit if known else LEAST_LIMIT, remaining, reset_at))

    def hear(self, name: str, said: Allowance) -> Allowance:
        """Take over what another process was told, unless what is known here is of a later hour; return what holds."""
        known = self.allowances.get(name)
        return known if known and known.reset_at > said.reset_at else self._keep(name, said)

    def block(self, until: datetime, resource: str = EVERYTHING) -> None:
        """Hold requests back until then: GitHub asked for it."""
        self.blocks[resource] = max(until, self.blocks.get(resource, until))

    def held_until(self, resource: str, now: datetime) -> datetime | None:
        """Return when the next request of this kind may go, None if now.

        What was told by a clock that has been set back since is forgotten: GitHub will say it again.
        """
        if now + SET_BACK < self.looked_at:
            self.blocks.clear()
        self.looked_at = now
        ends = [self.blocks[name] for name in (EVERYTHING, resource) if name in self.blocks]
        allowance = self.allowances.get(resource)
        if allowance and allowance.remaining <= 0:
            ends.append(allowance.reset_at)
        latest = max(ends, default=now)
        return latest if latest > now else None

    def lift(self, until: datetime) -> None:
        """Forget what held requests back up to `until`: that time has been waited for."""
        self.blocks = {name: end for name, end in self.blocks.items() if end > until}
        self.allowances = {name: one for name, one in self.allowances.items() if one.remaining or one.reset_at > until}

    def background_allowed(self, now: datetime) -> bool:
        """Return whether work nobody waits for may go on: more than half of every current limit is left."""
        if self.held_until(CORE, now) or self.held_until(GRAPHQL, now):
            return False
        return all(
            one.remaining > one.limit * BACKGROUND_SHARE for one in self.allowances.values() if one.reset_at > now
        )

    def _keep(self, name: str, said: Allowance) -> Allowance:
        """Keep the lower of two counts for the same hour: answers may arrive out of order."""
        known = self.allowances.get(name)
        if known and known.reset_at == said.reset_at and known.remaining < said.remaining:
            said = known
        self.allowances[name] = said
        return said
