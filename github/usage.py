"""What a conversation with GitHub has cost so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(slots=True)
class Usage:
    """Counts since the client was made; the last three are what GitHub said most recently.

    requests: HTTP requests sent, repeated ones counted each time · not_modified: answered 304, free of charge ·
    points: GraphQL points, from `rateLimit.cost` · lists: pages of lists asked for, GraphQL pages included ·
    writes: requests that create, change or delete something.
    """

    requests: int = 0
    not_modified: int = 0
    points: int = 0
    lists: int = 0
    graphql_requests: int = 0
    writes: int = 0
    remaining: int | None = None
    limit: int | None = None
    reset_at: datetime | None = None

    def copy(self) -> Usage:
        """Return the counts as they are now, to be subtracted later."""
        return replace(self)

    def since(self, before: Usage) -> Usage:
        """Return what was used after the copy `before` was taken."""
        return replace(
            self,
            requests=self.requests - before.requests,
            not_modified=self.not_modified - before.not_modified,
            points=self.points - before.points,
            lists=self.lists - before.lists,
            graphql_requests=self.graphql_requests - before.graphql_requests,
            writes=self.writes - before.writes,
        )
