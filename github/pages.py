"""How many nodes to ask for at once, and asking again for fewer when GitHub cannot do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from github.errors import Later, Overloaded

if TYPE_CHECKING:
    from github.client import GitHub

GROW_AFTER = 3  # pages in a row that went well before a larger one is tried
PAUSES = (2.0, 8.0, 20.0)  # seconds, where even a single node is too much at the moment
COME_BACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page size that halves on failure (25, 12, 6, 3, 1) and climbs back a step after three good pages.

    25 pull requests with reviews and timeline is what works in practice: https://github.com/spiceai/spiceai/issues/13762
    """

    largest: int = 25
    halvings: int = 0
    good: int = 0

    @property
    def first(self) -> int:
        """Return the number to ask for."""
        return max(self.largest >> self.halvings, 1)

    def failed(self) -> PageSize:
        return self if self.first == 1 else replace(self, halvings=self.halvings + 1, good=0)

    def succeeded(self) -> PageSize:
        if self.halvings == 0:
            return self
        if self.good + 1 >= GROW_AFTER:
            return replace(self, halvings=self.halvings - 1, good=0)
        return replace(self, good=self.good + 1)


async def fetch(
    gh: GitHub, document: str, variables: Mapping[str, Any], size: PageSize
) -> tuple[dict[str, Any], PageSize]:
    """Ask for one page with `$first` of `size`, smaller ones if need be; return its data and the next page's size.

    Raises Later once single nodes fail too, besides whatever `GitHub.graphql` raises.
    """
    pauses = iter(PAUSES)
    while True:
        try:
            data = await gh.graphql(document, {**variables, "first": size.first})
        except Overloaded as overloaded:
            if size.first == 1:
                pause = next(pauses, None)
                if pause is None:
                    raise Later(gh.now() + COME_BACK, f"GitHub is overloaded: {overloaded.reason}") from overloaded
                await gh.sleep(pause)
            size = size.failed()
        else:
            return data, size.succeeded()


def nodes(connection: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return a connection's nodes; null in place of the connection or of a node is left out."""
    return [node for node in (connection or {}).get("nodes") or () if node]


def next_cursor(connection: Mapping[str, Any] | None) -> str | None:
    """Return where a connection goes on, None at its end."""
    info = (connection or {}).get("pageInfo") or {}
    return info.get("endCursor") if info.get("hasNextPage") else None
