"""One thing to ask of GitHub, and what its answer means when it is not the one hoped for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from github.budget import CORE, GRAPHQL
from github.errors import Gone, Refused
from github.pace import Urgency
from github.wire import LostError, Reply

NOT_THERE = frozenset({404, 410, 451})


@dataclass(frozen=True, slots=True)
class Request:
    """A request before it is sent.

    repeatable: sending it twice does no harm · urgency: that of a write, which waits for its turn; None for what need
    not · etag: of the answer already known · smaller: on GitHub's own time-out ask for less instead of again.
    """

    method: str
    url: str
    template: str
    body: bytes | None = None
    resource: str = CORE
    repeatable: bool = True
    urgency: Urgency | None = None
    etag: str | None = None
    smaller: bool = False

    @property
    def points(self) -> int:
        """What it counts for among the points that GitHub bears in a minute; every query counts as a read."""
        return 1 if self.method == "GET" or self.resource == GRAPHQL else 5


def content_of(reply: Reply) -> Any:
    """Return the parsed body, None if it is empty; a cut-off body of a good answer raises LostError."""
    if not reply.body:
        return None
    try:
        return msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, ValueError) as error:
        if reply.status >= 400:
            return None  # an HTML page of a proxy in front of GitHub: its status says enough
        raise LostError("GitHub's answer was cut off", 503) from error


def message_of(content: Any) -> str | None:
    """Return the sentence in which GitHub says what was wrong."""
    message = content.get("message") if isinstance(content, dict) else None
    return message if isinstance(message, str) else None


def refusal(request: Request, reply: Reply, content: Any) -> Gone | Refused:
    """Return the exception for an answer of 400 to 499 that no waiting would change."""
    message = message_of(content) or f"GitHub answered {reply.status}"
    said = f"{request.method} {request.template}: {message}"
    if reply.status in NOT_THERE or (reply.status == 403 and "suspended" in message.lower()):
        return Gone(said)
    return Refused(reply.status, said, reply.headers.get("x-accepted-github-permissions"))
