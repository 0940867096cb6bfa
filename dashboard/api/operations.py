"""What an operation of the data API is: its address, what can be asked of it, and what it answers.

From these values alone follow the routing, the checking of what was asked, and the OpenAPI description.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from dashboard.access import Visible
from dashboard.api.callers import Caller
from dashboard.front import Front
from storage.api_tokens import Scope

LONGEST = 1000
NAME = re.compile(r"\{(\w+)\}")

PATHS: Mapping[str, tuple[Any, str]] = {
    "owner": (str, "Whose repository it is."),
    "name": (str, "The repository's name."),
    "metric": (str, "A metric, as the list of them names it."),
    "table": (str, "A table, as the list of them, or the answer, names it."),
    "installation": (Annotated[int, Meta(ge=1, le=2**63 - 1)], "An installation's number."),
}
"""What stands in a path."""

Limit = Annotated[int, Meta(ge=1, le=LONGEST, description="How many items a page has at most.")]
Cursor = Annotated[
    str, Meta(description="Where the page begins: `next` of the page before. The rest of the question stays as it was.")
]
Format = Annotated[Literal["json", "csv"], Meta(description="JSON, or CSV with the same rows.")]


class Nothing(msgspec.Struct, frozen=True):
    """Nothing else can be asked."""


class Paged(msgspec.Struct, frozen=True, kw_only=True):
    """A list, a page at a time."""

    limit: Limit = 100
    cursor: Cursor | None = None


@dataclass(frozen=True)
class Asking:
    """One request. places: what stands in the path · more: what else was asked, where an operation takes that."""

    front: Front
    caller: Caller
    request: web.Request
    places: Mapping[str, Any]
    more: tuple[tuple[str, str], ...] = ()

    async def repository(self) -> Visible:
        """Return the repository of the path as far as the caller sees it; raises 404."""
        owner, name = self.places["owner"], self.places["name"]
        found = await self.front.access.repository_for(self.caller.person, owner, name)
        return self.caller.within_scope(found)

    @property
    def question(self) -> str:
        """What a cursor of this request is good for: the same person, address and question."""
        asked = sorted(
            (name, value) for name, value in self.request.query.items() if name not in Paged.__struct_fields__
        )
        return msgspec.json.encode([self.caller.person.id, self.request.path, asked]).decode()


@dataclass(frozen=True)
class Reply:
    """An answer. body: a value to be encoded, or bytes of `media_type` · following: the cursor of the next page."""

    body: Any
    following: str | None = None
    media_type: str = "application/json"
    file_name: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation; always GET.

    name: its own among all · path: below the API's address, with `{names}` of `PATHS` · query, answer: what can be
    asked and what is answered, from which both the check and the description follow · scope: what a token needs ·
    cost: what a request takes of the caller's rate · more: what further words the query may have, empty for none · tag:
    what it stands with in the description.
    """

    name: str
    path: str
    summary: str
    answer: Any
    run: Callable[[Asking, Any], Awaitable[Reply]]
    query: type[msgspec.Struct] = Nothing
    scope: Scope | None = None
    cost: int = 1
    more: str = ""
    tag: str = "repositories"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a path that is this operation's looks like."""
        return re.compile(NAME.sub(r"(?P<\1>[^/]+)", self.path))

    @property
    def csv(self) -> bool:
        return "format" in self.query.__struct_fields__

    @property
    def paged(self) -> bool:
        return "cursor" in self.query.__struct_fields__
