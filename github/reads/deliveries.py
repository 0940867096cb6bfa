"""How the deliveries of the App's webhooks went; GitHub lists them for three days, Enterprise Server for seven."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.window import parse_iso
from github.client import GitHub
from github.route import Route

DELIVERIES = Route("GET", "/app/hook/deliveries")
SUCCEEDED = range(200, 300)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver an event; all attempts of one event have the same guid, X-GitHub-Delivery."""

    id: int
    guid: str
    event: str
    delivered_at: datetime
    succeeded: bool


async def attempts(gh: GitHub, since: datetime) -> AsyncIterator[Attempt]:
    """Yield attempts since a moment, newest first, as the App itself; raises Gone where there is no such list.

    GitHub could leave out those that went well, but calls a failure only what was answered with 400 to 599: of a server
    that did not answer at all it is not said. And one that went well ends the matter of its guid.
    """
    async for said in gh.items(DELIVERIES.at(), remember=False):
        attempt = attempt_of(said)
        if attempt is None:
            continue
        if attempt.delivered_at < since:
            return
        yield attempt


def attempt_of(said: Mapping[str, Any]) -> Attempt | None:
    """Read one attempt; None if it has another shape."""
    try:
        return Attempt(
            id=int(said["id"]),
            guid=str(said["guid"]),
            event=str(said["event"]),
            delivered_at=parse_iso(said["delivered_at"]),
            succeeded=int(said["status_code"]) in SUCCEEDED,
        )
    except (KeyError, TypeError, ValueError):
        return None
