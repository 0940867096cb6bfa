"""One conversation with GitHub: as an installation, as a person, or as the App itself.

What stands here is the vocabulary; how an answer is insisted on stands in `exchange`, and the rules, pure, in `limits`,
`pace`, `budget` and `graphql`.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from copy import copy
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
import msgspec
from gidgethub import sansio

from github.auth import App
from github.budget import GRAPHQL, Budget
from github.cache import Cached, EtagCache
from github.credentials import AppIdentity, Credentials, InstallationIdentity, Now, PersonalToken
from github.endpoints import Endpoints
from github.errors import Later, Refused
from github.exchange import PATIENCE, Exchange
from github.graphql import data_of
from github.pace import Urgency
from github.request import Request
from github.route import Route
from github.usage import Usage
from github.wire import Reply, Sleep, Wire

UNAUTHORIZED = 401
SIGNED_ANEW = timedelta(minutes=1)  # until GitHub is asked again that has refused the App's own signature
PER_PAGE = 100  # GitHub's most
ACCESS_TOKENS = Route("POST", "/app/installations/{installation_id}/access_tokens")

Params = Mapping[str, str | int]


class GitHub:
    """A client for one installation, one personal token or the App. Keep it: its cache and its limits are its worth.

    Every call may raise Later, Gone, Refused and, where something is created, Unsure; `graphql` also Overloaded and
    QueryFailed. It waits for limits and repeats for at most `patience` in all, then raises Later.
    """

    def __init__(
        self,
        wire: Wire,
        credentials: Credentials,
        endpoints: Endpoints,
        now: Now,
        *,
        patience: timedelta = PATIENCE,
        budget: Budget | None = None,
        cache: EtagCache | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.endpoints = endpoints
        self.now = now
        self.usage = Usage()
        self.budget = budget if budget is not None else Budget()
        self._wire = wire
        self.urgency = Urgency.EDIT
        self._cache = cache if cache is not None else EtagCache()
        self._credentials = credentials
        self._exchange = Exchange(wire, credentials, now, self.budget, self.usage, patience, jitter)

    @classmethod
    def for_app(
        cls, session: aiohttp.ClientSession, app: App, endpoints: Endpoints, now: Now, sleep: Sleep, **options: Any
    ) -> Self:
        """Speak as the App itself, for the few endpoints that take its JWT; options as in the constructor."""
        return cls(Wire(session, endpoints, sleep), AppIdentity(app, now), endpoints, now, **options)

    @classmethod
    def for_token(
        cls, session: aiohttp.ClientSession, token: str, endpoints: Endpoints, now: Now, sleep: Sleep, **options: Any
    ) -> Self:
        """Speak with a personal token."""
        return cls(Wire(session, endpoints, sleep), PersonalToken(token), endpoints, now, **options)

    @classmethod
    def for_installation(  # noqa: PLR0917 -- these six are what an installation is spoken to with
        cls,
        session: aiohttp.ClientSession,
        app: App,
        installation_id: int,
        endpoints: Endpoints,
        now: Now,
        sleep: Sleep,
        *,
        repository_ids: Sequence[int] | None = None,
        permissions: Mapping[str, str] | None = None,
        as_app: GitHub | None = None,
        **options: Any,
    ) -> Self:
        """Speak as an installation of the App, its token narrowed to what is given; a deleted one raises Gone.

        as_app: what asks for tokens; whoever speaks for many installations gives the same, whose limits are the App's.
        """
        asking = as_app if as_app is not None else cls.for_app(session, app, endpoints, now, sleep)
        scope: dict[str, Any] = {}
        if repository_ids is not None:
            scope["repository_ids"] = list(repository_ids)
        if permissions is not None:
            scope["permissions"] = dict(permissions)

        async def ask() -> Mapping[str, Any]:
            path = ACCESS_TOKENS.at(installation_id=installation_id)
            try:
                answer: Mapping[str, Any] = await asking.post(path, scope or None, repeatable=True, paced=False)
            except Refused as refused:
                if refused.status != UNAUTHORIZED:
                    raise
                # the machine's clock or the App's key is wrong, which says nothing of what is asked for
                raise Later(
                    now() + SIGNED_ANEW, f"{refused.reason}; `python -m bot doctor` looks at clock and key"
                ) from refused
            return answer

        identity = InstallationIdentity(ask, now)
        return cls(Wire(session, endpoints, sleep), identity, endpoints, now, **options)

    async def get(self, path: str, params: Params | None = None) -> Any:
        """Return the parsed answer; what was read before and has not changed costs nothing of the hourly limit."""
        content, _ = await self._read(path, params, _template(path))
        return content

    async def raw(self, path: str, params: Params | None = None) -> bytes:
        """Return the answer's body byte for byte, checked to be JSON.

        It is not remembered: what is different at every reading would only push out what people wait for.
        """
        reply, _ = await self._exchange.answer(Request("GET", self._query(path, params), _template(path)))
        return reply.body

    async def items(
        self, path: str, params: Params | None = None, *, key: str | None = None, remember: bool = True
    ) -> AsyncIterator[Any]:
        """Yield the items of every page, 100 a page; `key` names the list where a page is an object that holds it.

        remember: whether pages are kept to be compared with next time, as a long list read once a day need not be.
        """
        page: str | None = path
        query: Params | None = {"per_page": PER_PAGE, **(params or {})}
        while page is not None:
            self.usage.lists += 1
            content, page = await self._read(page, query, _template(path), remember=remember)
            query = None  # the next page's address has them
            for item in content[key] if key is not None else content:
                yield item

    async def post(
        self,
        path: str,
        body: Any = None,
        *,
        repeatable: bool = False,
        paced: bool = True,
        urgency: Urgency = Urgency.ANSWER,
    ) -> Any:
        """Create something; raise Unsure rather than send it twice, unless it is `repeatable`.

        Unless it is not `paced`, it waits for its turn, which more urgent writes have first.
        """
        return await self._write("POST", path, body, repeatable=repeatable, urgency=urgency if paced else None)

    async def patch(self, path: str, body: Any) -> Any:
        """Change something to what `body` says; safe to repeat."""
        return await self._write("PATCH", path, body)

    async def put(self, path: str, body: Any = None) -> Any:
        """Set something to what `body` says; safe to repeat."""
        return await self._write("PUT", path, body)

    async def delete(self, path: str, *, urgency: Urgency = Urgency.EDIT) -> None:
        """Delete something; raises Gone if it is not there, which may be the work of an earlier try."""
        await self._write("DELETE", path, None, urgency=urgency)

    async def graphql(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return `data` of a query (never a mutation: it may be sent twice), or raise what its errors amount to.

        Answers are counted as pages of lists: every document of this package asks for one.
        """
        self.usage.graphql_requests += 1
        self.usage.lists += 1
        body = msgspec.json.encode({"query": document, "variables": variables})
        url = self.endpoints.graphql
        _, content = await self._exchange.answer(Request("POST", url, "/graphql", body, resource=GRAPHQL, smaller=True))
        return data_of(content)

    async def sleep(self, seconds: float) -> None:
        """Wait through the same port as everything here."""
        await self._wire.sleep(seconds)

    def forget_token(self) -> None:
        """Ask for a new token before the next request: one from before keeps the permissions of then, for an hour."""
        self._credentials.forget()

    def background_allowed(self) -> bool:
        """Return whether work that nobody waits for may ask on: more than half of every hourly limit is left."""
        return self.budget.background_allowed(self.now())

    def write_delay(self, urgency: Urgency = Urgency.ANSWER) -> timedelta:
        """Return how long a write would have to wait now: whoever can do without one may skip it."""
        now = self.now()
        return self.budget.writers.earliest(max(urgency, self.urgency), now) - now

    def unasked(self) -> Self:
        """Return the same client for what nobody waits for: all it writes raises Later rather than wait for a turn."""
        same = copy(self)
        same.urgency = Urgency.UNASKED
        return same

    async def _read(
        self, path: str, params: Params | None, template: str, *, remember: bool = True
    ) -> tuple[Any, str | None]:
        """Return the parsed answer and the address of the next page."""
        url = self._query(path, params)
        known = self._cache.get(url)
        request = Request("GET", url, template, etag=known.etag if known else None)
        reply, content = await self._exchange.answer(request)
        if reply.status == 304 and known is not None:
            self.usage.not_modified += 1
            # the page may be as it was while a new one has come after it
            next_url = _next_of(reply) if "link" in reply.headers else known.next_url
            return msgspec.json.decode(known.body), next_url
        next_url = _next_of(reply)
        etag = reply.headers.get("etag")
        if remember and etag and reply.status == 200:
            self._cache.put(url, Cached(etag, reply.body, next_url))
        return content, next_url

    async def _write(
        self,
        method: str,
        path: str,
        body: Any,
        *,
        repeatable: bool = True,
        urgency: Urgency | None = Urgency.EDIT,
    ) -> Any:
        self.usage.writes += 1
        encoded = None if body is None else msgspec.json.encode(body)
        urgency = None if urgency is None else max(urgency, self.urgency)
        request = Request(method, self._url(path), _template(path), encoded, repeatable=repeatable, urgency=urgency)
        _, content = await self._exchange.answer(request)
        return content

    def _query(self, path: str, params: Params | None) -> str:
        return self._url(path) + (f"?{urlencode(params)}" if params else "")

    def _url(self, path: str) -> str:
        try:
            return self._wire.url(path)
        except ValueError as error:
            raise Refused(400, str(error)) from error


def _next_of(reply: Reply) -> str | None:
    """Return the address of the next page, from the Link header."""
    _, _, next_url = sansio.decipher_response(200, {"link": reply.headers.get("link", "")}, b"")
    return next_url


def _template(path: str) -> str:
    template: str = getattr(path, "template", path)
    return template
