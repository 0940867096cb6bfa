"""What a running query knows: who asks, what it may still use, and the sorted lists it pages through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from sandbox.callers import Caller, Gate
from sandbox.clock import iso
from sandbox.errors import Refusal
from sandbox.graphql.connections import Connection, Index
from sandbox.graphql.cost import Cost
from sandbox.limits import Account
from sandbox.things import Repository
from sandbox.world import World

TOO_WIDE = "Resource limits for this query exceeded."


class Indexes:
    """Sorted lists per repository, kept until the repository changes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], tuple[int, Index]] = {}

    def build(self, repository: Repository, name: tuple[object, ...], make: Callable[[], Index]) -> Index:
        """Return the index called `name` of a repository, made anew if the repository changed since."""
        place = (repository.id, *name)
        kept = self._kept.get(place)
        if kept is None or kept[0] != repository.version:
            kept = self._kept[place] = (repository.version, make())
        return kept[1]


@dataclass(slots=True)
class Context:
    """One query under way. `budget` is how many nodes it may return before GitHub gives up on the rest."""

    world: World
    gate: Gate
    caller: Caller
    account: Account
    indexes: Indexes
    now: datetime
    base: str
    cost: Cost = field(default_factory=Cost)
    budget: int | None = None
    spent: int = 0

    def require(self, repository: Repository, *permissions: str) -> None:
        """Raise GitHub's FORBIDDEN unless one of the permissions is there."""
        for permission in permissions:
            try:
                self.gate.require(self.caller, repository, permission)
            except Refusal:
                continue
            return
        raise GraphQLError(
            "Resource not accessible by integration",
            extensions={"type": "FORBIDDEN", "extensions": {"saml_failure": False}},
        )

    def spend(self, connection: Connection) -> Connection:
        """Count a page's nodes; past the budget the query's remaining fields fail."""
        if self.budget is not None:
            self.spent += len(connection.nodes)
            if self.spent > self.budget:
                raise GraphQLError(TOO_WIDE, extensions={"type": "RESOURCE_LIMITS_EXCEEDED"})
        return connection

    def rate_limit(self) -> dict[str, Any]:
        """The `rateLimit` object, this query's own cost included."""
        return {
            "cost": self.cost.points,
            "limit": self.account.limit,
            "nodeCount": self.cost.nodes,
            "remaining": max(0, self.account.remaining - self.cost.points),
            "resetAt": iso(self.account.reset_at),
            "used": self.account.used + self.cost.points,
        }


def since_text(value: str | None) -> str | None:
    """A DateTime argument as the texts it is compared with: whole seconds of UTC."""
    return None if value is None else iso(datetime.fromisoformat(value))
